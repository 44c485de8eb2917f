/* norm.c - batch normalization: each channel of a batch is shifted and scaled to mean 0 and variance 1, and
 * then by two parameters per channel, gamma and beta (Ioffe and Szegedy, 2015).
 *
 * x is (N,C,HW): N examples of C channels of HW positions each; HW is 1 behind a dense layer. A channel has
 * M = N HW numbers. `var` is their mean squared distance from `mean`, divided by M: what y is made of. What
 * is kept for evaluation is another matter: see batch_norm_update.
 *
 * Two passes, first the mean, then the distances from it: E x^2 - (E x)^2 in one pass has no digits left
 * where the mean is large (of 9999 and 10001 in float, it makes a variance of 0 where 1 is right).
 */
#include "real.h"
#include "reference.h"

#define AT(n, c) (((size_t)(n) * (size_t)C + (size_t)(c)) * (size_t)HW)

/* mean and var of channel c */
static void statistics(int N, int C, int HW, const real *x, int c, real *mean, real *var)
{
    const real M = (real)N * (real)HW;
    real sum = 0, squares = 0;
    for (int n = 0; n < N; n++)
        for (int k = 0; k < HW; k++) sum += x[AT(n, c) + (size_t)k];
    *mean = sum / M;
    for (int n = 0; n < N; n++)
        for (int k = 0; k < HW; k++) {
            real d = x[AT(n, c) + (size_t)k] - *mean;
            squares += d * d;
        }
    *var = squares / M;
}

/* Training: y (N,C,HW) = gamma (x - mean) / sqrt(var + eps) + beta, with mean (C)
 * and var (C) of this batch */
void REF(batch_norm_forward)(int N, int C, int HW, const real *x, const real *gamma, const real *beta,
                             real *y, real *mean, real *var, double eps)
{
    for (int c = 0; c < C; c++) statistics(N, C, HW, x, c, &mean[c], &var[c]);
    REF(batch_norm_eval)(N, C, HW, x, gamma, beta, mean, var, y, eps);
}

/* Evaluation: the same with a mean and a var from elsewhere; an example's y then
 * depends on no other example */
void REF(batch_norm_eval)(int N, int C, int HW, const real *x, const real *gamma, const real *beta,
                          const real *mean, const real *var, real *y, double eps)
{
    for (int c = 0; c < C; c++) {
        real scale = gamma[c] / sqrt(var[c] + (real)eps);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < HW; k++)
                y[AT(n, c) + (size_t)k] = (x[AT(n, c) + (size_t)k] - mean[c]) * scale + beta[c];
    }
}

/* The way back through the training's y, mean and var being functions of x: with z = (x
 * - mean) / sqrt(var + eps),
 *
 *   dbeta = sum of dy      dgamma = sum of dy z      dx = gamma / sqrt(var + eps) (dy -
 *                                                    dbeta / M - z dgamma / M)
 */
void REF(batch_norm_backward)(int N, int C, int HW, const real *x, const real *gamma, const real *mean,
                              const real *var, const real *dy, real *dx, real *dgamma, real *dbeta,
                              double eps)
{
    const real M = (real)N * (real)HW;
    for (int c = 0; c < C; c++) {
        real scale = 1 / sqrt(var[c] + (real)eps), sum = 0, product = 0;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < HW; k++) {
                size_t at = AT(n, c) + (size_t)k;
                sum += dy[at];
                product += dy[at] * ((x[at] - mean[c]) * scale);
            }
        dbeta[c] = sum, dgamma[c] = product;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < HW; k++) {
                size_t at = AT(n, c) + (size_t)k;
                dx[at] = gamma[c] * scale * (dy[at] - sum / M - (x[at] - mean[c]) * scale * (product / M));
            }
    }
}

/* What evaluation takes in place of a batch's own statistics: running means over the steps,
 *
 *   running = (1 - momentum) running + momentum new,
 *
 * of mean and of var. If `unbiased`, var is multiplied by M / (M - 1) first, M = count numbers of a channel
 * in the batch, as PyTorch keeps it; Keras keeps var as it is, and calls 1 - momentum momentum. One number
 * has no unbiased variance: var, 0, is then taken as it is. */
void REF(batch_norm_update)(int C, const real *mean, const real *var, real *running_mean, real *running_var,
                            double momentum, uint64_t count, uint64_t unbiased)
{
    double more = unbiased && count > 1 ? (double)count / ((double)count - 1) : 1;
    for (int c = 0; c < C; c++) {
        running_mean[c] = (real)(1 - momentum) * running_mean[c] + (real)momentum * mean[c];
        running_var[c] = (real)(1 - momentum) * running_var[c] + (real)(momentum * more) * var[c];
    }
}
