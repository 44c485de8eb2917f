/* wrong_steps.c - steps of optimizers, and clipping, as they are done wrongly; see wrong_steps.h. */
#include "wrong_steps.h"

#include <math.h>
#include <string.h>

#include "../reference/reference.h"

/* ---- momentum ---- */

#define MOMENTUM(name)                                                                                   \
    static void name(int n, const float *dw, float *w, float *m, double lr, double mu, double dampening, \
                     uint64_t nesterov)

MOMENTUM(rate_inside) /* Keras, and Sutskever's form: the same walk while the rate stays */
{
    for (int k = 0; k < n; k++) {
        float push = (float)lr * (float)(1 - dampening) * dw[k];
        m[k] = (float)mu * m[k] + push;
        w[k] -= nesterov ? (float)lr * dw[k] + (float)mu * m[k] : m[k];
    }
}

MOMENTUM(always_dampened)
{
    (void)dampening;
    momentum_step_f32(n, dw, w, m, lr, mu, mu, nesterov);
}

MOMENTUM(never_dampened)
{
    (void)dampening;
    momentum_step_f32(n, dw, w, m, lr, mu, 0, nesterov);
}

MOMENTUM(look_ahead_forgotten)
{
    (void)nesterov;
    momentum_step_f32(n, dw, w, m, lr, mu, dampening, 0);
}

MOMENTUM(look_ahead_with_old_m)
{
    for (int k = 0; k < n; k++) {
        float before = m[k];
        m[k] = (float)mu * m[k] + (float)(1 - dampening) * dw[k];
        w[k] -= (float)lr * (nesterov ? dw[k] + (float)mu * before : m[k]);
    }
}

MOMENTUM(velocity_forgotten) /* what is kept never changes */
{
    for (int k = 0; k < n; k++) {
        float own = m[k];
        momentum_step_f32(1, dw + k, w + k, &own, lr, mu, dampening, nesterov);
    }
}

MOMENTUM(steps_before_it_pushes)
{
    for (int k = 0; k < n; k++) {
        w[k] -= (float)lr * (nesterov ? dw[k] + (float)mu * m[k] : m[k]);
        m[k] = (float)mu * m[k] + (float)(1 - dampening) * dw[k];
    }
}

/* ---- AdaGrad, Adadelta ---- */

#define ADAGRAD(name)                                                                                    \
    static void name(int n, const float *dw, float *w, float *v, double lr, double lr_decay, double eps, \
                     uint64_t t)

ADAGRAD(decay_a_step_early)
{
    adagrad_step_f32(n, dw, w, v, lr, lr_decay, eps, t + 1);
}

ADAGRAD(forgets)
{
    memset(v, 0, (size_t)n * sizeof *v);
    adagrad_step_f32(n, dw, w, v, lr, lr_decay, eps, t);
}

ADAGRAD(adagrad_eps_inside)
{
    const float rate = (float)(lr / (1 + (double)(t - 1) * lr_decay));
    for (int k = 0; k < n; k++) {
        v[k] += dw[k] * dw[k];
        w[k] -= rate * dw[k] / sqrtf(v[k] + (float)eps);
    }
}

#define ADADELTA(name) \
    static void name(int n, const float *dw, float *w, float *v, float *u, double lr, double rho, double eps)

ADADELTA(eps_outside_both)
{
    for (int k = 0; k < n; k++) {
        v[k] = (float)rho * v[k] + (float)(1 - rho) * dw[k] * dw[k];
        float step = (sqrtf(u[k]) + (float)eps) / (sqrtf(v[k]) + (float)eps) * dw[k];
        u[k] = (float)rho * u[k] + (float)(1 - rho) * step * step;
        w[k] -= (float)lr * step;
    }
}

ADADELTA(rate_in_the_mean) /* right while lr is 1 */
{
    for (int k = 0; k < n; k++) {
        v[k] = (float)rho * v[k] + (float)(1 - rho) * dw[k] * dw[k];
        float step = (float)lr * sqrtf(u[k] + (float)eps) / sqrtf(v[k] + (float)eps) * dw[k];
        u[k] = (float)rho * u[k] + (float)(1 - rho) * step * step;
        w[k] -= step;
    }
}

/* ---- Lion ---- */

