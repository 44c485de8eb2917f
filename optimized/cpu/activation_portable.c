/* activation_portable.c - 01_polynomial, 01_fused: activations of n elements in plain C, which the
 * compiler turns into vectors.
 *
 * libm's exp is a call for every number. A polynomial and some arithmetic on the exponent's bits are straight
 * code: 4 numbers per instruction with the SSE2 that every x86-64 has.
 */
#include "activation_rungs.h"
#include "exp_portable.h"
#include "gelu_poly.h"

/* Of one number: NAME_portable is f(x), NAME_derivative_portable dy f' at y or at x, NAME_both_portable f(x),
 * and f'(x) in *s. What the last one computes twice, the compiler computes once. */

/* ---- arithmetic alone ---- */

static inline float relu_portable(float x)
{
    return x <= 0 ? 0 : x; /* a NaN stays one */
}

static inline float relu_derivative_portable(float y, float dy)
{
    return y > 0 ? dy : 0;
}

static inline float relu_both_portable(float x, float *s)
{
    float y = relu_portable(x);
    *s = relu_derivative_portable(y, 1);
    return y;
}

static inline float leaky_relu_portable(float x, float slope)
{
    return x > 0 ? x : slope * x;
}

static inline float leaky_relu_derivative_portable(float y, float dy, float slope)
{
    return y > 0 ? dy : slope * dy;
}

static inline float leaky_relu_both_portable(float x, float *s, float slope)
{
    *s = x > 0 ? 1 : slope;
    return leaky_relu_portable(x, slope);
}

/* ---- an exp ---- */

/* exp(x) - 1 = 2^n m + (2^n - 1) for x <= 0, see exp_poly.h; exp(x) in *e */
static inline float expm1_portable(float x, float *e)
{
    int32_t n;
    float m = exp_parts(x < EXP_LOWEST ? EXP_LOWEST : x, 0, &n);
    *e = scaled(1 + m, n);
    return scaled(m, n) + (scaled(1, n) - 1);
}

static inline float elu_both_portable(float x, float *s, float alpha)
{
    float e, low = alpha * expm1_portable(x > 0 ? 0 : x, &e);
    *s = x > 0 ? 1 : alpha * e; /* y + alpha would lose what y has rounded */
    return x > 0 ? x : low;
}

static inline float elu_portable(float x, float alpha)
{
    float s;
    return elu_both_portable(x, &s, alpha);
}

static inline float elu_derivative_portable(float y, float dy, float alpha)
{
    return y > 0 ? dy : dy * (y + alpha);
}

static inline float sigmoid_derivative_portable(float y, float dy)
{
    return dy * y * (1 - y);
}

static inline float sigmoid_both_portable(float x, float *s)
{
    float e = exp_polynomial(-magnitude(x)), large = 1 / (1 + e);
    *s = e * large * large; /* y (1 - y) would lose digits where y nears 1 */
    return sigmoid_portable(x);
}

static inline float tanh_portable(float x)
{
    float a = magnitude(x), s = x * x;
    float e = exp_polynomial(2 * (a > TANH_ONE ? TANH_ONE : a)), large = 1 - 2 / (e + 1);
    float p = TANH_P0 + s * (TANH_P1 + s * (TANH_P2 + s * (TANH_P3 + s * TANH_P4)));
    float small = x + x * s * p;
    return a < TANH_SPLIT ? small : x < 0 ? -large : large;
}

static inline float tanh_derivative_portable(float y, float dy)
{
    return dy * (1 - y) * (1 + y);
}

static inline float tanh_both_portable(float x, float *s)
{
    float y = tanh_portable(x);
    *s = tanh_derivative_portable(y, 1);
    return y;
}

static inline float softplus_portable(float x)
{
    return plus_log1p_exp(x > 0 ? x : 0, -magnitude(x));
}

static inline float softplus_derivative_portable(float x, float dy)
{
    return dy * sigmoid_portable(x);
}

static inline float softplus_both_portable(float x, float *s)
{
    *s = softplus_derivative_portable(x, 1);
    return softplus_portable(x);
}

static inline float silu_portable(float x)
{
    int32_t n;
    float m = exp_parts(-magnitude(within(SILU_END, x)), 0, &n);
    return gated(x, SILU_END, m, n);
}

static inline float silu_derivative_portable(float x, float dy)
{
    int32_t n;
    float z = within(SILU_END, x), m = exp_parts(-magnitude(z), 0, &n);
    return dy * gated_derivative(x, z, m, n);
}

static inline float silu_both_portable(float x, float *s)
{
    *s = silu_derivative_portable(x, 1);
    return silu_portable(x);
}

/* ---- GELU, see gelu_poly.h ----
 *
 * exp(-u) turns an absolute error of u into a relative one, and u reaches 100. Without fused multiply-adds a
 * double has the digits: u is computed in double and handed on as two floats, high + low. */

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

static inline float gelu_portable(float x)
{
    int32_t n;
    float a = magnitude(within(GELU_END, x)), m = exp_of_half_square(a, &n);
    double wide = (double)x, G = gelu_G(a);
    float large = (x > 0 ? x : 0) - scaled((float)(G + G * (double)m), n);
    float small = (float)(wide / 2 + wide * wide * (double)gelu_S(a * a));
    return a < GELU_SPLIT ? small : large;
}

