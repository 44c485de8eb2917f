/* pool.c - pooling by maximum and by mean. Letters: N images of C planes of H x W; windows of R x S, P x Q of
 * them. Of global pooling, the window is the plane, of HW numbers. */
#include "op_common.h"

#include "../../base/error.h"
#include "../../reference/windows.h"

enum { N, C, H, W, R, S, PAD, STRIDE, CEIL, P, Q, PLANE, HW = H };

#define SIZES_OF(s) s[N], s[C], s[H], s[W], s[R], s[S], s[PAD], s[STRIDE], s[CEIL]
CALLS(maxpool_forward, SIZES_OF(s), p[0], p[1], p[2])
CALLS(maxpool_backward, SIZES_OF(s), p[0], p[1], p[2])
CALLS(avgpool_forward, SIZES_OF(s), p[0], p[1], v[0].count)
CALLS(avgpool_backward, SIZES_OF(s), p[0], p[1], v[0].count)
CALLS(global_avgpool_forward, s[N], s[C], s[HW], p[0], p[1])
CALLS(global_avgpool_backward, s[N], s[C], s[HW], p[0], p[1])

static int64_t rows_out(const int *s)
{
    return windows_along(s[H], s[R], s[PAD], s[STRIDE], s[CEIL]);
}

static int64_t columns_out(const int *s)
{
    return windows_along(s[W], s[S], s[PAD], s[STRIDE], s[CEIL]);
}

static int64_t plane(const int *s)
{
    return (int64_t)s[H] * s[W];
}

/* else a window may lie beyond the edge with all that it has */
static int legal(const int *s, char *error)
{
    int most = (s[R] < s[S] ? s[R] : s[S]) - 1;
    if (s[CEIL] > 1) return error_set(error, "ceil is %d, but must be 0 or 1", s[CEIL]);
    return s[PAD] <= most ||
           error_set(error, "pad is %d, but must be less than r = %d and s = %d", s[PAD], s[R], s[S]);
}

static double flops(const int *s) /* comparisons or sums, those beyond the edges too */
{
    return (double)s[N] * s[C] * (double)rows_out(s) * (double)columns_out(s) * s[R] * s[S];
}

/* the windows that an element lies in */
static int terms(const int *s)
{
    return ((s[R] - 1) / s[STRIDE] + 1) * ((s[S] - 1) / s[STRIDE] + 1);
}

static double flops_global(const int *s)
{
    return (double)s[N] * s[C] * s[HW];
}

/* a mean's sum, its division, and the reciprocal that a rung may multiply by instead */
static int terms_mean(const int *s)
{
    return s[R] * s[S] + 2;
}

static int terms_shares(const int *s)
{
    return terms(s) + 2;
}

static int terms_global(const int *s)
{
    return s[HW] + 2;
}

static int terms_quotient(const int *s)
{
    (void)s;
    return 2;
}

/* the maximum is one of the numbers: nothing is rounded */
static void bound_exact(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                        double *bound)
{
    (void)buf, (void)d;
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) bound[k] = 0;
}

/* each size odd or 1 somewhere; windows that overlap, touch, leave gaps and hang over; wider
 * and higher than vectors; a ninth size: ceil, whose last window hangs over, is left out, or is the only
 * one */
static const int check[][MAX_SIZES] = {
    { 1, 1, 1, 1, 1, 1, 0, 1 },      { 2, 3, 4, 6, 2, 2, 0, 2 },
    { 1, 2, 5, 7, 3, 3, 1, 1 },      { 3, 1, 7, 5, 3, 2, 1, 2 },
    { 1, 1, 9, 33, 2, 5, 0, 1 },     { 2, 5, 8, 19, 3, 3, 1, 2 },
    { 1, 3, 1, 40, 1, 4, 0, 3 },     { 1, 1, 40, 1, 5, 1, 0, 4 },
    { 1, 2, 6, 6, 2, 2, 0, 5 },      { 2, 1, 3, 3, 5, 5, 2, 1 },
    { 5, 2, 11, 70, 4, 3, 2, 3 },    { 1, 1, 3, 131, 7, 9, 6, 1 },
    { 2, 3, 5, 8, 2, 2, 0, 2, 1 },   { 1, 2, 7, 10, 3, 3, 1, 2, 1 },
    { 3, 1, 4, 5, 2, 2, 1, 2, 1 },   { 1, 2, 2, 9, 4, 3, 0, 3, 1 },
    { 1, 3, 10, 36, 3, 2, 1, 4, 1 }, { 2, 2, 28, 28, 2, 2, 0, 2 },
    { 1, 2, 9, 69, 2, 2, 0, 2 },     { 1, 1, 6, 75, 3, 3, 0, 2 },
    { 1, 2, 6, 130, 3, 3, 1, 1 },    { 0 },
};
static const int bench[][MAX_SIZES] = { { 64, 32, 26, 26, 2, 2, 0, 2 },
                                        { 64, 32, 28, 28, 2, 2, 0, 2 },
                                        { 64, 64, 32, 32, 3, 3, 1, 1 },
                                        { 16, 64, 112, 112, 3, 3, 1, 2 },
                                        { 0 } };