#define LION(name)                                                                                      \
    static void name(int n, const float *dw, float *w, float *m, double lr, double beta1, double beta2, \
                     double wd)

static void lion(int n, const float *dw, float *w, float *m, double lr, double beta1, double beta2, double wd,
                 float (*sign)(float))
{
    for (int k = 0; k < n; k++) {
        float mix = (float)beta1 * m[k] + (float)(1 - beta1) * dw[k];
        w[k] = (float)(1 - lr * wd) * w[k] - (float)lr * sign(mix);
        m[k] = (float)beta2 * m[k] + (float)(1 - beta2) * dw[k];
    }
}

static float one_of_zero(float x)
{
    return x < 0 ? -1.F : x >= 0 ? 1.F : x;
}

static float zero_of_nan(float x)
{
    return (float)((x > 0) - (x < 0));
}

LION(sign_of_0_is_1)
{
    lion(n, dw, w, m, lr, beta1, beta2, wd, one_of_zero);
}

LION(sign_of_nan_is_0)
{
    lion(n, dw, w, m, lr, beta1, beta2, wd, zero_of_nan);
}

LION(betas_exchanged)
{
    lion_step_f32(n, dw, w, m, lr, beta2, beta1, wd);
}

LION(one_beta)
{
    (void)beta2;
    lion_step_f32(n, dw, w, m, lr, beta1, beta1, wd);
}

LION(sign_of_what_is_kept)
{
    for (int k = 0; k < n; k++) {
        m[k] = (float)beta2 * m[k] + (float)(1 - beta2) * dw[k];
        w[k] = (float)(1 - lr * wd) * w[k] - (float)lr * (float)((m[k] > 0) - (m[k] < 0));
    }
    (void)beta1;
}

LION(lion_coupled)
{
    for (int k = 0; k < n; k++) {
        float with = dw[k] + (float)wd * w[k];
        lion_step_f32(1, &with, w + k, m + k, lr, beta1, beta2, 0);
    }
}

/* ---- Adam ---- */

#define ADAM(name)                                                                                  \
    static void name(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1, \
                     double beta2, double eps, uint64_t t)

/* the step with divisors of one's own */
static void adam(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1, double beta2,
                 double inside, double outside, float c1, float c2)
{
    for (int k = 0; k < n; k++) {
        m[k] = (float)beta1 * m[k] + (float)(1 - beta1) * dw[k];
        v[k] = (float)beta2 * v[k] + (float)(1 - beta2) * dw[k] * dw[k];
        w[k] -= (float)lr * (m[k] / c1) / (sqrtf(v[k] / c2 + (float)inside) + (float)outside);
    }
}

static float corrected(double beta, uint64_t t)
{
    return (float)(1 - pow(beta, (double)t));
}

ADAM(eps_inside)
{
    adam(n, dw, w, m, v, lr, beta1, beta2, eps, 0, corrected(beta1, t), corrected(beta2, t));
}

ADAM(eps_hat) /* beside the root of what is not corrected: TensorFlow, Keras */
{
    adam(n, dw, w, m, v, lr, beta1, beta2, 0, eps / sqrt(1 - pow(beta2, (double)t)), corrected(beta1, t),
         corrected(beta2, t));
}

ADAM(never_corrected) /* MLX's default */
{
    (void)t;
    adam(n, dw, w, m, v, lr, beta1, beta2, 0, eps, 1, 1);
}

ADAM(a_step_behind)
{
    adam_step_f32(n, dw, w, m, v, lr, beta1, beta2, eps, t - 1);
}

ADAM(counts_from_2)
{
    adam_step_f32(n, dw, w, m, v, lr, beta1, beta2, eps, t + 1);
}

ADAM(powers_in_float)
{
    adam(n, dw, w, m, v, lr, beta1, beta2, 0, eps, 1 - powf((float)beta1, (float)t),
         1 - powf((float)beta2, (float)t));
}

ADAM(corrected_for_a_while) /* 0.999^10000 is nothing, but a beta may be nearer to 1 */
{
    adam_step_f32(n, dw, w, m, v, lr, beta1, beta2, eps, t < 10000 ? t : 1000000000);
}

ADAM(v_forgotten)
{
    for (int k = 0; k < n; k++) {
        float own = v[k];
        adam_step_f32(1, dw + k, w + k, m + k, &own, lr, beta1, beta2, eps, t);
    }
}

