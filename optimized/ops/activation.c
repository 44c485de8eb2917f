/* activation.c - activations of n elements: forward, derivative (at y where y is enough, else at x), and both
 * in one pass. activations.h is the list; here are its error bounds, and what a row becomes. */
#include "op_common.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/memory.h"

/* ---- error bounds beyond those of op_common.h; every factor below counts roundings, each at most a unit
 * of what it rounds ---- */

/* 1 / (1 + exp(-x)), once or twice multiplied: a coarse rung rounds x, which moves exp
 * by |x| units of itself */
static void bound_gate(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                       double *bound)
{
    const double *x = buf[0], *y = buf[a];
    bound_relative(op, size, buf, a, d, bound);
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++)
        bound[k] += reduced_unit(d) * fabs(x[k]) * fabs(y[k]);
}

/* alpha (exp(x) - 1); bound_relative allows for an alpha of up to (1 + range)^2 below the normal numbers */
static void bound_elu(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                      double *bound)
{
    bound_relative(op, size, buf, a, d, bound);
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++)
        bound[k] += 4 * op_scalar(op, "alpha")->real * reduced_unit(d);
}

/* dy (y + alpha): the sum cancels where exp(x) is small */
static void bound_elu_backward(const struct op *op, const int *size, void *const *buf, int a,
                               struct precision d, double *bound)
{
    const double *y = buf[0], *dy = buf[1], alpha = op_scalar(op, "alpha")->real;
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++)
        bound[k] = 4 * d.unit * fabs(dy[k]) * (alpha + fabs(y[k])) + d.tiny;
}

/* log(1 + e) */
static void bound_softplus(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                           double *bound)
{
    bound_relative(op, size, buf, a, d, bound);
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) bound[k] += 4 * reduced_unit(d);
}

/* x P(x): rounding x / sqrt(2), twice, moves log P by at most |x| (|x| + 1) units where x < 0 (the slope of
 * log P is p/P <= |x| + 1); erfc itself errs by a few ulp. */
static double gelu_factor(double x)
{
    return 12 + (x < 0 ? 2 * fabs(x) * (fabs(x) + 1) : 2);
}

static void bound_gelu(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                       double *bound)
{
    const double *x = buf[0], *y = buf[1];
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++)
        bound[k] = d.unit * gelu_factor(x[k]) * fabs(y[k]) + 4 * reduced_unit(d) * fabs(x[k]) + 8 * d.tiny;
}

/* dy (P + x p): the terms cancel near x = -0.75, and rounding x^2 moves log p by x^2 units */
static void bound_gelu_backward(const struct op *op, const int *size, void *const *buf, int a,
                                struct precision d, double *bound)
{
    const double *x = buf[0], *dy = buf[1];
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) {
        double p = exp(-x[k] * x[k] / 2) * 0.39894228040143268, P = erfc(x[k] * -0.70710678118654752) / 2;
        double units = gelu_factor(x[k]) * P + (12 + 2 * x[k] * x[k]) * fabs(x[k]) * p;
        bound[k] =
            fabs(dy[k]) * (d.unit * units + 4 * reduced_unit(d)) + 8 * d.tiny * (1 + fabs(dy[k] * x[k]));
    }
}

/* x / (1 + exp(-w)): rounding w, five times, moves exp by 5 |w| units of itself */
static double gelu_tanh_w(double x)
{
    return 1.5957691216057308 * x * (1 + 0.044715 * x * x);
}

static void bound_gelu_tanh(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                            double *bound)
{
    const double *x = buf[0], *y = buf[1];
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++)
        bound[k] = d.unit * (8 + 5 * fabs(gelu_tanh_w(x[k]))) * fabs(y[k]) + 8 * d.tiny * (1 + fabs(x[k]));
}