/* dy (P(x) + x p(x)), p the density; below 0 it is D, above 1 - D, D = P(-a) - a p(a) */
static inline float gelu_derivative_portable(float x, float dy)
{
    int32_t n;
    float a = magnitude(within(GELU_END, x)), m = exp_of_half_square(a, &n);
    float q = (float)gelu_G(a) / a - DENSITY * a, large = scaled(q * m + q, n);
    float small = 0.5f - a * gelu_S(a * a) - a * (DENSITY * m + DENSITY); /* n is 0 here */
    float D = a < GELU_SPLIT ? small : large;
    return dy * (x > 0 ? 1 - D : D);
}

static inline float gelu_both_portable(float x, float *s)
{
    *s = gelu_derivative_portable(x, 1);
    return gelu_portable(x);
}

static inline float gelu_tanh_portable(float x)
{
    int32_t n;
    float m = exp_of_gelu_w(magnitude(within(GELU_TANH_END, x)), &n);
    return gated(x, GELU_TANH_END, m, n);
}

static inline float gelu_tanh_derivative_portable(float x, float dy)
{
    int32_t n;
    float a = within(GELU_TANH_END, x), m = exp_of_gelu_w(magnitude(a), &n);
    float w_derivative = (float)GELU_C + 3 * GELU_D_HIGH * (a * a);
    return dy * gated_derivative(x, a * w_derivative, m, n);
}

static inline float gelu_tanh_both_portable(float x, float *s)
{
    *s = gelu_tanh_derivative_portable(x, 1);
    return gelu_tanh_portable(x);
}

/* ---- of n numbers: map and its kin are inlined where they are called, with the function that they are
 * handed. An output may be an input. ---- */

#define INLINED static inline __attribute__((always_inline))

INLINED void map(int n, const float *x, float *y, float (*f)(float))
{
    for (int k = 0; k < n; k++) y[k] = f(x[k]);
}

INLINED void map_with(int n, const float *x, float *y, float (*f)(float, float), float parameter)
{
    for (int k = 0; k < n; k++) y[k] = f(x[k], parameter);
}

INLINED void map2(int n, const float *at, const float *dy, float *dx, float (*f)(float, float))
{
    for (int k = 0; k < n; k++) dx[k] = f(at[k], dy[k]);
}

INLINED void map2_with(int n, const float *at, const float *dy, float *dx, float (*f)(float, float, float),
                       float parameter)
{
    for (int k = 0; k < n; k++) dx[k] = f(at[k], dy[k], parameter);
}

INLINED void map_both(int n, const float *x, float *y, float *s, float (*f)(float, float *))
{
    for (int k = 0; k < n; k++) y[k] = f(x[k], &s[k]);
}

INLINED void map_both_with(int n, const float *x, float *y, float *s, float (*f)(float, float *, float),
                           float parameter)
{
    for (int k = 0; k < n; k++) y[k] = f(x[k], &s[k], parameter);
}

/* ---- the rungs ---- */

/* clang-format off */
void relu_forward_portable(int n, const float *x, float *y) { map(n, x, y, relu_portable); }
void relu_backward_portable(int n, const float *y, const float *dy, float *dx) { map2(n, y, dy, dx, relu_derivative_portable); }
void relu_with_derivative_portable(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, relu_both_portable); }

void leaky_relu_forward_portable(int n, const float *x, float *y, float slope) { map_with(n, x, y, leaky_relu_portable, slope); }
void leaky_relu_backward_portable(int n, const float *y, const float *dy, float *dx, float slope) { map2_with(n, y, dy, dx, leaky_relu_derivative_portable, slope); }
void leaky_relu_with_derivative_portable(int n, const float *x, float *y, float *s, float slope) { map_both_with(n, x, y, s, leaky_relu_both_portable, slope); }

void elu_forward_portable(int n, const float *x, float *y, float alpha) { map_with(n, x, y, elu_portable, alpha); }
void elu_backward_portable(int n, const float *y, const float *dy, float *dx, float alpha) { map2_with(n, y, dy, dx, elu_derivative_portable, alpha); }
void elu_with_derivative_portable(int n, const float *x, float *y, float *s, float alpha) { map_both_with(n, x, y, s, elu_both_portable, alpha); }

void sigmoid_forward_portable(int n, const float *x, float *y) { map(n, x, y, sigmoid_portable); }
void sigmoid_backward_portable(int n, const float *y, const float *dy, float *dx) { map2(n, y, dy, dx, sigmoid_derivative_portable); }
void sigmoid_with_derivative_portable(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, sigmoid_both_portable); }

void tanh_forward_portable(int n, const float *x, float *y) { map(n, x, y, tanh_portable); }
void tanh_backward_portable(int n, const float *y, const float *dy, float *dx) { map2(n, y, dy, dx, tanh_derivative_portable); }
void tanh_with_derivative_portable(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, tanh_both_portable); }

void softplus_forward_portable(int n, const float *x, float *y) { map(n, x, y, softplus_portable); }
void softplus_backward_portable(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, softplus_derivative_portable); }
void softplus_with_derivative_portable(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, softplus_both_portable); }

void gelu_forward_portable(int n, const float *x, float *y) { map(n, x, y, gelu_portable); }
void gelu_backward_portable(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, gelu_derivative_portable); }
void gelu_with_derivative_portable(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, gelu_both_portable); }

void gelu_tanh_forward_portable(int n, const float *x, float *y) { map(n, x, y, gelu_tanh_portable); }
void gelu_tanh_backward_portable(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, gelu_tanh_derivative_portable); }
void gelu_tanh_with_derivative_portable(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, gelu_tanh_both_portable); }

void silu_forward_portable(int n, const float *x, float *y) { map(n, x, y, silu_portable); }
void silu_backward_portable(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, silu_derivative_portable); }
void silu_with_derivative_portable(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, silu_both_portable); }
/* clang-format on */
