/* loss_portable.c - 01_lanes, 01_hoisted: losses of n elements in straight code, of which the
 * compiler makes vectors by itself.
 *
 * The naive loss adds to one variable, and asks at each element what becomes of it; exp and log are calls.
 * Here a block's losses go to an array, by polynomials where there were calls (exp_poly.h), and are then
 * summed in sixteen lanes side by side. A derivative has no sum: what is left is to make the upstream
 * factor once, before the loop.
 */
#include <math.h>
#include <stddef.h>

#include "exp_portable.h"
#include "loss_vector.h"

enum {
    LANES = 16,
    BLOCK = 1024 /* elements: with 16 lanes, 64 additions each */
};

#include "lanes.h"

static inline float mse_value(float y, float t, float p)
{
    (void)p;
    return (y - t) * (y - t);
}

static inline float mse_derivative(float y, float t, float p)
{
    (void)p;
    return 2 * (y - t);
}

static inline float mae_value(float y, float t, float p)
{
    (void)p;
    return magnitude(y - t);
}

static inline float mae_derivative(float y, float t, float p)
{
    float d = y - t;
    (void)p;
    return d > 0 ? 1 : d < 0 ? -1 : d;
}

static inline float huber_derivative(float y, float t, float p)
{
    return within(p, y - t);
}

/* with a = min(|d|, p): a |d| - a^2 / 2 is d^2 / 2 inside, p (|d| - p / 2) outside */
static inline float huber_value(float y, float t, float p)
{
    float d = magnitude(y - t), a = d > p ? p : d;
    return a * (d - a / 2);
}

static inline float at_least(float low, float x)
{
    return x < low ? low : x;
}

/* y in [0, 1], or the end that it passed; rest is 1 - y. Two choices of which neither waits for the other: of
 * two in turn the compiler makes no vectors, or slow ones. */
static inline float nearest_probability(float y, float rest)
{
    return (y > 0 ? y : 0) + (rest < 0 ? rest : 0);
}

/* 0, but a NaN where y is outside [0, 1] by 2^-20 or more, or a NaN. variance is y (1 - y), which rounds to
 * -d (1 + d) or less just where y is outside by d = 2^-20 or more. */
static inline float none_outside(float variance)
{
    return variance > -0x1p-20f * (1 + 0x1p-20f) ? 0 : NAN;
}

/* what 1 - y loses in rounding moves its log by lost / (1 - y), about lost (1 + y); 1 - y is 2^-24 at least,
 * or 0, for which the log, -88, is put below -100 */
static inline float bce_value(float y, float t, float p)
{
    float none = none_outside(y * (1 - y)), in = nearest_probability(y, 1 - y);
    float rest = 1 - in, lost = (1 - rest) - in;
    float of_rest = log_plus_normal(rest, lost + lost * in) - (rest > 0 ? 0 : 100);
    (void)p;
    return none - (t * at_least(-100, log_plus(in, 0)) + (1 - t) * at_least(-100, of_rest));
}

/* y (1 - y) is 0 at the ends of [0, 1] and negative outside: both give 1e-12 */
static inline float bce_derivative(float y, float t, float p)
{
    float rest = 1 - y, variance = y * rest;
    (void)p;
    return (none_outside(variance) + nearest_probability(y, rest) - t) / at_least(1e-12f, variance);
}

