/* norm.c - batch normalization. Letters: N examples of C channels of HW positions; M = N
 * HW numbers per channel. */
#include "op_common.h"

#include <math.h>
#include <stdlib.h>

#include "../../base/memory.h"

enum { N, C, HW }; /* sizes */

CALLS(batch_norm_forward, s[N], s[C], s[HW], p[0], p[1], p[2], p[3], p[4], p[5], v[0].real)
CALLS(batch_norm_eval, s[N], s[C], s[HW], p[0], p[1], p[2], p[3], p[4], p[5], v[0].real)
CALLS(batch_norm_backward, s[N], s[C], s[HW], p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], v[0].real)
CALLS(batch_norm_update, s[0], p[0], p[1], p[2], p[3], v[0].real, v[1].count, v[2].count)

static int terms(const int *s)
{
    return s[N] * s[HW];
}

/* ---- error bounds ---- */

/* The first of a channel's numbers in image n */
static size_t plane_at(const int *s, int n, int c)
{
    return ((size_t)n * (size_t)s[C] + (size_t)c) * (size_t)s[HW];
}

/* of channel c: the mean of |a b|, or of |a| if b is NULL; of b less `from`, if it is not 0 */
static double mean_magnitude(const int *s, const double *a, const double *b, double from, int c)
{
    double sum = 0;
    for (int n = 0; n < s[N]; n++)
        for (size_t k = plane_at(s, n, c), end = k + (size_t)s[HW]; k < end; k++)
            sum += fabs(a[k] * (b ? b[k] - from : 1));
    return sum / terms(s);
}

/* The mean errs by e = (M + 2) units of the mean |x|. The computed distances from it are those from the true
 * one less e, and a unit of themselves: as the true ones have the sum 0, their mean square errs by e^2 and by
 * (M + 6) units of what it is. */
struct statistics_error {
    double mean, var;
};

static struct statistics_error error_of(const int *s, const double *x, double var, int c, struct precision d)
{
    double M = terms(s), e = (M + 2) * d.unit * mean_magnitude(s, x, NULL, 0, c) + M * d.tiny;
    return (struct statistics_error){ e, (M + 6) * d.unit * (var + e * e) + e * e + M * d.tiny };
}

/* y = (x - mean) scale + beta, scale = gamma / sqrt(var + eps). The root has half of the relative error of
 * what is below it, where that is small (a tenth more, up to a fifth), and 6 units of its own with the
 * quotient, the eps and the product; 3 where a device approximates the root. */
static void bound_y(const int *s, void *const *buf, const double *mean, const double *var, double eps,
                    const struct statistics_error *error, struct precision d, double *bound)
{
    const double *x = buf[0], *gamma = buf[1], *beta = buf[2];
    for (int c = 0; c < s[C]; c++) {
        double scale = fabs(gamma[c]) / sqrt(var[c] + eps);
        double relative = 0.55 * error[c].var / (var[c] + eps) + 9 * d.unit;
        for (int n = 0; n < s[N]; n++)
            for (size_t k = plane_at(s, n, c), end = k + (size_t)s[HW]; k < end; k++) {
                double product = scale * fabs(x[k] - mean[c]);
                bound[k] = scale * error[c].mean + product * relative +
                           3 * d.unit * (product + fabs(beta[c])) + 4 * d.tiny * (1 + scale);
            }
    }
}

static void bound_forward(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                          double *bound)
{
    const double *x = buf[0], *mean = buf[4], *var = buf[5];
    struct statistics_error *error = memory_need((size_t)size[C], sizeof *error);
    for (int c = 0; c < size[C]; c++) error[c] = error_of(size, x, var[c], c, d);
    if (a == 3) bound_y(size, buf, mean, var, op->scalar[0].real, error, d, bound);
    for (int c = 0; a > 3 && c < size[C]; c++) bound[c] = a == 4 ? error[c].mean : error[c].var;
    free(error);
}

static void bound_eval(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                       double *bound)
{
    struct statistics_error *none = memory_need((size_t)size[C], sizeof *none);
    (void)a;
    for (int c = 0; c < size[C]; c++) none[c] = (struct statistics_error){ 0, 0 };
    bound_y(size, buf, buf[3], buf[4], op->scalar[0].real, none, d, bound);
    free(none);
}

/* dbeta: a sum of M. dgamma: of products that err by 9 units before they are added. dx: the three terms in
 * its bracket, each with the error of its sum, of which some may cancel, and 9 units of its own. */
static void bound_backward(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                           double *bound)
{
    const double *x = buf[0], *gamma = buf[1], *mean = buf[2], *var = buf[3], *dy = buf[4];
    const double M = terms(size), u = d.unit;
    for (int c = 0; c < size[C]; c++) {
        double scale = 1 / sqrt(var[c] + op->scalar[0].real), sum = mean_magnitude(size, dy, NULL, 0, c),
               product = scale * mean_magnitude(size, dy, x, mean[c], c);
        if (a == 6) bound[c] = (M + 12) * u * M * product + M * d.tiny * (1 + scale);
        if (a == 7) bound[c] = (M + 2) * u * M * sum + M * d.tiny;
        for (int n = 0; n < size[N] && a == 5; n++)
            for (size_t k = plane_at(size, n, c), end = k + (size_t)size[HW]; k < end; k++)
                bound[k] = fabs(gamma[c]) * scale * u *
                               (12 * fabs(dy[k]) + (M + 16) * sum +
                                (M + 32) * fabs(x[k] - mean[c]) * scale * product) +
                           d.tiny * (8 + 8 * scale + 8 * scale * scale);
    }
}

