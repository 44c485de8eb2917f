/* steps.c - how wrong is a numerical slope of tanh, for each step h, where it bends and where
 * it is flat? CSV on stdout.
 *
 *   forward    (f(x + h) - f(x)) / h            at x = 1, in double
 *   central    (f(x + h) - f(x - h)) / 2h       at x = 1, in double
 *   central32  the same                         at x = 1, in float
 *   flat       the same                         at x = 10, in double
 *   flat32     the same                         at x = 10, in float
 *   complex    Im f(x + ih) / h                 at x = 10
 *
 * The number is the error as a fraction of the slope, 1 / cosh(x)^2; never below 2^-53, since a chart with a
 * logarithmic axis has no zero.
 */
#include <complex.h>
#undef I
#include <math.h>
#include <stdio.h>
#include "../../reference/reference.h"

static double f(double x)
{
    double y;
    tanh_forward_f64(1, &x, &y);
    return y;
}

static float f32(float x)
{
    float y;
    tanh_forward_f32(1, &x, &y);
    return y;
}

static double central(double x, double h)
{
    return (f(x + h) - f(x - h)) / (2 * h);
}

static double central32(float x, float h)
{
    return (double)((f32(x + h) - f32(x - h)) / (2 * h));
}

static double complex_step(double x, double h)
{
    double _Complex in = CMPLX(x, h), y;
    tanh_forward_cplx(1, &in, &y);
    return cimag(y) / h;
}

static double error(double slope, double x)
{
    double exact = 1 / (cosh(x) * cosh(x));
    return fmax(fabs(slope - exact) / exact, 0x1p-53);
}

int main(void)
{
    puts("h,forward,central,central32,flat,flat32,complex");
    for (int half_digits = 2; half_digits <= 30; half_digits++) {
        double h = pow(10, -half_digits / 2.0);
        printf("%.2e,%.1e,%.1e,%.1e,%.1e,%.1e,%.1e\n", h, error((f(1 + h) - f(1)) / h, 1),
               error(central(1, h), 1), error(central32(1, (float)h), 1), error(central(10, h), 10),
               error(central32(10, (float)h), 10), error(complex_step(10, h), 10));
    }
    return 0;
}