static inline int32_t bits_of(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* the part of z that t leaves, see reference/loss_real.c */
static inline float left_by(float z, float t)
{
    return z > 0 ? 1 - t : t;
}

static inline float bce_logits_value(float z, float t, float p)
{
    float size = magnitude(z);
    (void)p;
    return plus_log1p_exp(size * left_by(z, t), -size);
}

static inline float bce_logits_derivative(float z, float t, float p)
{
    float away = sigmoid_below(magnitude(z)) - left_by(z, t);
    (void)p;
    return z > 0 ? -away : away;
}

/* ---- over n elements from `at` on: each is inlined where it is called, with the function
 * that it is handed ---- */

#define INLINED static inline __attribute__((always_inline))

typedef float element_fn(float y, float t, float p);

/* stored in their place, or in a block's array that is summed */
INLINED float losses(const struct loss_job *j, int at, int n, element_fn *value)
{
    float block[BLOCK], part[LOSS_PIECE / BLOCK] = { 0 };
    for (int done = 0; done < n; done += BLOCK) {
        int m = n - done < BLOCK ? n - done : BLOCK, k = at + done;
        const float *y = j->y + k, *t = j->t + k, p = j->parameter;
        float *loss = j->loss ? j->loss + k : block;
        for (int i = 0; i < m; i++) loss[i] = value(y[i], t[i], p);
        part[done / BLOCK] = j->loss ? 0 : sum(m, block);
    }
    return sum(LOSS_PIECE / BLOCK, part);
}

INLINED float derivatives(const struct loss_job *j, int at, int n, element_fn *derivative)
{
    const float *y = j->y + at, *t = j->t + at, up = j->up, p = j->parameter;
    float *dy = j->dy + at;
    if (j->dloss) {
        const float *dloss = j->dloss + at;
        for (int k = 0; k < n; k++) dy[k] = dloss[k] * derivative(y[k], t[k], p);
    } else {
        for (int k = 0; k < n; k++) dy[k] = up * derivative(y[k], t[k], p);
    }
    return 0;
}

/* The same for probabilities in [0, 1], or NaNs: a shorter way. Returns 0 if there is one outside: its y (1
 * - y) has the sign set. */
INLINED int bce_inside_derivatives(int n, const float *y, const float *t, const float *dloss, float up,
                                   float *dy)
{
    int32_t signs = 0;
    for (int k = 0; k < n; k++) {
        float variance = y[k] * (1 - y[k]), derivative = (y[k] - t[k]) / at_least(1e-12f, variance);
        dy[k] = (dloss ? dloss[k] : up) * derivative;
        signs |= bits_of(variance);
    }
    return signs >= 0;
}

/* block by block, few of which take the longer way; where dy is y, from a copy of y */
static float bce_derivatives(const struct loss_job *j, int at, int n)
{
    const float up = j->up;
    float copy[BLOCK];
    for (int end = at + n, m; at < end; at += m) {
        m = end - at < BLOCK ? end - at : BLOCK;
        const float *y = j->y + at, *t = j->t + at, *dloss = j->dloss ? j->dloss + at : NULL;
        float *dy = j->dy + at;
        if (dy == y) y = memcpy(copy, y, (size_t)m * sizeof *y);
        if (dloss ? bce_inside_derivatives(m, y, t, dloss, up, dy)
                  : bce_inside_derivatives(m, y, t, NULL, up, dy))
            continue;
        for (int k = 0; k < m; k++) dy[k] = (dloss ? dloss[k] : up) * bce_derivative(y[k], t[k], 0);
    }
    return 0;
}

INLINED float both(const struct loss_job *j, int at, int n, element_fn *value, element_fn *derivative)
{
    float total = losses(j, at, n, value);
    (void)derivatives(j, at, n, derivative);
    return total;
}

/* clang-format off */
static float mse_forward(const struct loss_job *j, int at, int n) { return losses(j, at, n, mse_value); }
static float mse_backward(const struct loss_job *j, int at, int n) { return derivatives(j, at, n, mse_derivative); }
static float mse_with_gradient(const struct loss_job *j, int at, int n) { return both(j, at, n, mse_value, mse_derivative); }

static float mae_forward(const struct loss_job *j, int at, int n) { return losses(j, at, n, mae_value); }
static float mae_backward(const struct loss_job *j, int at, int n) { return derivatives(j, at, n, mae_derivative); }
static float mae_with_gradient(const struct loss_job *j, int at, int n) { return both(j, at, n, mae_value, mae_derivative); }

static float huber_forward(const struct loss_job *j, int at, int n) { return losses(j, at, n, huber_value); }
static float huber_backward(const struct loss_job *j, int at, int n) { return derivatives(j, at, n, huber_derivative); }
static float huber_with_gradient(const struct loss_job *j, int at, int n) { return both(j, at, n, huber_value, huber_derivative); }

static float bce_forward(const struct loss_job *j, int at, int n) { return losses(j, at, n, bce_value); }
static float bce_backward(const struct loss_job *j, int at, int n) { return bce_derivatives(j, at, n); }
static float bce_with_gradient(const struct loss_job *j, int at, int n) { return both(j, at, n, bce_value, bce_derivative); }

static float bce_logits_forward(const struct loss_job *j, int at, int n) { return losses(j, at, n, bce_logits_value); }
static float bce_logits_backward(const struct loss_job *j, int at, int n) { return derivatives(j, at, n, bce_logits_derivative); }
static float bce_logits_with_gradient(const struct loss_job *j, int at, int n) { return both(j, at, n, bce_logits_value, bce_logits_derivative); }
/* clang-format on */

const struct loss_vector loss_portable = {
#define LOSS(f, ...) { f##_forward, f##_backward, f##_with_gradient },
#define LOSS_WITH    LOSS
#include "../ops/losses.h"
#undef LOSS
#undef LOSS_WITH
};
