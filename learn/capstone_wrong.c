/* capstone_wrong.c - wrong kernels with which a network still learns more or less: each replaces one of
 * exercise 7.9; the others are then ours.
 */
#include "judged.h"

#include <stdlib.h>

#include "../reference/reference.h"

#define SIZES                                                                                       \
    int N, int C, int H, int W, int K, int R, int S, int stride, int dilation, int groups, int top, \
        int left, int bottom, int right
#define GIVEN N, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right

static void no_dx(SIZES, const float *w, const float *dy, float *dx)
{
    (void)K, (void)R, (void)S, (void)stride, (void)dilation, (void)groups, (void)top, (void)left,
        (void)bottom, (void)right, (void)w, (void)dy;
    for (int i = 0; i < N * C * H * W; i++) dx[i] = 0;
}

static void averaged_dw(SIZES, const float *x, const float *dy, float *dw, float *db)
{
    conv2d_backward_dw_f32(GIVEN, x, dy, dw, db);
    for (int i = 0; i < K * (C / groups) * R * S; i++) dw[i] /= (float)N;
}

static void half_batch_dw(SIZES, const float *x, const float *dy, float *dw, float *db)
{
    N = (N + 1) / 2;
    conv2d_backward_dw_f32(GIVEN, x, dy, dw, db);
}

/* the weights of the first call serve all those of the same size */
static void stale_forward(SIZES, const float *x, const float *w, const float *b, float *y)
{
    enum { MOST = 4096 };
    static float first[2][MOST];
    static int known[2];
    const int n = K * (C / groups) * R * S, at = C > 1;
    if (known[at] != n) memcpy(first[at], w, (size_t)n * sizeof *w), known[at] = n;
    conv2d_forward_f32(GIVEN, x, first[at], b, y);
}

/* a little is left of each call, as in an accumulator that is not cleared */
static void leaking_forward(SIZES, const float *x, const float *w, const float *b, float *y)
{
    static float left_over;
    conv2d_forward_f32(GIVEN, x, w, b, y);
    y[0] += 1e-6F * left_over;
    left_over += 1;
}

#define WRONG(op, function, name, about)          \
    {                                             \
#op, name, about, RUN(op, function), NULL \
    }
const struct mistake wrong_kernels[] = {
    WRONG(conv2d_backward_dx, no_dx, "no dx", "the first convolution never learns"),
    WRONG(conv2d_backward_dw, averaged_dw, "averaged", "dw is divided by the batch, which Adam hides"),
    WRONG(conv2d_backward_dw, half_batch_dw, "half of the batch",
          "dw is that of the first half of the examples"),
    WRONG(conv2d_forward, stale_forward, "stale weights", "the weights of the first call are kept"),
    WRONG(conv2d_forward, leaking_forward, "left over",
          "something is kept between calls, and a resumed run has none"),
    { 0 },
};
