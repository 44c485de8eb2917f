/* formulas.c - the formulas of lesson 5, each with both of its sides in C.
 *
 * A penalty has the library's routine on its left side, its gradient the complex step of it, a step the
 * routine again; the right side is the formula as printed. The proximal step's definition, a minimum, is
 * found by search.
 */
#include "../lesson.h"

#include <complex.h>
#undef I
#include <math.h>
#include <string.h>
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum { n = 7, ROWS = 3, COLS = 5 }; /* pairwise different: a swapped index cannot hide */

typedef double _Complex number;

static const double lr = 0.3, lambda = 0.7, l1 = 0.9, l2 = 0.6, mu = 0.9, c = 1.2, step_size = 0x1p-300;
static double w[n], dw[n], m[n], v[n], matrix[ROWS * COLS];

static void fill(uint64_t seed, uint64_t stream, int count, float low, float high, double *out)
{
    float random[ROWS * COLS];
    philox_uniform(seed, stream, (size_t)count, low, high, random);
    for (int k = 0; k < count; k++) out[k] = (double)random[k];
}

void lesson_05_draw(uint64_t seed)
{
    fill(seed, 0, n, -1, 1, w), fill(seed, 1, n, -1, 1, dw), fill(seed, 2, n, -1, 1, m);
    fill(seed, 3, n, 0, 1, v), fill(seed, 4, ROWS * COLS, -1, 1, matrix);
}

static double sign(double x)
{
    return (x > 0) - (x < 0);
}

/* ---- penalties ---- */

static int l2_left(double *out)
{
    l2_penalty_forward_f64(n, w, out, lambda);
    return 1;
}

static int l2_right(double *out)
{
    *out = 0;
    for (int k = 0; k < n; k++) *out += lambda / 2 * w[k] * w[k];
    return 1;
}

static int l1_left(double *out)
{
    l1_penalty_forward_f64(n, w, out, lambda);
    return 1;
}

static int l1_right(double *out)
{
    *out = 0;
    for (int k = 0; k < n; k++) *out += lambda * fabs(w[k]);
    return 1;
}

static int net_left(double *out)
{
    elastic_penalty_forward_f64(n, w, out, l1, l2);
    return 1;
}

static int net_right(double *out)
{
    *out = 0;
    for (int k = 0; k < n; k++) *out += l1 * fabs(w[k]) + l2 / 2 * w[k] * w[k];
    return 1;
}

enum penalty { L2, L1, NET };

static int derivatives(enum penalty which, double *out)
{
    number in[n], value;
    for (int k = 0; k < n; k++) in[k] = w[k];
    for (int k = 0; k < n; k++) {
        in[k] = CMPLX(w[k], step_size);
        if (which == L2) l2_penalty_forward_cplx(n, in, &value, lambda);
        if (which == L1) l1_penalty_forward_cplx(n, in, &value, lambda);
        if (which == NET) elastic_penalty_forward_cplx(n, in, &value, l1, l2);
        out[k] = cimag(value) / step_size;
        in[k] = w[k];
    }
    return n;
}

static int l2_derivative(double *out)
{
    return derivatives(L2, out);
}

static int l1_derivative(double *out)
{
    return derivatives(L1, out);
}

static int net_derivative(double *out)
{
    return derivatives(NET, out);
}

static int l2_gradient(double *out)
{
    for (int k = 0; k < n; k++) out[k] = lambda * w[k];
    return n;
}

static int l1_gradient(double *out)
{
    for (int k = 0; k < n; k++) out[k] = lambda * sign(w[k]);
    return n;
}

static int net_gradient(double *out)
{
    for (int k = 0; k < n; k++) out[k] = l1 * sign(w[k]) + l2 * w[k];
    return n;
}

/* ---- steps ---- */

static int coupled_left(double *out)
{
    memcpy(out, w, sizeof w);
    sgd_decay_step_f64(n, dw, out, lr, lambda);
    return n;
}

