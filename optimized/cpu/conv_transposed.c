/* conv_transposed.c - the CPU ladders of transposed convolution: forward, backward dx, backward dw + db.
 *
 *   x (N,C,H,W)   w (C,K/groups,R,S)   b (K)   y, dy (N,K,P,Q)
 *
 * A convolution of y by w has results of the shape of x. So the forward pass is that convolution's dx, dx is
 * its forward pass, and dw its dw, with x and dy in each other's place.
 */
#include "../op.h"
#include "../../reference/reference.h"
#include "conv_rungs.h"
#include "ladders.h"

static int widened(int results, int before, int behind, int window, int stride, int dilation)
{
    return (results - 1) * stride + dilation * (window - 1) + 1 - before - behind;
}

/* the sizes of that convolution: images of K planes of P x Q, and C kernels */
#define CONVOLUTION                                                                                         \
    N, K, widened(H, top, bottom, R, stride, dilation), widened(W, left, right, S, stride, dilation), C, R, \
        S, stride, dilation, groups, top, left, bottom, right

/* ---- 01_threads: the threaded rung of that convolution ----
 *
 * Changed: the reference spreads numbers one by one. Here the products of conv_implicit.c do, for each kind
 * of place its own. The bias is one more pass over y. Relieves: arithmetic, and all cores work. Prediction
 * (lesson 7): at least 10 x with 16 planes or more. */

static void forward_threads(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONVOLUTION);
    conv_dx_threads(CONVOLUTION, w, x, y);
    for (int n = 0; n < N; n++)
        for (int k = 0; k < K; k++) {
            float *plane = y + conv_x(&v, n, k);
            for (size_t i = 0; i < v.x_plane; i++) plane[i] += b[k];
        }
}

static void dx_threads(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    conv_forward_threads(CONVOLUTION, dy, w, NULL, dx);
}

static void dw_threads(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    const struct conv planes = { .N = N, .K = K, .y_plane = conv_of(CONVOLUTION).x_plane };
    conv_dw_threads(CONVOLUTION, dy, x, dw, NULL);
    conv_db_rows(&planes, dy, db);
}

const struct rung conv2d_transposed_forward_cpu[] = {
    { "00_naive", RUN(conv2d_transposed_forward, conv2d_transposed_forward_f32), NEED_NONE,
      "the reference, in float" },
    { "01_threads", RUN(conv2d_transposed_forward, forward_threads), NEED_NONE,
      "dx of a convolution as products, then the bias" },
    { 0 },
};

const struct rung conv2d_transposed_backward_dx_cpu[] = {
    { "00_naive", RUN(conv2d_transposed_backward_dx, conv2d_transposed_backward_dx_f32), NEED_NONE,
      "the reference, in float" },
    { "01_threads", RUN(conv2d_transposed_backward_dx, dx_threads), NEED_NONE,
      "the forward pass of a convolution as products" },
    { 0 },
};

const struct rung conv2d_transposed_backward_dw_cpu[] = {
    { "00_naive", RUN(conv2d_transposed_backward_dw, conv2d_transposed_backward_dw_f32), NEED_NONE,
      "the reference, in float" },
    { "01_threads", RUN(conv2d_transposed_backward_dw, dw_threads), NEED_NONE,
      "dw of a convolution as products" },
    { 0 },
};