ADAM(square_of_the_mean)
{
    for (int k = 0; k < n; k++) {
        m[k] = (float)beta1 * m[k] + (float)(1 - beta1) * dw[k];
        v[k] = (float)beta2 * v[k] + (float)(1 - beta2) * m[k] * m[k];
        w[k] -= (float)lr * (m[k] / corrected(beta1, t)) / (sqrtf(v[k] / corrected(beta2, t)) + (float)eps);
    }
}

ADAM(root_by_table) /* 12 bits of 1 / sqrt, as rsqrtps has them: fast, and no float any more */
{
    adam_step_f32(n, dw, w, m, v, lr * (1 + 0x1p-13), beta1, beta2, eps, t);
}

static float flushed(float x)
{
    return fabsf(x) < 0x1p-126F ? 0 : x;
}

ADAM(subnormals_lost)
{
    for (int k = 0; k < n; k++) {
        float g = flushed(dw[k]);
        adam_step_f32(1, &g, w + k, m + k, v + k, lr, beta1, beta2, eps, t);
    }
}

ADAM(nan_left_out) /* "skip bad gradients": and nobody hears of them */
{
    for (int k = 0; k < n; k++)
        if (isfinite(dw[k])) adam_step_f32(1, dw + k, w + k, m + k, v + k, lr, beta1, beta2, eps, t);
}

ADAM(largest_v_for_all) /* one rate for all weights */
{
    float most = 0;
    for (int k = 0; k < n; k++) {
        m[k] = (float)beta1 * m[k] + (float)(1 - beta1) * dw[k];
        v[k] = (float)beta2 * v[k] + (float)(1 - beta2) * dw[k] * dw[k];
        most = v[k] > most ? v[k] : most;
    }
    for (int k = 0; k < n; k++)
        w[k] -= (float)lr * (m[k] / corrected(beta1, t)) / (sqrtf(most / corrected(beta2, t)) + (float)eps);
}

/* ---- AdamW ---- */

#define ADAMW(name)                                                                                 \
    static void name(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1, \
                     double beta2, double eps, double wd, uint64_t t)

ADAMW(coupled) /* Adam with L2 */
{
    for (int k = 0; k < n; k++) {
        float with = dw[k] + (float)wd * w[k];
        adam_step_f32(1, &with, w + k, m + k, v + k, lr, beta1, beta2, eps, t);
    }
}

ADAMW(decay_after_the_step)
{
    adam_step_f32(n, dw, w, m, v, lr, beta1, beta2, eps, t);
    for (int k = 0; k < n; k++) w[k] *= (float)(1 - lr * wd);
}

ADAMW(decay_without_rate)
{
    adamw_step_f32(n, dw, w, m, v, lr, beta1, beta2, eps, wd / lr, t);
}

ADAMW(decay_forgotten)
{
    (void)wd;
    adam_step_f32(n, dw, w, m, v, lr, beta1, beta2, eps, t);
}

ADAMW(decay_divided_by_root) /* in the step, behind the means: it gets v's divisor */
{
    adam_step_f32(n, dw, w, m, v, lr, beta1, beta2, eps, t);
    for (int k = 0; k < n; k++)
        w[k] -= (float)(lr * wd) * w[k] / (sqrtf(v[k] / corrected(beta2, t)) + (float)eps);
}

/* ---- AMSGrad, NAdam ---- */

#define AMSGRAD(name)                                                                              \
    static void name(int n, const float *dw, float *w, float *m, float *v, float *vmax, double lr, \
                     double beta1, double beta2, double eps, uint64_t t)

AMSGRAD(largest_of_corrected)
{
    const float c1 = corrected(beta1, t), c2 = corrected(beta2, t);
    for (int k = 0; k < n; k++) {
        m[k] = (float)beta1 * m[k] + (float)(1 - beta1) * dw[k];
        v[k] = (float)beta2 * v[k] + (float)(1 - beta2) * dw[k] * dw[k];
        vmax[k] = vmax[k] > v[k] / c2 ? vmax[k] : v[k] / c2;
        w[k] -= (float)lr * (m[k] / c1) / (sqrtf(vmax[k]) + (float)eps);
    }
}

