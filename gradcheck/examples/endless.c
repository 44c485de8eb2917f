/* endless.c - a loss whose line search never meets its goal.
 *
 *     cc -O2 -fPIC -shared -o endless.so endless.c
 *     rungs gradcheck so ./endless.so --loss search --grad search_grad --n 4 --timeout 2
 */
#include <stddef.h>

double search(const double *x, size_t n, void *ctx);
void search_grad(const double *x, size_t n, double *g, void *ctx);

double search(const double *x, size_t n, void *ctx)
{
    volatile double step = 1;
    (void)ctx;
    while (step > -1) step = step / 2; /* it comes to 0 and stays there */
    return x[n - 1] * step;
}

void search_grad(const double *x, size_t n, double *g, void *ctx)
{
    (void)x, (void)ctx;
    for (size_t i = 0; i < n; i++) g[i] = 0;
}
