/* barrier.cu - threads that do not meet: barriers and warp functions that not everybody
 * reaches, and endless waits. */
#include <cuda_runtime.h>
#include <cuda_fp16.h>
#include <mma.h>

#include "zoo.h"

/* Both branches have a barrier, but not the same one. */
template <bool right> __global__ void barrier_in_branch(const float *x, float *y)
{
    __shared__ float part[64];
    part[threadIdx.x] = x[threadIdx.x];
    if (right)
        __syncthreads();
    else if (threadIdx.x < 32)
        __syncthreads(); /* BUG: barrier_in_branch */
    else
        __syncthreads(); /* BUG: barrier_in_branch */
    y[threadIdx.x] = part[threadIdx.x ^ 1];
}
template <bool right> static void barrier_in_branch_run(const zoo_arrays &a)
{
    barrier_in_branch<right><<<1, 64>>>(a.x, a.y);
}

/* The barrier waits for threads that have nothing to do and left. */
template <bool right> __global__ void barrier_after_return(const float *x, float *y, int n)
{
    __shared__ float part[64];
    int t = threadIdx.x;
    if (!right && t >= n) return;
    part[t] = t < n ? x[t] : 0.0f;
    __syncthreads(); /* BUG: barrier_after_return */
    if (t < n) y[t] = part[n - 1 - t];
}
template <bool right> static void barrier_after_return_run(const zoo_arrays &a)
{
    barrier_after_return<right><<<1, 64>>>(a.x, a.y, 50);
}

/* The threads go round the loop, and so to the barrier, a different number of times. */
template <bool right> __global__ void barrier_in_loop(const float *x, float *y)
{
    float sum = 0;
    for (unsigned i = 0; i < (right ? 3 : 1 + threadIdx.x % 3); i++) {
        sum += x[threadIdx.x + i];
        __syncthreads(); /* BUG: barrier_in_loop */
    }
    y[threadIdx.x] = sum;
}
template <bool right> static void barrier_in_loop_run(const zoo_arrays &a)
{
    barrier_in_loop<right><<<1, 64>>>(a.x, a.y);
}

/* Half of a warp waits for the whole warp, which waits for the whole block. */
template <bool right> __global__ void shuffle_meets_barrier(const float *x, float *y)
{
    float value = x[threadIdx.x], other = 0;
    if (right || threadIdx.x % 32 < 16)
        other = __shfl_down_sync(0xffffffffu, value, 8); /* BUG: shuffle_meets_barrier */
    else
        __syncthreads(); /* BUG: shuffle_meets_barrier */
    if (right) __syncthreads();
    y[threadIdx.x] = value + other;
}
template <bool right> static void shuffle_meets_barrier_run(const zoo_arrays &a)
{
    shuffle_meets_barrier<right><<<1, 64>>>(a.x, a.y);
}

/* A lane takes part in a shuffle whose mask does not name it. */
template <bool right> __global__ void shuffle_wrong_mask(const float *x, float *y)
{
    float value = x[threadIdx.x];
    y[threadIdx.x] =
        value + __shfl_xor_sync(right ? 0xffffffffu : 0xffffu, value, 8); /* BUG: shuffle_wrong_mask */
}
template <bool right> static void shuffle_wrong_mask_run(const zoo_arrays &a)
{
    shuffle_wrong_mask<right><<<1, 64>>>(a.x, a.y);
}

/* The mask names all lanes, but only those with work come. */
template <bool right> __global__ void shuffle_in_branch(const float *x, float *y, int n)
{
    int t = threadIdx.x;
    float value = x[t];
    if (right) {
        float other = __shfl_xor_sync(0xffffffffu, value, 1);
        if (t < n) value += other;
    } else if (t < n) {
        value += __shfl_xor_sync(0xffffffffu, value, 1); /* BUG: shuffle_in_branch */
    }
    __syncwarp();
    y[t] = value;
}
template <bool right> static void shuffle_in_branch_run(const zoo_arrays &a)
{
    shuffle_in_branch<right><<<1, 32>>>(a.x, a.y, 20);
}

/* A warp's matrix function with half a warp. */
template <bool right> __global__ void half_warp_wmma(const float *, float *y)
{
    using namespace nvcuda::wmma;
    fragment<matrix_a, 16, 16, 16, half, row_major> a;
    fragment<matrix_b, 16, 16, 16, half, row_major> b;
    fragment<accumulator, 16, 16, 16, float> c;
    fill_fragment(a, __float2half(1.0f));
    fill_fragment(b, __float2half(2.0f));
    fill_fragment(c, 0.0f);
    mma_sync(c, a, b, c); /* BUG: half_warp_wmma */
    store_matrix_sync(y, c, 16, mem_row_major);
}
template <bool right> static void half_warp_wmma_run(const zoo_arrays &a)
{
    half_warp_wmma<right><<<1, right ? 32 : 16>>>(a.x, a.y);
}

/* Waiting for a value that no thread of this block will ever write. */
template <bool right> __global__ void endless_wait(const float *x, float *y, volatile int *flag)
{
    if (right && threadIdx.x == 0) *flag = 1;
    __syncthreads();
    while (*flag == 0) __nanosleep(10); /* BUG: endless_wait */
    y[threadIdx.x] = x[threadIdx.x];
}
template <bool right> static void endless_wait_run(const zoo_arrays &a)
{
    endless_wait<right><<<1, 32>>>(a.x, a.y, a.count);
}

/* A loop that never ends, and never gives way either. */
template <bool right> __global__ void endless_loop(const float *x, float *y, int *count)
{
    volatile int *steps = count;
    for (int i = 0; right ? i < 8 : i >= 0; i = (i + 1) % 1024) *steps = i; /* BUG: endless_loop */
    y[0] = x[0];
}
template <bool right> static void endless_loop_run(const zoo_arrays &a)
{
    endless_loop<right><<<1, 1>>>(a.x, a.y, a.count);
}

static const zoo_bug bugs[] = {
    ZOO(barrier_in_branch, 64, "barrier divergence...barrier.cu:", nullptr, nullptr, nullptr),
    ZOO(barrier_after_return, 50, "barrier divergence...has exited", nullptr, nullptr, nullptr),
    ZOO(barrier_in_loop, 64, "barrier divergence", nullptr, nullptr, nullptr),
    ZOO(shuffle_meets_barrier, 64, "deadlock...a shuffle...__syncthreads", nullptr, nullptr, nullptr),
    ZOO(shuffle_wrong_mask, 64, "with mask 0000ffff, which does not name it", nullptr, nullptr, nullptr),
    ZOO(shuffle_in_branch, 32, "warp divergence", nullptr, nullptr, nullptr),
    ZOO(half_warp_wmma, 256, "32 lanes", nullptr, nullptr, nullptr),
    ZOO(endless_wait, 32, "no progress", nullptr, nullptr, nullptr),
    ZOO(endless_loop, 1, "no progress", nullptr, nullptr, nullptr),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_barrier = { __FILE__, bugs };