static int coupled_right(double *out)
{
    for (int k = 0; k < n; k++) out[k] = w[k] - lr * (dw[k] + lambda * w[k]);
    return n;
}

static int decoupled_left(double *out)
{
    memcpy(out, w, sizeof w);
    weight_decay_step_f64(n, out, lr, lambda);
    sgd_step_f64(n, dw, out, lr);
    return n;
}

static int decoupled_right(double *out)
{
    for (int k = 0; k < n; k++) out[k] = (1 - lr * lambda) * w[k] - lr * dw[k];
    return n;
}

/* step 3 of Adam, from any m and v */
static double adam_moved(int k, double g)
{
    double after_m = 0.9 * m[k] + 0.1 * g, after_v = 0.999 * v[k] + (1 - 0.999) * g * g;
    return lr * (after_m / (1 - pow(0.9, 3))) / (sqrt(after_v / (1 - pow(0.999, 3))) + 1e-8);
}

static int adam_coupled_left(double *out)
{
    double sum[n], one = 1, own_m[n], own_v[n];
    memcpy(out, w, sizeof w), memcpy(own_m, m, sizeof m), memcpy(own_v, v, sizeof v);
    l2_penalty_backward_f64(n, w, &one, sum, lambda);
    for (int k = 0; k < n; k++) sum[k] += dw[k];
    adam_step_f64(n, sum, out, own_m, own_v, lr, 0.9, 0.999, 1e-8, 3);
    return n;
}

static int adam_coupled_right(double *out)
{
    for (int k = 0; k < n; k++) out[k] = w[k] - adam_moved(k, dw[k] + lambda * w[k]);
    return n;
}

static int adam_decoupled_left(double *out)
{
    double own_m[n], own_v[n];
    memcpy(out, w, sizeof w), memcpy(own_m, m, sizeof m), memcpy(own_v, v, sizeof v);
    adamw_step_f64(n, dw, out, own_m, own_v, lr, 0.9, 0.999, 1e-8, lambda, 3);
    return n;
}

static int adam_decoupled_right(double *out)
{
    for (int k = 0; k < n; k++) out[k] = (1 - lr * lambda) * w[k] - adam_moved(k, dw[k]);
    return n;
}

/* where decoupled decay under momentum comes to rest on a parabola of curvature a = 1 + v around m */
static int rest_left(double *out)
{
    double at[n], slope[n], speed[n] = { 0 };
    memcpy(at, w, sizeof w);
    for (int t = 0; t < 4000; t++) {
        for (int k = 0; k < n; k++) slope[k] = (1 + v[k]) * (at[k] - m[k]);
        weight_decay_step_f64(n, at, 0.1, lambda);
        momentum_step_f64(n, slope, at, speed, 0.1, mu, 0, 0);
    }
    memcpy(out, at, sizeof at);
    return n;
}

static int rest_right(double *out)
{
    for (int k = 0; k < n; k++) out[k] = (1 + v[k]) * m[k] / (1 + v[k] + (1 - mu) * lambda);
    return n;
}

/* ---- proximal steps ---- */

static int soft_left(double *out)
{
    memcpy(out, w, sizeof w);
    soft_threshold_f64(n, out, lr, lambda);
    return n;
}

static int soft_right(double *out)
{
    for (int k = 0; k < n; k++) out[k] = sign(w[k]) * fmax(fabs(w[k]) - lr * lambda, 0);
    return n;
}

static double objective(double u, double at, double of_1, double of_2)
{
    return (u - at) * (u - at) / 2 + lr * (of_1 * fabs(u) + of_2 / 2 * u * u);
}

/* the minimum of a convex function, between -2 and 2: thirds are cut off */
static double minimum(double at, double of_1, double of_2)
{
    double low = -2, high = 2;
    for (int i = 0; i < 200; i++) {
        double left = low + (high - low) / 3, right = high - (high - low) / 3;
        if (objective(left, at, of_1, of_2) < objective(right, at, of_1, of_2))
            high = right;
        else
            low = left;
    }
    return (low + high) / 2;
}

