/* loss.c - losses of n elements and what flows back from them; losses.h is the list. Here are their error bounds, and
 * what a row becomes. */
#include "parts.h"

#include <math.h>
#include <string.h>

#define HUBER_DELTA 1.0 /* what PyTorch takes if nothing is said */

/* ---- error bounds ----
 *
 * Each element goes through at most NAME_units roundings, an exp or log counted as three; each errs by a unit
 * of one of the terms that NAME_terms adds up, and of those of its slope, NAME_slope_terms. Both are the sum
 * of |terms|. The terms of a loss are all 0 or more: its bound is relative to the loss itself, however small
 * it is. An exp of few digits rounds its argument too: by NAME_exponent / 4 units. */

enum { mse_units = 6, mae_units = 6, huber_units = 6, bce_units = 12, bce_logits_units = 12 };

typedef double terms_fn(double y, double t);

/* output a of an operation with this reduction */
static void bound_loss(const struct op *op, const int *size, void *const *buf, int a, struct digits d,
                       double *bound, int reduction, terms_fn *terms, terms_fn *slope_terms, int units,
                       terms_fn *exponent)
{
    const double *y = buf[0], *t = buf[1], *dloss = op->arg[2].access == ARG_OUT ? NULL : buf[2];
    int n = size[0], is_loss = !strcmp(op->arg[a].name, "loss"), is_none = reduction == REDUCE_NONE;
    double share = reduction == REDUCE_MEAN ? 1.0 / n : 1, sum = 0;
    for (int k = 0; k < n; k++) {
        double up = dloss ? fabs(dloss[is_none ? k : 0]) : 1;
        double each = (is_loss ? terms : slope_terms)(y[k], t[k]);
        double unit = units * d.unit + coarse_unit(d) / 4 * exponent(y[k], t[k]);
        double error = unit * each + units * d.tiny;
        if (!is_loss) bound[k] = up * share * error + units * d.tiny;
        if (is_loss && is_none) bound[k] = error;
        sum += error + sum_depth(n) * UNIT * each;
    }
    if (is_loss && !is_none) *bound = share * sum;
}

/* ---- the sum of |terms| of an element's loss, and of its slope ---- */

static double mse_terms(double y, double t)
{
    return (y - t) * (y - t);
}

static double mse_slope_terms(double y, double t)
{
    return 2 * fabs(y - t);
}

static double mae_terms(double y, double t)
{
    return fabs(y - t);
}

static double mae_slope_terms(double y, double t)
{
    return y != t;
}

/* |d| - 1/2 where |d| > 1: both terms are less than twice as large as the difference */
static double huber_terms(double y, double t)
{
    double d = fabs(y - t);
    return d <= HUBER_DELTA ? d * d / 2 : HUBER_DELTA * (d + HUBER_DELTA / 2);
}

static double huber_slope_terms(double y, double t)
{
    return fmin(fabs(y - t), HUBER_DELTA);
}

/* y as bce takes it: less than 2^-20 outside [0, 1] it counts as the end; further out the loss is NaN */
static double within_one(double y)
{
    return fmin(fmax(y, 0), 1);
}

static double bce_terms(double y, double t)
{
    y = within_one(y);
    return t * fmin(-log(y), 100) + (1 - t) * fmin(-log1p(-y), 100);
}

static double bce_slope_terms(double y, double t)
{
    y = within_one(y);
    return fabs(y - t) / fmax(y * (1 - y), 1e-12);
}

/* the part of z that t leaves: none where t is 0 or 1 and z has its sign */
static double left_by(double z, double t)
{
    return z > 0 ? 1 - t : t;
}

static double bce_logits_terms(double z, double t)
{
    return fabs(z) * left_by(z, t) + log1p(exp(-fabs(z)));
}

static double bce_logits_slope_terms(double z, double t)
{
    return 1 / (1 + exp(fabs(z))) + left_by(z, t);
}

static double no_exponent(double y, double t)
{
    (void)y, (void)t;
    return 0;
}

static double bce_logits_exponent(double z, double t)
{
    (void)t;
    return fabs(z);
}

