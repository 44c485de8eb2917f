/* global.cu - races in global memory: within a block, between blocks, and with
 * atomics that do not suffice. */
#include <cuda/atomic>
#include <cuda_runtime.h>

#include "zoo.h"

/* Many threads read, add and write one bin. */
template <bool right> __global__ void histogram(const float *x, float *y, int *count)
{
    int bin = (int)(x[threadIdx.x] * 4);
    if (right)
        atomicAdd(&count[bin], 1);
    else
        count[bin]++; /* BUG: histogram */
    __syncthreads();
    if (threadIdx.x < 4) y[threadIdx.x] = (float)count[threadIdx.x];
}
template <bool right> static void histogram_run(const zoo_arrays &a)
{
    histogram<right><<<1, 128>>>(a.x, a.y, a.count);
}

/* Every block adds its element to one sum. */
template <bool right> __global__ void sum_of_blocks(const float *x, float *y)
{
    if (threadIdx.x) return;
    int *sum = reinterpret_cast<int *>(y);
    int term = (int)(100 * x[blockIdx.x]);
    if (right)
        atomicAdd(sum, term);
    else
        *sum += term; /* BUG: sum_of_blocks */
}
template <bool right> static void sum_of_blocks_run(const zoo_arrays &a)
{
    cudaMemset(a.y, 0, sizeof(float));
    sum_of_blocks<right><<<16, 32>>>(a.x, a.y);
}

/* Two blocks share the element at their border. */
template <bool right> __global__ void overlapping_blocks(const float *x, float *y)
{
    int i = (int)(blockIdx.x * (right ? 64 : 63) + threadIdx.x);
    y[i] = x[i] + (float)blockIdx.x; /* BUG: overlapping_blocks */
}
template <bool right> static void overlapping_blocks_run(const zoo_arrays &a)
{
    overlapping_blocks<right><<<4, 64>>>(a.x, a.y);
}

/* Blocks run in any order: what another block wrote in this kernel cannot be relied on. */
template <bool right> __global__ void neighbour_block(const float *x, float *y, int step)
{
    int i = (int)(blockIdx.x * 64 + threadIdx.x);
    float *middle = y + 2048;
    if (!right || step == 0) middle[i] = 2 * x[i];                      /* BUG: neighbour_block */
    if (!right || step == 1) y[i] = middle[i] + middle[(i + 64) % 256]; /* BUG: neighbour_block */
}
template <bool right> static void neighbour_block_run(const zoo_arrays &a)
{
    neighbour_block<right><<<4, 64>>>(a.x, a.y, 0);
    if (right) neighbour_block<right><<<4, 64>>>(a.x, a.y, 1);
}

/* The last block adds what the others left. Without a fence their results may arrive after their count. */
template <bool right> __global__ void last_block(const float *x, float *y, int *count)
{
    __shared__ bool last;
    float *part = y + 1024;
    if (threadIdx.x == 0) {
        part[blockIdx.x] = x[blockIdx.x]; /* BUG: last_block */
        if (right) __threadfence();
        last = atomicAdd(count, 1) == (int)gridDim.x - 1;
    }
    __syncthreads();
    if (!last || threadIdx.x) return;
    float sum = 0;
    for (unsigned b = 0; b < gridDim.x; b++) sum += part[b]; /* BUG: last_block */
    y[0] = sum;
    *count = 0;
}
template <bool right> static void last_block_run(const zoo_arrays &a)
{
    last_block<right><<<8, 64>>>(a.x, a.y, a.count);
}

/* An atomic on one side does not protect the plain access on the other. */
template <bool right> __global__ void atomic_and_plain(const float *x, float *y, int *count)
{
    atomicAdd(count, (int)(100 * x[threadIdx.x])); /* BUG: atomic_and_plain */
    if (right) __syncthreads();
    y[threadIdx.x] = (float)*count; /* BUG: atomic_and_plain */
}
template <bool right> static void atomic_and_plain_run(const zoo_arrays &a)
{
    atomic_and_plain<right><<<1, 64>>>(a.x, a.y, a.count);
}

