/* 2.3 tanh_slope - the slope of tanh where tanh is nearly 1
 *
 *   from y   dx (n) = dy (1 - y^2), y = tanh(x)
 *   from x   dx (n) = dy 4 e / (1 + e)^2, e = exp(-2 |x|)
 *
 * 2.2 kept the digits of a y near 0. Here y is near 1, and the backward pass of every network takes the
 * slope from y, for y is there already. tanh(9) = 1 - 3.046e-8, and below 1 floats lie 6e-8 apart. Predict
 * first, with a number behind each =:
 *
 *   slope         the slope of tanh at 9
 *   error_float   the relative error of 1 - y^2 there, y rounded to float, to a quarter
 *   error_double  the largest in double for x near 9, to a factor of five: it is rounded by 1.1e-16 at most
 *   zero_from     the x from which the slope is 0 in float, for y is 1, to a tenth
 *
 * prediction: slope =
 * prediction: error_float =
 * prediction: error_double =
 * prediction: zero_from =
 *
 * Then write both, and see what yours make of x = 9. Which factors has 1 - y^2 that lose no digit of their
 * own?
 */
#include <math.h>
#ifndef real
#define real float
#endif

void tanh_backward(int n, const real *y, const real *dy, real *dx)
{
    (void)y, (void)dy;
    for (int k = 0; k < n; k++) dx[k] = 0;
}

void tanh_backward_x(int n, const real *x, const real *dy, real *dx)
{
    (void)x, (void)dy;
    for (int k = 0; k < n; k++) dx[k] = 0;
}
