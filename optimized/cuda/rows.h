/* rows.h - what kernels of N rows of C numbers share: who works on a row, sums and
 * maxima over it, a row in fours.
 *
 * A kernel takes its team as a template argument: one thread, one warp or one block for each
 * row. The text is the same:
 *
 *     template <class TEAM>
 *     __global__ void __launch_bounds__(TEAM::THREADS) kernel(int N, int C, const float *x, ...)
 *     {
 *         size_t n = TEAM::row();
 *         if (n >= (size_t)N) return;                               (the whole team leaves, or nobody)
 *         float sum = 0;
 *         for (int c = TEAM::rank(); c < C; c += TEAM::SIZE) sum += x[n * C + c];
 *         sum = TEAM::all(sum, plus());                   (every thread of the team has the row's sum)
 *     }
 *     kernel<one_warp><<<one_warp::blocks(N), one_warp::THREADS>>>(N, C, x);
 *
 * Every thread of the team calls all(). Neighbours combine first, in an order that is always the same: no
 * atomics, the same bits on every call. An operation on T is a struct with T operator()(T a, T b), which must
 * not care for the order of a and b: each thread of a pair takes its own value first, and they must agree. T
 * is float, double, or a struct for which shuffled() below has an overload.
 */
#ifndef RUNGS_CUDA_ROWS_H
#define RUNGS_CUDA_ROWS_H

#include <cuda_runtime.h>
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

struct plus {
    __device__ float operator()(float a, float b) const
    {
        return a + b;
    }
};

struct plus_double {
    __device__ double operator()(double a, double b) const
    {
        return a + b;
    }
};

/* NaNs are left out, here and wherever a maximum is taken: they show in the sum */
struct greater {
    __device__ float operator()(float a, float b) const
    {
        return fmaxf(a, b);
    }
};

/* Where a maximum begins. It is finite, so that -infinity - maximum is -infinity and never a NaN. */
#define LOWEST (-FLT_MAX)

/* ---- the largest number and the sum of exp(x - max), taken together: one pass instead of two ----
 * M. Milakov and N. Gimelshein, Online normalizer calculation for softmax, arXiv:1805.02867. When a larger
 * number comes, what has been summed is scaled down. Begin with { LOWEST, 0 }. */

struct max_and_sum {
    float max, sum;
};

/* One exp: of the number, or of the scale. An infinite number leaves a maximum of infinity: see exp_sum. */
__device__ inline max_and_sum with(max_and_sum s, float x)
{
    float rise = x - s.max, e = expf(-fabsf(rise));
    return { fmaxf(s.max, x), rise > 0 ? fmaf(s.sum, e, 1) : s.sum + e };
}

struct join {
    __device__ max_and_sum operator()(max_and_sum a, max_and_sum b) const
    {
        max_and_sum high = a.max >= b.max ? a : b, low = a.max >= b.max ? b : a;
        return { high.max, fmaf(low.sum, expf(low.max - high.max), high.sum) };
    }
};

/* sum of exp(x - max): a NaN where exp(infinity - infinity) is among the terms */
__device__ inline float exp_sum(max_and_sum s)
{
    return s.sum + (s.max - s.max);
}

/* ---- a lane's value from the lane whose number differs in the bits of `apart` ---- */

__device__ inline float shuffled(float mine, int apart)
{
    return __shfl_xor_sync(0xffffffffu, mine, apart);
}

__device__ inline double shuffled(double mine, int apart)
{
    return __shfl_xor_sync(0xffffffffu, mine, apart);
}

__device__ inline max_and_sum shuffled(max_and_sum mine, int apart)
{
    return { shuffled(mine.max, apart), shuffled(mine.sum, apart) };
}

/* Over 2, 4, ... `lanes` neighbouring lanes, each of which gets the result. All 32 lanes of
 * the warp must call it. */
template <class T, class OP> __device__ T over_lanes(int lanes, T mine, OP op)
{
    for (int apart = 1; apart < lanes; apart *= 2) mine = op(mine, shuffled(mine, apart));
    return mine;
}

/* ---- the teams ---- */

struct one_thread {
    enum { SIZE = 1, THREADS = 128 };

    static unsigned blocks(int N)
    {
        return (unsigned)(N - 1) / THREADS + 1;
    }
    static __device__ size_t row()
    {
        return (size_t)blockIdx.x * THREADS + threadIdx.x;
    }
    static __device__ int rank()
    {
        return 0;
    }
    template <class T, class OP> static __device__ T all(T mine, OP)
    {
        return mine;
    }
};

struct one_warp {
    enum { SIZE = 32, WARPS = 8, THREADS = SIZE * WARPS };