#define mse_exponent   no_exponent
#define mae_exponent   no_exponent
#define huber_exponent no_exponent
#define bce_exponent   no_exponent

#define BOUND(f, reduction)                                                                          \
    static void f##_bound_##reduction(const struct op *op, const int *size, void *const *buf, int a, \
                                      struct digits d, double *bound)                                \
    {                                                                                                \
        bound_loss(op, size, buf, a, d, bound, reduction, f##_terms, f##_slope_terms, f##_units,     \
                   f##_exponent);                                                                    \
    }
#define LOSS(f, ...) BOUND(f, REDUCE_NONE) BOUND(f, REDUCE_MEAN) BOUND(f, REDUCE_SUM)
#define LOSS_WITH    LOSS
#include "losses.h"
#undef LOSS
#undef LOSS_WITH

/* ---- what a row becomes ---- */

/* 1, around the widths of vectors, beyond the pieces of 4096 that are summed at a time, and those of threads */
static const int loss_check[][MAX_SIZES] = { { 1 },  { 2 },    { 3 },    { 7 },    { 8 },     { 9 },
                                             { 15 }, { 16 },   { 17 },   { 31 },   { 33 },    { 63 },
                                             { 65 }, { 1000 }, { 4096 }, { 4099 }, { 40009 }, { 0 } };

static double flops_loss(const int *s)
{
    return 3.0 * s[0]; /* subtract, square or choose, add */
}

#define LOSS_COMMON(self, f_, numbers, lesson_, range_, reduction, bound_)                                 \
    IDENTITY_AS_##numbers(self, f_), .lesson = lesson_, SIZES(GIVEN("n", 1)), .example = "1000",           \
                                     .range = range_, .terms = eight_terms, .bound = bound_##_##reduction, \
                                     .flops = flops_loss, .check_shapes = loss_check,                      \
                                     .bench_shapes = each_bench, .device_shapes = each_device

#define LOSS_FORWARD(f, self, numbers, lesson_, domain_y, domain_t, range_, formula_, reduction, ndim, main) \
    const struct op op_##self = {                                                                            \
        LOSS_COMMON(self, f##_forward, numbers, lesson_, range_, reduction, f##_bound),                      \
        .formula = formula_,                                                                                 \
        ARGS({ "y", DT_F32, ARG_IN, domain_y, 0, 1, { 0 } }, { "t", DT_F32, ARG_IN, domain_t, 0, 1, { 0 } }, \
             { "loss", OUTPUT, ndim, { 0 } }),                                                               \
        .variant_of = main,                                                                                  \
    };
#define LOSS_BACKWARD(f, self, of, numbers, lesson_, domain_y, domain_t, range_, formula_, reduction, ndim,  \
                      main)                                                                                  \
    const struct op op_##self = {                                                                            \
        LOSS_COMMON(self, f##_backward, numbers, lesson_, range_, reduction, f##_bound),                     \
        .formula = formula_,                                                                                 \
        ARGS({ "y", DT_F32, ARG_IN, domain_y, 0, 1, { 0 } }, { "t", DT_F32, ARG_IN, domain_t, 0, 1, { 0 } }, \
             { "dloss", INPUT, ndim, { 0 } }, { "dy", OUTPUT, 1, { 0 } }),                                   \
        .forward = of,                                                                                       \
        .over = { 3, 0 },                                                                                    \
        .variant_of = main,                                                                                  \
    };
#define LOSS_WITH_GRADIENT(f, numbers, domain_y, domain_t, range_, formula_)                                 \
    const struct op op_##f##_with_gradient = {                                                               \
        LOSS_COMMON(f##_with_gradient, f##_with_gradient, numbers, "03", range_, REDUCE_MEAN, f##_bound),    \
        .formula = formula_,                                                                                 \
        ARGS({ "y", DT_F32, ARG_IN, domain_y, 0, 1, { 0 } }, { "t", DT_F32, ARG_IN, domain_t, 0, 1, { 0 } }, \
             { "loss", OUTPUT, 0, { 0 } }, { "dy", OUTPUT, 1, { 0 } }),                                      \
        .over = { 3, 0 },                                                                                    \
    };

