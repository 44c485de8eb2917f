/* optimizer.c - one step of an optimizer on n weights. */
#include "op_common.h"
#include "../../gradcheck/gc.h"

#include <math.h>

enum { LR, BETA1, BETA2, EPS, T };

CALLS(sgd_step, s[0], p[0], p[1], v[LR].real)
CALLS_REAL(adam_step, s[0], p[0], p[1], p[2], p[3], v[LR].real, v[BETA1].real, v[BETA2].real, v[EPS].real,
           v[T].count)

/* w' = w - lr dw: three roundings at most, none larger than |w'| + 2 lr |dw| >= |w| + lr |dw| */
static void bound_sgd(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                      double *bound)
{
    const double *dw = buf[0], *w = buf[a];
    for (size_t e = 0, n = op_elements(op, a, size); e < n; e++)
        bound[e] = 3 * d.unit * (fabs(w[e]) + 2 * op->scalar[LR].real * fabs(dw[e])) + d.tiny;
}

const struct op op_sgd_step = {
    IDENTITY(sgd_step),
    EACH,
    .kind = OP_STEP,
    .rule = GC_SGD,
    .lesson = "01",
    .formula = "w = w - lr dw",
    ARGS({ "dw", INPUT, 1, { 0 } }, { "w", UPDATED, 1, { 0 } }),
    SCALARS(FLOAT_SCALAR("lr", 0.125, 0, 1e3)), /* a power of two: exact in every precision */
    .range = 1,
    .terms = four_terms,
    .bound = bound_sgd,
};

/* ---- Adam ----
 *
 * m' errs by at most 4 units of its two terms, which are no more than |m'| + 2 (1 - beta1) |dw|; they may
 * cancel. All terms of v' are 0 or more: 6 units of itself. The step lr (m' / c1) / (sqrt(v' / c2) + eps)
 * errs by what m' does, by half of v's error, and by 10 roundings of its own: the corrections, the quotients,
 * the root (3 units where a device approximates it), the product. Below the normal numbers a v' of up to
 * `tiny` may be lost, and with it the root of that. */

static void bound_of_w(const struct op *op, const double *dw, const double *w, const double *m,
                       const double *v, size_t n, struct precision d, double *bound)
{
    const struct scalar *s = op->scalar;
    double c1 = 1 - pow(s[BETA1].real, (double)s[T].count), c2 = 1 - pow(s[BETA2].real, (double)s[T].count);
    for (size_t k = 0; k < n; k++) {
        double error_of_m = 4 * d.unit * (fabs(m[k]) + 2 * (1 - s[BETA1].real) * fabs(dw[k])) + 4 * d.tiny;
        double below = sqrt(v[k] / c2) + s[EPS].real, step = s[LR].real * fabs(m[k]) / c1 / below;
        bound[k] = s[LR].real * error_of_m / c1 / below +
                   step * (13 * d.unit + sqrt(6 * d.tiny / c2) / below) + 2 * d.unit * (fabs(w[k]) + step) +
                   4 * d.tiny;
    }
}

static void bound_adam(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                       double *bound)
{
    const double *dw = buf[0], *w = buf[1], *m = buf[2], *v = buf[3], beta1 = op->scalar[BETA1].real;
    size_t n = op_elements(op, a, size);
    if (a == 1) bound_of_w(op, dw, w, m, v, n, d, bound);
    if (a == 2)
        for (size_t k = 0; k < n; k++)
            bound[k] = 4 * d.unit * (fabs(m[k]) + 2 * (1 - beta1) * fabs(dw[k])) + 4 * d.tiny;
    if (a == 3)
        for (size_t k = 0; k < n; k++) bound[k] = 6 * d.unit * v[k] + 6 * d.tiny;
}

static double flops_adam(const int *s)
{
    return 13.0 * s[0]; /* 3 for m, 4 for v, 6 for w */
}

const struct op op_adam_step = {
    IDENTITY_REAL(adam_step),
    SIZES(GIVEN("n", 1)),
    .example = "1000",
    .flops = flops_adam,
    .check_shapes = each_check,
    .bench_shapes = each_bench,
    .kind = OP_STEP,
    .rule = GC_ADAM,
    .lesson = "04",
    .formula = "m = beta1 m + (1 - beta1) dw, v = beta2 v + (1 - beta2) dw^2, "
               "w = w - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)",
    ARGS({ "dw", INPUT, 1, { 0 } }, { "w", UPDATED, 1, { 0 } }, { "m", UPDATED, 1, { 0 } },
         { "v", DT_F32, ARG_INOUT, DOMAIN_NONNEG, 0, 1, { 0 } }),
    SCALARS(REAL_SCALAR("lr", 0.001, 0, 1e3), REAL_SCALAR("beta1", 0.9, 0, 1 - 0x1p-20),
            REAL_SCALAR("beta2", 0.999, 0, 1 - 0x1p-20), REAL_SCALAR("eps", 1e-8, 1e-16, 1),
            COUNT_SCALAR("t", 3, 1, 1e9)),
    .range = 1,
    .terms = eight_terms,
    .bound = bound_adam,
};
