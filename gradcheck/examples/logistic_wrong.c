/* logistic_wrong.c - logistic regression whose gradient forgets the 1/n of the loss:
 * every element is too large.
 *
 *     cc -O2 -fPIC -shared -o logistic_wrong.so logistic_wrong.c -lm
 *     rungs gradcheck so ./logistic_wrong.so --loss logistic --grad logistic_grad --n 4
 */
#include <math.h>
#include <stddef.h>

enum { POINTS = 8, FEATURES = 3 };

static const double feature[POINTS][FEATURES] = {
    { 0.5, -1.2, 0.3 }, { -0.7, 0.8, 1.1 }, { 1.4, 0.2, -0.6 }, { -0.1, -0.9, 0.4 },
    { 0.9, 1.3, -1.5 }, { -1.6, 0.1, 0.7 }, { 0.2, -0.4, 1.8 }, { 0.6, 0.5, -0.2 },
};
static const double label[POINTS] = { 1, 0, 1, 0, 1, 0, 0, 1 };

double logistic(const double *x, size_t n, void *ctx);
void logistic_grad(const double *x, size_t n, double *g, void *ctx);

/* the last of the n parameters is the bias */
static double score(const double *x, size_t n, int i)
{
    double z = x[n - 1];
    for (size_t j = 0; j + 1 < n; j++) z += x[j] * feature[i][j % FEATURES];
    return z;
}

double logistic(const double *x, size_t n, void *ctx)
{
    double loss = 0;
    (void)ctx;
    for (int i = 0; i < POINTS; i++) {
        double z = score(x, n, i);
        loss += (z > 0 ? z + log1p(exp(-z)) : log1p(exp(z))) - label[i] * z;
    }
    return loss / POINTS;
}

void logistic_grad(const double *x, size_t n, double *g, void *ctx)
{
    (void)ctx;
    for (size_t j = 0; j < n; j++) g[j] = 0;
    for (int i = 0; i < POINTS; i++) {
        double d = (1 / (1 + exp(-score(x, n, i))) - label[i]); /* / POINTS is missing */
        for (size_t j = 0; j + 1 < n; j++) g[j] += d * feature[i][j % FEATURES];
        g[n - 1] += d;
    }
}
