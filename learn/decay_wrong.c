/* decay_wrong.c - L1's proximal step on n weights as it is got wrong; see mistakes.h. */
#include "../reference/real.h"
#include "wrong.h"

/* ---- w = sign(w) max(|w| - lr lambda, 0) ---- */

void REF(threshold_past_zero)(int n, real *w, double lr, double lambda)
{
    const real t = (real)(lr * lambda);
    for (int k = 0; k < n; k++) w[k] -= w[k] > 0 ? t : w[k] < 0 ? -t : 0;
}

void REF(threshold_nearly)(int n, real *w, double lr, double lambda)
{
    const real t = (real)(lr * lambda);
    for (int k = 0; k < n; k++) w[k] = w[k] > t ? w[k] - t : w[k] < -t ? w[k] + t : w[k] * (real)1e-9;
}

void REF(threshold_hard)(int n, real *w, double lr, double lambda)
{
    const real t = (real)(lr * lambda);
    for (int k = 0; k < n; k++) w[k] = w[k] > t || w[k] < -t ? w[k] : 0;
}

void REF(threshold_without_rate)(int n, real *w, double lr, double lambda)
{
    const real t = (real)lambda;
    (void)lr;
    for (int k = 0; k < n; k++) w[k] = w[k] > t ? w[k] - t : w[k] < -t ? w[k] + t : 0;
}

void REF(threshold_one_side)(int n, real *w, double lr, double lambda)
{
    const real t = (real)(lr * lambda);
    for (int k = 0; k < n; k++) w[k] = w[k] > t ? w[k] - t : 0;
}

void REF(threshold_shrinks)(int n, real *w, double lr, double lambda)
{
    for (int k = 0; k < n; k++) w[k] *= (real)(1 - lr * lambda);
}
