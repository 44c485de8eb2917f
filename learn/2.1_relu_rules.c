/* 2.1 relu_rules - ReLU at 0, at -0 and at NaN, forward and backward
 *
 *   y = max(0, x)                 and a NaN stays a NaN
 *   dx = dy where y > 0, else 0   the derivative at the kink is a choice: here it is 0
 *
 * A comparison with NaN is false, whichever way round it is written: this decides how to write the condition.
 * At x = -0 both zeros are accepted.
 */
#ifndef real
#define real float
#endif

void relu_forward(int n, const real *x, real *y)
{
    for (int k = 0; k < n; k++) y[k] = x[k] > 0 ? x[k] : 0; /* and a NaN? */
}

void relu_backward(int n, const real *y, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) dx[k] = y[k] >= 0 ? dy[k] : 0; /* and at the kink? */
}
