/* verdicts.c - a loss and its gradient for each verdict that is neither PASS nor FAIL.
 *
 *     cc -O2 -fPIC -shared -o verdicts.so verdicts.c -lm
 *     rungs gradcheck so ./verdicts.so --loss in_float --grad in_float_grad --n 6
 */
#include <math.h>
#include <stddef.h>

double in_float(const double *x, size_t n);
void in_float_grad(const double *x, size_t n, double *g);
double hinge(const double *x, size_t n);
void hinge_grad(const double *x, size_t n, double *g);
double square(const double *x, size_t n);
void adding_grad(const double *x, size_t n, double *g);
void lost_grad(const double *x, size_t n, double *g);

/* INCONCLUSIVE: it returns double but computes in float, and beside a large constant few digits are left */
double in_float(const double *x, size_t n)
{
    float sum = 0;
    for (size_t i = 0; i < n; i++) sum += (float)(x[i] * x[i] * x[i]);
    return (double)(1e4f + sqrtf(1 + sum * sum));
}

void in_float_grad(const double *x, size_t n, double *g)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * x[i] * x[i];
    for (size_t i = 0; i < n; i++) g[i] = sum / sqrt(1 + sum * sum) * 3 * x[i] * x[i];
}

/* KINK where an x is 1: a corner between the slopes -1 and 0 */
double hinge(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] < 1 ? 1 - x[i] : 0;
    return sum;
}

void hinge_grad(const double *x, size_t n, double *g)
{
    for (size_t i = 0; i < n; i++) g[i] = x[i] < 1 ? -1 : 0;
}

double square(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * x[i];
    return sum;
}

/* CONTRACT: it adds to what g held before the call */
void adding_grad(const double *x, size_t n, double *g)
{
    for (size_t i = 0; i < n; i++) g[i] += 2 * x[i];
}

/* CRASH: it divides by an integer 0 */
void lost_grad(const double *x, size_t n, double *g)
{
    volatile int none = 0;
    for (size_t i = 0; i < n; i++) g[i] = 2 * x[i] * (double)((int)n / none);
}
