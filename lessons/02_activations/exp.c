/* exp.c - how exp is made in float, each step with its error: exp(x) = 2^n (1 + m), n =
 * round(x / ln 2), r = x - n ln 2.
 *
 * One ulp is a unit in the last of a float's 24 digits; |r| <= (ln 2) / 2.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "../../optimized/cpu/exp_portable.h"

static const double ln2 = 0.69314718055994531;

static double in_ulp(double y, double exact)
{
    int e;
    (void)frexp(exact, &e);
    return fabs(y - exact) / ldexp(1, e - 24);
}

/* How many ulp does exp(x) lose when r comes out as this float? exp turns the error of
 * r into a relative one. */
static double lost(float r, double x, double n)
{
    return fabs((double)r - (x - n * ln2)) * 0x1p24;
}

static void reduction(void)
{
    static const float x[] = { 1, 10, 50, 80, -80 };
    puts("r in float, and what its error costs, in ulp of exp(x)");
    puts("       x     n          r   ln 2 whole   ln 2 in two parts");
    for (size_t k = 0; k < sizeof x / sizeof *x; k++) {
        float n = rintf(x[k] * LOG2_E),
              product = n * (float)ln2; /* apart: not to be fused with the difference */
        float whole = x[k] - product, high = x[k] - n * LN2_HIGH, parts = high - n * LN2_LOW;
        printf("%8.0f %5.0f %10.6f %12.2f %19.2f\n", (double)x[k], (double)n, (double)parts,
               lost(whole, (double)x[k], (double)n), lost(parts, (double)x[k], (double)n));
    }
}

/* r + r^2/2 + ... + r^degree/degree! */
static double taylor(double r, int degree)
{
    double sum = 0;
    for (int k = degree; k > 0; k--) sum = (1 + sum) * r / k;
    return sum;
}

/* the library's coefficients, but in double, so that only the polynomial errs */
static double fitted(double r, int degree)
{
    static const float q[] = { EXP_Q0, EXP_Q1, EXP_Q2, EXP_Q3, EXP_Q4 };
    double sum = 0;
    for (int k = degree - 2; k >= 0; k--) sum = (double)q[k] + r * sum;
    return r + r * r * sum;
}

static double worst(double (*m)(double r, int degree), int degree)
{
    double most = 0;
    for (int k = -1000; k <= 1000; k++) {
        double r = k / 1000.0 * ln2 / 2;
        most = fmax(most, fabs(1 + m(r, degree) - exp(r)) / exp(r));
    }
    return most * 0x1p24;
}

static void polynomials(void)
{
    puts("the polynomial's largest error alone, in ulp");
    for (int degree = 3; degree <= 7; degree++)
        printf("  Taylor, degree %d %12.4f\n", degree, worst(taylor, degree));
    printf("  fitted, degree 6 %12.4f\n", worst(fitted, 6));
}

/* every 997th float from -87 to 88 */
static void whole_function(void)
{
    double most = 0;
    for (uint32_t bits = 0; bits < 0x42b00000; bits += 997) {
        float x;
        memcpy(&x, &bits, sizeof x);
        most = fmax(most, in_ulp((double)exp_polynomial(x), exp((double)x)));
        if (x < 87) most = fmax(most, in_ulp((double)exp_polynomial(-x), exp(-(double)x)));
    }
    printf("all together, in float\n  largest error %15.2f\n", most);
}

int main(void)
{
    reduction();
    polynomials();
    whole_function();
    return 0;
}
