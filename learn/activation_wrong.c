/* activation_wrong.c - wrong versions of ReLU and the sigmoid, n elements; see mistakes.h. */
#include <float.h>

#include "../reference/real.h"
#include "wrong.h"

/* ---- y = max(0, x), a NaN stays one; dx = dy where y > 0, else 0 ---- */

void REF(relu_hides_nan)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) y[k] = x[k] > 0 ? x[k] : 0;
}

void REF(relu_absolute)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) y[k] = x[k] < 0 ? -x[k] : x[k];
}

void REF(relu_leaks)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) y[k] = x[k] < 0 ? x[k] / 100 : x[k];
}

void REF(relu_at_the_kink)(int n, const real *y, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) dx[k] = y[k] >= 0 ? dy[k] : 0;
}

void REF(relu_no_upstream)(int n, const real *y, const real *dy, real *dx)
{
    (void)dy;
    for (int k = 0; k < n; k++) dx[k] = y[k] > 0;
}

void REF(relu_always)(int n, const real *y, const real *dy, real *dx)
{
    (void)y;
    for (int k = 0; k < n; k++) dx[k] = dy[k];
}

/* ---- y = 1 / (1 + exp(-x)); dx = dy y (1 - y) ---- */

void REF(sigmoid_overflows)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) y[k] = 1 / (1 + exp(-x[k]));
}

void REF(sigmoid_other_overflow)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) y[k] = exp(x[k]) / (1 + exp(x[k]));
}

void REF(sigmoid_clamped)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) {
        real z = x[k] < -15 ? -15 : x[k] > 15 ? 15 : x[k];
        y[k] = 1 / (1 + exp(-z));
    }
}

void REF(sigmoid_mirrored)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) {
        real e = exp(x[k] > 0 ? -x[k] : x[k]);
        y[k] = x[k] > 0 ? e / (1 + e) : 1 / (1 + e);
    }
}

/* the sigmoid by exp(-|x|), however that was had */
static real sigmoid_by(real x, real e)
{
    return (x > 0 ? 1 : e) / (1 + e);
}

void REF(sigmoid_flushes)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) {
        real e = exp(x[k] > 0 ? -x[k] : x[k]);
        y[k] = sigmoid_by(x[k], e < (real)FLT_MIN ? 0 : e);
    }
}

void REF(sigmoid_compound)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) {
        real e = 1 + (x[k] > 0 ? -x[k] : x[k]) / 1024;
        for (int i = 0; i < 10; i++) e *= e;
        y[k] = sigmoid_by(x[k], e);
    }
}

void REF(sigmoid_coarse)(int n, const real *x, real *y)
{
    const float ln2 = 0x1.62e43p-1f;
    for (int k = 0; k < n; k++) {
        real z = x[k] > 0 ? -x[k] : x[k], whole = rint(z / (real)ln2);
        y[k] = sigmoid_by(x[k], exp(z - whole * (real)ln2) * exp2(whole));
    }
}

void REF(sigmoid_no_upstream)(int n, const real *y, const real *dy, real *dx)
{
    (void)dy;
    for (int k = 0; k < n; k++) dx[k] = y[k] * (1 - y[k]);
}

void REF(sigmoid_slope_of_y)(int n, const real *y, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) {
        real s = 1 / (1 + exp(-y[k]));
        dx[k] = dy[k] * s * (1 - s);
    }
}

void REF(sigmoid_tanh_slope)(int n, const real *y, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) dx[k] = dy[k] * (1 - y[k] * y[k]);
}

/* ---- dx = dy (1 - y^2), from y and from x ---- */

void REF(tanh_no_upstream)(int n, const real *y, const real *dy, real *dx)
{
    (void)dy;
    for (int k = 0; k < n; k++) dx[k] = (1 - y[k]) * (1 + y[k]);
}

void REF(tanh_of_y)(int n, const real *y, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) {
        real again = tanh(y[k]);
        dx[k] = dy[k] * (1 - again * again);
    }
}

void REF(tanh_sigmoid_slope)(int n, const real *y, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) dx[k] = dy[k] * y[k] * (1 - y[k]);
}

void REF(tanh_not_squared)(int n, const real *y, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) dx[k] = dy[k] * (1 - y[k]);
}

void REF(tanh_x_cancels)(int n, const real *x, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) {
        real y = tanh(x[k]);
        dx[k] = dy[k] * (1 - y) * (1 + y);
    }
}

void REF(tanh_x_overflows)(int n, const real *x, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) {
        real e = exp(2 * fabs(x[k]));
        dx[k] = dy[k] * 4 * e / ((1 + e) * (1 + e));
    }
}

void REF(tanh_x_no_upstream)(int n, const real *x, const real *dy, real *dx)
{
    (void)dy;
    for (int k = 0; k < n; k++) {
        real e = exp(-2 * fabs(x[k]));
        dx[k] = 4 * e / ((1 + e) * (1 + e));
    }
}

void REF(tanh_x_odd)(int n, const real *x, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) {
        real e = exp(-2 * x[k]);
        dx[k] = dy[k] * 4 * e / ((1 + e) * (1 + e));
    }
}
