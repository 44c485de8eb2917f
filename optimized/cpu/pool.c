/* pool.c - the ladders of pooling by maximum and by mean; see reference/pool.c for what they compute. */
#include "../op.h"
#include "../../reference/reference.h"
#include "../../reference/windows.h"
#include "../team.h"
#include "ladder_tables.h"
#include "ladders.h"
#include "pool_vector.h"

#include <math.h>
#include <string.h>

/* ---- 01_rows: a row of results at a time ----
 *
 * Changed: the loop over the columns of a result row is the inner one, so that the compiler makes vectors of
 * it where windows are one column apart, and no element is asked whether it lies beyond an edge: the columns
 * that a window's column s meets are worked out once a row. Relieves: the branches of every comparison. Ties
 * go to the first as before, because a later number must be larger. */

enum { COLUMNS = 256, MAX_PIECES = 1 << 20 }; /* of a result row, at a time: on the stack; for threads */

/* best[k], where[k] for k from `first` to `end`: x[k stride + at] takes their place if it is
 * larger; place: of x[at] */
static inline __attribute__((always_inline)) void take_larger(int first, int end, int stride, const float *x,
                                                              int place, float *restrict best,
                                                              int *restrict where)
{
    for (int k = first; k < end; k++) {
        float here = x[k * stride];
        /* an ordered comparison each: larger, or the first NaN */
        int larger = (here > best[k]) | ((here != here) & (best[k] == best[k]));
        best[k] = larger ? here : best[k];
        where[k] = larger ? place + k * stride : where[k];
    }
}

static int at_most(int x, int high)
{
    return x > high ? high : x;
}

/* Of n windows that lie `stride` apart along a row of W numbers, those from *first to *end - 1 have a number
 * s, which in window 0 is number w of the row. */
static void with_number(int w, int W, int stride, int n, int *first, int *end)
{
    *first = w < 0 ? (-w + stride - 1) / stride : 0;
    *end = w < W ? at_most((W - 1 - w) / stride + 1, n) : 0;
}

static void maxpool_columns(const struct pool *v, int p, int from, int n, const float *x, float *y,
                            int *index)
{
    const struct window_span rows = window_holds(p, v->H, v->R, v->pad, v->stride);
    int first, end;
    for (int begin = from; begin < from + n; begin += COLUMNS) {
        const int here = at_most(from + n - begin, COLUMNS), left = begin * v->stride - v->pad;
        float most[COLUMNS];
        int where[COLUMNS];
        for (int k = 0; k < here; k++) { /* what stays if all are -infinity */
            const int w = left + k * v->stride;
            most[k] = -INFINITY, where[k] = rows.first * v->W + (w < 0 ? 0 : w);
        }
        for (int h = rows.first; h < rows.end; h++)
            for (int s = 0; s < v->S; s++) {
                const int place = h * v->W + left + s;
                with_number(left + s, v->W, v->stride, here, &first, &end);
                if (v->stride == 1)
                    take_larger(first, end, 1, x + place, place, most, where);
                else
                    take_larger(first, end, v->stride, x + place, place, most, where);
            }
        memcpy(y + begin, most, (size_t)here * sizeof *y);
        memcpy(index + begin, where, (size_t)here * sizeof *index);
    }
}

static struct pool pool_of(int H, int W, int R, int S, int pad, int stride, int ceil_mode)
{
    struct pool v = { .H = H, .W = W, .R = R, .S = S, .pad = pad, .stride = stride };
    v.P = windows_along(H, R, pad, stride, ceil_mode);
    v.Q = windows_along(W, S, pad, stride, ceil_mode);
    if (stride > 2 || (stride == 2 && S == 1) || W < S) return v; /* none for vectors */
    v.inner = at_most((pad + stride - 1) / stride, v.Q);
    v.inner_end = at_most((W - S + pad) / stride + 1, v.Q);
    if (v.inner_end < v.inner) v.inner_end = v.inner;
    return v;
}

/* forward passes are called with the first plane's x, y, index in v */
static void maxpool_planes_portable(const struct pool *v, size_t from, size_t end)
{
    const size_t in = (size_t)v->H * (size_t)v->W;
    for (size_t row = from * (size_t)v->P; row < end * (size_t)v->P; row++)
        maxpool_columns(v, (int)(row % (size_t)v->P), 0, v->Q, v->x + row / (size_t)v->P * in,
                        v->y + row * (size_t)v->Q, v->index + row * (size_t)v->Q);
}

