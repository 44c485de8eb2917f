/* activation.c - activations of any shape, n elements; forward and derivative.
 *
 * Where the derivative can be written in the output y it is taken there, not at the input x: it needs no
 * second exp, and the layer keeps y anyway because the next layer reads it. The others say "at x". y = f(x)
 * may be computed in place where the derivative is taken at y; dx may always be dy.
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

/* y = x where x > 0, else slope x; 0 < slope */
void REF(leaky_relu_forward)(int n, const real *x, real *y, real slope)
{
    for (int k = 0; k < n; k++) y[k] = re(x[k]) > 0 ? x[k] : slope * x[k];
}

/* dx = dy where y > 0, else slope dy: y has the sign of x */
void REF(leaky_relu_backward)(int n, const real *y, const real *dy, real *dx, real slope)
{
    for (int k = 0; k < n; k++) dx[k] = re(y[k]) > 0 ? dy[k] : slope * dy[k];
}

/* x z, but 0 where z has become 0: there z falls faster than any x grows, and inf * 0 would be a NaN */
static inline real damped(real x, real z)
{
    return re(z) == 0 ? 0 : x * z;
}

/* y = x / (1 + exp(-x)), also called swish */
void REF(silu_forward)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) {
        real e = exp(re(x[k]) > 0 ? -x[k] : x[k]);
        y[k] = re(x[k]) > 0 ? x[k] / (1 + e) : damped(x[k], e / (1 + e));
    }
}

/* at x: dx = dy s (1 + x (1 - s)), s = 1 / (1 + exp(-x)), and 1 - s = 1 / (1 +
 * exp(x)) without a subtraction */
void REF(silu_backward)(int n, const real *x, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) {
        real e = exp(re(x[k]) > 0 ? -x[k] : x[k]), large = 1 / (1 + e), small = e / (1 + e);
        real s = re(x[k]) > 0 ? large : small, rest = re(x[k]) > 0 ? small : large;
        dx[k] = dy[k] * damped(1 + damped(x[k], rest), s);
    }
}

/* y = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) = x / (1 + exp(-w)), w = sqrt(8/pi) (x + 0.044715 x^3):
 * the approximation of Hendrycks and Gimpel, Gaussian Error Linear Units, arXiv:1606.08415. */
#define GELU_W(x)          ((real)1.5957691216057308 * (x) * (1 + (real)0.044715 * (x) * (x)))
#define GELU_DERIVATIVE(x) ((real)1.5957691216057308 * (1 + (real)0.134145 * (x) * (x))) /* dw/dx */

void REF(gelu_tanh_forward)(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) {
        real w = GELU_W(x[k]), e = exp(re(w) > 0 ? -w : w);
        y[k] = re(w) > 0 ? x[k] / (1 + e) : damped(x[k], e / (1 + e));
    }
}

/* at x: dx = dy (s + x s (1 - s) dw/dx), s = 1 / (1 + exp(-w)) */
void REF(gelu_tanh_backward)(int n, const real *x, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) {
        real w = GELU_W(x[k]), e = exp(re(w) > 0 ? -w : w), large = 1 / (1 + e), small = e / (1 + e);
        real s = re(w) > 0 ? large : small, rest = re(w) > 0 ? small : large;
        dx[k] = dy[k] * (s + damped(x[k] * GELU_DERIVATIVE(x[k]), s * rest));
    }
}
