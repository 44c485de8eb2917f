/* objects.cu - mistakes with what C++ has beside arrays: sizes of pointers, references, virtual functions,
 * local variables, containers. */
#include <cstdlib>
#include <cuda_runtime.h>
#include <new>
#include <thrust/device_vector.h>

#include "zoo.h"

enum { N = 64 };

__global__ void twice_of(const float *x, float *y)
{
    y[threadIdx.x] = 2 * x[threadIdx.x];
}

/* A pointer's size is not that of its array. */
template <bool right> static void size_of_host_run(const zoo_arrays &a)
{
    float *host = (float *)calloc(N, sizeof *host);
    twice_of<<<1, N>>>(a.x, a.y);
    if (right)
        cudaMemcpy(host, a.y, N * sizeof(*host), cudaMemcpyDeviceToHost);
    else
        cudaMemcpy(host, a.y, sizeof(host), cudaMemcpyDeviceToHost); /* BUG: size_of_host */
    free(host);
}
template <bool right> static void size_of_device_run(const zoo_arrays &a)
{
    float *two, both[2] = { 1, 2 };
    if (right)
        cudaMalloc(&two, sizeof both);
    else
        cudaMalloc(&two, sizeof(two)); /* BUG: size_of_device */
    cudaMemcpy(two, both, sizeof(both), cudaMemcpyHostToDevice);
    twice_of<<<1, N>>>(a.x, a.y);
    cudaFree(two);
}

/* cudaMemset sets bytes: here to 16843009 for 1. */
template <bool right> static void ones_by_bytes_run(const zoo_arrays &a)
{
    cudaMemset(a.count, right ? 0 : 1, N * sizeof(int)); /* BUG: ones_by_bytes */
    twice_of<<<1, N>>>(a.x, a.y);
}

/* A reference is an address. */
template <bool right> __global__ void count_into(const float *x, float *y, int &count)
{
    if (x[threadIdx.x] > 0.5f) atomicAdd(&count, 1); /* BUG: reference_of_host */
    y[threadIdx.x] = 1;
}
template <bool right> static void reference_of_host_run(const zoo_arrays &a)
{
    int local = 0, *managed;
    cudaMallocManaged(&managed, sizeof(int));
    *managed = 0;
    count_into<right><<<1, N>>>(a.x, a.y, right ? *managed : local);
    cudaDeviceSynchronize();
    cudaFree(managed);
}

struct Shape {
    __host__ __device__ virtual float area(float size) const = 0;
};
struct Square : Shape {
    __host__ __device__ float area(float size) const override
    {
        return size * size;
    }
};
struct Disc : Shape {
    __host__ __device__ float area(float size) const override
    {
        return 3.14f * size * size;
    }
};
__global__ void make_shape(Shape *shape, int square)
{
    if (square)
        new (shape) Square;
    else
        new (shape) Disc;
}
template <bool right> __global__ void areas(const Shape *shape, const float *x, float *y)
{
    y[threadIdx.x] = shape->area(x[threadIdx.x]); /* BUG: virtual_of_host */
}
template <bool right> static void virtual_of_host_run(const zoo_arrays &a)
{
    Square square;
    Shape *shape;
    cudaMalloc(&shape, sizeof square);
    cudaMemcpy((void *)shape, &square, sizeof square, cudaMemcpyHostToDevice);
    if (right) make_shape<<<1, 1>>>(shape, 1);
    areas<right><<<1, N>>>(shape, a.x, a.y);
    cudaFree(shape);
}

/* Each thread has an array of that name. */
template <bool right> __global__ void share_local(const float *x, float *y)
{
    __shared__ const float *shared;
    __shared__ float copy[4];
    float mine[4];
    for (int i = 0; i < 4; i++) mine[i] = x[threadIdx.x * 4 + i];
    if (threadIdx.x == 0) shared = right ? copy : mine;
    if (threadIdx.x < 4) copy[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    y[threadIdx.x] = mine[1] + shared[threadIdx.x % 4]; /* BUG: local_of_other */
    __syncthreads();
}
template <bool right> static void local_of_other_run(const zoo_arrays &a)
{
    share_local<right><<<1, N>>>(a.x, a.y);
}

__global__ void use_vector(thrust::device_vector<float> v, float *y)
{
    y[threadIdx.x] = 2 * v[threadIdx.x];
}
template <bool right> static void vector_in_kernel_run(const zoo_arrays &a)
{
    thrust::device_vector<float> v(N, 1.0f);
    if (right)
        twice_of<<<1, N>>>(thrust::raw_pointer_cast(v.data()), a.y);
    else
        use_vector<<<1, N>>>(v, a.y);
    cudaDeviceSynchronize();
}

/* clang-format off */
#define ALWAYS(name, words) { #name, name##_run<false>, name##_run<true>, N, { words, nullptr, words, words } }
#define RACE(name, words) { #name, name##_run<false>, name##_run<true>, N, { nullptr, nullptr, nullptr, words } }
/* clang-format on */

static const zoo_bug bugs[] = {
    ALWAYS(size_of_host, "size: ...sizeof(host) is the size of the pointer, 8 bytes"),
    ALWAYS(size_of_device, "size: ...sizeof(two) is the size of the pointer, 8 bytes"),
    ALWAYS(ones_by_bytes,
           "note: ...sets each byte to 1, not each element: one of 4 bytes becomes 0x01010101"),
    RACE(reference_of_host, "host: ...a variable on the host's stack"),
    RACE(virtual_of_host, "virtual: ...an object of class Square that the host has made"),
    RACE(local_of_other, "local: ...a local variable of another thread"),
    ALWAYS(vector_in_kernel, "a device_vector is an object of the host"),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_objects = { __FILE__, bugs };
