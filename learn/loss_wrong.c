/* loss_wrong.c - wrong versions of binary cross-entropy of n logits y and targets t; see mistakes.h. */
#include "../reference/loss_reduce.h"
#include "wrong.h"

static real sigmoid(real z)
{
    return 1 / (1 + exp(-z));
}

static real clamped(real p)
{
    const real least = (real)1e-7;
    return p < least ? least : p > 1 - least ? 1 - least : p;
}

static real larger(real a, real b)
{
    return a > b ? a : b;
}

/* the loss of one element, z its logit and g its target */
#define FORWARD(name, reduced, value)                                              \
    void REF(name)(int n, const real *y, const real *t, real *loss, int reduction) \
    {                                                                              \
        wide total = 0;                                                            \
        for (int k = 0; k < n; k++) {                                              \
            const real z = y[k], g = t[k], p = sigmoid(z);                         \
            (void)p;                                                               \
            total += keep((value), loss, k, reduction);                            \
        }                                                                          \
        reduce(total, n, loss, reduced);                                           \
    }
FORWARD(bce_from_p, reduction, -g *log(p) - (1 - g) * log(1 - p))
FORWARD(bce_clamped, reduction, -g *log(clamped(p)) - (1 - g) * log(1 - clamped(p)))
FORWARD(bce_overflows, reduction, log(1 + exp(z)) - z * g)
FORWARD(bce_without_log1p, reduction, larger(z, 0) - z * g + log(1 + exp(-larger(z, -z))))
FORWARD(bce_cancels, reduction, larger(z, 0) - z * g + log1p(exp(-larger(z, -z))))
FORWARD(bce_other_label, reduction, larger(z, 0) - z * (1 - g) + log1p(exp(-larger(z, -z))))
FORWARD(bce_one_side, reduction, g *log1p(exp(-z)))
FORWARD(bce_summed, reduction == REDUCE_MEAN ? REDUCE_SUM : reduction,
        z > 0 ? z * (1 - g) + log1p(exp(-z)) : -z * g + log1p(exp(z)))

/* the slope of one element */
#define BACKWARD(name, up, value)                                                                          \
    void REF(name)(int n, const real *y, const real *t, const real *dloss, real *dy, int reduction)        \
    {                                                                                                      \
        (void)dloss, (void)reduction;                                                                      \
        for (int k = 0; k < n; k++) {                                                                      \
            const real z = y[k], g = t[k], e = exp(-larger(z, -z)), p = z > 0 ? 1 / (1 + e) : e / (1 + e); \
            (void)z, (void)g;                                                                              \
            dy[k] = (up) * (value);                                                                        \
        }                                                                                                  \
    }
BACKWARD(bce_slope_rounded, upstream(dloss, k, n, reduction), p - g)
BACKWARD(bce_slope_squared, upstream(dloss, k, n, reduction), (p - g) * p * (1 - p))
BACKWARD(bce_slope_negative, upstream(dloss, k, n, reduction), g - p)
BACKWARD(bce_slope_of_sum, reduction == REDUCE_NONE ? dloss[k] : *dloss, p - g)
BACKWARD(bce_slope_no_upstream, share(n, reduction), p - g)
BACKWARD(bce_slope_no_target, upstream(dloss, k, n, reduction), p)
