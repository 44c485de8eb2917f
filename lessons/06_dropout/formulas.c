/* formulas.c - the formulas of lesson 6, each with both of its sides in C.
 *
 * Means and variances are over all 2^n masks, each with its probability: nothing is sampled. Gradients have
 * the complex step of the library's forward on their left side.
 */
#include "../lesson.h"

#include <complex.h>
#undef I
#include <math.h>
#include "../../reference/dropout.h"
#include "../../reference/reference.h"

enum { n = 7, MASKS = 1 << n, N = 3, C = 5, HW = 4, IN = 6, OUT = 2 }; /* a swapped index cannot hide */

typedef double _Complex number;

static const double step_size = 0x1p-300;
static double p;
static uint64_t seed; /* of the masks */
static double x[n], w[n], b, t, upstream[n];
static double planes[N * C * HW], rows[N * C], bias[C];
static double in[N * IN], weight[OUT * IN], bias_out[OUT], up_out[N * OUT];

static void fill(uint64_t from, uint64_t stream, int count, double *out)
{
    float random[N * C * HW];
    philox_uniform(from, stream, (size_t)count, -1, 1, random);
    for (int k = 0; k < count; k++) out[k] = (double)random[k];
}

static int bit(const uint32_t *mask, int k)
{
    return (int)(mask[k / 32] >> k % 32 & 1);
}

/* the mask that the library draws */
static const uint32_t *drawn(int count)
{
    static uint32_t mask[2];
    double zero[64] = { 0 }, y[64];
    dropout_forward_f64(count, zero, y, mask, p, seed);
    return mask;
}

/* 0 if the masks leave nothing of some formula: 0 = 0 proves nothing */
static int something_is_left(void)
{
    const uint32_t *mask = drawn(N * C);
    int flows = 0;
    for (int k = 0; k < N * C; k++) flows |= bit(mask, k) && rows[k] + bias[k % C] > 0;
    return flows && mask[0] & (MASKS - 1);
}

#include "formulas_norm.h"

void lesson_06_draw(uint64_t from)
{
    float random;
    philox_uniform(from, 20, 1, 0.1f, 0.9f, &random);
    p = (double)random;
    fill(from, 2, n, x), fill(from, 3, n, w), fill(from, 4, 1, &b), fill(from, 5, 1, &t);
    fill(from, 6, n, upstream), fill(from, 7, N * C * HW, planes), fill(from, 8, N * C, rows);
    fill(from, 9, C, bias), fill(from, 11, N * IN, in);
    fill(from, 12, OUT * IN, weight), fill(from, 13, OUT, bias_out), fill(from, 14, N * OUT, up_out);
    draw_norm(from);
    for (seed = from; !something_is_left(); seed += 1000003) continue;
}

/* ---- elements ---- */

static int mask_left(double *out)
{
    for (int k = 0; k < n; k++) out[k] = bit(drawn(n), k);
    return n;
}

static int mask_right(double *out)
{
    for (int k = 0; k < n; k++) {
        double u = dropout_half(seed, 0, (uint64_t)k) / 0x1p16 + dropout_half(seed, 1, (uint64_t)k) / 0x1p32;
        out[k] = u >= floor(p * 0x1p32) / 0x1p32;
    }
    return n;
}

static int forward_left(double *out)
{
    uint32_t mask[1];
    dropout_forward_f64(n, x, out, mask, p, seed);
    return n;
}

static int forward_right(double *out)
{
    for (int k = 0; k < n; k++) out[k] = bit(drawn(n), k) * x[k] / (1 - p);
    return n;
}

static int backward_left(double *out)
{
    number at[n], y[n];
    uint32_t mask[1];
    for (int k = 0; k < n; k++) {
        for (int i = 0; i < n; i++) at[i] = CMPLX(x[i], i == k ? step_size : 0);
        dropout_forward_cplx(n, at, y, mask, p, seed);
        out[k] = 0;
        for (int i = 0; i < n; i++) out[k] += upstream[i] * cimag(y[i]) / step_size;
    }
    return n;
}

static int backward_right(double *out)
{
    for (int k = 0; k < n; k++) out[k] = bit(drawn(n), k) / (1 - p) * upstream[k];
    return n;
}

/* ---- over all masks ---- */

static double probability(uint32_t mask)
{
    int kept = __builtin_popcount(mask);
    return pow(1 - p, kept) * pow(p, n - kept);
}

/* y (n) for one of the masks */
static void masked(uint32_t mask, double *y)
{
    dropout_backward_f64(n, &mask, x, y, p); /* a mask applied, as on the way back */
}

static int mean_left(double *out)
{
    double y[n];
    for (int k = 0; k < n; k++) out[k] = 0;
    for (uint32_t mask = 0; mask < MASKS; mask++) {
        masked(mask, y);
        for (int k = 0; k < n; k++) out[k] += probability(mask) * y[k];
    }
    return n;
}