#define SEVEN_OPERATIONS(f, numbers, lesson, domain_y, domain_t, range, formula, slope)                    \
    LOSS_FORWARD(f, f##_forward, numbers, lesson, domain_y, domain_t, range, "loss = mean of " formula,    \
                 REDUCE_MEAN, 0, NULL)                                                                     \
    LOSS_FORWARD(f, f##_forward_sum, numbers, lesson, domain_y, domain_t, range, "loss = sum of " formula, \
                 REDUCE_SUM, 0, #f "_forward")                                                             \
    LOSS_FORWARD(f, f##_forward_none, numbers, lesson, domain_y, domain_t, range, "loss = " formula,       \
                 REDUCE_NONE, 1, #f "_forward")                                                            \
    LOSS_BACKWARD(f, f##_backward, #f "_forward", numbers, lesson, domain_y, domain_t, range,              \
                  "dy = dloss (" slope ") / n", REDUCE_MEAN, 0, NULL)                                      \
    LOSS_BACKWARD(f, f##_backward_sum, #f "_forward_sum", numbers, lesson, domain_y, domain_t, range,      \
                  "dy = dloss (" slope ")", REDUCE_SUM, 0, #f "_backward")                                 \
    LOSS_BACKWARD(f, f##_backward_none, #f "_forward_none", numbers, lesson, domain_y, domain_t, range,    \
                  "dy = dloss (" slope "), dloss of each element", REDUCE_NONE, 1, #f "_backward")         \
    LOSS_WITH_GRADIENT(f, numbers, domain_y, domain_t, range,                                              \
                       "loss = mean of " formula ", dy = (" slope ") / n")

#define FORWARD_AS(numbers, op, f, ...)  CALLS_AS_##numbers(op, f, s[0], p[0], p[1], p[2], __VA_ARGS__)
#define GRADIENT_AS(numbers, op, f, ...) CALLS_AS_##numbers(op, f, s[0], p[0], p[1], p[2], p[3], __VA_ARGS__)

#define LOSS(f, numbers, ...)                                               \
    FORWARD_AS(numbers, f##_forward, f##_forward, REDUCE_MEAN)              \
    FORWARD_AS(numbers, f##_forward_sum, f##_forward, REDUCE_SUM)           \
    FORWARD_AS(numbers, f##_forward_none, f##_forward, REDUCE_NONE)         \
    GRADIENT_AS(numbers, f##_backward, f##_backward, REDUCE_MEAN)           \
    GRADIENT_AS(numbers, f##_backward_sum, f##_backward, REDUCE_SUM)        \
    GRADIENT_AS(numbers, f##_backward_none, f##_backward, REDUCE_NONE)      \
    GRADIENT_AS(numbers, f##_with_gradient, f##_with_gradient, REDUCE_MEAN) \
    SEVEN_OPERATIONS(f, numbers, __VA_ARGS__)
#define LOSS_WITH(f, numbers, lesson, domain_y, domain_t, range, formula, slope, parameter) \
    FORWARD_AS(numbers, f##_forward, f##_forward, parameter, REDUCE_MEAN)                   \
    FORWARD_AS(numbers, f##_forward_sum, f##_forward, parameter, REDUCE_SUM)                \
    FORWARD_AS(numbers, f##_forward_none, f##_forward, parameter, REDUCE_NONE)              \
    GRADIENT_AS(numbers, f##_backward, f##_backward, parameter, REDUCE_MEAN)                \
    GRADIENT_AS(numbers, f##_backward_sum, f##_backward, parameter, REDUCE_SUM)             \
    GRADIENT_AS(numbers, f##_backward_none, f##_backward, parameter, REDUCE_NONE)           \
    GRADIENT_AS(numbers, f##_with_gradient, f##_with_gradient, parameter, REDUCE_MEAN)      \
    SEVEN_OPERATIONS(f, numbers, lesson, domain_y, domain_t, range, formula, slope)
#include "losses.h"
