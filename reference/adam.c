/* adam.c - Adam and its relatives: rules that turn a gradient into a step.
 *
 * All arguments have n elements; all but the gradient dw are updated in place. m and v are the running means
 * of the gradient and of its square, 0 before the first step:
 *
 *   m = beta1 m + (1 - beta1) dw        v = beta2 v + (1 - beta2) dw^2
 *
 * They start too small; dividing by c1 = 1 - beta1^t and c2 = 1 - beta2^t makes up for that. t counts steps
 * from 1; with a large t (1e9) nothing is corrected. eps is added behind the root of the corrected v, as in
 * the papers and in PyTorch. An eps behind the root of v itself, as TensorFlow and Keras have it ("eps hat"),
 * is the eps here times 1 / sqrt(c2). Defaults are PyTorch's. */
#include "real.h"
#include "reference.h"
#include "tensors.h"

/* 1 - beta^t, in double whatever the weights are: of a beta near 1, float has few digits of that left */
static double correction(double beta, uint64_t t)
{
    double power = 1;
    for (double square = beta; t; t /= 2, square *= square)
        if (t % 2) power *= square;
    return 1 - power;
}

/* Step t of Adam (Kingma and Ba, 2015, algorithm 1)
 *
 *   w = w - lr (m / c1) / (sqrt(v / c2) + eps)
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

/* Step t of Adam on all tensors of a network, which lie behind each other (tensors.h): each on its own, as a
 * framework's list of parameters is gone through */
void REF(adam_step_many)(int n, const real *dw, real *w, real *m, real *v, double lr, double beta1,
                         double beta2, double eps, uint64_t t, uint64_t tensors)
{
    const struct tensors list = tensors_of(n, tensors);
    for (int k = 0; k < list.many; k++) {
        int from = tensor_begin(&list, k), many = tensor_begin(&list, k + 1) - from;
        REF(adam_step)(many, dw + from, w + from, m + from, v + from, lr, beta1, beta2, eps, t);
    }
}

/* Step t of AdamW (Loshchilov and Hutter, 2019, algorithm 2): the decay is decoupled, that is, it shrinks
 * the weights and never enters m and v. It comes first, and is a share lr wd of the weight.
 *
 *   w = (1 - lr wd) w - lr (m / c1) / (sqrt(v / c2) + eps)
 */
void REF(adamw_step)(int n, const real *dw, real *w, real *m, real *v, double lr, double beta1, double beta2,
                     double eps, double wd, uint64_t t)
{
    for (int k = 0; k < n; k++) w[k] *= (real)(1 - lr * wd);
    REF(adam_step)(n, dw, w, m, v, lr, beta1, beta2, eps, t);
}

/* Step t of AdamW by a gradient clipped by norm (clip.c): the step multiplies what it reads, and dw stays as
 * it is. norm is that of dw. One operation, because the two apart read dw twice and write it once in
 * between. */
void REF(adamw_clipped_step)(int n, const real *dw, real *w, real *m, real *v, real *norm, double lr,
                             double beta1, double beta2, double eps, double wd, double max_norm,
                             double clip_eps, uint64_t t)
{
    real of_m = (real)correction(beta1, t), of_v = (real)correction(beta2, t);
    wide sum = 0;
    for (int k = 0; k < n; k++) sum += (wide)dw[k] * (wide)dw[k];
    wide root = sqrt(sum), scale = max_norm / (root + clip_eps);
    if (re(scale) > 1) scale = 1;
    for (int k = 0; k < n; k++) {
        real clipped = (real)scale * dw[k];
        m[k] = (real)beta1 * m[k] + (real)(1 - beta1) * clipped;
        v[k] = (real)beta2 * v[k] + (real)(1 - beta2) * clipped * clipped;
        w[k] = (real)(1 - lr * wd) * w[k] - (real)lr * (m[k] / of_m) / (sqrt(v[k] / of_v) + (real)eps);
    }
    *norm = (real)root;
}

/* Step t of AMSGrad (Reddi, Kale and Kumar, 2018): vmax is the largest v so far, so that a rate never grows
 * again. The maximum is of v as it is, and is corrected when it is used.
 *
 *   vmax = max(vmax, v)
 *   w = w - lr (m / c1) / (sqrt(vmax / c2) + eps)
 */