/* two products and their sum, which may cancel: no rounding is larger than |running'| + |new| twice */
static void bound_update(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                         double *bound)
{
    const double *new = buf[a - 2], *running = buf[a];
    for (int c = 0; c < size[0]; c++)
        bound[c] = 5 * d.unit * (fabs(running[c]) + 4 * op->scalar[0].real * fabs(new[c])) + 4 * d.tiny;
}

/* ---- counts and shapes: few and many channels, around vectors and four of them, with and
 * without positions ---- */

static double flops_forward(const int *s)
{
    return 7.0 * s[N] * s[C] * s[HW]; /* 1 for the mean, 3 for the variance, 3 for y */
}

static double flops_eval(const int *s)
{
    return 3.0 * s[N] * s[C] * s[HW];
}

static double flops_backward(const int *s)
{
    return 11.0 * s[N] * s[C] * s[HW]; /* 1 for dbeta, 4 for dgamma, 6 for dx */
}

static double flops_update(const int *s)
{
    return 6.0 * s[0];
}

static const int check[][MAX_SIZES] = {
    { 1, 1, 1 },   { 2, 1, 1 },   { 1, 3, 5 },   { 3, 2, 4 },  { 3, 4, 5 },  { 5, 7, 1 },    { 2, 5, 9 },
    { 33, 10, 1 }, { 4, 3, 64 },  { 7, 17, 1 },  { 8, 16, 1 }, { 9, 33, 1 }, { 2, 3, 1000 }, { 64, 10, 17 },
    { 16, 65, 1 }, { 2, 2, 8 },   { 1, 2, 15 },  { 1, 1, 16 }, { 3, 1, 33 }, { 300, 3, 1 },  { 5, 70, 31 },
    { 2, 130, 1 }, { 4, 3, 784 }, { 2, 6, 196 }, { 0 }
};
static const int bench[][MAX_SIZES] = {
    { 64, 512, 1 }, { 64, 32, 676 }, { 64, 32, 784 }, { 64, 64, 1024 }, { 0 }
};

#define NORM                                                                                \
    .kind = OP_WINDOW, .lesson = "06", SIZES(GIVEN("N", 1), GIVEN("C", 1), GIVEN("HW", 1)), \
    .example = "64x32x676", .range = 2, .terms = terms, .check_shapes = check, .bench_shapes = bench

#define EPS SCALARS(REAL_SCALAR("eps", 1e-5, 1e-12, 1))

const struct op op_batch_norm_forward = {
    IDENTITY(batch_norm_forward),
    NORM,
    .formula = "y (N,C,HW) = gamma (x - mean) / sqrt(var + eps) + beta; mean, var (C): of x",
    ARGS({ "x", INPUT, 3, { N, C, HW } }, { "gamma", INPUT, 1, { C } }, { "beta", INPUT, 1, { C } },
         { "y", OUTPUT, 3, { N, C, HW } }, { "mean", OUTPUT, 1, { C } }, { "var", OUTPUT, 1, { C } }),
    EPS,
    .bound = bound_forward,
    .flops = flops_forward,
    .linear_in = 1 << 1 | 1 << 2,
};

const struct op op_batch_norm_eval = {
    IDENTITY(batch_norm_eval),
    NORM,
    .formula = "y (N,C,HW) = gamma (x - running_mean) / sqrt(running_var + eps) + beta",
    ARGS({ "x", INPUT, 3, { N, C, HW } }, { "gamma", INPUT, 1, { C } }, { "beta", INPUT, 1, { C } },
         { "running_mean", INPUT, 1, { C } }, { "running_var", DT_F32, ARG_IN, DOMAIN_NONNEG, 0, 1, { C } },
         { "y", OUTPUT, 3, { N, C, HW } }),
    EPS,
    .bound = bound_eval,
    .flops = flops_eval,
    .over = { 5, 0 },
};

const struct op op_batch_norm_backward = {
    IDENTITY(batch_norm_backward),
    NORM,
    .formula = "dx = gamma / sqrt(var + eps) (dy - dbeta / M - z dgamma / M), dgamma = sum of dy z, "
               "dbeta = sum of dy, z = (x - mean) / sqrt(var + eps), M = N HW",
    ARGS({ "x", INPUT, 3, { N, C, HW } }, { "gamma", INPUT, 1, { C } }, { "mean", INPUT, 1, { C } },
         { "var", DT_F32, ARG_IN, DOMAIN_NONNEG, 0, 1, { C } }, { "dy", INPUT, 3, { N, C, HW } },
         { "dx", OUTPUT, 3, { N, C, HW } }, { "dgamma", OUTPUT, 1, { C } }, { "dbeta", OUTPUT, 1, { C } }),
    EPS,
    .bound = bound_backward,
    .flops = flops_backward,
    .forward = "batch_norm_forward",
    .over = { 5, 4 },
};

const struct op op_batch_norm_update = {
    IDENTITY(batch_norm_update),
    SIZES(GIVEN("C", 1)),
    .kind = OP_MAP,
    .lesson = "06",
    .example = "1000",
    .flops = flops_update,
    .check_shapes = each_check,
    .bench_shapes = each_bench,
    .formula =
        "running = (1 - momentum) running + momentum new, of mean and var (times M / (M - 1) if unbiased)",
    ARGS({ "mean", INPUT, 1, { 0 } }, { "var", DT_F32, ARG_IN, DOMAIN_NONNEG, 0, 1, { 0 } },
         { "running_mean", UPDATED, 1, { 0 } },
         { "running_var", DT_F32, ARG_INOUT, DOMAIN_NONNEG, 0, 1, { 0 } }),
    SCALARS(REAL_SCALAR("momentum", 0.1, 0, 1), COUNT_SCALAR("count", 64, 1, 1e15),
            COUNT_SCALAR("unbiased", 1, 0, 1)),
    SETS("unbiased=0"),
    .range = 2,
    .terms = eight_terms,
    .bound = bound_update,
};
