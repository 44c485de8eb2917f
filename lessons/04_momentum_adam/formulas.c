/* formulas.c - the formulas of lesson 4, each with both of its sides in C.
 *
 * Left is what the library's step makes of random numbers, or of T random gradients one after the other, or a
 * minimum that was searched for; right the formula as printed.
 */
#include "../lesson.h"

#include <math.h>
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum { n = 7, T = 6 };

struct state {
    double w[n], m[n], v[n], u[n];
};

static struct state drawn;               /* weights, and what some optimizer has kept                     */
static double g[T][n], curvature[n];     /* T gradients; of a ravine                                      */
static double eta, mu, tau, lambda, eps; /* rate, momentum, dampening, decay                              */
static double beta1, beta2;
static uint64_t t; /* of a step in the middle of a training */

static double uniform(uint64_t seed, uint64_t stream, double low, double high)
{
    float random;
    philox_uniform(seed, stream, 1, 0, 1, &random);
    return low + (high - low) * (double)random;
}

static void fill(uint64_t seed, uint64_t stream, float low, float high, double *out)
{
    float random[n];
    philox_uniform(seed, stream, n, low, high, random);
    for (int k = 0; k < n; k++) out[k] = (double)random[k];
}

void lesson_04_draw(uint64_t seed)
{
    fill(seed, 0, -1, 1, drawn.w), fill(seed, 1, -1, 1, drawn.m), fill(seed, 2, 0.1f, 1, drawn.v);
    fill(seed, 3, 0.1f, 1, drawn.u), fill(seed, 4, 0.1f, 4, curvature);
    for (int s = 0; s < T; s++) fill(seed, 5 + (uint64_t)s, -1, 1, g[s]);
    eta = uniform(seed, 20, 0.05, 0.3), mu = uniform(seed, 21, 0.5, 0.95), tau = uniform(seed, 22, 0.1, 0.9);
    lambda = uniform(seed, 23, 0.1, 1), eps = uniform(seed, 24, 0.01, 0.1);
    beta1 = uniform(seed, 25, 0.5, 0.95), beta2 = uniform(seed, 26, 0.9, 0.999);
    t = 2 + philox_word(seed, 28, 0) % 40;
}

/* out (n) = value, for every k */
#define EACH(name, value)                             \
    static int name(double *out)                      \
    {                                                 \
        for (int k = 0; k < n; k++) out[k] = (value); \
        return n;                                     \
    }

/* ---- the ravine: L = 1/2 sum_k curvature_k w_k^2, smallest curvature a, largest b ---- */

static void slope(const double *w, double *dw)
{
    for (int k = 0; k < n; k++) dw[k] = curvature[k] * w[k];
}

static double smallest(void)
{
    double a = curvature[0];
    for (int k = 1; k < n; k++) a = fmin(a, curvature[k]);
    return a;
}

static double largest(void)
{
    double b = curvature[0];
    for (int k = 1; k < n; k++) b = fmax(b, curvature[k]);
    return b;
}

static double kappa(void)
{
    return largest() / smallest();
}

static int ravine_sgd_left(double *out)
{
    double dw[n];
    for (int k = 0; k < n; k++) out[k] = drawn.w[k];
    for (int s = 0; s < T; s++) slope(out, dw), sgd_step_f64(n, dw, out, eta);
    return n;
}

EACH(ravine_sgd_right, pow(1 - eta * curvature[k], T) * drawn.w[k])

/* where f, which falls and then rises, is smallest between low and high */
static double argmin(double (*f)(double), double low, double high)
{
    for (int s = 0; s < 120; s++) {
        double left = low + (high - low) / 3, right = high - (high - low) / 3;
        if (f(left) < f(right))
            high = right;
        else
            low = left;
    }
    return (low + high) / 2;
}

static double sgd_factor(double rate)
{
    return fmax(fabs(1 - rate * smallest()), fabs(1 - rate * largest()));
}

