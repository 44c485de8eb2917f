/* elements.h - what kernels of n elements share: how threads are laid over them, and how memory is asked.
 *
 * What happens to an element is a pass: a struct that holds pointers, copied to the device with the launch.
 *
 *     struct pass {
 *         bool alike() const;                               all arrays lie alike to multiples of 16 bytes
 *         const float *first() const;                       one of them
 *         __device__ void one(size_t k) const;              element k
 *         struct fours;                                     what is read of four neighbours
 *         __device__ fours load(int head, size_t j) const;  of the elements from head + 4 j, on 16 bytes
 *         __device__ void store(int head, size_t j, const fours &v) const;
 *     };
 *     by_float4::run(n, pass{ ... });
 *
 * Every element is read and written by one thread, reading first: an output may be an input. n is 1 or more.
 * The four ways below are the first rungs of every ladder of elements. Counts are the emulator's
 * (tests/cuda_access.txt), for one input and one output; predictions are for n of many millions on an H100,
 * where memory gives 3.35 TB/s and answers after some 600 ns: 2 MB must be on their way at any time, 16 KB
 * for each multiprocessor (Little's law).
 */
#ifndef RUNGS_CUDA_ELEMENTS_H
#define RUNGS_CUDA_ELEMENTS_H

#include <cuda_runtime.h>
#include <stddef.h>
#include <stdint.h>

enum { ELEMENT_THREADS = 256, BLOCKS_EACH = 8 }; /* 2048 threads fill a multiprocessor */

inline unsigned blocks_of_elements(size_t threads)
{
    return (unsigned)((threads - 1) / ELEMENT_THREADS + 1);
}

/* As many blocks as the device holds at once, or fewer if fewer threads have something to do */
inline unsigned blocks_that_fit(size_t threads)
{
    static int multiprocessors;
    if (!multiprocessors && cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, 0))
        multiprocessors = 1;
    size_t most = (size_t)multiprocessors * BLOCKS_EACH, blocks = blocks_of_elements(threads);
    return (unsigned)(blocks < most ? blocks : most);
}

__device__ inline size_t thread_of_grid()
{
    return (size_t)blockIdx.x * ELEMENT_THREADS + threadIdx.x;
}

__device__ inline size_t threads_of_grid()
{
    return (size_t)gridDim.x * ELEMENT_THREADS;
}

/* ---- 00_naive: one thread per element. ----
 * Neighbouring lanes read neighbouring floats: a request of a warp is 4 sectors of 32 bytes, none wasted.
 * So the naive kernel is near the machine's limit already. Prediction: 80 to 90 % of the bandwidth, less
 * where the function is long. */

template <class PASS> __global__ void __launch_bounds__(ELEMENT_THREADS) naive_elements(int n, PASS pass)
{
    size_t k = thread_of_grid();
    if (k < (size_t)n) pass.one(k);
}

struct by_naive {
    template <class PASS> static void run(int n, const PASS &pass)
    {
        naive_elements<<<blocks_of_elements((size_t)n), ELEMENT_THREADS>>>(n, pass);
    }
};

/* ---- 01_stride: as many threads as the machine holds, each of which goes on in strides of all of them. ----
 * A block is started once instead of for every 256 elements, and what a thread computes before its loop,
 * it computes once. The same requests. Relieves the scheduler of blocks. Prediction: 1.0 to 1.05 x; the
 * next rungs stand on it. */

template <class PASS> __global__ void __launch_bounds__(ELEMENT_THREADS) strided_elements(int n, PASS pass)
{
    for (size_t k = thread_of_grid(); k < (size_t)n; k += threads_of_grid()) pass.one(k);
}

struct by_stride {
    template <class PASS> static void run(int n, const PASS &pass)
    {
        strided_elements<<<blocks_that_fit((size_t)n), ELEMENT_THREADS>>>(n, pass);
    }
};

/* ---- 02_float4: four elements per instruction. ----
 * A quarter of the load and store instructions for the same sectors, and 32 KB for each multiprocessor on
 * their way where single floats keep 8 KB. Up to three elements before the first multiple of 16 bytes, and
 * after the last, are done one by one; arrays that lie differently to it are left to 01_stride. Relieves the
 * load units, and the wait for memory. Prediction: 1.05 to 1.15 x.
 *
 * ---- 03_two_fours: two fours are on their way before the first is used. ----
 * 64 KB for each multiprocessor. More than needed, unless registers or a small n leave it half empty.
 * Prediction: 1.0 to 1.03 x. */

template <int V, class PASS>
__global__ void __launch_bounds__(ELEMENT_THREADS) elements_in_fours(int n, int head, PASS pass)
{
    size_t count = (size_t)(n - head) / 4, t = thread_of_grid(), all = threads_of_grid(), j = t;
    for (; j + (V - 1) * all < count; j += V * all) {
        typename PASS::fours v[V];
#pragma unroll
        for (int i = 0; i < V; i++) v[i] = pass.load(head, j + i * all);
#pragma unroll
        for (int i = 0; i < V; i++) pass.store(head, j + i * all, v[i]);
    }
    if (V > 1)
        for (; j < count; j += all) pass.store(head, j, pass.load(head, j));
    if (t < (size_t)head) pass.one(t);
    if (t < (size_t)n - head - 4 * count) pass.one(head + 4 * count + t);
}

template <int V> struct by_fours {
    template <class PASS> static void run(int n, const PASS &pass)
    {
        int head = (int)((16 - (uintptr_t)pass.first() % 16) % 16 / sizeof(float));
        if (head > n) head = n;
        if (pass.alike())
            elements_in_fours<V><<<blocks_that_fit((size_t)n / 4 + 1), ELEMENT_THREADS>>>(n, head, pass);
        else
            by_stride::run(n, pass);
    }
};

typedef by_fours<1> by_float4;
typedef by_fours<2> by_two_fours;

inline bool alike_16(const void *p, const void *q)
{
    return (uintptr_t)p % 16 == (uintptr_t)q % 16;
}

/* Four floats from p + head + 4 j. The address is made so, and not as p + k, because nvcc otherwise makes
 * four accesses of one where a single float is accessed nearby. */
__device__ inline float4 four_at(const float *p, int head, size_t j)
{
    return reinterpret_cast<const float4 *>(p + head)[j];
}

__device__ inline void put_four(float *p, int head, size_t j, float4 v)
{
    reinterpret_cast<float4 *>(p + head)[j] = v;
}

#endif
