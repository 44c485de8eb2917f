/* activation.c - activations of any shape, n elements; forward and derivative.
 *
 * Every derivative is taken at the output y, not at the input x: it needs no second exp, and the layer
 * keeps y anyway because the next layer reads it. y = f(x) may be computed in place, dx may be dy.
 */
#include "real.h"
#include "reference.h"

/* y = max(0, x); a NaN stays a NaN */
void REF(relu_forward)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) y[k] = re(x[k]) <= 0 ? 0 : x[k];
}

/* dx = dy where y > 0, else 0: at the kink x = 0 the derivative is taken to be 0 */
void REF(relu_backward)(int n, const real *y, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) dx[k] = re(y[k]) > 0 ? dy[k] : 0;
}

/* y = 1 / (1 + exp(-x)), written so that exp only ever sees numbers <= 0 and cannot overflow */
void REF(sigmoid_forward)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) {
        real e = exp(re(x[k]) > 0 ? -x[k] : x[k]);
        y[k] = re(x[k]) > 0 ? 1 / (1 + e) : e / (1 + e);
    }
}

/* dx = dy * y (1 - y) */
void REF(sigmoid_backward)(int n, const real *y, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) dx[k] = dy[k] * y[k] * (1 - y[k]);
}

/* y = tanh(x) */
void REF(tanh_forward)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) y[k] = tanh(x[k]);
}

/* dx = dy * (1 - y^2), factored so that no digits are lost as y nears 1 */
void REF(tanh_backward)(int n, const real *y, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) dx[k] = dy[k] * (1 - y[k]) * (1 + y[k]);
}
