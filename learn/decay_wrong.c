/* decay_wrong.c - wrong versions of steps that keep n weights small; see mistakes.h. */
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

/* ---- dw = dloss lambda w ---- */

#define PENALTY(name, value)                                                         \
    void REF(name)(int n, const real *w, const real *dloss, real *dw, double lambda) \
    {                                                                                \
        (void)dloss;                                                                 \
        for (int k = 0; k < n; k++) dw[k] = (value);                                 \
    }
PENALTY(penalty_doubled, *dloss * 2 * (real)lambda * w[k])
PENALTY(penalty_halved, *dloss *(real)lambda / 2 * w[k])
PENALTY(penalty_no_upstream, (real)lambda *w[k])
PENALTY(penalty_sign, *dloss *(real)lambda *(w[k] > 0 ? 1 : -1))
PENALTY(penalty_over_n, *dloss *(real)lambda *w[k] / n)

/* ---- w = w - lr (dw + wd w) ---- */

#define COUPLED(name, ...)                                               \
    void REF(name)(int n, const real *dw, real *w, double lr, double wd) \
    {                                                                    \
        const real rate = (real)lr, decay = (real)wd;                    \
        for (int k = 0; k < n; k++) {                                    \
            __VA_ARGS__                                                  \
        }                                                                \
    }
COUPLED(coupled_without_rate, w[k] -= rate * dw[k] + decay * w[k];)
COUPLED(coupled_grows, w[k] -= rate * (dw[k] - decay * w[k]);)
COUPLED(coupled_after, w[k] -= rate * dw[k]; w[k] -= rate * decay * w[k];)
COUPLED(coupled_sign, w[k] -= rate * (dw[k] + decay * (w[k] > 0 ? 1 : -1));)
COUPLED(coupled_averaged, w[k] -= rate * ((1 - decay) * dw[k] + decay * w[k]);)

/* ---- w = (1 - lr wd) w ---- */

#define DECOUPLED(name, value)                           \
    void REF(name)(int n, real *w, double lr, double wd) \
    {                                                    \
        const real rate = (real)lr, decay = (real)wd;    \
        (void)rate;                                      \
        for (int k = 0; k < n; k++) w[k] = (value);      \
    }
DECOUPLED(decoupled_without_rate, (1 - decay) * w[k])
DECOUPLED(decoupled_grows, (1 + rate * decay) * w[k])
DECOUPLED(decoupled_implicit, w[k] / (1 + rate * decay))
DECOUPLED(decoupled_doubled, (1 - 2 * rate * decay) * w[k])
DECOUPLED(decoupled_sign, w[k] - rate * decay * (w[k] > 0 ? 1 : -1))

/* ---- w (T,D) = (1 - lr wd) w - lr dw where rank (T) is 2 or more, else w - lr dw ---- */

#define SPARED(name, decays, rate_of_step)                                                       \
    void REF(name)(int T, int D, const int *rank, const real *dw, real *w, double lr, double wd) \
    {                                                                                            \
        for (int t = 0; t < T; t++)                                                              \
            for (int i = 0; i < D; i++) {                                                        \
                const int k = t * D + i, does = (decays);                                        \
                (void)rank;                                                                      \
                w[k] = (does ? 1 - (real)(lr * wd) : 1) * w[k] - (real)(rate_of_step)*dw[k];     \
            }                                                                                    \
    }
SPARED(spared_nobody, 1, lr)
SPARED(spared_everybody, 0, lr)
SPARED(spared_weights, rank[t] < 2, lr)
SPARED(spared_matrices, rank[t] > 2, lr)
SPARED(spared_scalars_alone, rank[t] >= 1, lr)
SPARED(spared_by_first, rank[0] >= 2, lr)
SPARED(spared_by_element, rank[k % T] >= 2, lr)
SPARED(spared_and_frozen, rank[t] >= 2, rank[t] >= 2 ? lr : 0)

/* ---- w = w - lr (dw + wd w), otherwise wrong ---- */

void REF(sgd_decay_missing)(int n, const real *dw, real *w, double lr, double wd)
{
    (void)wd;
    for (int k = 0; k < n; k++) w[k] -= (real)lr * dw[k];
}

void REF(sgd_decay_uphill)(int n, const real *dw, real *w, double lr, double wd)
{
    for (int k = 0; k < n; k++) w[k] = (real)(1 - lr * wd) * w[k] + (real)lr * dw[k];
}

void REF(sgd_decay_of_gradient)(int n, const real *dw, real *w, double lr, double wd)
{
    for (int k = 0; k < n; k++) w[k] -= (real)(lr * (1 + wd)) * dw[k];
}