/* a plane of one number, of some, of whole vectors and of more */
static const int global_check[][MAX_SIZES] = { { 1, 1, 1 },   { 2, 3, 4 },  { 3, 5, 7 },   { 1, 4, 16 },
                                               { 5, 2, 49 },  { 2, 3, 64 }, { 1, 2, 130 }, { 3, 1, 1031 },
                                               { 17, 33, 1 }, { 0 } };
static const int global_bench[][MAX_SIZES] = { { 64, 64, 256 }, { 64, 512, 49 }, { 0 } };

#define POOL                                                                                              \
    .kind = OP_WINDOW, .lesson = "07", .legal = legal, .flops = flops, .range = 1, .check_shapes = check, \
    .bench_shapes = bench, .example = "n64 c32 h26 w26 r2 s2 pad0 stride2",                               \
    SIZES(GIVEN("n", 1), GIVEN("c", 1), GIVEN("h", 1), GIVEN("w", 1), GIVEN("r", 1), GIVEN("s", 1),       \
          GIVEN("pad", 0), GIVEN("stride", 1), OPTIONAL("ceil", 0, NULL),                                 \
          DERIVED("p", 1, rows_out, "(h + 2 pad - r) / stride + 1"),                                      \
          DERIVED("q", 1, columns_out, "(w + 2 pad - s) / stride + 1"), DERIVED("plane", 1, plane, "h w"))

const struct op op_maxpool_forward = {
    IDENTITY(maxpool_forward),
    POOL,
    .device_shapes = check,
    .formula = "y (n,c,p,q) = max of the windows of x (n,c,h,w); index: where in their plane they are",
    ARGS({ "x", DT_F32, ARG_IN, DOMAIN_REPEATED, 0, 4, { N, C, H, W } }, { "y", OUTPUT, 4, { N, C, P, Q } },
         { "index", DT_I32, ARG_OUT, DOMAIN_INDEX, PLANE, 4, { N, C, P, Q } }),
    .terms = terms,
    .bound = bound_exact,
};

const struct op op_maxpool_backward = {
    IDENTITY(maxpool_backward),
    POOL,
    .device_shapes = check,
    .formula = "dx (n,c,h,w) = sum of dy (n,c,p,q) over the windows whose maximum it was",
    ARGS({ "index", LABEL_OF(PLANE), 4, { N, C, P, Q } }, { "dy", INPUT, 4, { N, C, P, Q } },
         { "dx", OUTPUT, 4, { N, C, H, W } }),
    .terms = terms,
    .bound = bound_sum,
    .forward = "maxpool_forward",
};

/* what becomes of the zeros beyond the edges: 1, they count, as in PyTorch unless it is told otherwise */
#define MEANS SCALARS(COUNT_SCALAR("count_include_pad", 1, 0, 1)), SETS("count_include_pad=0")

const struct op op_avgpool_forward = {
    IDENTITY(avgpool_forward),
    POOL,
    .formula = "y (n,c,p,q) = mean of the windows of x (n,c,h,w)",
    ARGS({ "x", INPUT, 4, { N, C, H, W } }, { "y", OUTPUT, 4, { N, C, P, Q } }),
    MEANS,
    .terms = terms_mean,
    .bound = bound_sum,
    .linear_in = 1 << 0,
};

const struct op op_avgpool_backward = {
    IDENTITY(avgpool_backward),
    POOL,
    .formula = "dx (n,c,h,w) = sum of dy (n,c,p,q) / count over the windows that hold it",
    ARGS({ "dy", INPUT, 4, { N, C, P, Q } }, { "dx", OUTPUT, 4, { N, C, H, W } }),
    MEANS,
    .terms = terms_shares,
    .bound = bound_sum,
    .forward = "avgpool_forward",
};

#define GLOBAL                                                                                          \
    .kind = OP_WINDOW, .lesson = "07", .flops = flops_global, .range = 1, .check_shapes = global_check, \
    .bench_shapes = global_bench, .example = "64x512x49", .bound = bound_sum,                           \
    SIZES(GIVEN("N", 1), GIVEN("C", 1), GIVEN("HW", 1))

const struct op op_global_avgpool_forward = {
    IDENTITY(global_avgpool_forward),
    GLOBAL,
    .formula = "y (N,C) = mean of each plane of x (N,C,HW)",
    ARGS({ "x", INPUT, 3, { N, C, HW } }, { "y", OUTPUT, 2, { N, C } }),
    .terms = terms_global,
    .linear_in = 1 << 0,
};

const struct op op_global_avgpool_backward = {
    IDENTITY(global_avgpool_backward),
    GLOBAL,
    .formula = "dx (N,C,HW) = dy (N,C) / HW",
    ARGS({ "dy", INPUT, 2, { N, C } }, { "dx", OUTPUT, 3, { N, C, HW } }),
    .terms = terms_quotient,
    .forward = "global_avgpool_forward",
};
