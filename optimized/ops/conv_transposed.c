/* conv_transposed.c - transposed convolution: dx of a convolution as a forward pass of its own. Letters as in
 * conv.c, with x and y in each other's place: C planes of H x W spread over K planes of P x Q. */
#include "op_common.h"

#include "../../base/error.h"

enum { N, C, H, W, K, R, S, STRIDE, DILATION, GROUPS, TOP, LEFT, BOTTOM, RIGHT, P, Q, PER };

#define SIZES_OF(s)                                                                                          \
    s[N], s[C], s[H], s[W], s[K], s[R], s[S], s[STRIDE], s[DILATION], s[GROUPS], s[TOP], s[LEFT], s[BOTTOM], \
        s[RIGHT]
CALLS(conv2d_transposed_forward, SIZES_OF(s), p[0], p[1], p[2], p[3])
CALLS(conv2d_transposed_backward_dx, SIZES_OF(s), p[0], p[1], p[2])
CALLS(conv2d_transposed_backward_dw, SIZES_OF(s), p[0], p[1], p[2], p[3])

/* rows that the windows of H results cover, padding included */
static int64_t height(const int *s)
{
    return (int64_t)(s[H] - 1) * s[STRIDE] + (int64_t)s[DILATION] * (s[R] - 1) + 1;
}

static int64_t width(const int *s)
{
    return (int64_t)(s[W] - 1) * s[STRIDE] + (int64_t)s[DILATION] * (s[S] - 1) + 1;
}

static int64_t rows_out(const int *s)
{
    return height(s) - s[TOP] - s[BOTTOM];
}

static int64_t columns_out(const int *s)
{
    return width(s) - s[LEFT] - s[RIGHT];
}

static int64_t planes_of_a_group(const int *s)
{
    return s[K] / s[GROUPS];
}

/* Positions are counted in int, as in conv.c. */
static int legal(const int *s, char *error)
{
    const int64_t most = INT32_MAX;
    if (s[C] % s[GROUPS] || s[K] % s[GROUPS])
        return error_set(error, "groups is %d, but must divide C = %d and K = %d", s[GROUPS], s[C], s[K]);
    if (height(s) > most / width(s))
        return error_set(error, "H and W are %d and %d, but with padding P Q must be at most %lld", s[H],
                         s[W], (long long)most);
    return 1;
}

static double flops(const int *s)
{
    return 2.0 * s[N] * s[C] * s[H] * s[W] * (double)planes_of_a_group(s) * s[R] * s[S];
}

/* ---- roundings: products of a result and the bias, of a number of x, of a number of w ---- */

static int terms_forward(const int *s)
{
    return s[C] / s[GROUPS] * s[R] * s[S] + 1;
}

static int terms_dx(const int *s)
{
    return (int)planes_of_a_group(s) * s[R] * s[S];
}

static int terms_dw(const int *s)
{
    int64_t places = rows_out(s) * columns_out(s), given = (int64_t)s[H] * s[W];
    return s[N] * (int)(places > given ? places : given);
}

/* n c h w k r s, stride dilation groups, top left bottom right: windows that overlap, touch, leave gaps;
 * padding of one side; groups of one plane and of several */
static const int check[][MAX_SIZES] = {
    { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0 },  { 2, 3, 5, 7, 4, 3, 2, 1, 1, 1, 0, 0, 0, 0 },
    { 2, 3, 4, 5, 5, 3, 3, 2, 1, 1, 1, 1, 1, 1 },  { 2, 3, 4, 5, 5, 3, 3, 2, 1, 1, 1, 1, 0, 0 },
    { 1, 4, 5, 6, 6, 3, 3, 2, 2, 2, 1, 1, 1, 1 },  { 1, 6, 7, 9, 6, 3, 3, 1, 1, 6, 1, 1, 1, 1 },
    { 3, 8, 5, 6, 7, 1, 1, 1, 1, 1, 0, 0, 0, 0 },  { 2, 32, 8, 7, 20, 4, 4, 2, 1, 1, 1, 1, 1, 1 },
    { 5, 3, 4, 4, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0 },  { 1, 2, 3, 4, 3, 2, 2, 5, 1, 1, 0, 0, 0, 0 },
    { 1, 9, 13, 6, 6, 3, 3, 1, 1, 3, 0, 2, 1, 0 }, { 0 },
};

