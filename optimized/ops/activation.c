/* activation.c - activations of n elements, forward and derivative: at y where y is enough, else at x. */
#include "parts.h"

#include <math.h>

#define LEAKY_SLOPE 0.01 /* what PyTorch takes if nothing is said */
#define ELU_ALPHA   1.0

CALLS(relu_forward, s[0], p[0], p[1])
CALLS(relu_backward, s[0], p[0], p[1], p[2])
CALLS(sigmoid_forward, s[0], p[0], p[1])
CALLS(sigmoid_backward, s[0], p[0], p[1], p[2])
CALLS(tanh_forward, s[0], p[0], p[1])
CALLS(tanh_backward, s[0], p[0], p[1], p[2])
CALLS(leaky_relu_forward, s[0], p[0], p[1], LEAKY_SLOPE)
CALLS(leaky_relu_backward, s[0], p[0], p[1], p[2], LEAKY_SLOPE)
CALLS_REAL(elu_forward, s[0], p[0], p[1], ELU_ALPHA)
CALLS_REAL(elu_backward, s[0], p[0], p[1], p[2], ELU_ALPHA)
CALLS_REAL(softplus_forward, s[0], p[0], p[1])
CALLS_REAL(softplus_backward, s[0], p[0], p[1], p[2])
CALLS_REAL(gelu_forward, s[0], p[0], p[1])
CALLS_REAL(gelu_backward, s[0], p[0], p[1], p[2])
CALLS(gelu_tanh_forward, s[0], p[0], p[1])
CALLS(gelu_tanh_backward, s[0], p[0], p[1], p[2])
CALLS(silu_forward, s[0], p[0], p[1])
CALLS(silu_backward, s[0], p[0], p[1], p[2])

/* ---- error bounds beyond those of parts.h; every factor below counts roundings, each at most UNIT of what it rounds ---- */

/* dy (y + alpha): the sum cancels where exp(x) is small */
static void bound_elu_backward(const struct op *op, const int *size, void *const *buf, int a, double *bound)
{
    const double *y = buf[0], *dy = buf[1];
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++)
        bound[k] = 4 * UNIT * fabs(dy[k]) * (1 + fabs(y[k])) + TINY;
}

/* x P(x): rounding x / sqrt(2), twice, moves log P by at most |x| (|x| + 1) UNIT where x < 0 (the slope of log P is
 * p/P <= |x| + 1); erfc itself errs by a few ulp. */
static double gelu_factor(double x)
{
    return UNIT * (12 + (x < 0 ? 2 * fabs(x) * (fabs(x) + 1) : 2));
}

static void bound_gelu(const struct op *op, const int *size, void *const *buf, int a, double *bound)
{
    const double *x = buf[0], *y = buf[1];
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++)
        bound[k] = gelu_factor(x[k]) * fabs(y[k]) + 8 * TINY;
}

/* dy (P + x p): the terms cancel near x = -0.75, and rounding x^2 moves log p by x^2 UNIT */
static void bound_gelu_backward(const struct op *op, const int *size, void *const *buf, int a, double *bound)
{
    const double *x = buf[0], *dy = buf[1];
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) {
        double p = exp(-x[k] * x[k] / 2) * 0.39894228040143268, P = erfc(x[k] * -0.70710678118654752) / 2;
        bound[k] =
            fabs(dy[k]) * (gelu_factor(x[k]) * P + UNIT * (12 + 2 * x[k] * x[k]) * fabs(x[k]) * p) + 8 * TINY;
    }
}

/* x / (1 + exp(-w)): rounding w, five times, moves exp by 5 |w| UNIT of itself */
static double gelu_tanh_w(double x)
{
    return 1.5957691216057308 * x * (1 + 0.044715 * x * x);
}

static void bound_gelu_tanh(const struct op *op, const int *size, void *const *buf, int a, double *bound)
{
    const double *x = buf[0], *y = buf[1];
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++)
        bound[k] = UNIT * (8 + 5 * fabs(gelu_tanh_w(x[k]))) * fabs(y[k]) + 8 * TINY;
}

