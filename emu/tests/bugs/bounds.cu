/* bounds.cu - addresses that are not the kernel's to touch, and outputs that nobody writes. */
#include <cuda_runtime.h>

#include "zoo.h"

/* > instead of >=: the first thread past the end does the work too. */
template <bool right> __global__ void one_too_many(const float *x, float *y, int n)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (right ? i >= n : i > n) return;
    y[i] = 2 * x[i]; /* BUG: one_too_many */
}
template <bool right> static void one_too_many_run(const zoo_arrays &a)
{
    one_too_many<right><<<17, 256>>>(a.x, a.y, ZOO_FLOATS);
}

/* A kernel with the body of another: the line is its own. */
__global__ void twice(const float *x, float *y, int n)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < n) y[i] = 2 * x[i];
}
__global__ void doubled(const float *x, float *y, int n)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < n) y[i] = 2 * x[i]; /* BUG: same_body */
}
template <bool right> static void same_body_run(const zoo_arrays &a)
{
    twice<<<16, 256>>>(a.x, a.y, ZOO_FLOATS);
    doubled<<<17, 256>>>(a.x, a.y, right ? ZOO_FLOATS : 2 * ZOO_FLOATS);
}

/* The left neighbour of the first element. */
template <bool right> __global__ void negative_index(const float *x, float *y)
{
    int t = threadIdx.x, left = right && t == 0 ? 0 : t - 1;
    y[t] = x[t] - x[left]; /* BUG: negative_index */
}
template <bool right> static void negative_index_run(const zoo_arrays &a)
{
    negative_index<right><<<1, 64>>>(a.x, a.y);
}

/* row * n does not fit in an int: it comes out negative. */
template <bool right> __global__ void index_overflow(const float *x, float *y, int row, int n)
{
    int t = threadIdx.x;
    size_t past = right ? (size_t)row * (size_t)n : (size_t)(row * n); /* BUG: index_overflow */
    y[t] = x[past - (size_t)50000 * 50000 + (size_t)t];
}
template <bool right> static void index_overflow_run(const zoo_arrays &a)
{
    index_overflow<right><<<1, 64>>>(a.x, a.y, 50000, 50000);
}

/* The first thread's index is a divisor: its result is infinite, and so is all that is summed with it. */
template <bool right> __global__ void divided_by_zero(const float *x, float *y)
{
    int t = threadIdx.x, n = right ? t + 1 : t;
    y[t] = x[t + 1] / (float)n; /* BUG: divided_by_zero */
}
template <bool right> static void divided_by_zero_run(const zoo_arrays &a)
{
    divided_by_zero<right><<<1, 64>>>(a.x, a.y);
}

/* Four floats at once from an address that is no multiple of 16. */
template <bool right> __global__ void misaligned_float4(const float *x, float *y)
{
    const float *from = right ? x + 4 * threadIdx.x : x + threadIdx.x;
    float4 v = *reinterpret_cast<const float4 *>(from); /* BUG: misaligned_float4 */
    y[threadIdx.x] = v.x + v.w;
}
template <bool right> static void misaligned_float4_run(const zoo_arrays &a)
{
    misaligned_float4<right><<<1, 64>>>(a.x, a.y);
}

/* The same to a variable of the device, whose place the compiler knows. */
__device__ alignas(16) float pairs[72];
template <bool right> __global__ void misaligned_variable(const float *x, float *y)
{
    int t = threadIdx.x;
    *(float2 *)&pairs[2 * t + !right] = make_float2(x[t], 1); /* BUG: misaligned_variable */
    y[t] = x[t];
}
template <bool right> static void misaligned_variable_run(const zoo_arrays &a)
{
    misaligned_variable<right><<<1, 32>>>(a.x, a.y);
}

