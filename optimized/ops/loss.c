/* loss.c - losses of n elements and what flows back from them; losses.h is the list. Here are their error
 * bounds, and what a row becomes. */
#include "op_common.h"

#include <math.h>
#include <string.h>

/* ---- error bounds ----
 *
 * Each element goes through at most NAME_units roundings, an exp or log counted as three; each errs by a unit
 * of one of the terms that NAME_terms adds up, and of those of its slope, NAME_derivative_terms. Both are the
 * sum of |terms|. The terms of a loss are all 0 or more: its bound is relative to the loss itself, however
 * small it is. An exp of few digits rounds its argument too: by NAME_exponent / 4 units. */

enum { mse_units = 6, mae_units = 6, huber_units = 6, bce_units = 12, bce_logits_units = 12 };

/* what a loss is computed of; parameter: delta, of a loss that has one */
struct element {
    double y, t, parameter;
};

typedef double terms_fn(struct element e);

/* output a of an operation with its reduction and its parameter */
static void bound_loss(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                       double *bound, terms_fn *terms, terms_fn *derivative_terms, int units,
                       terms_fn *exponent)
{
    const double *y = buf[0], *t = buf[1], *dloss = op->arg[2].access == ARG_OUT ? NULL : buf[2];
    int n = size[0], is_loss = !strcmp(op->arg[a].name, "loss"), reduction = reduction_of(op);
    int is_none = reduction == REDUCE_NONE;
    double share = reduction == REDUCE_MEAN ? 1.0 / n : 1, sum = 0;
    for (int k = 0; k < n; k++) {
        struct element e = { y[k], t[k], op->scalar[0].real };
        double up = dloss ? fabs(dloss[is_none ? k : 0]) : 1;
        double each = (is_loss ? terms : derivative_terms)(e);
        double unit = units * d.unit + reduced_unit(d) / 4 * exponent(e);
        double error = unit * each + units * d.tiny;
        if (!is_loss) bound[k] = up * share * error + units * d.tiny;
        if (is_loss && is_none) bound[k] = error;
        sum += error + sum_depth(n) * UNIT * each;
    }
    if (is_loss && !is_none) *bound = share * sum;
}

/* ---- the sum of |terms| of an element's loss, and of its slope ---- */

static double mse_terms(struct element e)
{
    return (e.y - e.t) * (e.y - e.t);
}

static double mse_derivative_terms(struct element e)
{
    return 2 * fabs(e.y - e.t);
}

static double mae_terms(struct element e)
{
    return fabs(e.y - e.t);
}

static double mae_derivative_terms(struct element e)
{
    return e.y != e.t;
}

/* delta (|d| - delta/2) where |d| > delta: both terms are at most twice as large as the difference */
static double huber_terms(struct element e)
{
    double d = fabs(e.y - e.t), delta = e.parameter;
    return d <= delta ? d * d / 2 : delta * (d + delta / 2);
}

static double huber_derivative_terms(struct element e)
{
    return fmin(fabs(e.y - e.t), e.parameter);
}

/* y as bce takes it: less than 2^-20 outside [0, 1] it counts as the end; further out the loss is NaN */
static double within_one(double y)
{
    return fmin(fmax(y, 0), 1);
}

static double bce_terms(struct element e)
{
    double y = within_one(e.y);
    return e.t * fmin(-log(y), 100) + (1 - e.t) * fmin(-log1p(-y), 100);
}

static double bce_derivative_terms(struct element e)
{
    double y = within_one(e.y);
    return fabs(y - e.t) / fmax(y * (1 - y), 1e-12);
}

/* the part of the logit y that t leaves: none where t is 0 or 1 and y has its sign */
static double left_by(struct element e)
{
    return e.y > 0 ? 1 - e.t : e.t;
}

static double bce_logits_terms(struct element e)
{
    return fabs(e.y) * left_by(e) + log1p(exp(-fabs(e.y)));
}

static double bce_logits_derivative_terms(struct element e)
{
    return 1 / (1 + exp(fabs(e.y))) + left_by(e);
}

static double no_exponent(struct element e)
{
    (void)e;
    return 0;
}

static double bce_logits_exponent(struct element e)
{
    return fabs(e.y);
}

#define mse_exponent   no_exponent
#define mae_exponent   no_exponent
#define huber_exponent no_exponent
#define bce_exponent   no_exponent

