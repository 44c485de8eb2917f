/* twin.c - a small network's loss in REAL: one file, four precisions.
 *
 *     rungs gradcheck twin twin.c --loss loss --grad grad --n 6
 */
#include <stddef.h>
#include <tgmath.h>

#ifndef REAL /* compiled on its own */
#define REAL  double
#define RE(x) (x)
#endif

REAL loss(const REAL *x, size_t n, void *ctx);
void grad(const REAL *x, size_t n, REAL *g, void *ctx);

/* log(1 + e^z) without overflow */
static REAL softplus(REAL z)
{
    return RE(z) > 0 ? z + log(1 + exp(-z)) : log(1 + exp(z));
}

REAL loss(const REAL *x, size_t n, void *ctx)
{
    REAL sum = 0;
    (void)ctx;
    for (size_t i = 0; i + 1 < n; i++) sum += softplus(x[i]) * tanh(x[i + 1]);
    return sum / n;
}

void grad(const REAL *x, size_t n, REAL *g, void *ctx)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) g[i] = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        REAL t = tanh(x[i + 1]);
        g[i] += t / (1 + exp(-x[i])) / n;
        g[i + 1] += softplus(x[i]) * (1 - t * t) / n;
    }
}