/* A static array is as long as it is declared. */
template <bool right> __global__ void shared_past_end(const float *x, float *y)
{
    __shared__ float part[64];
    part[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    y[threadIdx.x] = part[right ? (threadIdx.x + 1) % 64 : threadIdx.x + 1]; /* BUG: shared_past_end */
}
template <bool right> static void shared_past_end_run(const zoo_arrays &a)
{
    shared_past_end<right><<<1, 64>>>(a.x, a.y);
}

/* A dynamic array is as long as the launch says. */
template <bool right> __global__ void dynamic_past_end(const float *x, float *y)
{
    extern __shared__ float part[];
    part[threadIdx.x] = x[threadIdx.x];
    part[threadIdx.x + blockDim.x] = x[threadIdx.x + blockDim.x]; /* BUG: dynamic_past_end */
    __syncthreads();
    y[threadIdx.x] = part[threadIdx.x] + part[2 * blockDim.x - 1 - threadIdx.x];
}
template <bool right> static void dynamic_past_end_run(const zoo_arrays &a)
{
    dynamic_past_end<right><<<1, 256, 256 * sizeof(float) * (right ? 2 : 1)>>>(a.x, a.y);
}

/* A tile with a border of one element on each side, of which only one is loaded. */
template <bool right> __global__ void border_not_loaded(const float *x, float *y)
{
    __shared__ float tile[66];
    int t = threadIdx.x;
    tile[t + 1] = x[t + 1];
    if (t == 0) tile[0] = x[0];
    if (right && t == 63) tile[65] = x[65];
    __syncthreads();
    y[t] = tile[t] + tile[t + 1] + tile[t + 2];
}
template <bool right> static void border_not_loaded_run(const zoo_arrays &a)
{
    border_not_loaded<right><<<1, 64>>>(a.x, a.y);
}

/* Shared memory holds nothing until it is written. */
template <bool right> __global__ void sum_from_nothing(const float *x, float *y)
{
    __shared__ float sum[4];
    int t = threadIdx.x;
    if (right) {
        if (t < 4) sum[t] = 0;
        __syncthreads();
    }
    atomicAdd(&sum[t % 4], (float)(int)(8 * x[t]));
    __syncthreads();
    if (t < 4) y[t] = sum[t];
}
template <bool right> static void sum_from_nothing_run(const zoo_arrays &a)
{
    sum_from_nothing<right><<<1, 64>>>(a.x, a.y);
}

/* The grid is rounded down: the last elements have no thread. */
template <bool right> __global__ void grid_too_small(const float *x, float *y, int n)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < n) y[i] = x[i] * x[i];
}
template <bool right> static void grid_too_small_run(const zoo_arrays &a)
{
    int n = 1000;
    grid_too_small<right><<<right ? (n + 255) / 256 : n / 256, 256>>>(a.x, a.y, n);
}

/* The array is freed before the kernel that reads it. */
template <bool right> __global__ void use_after_free(const float *x, float *y)
{
    y[threadIdx.x] = x[threadIdx.x]; /* BUG: use_after_free */
}
template <bool right> static void use_after_free_run(const zoo_arrays &a)
{
    float *copy;
    cudaMalloc(&copy, 64 * sizeof(float));
    cudaMemcpy(copy, a.x, 64 * sizeof(float), cudaMemcpyDeviceToDevice);
    if (!right) cudaFree(copy);
    use_after_free<right><<<1, 64>>>(copy, a.y);
    cudaDeviceSynchronize();
    if (right) cudaFree(copy);
}

/* The host has no business in device memory. */
template <bool right> static void host_dereference_run(const zoo_arrays &a)
{
    float one = 1;
    if (right)
        cudaMemcpy(a.y, &one, sizeof one, cudaMemcpyHostToDevice);
    else
        *a.y = one; /* BUG: host_dereference */
}

/* Nor has a kernel in the host's, and a host address is the common slip. */
template <bool right> static void host_pointer_run(const zoo_arrays &a)
{
    static float host[64];
    one_too_many<true><<<1, 64>>>(right ? a.x : host, a.y, 64);
}

/* clang copies a structure without a look at its alignment. */
#ifdef __clang__
#define GCC_SAYS(words) nullptr
#else
#define GCC_SAYS(words) words
#endif

static const zoo_bug bugs[] = {
    ZOO(one_too_many, ZOO_FLOATS, "illegal address...bounds.cu:", nullptr, "AddressSanitizer", nullptr),
    ZOO(same_body, ZOO_FLOATS, "illegal address at bounds.cu:", nullptr, "AddressSanitizer", nullptr),
    ZOO(negative_index, 64, "illegal address at bounds.cu:", nullptr, "AddressSanitizer", nullptr),
    ZOO(index_overflow, 64, "illegal address", nullptr, "signed integer overflow", nullptr),
    ZOO(divided_by_zero, 64, nullptr, nullptr, "division by zero", nullptr),
    ZOO(misaligned_float4, 64, nullptr, nullptr, GCC_SAYS("misaligned"), GCC_SAYS("misaligned")),
    ZOO(misaligned_variable, 32, nullptr, nullptr, GCC_SAYS("misaligned"), GCC_SAYS("misaligned")),
    ZOO(shared_past_end, 64, nullptr, nullptr, "index 64 out of bounds", nullptr),
    ZOO(dynamic_past_end, 256, "illegal address", nullptr, "AddressSanitizer", nullptr),
    ZOO(border_not_loaded, 64, "1 of 64 outputs are NaN", nullptr, nullptr, nullptr),
    ZOO(sum_from_nothing, 4, "4 of 4 outputs are NaN", nullptr, nullptr, nullptr),
    ZOO(grid_too_small, 1000, "232 of 1000 outputs are NaN", nullptr, nullptr, nullptr),
    ZOO(use_after_free, 64, "freed", nullptr, "AddressSanitizer", nullptr),
    ZOO(host_dereference, 1, "host code touches device memory", nullptr, nullptr, nullptr),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_bounds = { __FILE__, bugs };