/* the generator of Radford, Metz, Chintala, "Unsupervised representation learning with deep convolutional
 * generative adversarial networks", ICLR 2016, in small */
static const int bench[][MAX_SIZES] = {
    { 64, 64, 8, 8, 32, 4, 4, 2, 1, 1, 1, 1, 1, 1 },
    { 64, 32, 16, 16, 3, 4, 4, 2, 1, 1, 1, 1, 1, 1 },
    { 0 },
};

#define TRANSPOSED                                                                                        \
    .kind = OP_WINDOW, .lesson = "07", .legal = legal, .flops = flops, .range = 1, .check_shapes = check, \
    .bench_shapes = bench, .bound = bound_sum, .example = "n64 c64 h8 w8 k32 r4 s4 stride2 pad1",         \
    SIZES(GIVEN("N", 1), GIVEN("C", 1), GIVEN("H", 1), GIVEN("W", 1), GIVEN("K", 1), GIVEN("R", 1),       \
          GIVEN("S", 1), OPTIONAL("stride", 1, NULL), OPTIONAL("dilation", 1, NULL),                      \
          OPTIONAL("groups", 1, NULL), OPTIONAL("top", 0, "pad"), OPTIONAL("left", 0, "pad"),             \
          OPTIONAL("bottom", 0, "pad"), OPTIONAL("right", 0, "pad"),                                      \
          DERIVED("P", 1, rows_out, "(H - 1) stride + dilation (R - 1) + 1 - top - bottom"),              \
          DERIVED("Q", 1, columns_out, "(W - 1) stride + dilation (S - 1) + 1 - left - right"),           \
          DERIVED("per", 1, planes_of_a_group, "K / groups"))

#define IMAGES     \
    4,             \
    {              \
        N, C, H, W \
    }
#define KERNELS      \
    4,               \
    {                \
        C, PER, R, S \
    }
#define RESULTS    \
    4,             \
    {              \
        N, K, P, Q \
    }

const struct op op_conv2d_transposed_forward = {
    IDENTITY(conv2d_transposed_forward),
    TRANSPOSED,
    .formula = "y (N,K,P,Q) = x (N,C,H,W) w (C,K/groups,R,S), as dx of a convolution, + b (K)",
    ARGS({ "x", INPUT, IMAGES }, { "w", INPUT, KERNELS }, { "b", INPUT, 1, { K } }, { "y", OUTPUT, RESULTS }),
    .terms = terms_forward,
    .linear_in = 1 << 0 | 1 << 1 | 1 << 2,
};

const struct op op_conv2d_transposed_backward_dx = {
    IDENTITY(conv2d_transposed_backward_dx),
    TRANSPOSED,
    .formula = "dx (N,C,H,W) = dy (N,K,P,Q) correlated with w (C,K/groups,R,S)",
    ARGS({ "w", INPUT, KERNELS }, { "dy", INPUT, RESULTS }, { "dx", OUTPUT, IMAGES }),
    .terms = terms_dx,
    .forward = "conv2d_transposed_forward",
};

const struct op op_conv2d_transposed_backward_dw = {
    IDENTITY(conv2d_transposed_backward_dw),
    TRANSPOSED,
    .formula = "dw (C,K/groups,R,S) = sum of x (N,C,H,W) dy (N,K,P,Q) over n, h, w; db (K) = sum of dy",
    ARGS({ "x", INPUT, IMAGES }, { "dy", INPUT, RESULTS }, { "dw", OUTPUT, KERNELS },
         { "db", OUTPUT, 1, { K } }),
    .terms = terms_dw,
    .forward = "conv2d_transposed_forward",
};