    static unsigned blocks(int N)
    {
        return (unsigned)(N - 1) / WARPS + 1;
    }
    static __device__ size_t row()
    {
        return (size_t)blockIdx.x * WARPS + threadIdx.x / SIZE;
    }
    static __device__ int rank()
    {
        return (int)threadIdx.x % SIZE;
    }
    template <class T, class OP> static __device__ T all(T mine, OP op)
    {
        return over_lanes(SIZE, mine, op);
    }
};

struct one_block {
    enum { WARPS = 8, SIZE = 32 * WARPS, THREADS = SIZE };

    static unsigned blocks(int N)
    {
        return (unsigned)N;
    }
    static __device__ size_t row()
    {
        return blockIdx.x;
    }
    static __device__ int rank()
    {
        return (int)threadIdx.x;
    }

    /* shared memory for a result of each warp, the same for all operations */
    template <class T> static __device__ T *parts()
    {
        __shared__ T part[WARPS];
        return part;
    }

    /* Each warp's result goes to shared memory, and every group of WARPS lanes takes them all from there. The
     * second barrier lets the next call write there. */
    template <class T, class OP> static __device__ T all(T mine, OP op)
    {
        T *part = parts<T>();
        mine = over_lanes(32, mine, op);
        if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = mine;
        __syncthreads();
        mine = part[threadIdx.x % WARPS];
        __syncthreads();
        return over_lanes(WARPS, mine, op);
    }
};

/* Rows up to this length go to a warp, longer ones to a block, in rungs that choose. */
enum { WARP_ROW = 1024 };

/* ---- a row in fours ----
 * Memory is read fastest 16 bytes at a time, from addresses that are multiples of 16. A row may begin between
 * them. So it is seen as `count` fours, the first of which begins `before` floats ahead of it; of the first
 * and the last only what belongs to the row is read and written. */

struct fours {
    int C, before, count;

    __device__ fours(const float *row, int C_)
    {
        C = C_;
        before = (int)((uintptr_t)row / sizeof(float) % 4);
        count = (int)(((unsigned)C + (unsigned)before + 3) / 4);
    }
    __device__ bool is_whole(int j) const
    {
        int c = 4 * j - before;
        return c >= 0 && c <= C - 4;
    }
    __device__ bool has(int c) const
    {
        return c >= 0 && c < C;
    }

    /* four j of the row, with `outside` for what does not belong to it; any j from 0 */
    __device__ float4 load(const float *row, int j, float outside) const
    {
        int c = 4 * j - before;
        if (is_whole(j)) return reinterpret_cast<const float4 *>(row - before)[j];
        return { has(c) ? row[c] : outside, has(c + 1) ? row[c + 1] : outside,
                 has(c + 2) ? row[c + 2] : outside, has(c + 3) ? row[c + 3] : outside };
    }
    __device__ void store(float *row, int j, float4 v) const
    {
        int c = 4 * j - before;
        if (is_whole(j)) {
            reinterpret_cast<float4 *>(row - before)[j] =
                v; /* at row + c, nvcc would make four stores of it */
        } else {
            if (has(c)) row[c] = v.x;
            if (has(c + 1)) row[c + 1] = v.y;
            if (has(c + 2)) row[c + 2] = v.z;
            if (has(c + 3)) row[c + 3] = v.w;
        }
    }
};

/* Rows of both arrays have the same `before`; else a rung in fours leaves them to one in single floats. */
inline bool same_fours(const void *p, const void *q)
{
    return (uintptr_t)p % 16 == (uintptr_t)q % 16;
}

/* the most fours that a row of C has, wherever it begins */
inline int most_fours(int C)
{
    return (int)(((unsigned)C + 6) / 4);
}

__device__ inline float largest(float4 v)
{
    return fmaxf(fmaxf(v.x, v.y), fmaxf(v.z, v.w));
}

__device__ inline float total(float4 v)
{
    return (v.x + v.y) + (v.z + v.w);
}

__device__ inline float dot(float4 a, float4 b)
{
    return fmaf(a.x, b.x, fmaf(a.y, b.y, fmaf(a.z, b.z, a.w * b.w)));
}

__device__ inline float4 exp_of_difference(float4 x, float from)
{
    return { expf(x.x - from), expf(x.y - from), expf(x.z - from), expf(x.w - from) };
}

/* with() of four numbers, five exps */
__device__ inline max_and_sum with(max_and_sum s, float4 x)
{
    float max = fmaxf(s.max, largest(x));
    return { max, fmaf(s.sum, expf(s.max - max), total(exp_of_difference(x, max))) };
}

#endif
