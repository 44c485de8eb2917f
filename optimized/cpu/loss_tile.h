/* loss_tile.h - the losses of n elements in vectors; included once for each width.
 *
 * The file that includes it defines LOSS_VECTOR (the table's name) after the words of vec_avx2.h or
 * vec_avx512.h. Four sums stand side by side: one would wait for its last addition, and round four
 * times as often. A tail of n % WIDTH elements goes through masked loads and stores; the lanes that
 * they leave empty do not count.
 */
#include "loss_vector.h"

#include <stddef.h>

#include "vec_exp.h"

enum { SUMS = 4 };

/* ---- each loss at (y, t) and its slope; p is the parameter, if it has one ---- */

VEC vec mse_value(vec y, vec t, vec p)
{
    vec d = vec_sub(y, t);
    (void)p;
    return vec_mul(d, d);
}

VEC vec mse_derivative(vec y, vec t, vec p)
{
    vec d = vec_sub(y, t);
    (void)p;
    return vec_add(d, d);
}

VEC vec vec_absolute(vec x)
{
    return vec_max(vec_sub(vec_zero(), x), x);
}

VEC vec mae_value(vec y, vec t, vec p)
{
    (void)p;
    return vec_absolute(vec_sub(y, t));
}

/* 1, -1, or 0 where d is 0; a NaN comes through */
VEC vec mae_derivative(vec y, vec t, vec p)
{
    vec d = vec_sub(y, t), zero = vec_zero(), one = vec_set1(1);
    (void)p;
    return vec_if_positive(d, one, vec_if_positive(vec_sub(zero, d), vec_sub(zero, one), d));
}

/* d cut to [-p, p] */
VEC vec huber_derivative(vec y, vec t, vec p)
{
    return vec_max(vec_sub(vec_zero(), p), vec_min(p, vec_sub(y, t)));
}

/* with a = min(|d|, p): a |d| - a^2 / 2 is d^2 / 2 inside, p (|d| - p / 2) outside */
VEC vec huber_value(vec y, vec t, vec p)
{
    vec d = vec_absolute(vec_sub(y, t)), a = vec_min(p, d);
    return vec_mul(a, vec_fma(vec_set1(-0.5f), a, d));
}

/* y in [0, 1], or the end that it passed; a NaN for a NaN */
VEC vec probability(vec y)
{
    return vec_relu(vec_min(vec_set1(1), y));
}

/* x, or a NaN where y is outside [0, 1] by 2^-20 or more, or a NaN. variance is y (1 - y), which rounds to
 * -d (1 + d) or less just where y is outside by d = 2^-20 or more. */
VEC vec vec_of_probability(vec variance, vec x)
{
    return vec_nan_unless_above(-0x1p-20f * (1 + 0x1p-20f), variance, x);
}

/* -t log y - (1 - t) log(1 - y); what 1 - y loses in rounding moves its log by lost / (1 - y), about
 * lost (1 + y). A log lies in [-100, 0], as at the end of [0, 1] that y may have passed. 1 - y is 2^-24 at
 * least, or no more than 0. */
VEC vec bce_value(vec y, vec t, vec p)
{
    vec zero = vec_zero(), one = vec_set1(1), least = vec_set1(-100), rest = vec_sub(one, y);
    vec lost = vec_sub(vec_sub(one, rest), y);
    vec of_y = vec_min(zero, vec_max(least, vec_log_plus(y, zero)));
    vec of_rest = vec_min(zero, vec_log_plus_normal(rest, vec_fma(lost, y, lost)));
    (void)p;
    of_rest = vec_if_positive(rest, of_rest, least);
    vec loss = vec_sub(zero, vec_fma(t, of_y, vec_mul(vec_sub(one, t), of_rest)));
    return vec_of_probability(vec_mul(y, rest), loss);
}

VEC vec bce_variance(vec y)
{
    return vec_mul(y, vec_sub(vec_set1(1), y));
}

/* of y in [0, 1], or a NaN */
VEC vec bce_inside_derivative(vec y, vec t, vec p)
{
    (void)p;
    return vec_div(vec_sub(y, t), vec_max(vec_set1(1e-12f), bce_variance(y)));
}

VEC vec bce_derivative(vec y, vec t, vec p)
{
    return vec_of_probability(bce_variance(y), bce_inside_derivative(probability(y), t, p));
}

/* 1 if all y are in [0, 1], or NaNs: then the rule costs a comparison per SUMS vectors. The variance
 * of others is negative. */
VEC int bce_inside(const vec y[SUMS])
{
    vec low = vec_min(bce_variance(y[0]), bce_variance(y[1]));
    return !vec_any_negative(vec_min(low, vec_min(bce_variance(y[2]), bce_variance(y[3]))));
}