static double best_sgd_rate(void)
{
    return argmin(sgd_factor, 0, 2 / smallest());
}

static int rate_left(double *out)
{
    return *out = best_sgd_rate(), 1;
}

static int rate_right(double *out)
{
    return *out = 2 / (smallest() + largest()), 1;
}

static int factor_left(double *out)
{
    return *out = sgd_factor(best_sgd_rate()), 1;
}

static int factor_right(double *out)
{
    return *out = (kappa() - 1) / (kappa() + 1), 1;
}

/* the larger root of r^2 - (1 + momentum - rate c) r + momentum = 0, by size */
static double radius(double rate, double momentum, double c)
{
    double half = (1 + momentum - rate * c) / 2, square = half * half - momentum;
    return square <= 0 ? sqrt(momentum) : fabs(half) + sqrt(square);
}

static double momentum_tried;

static double heavy_factor_of_rate(double rate)
{
    return fmax(radius(rate, momentum_tried, smallest()), radius(rate, momentum_tried, largest()));
}

static double best_heavy_rate(double momentum)
{
    momentum_tried = momentum;
    return argmin(heavy_factor_of_rate, 0, 4 / smallest());
}

static double heavy_factor(double momentum)
{
    double rate = best_heavy_rate(momentum);
    return heavy_factor_of_rate(rate);
}

static double best_momentum(void)
{
    return argmin(heavy_factor, 0, 1);
}

static int heavy_factor_left(double *out)
{
    return *out = heavy_factor(best_momentum()), 1;
}

static int heavy_factor_right(double *out)
{
    return *out = (sqrt(kappa()) - 1) / (sqrt(kappa()) + 1), 1;
}

static int heavy_mu_left(double *out)
{
    return *out = best_momentum(), 1;
}

static int heavy_mu_right(double *out)
{
    return *out = pow((sqrt(kappa()) - 1) / (sqrt(kappa()) + 1), 2), 1;
}

static int heavy_rate_left(double *out)
{
    return *out = best_heavy_rate(best_momentum()), 1;
}

static int heavy_rate_right(double *out)
{
    return *out = 4 / pow(sqrt(smallest()) + sqrt(largest()), 2), 1;
}

/* ---- momentum ---- */

static struct state momentum_step(double dampening, uint64_t nesterov)
{
    struct state s = drawn;
    momentum_step_f64(n, g[0], s.w, s.m, eta, mu, dampening, nesterov);
    return s;
}

/* T steps with the gradients g, from m = 0 */
static struct state momentum_steps(double rate, double dampening, int constant)
{
    struct state s = { 0 };
    for (int k = 0; k < n; k++) s.w[k] = drawn.w[k];
    for (int i = 0; i < T; i++) momentum_step_f64(n, g[constant ? 0 : i], s.w, s.m, rate, mu, dampening, 0);
    return s;
}

static int sgd_left(double *out)
{
    for (int k = 0; k < n; k++) out[k] = drawn.w[k];
    sgd_step_f64(n, g[0], out, eta);
    return n;
}

EACH(sgd_right, drawn.w[k] - eta * g[0][k])
EACH(heavy_m_left, momentum_step(0, 0).m[k])
EACH(heavy_m_right, mu *drawn.m[k] + g[0][k])
EACH(heavy_w_left, momentum_step(0, 0).w[k])
EACH(heavy_w_right, drawn.w[k] - eta * (mu * drawn.m[k] + g[0][k]))
EACH(sum_left, momentum_steps(eta, 0, 0).m[k])

static int sum_right(double *out)
{
    for (int k = 0; k < n; k++) {
        out[k] = 0;
        for (int s = 1; s <= T; s++) out[k] += pow(mu, T - s) * g[s - 1][k];
    }
    return n;
}

EACH(terminal_left, momentum_steps(eta, 0, 1).m[k])
EACH(terminal_right, (1 - pow(mu, T)) / (1 - mu) * g[0][k])