static void bound_gelu_tanh_backward(const struct op *op, const int *size, void *const *buf, int a,
                                     struct precision d, double *bound)
{
    const double *x = buf[0], *dy = buf[1];
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) {
        double w = gelu_tanh_w(x[k]), e = exp(-fabs(w)), s = w > 0 ? 1 / (1 + e) : e / (1 + e);
        double w_derivative = 1.5957691216057308 * (1 + 0.134145 * x[k] * x[k]);
        double derivative = fabs(x[k]) * e / ((1 + e) * (1 + e)) * w_derivative;
        bound[k] = fabs(dy[k]) * d.unit * (12 + 5 * fabs(w)) * (s + derivative) +
                   8 * d.tiny * (1 + fabs(dy[k] * x[k]) * w_derivative);
    }
}

/* dy s (1 + x (1 - s)): the sum cancels near x = -1.28; rounding x, see bound_gate */
static void bound_silu_backward(const struct op *op, const int *size, void *const *buf, int a,
                                struct precision d, double *bound)
{
    const double *x = buf[0], *dy = buf[1];
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) {
        double e = exp(-fabs(x[k])), s = x[k] > 0 ? 1 / (1 + e) : e / (1 + e),
               rest = x[k] > 0 ? e / (1 + e) : 1 / (1 + e);
        double units = 12 * d.unit + reduced_unit(d) * fabs(x[k]);
        bound[k] = units * fabs(dy[k]) * s * (1 + fabs(x[k]) * rest) + 8 * d.tiny * (1 + fabs(dy[k] * x[k]));
    }
}

/* ---- |df'/dy| ---- */

static double rate_none(double y)
{
    (void)y;
    return 0;
}

static double rate_elu(double y)
{
    return y > 0 ? 0 : 1;
}

static double rate_sigmoid(double y)
{
    return fabs(1 - 2 * y);
}

static double rate_tanh(double y)
{
    return 2 * fabs(y);
}

/* ---- y and f'(x) in one pass ---- */

/* y: the forward's bound. s: the backward's for dy = 1, and, taken at y, what the error of y does to it. */
static void bound_with_derivative(const struct op *op, const int *size, void *const *buf, int a,
                                  struct precision d, double *bound, const struct op *forward,
                                  const struct op *backward, double (*rate)(double y))
{
    size_t n = op_elements(op, a, size);
    void *const there[] = { buf[0], buf[1] };
    forward->bound(forward, size, there, 1, d, bound);
    if (a == 1) return;
    double *of_y = memory_need(n, sizeof *of_y), *one = memory_need(n, sizeof *one);
    void *const back[] = { !strcmp(backward->arg[0].name, "x") ? buf[0] : buf[1], one, buf[2] };
    memcpy(of_y, bound, n * sizeof *of_y);
    for (size_t k = 0; k < n; k++) one[k] = 1;
    backward->bound(backward, size, back, 2, d, bound);
    for (size_t k = 0; k < n; k++) bound[k] += rate(((const double *)buf[1])[k]) * of_y[k];
    free(of_y);
    free(one);
}

/* ---- what a row becomes ---- */

