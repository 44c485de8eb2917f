/* loss_tile.h - the losses of n elements in vectors; included once for each width.
 *
 * The file that includes it defines LOSS_VECTOR (the table's name) after the words of vec_avx2.h or vec_avx512.h. Four
 * sums stand side by side: one would wait for its last addition, and round four times as often. A tail of n % WIDTH
 * elements goes through masked loads and stores; the lanes that they leave empty do not count.
 */
#include "loss_vector.h"
#include "vec_exp.h"

enum { SUMS = 4 };

/* ---- each loss at (y, t) and its slope; p is the parameter, if it has one ---- */

VEC vec mse_value(vec y, vec t, vec p)
{
    vec d = vec_sub(y, t);
    (void)p;
    return vec_mul(d, d);
}

VEC vec mse_slope(vec y, vec t, vec p)
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
VEC vec mae_slope(vec y, vec t, vec p)
{
    vec d = vec_sub(y, t), zero = vec_zero(), one = vec_set1(1);
    (void)p;
    return vec_if_positive(d, one, vec_if_positive(vec_sub(zero, d), vec_sub(zero, one), d));
}

/* d cut to [-p, p] */
VEC vec huber_slope(vec y, vec t, vec p)
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
VEC vec bce_inside_slope(vec y, vec t, vec p)
{
    (void)p;
    return vec_div(vec_sub(y, t), vec_max(vec_set1(1e-12f), bce_variance(y)));
}

VEC vec bce_slope(vec y, vec t, vec p)
{
    return vec_of_probability(bce_variance(y), bce_inside_slope(probability(y), t, p));
}

/* 1 if all y are in [0, 1], or NaNs: then the rule costs a comparison per SUMS vectors. A NaN on the left of
 * vec_min does not come through. */
VEC int bce_inside(const vec y[SUMS])
{
    vec low = vec_zero();
    for (int k = 0; k < SUMS; k++) low = vec_min(bce_variance(y[k]), low);
    return !vec_any_negative(low);
}

/* the part of z that t leaves, see reference/loss_real.c */
VEC vec left_by(vec z, vec t)
{
    return vec_if_positive(z, vec_sub(vec_set1(1), t), t);
}

/* |z| left_by(z, t) + log(1 + exp(-|z|)) */
VEC vec bce_logits_value(vec z, vec t, vec p)
{
    (void)p;
    return vec_plus_log1p_exp(vec_mul(vec_absolute(z), left_by(z, t)), vec_negative(z));
}

/* sigmoid(-|z|) - left_by(z, t), turned where z > 0 */
VEC vec bce_logits_slope(vec z, vec t, vec p)
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

VEC void keep(const struct loss_job *j, int i, int n, vec value, vec *sum)
{
    if (j->loss)
        store_some(j->loss + i, n, value);
    else
        *sum = vec_add(*sum, n == WIDTH ? value : vec_first_or(n, value, vec_zero()));
}

VEC void give(const struct loss_job *j, int i, int n, vec slope)
{
    store_some(j->dy + i, n, vec_mul(slope, j->dloss ? load_some(j->dloss + i, n) : vec_set1(j->up)));
}

/* A vector's worth of elements, n of them from i on. y and t are read before dy, which may be y, is written. */
#define FORWARD(f, i, n, sum)                                         \
    {                                                                 \
        vec y = load_some(j.y + (i), n), t = load_some(j.t + (i), n); \
        keep(&j, i, n, f##_value(y, t, p), sum);                      \
    }
#define BACKWARD(f, i, n, sum)                                        \
    {                                                                 \
        vec y = load_some(j.y + (i), n), t = load_some(j.t + (i), n); \
        give(&j, i, n, f##_slope(y, t, p));                           \
    }
#define BOTH(f, i, n, sum)                                            \
    {                                                                 \
        vec y = load_some(j.y + (i), n), t = load_some(j.t + (i), n); \
        keep(&j, i, n, f##_value(y, t, p), sum);                      \
        give(&j, i, n, f##_slope(y, t, p));                           \
    }

/* The same for SUMS vectors, with sum[SUMS]. A slope may have a shorter way where all y are inside. */
#define FORWARD_GROUP(f, i, sum)                                                     \
    {                                                                                \
        for (int k = 0; k < SUMS; k++) FORWARD(f, (i) + k * WIDTH, WIDTH, &(sum)[k]) \
    }
#define BOTH_GROUP(f, i, sum)                                                     \
    {                                                                             \
        for (int k = 0; k < SUMS; k++) BOTH(f, (i) + k * WIDTH, WIDTH, &(sum)[k]) \
    }
#define BACKWARD_GROUP(f, i, sum)                                                                      \
    {                                                                                                  \
        vec y[SUMS], t[SUMS];                                                                          \
        for (int k = 0; k < SUMS; k++) {                                                               \
            y[k] = vec_load(j.y + (i) + k * WIDTH);                                                    \
            t[k] = vec_load(j.t + (i) + k * WIDTH);                                                    \
        }                                                                                              \
        if (f##_inside(y))                                                                             \
            for (int k = 0; k < SUMS; k++)                                                             \
                give(&j, (i) + k * WIDTH, WIDTH, f##_inside_slope(y[k], t[k], p));                     \
        else                                                                                           \
            for (int k = 0; k < SUMS; k++) give(&j, (i) + k * WIDTH, WIDTH, f##_slope(y[k], t[k], p)); \
    }

/* the losses that have no shorter way to their slope */
#define mse_inside(y)           0
#define mse_inside_slope        mse_slope
#define mae_inside(y)           0
#define mae_inside_slope        mae_slope
#define huber_inside(y)         0
#define huber_inside_slope      huber_slope
#define bce_logits_inside(y)    0
#define bce_logits_inside_slope bce_logits_slope

#define PIECE_FUNCTION(name, f, DO)                                                                    \
    KERNEL static float name(const struct loss_job *job, int at, int n)                                \
    {                                                                                                  \
        const struct loss_job j = *job; /* a copy that no store of a float may change */               \
        const int end = at + n;                                                                        \
        vec p = vec_set1(j.parameter), sum[SUMS] = { vec_zero(), vec_zero(), vec_zero(), vec_zero() }; \
        for (; end - at >= SUMS * WIDTH; at += SUMS * WIDTH) {                                         \
            DO##_GROUP(f, at, sum)                                                                     \
        }                                                                                              \
        for (; end - at >= WIDTH; at += WIDTH) DO(f, at, WIDTH, &sum[0])                               \
        if (at < end) DO(f, at, end - at, &sum[1])                                                     \
        (void)p;                                                                                       \
        return vec_sum(vec_add(vec_add(sum[0], sum[1]), vec_add(sum[2], sum[3])));                     \
    }
#define LOSS(f, ...)                          \
    PIECE_FUNCTION(f##_forward, f, FORWARD)   \
    PIECE_FUNCTION(f##_backward, f, BACKWARD) \
    PIECE_FUNCTION(f##_with_gradient, f, BOTH)
#define LOSS_WITH LOSS
#include "../ops/losses.h"
#undef LOSS

const struct loss_vector LOSS_VECTOR = {
#define LOSS(f, ...) { f##_forward, f##_backward, f##_with_gradient },
#include "../ops/losses.h"
#undef LOSS
#undef LOSS_WITH
};