/* the part of z that t leaves, see reference/loss_real.c */
VEC vec left_by(vec z, vec t)
{
    return vec_if_positive(z, vec_sub(vec_set1(1), t), t);
}

/* |z| left_by(z, t) + log(1 + exp(-|z|)); the first term is max(z, 0) - z t, rounded once */
VEC vec bce_logits_value(vec z, vec t, vec p)
{
    (void)p;
    return vec_plus_log1p_exp(vec_fnma(z, t, vec_relu(z)), vec_negative(z));
}

/* sigmoid(-|z|) - left_by(z, t), turned where z > 0 */
VEC vec bce_logits_derivative(vec z, vec t, vec p)
{
    vec away = vec_sub(vec_sigmoid_below(vec_negative(z)), left_by(z, t));
    (void)p;
    return vec_if_positive(z, vec_sub(vec_zero(), away), away);
}

/* ---- over n elements ---- */

/* the first n <= WIDTH elements at p: whole vectors need no mask */
VEC vec load_some(const float *p, int n)
{
    return n == WIDTH ? vec_load(p) : vec_load_first(p, n);
}

VEC void store_some(float *p, int n, vec x)
{
    if (n == WIDTH)
        vec_store(p, x);
    else
        vec_store_first(p, n, x);
}

/* `each` is a constant: 1 if each element has a loss of its own, or a dloss, 0 if there is one
 * for all. No loop asks. */
VEC void keep(const struct loss_job *j, int i, int n, int each, vec value, vec *sum)
{
    if (each)
        store_some(j->loss + i, n, value);
    else
        *sum = vec_add(*sum, n == WIDTH ? value : vec_first_or(n, value, vec_zero()));
}

VEC void give(const struct loss_job *j, int i, int n, int each, vec derivative)
{
    store_some(j->dy + i, n, vec_mul(derivative, each ? load_some(j->dloss + i, n) : vec_set1(j->up)));
}

/* Each is inlined where it is called, with the functions that it is handed. y and t are read before dy, which
 * may be y, is written. The job is copied: no store of a float may change the copy. */
typedef vec element_fn(vec y, vec t, vec p);

VEC vec value_at(const struct loss_job *j, int i, int n, vec p, element_fn *f)
{
    return f(load_some(j->y + i, n), load_some(j->t + i, n), p);
}

VEC float sum_or_keep(const struct loss_job *job, int at, int n, int each, element_fn *value)
{
    const struct loss_job j = *job;
    const int end = at + n;
    const vec p = vec_set1(j.parameter);
    vec sum[SUMS] = { vec_zero(), vec_zero(), vec_zero(), vec_zero() };
    for (; end - at >= SUMS * WIDTH; at += SUMS * WIDTH)
        for (int k = 0; k < SUMS; k++) {
            int i = at + k * WIDTH;
            keep(&j, i, WIDTH, each, value_at(&j, i, WIDTH, p, value), &sum[k]);
        }
    for (; end - at >= WIDTH; at += WIDTH)
        keep(&j, at, WIDTH, each, value_at(&j, at, WIDTH, p, value), &sum[0]);
    if (at < end) keep(&j, at, end - at, each, value_at(&j, at, end - at, p, value), &sum[1]);
    return vec_sum(vec_add(vec_add(sum[0], sum[1]), vec_add(sum[2], sum[3])));
}

VEC float losses(const struct loss_job *job, int at, int n, element_fn *value)
{
    return job->loss ? sum_or_keep(job, at, n, 1, value) : sum_or_keep(job, at, n, 0, value);
}

/* SUMS vectors of y are loaded before the first store. `inside` tells whether their
 * slopes have a shorter way. */
VEC float derivatives_by_group(const struct loss_job *job, int at, int n, int each, element_fn *derivative,
                               int (*inside)(const vec *y), element_fn *inside_derivative)
{
    const struct loss_job j = *job;
    const int end = at + n;
    const vec p = vec_set1(j.parameter);
    for (; end - at >= SUMS * WIDTH; at += SUMS * WIDTH) {
        vec y[SUMS];
        for (int k = 0; k < SUMS; k++) y[k] = vec_load(j.y + at + k * WIDTH);
        const int is_inside = inside && inside(y);
        for (int k = 0; k < SUMS; k++) {
            const int i = at + k * WIDTH;
            const vec t = vec_load(j.t + i);
            give(&j, i, WIDTH, each, is_inside ? inside_derivative(y[k], t, p) : derivative(y[k], t, p));
        }
    }
    for (; end - at >= WIDTH; at += WIDTH) give(&j, at, WIDTH, each, value_at(&j, at, WIDTH, p, derivative));
    if (at < end) give(&j, at, end - at, each, value_at(&j, at, end - at, p, derivative));
    return 0;
}