#define LOSS(f, ...)                                                                                         \
    static void f##_bound(const struct op *op, const int *size, void *const *buf, int a, struct precision d, \
                          double *bound)                                                                     \
    {                                                                                                        \
        bound_loss(op, size, buf, a, d, bound, f##_terms, f##_derivative_terms, f##_units, f##_exponent);    \
    }
#define LOSS_WITH LOSS
#include "losses.h"
#undef LOSS
#undef LOSS_WITH

/* ---- what a row becomes ---- */

/* 1, around the widths of vectors, beyond the pieces of 4096 that are summed at a
 * time, and those of threads */
static const int loss_check[][MAX_SIZES] = { { 1 },  { 2 },    { 3 },    { 7 },    { 8 },     { 9 },
                                             { 15 }, { 16 },   { 17 },   { 31 },   { 33 },    { 63 },
                                             { 65 }, { 1000 }, { 4096 }, { 4099 }, { 40009 }, { 0 } };

static double flops_loss(const int *s)
{
    return 3.0 * s[0]; /* subtract, square or choose, add */
}

#define LOSS_COMMON(self, f, numbers, lesson_, range_)                                                     \
    IDENTITY_##numbers(self), .lesson = lesson_, SIZES(GIVEN("n", 1)), .example = "1000", .range = range_, \
                              .terms = eight_terms, .bound = f##_bound, .flops = flops_loss,               \
                              .check_shapes = loss_check, .bench_shapes = each_bench,                      \
                              .device_shapes = each_device
#define DRAWN(domain) DT_F32, ARG_IN, domain, 0

/* what comes last are the scalars, those of all three */
#define THREE_OPERATIONS(f, numbers, lesson, domain_y, domain_t, range, formula, derivative, ...)        \
    const struct op op_##f##_forward = {                                                                 \
        LOSS_COMMON(f##_forward, f, numbers, lesson, range),                                             \
        REDUCED("loss = " formula, "loss = mean of " formula, "loss = sum of " formula),                 \
        ARGS({ "y", DRAWN(domain_y), 1, { 0 } }, { "t", DRAWN(domain_t), 1, { 0 } },                     \
             { "loss", OUTPUT, 0, { 0 } }),                                                              \
        SCALARS(__VA_ARGS__),                                                                            \
        SETS("reduction=sum", "reduction=none"),                                                         \
    };                                                                                                   \
    const struct op op_##f##_backward = {                                                                \
        LOSS_COMMON(f##_backward, f, numbers, lesson, range),                                            \
        REDUCED("dy = dloss (" derivative "), dloss of each element", "dy = dloss (" derivative ") / n", \
                "dy = dloss (" derivative ")"),                                                          \
        ARGS({ "y", DRAWN(domain_y), 1, { 0 } }, { "t", DRAWN(domain_t), 1, { 0 } },                     \
             { "dloss", INPUT, 0, { 0 } }, { "dy", OUTPUT, 1, { 0 } }),                                  \
        SCALARS(__VA_ARGS__),                                                                            \
        SETS("reduction=sum", "reduction=none"),                                                         \
        .forward = #f "_forward",                                                                        \
        .over = { 3, 0 },                                                                                \
    };                                                                                                   \
    const struct op op_##f##_with_gradient = {                                                           \
        LOSS_COMMON(f##_with_gradient, f, numbers, "03", range),                                         \
        REDUCED("loss = " formula ", dy = " derivative,                                                  \
                "loss = mean of " formula ", dy = (" derivative ") / n",                                 \
                "loss = sum of " formula ", dy = " derivative),                                          \
        ARGS({ "y", DRAWN(domain_y), 1, { 0 } }, { "t", DRAWN(domain_t), 1, { 0 } },                     \
             { "loss", OUTPUT, 0, { 0 } }, { "dy", OUTPUT, 1, { 0 } }),                                  \
        SCALARS(__VA_ARGS__),                                                                            \
        .over = { 3, 0 },                                                                                \
    };

#define LOSS(f, numbers, ...)                                                               \
    CALLS_##numbers(f##_forward, s[0], p[0], p[1], p[2], (int)v->count)                     \
        CALLS_##numbers(f##_backward, s[0], p[0], p[1], p[2], p[3], (int)v->count)          \
            CALLS_##numbers(f##_with_gradient, s[0], p[0], p[1], p[2], p[3], (int)v->count) \
                THREE_OPERATIONS(f, numbers, __VA_ARGS__, REDUCTION)
#define LOSS_WITH(f, numbers, lesson, domain_y, domain_t, range, formula, derivative, parameter, value, low, \
                  high)                                                                                      \
    CALLS_##numbers(f##_forward, s[0], p[0], p[1], p[2], v->real, (int)v[1].count)                           \
        CALLS_##numbers(f##_backward, s[0], p[0], p[1], p[2], p[3], v->real, (int)v[1].count)                \
            CALLS_##numbers(f##_with_gradient, s[0], p[0], p[1], p[2], p[3], v->real, (int)v[1].count)       \
                THREE_OPERATIONS(f, numbers, lesson, domain_y, domain_t, range, formula, derivative,         \
                                 FLOAT_SCALAR(parameter, value, low, high), REDUCTION)
#include "losses.h"
