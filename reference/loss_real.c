/* loss_real.c - losses that need log1p, which C has for real numbers only: their gradients are checked
 * against differences. Else as loss.c.
 *
 * Binary cross-entropy of probabilities, and of logits z with p = 1 / (1 + exp(-z)): -t log p - (1 - t) log(1
 * - p), t in [0, 1]. Both are sums of terms >= 0, in which nothing cancels: a loss keeps its digits down to
 * the smallest normal number, however sure and right the network is.
 */
#include "loss_reduce.h"
#include "reference.h"

#if !defined REAL_cplx

/* ---- bce ---- */

/* y, or the end of [0, 1] that it passed by less than 2^-20: a sum of probabilities that rounds, and 1 minus
 * it, do that. A y further out is no probability, and gives a NaN, as a NaN does: y (1 - y),
 * rounded, is -d (1 + d) or less just where y is outside by d = 2^-20 or more. Of three choices, none of
 * which waits for another, the compiler makes vectors: bce_backward needs 8 operations for them beside a
 * division and 9 others, and so 1.6 times the time (Zen 3). Later rungs ask once per block. */
static inline real probability(real y)
{
    const real d = (real)0x1p-20, rest = 1 - y;
    real above_0 = y > 0 ? y : 0, above_1 = rest < 0 ? rest : 0;
    real none = y * rest > -d * (1 + d) ? 0 : (real)NAN;
    return none + (above_0 + above_1);
}

/* log, but -100 at least: a loss stays finite where the network is sure and wrong, at y = 0 or 1 */
static inline real log_from(real log_y)
{
    return log_y < -100 ? -100 : log_y;
}

/* -t log p - (1 - t) log(1 - p); log1p keeps the digits for small p. Outside of [0, 1] one of the logarithms
 * is a NaN: only then need anybody ask how far outside. */
static inline real bce(real p, real t)
{
    return -(t * log_from(log(p)) + (1 - t) * log_from(log1p(-p)));
}

/* (p - t) / variance, that is p (1 - p), but 1e-12 at least; of a y that passed an end it is negative */
static inline real bce_derivative(real p, real t, real variance)
{
    return (p - t) / (variance < (real)1e-12 ? (real)1e-12 : variance);
}

/* the loss of element k is bce(y, t) */
void REF(bce_forward)(int n, const real *y, const real *t, real *loss, int reduction)
{
    wide total = 0;
    for (int k = 0; k < n; k++) {
        real each = bce(y[k], t[k]);
        if (isnan(each)) each = bce(probability(y[k]), t[k]);
        total += keep(each, loss, k, reduction);
    }
    reduce(total, n, loss, reduction);
}

/* dy = dloss (y - t) / (y (1 - y)), over n if the loss is the mean */
void REF(bce_backward)(int n, const real *y, const real *t, const real *dloss, real *dy, int reduction)
{
    for (int k = 0; k < n; k++)
        dy[k] = upstream(dloss, k, n, reduction) * bce_derivative(probability(y[k]), t[k], y[k] * (1 - y[k]));
}

void REF(bce_with_gradient)(int n, const real *y, const real *t, real *loss, real *dy, int reduction)
{
    wide total = 0;
    for (int k = 0; k < n; k++) {
        real p = y[k], each = bce(p, t[k]);
        if (isnan(each)) p = probability(p), each = bce(p, t[k]);
        real derivative = bce_derivative(p, t[k], p * (1 - p));
        total += keep(each, loss, k, reduction);
        dy[k] = share(n, reduction) * derivative;
    }
    reduce(total, n, loss, reduction);
}

/* ---- bce_logits: y holds logits z ---- */

/* log(1 + exp(z)) - z t = |z| w + log1p(exp(-|z|)), w = 1 - t where z > 0, else t: nothing overflows */
static inline real bce_logits(real z, real t)
{
    return z > 0 ? z * (1 - t) + log1p(exp(-z)) : -z * t + log1p(exp(z));
}

/* sigmoid(z) - t; where z > 0 as (1 - t) - sigmoid(-z), which is small without being a difference from 1 */
static inline real bce_logits_derivative(real z, real t)
{
    real e = exp(z > 0 ? -z : z), p = e / (1 + e);
    return z > 0 ? (1 - t) - p : p - t;
}

/* the loss of element k is bce_logits(y, t) */
void REF(bce_logits_forward)(int n, const real *y, const real *t, real *loss, int reduction)
{
    wide total = 0;
    for (int k = 0; k < n; k++) total += keep(bce_logits(y[k], t[k]), loss, k, reduction);
    reduce(total, n, loss, reduction);
}

/* dy = dloss (sigmoid(y) - t), over n if the loss is the mean */
void REF(bce_logits_backward)(int n, const real *y, const real *t, const real *dloss, real *dy, int reduction)
{
    for (int k = 0; k < n; k++) dy[k] = upstream(dloss, k, n, reduction) * bce_logits_derivative(y[k], t[k]);
}

void REF(bce_logits_with_gradient)(int n, const real *y, const real *t, real *loss, real *dy, int reduction)
{
    wide total = 0;
    for (int k = 0; k < n; k++) {
        real derivative = bce_logits_derivative(y[k], t[k]);
        total += keep(bce_logits(y[k], t[k]), loss, k, reduction);
        dy[k] = share(n, reduction) * derivative;
    }
    reduce(total, n, loss, reduction);
}

#endif