/* A lock without fences: the data may come out after the lock is open. */
template <bool right> __global__ void lock_without_fence(const float *x, float *y, int *lock)
{
    if (threadIdx.x) return;
    while (atomicCAS(lock, 0, 1) != 0) __nanosleep(10);
    if (right) __threadfence();
    y[0] = fmaxf(y[0], x[blockIdx.x]); /* BUG: lock_without_fence */
    if (right) __threadfence();
    atomicExch(lock, 0);
}
template <bool right> static void lock_without_fence_run(const zoo_arrays &a)
{
    cudaMemset(a.y, 0, sizeof(float));
    lock_without_fence<right><<<4, 32>>>(a.x, a.y, a.count);
}

/* An update in place reads a neighbour that may be new already. */
template <bool right> __global__ void smooth_in_place(const float *x, float *y)
{
    int t = threadIdx.x;
    y[t] = x[t];
    __syncthreads();
    float left = y[t ? t - 1 : 0]; /* BUG: smooth_in_place */
    if (right) __syncthreads();
    y[t] = left + x[t]; /* BUG: smooth_in_place */
}
template <bool right> static void smooth_in_place_run(const zoo_arrays &a)
{
    smooth_in_place<right><<<1, 128>>>(a.x, a.y);
}

/* Atomic for the threads of a block only. */
template <bool right> __global__ void block_scope(float *y, int *count)
{
    if (right)
        atomicAdd(&count[threadIdx.x % 2], 1);
    else
        atomicAdd_block(&count[threadIdx.x % 2], 1); /* BUG: block_scope */
    atomicMax_block(&count[8 + blockIdx.x], (int)threadIdx.x);
    y[blockIdx.x * blockDim.x + threadIdx.x] = 1;
}
template <bool right> static void block_scope_run(const zoo_arrays &a)
{
    block_scope<right><<<4, 32>>>(a.y, a.count);
}

template <bool right> __global__ void block_scope_of_ref(float *y, int *count)
{
    constexpr auto scope = right ? cuda::thread_scope_device : cuda::thread_scope_block;
    cuda::atomic_ref<int, scope> ref(*count);
    ref.fetch_add(1, cuda::memory_order_relaxed); /* BUG: block_scope_of_ref */
    y[blockIdx.x * blockDim.x + threadIdx.x] = 1;
}
template <bool right> static void block_scope_of_ref_run(const zoo_arrays &a)
{
    block_scope_of_ref<right><<<4, 32>>>(a.y, a.count);
}

#define SCOPE "scope: ...it is atomic only among threads of one block"

static const zoo_bug bugs[] = {
    ZOO(block_scope, 128, SCOPE, nullptr, SCOPE, SCOPE),
    ZOO(block_scope_of_ref, 128, SCOPE, nullptr, SCOPE, SCOPE),
    ZOO(histogram, 4, nullptr, nullptr, nullptr, "use atomicAdd"),
    ZOO(sum_of_blocks, 1, nullptr, nullptr, nullptr, "several blocks update one element: use atomicAdd"),
    ZOO(overlapping_blocks, 256, "3 of 256 outputs are NaN", nullptr, nullptr, "several blocks"),
    ZOO(neighbour_block, 256, "are NaN", "differ", nullptr, "blocks run in any order"),
    ZOO(last_block, 1, nullptr, nullptr, nullptr, "__threadfence()"),
    ZOO(atomic_and_plain, 64, nullptr, "differ", nullptr, "one of the two is atomic and the other is not"),
    ZOO(lock_without_fence, 1, nullptr, nullptr, nullptr, "__threadfence()"),
    ZOO(smooth_in_place, 128, nullptr, "differ", nullptr, "__syncthreads() is missing between line"),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_global = { __FILE__, bugs };
