/* spins.cu - loops of plain reads that wait for what nobody writes, or for what nothing orders. */
#include <cuda_runtime.h>

#include "zoo.h"

/* One block waits for a flag; the other, which has the data, does not raise it. */
template <bool right> __global__ void flag_never_raised(const float *x, float *y, volatile int *flag)
{
    if (blockIdx.x == 1) {
        y[threadIdx.x] = x[threadIdx.x];
        __threadfence();
        __syncthreads();
        if (right && threadIdx.x == 0) *flag = 1;
    } else if (threadIdx.x == 0) {
        while (*flag == 0) continue; /* BUG: flag_never_raised */
    }
}
template <bool right> static void flag_never_raised_run(const zoo_arrays &a)
{
    flag_never_raised<right><<<2, 64>>>(a.x, a.y, a.count);
}

/* Two lanes of a warp, each of which waits for the other to begin. */
template <bool right> __global__ void each_waits_first(const float *x, float *y)
{
    __shared__ volatile int said[2];
    int t = threadIdx.x, seen;
    said[t] = 0;
    __syncwarp();
    __threadfence_block();
    if (right) said[t] = 1;
    do {
        seen = said[1 - t];
    } while (seen == 0); /* BUG: each_waits_first */
    __threadfence_block();
    said[t] = 1;
    y[t] = x[t];
}
template <bool right> static void each_waits_first_run(const zoo_arrays &a)
{
    each_waits_first<right><<<1, 2>>>(a.x, a.y);
}

/* Of more blocks than can be resident each waits for the next, which may never start; the twin waits for the
 * one that took the number before. */
template <bool right> __global__ void waits_for_next(const float *x, float *y, int *count, volatile int *done)
{
    if (threadIdx.x != 0) return;
    int i = right ? atomicAdd(count, 1) : (int)(gridDim.x - 1 - blockIdx.x);
    if (i > 0)
        while (done[i - 1] == 0) continue; /* BUG: waits_for_next */
    __threadfence();
    y[i] = x[i];
    done[i] = 1;
}
template <bool right> static void waits_for_next_run(const zoo_arrays &a)
{
    int *done;
    cudaMalloc(&done, 200 * sizeof(int));
    cudaMemset(done, 0, 200 * sizeof(int));
    waits_for_next<right><<<200, 512>>>(a.x, a.y, a.count, done);
    cudaFree(done);
}

/* The flag is volatile, but without a fence the data may come after it. */
template <bool right> __global__ void volatile_without_fence(const float *x, float *y, volatile int *flag)
{
    if (blockIdx.x == 1) {
        y[threadIdx.x] = x[threadIdx.x]; /* BUG: volatile_without_fence */
        if (right) __threadfence();
        __syncthreads();
        if (threadIdx.x == 0) *flag = 1;
    } else {
        while (*flag == 0)
            ;
        if (right) __threadfence();
        y[64 + threadIdx.x] = y[63 - threadIdx.x]; /* BUG: volatile_without_fence */
    }
}
template <bool right> static void volatile_without_fence_run(const zoo_arrays &a)
{
    volatile_without_fence<right><<<2, 64>>>(a.x, a.y, a.count);
}

/* A flag that is not even volatile: a compiler may read it once. */
template <bool right> __global__ void plain_flag(const float *x, float *y, int *flag)
{
    if (blockIdx.x == 1) {
        y[0] = x[0];
        __threadfence();
        if (right)
            atomicExch(flag, 1);
        else
            *flag = 1; /* BUG: plain_flag */
    } else {
        if (right)
            while (atomicAdd(flag, 0) == 0) continue;
        else
            while (*flag == 0) continue; /* BUG: plain_flag */
        __threadfence();
        y[1] = y[0];
    }
}
template <bool right> static void plain_flag_run(const zoo_arrays &a)
{
    plain_flag<right><<<2, 1>>>(a.x, a.y, a.count);
}

/* The host waits for a kernel that waits for the host. */
__global__ void waits_for_host(volatile int *latch, const float *x, float *y)
{
    while (latch[threadIdx.x] == 0) continue; /* BUG: host_waits_first */
    y[threadIdx.x] = x[threadIdx.x];
}
template <bool right> static void host_waits_first_run(const zoo_arrays &a)
{
    int *latch;
    cudaMallocManaged(&latch, 2 * sizeof(int));
    latch[0] = 1, latch[1] = 0;
    waits_for_host<<<1, 2>>>(latch, a.x, a.y);
    if (right) latch[1] = 1;
    cudaDeviceSynchronize();
    latch[1] = 1;
    cudaFree(latch);
}

/* Host and kernel count in one managed array: atomics of both do, a plain sum does not. */
__global__ void count_with_host(int *count, float *y)
{
    atomicAdd_system(&count[threadIdx.x % 2], 1);
    y[threadIdx.x] = 1;
}
template <bool right> static void host_counts_plainly_run(const zoo_arrays &a)
{
    int *count;
    cudaMallocManaged(&count, 2 * sizeof(int));
    count[0] = count[1] = 0;
    count_with_host<<<1, 64>>>(count, a.y);
    for (int i = 0; i < 10; i++)
        if (right)
            __sync_fetch_and_add(&count[i % 2], 1);
        else
            count[i % 2] += 1; /* BUG: host_counts_plainly */
    cudaDeviceSynchronize();
    float sums[2] = { (float)count[0], (float)count[1] };
    cudaMemcpy(a.y, sums, sizeof sums, cudaMemcpyHostToDevice);
    cudaFree(count);
}

static const zoo_bug bugs[] = {
    ZOO(flag_never_raised, 64, "no progress...spinning on flag at spins.cu:", nullptr, nullptr,
        "no progress...spinning on flag"),
    ZOO(each_waits_first, 2, "no progress...2 (first thread (0,0,0)) spinning on said", nullptr, nullptr,
        nullptr),
    ZOO(waits_for_next, 200, "no progress...spinning on done...have not started", nullptr, nullptr, nullptr),
    ZOO(volatile_without_fence, 128, nullptr, nullptr, nullptr, "nothing orders the two"),
    ZOO(plain_flag, 2, nullptr, nullptr, nullptr, "race"),
    ZOO(host_waits_first, 2, "no progress...thread (1,0,0)) spinning on latch at spins.cu:...1 have exited",
        nullptr, nullptr, nullptr),
    ZOO(host_counts_plainly, 64, "host code touches...though nothing has waited", nullptr, nullptr, nullptr),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_spins = { __FILE__, bugs };