/* weights after so many steps down the ravine; -1: before the first, where they were, too */
static struct state down(int steps, uint64_t nesterov)
{
    struct state s = { 0 };
    double dw[n];
    for (int k = 0; k < n; k++) s.w[k] = drawn.w[k];
    for (int i = 0; i < steps; i++) slope(s.w, dw), momentum_step_f64(n, dw, s.w, s.m, eta, mu, 0, nesterov);
    return s;
}

EACH(polyak_left, down(T + 1, 0).w[k])

static int polyak_right(double *out)
{
    struct state now = down(T, 0), before = down(T - 1, 0);
    for (int k = 0; k < n; k++)
        out[k] = now.w[k] - eta * curvature[k] * now.w[k] + mu * (now.w[k] - before.w[k]);
    return n;
}

EACH(nesterov_left, momentum_step(0, 1).w[k])
EACH(nesterov_right, drawn.w[k] - eta * (g[0][k] + mu * (mu * drawn.m[k] + g[0][k])))
EACH(ahead_left, down(T, 1).w[k])

/* theta moves by the velocity, the gradient is taken where it would move to */
static int ahead_right(double *out)
{
    double theta[n], m[n] = { 0 }, point[n], dw[n];
    for (int k = 0; k < n; k++) theta[k] = drawn.w[k];
    for (int i = 0; i < T; i++) {
        for (int k = 0; k < n; k++) point[k] = theta[k] - eta * mu * m[k];
        slope(point, dw);
        for (int k = 0; k < n; k++) m[k] = mu * m[k] + dw[k], theta[k] -= eta * m[k];
    }
    for (int k = 0; k < n; k++) out[k] = theta[k] - eta * mu * m[k];
    return n;
}

EACH(dampening_left, momentum_step(tau, 0).m[k])
EACH(dampening_right, mu *drawn.m[k] + (1 - tau) * g[0][k])
EACH(exchange_left, momentum_steps(eta, mu, 0).w[k])
EACH(exchange_right, momentum_steps((1 - mu) * eta, 0, 0).w[k])

/* ---- Adam ---- */

static struct state adam_step(void)
{
    struct state s = drawn;
    adam_step_f64(n, g[0], s.w, s.m, s.v, eta, beta1, beta2, eps, t);
    return s;
}

/* the first `steps` steps, with gradients `scale` times as large */
static struct state adam_steps(int steps, double scale, double small)
{
    struct state s = { 0 };
    for (int i = 0; i < steps; i++) {
        double dw[n];
        for (int k = 0; k < n; k++) dw[k] = scale * g[i][k];
        adam_step_f64(n, dw, s.w, s.m, s.v, eta, beta1, beta2, small, (uint64_t)i + 1);
    }
    return s;
}

static double c(double decay, double steps)
{
    return 1 - pow(decay, steps);
}

static double adam_ratio(int k)
{
    double m = beta1 * drawn.m[k] + (1 - beta1) * g[0][k],
           v = beta2 * drawn.v[k] + (1 - beta2) * g[0][k] * g[0][k];
    return m / c(beta1, (double)t) / (sqrt(v / c(beta2, (double)t)) + eps);
}

EACH(adam_m_left, adam_step().m[k])
EACH(adam_m_right, beta1 *drawn.m[k] + (1 - beta1) * g[0][k])
EACH(adam_v_left, adam_step().v[k])
EACH(adam_v_right, beta2 *drawn.v[k] + (1 - beta2) * g[0][k] * g[0][k])
EACH(adam_w_left, adam_step().w[k])
EACH(adam_w_right, drawn.w[k] - eta * adam_ratio(k))

/* the mean of g^power over T steps, the latest with weight 1, the one before with `decay`, and so on */
static double weighted_mean(int k, double decay, double power)
{
    double sum = 0, weights = 0;
    for (int s = 1; s <= T; s++) {
        sum += pow(decay, T - s) * pow(g[s - 1][k], power);
        weights += pow(decay, T - s);
    }
    return sum / weights;
}

