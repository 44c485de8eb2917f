/* clip.c - limits for a gradient: of its norm, or of each element. */
#include "op_common.h"

#include <math.h>

/* around the widths of vectors; more than a thread's piece */
static const int check[][MAX_SIZES] = { { 1 },    { 2 },     { 3 },     { 7 },  { 8 },  { 9 },
                                        { 15 },   { 16 },    { 17 },    { 33 }, { 65 }, { 1000 },
                                        { 4099 }, { 16385 }, { 70003 }, { 0 } };

/* ---- by norm ---- */

enum { MAX_NORM, CLIP_EPS };

CALLS(clip_norm, s[0], p[0], p[1], v[MAX_NORM].real, v[CLIP_EPS].real)

/* Squares have no signs: what they and their sum lose is relative to it, and halved by the root. The factor
 * has 3 roundings, and a gradient 2. A square in float would be infinite, or lost, where its root is not. */
static int terms_of_norm(const int *size)
{
    return (int)(sum_depth(size[0]) / 2) + 6;
}

static double flops_norm(const int *s)
{
    return 3.0 * s[0]; /* 2 for the sum, 1 for the factor */
}

const struct op op_clip_norm = {
    IDENTITY(clip_norm),
    SIZES(GIVEN("n", 1)),
    .example = "1000",
    .check_shapes = check,
    .bench_shapes = each_bench,
    .device_shapes = each_device,
    .flops = flops_norm,
    .lesson = "04",
    .formula = "norm = sqrt(sum of dw^2), dw = dw min(1, max_norm / (norm + eps))",
    ARGS({ "dw", UPDATED, 1, { 0 } }, { "norm", OUTPUT, 0, { 0 } }),
    SCALARS(REAL_SCALAR("max_norm", 1, 1e-6, 1e6), REAL_SCALAR("eps", 1e-6, 0, 1)),
    SETS("eps=0"),
    .range = 1,
    .terms = terms_of_norm,
    .bound = bound_relative,
};

/* ---- by value ---- */

CALLS(clip_value, s[0], p[0], v[0].real)

/* What is passed on is exact; the limit itself is rounded to float */
static void bound_clip_value(const struct op *op, const int *size, void *const *buf, int a,
                             struct precision d, double *bound)
{
    const double *dw = buf[a];
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++)
        bound[k] = (fabs(dw[k]) >= op->scalar[0].real || d.unit > UNIT ? d.unit * fabs(dw[k]) : 0) + d.tiny;
}

const struct op op_clip_value = {
    IDENTITY(clip_value),
    SIZES(GIVEN("n", 1)),
    .example = "1000",
    .check_shapes = check,
    .bench_shapes = each_bench,
    .device_shapes = each_device,
    .flops = flops_each,
    .lesson = "04",
    .formula = "dw = min(max(dw, -clip_value), clip_value)",
    ARGS({ "dw", UPDATED, 1, { 0 } }),
    SCALARS(REAL_SCALAR("clip_value", 0.5, 1e-6, 1e6)),
    .range = 1,
    .terms = four_terms,
    .bound = bound_clip_value,
};