AMSGRAD(largest_forgotten)
{
    memcpy(vmax, v, (size_t)n * sizeof *v);
    adam_step_f32(n, dw, w, m, v, lr, beta1, beta2, eps, t);
    memcpy(vmax, v, (size_t)n * sizeof *v);
}

AMSGRAD(largest_kept_as_v) /* the mean goes on from the maximum */
{
    amsgrad_step_f32(n, dw, w, m, v, vmax, lr, beta1, beta2, eps, t);
    memcpy(v, vmax, (size_t)n * sizeof *v);
}

#define NADAM(name)                                                                                 \
    static void name(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1, \
                     double beta2, double eps, double momentum_decay, uint64_t t)

static void nadam(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1, double beta2,
                  double eps, uint64_t t, double of_dw, double of_m)
{
    for (int k = 0; k < n; k++) {
        m[k] = (float)beta1 * m[k] + (float)(1 - beta1) * dw[k];
        v[k] = (float)beta2 * v[k] + (float)(1 - beta2) * dw[k] * dw[k];
        w[k] -= (float)lr * ((float)of_dw * dw[k] + (float)of_m * m[k]) /
                (sqrtf(v[k] / corrected(beta2, t)) + (float)eps);
    }
}

NADAM(mu_without_schedule) /* Dozat's first form */
{
    (void)momentum_decay;
    double product = pow(beta1, (double)t);
    nadam(n, dw, w, m, v, lr, beta1, beta2, eps, t, (1 - beta1) / (1 - product),
          beta1 / (1 - product * beta1));
}

NADAM(mu_of_this_step_twice)
{
    double product = 1, mu = 0;
    for (uint64_t s = 1; s <= t; s++) {
        mu = beta1 * (1 - 0.5 * pow(0.96, (double)s * momentum_decay));
        product *= mu;
    }
    nadam(n, dw, w, m, v, lr, beta1, beta2, eps, t, (1 - mu) / (1 - product), mu / (1 - product));
}

/* ---- schedule-free ---- */

#define SCHEDULE_FREE(name)                                                                     \
    static void name(int n, const float *dw, float *w, float *z, float *v, float *x, double lr, \
                     double beta1, double beta2, double eps, double wd, uint64_t warmup, uint64_t t)
#define WITH(beta1, wd, warmup) n, dw, w, z, v, x, lr, beta1, beta2, eps, wd, warmup, t

SCHEDULE_FREE(gradient_at_the_average) /* w is x */
{
    schedule_free_step_f32(WITH(beta1, wd, warmup));
    memcpy(w, x, (size_t)n * sizeof *w);
}

SCHEDULE_FREE(mixed_the_other_way)
{
    schedule_free_step_f32(WITH(1 - beta1, wd, warmup));
}

SCHEDULE_FREE(no_warmup)
{
    (void)warmup;
    schedule_free_step_f32(WITH(beta1, wd, 0));
}

SCHEDULE_FREE(all_z_alike) /* c = 1 / t while the rate grows */
{
    for (int k = 0; k < n; k++) {
        float own = x[k], before = t == 1 ? w[k] : x[k];
        schedule_free_step_f32(1, dw + k, w + k, z + k, v + k, &own, lr, beta1, beta2, eps, wd, warmup, t);
        x[k] = before + (z[k] - before) / (float)t;
        w[k] = x[k] + (float)(1 - beta1) * (z[k] - x[k]);
    }
}

SCHEDULE_FREE(decay_at_z)
{
    const double rate = t < warmup ? lr * (double)t / (double)warmup : lr;
    for (int k = 0; k < n && t > 1; k++) z[k] *= (float)(1 - rate * wd);
    schedule_free_step_f32(WITH(beta1, t > 1 ? 0 : wd, warmup)); /* in the first step all three are one */
}

/* ---- clipping ---- */

#define CLIP_NORM(name) static void name(int n, float *dw, float *norm, double max_norm, double eps)

CLIP_NORM(always_scaled) /* short gradients become longer */
{
    double sum = 0;
    for (int k = 0; k < n; k++) sum += (double)dw[k] * (double)dw[k];
    *norm = (float)sqrt(sum);
    for (int k = 0; k < n; k++) dw[k] *= (float)(max_norm / (sqrt(sum) + eps));
}

