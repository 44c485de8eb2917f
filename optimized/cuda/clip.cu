/* clip.cu - the CUDA ladders of clip_norm and clip_value, of a gradient dw of n elements, in place; see
 * reference/clip.c.
 *
 * A norm needs every element before the first is changed: dw is read twice and written once, 12 bytes per
 * element, in at least two launches, as blocks cannot wait for each other. Predictions are for n of many
 * millions on an H100. Its 50 MB of level 2 cache keep what the second pass reads again of a gradient of 10
 * million, so that it is predicted on the bytes that must come from memory: 8 per element, or 4 where nothing
 * is clipped.
 */
#include <cuda_runtime.h>

#include "../op.h"
#include "clip.h"
#include "elements.h"
#include "in_place.h"
#include "ladders.h"
#include "rows.h"
#include "scratch.h"
#include "sums.h"

namespace
{

enum { THREADS = one_block::THREADS };
static_assert((int)THREADS == (int)ELEMENT_THREADS, "kernels here take their grids from elements.h");

/* Squares are added in double: that of a float may be too large or too small for a float. */
__device__ double square(float x)
{
    return (double)x * (double)x;
}

__device__ double squares(float4 v)
{
    return (square(v.x) + square(v.y)) + (square(v.z) + square(v.w));
}

/* what dw is multiplied by: at most 1, or a NaN */
struct limit {
    double max_norm, eps;

    __device__ float scale(double sum) const
    {
        const double scale = max_norm / (sqrt(sum) + eps);
        return scale > 1 ? 1 : (float)scale;
    }
};

/* what lies between two launches */
struct between {
    double part[MOST_PARTS];
    float scale;
};

/* ---- 00_naive: one block adds up, then a thread for each element multiplies ----
 *
 * Its 256 threads have 1 KB on their way where the machine needs 2 MB, and one of 132 multiprocessors works.
 * Prediction (lesson 4): 0.05 to 0.5 % of the bandwidth. */
__global__ void __launch_bounds__(THREADS)
    norm_by_one_block(int n, const float *dw, float *norm, float *scale, limit to)
{
    __shared__ double part[THREADS];
    double sum = 0;
    for (int k = threadIdx.x; k < n; k += THREADS) sum += square(dw[k]);
    part[threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.x != 0) return;
    for (int i = 1; i < THREADS; i++) sum += part[i];
    *norm = (float)sqrt(sum);
    *scale = to.scale(sum);
}

__global__ void __launch_bounds__(THREADS) multiply_each(int n, float *dw, const float *scale)
{
    const size_t k = thread_of_grid();
    if (k < (size_t)n) dw[k] *= *scale;
}

void norm_naive(int n, float *dw, float *norm, double max_norm, double eps)
{
    const float *scale = clip_factor(BY_ONE_BLOCK, n, dw, norm, max_norm, eps);
    if (scale) multiply_each<<<blocks_of_elements((size_t)n), THREADS>>>(n, dw, scale);
}

/* ---- 01_parts: up to 1024 blocks add up; another adds their sums ----
 *
 * Each block leaves one double, and one block adds these in the order of the blocks: no atomics, the same
 * bits on every call. Where the gradient is short enough, nothing is multiplied: dw is read once. Relieves
 * the one multiprocessor. Prediction (lesson 4): 100 to 700 x. */
__global__ void __launch_bounds__(THREADS) square_parts(int n, const float *dw, double *part)
{
    double mine = 0;
    for (size_t k = thread_of_grid(); k < (size_t)n; k += threads_of_grid()) mine += square(dw[k]);
    mine = one_block::all(mine, plus_double());
    if (threadIdx.x == 0) part[blockIdx.x] = mine;
}

/* the sum of the parts, for every thread of a block: the same bits in each block */
__device__ double sum_of(unsigned parts, const double *part)
{
    double mine = 0;
    for (unsigned k = threadIdx.x; k < parts; k += THREADS) mine += part[k];
    return one_block::all(mine, plus_double());
}

__global__ void __launch_bounds__(THREADS)
    add_parts(unsigned parts, const double *part, float *norm, float *scale, limit to)
{
    const double sum = sum_of(parts, part);
    if (threadIdx.x != 0) return;
    *norm = (float)sqrt(sum);
    *scale = to.scale(sum);
}

__global__ void __launch_bounds__(THREADS) multiply_if_long(int n, float *dw, const float *scale)
{
    const float by = *scale;
    if (by == 1) return;
    for (size_t k = thread_of_grid(); k < (size_t)n; k += threads_of_grid()) dw[k] *= by;
}

void norm_parts(int n, float *dw, float *norm, double max_norm, double eps)
{
    const float *scale = clip_factor(BY_PARTS, n, dw, norm, max_norm, eps);
    if (scale) multiply_if_long<<<blocks_that_fit((size_t)n), THREADS>>>(n, dw, scale);
}

/* ---- 02_float4: four elements per load and store ----
 *
 * A quarter of the requests for the same sectors, four times the bytes on their way for each thread. Up to
 * three elements before the first multiple of 16 bytes, and after the last, are done singly. Relieves the
 * load units. Prediction (lesson 4): 1.0 to 1.2 x. */

/* dw as elements.h sees it: `head` elements before the first multiple of 16 bytes, then `count` fours */
struct span {
    int n, head;

