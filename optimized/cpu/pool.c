/* pool.c - the max-pooling ladders; see reference/pool.c for what they compute. */
#include "../op.h"
#include "../../reference/reference.h"
#include "ladders.h"

#include <math.h>

/* ---- 01_rows: a row of results at a time ----
 *
 * Changed: the loop over the columns of a result row is the inner one, so that the compiler makes vectors of
 * it where windows are one column apart, and no element is asked whether it lies beyond an edge: the columns
 * that a window's column s meets are worked out once a row. Relieves: the branches of every comparison. Ties
 * go to the first as before, because a later number must be larger. */

enum { COLUMNS = 256 }; /* of a result row, at a time: on the stack */

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

struct window {
    int H, W, R, S, pad, stride;
};

static int at_least(int x, int low)
{
    return x < low ? low : x;
}

static int at_most(int x, int high)
{
    return x > high ? high : x;
}

/* columns from..from+n of result row p of a plane */
static void pool_columns(const struct window *v, int p, int from, int n, const float *x, float *y, int *index)
{
    int top = at_least(p * v->stride - v->pad, 0), bottom = at_most(p * v->stride - v->pad + v->R, v->H);
    for (int k = 0; k < n; k++) {
        int left = at_least((from + k) * v->stride - v->pad, 0);
        y[k] = -INFINITY;
        index[k] = top * v->W + left; /* what stays if all are -infinity */
    }
    for (int h = top; h < bottom; h++)
        for (int s = 0; s < v->S; s++) {
            int w = from * v->stride - v->pad + s; /* the column that s is in the first window */
            int first = w < 0 ? (-w + v->stride - 1) / v->stride : 0;
            int end = w < v->W ? at_most((v->W - 1 - w) / v->stride + 1, n) : 0;
            const float *row = x + (ptrdiff_t)h * v->W + w;
            if (v->stride == 1)
                take_larger(first, end, 1, row, h * v->W + w, y, index);
            else
                take_larger(first, end, v->stride, row, h * v->W + w, y, index);
        }
}

static void rows(int N, int C, int H, int W, int R, int S, int pad, int stride, const float *x, float *y,
                 int *index)
{
    const struct window v = { H, W, R, S, pad, stride };
    int P = (H + 2 * pad - R) / stride + 1, Q = (W + 2 * pad - S) / stride + 1;
    for (size_t plane = 0; plane < (size_t)N * (size_t)C; plane++, x += (size_t)H * (size_t)W)
        for (int p = 0; p < P; p++, y += Q, index += Q)
            for (int q = 0; q < Q; q += COLUMNS)
                pool_columns(&v, p, q, at_most(Q - q, COLUMNS), x, y + q, index + q);
}

const struct rung maxpool_forward_cpu[] = {
    { "00_naive", RUN(maxpool_forward, maxpool_forward_f32), NEED_NONE, "the reference, in float" },
    { "01_rows", RUN(maxpool_forward, rows), NEED_NONE,
      "a row of results at a time, edges worked out once a row" },
    { 0 },
};

/* ---- 01_planes: dx is cleared a plane at a time, while it is about to be added to ----
 *
 * Changed: the reference clears all of dx before it begins; here a plane is still in the cache when its
 * gradients are added. Relieves: the memory bus, which dx crosses once in place of twice. */
static void planes(int N, int C, int H, int W, int R, int S, int pad, int stride, const int *index,
                   const float *dy, float *dx)
{
    int P = (H + 2 * pad - R) / stride + 1, Q = (W + 2 * pad - S) / stride + 1;
    size_t in = (size_t)H * (size_t)W, out = (size_t)P * (size_t)Q;
    for (size_t plane = 0; plane < (size_t)N * (size_t)C; plane++, dx += in, dy += out, index += out) {
        for (size_t k = 0; k < in; k++) dx[k] = 0;
        for (size_t k = 0; k < out; k++) dx[index[k]] += dy[k];
    }
}

const struct rung maxpool_backward_cpu[] = {
    { "00_naive", RUN(maxpool_backward, maxpool_backward_f32), NEED_NONE, "the reference, in float" },
    { "01_planes", RUN(maxpool_backward, planes), NEED_NONE,
      "a plane is cleared when its gradients are added" },
    { 0 },
};