static int mean_right(double *out)
{
    for (int k = 0; k < n; k++) out[k] = x[k];
    return n;
}

static int variance_left(double *out)
{
    double y[n];
    for (int k = 0; k < n; k++) out[k] = 0;
    for (uint32_t mask = 0; mask < MASKS; mask++) {
        masked(mask, y);
        for (int k = 0; k < n; k++) out[k] += probability(mask) * (y[k] - x[k]) * (y[k] - x[k]);
    }
    return n;
}

static int variance_right(double *out)
{
    for (int k = 0; k < n; k++) out[k] = p / (1 - p) * x[k] * x[k];
    return n;
}

/* a linear neuron's z = b + sum w y */
static double neuron(const double *y)
{
    double z = b;
    for (int k = 0; k < n; k++) z += w[k] * y[k];
    return z;
}

/* the mean over all masks of f(z), for f(z) = z, (t - z)^2, log s(z), log(1 - s(z)) */
static double mean_of(double (*f)(double z))
{
    double y[n], mean = 0;
    for (uint32_t mask = 0; mask < MASKS; mask++) {
        masked(mask, y);
        mean += probability(mask) * f(neuron(y));
    }
    return mean;
}

static double itself(double z)
{
    return z;
}

static double square(double z)
{
    return (t - z) * (t - z);
}

static double log_yes(double z)
{
    return -log1p(exp(-z));
}

static double log_no(double z)
{
    return -log1p(exp(z));
}

static int linear_left(double *out)
{
    out[0] = mean_of(itself);
    return 1;
}

static int linear_right(double *out)
{
    out[0] = neuron(x);
    return 1;
}

static int geometric_left(double *out)
{
    double yes = exp(mean_of(log_yes)), no = exp(mean_of(log_no));
    out[0] = yes / (yes + no);
    return 1;
}

static int geometric_right(double *out)
{
    double z = neuron(x);
    sigmoid_forward_f64(1, &z, out);
    return 1;
}

static int ridge_left(double *out)
{
    out[0] = mean_of(square);
    return 1;
}

static int ridge_right(double *out)
{
    out[0] = square(neuron(x));
    for (int k = 0; k < n; k++) out[0] += p / (1 - p) * w[k] * w[k] * x[k] * x[k];
    return 1;
}

/* ---- planes, rows, weights ---- */

static int planes_left(double *out)
{
    uint32_t mask[1];
    dropout_channels_forward_f64(N, C, HW, planes, out, mask, p, seed);
    return N * C * HW;
}

static int planes_right(double *out)
{
    for (int k = 0; k < N * C * HW; k++) out[k] = bit(drawn(N * C), k / HW) * planes[k] / (1 - p);
    return N * C * HW;
}

static int fused_left(double *out)
{
    uint32_t mask[1];
    bias_relu_dropout_forward_f64(N, C, rows, bias, out, mask, p, seed);
    return N * C;
}

static int fused_right(double *out)
{
    for (int k = 0; k < N * C; k++) out[k] = bit(drawn(N * C), k) / (1 - p) * fmax(0, rows[k] + bias[k % C]);
    return N * C;
}

static int connect_left(double *out)
{
    uint32_t mask[1];
    dropconnect_forward_f64(N, IN, OUT, in, weight, bias_out, out, mask, p, seed);
    return N * OUT;
}

static int connect_right(double *out)
{
    for (int k = 0; k < N * OUT; k++) {
        out[k] = bias_out[k % OUT];
        for (int i = 0; i < IN; i++) {
            int at = k % OUT * IN + i;
            out[k] += bit(drawn(OUT * IN), at) / (1 - p) * weight[at] * in[k / OUT * IN + i];
        }
    }
    return N * OUT;
}

static int connect_dw_left(double *out)
{
    number cin[N * IN], cw[OUT * IN], cb[OUT], y[N * OUT];
    uint32_t mask[1];
    for (int k = 0; k < N * IN; k++) cin[k] = in[k];
    for (int k = 0; k < OUT; k++) cb[k] = bias_out[k];
    for (int k = 0; k < OUT * IN; k++) {
        for (int i = 0; i < OUT * IN; i++) cw[i] = CMPLX(weight[i], i == k ? step_size : 0);
        dropconnect_forward_cplx(N, IN, OUT, cin, cw, cb, y, mask, p, seed);
        out[k] = 0;
        for (int i = 0; i < N * OUT; i++) out[k] += up_out[i] * cimag(y[i]) / step_size;
    }
    return OUT * IN;
}

