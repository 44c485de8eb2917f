/* conv.c - two-dimensional convolution. Letters: N images of C planes of H x W; K kernels of R x S on C /
 * groups planes; P x Q results per plane. */
#include "op_common.h"
#include "conv_bound.h"
#include "relu_conv.h"

#include <stdlib.h>

#include "../../base/error.h"
#include "../../base/memory.h"

enum { N, C, H, W, K, R, S, STRIDE, DILATION, GROUPS, TOP, LEFT, BOTTOM, RIGHT, P, Q, PER };

#define SIZES_OF(s)                                                                                          \
    s[N], s[C], s[H], s[W], s[K], s[R], s[S], s[STRIDE], s[DILATION], s[GROUPS], s[TOP], s[LEFT], s[BOTTOM], \
        s[RIGHT]
CALLS(conv2d_forward, SIZES_OF(s), p[0], p[1], p[2], p[3])
CALLS(conv2d_backward_dx, SIZES_OF(s), p[0], p[1], p[2])
CALLS(conv2d_backward_dw, SIZES_OF(s), p[0], p[1], p[2], p[3])
CALLS(conv2d_relu_forward, SIZES_OF(s), p[0], p[1], p[2], p[3])
CALLS(conv2d_relu_backward_dx, SIZES_OF(s), p[0], p[1], p[2], p[3])

static int64_t rows_out(const int *s)
{
    return op_windows((int64_t)s[H] + s[TOP] + s[BOTTOM], (int64_t)s[DILATION] * (s[R] - 1) + 1, s[STRIDE]);
}

static int64_t columns_out(const int *s)
{
    return op_windows((int64_t)s[W] + s[LEFT] + s[RIGHT], (int64_t)s[DILATION] * (s[S] - 1) + 1, s[STRIDE]);
}

static int64_t planes_of_a_group(const int *s)
{
    return s[C] / s[GROUPS];
}

/* Positions are counted in int: a plane of results must not have more, and no coordinate may pass it. */
static int legal(const int *s, char *error)
{
    const int64_t most = INT32_MAX, height = (int64_t)s[H] + s[TOP] + s[BOTTOM],
                  width = (int64_t)s[W] + s[LEFT] + s[RIGHT];
    if (s[C] % s[GROUPS] || s[K] % s[GROUPS])
        return error_set(error, "groups is %d, but must divide C = %d and K = %d", s[GROUPS], s[C], s[K]);
    if (height * width > most)
        return error_set(error, "H and W are %d and %d, but with padding H W must be at most %lld", s[H],
                         s[W], (long long)most);
    if (rows_out(s) * columns_out(s) > most) /* the window is 1 x 1, or larger: no more than h w */
        return error_set(error, "P Q must be at most %lld", (long long)most);
    return 1;
}

static double flops(const int *s) /* of every product, those with the zeros beyond the edges too */
{
    return 2.0 * s[N] * s[K] * (double)rows_out(s) * (double)columns_out(s) * (double)planes_of_a_group(s) *
           s[R] * s[S];
}

static int has_winograd(const int *s)
{
    return s[R] == 3 && s[S] == 3 && s[STRIDE] == 1 && s[DILATION] == 1 && s[GROUPS] == 1;
}

/* (m + 2)^2 products for the 9 m^2 of a tile; the transforms are not counted */
static double flops_of_winograd(const int *s, int m)
{
    return has_winograd(s) ? flops(s) * (m + 2) * (m + 2) / (9 * m * m) : flops(s);
}

/* ---- roundings: products of a result (and the bias), of a number of x, of a number of w ---- */

static int terms_forward(const int *s)
{
    return (int)planes_of_a_group(s) * s[R] * s[S] + 1;
}

static int terms_dx(const int *s)
{
    return s[K] / s[GROUPS] * s[R] * s[S];
}

static int terms_dw(const int *s)
{
    return s[N] * (int)rows_out(s) * (int)columns_out(s);
}

/* ---- bounds: of sums, but where Winograd's rungs do as he does ---- */