static void maxpool_rows(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                         const float *x, float *y, int *index)
{
    struct pool v = pool_of(H, W, R, S, pad, stride, ceil_mode);
    v.x = x, v.y = y, v.index = index;
    maxpool_planes_portable(&v, 0, (size_t)N * (size_t)C);
}

/* ---- 02_avx2 and 03_avx512: WIDTH windows of a row side by side ----
 *
 * Changed: the maxima of 8 or 16 windows and their places stay in registers until the window is done, where
 * 01_rows reads and writes them once per number of the window; windows two apart take their numbers by
 * shuffles. Relieves: loads, stores, and the gathering of every second number, one at a time. Measured before
 * anything was predicted, at n64 c32 h28 w28 r2 s2 stride2: 13 times 01_rows, and with AVX-512 1.3 times
 * that. On a Zen 5 AVX-512, whose loads and stores have masks, took longer at all shapes of the bench but the
 * smallest: 1.05 to 1.2 times as long, 1.7 times in rows of 8 windows, and on small pages up to 4 times. */

#if defined __x86_64__
static void maxpool_avx2(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                         const float *x, float *y, int *index)
{
    struct pool v = pool_of(H, W, R, S, pad, stride, ceil_mode);
    v.x = x, v.y = y, v.index = index;
    maxpool_planes_avx2(&v, 0, (size_t)N * (size_t)C);
}

static void maxpool_avx512(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                           const float *x, float *y, int *index)
{
    struct pool v = pool_of(H, W, R, S, pad, stride, ceil_mode);
    v.x = x, v.y = y, v.index = index;
    maxpool_planes_avx512(&v, 0, (size_t)N * (size_t)C);
}

/* ---- 04_threads: some planes per thread ----
 *
 * Changed: no plane needs another, so threads share them, some PIECE numbers at a time. Relieves: the one
 * core, where the image lies in the caches; what comes from memory, two cores share. Prediction (lesson 7):
 * 1.6 to 2 x on two cores. The maximum takes vectors of 8 where a row has as many windows:
 * those of 16 gain little where they win; but their masks take shorter rows, too. */

struct shared_planes {
    const struct pool *v;
    void (*planes)(const struct pool *v, size_t from, size_t end);
    size_t all, at_once;
};

static void some_planes(int piece, void *arg)
{
    const struct shared_planes *j = arg;
    size_t from = (size_t)piece * j->at_once, end = from + j->at_once;
    j->planes(j->v, from, end < j->all ? end : j->all);
}

static void share_planes(const struct pool *v, size_t planes,
                         void (*work)(const struct pool *v, size_t from, size_t end))
{
    const size_t in = (size_t)v->H * (size_t)v->W;
    struct shared_planes j = { v, work, planes, (PIECE + in - 1) / in };
    if (planes / j.at_once >= MAX_PIECES) j.at_once = planes / MAX_PIECES + 1;
    team_run((int)((planes - 1) / j.at_once + 1), some_planes, &j);
}

static void maxpool_threads(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                            const float *x, float *y, int *index)
{
    struct pool v = pool_of(H, W, R, S, pad, stride, ceil_mode);
    v.x = x, v.y = y, v.index = index;
    const int masked = v.inner_end - v.inner < 8 && !rung_lacks(NEED_AVX512);
    share_planes(&v, (size_t)N * (size_t)C, masked ? maxpool_planes_avx512 : maxpool_planes_avx2);
}

/* ---- 05_separable: the maxima along each row once, then down the rows ----
 *
 * Changed: where windows overlap, the rows that two of them share are searched once (pool_separable.h):
 * a window of 3 x 3 takes 4 comparisons instead of 8. Rows are copied between -infinities, so that windows
 * over the left and the right edge are vectors, too, where they were left to scalar code. And lines of
 * results are asked for before they are written. Relieves: comparisons, mispredicted ends of short loops,
 * and the wait for lines of y and index. Prediction (lesson 7): 1.5 to 4 x 04_threads at windows of 3 x 3,
 * 0.95 to 1.05 x at 2 x 2, which do not overlap. Tried, and no faster: NaN noticed where a row is copied,
 * so that a comparison need not ask for it; stores past the caches. */

static void maxpool_separable(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                              const float *x, float *y, int *index)
{
    struct pool v = pool_of(H, W, R, S, pad, stride, ceil_mode);
    v.x = x, v.y = y, v.index = index;
    const int masked = v.Q < 8 && !rung_lacks(NEED_AVX512);
    share_planes(&v, (size_t)N * (size_t)C, masked ? maxpool_separable_avx512 : maxpool_separable_avx2);
}
#endif

/* ---- the mean: the same ladder ---- */

