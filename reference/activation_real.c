/* activation_real.c - activations that need expm1, log1p or erfc, which C has for real numbers
 * only: there is no complex step through them, and their derivatives are checked against
 * differences. Else as activation.c. */
#include "real.h"
#include "reference.h"

#if !defined REAL_cplx

/* y = x where x > 0, else alpha (exp(x) - 1); expm1 keeps the digits near 0 */
void REF(elu_forward)(int n, const real *x, real *y, real alpha)
{
    for (int k = 0; k < n; k++) y[k] = x[k] <= 0 ? alpha * expm1(x[k]) : x[k];
}

/* dx = dy where y > 0, else dy (y + alpha): for x << 0 the sum cancels, and only |dy| times the
 * rounding of alpha is left */
void REF(elu_backward)(int n, const real *y, const real *dy, real *dx, real alpha)
{
    for (int k = 0; k < n; k++) dx[k] = y[k] > 0 ? dy[k] : dy[k] * (y[k] + alpha);
}

/* y = log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)), which cannot overflow */
void REF(softplus_forward)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) {
        real e = exp(x[k] > 0 ? -x[k] : x[k]);
        y[k] = x[k] > 0 ? x[k] + log1p(e) : log1p(e);
    }
}

/* at x: dx = dy / (1 + exp(-x)) */
void REF(softplus_backward)(int n, const real *x, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) {
        real e = exp(x[k] > 0 ? -x[k] : x[k]);
        dx[k] = dy[k] * ((x[k] > 0 ? 1 : e) / (1 + e));
    }
}

/* y = x P(x), P the normal distribution function: P(x) = erfc(-x / sqrt(2)) / 2 keeps its digits for x << 0,
 * where 1 + erf does not. 0 where P is 0, also at -infinity. */
void REF(gelu_forward)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) {
        real P = erfc(x[k] * -(real)0.70710678118654752) / 2;
        y[k] = P == 0 ? 0 : x[k] * P;
    }
}

/* at x: dx = dy (P(x) + x p(x)), p(x) = exp(-x^2 / 2) / sqrt(2 pi) */
void REF(gelu_backward)(int n, const real *x, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) {
        real p = exp(-x[k] * x[k] / 2) * (real)0.39894228040143268;
        real P = erfc(x[k] * -(real)0.70710678118654752) / 2;
        dx[k] = dy[k] * (P + (p == 0 ? 0 : x[k] * p));
    }
}

#endif