static void bound_gelu_tanh_backward(const struct op *op, const int *size, void *const *buf, int a,
                                     double *bound)
{
    const double *x = buf[0], *dy = buf[1];
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) {
        double w = gelu_tanh_w(x[k]), e = exp(-fabs(w)), s = w > 0 ? 1 / (1 + e) : e / (1 + e);
        double slope =
            fabs(x[k]) * e / ((1 + e) * (1 + e)) * 1.5957691216057308 * (1 + 0.134145 * x[k] * x[k]);
        bound[k] = fabs(dy[k]) * UNIT * (12 + 5 * fabs(w)) * (s + slope) + 8 * TINY;
    }
}

/* dy s (1 + x (1 - s)): the sum cancels near x = -1.28 */
static void bound_silu_backward(const struct op *op, const int *size, void *const *buf, int a, double *bound)
{
    const double *x = buf[0], *dy = buf[1];
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) {
        double e = exp(-fabs(x[k])), s = x[k] > 0 ? 1 / (1 + e) : e / (1 + e),
               rest = x[k] > 0 ? e / (1 + e) : 1 / (1 + e);
        bound[k] = 12 * UNIT * fabs(dy[k]) * s * (1 + fabs(x[k]) * rest) + 8 * TINY;
    }
}

/* ---- the operations ---- */

#define LESSON       .lesson = "01"
#define LESSON_2     .lesson = "02"
#define FORWARD_ARGS .narg = 2, .arg = { { "x", ROLE_IN, 1, { 0 } }, { "y", ROLE_OUT, 1, { 0 } } }
#define BACKWARD_AT(input) \
    .narg = 3,             \
    .arg = { { input, ROLE_IN, 1, { 0 } }, { "dy", ROLE_IN, 1, { 0 } }, { "dx", ROLE_OUT, 1, { 0 } } }
#define BACKWARD_ARGS BACKWARD_AT("y")

const struct op op_relu_forward = {
    IDENTITY(relu_forward),
    LESSON,
    EACH,
    FORWARD_ARGS,
    .formula = "y = max(0, x)",
    .range = 4,
    .terms = four_terms,
    .bound = bound_relative,
};

const struct op op_relu_backward = {
    IDENTITY(relu_backward),
    LESSON,
    EACH,
    BACKWARD_ARGS,
    .formula = "dx = dy where y > 0, else 0",
    .range = 4,
    .terms = four_terms,
    .bound = bound_relative,
    .forward = "relu_forward",
};

const struct op op_sigmoid_forward = {
    IDENTITY(sigmoid_forward),
    LESSON,
    EACH,
    FORWARD_ARGS,
    .formula = "y = 1 / (1 + exp(-x))",
    .range = 20,
    .terms = eight_terms,
    .bound = bound_relative,
};

const struct op op_sigmoid_backward = {
    IDENTITY(sigmoid_backward),
    LESSON,
    EACH,
    BACKWARD_ARGS,
    .formula = "dx = dy y (1 - y)",
    .range = 4,
    .terms = four_terms,
    .bound = bound_relative,
    .forward = "sigmoid_forward",
};

const struct op op_tanh_forward = {
    IDENTITY(tanh_forward),
    LESSON,
    EACH,
    FORWARD_ARGS,
    .formula = "y = tanh(x)",
    .range = 8,
    .terms = eight_terms,
    .bound = bound_relative,
};

const struct op op_tanh_backward = {
    IDENTITY(tanh_backward),
    LESSON,
    EACH,
    BACKWARD_ARGS,
    .formula = "dx = dy (1 - y) (1 + y)",
    .range = 2,
    .terms = eight_terms,
    .bound = bound_relative,
    .forward = "tanh_forward",
};

const struct op op_leaky_relu_forward = {
    IDENTITY(leaky_relu_forward),
    LESSON_2,
    EACH,
    FORWARD_ARGS,
    .formula = "y = x where x > 0, else x / 100",
    .range = 4,
    .terms = four_terms,
    .bound = bound_relative,
};