EACH(mean_m_left, adam_steps(T, 1, eps).m[k] / c(beta1, T))
EACH(mean_m_right, weighted_mean(k, beta1, 1))
EACH(mean_v_left, adam_steps(T, 1, eps).v[k] / c(beta2, T))
EACH(mean_v_right, weighted_mean(k, beta2, 2))
EACH(first_left, adam_steps(1, 1, eps).w[k])
EACH(first_right, -eta *g[0][k] / (fabs(g[0][k]) + eps))
EACH(scale_left, adam_steps(T, 1000, 1000 * eps).w[k])
EACH(scale_right, adam_steps(T, 1, eps).w[k])
EACH(bare_left, adam_steps(1, 1, eps).m[k] / sqrt(adam_steps(1, 1, eps).v[k]))
EACH(bare_right, (1 - beta1) / sqrt(1 - beta2) * (g[0][k] > 0 ? 1 : -1))

static int missing_left(double *out)
{
    struct state s = adam_steps(T, 1, eps);
    for (int k = 0; k < n; k++)
        out[k] = s.m[k] / sqrt(s.v[k]) / (s.m[k] / c(beta1, T) / sqrt(s.v[k] / c(beta2, T)));
    return n;
}

EACH(missing_right, c(beta1, T) / sqrt(c(beta2, T)))
EACH(folded_left, (drawn.w[k] - adam_step().w[k]) / eta)

static int folded_right(double *out)
{
    struct state s = adam_step();
    double root = sqrt(c(beta2, (double)t));
    for (int k = 0; k < n; k++) out[k] = root / c(beta1, (double)t) * s.m[k] / (sqrt(s.v[k]) + eps * root);
    return n;
}

static int adamw_left(double *out)
{
    struct state s = drawn;
    adamw_step_f64(n, g[0], s.w, s.m, s.v, eta, beta1, beta2, eps, lambda, t);
    for (int k = 0; k < n; k++) out[k] = s.w[k];
    return n;
}

EACH(adamw_right, (1 - eta * lambda) * drawn.w[k] - eta * adam_ratio(k))

#include "formulas_pages.h"
#include "formulas_muon.h"

#define RATIO "\\frac{\\hat{m}_k}{\\sqrt{\\hat{v}_k} + \\varepsilon}"
#define SUM   "\\sum_{s=1}^{t}"

/* searched by thirds where the radius turns as a square root does: half of the digits */
static const double searched = 1e-6;

