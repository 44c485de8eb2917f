/* cub.cu - CUB used wrongly. */
#include <cub/cub.cuh>
#include <cuda_runtime.h>

#include "zoo.h"

/* Two reductions in one memory, without a barrier between. */
template <bool right> __global__ void cub_memory_again(const float *x, float *y)
{
    typedef cub::BlockReduce<float, 64> Reduce;
    __shared__ typename Reduce::TempStorage temp;
    float sum = Reduce(temp).Sum(x[threadIdx.x]); /* BUG: cub_memory_again */
    if (right) __syncthreads();
    float most = Reduce(temp).Reduce(1 - x[threadIdx.x], cub::Max());
    if (threadIdx.x == 0) y[0] = sum, y[1] = most;
}
template <bool right> static void cub_memory_again_run(const zoo_arrays &a)
{
    cub_memory_again<right><<<1, 64>>>(a.x, a.y);
}

/* The sum is that of thread 0 alone. */
template <bool right> __global__ void cub_sum_of_others(const float *x, float *y)
{
    typedef cub::BlockReduce<float, 64> Reduce;
    __shared__ typename Reduce::TempStorage temp;
    __shared__ float all;
    float sum = Reduce(temp).Sum(x[threadIdx.x]);
    if (threadIdx.x == 0) all = sum;
    __syncthreads();
    y[threadIdx.x] = x[threadIdx.x] / (right ? all : sum); /* BUG: cub_sum_of_others */
}
template <bool right> static void cub_sum_of_others_run(const zoo_arrays &a)
{
    cub_sum_of_others<right><<<1, 64>>>(a.x, a.y);
}

template <bool right> __global__ void cub_other_block(const float *x, float *y)
{
    typedef cub::BlockReduce<float, 128> Reduce;
    __shared__ typename Reduce::TempStorage temp;
    float sum = Reduce(temp).Sum(x[threadIdx.x]); /* BUG: cub_other_block */
    if (threadIdx.x == 0) y[0] = sum;
}
template <bool right> static void cub_other_block_run(const zoo_arrays &a)
{
    cub_other_block<right><<<1, right ? 128 : 64>>>(a.x, a.y);
}

/* The size that was asked for is that of fewer items. */
template <bool right> static void cub_small_storage_run(const zoo_arrays &a)
{
    size_t bytes = 0;
    void *storage = nullptr;
    cub::DeviceReduce::Sum(nullptr, bytes, a.x, a.y, right ? 1024 : 8);
    cudaMalloc(&storage, bytes);
    cub::DeviceReduce::Sum(storage, bytes, a.x, a.y, 1024); /* BUG: cub_small_storage */
    cudaFree(storage);
}

static const zoo_bug bugs[] = {
    ZOO(cub_memory_again, 2, nullptr, "differ", nullptr,
        "nothing orders the two...__syncthreads() is missing"),
    ZOO(cub_sum_of_others, 64, "NaN", nullptr, nullptr, nullptr),
    ZOO(cub_other_block, 1, "made for blocks of (128,1,1) threads; this one has (64,1,1)", nullptr, nullptr,
        nullptr),
    ZOO(cub_small_storage, 1, "of temporary storage; it needs", nullptr, nullptr, nullptr),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_cub = { __FILE__, bugs };