#define THREE_OPERATIONS(f, numbers, at, where, lesson_, formula_f, range_f, terms_f, bound_f, formula_b,  \
                         range_b, terms_b, bound_b, rate, ...)                                             \
    const struct op op_##f##_forward = { IDENTITY_##numbers(f##_forward),                                  \
                                         EACH,                                                             \
                                         .lesson = lesson_,                                                \
                                         ARGS({ "x", INPUT, 1, { 0 } }, { "y", OUTPUT, 1, { 0 } }),        \
                                         .formula = formula_f,                                             \
                                         .range = range_f,                                                 \
                                         .terms = terms_f,                                                 \
                                         .bound = bound_f,                                                 \
                                         .over = { 1, 0 },                                                 \
                                         __VA_ARGS__ };                                                    \
    const struct op op_##f##_backward = { IDENTITY_##numbers(f##_backward),                                \
                                          EACH,                                                            \
                                          .lesson = lesson_,                                               \
                                          ARGS({ #at, INPUT, 1, { 0 } }, { "dy", INPUT, 1, { 0 } },        \
                                               { "dx", OUTPUT, 1, { 0 } }),                                \
                                          .formula = formula_b,                                            \
                                          .range = range_b,                                                \
                                          .terms = terms_b,                                                \
                                          .bound = bound_b,                                                \
                                          .forward = #f "_forward",                                        \
                                          .over = { 2, 1 },                                                \
                                          __VA_ARGS__ };                                                   \
    static void f##_with_derivative_bound(const struct op *op, const int *size, void *const *buf, int a,   \
                                          struct precision d, double *bound)                               \
    {                                                                                                      \
        bound_with_derivative(op, size, buf, a, d, bound, op_like(&op_##f##_forward, op),                  \
                              op_like(&op_##f##_backward, op), rate);                                      \
    }                                                                                                      \
    static void f##_with_derivative_in_f64(const int *s, void *const *p, const struct scalar *v)           \
    {                                                                                                      \
        double *derivative = p[2];                                                                         \
        f##_forward_in_f64(s, p, v);                                                                       \
        for (int k = 0; k < *s; k++) derivative[k] = 1;                                                    \
        f##_backward_in_f64(s, (void *const[]){ where, derivative, derivative }, v);                       \
    }                                                                                                      \
    const struct op op_##f##_with_derivative = { .name = #f "_with_derivative",                            \
                                                 .cpu = f##_with_derivative_cpu,                           \
                                                 .call = f##_with_derivative_call,                         \
                                                 .f64 = f##_with_derivative_in_f64,                        \
                                                 EACH,                                                     \
                                                 .lesson = "02",                                           \
                                                 ARGS({ "x", INPUT, 1, { 0 } }, { "y", OUTPUT, 1, { 0 } }, \
                                                      { "s", OUTPUT, 1, { 0 } }),                          \
                                                 .formula = formula_f ", and s = dy/dx",                   \
                                                 .range = range_f,                                         \
                                                 .terms = terms_f,                                         \
                                                 .bound = f##_with_derivative_bound,                       \
                                                 .over = { 1, 0 },                                         \
                                                 __VA_ARGS__ };

#define WHERE_x p[0]
#define WHERE_y p[1]
#define CALL_WITH_DERIVATIVE(f, ...)                                                                        \
    static void f##_with_derivative_call(any_fn *run, const int *s, void *const *p, const struct scalar *v) \
    {                                                                                                       \
        (void)v;                                                                                            \
        ((f##_with_derivative_fn *)run)(__VA_ARGS__);                                                       \
    }

#define ACTIVATION(f, numbers, at, lesson, formula_f, range_f, terms_f, bound_f, formula_b, range_b,     \
                   terms_b, bound_b, rate)                                                               \
    CALLS_##numbers(f##_forward, s[0], p[0], p[1]) CALLS_##numbers(f##_backward, s[0], p[0], p[1], p[2]) \
        CALL_WITH_DERIVATIVE(f, s[0], p[0], p[1], p[2])                                                  \
            THREE_OPERATIONS(f, numbers, at, WHERE_##at, lesson, formula_f, range_f, terms_f, bound_f,   \
                             formula_b, range_b, terms_b, bound_b, rate, )
#define ACTIVATION_WITH(f, numbers, at, lesson, formula_f, range_f, terms_f, bound_f, formula_b, range_b,  \
                        terms_b, bound_b, rate, parameter, value, low, high)                               \
    CALLS_##numbers(f##_forward, s[0], p[0], p[1], v->real)                                                \
        CALLS_##numbers(f##_backward, s[0], p[0], p[1], p[2], v->real)                                     \
            CALL_WITH_DERIVATIVE(f, s[0], p[0], p[1], p[2], v->real)                                       \
                THREE_OPERATIONS(f, numbers, at, WHERE_##at, lesson, formula_f, range_f, terms_f, bound_f, \
                                 formula_b, range_b, terms_b, bound_b, rate,                               \
                                 SCALARS(FLOAT_SCALAR(parameter, value, low, high)), )

#include "activations.h"
