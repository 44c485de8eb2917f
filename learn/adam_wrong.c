/* adam_wrong.c - wrong versions of one step of Adam on n weights; see mistakes.h.
 *
 *   m = beta1 m + (1 - beta1) dw, v = beta2 v + (1 - beta2) dw^2, c = 1 - beta^t
 *   w = w - lr (m / c1) / (sqrt(v / c2) + eps)
 */
#include <stdint.h>
#include "../reference/real.h"
#include "wrong.h"

#define STEP                                                                                             \
    int n, const real *dw, real *w, real *m, real *v, double lr, double beta1, double beta2, double eps, \
        uint64_t t

/* the two running means of element k */
static void means(int k, const real *dw, real *m, real *v, double beta1, double beta2)
{
    m[k] = (real)(beta1 * (double)m[k] + (1 - beta1) * (double)dw[k]);
    v[k] = (real)(beta2 * (double)v[k] + (1 - beta2) * (double)dw[k] * (double)dw[k]);
}

static double correction(double beta, uint64_t t)
{
    return 1 - pow(beta, (double)t);
}

void REF(adam_uncorrected)(STEP)
{
    (void)t;
    for (int k = 0; k < n; k++) {
        means(k, dw, m, v, beta1, beta2);
        w[k] -= (real)(lr * (double)m[k] / (sqrt((double)v[k]) + eps));
    }
}

void REF(adam_eps_inside)(STEP)
{
    for (int k = 0; k < n; k++) {
        means(k, dw, m, v, beta1, beta2);
        w[k] -= (real)(lr * (double)m[k] / correction(beta1, t) /
                       sqrt((double)v[k] / correction(beta2, t) + eps));
    }
}

void REF(adam_eps_hat)(STEP)
{
    for (int k = 0; k < n; k++) {
        means(k, dw, m, v, beta1, beta2);
        w[k] -= (real)(lr * sqrt(correction(beta2, t)) / correction(beta1, t) * (double)m[k] /
                       (sqrt((double)v[k]) + eps));
    }
}

void REF(adam_from_zero)(STEP)
{
    for (int k = 0; k < n; k++) {
        means(k, dw, m, v, beta1, beta2);
        w[k] -= (real)(lr * (double)m[k] / correction(beta1, t - 1) /
                       (sqrt((double)v[k] / correction(beta2, t - 1)) + eps));
    }
}

void REF(adam_swapped)(STEP)
{
    for (int k = 0; k < n; k++) {
        means(k, dw, m, v, beta2, beta1);
        w[k] -= (real)(lr * (double)m[k] / correction(beta2, t) /
                       (sqrt((double)v[k] / correction(beta1, t)) + eps));
    }
}

void REF(adam_old_m)(STEP)
{
    for (int k = 0; k < n; k++) {
        double old = (double)m[k];
        means(k, dw, m, v, beta1, beta2);
        w[k] -= (real)(lr * old / correction(beta1, t) / (sqrt((double)v[k] / correction(beta2, t)) + eps));
    }
}

void REF(adam_no_root)(STEP)
{
    for (int k = 0; k < n; k++) {
        means(k, dw, m, v, beta1, beta2);
        w[k] -=
            (real)(lr * (double)m[k] / correction(beta1, t) / ((double)v[k] / correction(beta2, t) + eps));
    }
}

void REF(adam_not_squared)(STEP)
{
    for (int k = 0; k < n; k++) {
        double old = (double)v[k];
        means(k, dw, m, v, beta1, beta2);
        v[k] = (real)(beta2 * old + (1 - beta2) * fabs((double)dw[k]));
        w[k] -= (real)(lr * (double)m[k] / correction(beta1, t) /
                       (sqrt((double)v[k] / correction(beta2, t)) + eps));
    }
}

void REF(adam_corrected_state)(STEP)
{
    for (int k = 0; k < n; k++) {
        means(k, dw, m, v, beta1, beta2);
        m[k] = (real)((double)m[k] / correction(beta1, t));
        w[k] -= (real)(lr * (double)m[k] / (sqrt((double)v[k] / correction(beta2, t)) + eps));
    }
}

void REF(adam_uphill)(STEP)
{
    for (int k = 0; k < n; k++) {
        means(k, dw, m, v, beta1, beta2);
        w[k] += (real)(lr * (double)m[k] / correction(beta1, t) /
                       (sqrt((double)v[k] / correction(beta2, t)) + eps));
    }
}
