/* cooperative.cu - blocks that wait for each other wrongly, or not at all. */
#include <cooperative_groups.h>
#include <cuda_runtime.h>

#include "zoo.h"

namespace cg = cooperative_groups;

template <class... P> static void launch_cooperative(void (*kernel)(P...), int blocks, P... parameters)
{
    void *arguments[] = { (void *)&parameters... };
    cudaLaunchCooperativeKernel(kernel, dim3((unsigned)blocks), dim3(64), arguments);
}

/* Each block reads what its neighbour wrote. */
template <bool right> __global__ void grid_sync_missing(const float *x, float *y)
{
    int i = blockIdx.x * 64 + threadIdx.x, n = gridDim.x * 64;
    y[i] = x[i]; /* BUG: grid_sync_missing */
    if (right) cg::this_grid().sync();
    y[i + n] = y[(i + 64) % n]; /* BUG: grid_sync_missing */
}
template <bool right> static void grid_sync_missing_run(const zoo_arrays &a)
{
    launch_cooperative(grid_sync_missing<right>, 4, a.x, a.y);
}

/* A barrier of the whole grid in a branch that half of the threads take. */
template <bool right> __global__ void grid_sync_in_branch(const float *x, float *y)
{
    int i = blockIdx.x * 64 + threadIdx.x;
    y[i] = x[i];
    if (right || threadIdx.x < 32) cg::this_grid().sync(); /* BUG: grid_sync_in_branch */
}
template <bool right> static void grid_sync_in_branch_run(const zoo_arrays &a)
{
    launch_cooperative(grid_sync_in_branch<right>, 3, a.x, a.y);
}

/* A block without work of its own returns before the others' barrier. */
template <bool right> __global__ void block_returns_early(const float *x, float *y)
{
    int i = blockIdx.x * 64 + threadIdx.x;
    if (!right && blockIdx.x == 2) return;
    if (blockIdx.x < 2) y[i] = x[i];
    cg::this_grid().sync(); /* BUG: block_returns_early */
}
template <bool right> static void block_returns_early_run(const zoo_arrays &a)
{
    launch_cooperative(block_returns_early<right>, 3, a.x, a.y);
}

/* An ordinary launch does not make all blocks resident. */
template <bool right> __global__ void not_cooperative(const float *x, float *y)
{
    int i = blockIdx.x * 64 + threadIdx.x;
    y[i] = x[i];
    cg::this_grid().sync(); /* BUG: not_cooperative */
}
template <bool right> static void not_cooperative_run(const zoo_arrays &a)
{
    if (right)
        launch_cooperative(not_cooperative<right>, 3, a.x, a.y);
    else
        not_cooperative<right><<<3, 64>>>(a.x, a.y);
}

/* A flag says that the data are there, but without a fence they may come after it. */
template <bool right> __global__ void flag_without_fence(const float *x, float *y, int *flag)
{
    if (blockIdx.x == 1) {
        y[threadIdx.x] = x[threadIdx.x]; /* BUG: flag_without_fence */
        if (right) __threadfence();
        __syncthreads();
        if (threadIdx.x == 0) atomicExch(flag, 1);
    } else {
        if (threadIdx.x == 0)
            while (atomicAdd(flag, 0) == 0) continue;
        if (right) __threadfence();
        __syncthreads();
        y[64 + threadIdx.x] = y[63 - threadIdx.x]; /* BUG: flag_without_fence */
    }
}
template <bool right> static void flag_without_fence_run(const zoo_arrays &a)
{
    flag_without_fence<right><<<2, 64>>>(a.x, a.y, a.count);
}

/* Of more blocks than can be resident each waits for the next, which may never start; the twin waits for the
 * one that took the number before. */
template <bool right> __global__ void waits_for_later_block(const float *x, float *y, int *count)
{
    __shared__ int number;
    if (threadIdx.x == 0) {
        number = right ? atomicAdd(count, 1) : (int)(gridDim.x - 1 - blockIdx.x);
        while (atomicAdd(count + 1, 0) != number) continue; /* BUG: waits_for_later_block */
        atomicAdd(count + 1, 1);
    }
    __syncthreads();
    if (threadIdx.x < 4) y[4 * number + threadIdx.x] = x[number];
}
template <bool right> static void waits_for_later_block_run(const zoo_arrays &a)
{
    waits_for_later_block<right><<<200, 512>>>(a.x, a.y, a.count);
}

static const zoo_bug bugs[] = {
    ZOO(grid_sync_missing, 512, "NaN", "differ", nullptr, "nothing orders the two...grid.sync()"),
    ZOO(grid_sync_in_branch, 192, "grid.sync()...has returned", nullptr, nullptr, nullptr),
    ZOO(block_returns_early, 128, "grid.sync()...block (2,0,0) has returned", nullptr, nullptr, nullptr),
    ZOO(not_cooperative, 192, "cudaLaunchCooperativeKernel", nullptr, nullptr, nullptr),
    ZOO(flag_without_fence, 128, nullptr, nullptr, nullptr, "nothing orders the two...__threadfence()"),
    ZOO(waits_for_later_block, 800, "no progress...have not started", nullptr, nullptr, nullptr),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_cooperative = { __FILE__, bugs };