CLIP_NORM(by_the_largest)
{
    float most = 0;
    for (int k = 0; k < n; k++) most = fmaxf(most, fabsf(dw[k]));
    *norm = most;
    for (int k = 0; k < n && (double)most > max_norm; k++) dw[k] *= (float)(max_norm / ((double)most + eps));
}

CLIP_NORM(squares_in_float) /* 1e20 has an infinite square, 1e-30 none */
{
    float sum = 0;
    for (int k = 0; k < n; k++) sum += dw[k] * dw[k];
    *norm = sqrtf(sum);
    float scale = (float)max_norm / (*norm + (float)eps);
    for (int k = 0; k < n && scale < 1; k++) dw[k] *= scale;
}

CLIP_NORM(norm_of_what_is_left)
{
    clip_norm_f32(n, dw, norm, max_norm, eps);
    if ((double)*norm > max_norm) *norm = (float)max_norm;
}

CLIP_NORM(eps_forgotten)
{
    (void)eps;
    clip_norm_f32(n, dw, norm, max_norm, 0);
}

#define ADAMW_CLIPPED(name)                                                                               \
    static void name(int n, const float *dw, float *w, float *m, float *v, float *norm, double lr,        \
                     double beta1, double beta2, double eps, double wd, double max_norm, double clip_eps, \
                     uint64_t t)

ADAMW_CLIPPED(steps_by_the_whole_gradient) /* Adam divides a factor out: w alone would hardly show it */
{
    adamw_clipped_step_f32(n, dw, w, m, v, norm, lr, beta1, beta2, eps, wd, 1e6, clip_eps, t);
    (void)max_norm;
}

ADAMW_CLIPPED(squares_not_clipped)
{
    for (int k = 0; k < n; k++) v[k] = (float)beta2 * v[k] + (float)(1 - beta2) * dw[k] * dw[k];
    adamw_clipped_step_f32(n, dw, w, m, v, norm, lr, beta1, 1 - 0x1p-20, eps, wd, max_norm, clip_eps, t);
}

ADAMW_CLIPPED(step_clipped_instead)
{
    double sum = 0;
    for (int k = 0; k < n; k++) sum += (double)dw[k] * (double)dw[k];
    double scale = max_norm / (sqrt(sum) + clip_eps);
    adamw_step_f32(n, dw, w, m, v, scale < 1 ? lr * scale : lr, beta1, beta2, eps, wd, t);
    *norm = (float)sqrt(sum);
}

static void nan_becomes_the_limit(int n, float *dw, double clip_value)
{
    for (int k = 0; k < n; k++) dw[k] = fminf(fmaxf(dw[k], -(float)clip_value), (float)clip_value);
}

static void one_side_only(int n, float *dw, double clip_value)
{
    for (int k = 0; k < n; k++)
        if (dw[k] > (float)clip_value) dw[k] = (float)clip_value;
}

/* ---- the rows ---- */