static void avgpool_columns(const struct pool *v, int p, int from, int n, const float *x, float *y)
{
    const struct window_span rows = window_holds(p, v->H, v->R, v->pad, v->stride);
    const int counted = v->count_include_pad ? rows.padded : rows.end - rows.first;
    int first, end;
    for (int begin = from; begin < from + n; begin += COLUMNS) {
        const int here = at_most(from + n - begin, COLUMNS), left = begin * v->stride - v->pad;
        float sum[COLUMNS] = { 0 };
        for (int h = rows.first; h < rows.end; h++)
            for (int s = 0; s < v->S; s++) {
                const float *row = x + ((ptrdiff_t)h * v->W + left + s);
                with_number(left + s, v->W, v->stride, here, &first, &end);
                for (int k = first; k < end; k++) sum[k] += row[k * v->stride];
            }
        for (int k = 0; k < here; k++) {
            const struct window_span cols = window_holds(begin + k, v->W, v->S, v->pad, v->stride);
            y[begin + k] =
                sum[k] / (float)(counted * (v->count_include_pad ? cols.padded : cols.end - cols.first));
        }
    }
}

static void avgpool_planes_portable(const struct pool *v, size_t from, size_t end)
{
    const size_t in = (size_t)v->H * (size_t)v->W;
    for (size_t row = from * (size_t)v->P; row < end * (size_t)v->P; row++)
        avgpool_columns(v, (int)(row % (size_t)v->P), 0, v->Q, v->x + row / (size_t)v->P * in,
                        v->y + row * (size_t)v->Q);
}

static void avgpool_rows(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                         const float *x, float *y, uint64_t count_include_pad)
{
    struct pool v = pool_of(H, W, R, S, pad, stride, ceil_mode);
    v.x = x, v.y = y, v.count_include_pad = count_include_pad != 0;
    avgpool_planes_portable(&v, 0, (size_t)N * (size_t)C);
}

#if defined __x86_64__
static void avgpool_avx2(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                         const float *x, float *y, uint64_t count_include_pad)
{
    struct pool v = pool_of(H, W, R, S, pad, stride, ceil_mode);
    v.x = x, v.y = y, v.count_include_pad = count_include_pad != 0;
    avgpool_planes_avx2(&v, 0, (size_t)N * (size_t)C);
}

static void avgpool_avx512(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                           const float *x, float *y, uint64_t count_include_pad)
{
    struct pool v = pool_of(H, W, R, S, pad, stride, ceil_mode);
    v.x = x, v.y = y, v.count_include_pad = count_include_pad != 0;
    avgpool_planes_avx512(&v, 0, (size_t)N * (size_t)C);
}

static void avgpool_threads(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                            const float *x, float *y, uint64_t count_include_pad)
{
    struct pool v = pool_of(H, W, R, S, pad, stride, ceil_mode);
    v.x = x, v.y = y, v.count_include_pad = count_include_pad != 0;
    share_planes(&v, (size_t)N * (size_t)C,
                 rung_lacks(NEED_AVX512) ? avgpool_planes_avx2 : avgpool_planes_avx512);
}
#endif

const struct rung maxpool_forward_cpu[] = {
    NAIVE(maxpool_forward),
    { "01_rows", RUN(maxpool_forward, maxpool_rows), NEED_NONE,
      "a row of results at a time, edges worked out once a row" },
#if defined __x86_64__
    { "02_avx2", RUN(maxpool_forward, maxpool_avx2), NEED_AVX2,
      "8 windows of a row side by side, in registers" },
    { "03_avx512", RUN(maxpool_forward, maxpool_avx512), NEED_AVX512, "16 windows, masks for a row's last" },
    { "04_threads", RUN(maxpool_forward, maxpool_threads), NEED_AVX2, "some planes per thread" },
    { "05_separable", RUN(maxpool_forward, maxpool_separable), NEED_AVX2,
      "overlapping windows: the maxima along each row once, then down the rows" },
#endif
    { 0 },
};

const struct rung avgpool_forward_cpu[] = {
    NAIVE(avgpool_forward),
    { "01_rows", RUN(avgpool_forward, avgpool_rows), NEED_NONE,
      "a row of results at a time, edges worked out once a row" },
#if defined __x86_64__
    { "02_avx2", RUN(avgpool_forward, avgpool_avx2), NEED_AVX2,
      "8 windows of a row side by side, in registers" },
    { "03_avx512", RUN(avgpool_forward, avgpool_avx512), NEED_AVX512, "16 windows, masks for a row's last" },
    { "04_threads", RUN(avgpool_forward, avgpool_threads), NEED_AVX2, "some planes per thread" },
#endif
    { 0 },
};
