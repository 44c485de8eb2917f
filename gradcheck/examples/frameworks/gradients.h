/* gradients.h - what the tests of this folder check: a loss with its gradient, and with one that forgets the
 * factor 2. */
#ifndef GRADIENTS_H
#define GRADIENTS_H

#include <stddef.h>

static const double point[] = { 0.3, -1.7, 2.2, 0.1 };

static double sphere(const double *x, size_t n, void *ctx)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) sum += x[i] * x[i];
    return sum;
}

static void right_gradient(const double *x, size_t n, double *g, void *ctx)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) g[i] = 2 * x[i];
}

static void wrong_gradient(const double *x, size_t n, double *g, void *ctx)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) g[i] = x[i];
}

#endif