const struct wrong wrong_steps[] = {
    WRONG_STEP("momentum_step", rate_inside, "changing rate", "a rate that changes"),
    WRONG_STEP("momentum_step", always_dampened, "five steps", "with the momentum dampened"),
    WRONG_STEP("momentum_step dampening=0.9", never_dampened, "five steps", "gives"),
    WRONG_STEP("momentum_step nesterov=1", look_ahead_forgotten, "five steps", "with plain momentum"),
    WRONG_STEP("momentum_step nesterov=1", look_ahead_with_old_m, "five steps", "gives"),
    WRONG_STEP("momentum_step", velocity_forgotten, "five steps", "without momentum"),
    WRONG_STEP("momentum_step", steps_before_it_pushes, "five steps", "from before its update"),
    WRONG_STEP("adagrad_step lr_decay=0.1", decay_a_step_early, "five steps", "gives"),
    WRONG_STEP("adagrad_step", forgets, "five steps", "gives"),
    WRONG_STEP("adagrad_step", adagrad_eps_inside, "five steps", "eps inside the square root"),
    WRONG_STEP("adadelta_step", eps_outside_both, "five steps", "gives"),
    WRONG_STEP("adadelta_step lr=0.5", rate_in_the_mean, "five steps", "gives"),
    WRONG_STEP("adadelta_step", rate_in_the_mean, "changing rate", "a rate that changes"),
    WRONG_STEP("lion_step", sign_of_0_is_1, "five steps", "of g = 0"),
    WRONG_STEP("lion_step", sign_of_nan_is_0, "NaN", "not nan"),
    WRONG_STEP("lion_step", betas_exchanged, "one step", "of m are wrong"),
    WRONG_STEP("lion_step", one_beta, "one step", "of m are wrong"),
    WRONG_STEP("lion_step", sign_of_what_is_kept, "one step", "of w are wrong"),
    WRONG_STEP("lion_step wd=0.1", lion_coupled, "scale", "1024 times as large"),
    WRONG_STEP("adam_step", eps_inside, "five steps", "eps inside the square root"),
    WRONG_STEP("adam_step", eps_hat, "five steps", "beside the root of the uncorrected"),
    WRONG_STEP("adam_step", never_corrected, "five steps", "without bias correction"),
    WRONG_STEP("adam_step", a_step_behind, "five steps", "t starts at 0"),
    WRONG_STEP("adam_step", counts_from_2, "five steps", "counts from 2"),
    WRONG_STEP("adam_step", powers_in_float, "large t", "of w are wrong"),
    WRONG_STEP("adam_step", corrected_for_a_while, "large t", "of w are wrong"),
    WRONG_STEP("adam_step", v_forgotten, "one step", "of v are wrong"),
    WRONG_STEP("adam_step", square_of_the_mean, "five steps", "square of the first moment"),
    WRONG_STEP("adam_step", root_by_table, "five steps", "gives"),
    WRONG_STEP("adam_step", subnormals_lost, "subnormal", "w[0] is 0"),
    WRONG_STEP("adam_step", nan_left_out, "NaN", "not nan"),
    WRONG_STEP("adam_step", largest_v_for_all, "NaN", "beside a gradient of NaN"),
    WRONG_STEP("adamw_step lr=0.1 wd=0.5", coupled, "scale", "1024 times as large"),
    WRONG_STEP("adamw_step", decay_after_the_step, "one step", "of w are wrong"),
    WRONG_STEP("adamw_step", decay_without_rate, "five steps", "without the learning rate"),
    WRONG_STEP("adamw_step", decay_forgotten, "five steps", "without weight decay"),
    WRONG_STEP("adamw_step", decay_divided_by_root, "scale", "1024 times as large"),
    WRONG_STEP("amsgrad_step", largest_of_corrected, "five steps", "maximum of the corrected"),
    WRONG_STEP("amsgrad_step", largest_forgotten, "five steps", "gives"),
    WRONG_STEP("amsgrad_step", largest_kept_as_v, "one step", "of v are wrong"),
    WRONG_STEP("nadam_step", mu_without_schedule, "five steps", "same mu in every step"),
    WRONG_STEP("nadam_step", mu_of_this_step_twice, "five steps", "gives"),
    WRONG_STEP("schedule_free_step", gradient_at_the_average, "five steps", "gives"),
    WRONG_STEP("schedule_free_step", mixed_the_other_way, "five steps", "gives"),
    WRONG_STEP("schedule_free_step warmup=4", no_warmup, "five steps", "gives"),
    WRONG_STEP("schedule_free_step warmup=4", all_z_alike, "five steps", "gives"),
    WRONG_STEP("schedule_free_step wd=0.1", decay_at_z, "five steps", "gives"),
    WRONG_STEP("clip_norm", always_scaled, "one step", "of dw are wrong"),
    WRONG_STEP("clip_norm", by_the_largest, "one step", "are wrong"),
    WRONG_STEP("clip_norm", squares_in_float, "special", "norm at dw = 1e+20"),
    WRONG_STEP("clip_norm", norm_of_what_is_left, "one step", "of norm are wrong"),
    WRONG_STEP("clip_norm", eps_forgotten, "one step", "of dw are wrong"),
    WRONG_STEP("adamw_clipped_step", steps_by_the_whole_gradient, "one step", "are wrong"),
    WRONG_STEP("adamw_clipped_step", squares_not_clipped, "one step", "are wrong"),
    WRONG_STEP("adamw_clipped_step", step_clipped_instead, "one step", "are wrong"),
    WRONG_STEP("clip_value", nan_becomes_the_limit, "special", "nan"),
    WRONG_STEP("clip_value", one_side_only, "one step", "of dw are wrong"),
    { NULL, { NULL, NULL, NEED_NONE, NULL }, NULL, NULL },
};
