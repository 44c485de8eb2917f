/* launch.cu - launches that no GPU accepts: CUDA says so in an error code that must be read. */
#include <cuda_runtime.h>

#include "zoo.h"

template <bool right> __global__ void copy(const float *x, float *y)
{
    unsigned i = (blockIdx.x * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
    if (i < 64) y[i] = x[i];
}

template <bool right> static void too_many_threads_run(const zoo_arrays &a)
{
    copy<right><<<1, right ? dim3(32, 32) : dim3(32, 64)>>>(a.x, a.y); /* BUG: too_many_threads */
}

template <bool right> static void no_blocks_run(const zoo_arrays &a)
{
    copy<right><<<right ? 1 : 0, 64>>>(a.x, a.y); /* BUG: no_blocks */
}

template <bool right> static void no_threads_run(const zoo_arrays &a)
{
    int rows = 1, threads = right ? 64 : rows / 2;
    copy<right><<<1, threads>>>(a.x, a.y); /* BUG: no_threads */
}

template <bool right> static void block_too_deep_run(const zoo_arrays &a)
{
    copy<right><<<1, right ? dim3(64) : dim3(1, 1, 65)>>>(a.x, a.y); /* BUG: block_too_deep */
}

template <bool right> static void grid_too_high_run(const zoo_arrays &a)
{
    copy<right><<<right ? dim3(65536, 1) : dim3(1, 65536), 1>>>(a.x, a.y); /* BUG: grid_too_high */
}

/* More than 48 KB must be asked for first. */
template <bool right> __global__ void big_tile(const float *x, float *y)
{
    extern __shared__ float tile[];
    tile[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    y[threadIdx.x] = tile[63 - threadIdx.x];
}
template <bool right> static void shared_not_asked_for_run(const zoo_arrays &a)
{
    int bytes = 64 << 10;
    if (right) cudaFuncSetAttribute(big_tile<right>, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
    big_tile<right><<<1, 64, bytes>>>(a.x, a.y);
}

/* No GPU has more than 227 KB for a block. */
template <bool right> static void shared_too_much_run(const zoo_arrays &a)
{
    int bytes = (right ? 227 : 228) << 10;
    cudaFuncSetAttribute(big_tile<right>, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
    big_tile<right><<<1, 64, bytes>>>(a.x, a.y);
}

/* Static and dynamic shared memory count together. */
template <bool right> __global__ void two_tiles(const float *x, float *y)
{
    __shared__ float still[9 << 10];
    extern __shared__ float moving[];
    still[threadIdx.x] = x[threadIdx.x];
    moving[threadIdx.x] = 1;
    __syncthreads();
    y[threadIdx.x] = still[63 - threadIdx.x] + moving[threadIdx.x];
}
template <bool right> static void static_and_dynamic_run(const zoo_arrays &a)
{
    two_tiles<right><<<1, 64, (12 << 10) + (right ? 0 : 4)>>>(a.x, a.y); /* BUG: static_and_dynamic */
}

/* So does that of a function that the kernel calls. */
template <int N> __device__ float through_tile(float value)
{
    __shared__ float tile[N];
    tile[threadIdx.x] = value;
    __syncthreads();
    return tile[63 - threadIdx.x];
}
template <bool right> __global__ void calls_two_tiles(const float *x, float *y)
{
    __shared__ float own[64];
    own[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    float first = through_tile<8 << 10>(own[63 - threadIdx.x]);
    y[threadIdx.x] = through_tile < right ? 4000 : 5000 > (first);
}
template <bool right> static void shared_of_callees_run(const zoo_arrays &a)
{
    calls_two_tiles<right><<<1, 64>>>(a.x, a.y); /* BUG: shared_of_callees */
}

/* An extern array, and a launch that gives it no bytes. */
template <bool right> static void shared_forgotten_run(const zoo_arrays &a)
{
    big_tile<right><<<1, 64, right ? 64 * sizeof(float) : 0>>>(a.x, a.y);
}

static const zoo_bug bugs[] = {
    ZOO(too_many_threads, 64, "error: ...does not run: its block has 2048 threads; at most 1024", nullptr,
        nullptr, nullptr),
    ZOO(block_too_deep, 64, "error: ...its block is (1,1,65); at most 64 threads are possible in z", nullptr,
        nullptr, nullptr),
    ZOO(no_blocks, 64, "error: ...its grid is (0,1,1); each extent must be at least 1", nullptr, nullptr,
        nullptr),
    ZOO(no_threads, 64, "error: ...its block is (0,1,1); each extent must be at least 1", nullptr, nullptr,
        nullptr),
    ZOO(grid_too_high, 64, "error: ...its grid is (1,65536,1)...65535 in y", nullptr, nullptr, nullptr),
    ZOO(shared_not_asked_for, 64, "error: ...49152 are allowed; cudaFuncSetAttribute(", nullptr, nullptr,
        nullptr),
    ZOO(shared_too_much, 64, "error: ...asks for 233472 bytes...at most 232448", nullptr, nullptr, nullptr),
    ZOO(static_and_dynamic, 64, "error: ...12292 bytes of dynamic shared memory, beside 36864 of static",
        nullptr, nullptr, nullptr),
    ZOO(shared_of_callees, 64, "has 53024 bytes of __shared__ variables", nullptr, nullptr, nullptr),
    ZOO(shared_forgotten, 64, "gives no bytes for it", nullptr, nullptr, nullptr),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_launch = { __FILE__, bugs };
