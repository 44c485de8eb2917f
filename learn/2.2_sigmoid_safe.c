/* 2.2 sigmoid_safe - the sigmoid that never overflows, and its derivative
 *
 *   y = 1 / (1 + exp(-x)) = exp(x) / (1 + exp(x))       dx = dy y (1 - y)
 *
 * Both forms are the same number, but exp overflows to infinity above x = 88.7 in float, and then the
 * quotient is 0, infinity over infinity, or has lost its digits: y at x = -89 is 2.2e-39, not 0. Choose the
 * form in which exp is a number in (0, 1].
 */
#include <math.h>
#ifndef real
#define real float
#endif

void sigmoid_forward(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) y[k] = 1 / (1 + (real)exp(-x[k]));
}

void sigmoid_backward(int n, const real *y, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) dx[k] = dy[k] * y[k] * (1 - y[k]);
}