static int connect_dw_right(double *out)
{
    for (int k = 0; k < OUT * IN; k++) {
        out[k] = 0;
        for (int i = 0; i < N; i++) out[k] += up_out[i * OUT + k / IN] * in[i * IN + k % IN];
        out[k] *= bit(drawn(OUT * IN), k) / (1 - p);
    }
    return OUT * IN;
}

const struct formula lesson_06_formulas[] = {
    { "drop.mask", "m_k = [u_k \\ge p]", mask_left, mask_right, 0 },
    { "drop.fwd", "y_k = \\frac{m_k}{1 - p}\\, x_k", forward_left, forward_right, 0 },
    { "drop.bwd",
      "\\frac{\\partial L}{\\partial x_k} = \\frac{m_k}{1 - p}\\, \\frac{\\partial L}{\\partial y_k}",
      backward_left, backward_right, 0 },
    { "drop.mean", "\\mathrm{E}[y_k] = x_k", mean_left, mean_right, 0 },
    { "drop.var", "\\mathrm{Var}[y_k] = \\frac{p}{1 - p}\\, x_k^2", variance_left, variance_right, 0 },
    { "drop.linear", "\\mathrm{E}\\left[ b + \\sum_{k} w_k y_k \\right] = b + \\sum_{k} w_k x_k", linear_left,
      linear_right, 0 },
    { "drop.geometric",
      "\\frac{G[\\sigma(z)]}{G[\\sigma(z)] + G[1 - \\sigma(z)]} = \\sigma\\left( b + \\sum_{k} w_k x_k \\right)",
      geometric_left, geometric_right, 0 },
    { "drop.ridge",
      "\\mathrm{E}\\left[ (t - z)^2 \\right] = \\left( t - b - \\sum_{k} w_k x_k \\right)^2 + \\frac{p}{1 - p} "
      "\\sum_{k} w_k^2 x_k^2",
      ridge_left, ridge_right, 0 },
    { "drop.planes", "y_{nci} = \\frac{m_{nc}}{1 - p}\\, x_{nci}", planes_left, planes_right, 0 },
    { "drop.fused", "y_{nc} = \\frac{m_{nc}}{1 - p} \\max(0,\\ x_{nc} + b_c)", fused_left, fused_right, 0 },
    { "drop.connect", "y_{no} = b_o + \\sum_{i} \\frac{m_{oi}}{1 - p}\\, w_{oi} x_{ni}", connect_left,
      connect_right, 0 },
    { "drop.connect.dw",
      "\\frac{\\partial L}{\\partial w_{oi}} = \\frac{m_{oi}}{1 - p} \\sum_{n} \\frac{\\partial L}{\\partial "
      "y_{no}}\\, x_{ni}",
      connect_dw_left, connect_dw_right, 0 },
    { "norm.mean", "\\mu_c = \\frac{1}{M} \\sum_{n,i} x_{nci}", norm_mean_left, norm_mean_right, 0 },
    { "norm.var", "v_c = \\frac{1}{M} \\sum_{n,i} (x_{nci} - \\mu_c)^2", norm_var_left, norm_var_right, 0 },
    { "norm.fwd",
      "y_{nci} = \\gamma_c z_{nci} + \\beta_c, \\quad z_{nci} = \\frac{x_{nci} - \\mu_c}{\\sqrt{v_c + \\varepsilon}}",
      norm_forward_left, norm_forward_right, 0 },
    { "norm.shift", "y(x_{nci} + a_c) = y(x_{nci})", norm_shift_left, norm_forward_left, 0 },
    { "norm.bwd.dbeta",
      "\\frac{\\partial L}{\\partial \\beta_c} = \\sum_{n,i} \\frac{\\partial L}{\\partial y_{nci}}",
      norm_dbeta_left, norm_dbeta_right, 0 },
    { "norm.bwd.dgamma",
      "\\frac{\\partial L}{\\partial \\gamma_c} = \\sum_{n,i} \\frac{\\partial L}{\\partial y_{nci}}\\, z_{nci}",
      norm_dgamma_left, norm_dgamma_right, 0 },
    { "norm.bwd.dx",
      "\\frac{\\partial L}{\\partial x_{nci}} = \\frac{\\gamma_c}{\\sqrt{v_c + \\varepsilon}} \\left( \\frac{\\partial L}"
      "{\\partial y_{nci}} - \\frac{1}{M} \\frac{\\partial L}{\\partial \\beta_c} - \\frac{z_{nci}}{M} "
      "\\frac{\\partial L}{\\partial \\gamma_c} \\right)",
      norm_dx_left, norm_dx_right, 0 },
    { "norm.running", "r_c^{\\prime} = (1 - q)\\, r_c + q\\, \\frac{M}{M - 1} v_c", norm_running_left,
      norm_running_right, 0 },
    { 0 },
};
