/* formulas_pages.h - the sides of the formulas of lesson 4's further pages; a part of formulas.c. */
#include "../../train/schedule.h"

/* ---- the page optimizers.md; beta1 and beta2 stand for rho and alpha, mu for the means' weights ---- */

static struct state rmsprop_step(void)
{
    struct state s = drawn;
    rmsprop_step_f64(n, g[0], s.w, s.v, NULL, NULL, eta, beta2, eps, 0, 0, 0);
    return s;
}

static double new_v(int k)
{
    return beta2 * drawn.v[k] + (1 - beta2) * g[0][k] * g[0][k];
}

EACH(rms_v_left, rmsprop_step().v[k])
EACH(rms_v_right, new_v(k))
EACH(rms_w_left, rmsprop_step().w[k])
EACH(rms_w_right, drawn.w[k] - eta * g[0][k] / (sqrt(new_v(k)) + eps))

static struct state adagrad_step(void)
{
    struct state s = drawn;
    adagrad_step_f64(n, g[0], s.w, s.v, eta, lambda, eps, t);
    return s;
}

EACH(adagrad_v_left, adagrad_step().v[k])
EACH(adagrad_v_right, drawn.v[k] + g[0][k] * g[0][k])
EACH(adagrad_w_left, adagrad_step().w[k])
EACH(adagrad_w_right, drawn.w[k] - eta / (1 + (double)(t - 1) * lambda) * g[0][k] /
                                       (sqrt(drawn.v[k] + g[0][k] * g[0][k]) + eps))

/* the last of T steps with one gradient */
static int adagrad_last_left(double *out)
{
    struct state s = { 0 };
    for (int i = 1; i <= T; i++) {
        for (int k = 0; k < n; k++) s.w[k] = 0;
        adagrad_step_f64(n, g[0], s.w, s.v, eta, 0, 0, (uint64_t)i);
    }
    for (int k = 0; k < n; k++) out[k] = s.w[k];
    return n;
}

EACH(adagrad_last_right, -eta / sqrt(T) * (g[0][k] > 0 ? 1 : -1))

static struct state adadelta_step(void)
{
    struct state s = drawn;
    adadelta_step_f64(n, g[0], s.w, s.v, s.u, eta, beta2, eps);
    return s;
}

static double adadelta_move(int k)
{
    return sqrt(drawn.u[k] + eps) / sqrt(new_v(k) + eps) * g[0][k];
}

EACH(adadelta_w_left, adadelta_step().w[k])
EACH(adadelta_w_right, drawn.w[k] - eta * adadelta_move(k))
EACH(adadelta_u_left, adadelta_step().u[k])
EACH(adadelta_u_right, beta2 *drawn.u[k] + (1 - beta2) * adadelta_move(k) * adadelta_move(k))

static struct state amsgrad_step(void)
{
    struct state s = drawn;
    amsgrad_step_f64(n, g[0], s.w, s.m, s.v, s.u, eta, beta1, beta2, eps, t);
    return s;
}

EACH(ams_left, amsgrad_step().u[k])
EACH(ams_right, fmax(drawn.u[k], new_v(k)))

static double nadam_mu(double step)
{
    return beta1 * (1 - 0.5 * pow(0.96, step * tau));
}

/* (w - w') (sqrt(v hat) + eps) / eta: what stands above the root */
static int nadam_left(double *out)
{
    struct state s = drawn;
    nadam_step_f64(n, g[0], s.w, s.m, s.v, eta, beta1, beta2, eps, tau, t);
    for (int k = 0; k < n; k++)
        out[k] = (drawn.w[k] - s.w[k]) / eta * (sqrt(s.v[k] / c(beta2, (double)t)) + eps);
    return n;
}

static int nadam_right(double *out)
{
    double product = 1, now = nadam_mu((double)t), next = nadam_mu((double)t + 1);
    for (uint64_t s = 1; s <= t; s++) product *= nadam_mu((double)s);
    for (int k = 0; k < n; k++)
        out[k] = (1 - now) / (1 - product) * g[0][k] +
                 next / (1 - product * next) * (beta1 * drawn.m[k] + (1 - beta1) * g[0][k]);
    return n;
}

static struct state lion_step(void)
{
    struct state s = drawn;
    lion_step_f64(n, g[0], s.w, s.m, eta, beta1, beta2, lambda);
    return s;
}