    span(int n_, const float *dw) : n(n_), head((int)((16 - (uintptr_t)dw % 16) % 16 / sizeof(float)))
    {
        if (head > n) head = n;
    }
    __device__ size_t count() const
    {
        return (size_t)(n - head) / 4;
    }
    /* the element in front of or behind the fours that is thread t's; -1: none is */
    __device__ long single(size_t t) const
    {
        const size_t k = t < (size_t)head ? t : 4 * count() + t;
        return k < (size_t)n ? (long)k : -1;
    }
};

__global__ void __launch_bounds__(THREADS) square_parts_in_fours(span s, const float *dw, double *part)
{
    const size_t t = thread_of_grid();
    const long k = s.single(t);
    double mine = k < 0 ? 0 : square(dw[k]);
    for (size_t j = t; j < s.count(); j += threads_of_grid()) mine += squares(four_at(dw, s.head, j));
    mine = one_block::all(mine, plus_double());
    if (threadIdx.x == 0) part[blockIdx.x] = mine;
}

__device__ void multiply_in_fours(const span &s, float *dw, float by)
{
    if (by == 1) return;
    const size_t t = thread_of_grid();
    const long k = s.single(t);
    if (k >= 0) dw[k] *= by;
    for (size_t j = t; j < s.count(); j += threads_of_grid()) {
        const float4 v = four_at(dw, s.head, j);
        put_four(dw, s.head, j, { v.x * by, v.y * by, v.z * by, v.w * by });
    }
}

__global__ void __launch_bounds__(THREADS) multiply_fours_if_long(span s, float *dw, const float *scale)
{
    multiply_in_fours(s, dw, *scale);
}

void norm_float4(int n, float *dw, float *norm, double max_norm, double eps)
{
    const float *scale = clip_factor(BY_PARTS_IN_FOURS, n, dw, norm, max_norm, eps);
    if (scale)
        multiply_fours_if_long<<<blocks_that_fit((size_t)n / 4 + 1), THREADS>>>(span(n, dw), dw, scale);
}

/* ---- 03_two_launches: every block that multiplies adds the parts up for itself ----
 *
 * Up to 8 KB for each of 1056 blocks, from the level 2 cache, instead of a launch that keeps all others
 * waiting. Relieves the wait between launches, some microseconds. Prediction (lesson 4): 1.02 to 1.15 x
 * for 10 million elements. */
__global__ void __launch_bounds__(THREADS)
    add_and_multiply(span s, float *dw, unsigned parts, const double *part, float *norm, limit to)
{
    const double sum = sum_of(parts, part);
    if (thread_of_grid() == 0) *norm = (float)sqrt(sum);
    multiply_in_fours(s, dw, to.scale(sum));
}

void norm_two_launches(int n, float *dw, float *norm, double max_norm, double eps)
{
    between *b = (between *)scratch(sizeof *b);
    if (!b) return;
    const span s(n, dw);
    const unsigned parts = parts_of((unsigned)n);
    square_parts_in_fours<<<parts, THREADS>>>(s, dw, b->part);
    add_and_multiply<<<blocks_that_fit((size_t)n / 4 + 1), THREADS>>>(s, dw, parts, b->part, norm,
                                                                      limit{ max_norm, eps });
}

/* ---- clip_value: each element by itself, by the rungs of elements.h; a NaN stays a NaN ---- */

struct limited {
    float high;

    __device__ float operator()(float x) const
    {
        const float below = x > high ? high : x;
        return below < -high ? -high : below;
    }
};

template <class HOW> void clip_value(int n, float *dw, double most)
{
    HOW::run(n, in_place<limited>{ { (float)most }, dw });
}

} // namespace

const float *clip_factor(norm_way way, int n, const float *dw, float *norm, double max_norm, double eps)
{
    between *b = (between *)scratch(sizeof *b);
    if (!b) return nullptr;
    const limit to = { max_norm, eps };
    const unsigned parts = parts_of((unsigned)n);
    if (way == BY_ONE_BLOCK) {
        norm_by_one_block<<<1, THREADS>>>(n, dw, norm, &b->scale, to);
        return &b->scale;
    }
    if (way == BY_PARTS)
        square_parts<<<parts, THREADS>>>(n, dw, b->part);
    else
        square_parts_in_fours<<<parts, THREADS>>>(span(n, dw), dw, b->part);
    add_parts<<<1, THREADS>>>(parts, b->part, norm, &b->scale, to);
    return &b->scale;
}

extern "C" const struct rung clip_norm_cuda[] = {
    { "00_naive", RUN(clip_norm, norm_naive), NEED_NONE, "one block adds up; one thread per element" },
    { "01_parts", RUN(clip_norm, norm_parts), NEED_NONE,
      "many blocks add up; nothing to clip, no second pass" },
    { "02_float4", RUN(clip_norm, norm_float4), NEED_NONE, "four elements per load and store" },
    { "03_two_launches", RUN(clip_norm, norm_two_launches), NEED_NONE,
      "blocks that multiply add the parts up themselves" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};

extern "C" const struct rung clip_value_cuda[] = {
    { "00_naive", RUN(clip_value, clip_value<by_naive>), NEED_NONE, "one thread per element" },
    { "01_stride", RUN(clip_value, clip_value<by_stride>), NEED_NONE,
      "as many threads as the machine holds" },
    { "02_float4", RUN(clip_value, clip_value<by_float4>), NEED_NONE, "four elements per load and store" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};