const struct op op_leaky_relu_backward = {
    IDENTITY(leaky_relu_backward),
    LESSON_2,
    EACH,
    BACKWARD_AT("y"),
    .formula = "dx = dy where y > 0, else dy / 100",
    .range = 4,
    .terms = four_terms,
    .bound = bound_relative,
    .forward = "leaky_relu_forward",
};

const struct op op_elu_forward = {
    IDENTITY_REAL(elu_forward),
    LESSON_2,
    EACH,
    FORWARD_ARGS,
    .formula = "y = x where x > 0, else exp(x) - 1",
    .range = 8,
    .terms = eight_terms,
    .bound = bound_relative,
};

const struct op op_elu_backward = {
    IDENTITY_REAL(elu_backward),
    LESSON_2,
    EACH,
    BACKWARD_AT("y"),
    .formula = "dx = dy where y > 0, else dy (y + 1)",
    .range = 8,
    .terms = four_terms,
    .bound = bound_elu_backward,
    .forward = "elu_forward",
};

const struct op op_softplus_forward = {
    IDENTITY_REAL(softplus_forward),
    LESSON_2,
    EACH,
    FORWARD_ARGS,
    .formula = "y = log(1 + exp(x))",
    .range = 20,
    .terms = eight_terms,
    .bound = bound_relative,
};

const struct op op_softplus_backward = {
    IDENTITY_REAL(softplus_backward),
    LESSON_2,
    EACH,
    BACKWARD_AT("x"),
    .formula = "dx = dy / (1 + exp(-x))",
    .range = 20,
    .terms = eight_terms,
    .bound = bound_relative,
    .forward = "softplus_forward",
};

const struct op op_gelu_forward = {
    IDENTITY_REAL(gelu_forward),
    LESSON_2,
    EACH,
    FORWARD_ARGS,
    .formula = "y = x P(x), P the normal distribution",
    .range = 6,
    .terms = eight_terms,
    .bound = bound_gelu,
};

const struct op op_gelu_backward = {
    IDENTITY_REAL(gelu_backward),
    LESSON_2,
    EACH,
    BACKWARD_AT("x"),
    .formula = "dx = dy (P(x) + x p(x)), p the normal density",
    .range = 6,
    .terms = eight_terms,
    .bound = bound_gelu_backward,
    .forward = "gelu_forward",
};

const struct op op_gelu_tanh_forward = {
    IDENTITY(gelu_tanh_forward),
    LESSON_2,
    EACH,
    FORWARD_ARGS,
    .formula = "y = x / (1 + exp(-w)), w = 1.59577 (x + 0.044715 x^3)",
    .range = 6,
    .terms = eight_terms,
    .bound = bound_gelu_tanh,
};

const struct op op_gelu_tanh_backward = {
    IDENTITY(gelu_tanh_backward),
    LESSON_2,
    EACH,
    BACKWARD_AT("x"),
    .formula = "dx = dy (s + x s (1 - s) dw/dx), s = 1 / (1 + exp(-w))",
    .range = 6,
    .terms = eight_terms,
    .bound = bound_gelu_tanh_backward,
    .forward = "gelu_tanh_forward",
};

const struct op op_silu_forward = {
    IDENTITY(silu_forward),
    LESSON_2,
    EACH,
    FORWARD_ARGS,
    .formula = "y = x / (1 + exp(-x))",
    .range = 20,
    .terms = eight_terms,
    .bound = bound_relative,
};

const struct op op_silu_backward = {
    IDENTITY(silu_backward),
    LESSON_2,
    EACH,
    BACKWARD_AT("x"),
    .formula = "dx = dy s (1 + x (1 - s)), s = 1 / (1 + exp(-x))",
    .range = 20,
    .terms = eight_terms,
    .bound = bound_silu_backward,
    .forward = "silu_forward",
};