static int minimum_right(double *out)
{
    for (int k = 0; k < n; k++) out[k] = minimum(w[k], lambda, 0);
    return n;
}

static int shrunk_left(double *out)
{
    memcpy(out, w, sizeof w);
    elastic_net_f64(n, out, lr, l1, l2);
    return n;
}

static int shrunk_right(double *out)
{
    for (int k = 0; k < n; k++) out[k] = sign(w[k]) * fmax(fabs(w[k]) - lr * l1, 0) / (1 + lr * l2);
    return n;
}

static int norm_left(double *out)
{
    memcpy(out, matrix, sizeof matrix);
    max_norm_f64(ROWS, COLS, out, c);
    return ROWS * COLS;
}

static int norm_right(double *out)
{
    for (int row = 0; row < ROWS; row++) {
        double length = 0;
        for (int k = 0; k < COLS; k++) length += matrix[row * COLS + k] * matrix[row * COLS + k];
        length = sqrt(length);
        for (int k = 0; k < COLS; k++) out[row * COLS + k] = matrix[row * COLS + k] * fmin(1, c / length);
    }
    return ROWS * COLS;
}

#define DR   "\\frac{\\partial R}{\\partial w_k}"
#define SOFT "\\operatorname{sign}(w_k)\\, \\max(|w_k| - \\eta "

const struct formula lesson_05_formulas[] = {
    { "decay.l2", "R = \\frac{\\lambda}{2} \\sum_{k} w_k^2", l2_left, l2_right, 0 },
    { "decay.l2.grad", DR " = \\lambda\\, w_k", l2_derivative, l2_gradient, 0 },
    { "decay.l1", "R = \\lambda \\sum_{k} |w_k|", l1_left, l1_right, 0 },
    { "decay.l1.grad", DR " = \\lambda\\, \\operatorname{sign}(w_k)", l1_derivative, l1_gradient, 0 },
    { "decay.net", "R = \\lambda_1 \\sum_{k} |w_k| + \\frac{\\lambda_2}{2} \\sum_{k} w_k^2", net_left,
      net_right, 0 },
    { "decay.net.grad", DR " = \\lambda_1 \\operatorname{sign}(w_k) + \\lambda_2\\, w_k", net_derivative,
      net_gradient, 0 },
    { "decay.coupled", "w_k' = w_k - \\eta\\, (g_k + \\lambda\\, w_k)", coupled_left, coupled_right, 0 },
    { "decay.decoupled", "w_k' = (1 - \\eta \\lambda)\\, w_k - \\eta\\, g_k", decoupled_left, decoupled_right,
      0 },
    { "decay.adam.coupled", "w_k' = w_k - A_k(g_k + \\lambda\\, w_k)", adam_coupled_left, adam_coupled_right,
      0 },
    { "decay.adam.decoupled", "w_k' = (1 - \\eta \\lambda)\\, w_k - A_k(g_k)", adam_decoupled_left,
      adam_decoupled_right, 0 },
    { "decay.rest", "w_k = \\frac{a_k\\, w_k^{\\ast}}{a_k + (1 - \\mu)\\, \\lambda}", rest_left, rest_right,
      1e-9 },
    { "decay.soft", "w_k' = " SOFT "\\lambda,\\ 0)", soft_left, soft_right, 0 },
    { "decay.prox", "w_k' = \\arg\\min_{u}\\ \\frac{1}{2} (u - w_k)^2 + \\eta \\lambda\\, |u|", soft_left,
      minimum_right, 1e-7 },
    { "decay.net.prox", "w_k' = \\frac{" SOFT "\\lambda_1,\\ 0)}{1 + \\eta \\lambda_2}", shrunk_left,
      shrunk_right, 0 },
    { "decay.norm", "w_{ij}' = w_{ij}\\, \\min\\left( 1,\\ \\frac{c}{\\sqrt{\\sum_{k} w_{ik}^2}} \\right)",
      norm_left, norm_right, 0 },
    { 0 },
};
