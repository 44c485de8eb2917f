/* activation_gelu.c - the CPU ladders of GELU, by erfc and by tanh; forward and derivative. */
#include "activation_rungs.h"
#include "exp_portable.h"
#include "gelu_poly.h"

/* ---- 01_polynomial: erfc and exp without calls or branches, see gelu_poly.h. ----
 *
 * exp(-u) turns an absolute error of u into a relative one, and u reaches 100. Without fused multiply-adds a double
 * has the digits: u is computed in double and handed on as two floats, high + low. */

/* exp(-a^2 / 2) = 2^n (1 + m); returns m */
static inline float exp_of_half_square(float a, int32_t *n)
{
    double u = (double)a * (double)a / -2;
    float high = (float)u;
    return exp_parts(high, (float)(u - (double)high), n);
}

/* exp(-|w|) = 2^n (1 + m), w = a (C + D a^2); returns m */
static inline float exp_of_gelu_w(float a, int32_t *n)
{
    double wide = (double)a, u = -wide * (GELU_C + GELU_D * wide * wide);
    float high = (float)u;
    return exp_parts(high, (float)(u - (double)high), n);
}

/* S(a^2), G(a) */
static inline float gelu_S(float s)
{
    return GELU_S0 + s * (GELU_S1 + s * (GELU_S2 + s * (GELU_S3 + s * (GELU_S4 + s * GELU_S5))));
}

static inline double gelu_G(float a)
{
    float t = (a - GELU_K) / (a + GELU_K);
    float q = GELU_G5 + t * (GELU_G6 + t * (GELU_G7 + t * (GELU_G8 + t * GELU_G9)));
    q = GELU_G1 + t * (GELU_G2 + t * (GELU_G3 + t * (GELU_G4 + t * q)));
    return (double)GELU_G0 + (double)t * (double)q;
}

static void gelu_polynomial(int n, const float *x, float *y)
{
    for (int k = 0; k < n; k++) {
        int32_t exponent;
        float a = magnitude(within(GELU_END, x[k])), m = exp_of_half_square(a, &exponent);
        double wide = (double)x[k], G = gelu_G(a);
        float large = (x[k] > 0 ? x[k] : 0) - scaled((float)(G + G * (double)m), exponent);
        float small = (float)(wide / 2 + wide * wide * (double)gelu_S(a * a));
        y[k] = a < GELU_SPLIT ? small : large;
    }
}

/* dy (P(x) + x p(x)), p the density; below 0 it is D, above 1 - D, D = P(-a) - a p(a) */
static void gelu_backward_polynomial(int n, const float *x, const float *dy, float *dx)
{
    for (int k = 0; k < n; k++) {
        int32_t exponent;
        float a = magnitude(within(GELU_END, x[k])), m = exp_of_half_square(a, &exponent);
        float q = (float)gelu_G(a) / a - DENSITY * a, large = scaled(q * m + q, exponent);
        float small = 0.5f - a * gelu_S(a * a) - a * (DENSITY * m + DENSITY); /* n is 0 here */
        float D = a < GELU_SPLIT ? small : large;
        dx[k] = dy[k] * (x[k] > 0 ? 1 - D : D);
    }
}

static void gelu_tanh_polynomial(int n, const float *x, float *y)
{
    for (int k = 0; k < n; k++) {
        int32_t exponent;
        float m = exp_of_gelu_w(magnitude(within(GELU_TANH_END, x[k])), &exponent);
        y[k] = gated(x[k], GELU_TANH_END, m, exponent);
    }
}

static void gelu_tanh_backward_polynomial(int n, const float *x, const float *dy, float *dx)
{
    for (int k = 0; k < n; k++) {
        int32_t exponent;
        float a = within(GELU_TANH_END, x[k]), m = exp_of_gelu_w(magnitude(a), &exponent);
        float w_slope = (float)GELU_C + 3 * GELU_D_HIGH * (a * a);
        dx[k] = dy[k] * gated_slope(x[k], a * w_slope, m, exponent);
    }
}

/* ---- 02_avx2, 03_avx512, 04_threads: see activation_rungs.h. ---- */

FORWARD_RUNS(gelu, gelu_polynomial)
BACKWARD_RUNS(gelu_backward, gelu_backward_polynomial)
FORWARD_RUNS(gelu_tanh, gelu_tanh_polynomial)
BACKWARD_RUNS(gelu_tanh_backward, gelu_tanh_backward_polynomial)

/* ---- the ladders ---- */

LADDER_POLYNOMIAL(gelu_forward, gelu);
LADDER_POLYNOMIAL(gelu_backward, gelu_backward);
LADDER_POLYNOMIAL(gelu_tanh_forward, gelu_tanh);
LADDER_POLYNOMIAL(gelu_tanh_backward, gelu_tanh_backward);