static void bound_forward(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                          double *bound)
{
    const int *s = size;
    if (!d.winograd || !has_winograd(s)) {
        bound_sum(op, size, buf, a, d, bound);
        return;
    }
    const struct conv_bound c = {
        d.winograd,          s[N],   s[C],    s[H],   s[W],   s[K],   (int)rows_out(s),
        (int)columns_out(s), s[TOP], s[LEFT], buf[0], buf[1], buf[2], d.tiny
    };
    conv_bound_winograd(&c, bound);
}

/* dx is dy correlated with the turned kernels, planes of x and of y in each other's place */
static void bound_dx(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                     double *bound)
{
    const int *s = size;
    if (!d.winograd || !has_winograd(s)) {
        bound_sum(op, size, buf, a, d, bound);
        return;
    }
    const double *w = buf[0];
    double *turned = memory_need((size_t)s[C] * (size_t)s[K] * 9, sizeof *turned);
    for (int k = 0; k < s[K]; k++)
        for (int c = 0; c < s[C]; c++)
            for (int r = 0; r < 9; r++)
                turned[((size_t)c * (size_t)s[K] + (size_t)k) * 9 + (size_t)(8 - r)] =
                    w[((size_t)k * (size_t)s[C] + (size_t)c) * 9 + (size_t)r];
    const struct conv_bound c = { d.winograd,
                                  s[N],
                                  s[K],
                                  (int)rows_out(s),
                                  (int)columns_out(s),
                                  s[C],
                                  s[H],
                                  s[W],
                                  2 - s[TOP],
                                  2 - s[LEFT],
                                  buf[1],
                                  turned,
                                  NULL,
                                  d.tiny };
    conv_bound_winograd(&c, bound);
    free(turned);
}

/* zeros in place of some results err by nothing: the bound of all of them */
static void bound_relu_dx(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                          double *bound)
{
    if (!d.winograd || !has_winograd(size))
        bound_sum(op, size, buf, a, d, bound);
    else
        bound_dx(op, size, buf + 1, a - 1, d, bound);
}

/* n c h w k r s, stride dilation groups, top left bottom right: each size odd, 1, and at vectors' edges;
 * windows that overlap, touch, leave gaps, hang over, are larger than the image; padding of one side; groups
 * of one plane, of one result, of several */