void REF(amsgrad_step)(int n, const real *dw, real *w, real *m, real *v, real *vmax, double lr, double beta1,
                       double beta2, double eps, uint64_t t)
{
    real of_m = (real)correction(beta1, t), of_v = (real)correction(beta2, t);
    for (int k = 0; k < n; k++) {
        m[k] = (real)beta1 * m[k] + (real)(1 - beta1) * dw[k];
        v[k] = (real)beta2 * v[k] + (real)(1 - beta2) * dw[k] * dw[k];
        vmax[k] = re(vmax[k]) >= re(v[k]) ? vmax[k] : v[k]; /* written so that NaN stays */
        w[k] -= (real)lr * (m[k] / of_m) / (sqrt(vmax[k] / of_v) + (real)eps);
    }
}

/* what NAdam weighs its mean with in step t */
static double nadam_mu(double beta1, double momentum_decay, uint64_t t)
{
    return beta1 * (1 - 0.5 * exp((double)t * momentum_decay * log(0.96)));
}

/* Step t of NAdam (Dozat, 2016): Adam that looks ahead as Nesterov's momentum does. Its weight of the mean
 * grows step by step, mu(t) = beta1 (1 - 0.96^(t momentum_decay) / 2), and what makes up for the start is the
 * product of all of them, P(t) = mu(1) ... mu(t).
 *
 *   step = (1 - mu(t)) / (1 - P(t)) dw + mu(t+1) / (1 - P(t+1)) m
 *   w = w - lr step / (sqrt(v / c2) + eps)
 */
void REF(nadam_step)(int n, const real *dw, real *w, real *m, real *v, double lr, double beta1, double beta2,
                     double eps, double momentum_decay, uint64_t t)
{
    double product = 1, mu = nadam_mu(beta1, momentum_decay, t),
           next = nadam_mu(beta1, momentum_decay, t + 1);
    for (uint64_t s = 1; s <= t && product > 0x1p-60; s++) /* 1 less a smaller one is 1 */
        product *= nadam_mu(beta1, momentum_decay, s);
    const real of_dw = (real)((1 - mu) / (1 - product)), of_m = (real)(next / (1 - product * next));
    const real of_v = (real)correction(beta2, t);
    for (int k = 0; k < n; k++) {
        m[k] = (real)beta1 * m[k] + (real)(1 - beta1) * dw[k];
        v[k] = (real)beta2 * v[k] + (real)(1 - beta2) * dw[k] * dw[k];
        w[k] -= (real)lr * (of_dw * dw[k] + of_m * m[k]) / (sqrt(v[k] / of_v) + (real)eps);
    }
}

/* sum of the squares of the rates' factors min(1, s / warmup) of the steps s = 1 ... t */
static double sum_of_weights(uint64_t t, uint64_t warmup)
{
    double W = (double)warmup, T = (double)t, ramp = T < W ? T : W;
    if (!warmup) return T;
    return ramp * (ramp + 1) * (2 * ramp + 1) / (6 * W * W) + (T - ramp);
}

/* Step t of schedule-free AdamW (Defazio et al., 2024): in place of a schedule, an average. The gradient dw
 * is that at w. z goes Adam's way without a momentum; x is the mean of all z, each weighted by the square of
 * its rate, and is what a trained network is evaluated with; w, between the two, is where the next gradient
 * is taken. The first step sets z = x = w. The decay is taken at w.
 *
 *   rate = lr min(1, t / warmup)        c = rate^2 / (sum of all rate^2 so far); 1 / t without a warm-up
 *   z = z - rate (dw / (sqrt(v / c2) + eps) + wd w)
 *   x = (1 - c) x + c z
 *   w = beta1 x + (1 - beta1) z
 *
 * The two means are written x + c (z - x): what is rounded then is the difference. */
void REF(schedule_free_step)(int n, const real *dw, real *w, real *z, real *v, real *x, double lr,
                             double beta1, double beta2, double eps, double wd, uint64_t warmup, uint64_t t)
{
    const double factor = t < warmup ? (double)t / (double)warmup : 1;
    const real rate = (real)(lr * factor), c = (real)(factor * factor / sum_of_weights(t, warmup));
    const real of_v = (real)correction(beta2, t);
    for (int k = 0; k < n; k++) {
        if (t == 1) z[k] = x[k] = w[k];
        v[k] = (real)beta2 * v[k] + (real)(1 - beta2) * dw[k] * dw[k];
        z[k] -= rate * (dw[k] / (sqrt(v[k] / of_v) + (real)eps) + (real)wd * w[k]);
        x[k] += c * (z[k] - x[k]);
        w[k] = x[k] + (real)(1 - beta1) * (z[k] - x[k]);
    }
}
