/* pool.c - max-pooling. Letters: N images of C planes of H x W; windows of R x S, P x Q of them. */
#include "op_common.h"

#include "../../base/error.h"

enum { N, C, H, W, R, S, PAD, STRIDE, P, Q, PLANE };

#define SIZES_OF(s) s[N], s[C], s[H], s[W], s[R], s[S], s[PAD], s[STRIDE]
CALLS(maxpool_forward, SIZES_OF(s), p[0], p[1], p[2])
CALLS(maxpool_backward, SIZES_OF(s), p[0], p[1], p[2])

static int64_t rows_out(const int *s)
{
    return op_windows(s[H] + 2 * (int64_t)s[PAD], s[R], s[STRIDE]);
}

static int64_t columns_out(const int *s)
{
    return op_windows(s[W] + 2 * (int64_t)s[PAD], s[S], s[STRIDE]);
}

static int64_t plane(const int *s)
{
    return (int64_t)s[H] * s[W];
}

/* else a window may lie beyond the edge with all that it has */
static int legal(const int *s, char *error)
{
    int most = (s[R] < s[S] ? s[R] : s[S]) - 1;
    return s[PAD] <= most ||
           error_set(error, "pad is %d, but must be less than r = %d and s = %d", s[PAD], s[R], s[S]);
}

static double flops(const int *s) /* comparisons, those beyond the edges too */
{
    return (double)s[N] * s[C] * (double)rows_out(s) * (double)columns_out(s) * s[R] * s[S];
}

/* the windows that an element lies in */
static int terms(const int *s)
{
    return ((s[R] - 1) / s[STRIDE] + 1) * ((s[S] - 1) / s[STRIDE] + 1);
}

/* the maximum is one of the numbers: nothing is rounded */
static void bound_exact(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                        double *bound)
{
    (void)buf, (void)d;
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) bound[k] = 0;
}

/* each size odd or 1 somewhere; windows that overlap, touch, leave gaps and hang over; wider
 * and higher than vectors */
static const int check[][MAX_SIZES] = {
    { 1, 1, 1, 1, 1, 1, 0, 1 },
    { 2, 3, 4, 6, 2, 2, 0, 2 },
    { 1, 2, 5, 7, 3, 3, 1, 1 },
    { 3, 1, 7, 5, 3, 2, 1, 2 },
    { 1, 1, 9, 33, 2, 5, 0, 1 },
    { 2, 5, 8, 19, 3, 3, 1, 2 },
    { 1, 3, 1, 40, 1, 4, 0, 3 },
    { 1, 1, 40, 1, 5, 1, 0, 4 },
    { 1, 2, 6, 6, 2, 2, 0, 5 },
    { 2, 1, 3, 3, 5, 5, 2, 1 },
    { 5, 2, 11, 70, 4, 3, 2, 3 },
    { 1, 1, 3, 131, 7, 9, 6, 1 },
    { 0 },
};
static const int bench[][MAX_SIZES] = {
    { 64, 32, 26, 26, 2, 2, 0, 2 }, { 64, 64, 32, 32, 3, 3, 1, 1 }, { 16, 64, 112, 112, 3, 3, 1, 2 }, { 0 }
};

#define POOL                                                                                              \
    .kind = OP_WINDOW, .lesson = "07", .legal = legal, .flops = flops, .range = 1, .check_shapes = check, \
    .bench_shapes = bench, .device_shapes = check, .example = "n64 c32 h26 w26 r2 s2 pad0 stride2",       \
    SIZES(GIVEN("n", 1), GIVEN("c", 1), GIVEN("h", 1), GIVEN("w", 1), GIVEN("r", 1), GIVEN("s", 1),       \
          GIVEN("pad", 0), GIVEN("stride", 1), DERIVED("p", 1, rows_out, "(h + 2 pad - r) / stride + 1"), \
          DERIVED("q", 1, columns_out, "(w + 2 pad - s) / stride + 1"), DERIVED("plane", 1, plane, "h w"))

const struct op op_maxpool_forward = {
    IDENTITY(maxpool_forward),
    POOL,
    .formula = "y (n,c,p,q) = max of the windows of x (n,c,h,w); index: where in their plane they are",
    ARGS({ "x", DT_F32, ARG_IN, DOMAIN_REPEATED, 0, 4, { N, C, H, W } }, { "y", OUTPUT, 4, { N, C, P, Q } },
         { "index", DT_I32, ARG_OUT, DOMAIN_INDEX, PLANE, 4, { N, C, P, Q } }),
    .terms = terms,
    .bound = bound_exact,
};

const struct op op_maxpool_backward = {
    IDENTITY(maxpool_backward),
    POOL,
    .formula = "dx (n,c,h,w) = sum of dy (n,c,p,q) over the windows whose maximum it was",
    ARGS({ "index", LABEL_OF(PLANE), 4, { N, C, P, Q } }, { "dy", INPUT, 4, { N, C, P, Q } },
         { "dx", OUTPUT, 4, { N, C, H, W } }),
    .terms = terms,
    .bound = bound_sum,
    .forward = "maxpool_forward",
};