const struct formula lesson_04_formulas[] = {
    { "opt.sgd", "w_k' = w_k - \\eta\\, g_k", sgd_left, sgd_right, 0 },
    { "opt.ravine.sgd", "w_{k,t} = (1 - \\eta a_k)^t\\, w_{k,0}", ravine_sgd_left, ravine_sgd_right, 0 },
    { "opt.ravine.rate", "\\arg\\min_{\\eta}\\, \\max_k |1 - \\eta a_k| = \\frac{2}{a + b}", rate_left,
      rate_right, 0 },
    { "opt.ravine.factor", "\\min_{\\eta}\\, \\max_k |1 - \\eta a_k| = \\frac{\\kappa - 1}{\\kappa + 1}",
      factor_left, factor_right, 0 },
    { "opt.heavy.m", "m_k' = \\mu\\, m_k + g_k", heavy_m_left, heavy_m_right, 0 },
    { "opt.heavy.w", "w_k' = w_k - \\eta\\, m_k'", heavy_w_left, heavy_w_right, 0 },
    { "opt.heavy.sum", "m_t = " SUM " \\mu^{t-s}\\, g_s", sum_left, sum_right, 0 },
    { "opt.heavy.terminal", "m_t = \\frac{1 - \\mu^t}{1 - \\mu}\\, g", terminal_left, terminal_right, 0 },
    { "opt.heavy.polyak", "w_{t+1} = w_t - \\eta\\, g_t + \\mu\\, (w_t - w_{t-1})", polyak_left, polyak_right,
      0 },
    { "opt.ravine.heavy",
      "\\min_{\\eta,\\, \\mu}\\, \\rho = \\frac{\\sqrt{\\kappa} - 1}{\\sqrt{\\kappa} + 1}", heavy_factor_left,
      heavy_factor_right, searched },
    { "opt.ravine.mu", "\\mu = \\left( \\frac{\\sqrt{\\kappa} - 1}{\\sqrt{\\kappa} + 1} \\right)^2",
      heavy_mu_left, heavy_mu_right, searched },
    { "opt.ravine.eta", "\\eta = \\frac{4}{(\\sqrt{a} + \\sqrt{b})^2}", heavy_rate_left, heavy_rate_right,
      searched },
    { "opt.nesterov", "w_k' = w_k - \\eta\\, (g_k + \\mu\\, m_k')", nesterov_left, nesterov_right, 0 },
    { "opt.nesterov.ahead", "w_t = \\theta_t - \\eta\\, \\mu\\, m_t", ahead_left, ahead_right, 0 },
    { "opt.dampening", "m_k' = \\mu\\, m_k + (1 - \\tau)\\, g_k", dampening_left, dampening_right, 0 },
    { "opt.exchange", "w_t(\\eta,\\ \\tau = \\mu) = w_t((1 - \\mu)\\, \\eta,\\ \\tau = 0)", exchange_left,
      exchange_right, 0 },
    { "adam.m", "m_k' = \\beta_1 m_k + (1 - \\beta_1)\\, g_k", adam_m_left, adam_m_right, 0 },
    { "adam.v", "v_k' = \\beta_2 v_k + (1 - \\beta_2)\\, g_k^2", adam_v_left, adam_v_right, 0 },
    { "adam.mean.m",
      "\\hat{m}_t = \\frac{m_t}{1 - \\beta_1^t} = \\frac{" SUM " \\beta_1^{t-s}\\, g_s}{" SUM
      " \\beta_1^{t-s}}",
      mean_m_left, mean_m_right, 0 },
    { "adam.mean.v",
      "\\hat{v}_t = \\frac{v_t}{1 - \\beta_2^t} = \\frac{" SUM " \\beta_2^{t-s}\\, g_s^2}{" SUM
      " \\beta_2^{t-s}}",
      mean_v_left, mean_v_right, 0 },
    { "adam.w", "w_k' = w_k - \\eta\\, " RATIO, adam_w_left, adam_w_right, 0 },
    { "adam.first", "w_1 - w_0 = -\\eta\\, \\frac{g_1}{|g_1| + \\varepsilon}", first_left, first_right, 0 },
    { "adam.scale",
      "w_t(c\\, g_1,\\, \\ldots,\\, c\\, g_t;\\ c\\, \\varepsilon) = w_t(g_1,\\, \\ldots,\\, g_t;\\ "
      "\\varepsilon)",
      scale_left, scale_right, 0 },
    { "adam.bare",
      "\\frac{m_1}{\\sqrt{v_1}} = \\frac{1 - \\beta_1}{\\sqrt{1 - \\beta_2}} \\operatorname{sign}(g_1)",
      bare_left, bare_right, 0 },
    { "adam.missing",
      "\\frac{m_t}{\\sqrt{v_t}} : \\frac{\\hat{m}_t}{\\sqrt{\\hat{v}_t}} = \\frac{1 - \\beta_1^t}{\\sqrt{1 - "
      "\\beta_2^t}}",
      missing_left, missing_right, 0 },
    { "adam.folded",
      RATIO " = \\frac{\\sqrt{1 - \\beta_2^t}}{1 - \\beta_1^t}\\, \\frac{m_k}{\\sqrt{v_k} + \\varepsilon "
            "\\sqrt{1 - \\beta_2^t}}",
      folded_left, folded_right, 0 },
    { "adamw.w", "w_k' = (1 - \\eta \\lambda)\\, w_k - \\eta\\, " RATIO, adamw_left, adamw_right, 0 },
    { "rms.v", "v_k' = \\alpha v_k + (1 - \\alpha)\\, g_k^2", rms_v_left, rms_v_right, 0 },
    { "rms.w", "w_k' = w_k - \\eta\\, \\frac{g_k}{\\sqrt{v_k'} + \\varepsilon}", rms_w_left, rms_w_right, 0 },
    { "adagrad.v", "v_k' = v_k + g_k^2", adagrad_v_left, adagrad_v_right, 0 },
    { "adagrad.w",
      "w_k' = w_k - \\frac{\\eta}{1 + (t - 1)\\, \\delta}\\, \\frac{g_k}{\\sqrt{v_k'} + \\varepsilon}",
      adagrad_w_left, adagrad_w_right, 0 },
    { "adagrad.last", "w_t - w_{t-1} = -\\frac{\\eta}{\\sqrt{t}} \\operatorname{sign}(g)", adagrad_last_left,
      adagrad_last_right, 0 },
    { "adadelta.w",
      "w_k' = w_k - \\eta\\, \\Delta_k \\quad \\text{with} \\quad \\Delta_k = \\frac{\\sqrt{u_k + "
      "\\varepsilon}}{\\sqrt{v_k' + \\varepsilon}}\\, g_k",
      adadelta_w_left, adadelta_w_right, 0 },
    { "adadelta.u", "u_k' = \\rho\\, u_k + (1 - \\rho)\\, \\Delta_k^2", adadelta_u_left, adadelta_u_right,
      0 },
    { "amsgrad.v", "\\bar{v}_k' = \\max(\\bar{v}_k,\\ v_k')", ams_left, ams_right, 0 },
    { "nadam.m", "\\hat{m}_k = \\frac{1 - \\mu_t}{1 - P_t}\\, g_k + \\frac{\\mu_{t+1}}{1 - P_{t+1}}\\, m_k'",
      nadam_left, nadam_right, 0 },
    { "lion.w",
      "w_k' = (1 - \\eta \\lambda)\\, w_k - \\eta \\operatorname{sign}(\\beta_1 m_k + (1 - \\beta_1)\\, g_k)",
      lion_w_left, lion_w_right, 0 },
    { "lion.m", "m_k' = \\beta_2 m_k + (1 - \\beta_2)\\, g_k", lion_m_left, lion_m_right, 0 },
    { "adam.sign", "w_k' = w_k - \\eta \\operatorname{sign}(g_k)", sign_left, sign_right, 0 },
    { "sched.step", "f = \\gamma^{\\lfloor e / s \\rfloor}", step_left, step_right, 0 },
    { "sched.exponential", "f = \\gamma^{\\, e}", exponential_left, exponential_right, 0 },
    { "sched.linear", "f = 1 - \\frac{e}{E}", linear_left, linear_right, 0 },
    { "sched.cosine", "f = \\frac{1}{2} \\left( 1 + \\cos \\frac{\\pi e}{E} \\right)", cosine_left,
      cosine_right, 0 },
    { "sched.cycle.up",
      "f = \\frac{1}{d} + \\left( 1 - \\frac{1}{d} \\right) \\frac{1 - \\cos (\\pi\\, i / i^{\\ast})}{2}",
      up_left, up_right, 0 },
    { "sched.cycle.down",
      "f = \\frac{1}{d D} + \\left( 1 - \\frac{1}{d D} \\right) \\frac{1 + \\cos (\\pi\\, (i - i^{\\ast}) / (I - "
      "i^{\\ast}))}{2}",
      down_left, down_right, 0 },
    { "clip.norm", "g_k' = g_k \\min \\left( 1,\\ \\frac{c}{\\lVert g \\rVert + \\varepsilon} \\right)",
      clip_norm_left, clip_norm_right, 0 },
    { "clip.value", "g_k' = \\max(-c,\\ \\min(c,\\ g_k))", clip_value_left, clip_value_right, 0 },
    MUON_FORMULAS,
    { 0 },
};
