/* optimizer.c - rules that turn a gradient into a step. */
#include "real.h"
#include "reference.h"

/* w = w - lr dw, in place: stochastic gradient descent */
void REF(sgd_step)(int n, const real *dw, real *w, real lr)
{
    for (int k = 0; k < n; k++) w[k] -= lr * dw[k];
}

/* 1 - beta^t, in double whatever the weights are: of a beta near 1, float has few digits of that left */
static double correction(double beta, uint64_t t)
{
    double power = 1;
    for (double square = beta; t; t /= 2, square *= square)
        if (t % 2) power *= square;
    return 1 - power;
}

/* Step t (1, 2, ...) of Adam (Kingma and Ba, 2015, algorithm 1), all in place: m and v are the running means
 * of the gradient and of its square, 0 before the first step. They start too small; dividing by 1 - beta^t
 * makes up for that. eps is added behind the root of the corrected v, as in the paper and in PyTorch.
 *
 *   m = beta1 m + (1 - beta1) dw        v = beta2 v + (1 - beta2) dw^2
 *   w = w - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
 */
void REF(adam_step)(int n, const real *dw, real *w, real *m, real *v, double lr, double beta1, double beta2,
                    double eps, uint64_t t)
{
    real of_m = (real)correction(beta1, t), of_v = (real)correction(beta2, t);
    for (int k = 0; k < n; k++) {
        m[k] = (real)beta1 * m[k] + (real)(1 - beta1) * dw[k];
        v[k] = (real)beta2 * v[k] + (real)(1 - beta2) * dw[k] * dw[k];
        w[k] -= (real)lr * (m[k] / of_m) / (sqrt(v[k] / of_v) + (real)eps);
    }
}
