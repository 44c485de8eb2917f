/* activation_exp.c - the CPU ladders of elu, softplus and silu, which are made of one exp each; forward and derivative. */
#include "activation_rungs.h"
#include "exp_portable.h"

/* ---- 01_polynomial: exp, expm1 and log1p without calls or branches. ---- */

/* exp(x) - 1 for x <= 0: 2^n m + (2^n - 1), see exp_poly.h */
static inline float expm1_portable(float x)
{
    int32_t n;
    float m = exp_parts(x < EXP_LOWEST ? EXP_LOWEST : x, 0, &n);
    return scaled(m, n) + (scaled(1, n) - 1);
}

/* base + log(1 + exp(x)) for x <= 0; 0 <= base. f = exp(x) has been rounded by `lost`, which moves the result by lost / (1 + f), about
 * lost (1 - f / 2). */
static inline float plus_log1p_exp(float base, float x)
{
    int32_t n;
    float m = exp_parts(x < EXP_LOWEST ? EXP_LOWEST : x, 0, &n), p = 1 + m;
    float f = scaled(p, n), lost = scaled(m - (p - 1), n);
    float s = f / (2 + f), z = s * s;
    float R = LOG_R0 + z * (LOG_R1 + z * (LOG_R2 + z * LOG_R3));
    return f + (base - (s * (f - z * R) - (lost - lost * f / 2)));
}

static void elu_polynomial(int n, const float *x, float *y, float alpha)
{
    for (int k = 0; k < n; k++) {
        float low = alpha * expm1_portable(x[k] > 0 ? 0 : x[k]);
        y[k] = x[k] > 0 ? x[k] : low;
    }
}

static void softplus_polynomial(int n, const float *x, float *y)
{
    for (int k = 0; k < n; k++) y[k] = plus_log1p_exp(x[k] > 0 ? x[k] : 0, -magnitude(x[k]));
}

static void softplus_backward_polynomial(int n, const float *x, const float *dy, float *dx)
{
    for (int k = 0; k < n; k++) dx[k] = dy[k] * sigmoid_portable(x[k]);
}

static void silu_polynomial(int n, const float *x, float *y)
{
    for (int k = 0; k < n; k++) {
        int32_t exponent;
        float m = exp_parts(-magnitude(within(SILU_END, x[k])), 0, &exponent);
        y[k] = gated(x[k], SILU_END, m, exponent);
    }
}

static void silu_backward_polynomial(int n, const float *x, const float *dy, float *dx)
{
    for (int k = 0; k < n; k++) {
        int32_t exponent;
        float z = within(SILU_END, x[k]), m = exp_parts(-magnitude(z), 0, &exponent);
        dx[k] = dy[k] * gated_slope(x[k], z, m, exponent);
    }
}

/* ---- 02_avx2, 03_avx512, 04_threads: see activation_rungs.h. ---- */

FORWARD_RUNS_WITH(elu, elu_polynomial)
BACKWARD_RUNS_WITH(elu_backward, elu_backward_f32)
FORWARD_RUNS(softplus, softplus_polynomial)
BACKWARD_RUNS(softplus_backward, softplus_backward_polynomial)
FORWARD_RUNS(silu, silu_polynomial)
BACKWARD_RUNS(silu_backward, silu_backward_polynomial)

/* ---- the ladders ---- */

LADDER_POLYNOMIAL(elu_forward, elu);
LADDER(elu_backward, elu_backward);
LADDER_POLYNOMIAL(softplus_forward, softplus);
LADDER_POLYNOMIAL(softplus_backward, softplus_backward);
LADDER_POLYNOMIAL(silu_forward, silu);
LADDER_POLYNOMIAL(silu_backward, silu_backward);