EACH(lion_w_left, lion_step().w[k])
EACH(lion_w_right,
     (1 - eta * lambda) * drawn.w[k] - eta * (beta1 * drawn.m[k] + (1 - beta1) * g[0][k] > 0 ? 1 : -1))
EACH(lion_m_left, lion_step().m[k])
EACH(lion_m_right, beta2 *drawn.m[k] + (1 - beta2) * g[0][k])

static int sign_left(double *out)
{
    struct state s = drawn;
    adam_step_f64(n, g[0], s.w, s.m, s.v, eta, 0, 0, 0, t);
    for (int k = 0; k < n; k++) out[k] = s.w[k];
    return n;
}

EACH(sign_right, drawn.w[k] - eta * (g[0][k] > 0 ? 1 : -1))

/* ---- the page schedules.md: beta1 is a factor, E epochs of EACH_EPOCH steps, step t of them from 0 ---- */

enum { E = 3, EACH_EPOCH = 17, ALL = E * EACH_EPOCH, EVERY = 1 };
static const double pi = 3.14159265358979323846, cycle_start = 0.4, cycle_div = 25, cycle_final = 100;

static int factor(const struct schedule_kind *kind, double a, double b, double third, long step, double *out)
{
    const struct net_value value[3] = { { .number = a }, { .number = b }, { .number = third } };
    *out = kind->factor(value, (struct moment){ (double)step / EACH_EPOCH, E, step, ALL });
    return 1;
}

static double epoch(void)
{
    return (double)t / EACH_EPOCH;
}

static int step_left(double *out)
{
    return factor(&schedule_step, EVERY, beta1, 0, (long)t, out);
}

static int step_right(double *out)
{
    return *out = pow(beta1, floor(epoch() / EVERY)), 1;
}

static int exponential_left(double *out)
{
    return factor(&schedule_exponential, beta1, 0, 0, (long)t, out);
}

static int exponential_right(double *out)
{
    return *out = pow(beta1, epoch()), 1;
}

static int linear_left(double *out)
{
    return factor(&schedule_linear, 0, 0, 0, (long)t, out);
}

static int linear_right(double *out)
{
    return *out = 1 - epoch() / E, 1;
}

static int cosine_left(double *out)
{
    return factor(&schedule_cosine, 0, 0, 0, (long)t, out);
}

static int cosine_right(double *out)
{
    return *out = (1 + cos(pi * epoch() / E)) / 2, 1;
}

/* i* = cycle_start ALL - 1 = 19.4, so that steps before and behind it are drawn: i and i + 30 */
static double cycle_top(void)
{
    return cycle_start * ALL - 1;
}

static int up_left(double *out)
{
    return factor(&schedule_one_cycle, cycle_start, cycle_div, cycle_final, (long)t % 20, out);
}

static int up_right(double *out)
{
    double share = (1 - cos(pi * (double)(t % 20) / cycle_top())) / 2;
    return *out = 1 / cycle_div + (1 - 1 / cycle_div) * share, 1;
}

static int down_left(double *out)
{
    return factor(&schedule_one_cycle, cycle_start, cycle_div, cycle_final, 20 + (long)t % 30, out);
}

static int down_right(double *out)
{
    double low = 1 / (cycle_div * cycle_final),
           share = (1 + cos(pi * (20 + (double)(t % 30) - cycle_top()) / (ALL - 1 - cycle_top()))) / 2;
    return *out = low + (1 - low) * share, 1;
}

/* ---- clipping: the limit is a share of the norm, or an element's size ---- */

static double length(void)
{
    double sum = 0;
    for (int k = 0; k < n; k++) sum += g[0][k] * g[0][k];
    return sqrt(sum);
}

static int clip_norm_left(double *out)
{
    double norm;
    for (int k = 0; k < n; k++) out[k] = g[0][k];
    clip_norm_f64(n, out, &norm, lambda * length(), eps);
    return n;
}

EACH(clip_norm_right, g[0][k] * fmin(1, lambda *length() / (length() + eps)))

static int clip_value_left(double *out)
{
    for (int k = 0; k < n; k++) out[k] = g[0][k];
    clip_value_f64(n, out, lambda);
    return n;
}

EACH(clip_value_right, fmax(-lambda, fmin(lambda, g[0][k])))
