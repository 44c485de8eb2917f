/* softmax.c - softmax of N rows of C numbers as an activation, and its Jacobian-vector product. */
#include "op_common.h"

#include <math.h>

CALLS(softmax_forward, s[0], s[1], p[0], p[1])
CALLS(softmax_backward, s[0], s[1], p[0], p[1], p[2])

/* With d = max x - x[c]: rounding the exponent shifts exp by d units; exp errs by 5 (2 ulp beside its
 * last half, on a GPU), above the fraction and below it; the sum by C, or, where it is scaled
 * whenever a larger number comes, by 6 for each of the log2 C times that sums are joined; 1 / sum and
 * the product by one each. */
static void bound_softmax(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                          double *bound)
{
    const double *x = buf[0], *y = buf[a];
    (void)op;
    for (int n = 0; n < size[0]; n++, x += size[1], y += size[1], bound += size[1]) {
        double low = x[0], high = x[0], rest = size[1] + 6 * log2(size[1]) + 12;
        for (int c = 1; c < size[1]; c++) low = fmin(low, x[c]), high = fmax(high, x[c]);
        for (int c = 0; c < size[1]; c++) bound[c] = d.unit * (2 * (high - low) + rest) * y[c] + d.tiny;
    }
}

/* y (dy - sum dy y): the difference cancels */
static void bound_softmax_backward(const struct op *op, const int *size, void *const *buf, int a,
                                   struct precision d, double *bound)
{
    const double *y = buf[0], *dy = buf[1];
    (void)op, (void)a;
    for (int n = 0; n < size[0]; n++, y += size[1], dy += size[1], bound += size[1]) {
        double sum = 0;
        for (int c = 0; c < size[1]; c++) sum += fabs(dy[c] * y[c]);
        for (int c = 0; c < size[1]; c++)
            bound[c] = d.unit * (size[1] + 6) * y[c] * (fabs(dy[c]) + sum) + 8 * d.tiny;
    }
}

static double flops_softmax(const int *s)
{
    return 5.0 * s[0] * s[1]; /* compare, subtract, exp, add, divide */
}

static double flops_softmax_backward(const int *s)
{
    return 4.0 * s[0] * s[1]; /* multiply, add, subtract, multiply */
}

#define ROWS                                                                             \
    .lesson = "02", SIZES(GIVEN("N", 1), GIVEN("C", 1)), .example = "64x10", .range = 6, \
    .terms = eight_terms, .check_shapes = rows_check, .bench_shapes = rows_bench,        \
    .device_shapes = rows_device, .kind = OP_ROWS

const struct op op_softmax_forward = {
    IDENTITY(softmax_forward),
    ROWS,
    .formula = "y = exp(x) / sum of exp(x), by rows",
    ARGS({ "x", INPUT, 2, { 0, 1 } }, { "y", OUTPUT, 2, { 0, 1 } }),
    .bound = bound_softmax,
    .flops = flops_softmax,
    .over = { 1, 0 },
};

const struct op op_softmax_backward = {
    IDENTITY(softmax_backward),
    ROWS,
    .formula = "dx = y (dy - sum of dy y), by rows",
    ARGS({ "y", INPUT, 2, { 0, 1 } }, { "dy", INPUT, 2, { 0, 1 } }, { "dx", OUTPUT, 2, { 0, 1 } }),
    .bound = bound_softmax_backward,
    .flops = flops_softmax_backward,
    .over = { 2, 1 },
    .forward = "softmax_forward",
};
