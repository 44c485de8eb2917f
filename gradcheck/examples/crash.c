/* crash.c - a gradient that writes far beyond its array, as a wrong index does.
 *
 *     cc -O2 -fPIC -shared -o crash.so crash.c
 *     rungs gradcheck so ./crash.so --loss square --grad square_grad --n 4
 */
#include <stddef.h>

double square(const double *x, size_t n, void *ctx);
void square_grad(const double *x, size_t n, double *g, void *ctx);

double square(const double *x, size_t n, void *ctx)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) sum += x[i] * x[i];
    return sum;
}

void square_grad(const double *x, size_t n, double *g, void *ctx)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) g[i * n * 1000000] = 2 * x[i];
}