static const int check[][MAX_SIZES] = {
    { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0 },
    { 2, 3, 5, 7, 4, 3, 2, 1, 1, 1, 0, 0, 0, 0 },
    { 1, 2, 9, 11, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
    { 2, 3, 8, 10, 5, 3, 3, 2, 1, 1, 1, 1, 1, 1 },
    { 1, 4, 10, 12, 6, 3, 3, 2, 2, 2, 1, 1, 1, 1 },
    { 1, 6, 7, 9, 6, 3, 3, 1, 1, 6, 1, 1, 1, 1 },
    { 2, 4, 6, 5, 8, 3, 3, 1, 1, 4, 1, 1, 1, 1 },
    { 3, 8, 5, 6, 7, 1, 1, 1, 1, 1, 0, 0, 0, 0 },
    { 1, 2, 2, 3, 4, 5, 5, 1, 1, 1, 2, 2, 2, 2 },
    { 1, 2, 6, 7, 3, 4, 2, 1, 1, 1, 1, 0, 2, 1 },
    { 1, 3, 3, 40, 2, 1, 5, 1, 1, 1, 0, 2, 0, 2 },
    { 2, 1, 28, 28, 32, 3, 3, 1, 1, 1, 0, 0, 0, 0 },
    { 1, 3, 32, 33, 34, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
    { 1, 32, 10, 16, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
    { 2, 6, 14, 14, 16, 5, 5, 1, 1, 1, 0, 0, 0, 0 },
    { 1, 17, 9, 10, 33, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
    { 1, 5, 1, 50, 2, 1, 1, 3, 1, 1, 0, 0, 0, 0 },
    { 3, 1, 30, 31, 3, 5, 5, 1, 1, 1, 0, 0, 0, 0 },
    { 1, 3, 16, 70, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
    { 1, 2, 20, 21, 3, 3, 3, 3, 1, 1, 0, 0, 0, 0 },
    { 1, 2, 11, 13, 3, 2, 2, 5, 1, 1, 0, 0, 0, 0 },
    { 2, 40, 7, 7, 24, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
    { 2, 16, 9, 9, 20, 3, 3, 2, 1, 1, 1, 1, 1, 1 },
    { 1, 2, 12, 11, 4, 3, 3, 1, 3, 1, 3, 3, 3, 3 },
    { 1, 1, 3, 4, 2, 2, 3, 1, 1, 1, 5, 0, 0, 4 },
    { 1, 8, 17, 18, 8, 5, 3, 2, 1, 8, 2, 1, 2, 1 },
    { 5, 3, 4, 4, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0 },
    { 1, 9, 13, 6, 6, 3, 3, 1, 1, 3, 0, 2, 1, 0 },
    { 1, 3, 6, 37, 3, 3, 3, 1, 1, 3, 1, 0, 3, 2 },
    { 33, 2, 3, 3, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
    { 0 },
};

/* the same for an emulator, which takes a thread after the other: few of each, more than a tile of 64
 * results, kernels' numbers and planes among them */
static const int device[][MAX_SIZES] = {
    { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0 },
    { 2, 3, 5, 7, 4, 3, 2, 1, 1, 1, 0, 0, 0, 0 },
    { 1, 4, 10, 12, 6, 3, 3, 2, 2, 2, 1, 1, 1, 1 },
    { 1, 2, 6, 7, 3, 4, 2, 1, 1, 1, 1, 0, 2, 1 },
    { 2, 6, 8, 9, 8, 5, 5, 1, 1, 1, 0, 0, 0, 0 },
    { 1, 17, 7, 6, 33, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
    { 1, 1, 3, 4, 2, 2, 3, 1, 1, 1, 5, 0, 0, 4 },
    { 1, 4, 9, 10, 4, 5, 3, 2, 1, 4, 2, 1, 2, 1 },
    { 1, 2, 11, 13, 3, 2, 2, 5, 1, 1, 0, 0, 0, 0 },
    { 1, 2, 12, 11, 4, 3, 3, 1, 3, 1, 3, 3, 3, 3 },
    { 1, 3, 4, 70, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
    { 3, 3, 4, 5, 70, 3, 3, 1, 1, 1, 1, 0, 1, 0 },
    { 0 },
};

/* those of the articles' networks, 64 images and one; and of ResNet (He, Zhang, Ren, Sun, "Deep residual
 * learning for image recognition", CVPR 2016) */
static const int bench[][MAX_SIZES] = {
    { 64, 1, 28, 28, 32, 3, 3, 1, 1, 1, 0, 0, 0, 0 },  { 64, 3, 32, 32, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
    { 64, 32, 16, 16, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1 }, { 64, 3, 32, 32, 6, 5, 5, 1, 1, 1, 0, 0, 0, 0 },
    { 64, 6, 14, 14, 16, 5, 5, 1, 1, 1, 0, 0, 0, 0 },  { 64, 1, 28, 28, 32, 5, 5, 1, 1, 1, 0, 0, 0, 0 },
    { 1, 1, 28, 28, 32, 3, 3, 1, 1, 1, 0, 0, 0, 0 },   { 1, 3, 32, 32, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
    { 1, 32, 16, 16, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1 },  { 8, 64, 56, 56, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
    { 8, 64, 56, 56, 128, 3, 3, 2, 1, 1, 1, 1, 1, 1 }, { 8, 256, 56, 56, 64, 1, 1, 1, 1, 1, 0, 0, 0, 0 },
    { 8, 64, 56, 56, 64, 3, 3, 1, 1, 64, 1, 1, 1, 1 }, { 0 },
};

#define CONV                                                                                              \
    .kind = OP_WINDOW, .lesson = "07", .legal = legal, .flops = flops, .range = 1, .check_shapes = check, \
    .bench_shapes = bench, .device_shapes = device, .example = "n64 c3 h32 w32 k32 r3 s3 pad1",           \
    SIZES(GIVEN("N", 1), GIVEN("C", 1), GIVEN("H", 1), GIVEN("W", 1), GIVEN("K", 1), GIVEN("R", 1),       \
          GIVEN("S", 1), OPTIONAL("stride", 1, NULL), OPTIONAL("dilation", 1, NULL),                      \
          OPTIONAL("groups", 1, NULL), OPTIONAL("top", 0, "pad"), OPTIONAL("left", 0, "pad"),             \
          OPTIONAL("bottom", 0, "pad"), OPTIONAL("right", 0, "pad"),                                      \
          DERIVED("P", 1, rows_out, "(H + top + bottom - dilation (R - 1) - 1) / stride + 1"),            \
          DERIVED("Q", 1, columns_out, "(W + left + right - dilation (S - 1) - 1) / stride + 1"),         \
          DERIVED("per", 1, planes_of_a_group, "C / groups"))

#define IMAGES     \
    4,             \
    {              \
        N, C, H, W \
    }
#define KERNELS      \
    4,               \
    {                \
        K, PER, R, S \
    }
#define RESULTS    \
    4,             \
    {              \
        N, K, P, Q \
    }

const struct op op_conv2d_forward = {
    IDENTITY(conv2d_forward),
    CONV,
    .formula = "y (N,K,P,Q) = x (N,C,H,W) correlated with w (K,C/groups,R,S), + b (K)",
    ARGS({ "x", INPUT, IMAGES }, { "w", INPUT, KERNELS }, { "b", INPUT, 1, { K } }, { "y", OUTPUT, RESULTS }),
    .terms = terms_forward,
    .bound = bound_forward,
    .flops_of_winograd = flops_of_winograd,
    .linear_in = 1 << 0 | 1 << 1 | 1 << 2,
};

const struct op op_conv2d_backward_dx = {
    IDENTITY(conv2d_backward_dx),
    CONV,
    .formula = "dx (N,C,H,W) = sum of dy (N,K,P,Q) w (K,C/groups,R,S) over the results that read x",
    ARGS({ "w", INPUT, KERNELS }, { "dy", INPUT, RESULTS }, { "dx", OUTPUT, IMAGES }),
    .terms = terms_dx,
    .bound = bound_dx,
    .flops_of_winograd = flops_of_winograd,
    .forward = "conv2d_forward",
};

const struct op op_conv2d_backward_dw = {
    IDENTITY(conv2d_backward_dw),
    CONV,
    .formula = "dw (K,C/groups,R,S) = sum of dy (N,K,P,Q) x (N,C,H,W) over n, p, q; db (K) = sum of dy",
    ARGS({ "x", INPUT, IMAGES }, { "dy", INPUT, RESULTS }, { "dw", OUTPUT, KERNELS },
         { "db", OUTPUT, 1, { K } }),
    .terms = terms_dw,
    .bound = bound_sum,
    .forward = "conv2d_forward",
};

const struct op op_conv2d_relu_forward = {
    IDENTITY(conv2d_relu_forward),
    CONV,
    .formula = "y (N,K,P,Q) = max(0, x (N,C,H,W) correlated with w (K,C/groups,R,S), + b (K))",
    ARGS({ "x", INPUT, IMAGES }, { "w", INPUT, KERNELS }, { "b", INPUT, 1, { K } }, { "y", OUTPUT, RESULTS }),
    .terms = terms_forward,
    .bound = bound_forward,
    .flops_of_winograd = flops_of_winograd,
};

/* no ladder and none of ops[]: it is there to be differentiated */
static const struct op relu_conv = {
    .name = "relu_conv",
    CONV,
    ARGS({ "z", INPUT, IMAGES }, { "w", INPUT, KERNELS }, { "a", OUTPUT, IMAGES }, { "y", OUTPUT, RESULTS }),
    .linear_in = 1 << 1,
    .call = relu_conv_call,
    .f64 = relu_conv_f64,
    .cplx = relu_conv_cplx,
};

const struct op op_conv2d_relu_backward_dx = {
    IDENTITY(conv2d_relu_backward_dx),
    CONV,
    .formula = "dz (N,C,H,W) = dx of conv2d_backward_dx, but 0 where a (N,C,H,W) <= 0",
    ARGS({ "a", INPUT, IMAGES }, { "w", INPUT, KERNELS }, { "dy", INPUT, RESULTS }, { "dz", OUTPUT, IMAGES }),
    .terms = terms_dx,
    .bound = bound_relu_dx,
    .flops_of_winograd = flops_of_winograd,
    .gradient_of = &relu_conv,
};
