/* 3.6 false_friends - each property has a test of its own: the gradient by differences, in every element and
 * with logits on both sides of all kinks; the mean by computing the rows one by one, which finds every loss
 * that weights them differently; large logits by a few calls.
 */
#include <math.h>

typedef double loss_fn(int N, int C, const double *z, const int *label, double *dz);

enum { N = 5, C = 4 };

static double loss_at(loss_fn *loss, int rows, const double *z, const int *label)
{
    double dz[N * C];
    for (int k = 0; k < rows * C; k++) dz[k] = 0;
    return loss(rows, C, z, label, dz);
}

/* Written so that NaN is not near. */
static int is_near(double a, double b)
{
    return fabs(a - b) <= 1e-6 * (1 + fabs(b));
}

static int is_gradient(loss_fn *loss, double *z, const int *label)
{
    const double h = 1e-5;
    double dz[N * C] = { 0 };
    loss(N, C, z, label, dz);
    for (int k = 0; k < N * C; k++) {
        double at = z[k];
        z[k] = at + h;
        double high = loss_at(loss, N, z, label);
        z[k] = at - h;
        double low = loss_at(loss, N, z, label);
        z[k] = at;
        if (!is_near(dz[k], (high - low) / (2 * h))) return 0;
    }
    return 1;
}

static int is_mean_of_rows(loss_fn *loss, const double *z, const int *label)
{
    double mean = 0;
    for (int n = 0; n < N; n++) mean += loss_at(loss, 1, z + n * C, label + n) / N;
    return is_near(loss_at(loss, N, z, label), mean);
}

static int is_finite(loss_fn *loss)
{
    static const double large[C] = { 1000, -1000, 0, 999 };
    for (int label = 0; label < C; label++)
        if (!isfinite(loss_at(loss, 1, large, &label))) return 0;
    return 1;
}

int false_friends(loss_fn *loss)
{
    static const int label[N] = { 0, 2, 1, 3, 2 };
    double z[N * C];
    for (int k = 0; k < N * C; k++) z[k] = 3 * sin(1 + 2.4 * k * k); /* irregular, of both signs */
    return !is_gradient(loss, z, label) || !is_mean_of_rows(loss, z, label) || !is_finite(loss);
}
