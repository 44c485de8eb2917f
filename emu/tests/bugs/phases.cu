/* phases.cu - barriers in shared memory: phases that are waited for wrongly, or not at all. */
#include <cuda_runtime.h>
#include <cuda/barrier>

#include "zoo.h"

typedef cuda::barrier<cuda::thread_scope_block> barrier;

/* Who arrives first may find a barrier that thread 0 has not set up yet. */
template <bool right> __global__ void barrier_set_up_late(const float *x, float *y)
{
    __shared__ barrier all;
    __shared__ float part[64];
    int t = threadIdx.x;
    if (t == 0) init(&all, 64); /* BUG: barrier_set_up_late */
    if (right) __syncthreads();
    part[t] = x[t];
    all.arrive_and_wait(); /* BUG: barrier_set_up_late */
    y[t] = part[63 - t];
}
template <bool right> static void barrier_set_up_late_run(const zoo_arrays &a)
{
    barrier_set_up_late<right><<<1, 64>>>(a.x, a.y);
}

/* One warp fills, the other uses; but it does not wait for the phase. */
template <bool right> __global__ void phase_not_waited_for(const float *x, float *y)
{
    __shared__ barrier full;
    __shared__ float part[32];
    int t = threadIdx.x;
    if (t == 0) init(&full, 32);
    __syncthreads();
    if (t < 32) {
        part[t] = x[t]; /* BUG: phase_not_waited_for */
        (void)full.arrive();
    } else {
        if (right) full.wait_parity(0);
        y[t - 32] = part[63 - t]; /* BUG: phase_not_waited_for */
    }
}
template <bool right> static void phase_not_waited_for_run(const zoo_arrays &a)
{
    phase_not_waited_for<right><<<1, 64>>>(a.x, a.y);
}

/* The parity of the phase before the first one is over from the start. */
template <bool right> __global__ void wrong_parity(const float *x, float *y)
{
    __shared__ barrier full;
    __shared__ float part[64];
    int t = threadIdx.x;
    if (t == 0) init(&full, 64);
    __syncthreads();
    part[t] = x[t]; /* BUG: wrong_parity */
    (void)full.arrive();
    full.wait_parity(right ? 0 : 1);
    y[t] = part[63 - t]; /* BUG: wrong_parity */
}
template <bool right> static void wrong_parity_run(const zoo_arrays &a)
{
    wrong_parity<right><<<1, 64>>>(a.x, a.y);
}

/* The barrier expects more threads than ever arrive. */
template <bool right> __global__ void too_few_arrivals(const float *x, float *y)
{
    __shared__ barrier all;
    int t = threadIdx.x;
    if (t == 0) init(&all, right ? 32 : 64);
    __syncthreads();
    if (t < 32) all.arrive_and_wait(); /* BUG: too_few_arrivals */
    y[t] = x[t];
}
template <bool right> static void too_few_arrivals_run(const zoo_arrays &a)
{
    too_few_arrivals<right><<<1, 64>>>(a.x, a.y);
}

/* Filling again needs a second barrier: is the last tile used up? */
template <bool right> __global__ void refilled_too_early(const float *x, float *y)
{
    __shared__ barrier full, empty;
    __shared__ float part[32];
    int t = threadIdx.x;
    if (t == 0) {
        init(&full, 32);
        init(&empty, 32);
    }
    __syncthreads();
    float sum = 0;
    for (int step = 0; step < 4; step++) {
        if (t < 32) {
            if (right && step > 0) empty.wait_parity((step - 1) % 2);
            part[t] = x[32 * step + t]; /* BUG: refilled_too_early */
            (void)full.arrive();
            if (!right) __nanosleep(10);
        } else {
            full.wait_parity(step % 2);
            sum += part[63 - t]; /* BUG: refilled_too_early */
            (void)empty.arrive();
        }
    }
    if (t >= 32) y[t - 32] = sum;
}
template <bool right> static void refilled_too_early_run(const zoo_arrays &a)
{
    refilled_too_early<right><<<1, 64>>>(a.x, a.y);
}

/* Copies that a barrier counts are there when its phase is over, not before. */
template <bool right> __global__ void copy_before_phase(const float *x, float *y)
{
    __shared__ barrier full;
    __shared__ alignas(16) float part[256];
    int t = threadIdx.x;
    if (t == 0) init(&full, 64);
    __syncthreads();
    cuda::memcpy_async(&part[4 * t], &x[4 * t], 16, full); /* BUG: copy_before_phase */
    barrier::arrival_token token = full.arrive();
    if (right) full.wait(std::move(token));
    y[t] = part[4 * t]; /* BUG: copy_before_phase */
    if (!right) full.wait(std::move(token));
}
template <bool right> static void copy_before_phase_run(const zoo_arrays &a)
{
    copy_before_phase<right><<<1, 64>>>(a.x, a.y);
}

static const zoo_bug bugs[] = {
    ZOO(barrier_set_up_late, 64, nullptr, "not been initialised", nullptr, "nothing orders the two"),
    ZOO(phase_not_waited_for, 32, nullptr, "differ", nullptr, "__syncthreads() is missing"),
    ZOO(wrong_parity, 64, "no progress", nullptr, nullptr, "nothing orders the two"),
    ZOO(too_few_arrivals, 64, "no progress", nullptr, nullptr, nullptr),
    ZOO(refilled_too_early, 32, nullptr, nullptr, nullptr, "before the loop comes back to line"),
    ZOO(copy_before_phase, 64, "NaN", "differ", nullptr, "copied to it (cp.async)"),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_phases = { __FILE__, bugs };