VEC float derivatives(const struct loss_job *job, int at, int n, element_fn *derivative)
{
    return job->dloss ? derivatives_by_group(job, at, n, 1, derivative, NULL, NULL)
                      : derivatives_by_group(job, at, n, 0, derivative, NULL, NULL);
}

VEC float bce_derivatives(const struct loss_job *job, int at, int n)
{
    return job->dloss
               ? derivatives_by_group(job, at, n, 1, bce_derivative, bce_inside, bce_inside_derivative)
               : derivatives_by_group(job, at, n, 0, bce_derivative, bce_inside, bce_inside_derivative);
}

/* with_gradient has no dloss */
VEC void both_at(const struct loss_job *j, int i, int n, int each, vec p, element_fn *value,
                 element_fn *derivative, vec *sum)
{
    vec y = load_some(j->y + i, n), t = load_some(j->t + i, n);
    keep(j, i, n, each, value(y, t, p), sum);
    give(j, i, n, 0, derivative(y, t, p));
}

VEC float sum_or_keep_both(const struct loss_job *job, int at, int n, int each, element_fn *value,
                           element_fn *derivative)
{
    const struct loss_job j = *job;
    const int end = at + n;
    const vec p = vec_set1(j.parameter);
    vec sum[SUMS] = { vec_zero(), vec_zero(), vec_zero(), vec_zero() };
    for (; end - at >= SUMS * WIDTH; at += SUMS * WIDTH)
        for (int k = 0; k < SUMS; k++)
            both_at(&j, at + k * WIDTH, WIDTH, each, p, value, derivative, &sum[k]);
    for (; end - at >= WIDTH; at += WIDTH) both_at(&j, at, WIDTH, each, p, value, derivative, &sum[0]);
    if (at < end) both_at(&j, at, end - at, each, p, value, derivative, &sum[1]);
    return vec_sum(vec_add(vec_add(sum[0], sum[1]), vec_add(sum[2], sum[3])));
}

VEC float both(const struct loss_job *job, int at, int n, element_fn *value, element_fn *derivative)
{
    return job->loss ? sum_or_keep_both(job, at, n, 1, value, derivative)
                     : sum_or_keep_both(job, at, n, 0, value, derivative);
}

/* clang-format off */
KERNEL static float mse_forward(const struct loss_job *job, int at, int n) { return losses(job, at, n, mse_value); }
KERNEL static float mse_backward(const struct loss_job *job, int at, int n) { return derivatives(job, at, n, mse_derivative); }
KERNEL static float mse_with_gradient(const struct loss_job *job, int at, int n) { return both(job, at, n, mse_value, mse_derivative); }

KERNEL static float mae_forward(const struct loss_job *job, int at, int n) { return losses(job, at, n, mae_value); }
KERNEL static float mae_backward(const struct loss_job *job, int at, int n) { return derivatives(job, at, n, mae_derivative); }
KERNEL static float mae_with_gradient(const struct loss_job *job, int at, int n) { return both(job, at, n, mae_value, mae_derivative); }

KERNEL static float huber_forward(const struct loss_job *job, int at, int n) { return losses(job, at, n, huber_value); }
KERNEL static float huber_backward(const struct loss_job *job, int at, int n) { return derivatives(job, at, n, huber_derivative); }
KERNEL static float huber_with_gradient(const struct loss_job *job, int at, int n) { return both(job, at, n, huber_value, huber_derivative); }

KERNEL static float bce_forward(const struct loss_job *job, int at, int n) { return losses(job, at, n, bce_value); }
KERNEL static float bce_backward(const struct loss_job *job, int at, int n) { return bce_derivatives(job, at, n); }
KERNEL static float bce_with_gradient(const struct loss_job *job, int at, int n) { return both(job, at, n, bce_value, bce_derivative); }

KERNEL static float bce_logits_forward(const struct loss_job *job, int at, int n) { return losses(job, at, n, bce_logits_value); }
KERNEL static float bce_logits_backward(const struct loss_job *job, int at, int n) { return derivatives(job, at, n, bce_logits_derivative); }
KERNEL static float bce_logits_with_gradient(const struct loss_job *job, int at, int n) { return both(job, at, n, bce_logits_value, bce_logits_derivative); }
/* clang-format on */

const struct loss_vector LOSS_VECTOR = {
#define LOSS(f, ...) { f##_forward, f##_backward, f##_with_gradient },
#define LOSS_WITH    LOSS
#include "../ops/losses.h"
#undef LOSS
#undef LOSS_WITH
};
