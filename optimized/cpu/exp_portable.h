/* exp_portable.h - exp without calls or branches, in plain C that the compiler turns into vectors by itself.
 *
 * exp(x) = 2^n (1 + m): see exp_poly.h. A function that multiplies by exp(x) takes n and m
 * apart, to round once less.
 */
#ifndef RUNGS_EXP_PORTABLE_H
#define RUNGS_EXP_PORTABLE_H

#include <stdint.h>
#include <string.h>

#include "exp_poly.h"

static inline float magnitude(float x)
{
    return x < 0 ? -x : x;
}

/* x, or the end of (-limit, limit) beyond which it lies; a NaN for a NaN */
static inline float within(float limit, float x)
{
    x = x > limit ? limit : x;
    return x < -limit ? -limit : x;
}

static inline float power_of_two(int32_t n)
{
    int32_t bits = (int32_t)((uint32_t)(n + 127) << 23);
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* x 2^n for n from -252 to 254, in two steps of which only the second rounds */
static inline float scaled(float x, int32_t n)
{
    int32_t half = n >> 1;
    return x * power_of_two(half) * power_of_two(n - half);
}

/* m of exp(x + low), and n; -170 < x <= EXP_HIGHEST, low is small beside x. A NaN for a NaN */
static inline float exp_parts(float x, float low, int32_t *n)
{
    const float whole = 0x1.8p23f; /* adding it leaves no digits behind the point */
    float shifted = x * LOG2_E + whole, rounded = shifted - whole;
    int32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    *n = (int32_t)((uint32_t)bits << 9) >> 9; /* from the low bits */
    float r = x - rounded * LN2_HIGH - rounded * LN2_LOW + low;
    float q = EXP_Q0 + r * (EXP_Q1 + r * (EXP_Q2 + r * (EXP_Q3 + r * EXP_Q4)));
    return r * r * q + r;
}

/* within an ulp; 0 and infinity where float has no other answer */
static inline float exp_polynomial(float x)
{
    int32_t n;
    x = x > EXP_HIGHEST ? EXP_HIGHEST : x;
    x = x < EXP_LOWEST ? EXP_LOWEST : x;
    float m = exp_parts(x, 0, &n);
    return scaled(m + 1, n);
}

/* log(2^n m + low); low is small beside that, and a NaN in it comes through. See exp_poly.h. */
static inline float log_of_parts(int32_t n, float m, float low)
{
    float f = m - 1, whole = (float)n;
    float P =
        LOG_P0 +
        f * (LOG_P1 + f * (LOG_P2 + f * (LOG_P3 + f * (LOG_P4 + f * (LOG_P5 + f * (LOG_P6 + f * LOG_P7))))));
    float tail = f * f * (f * P - 0.5f) + (whole * LN2_LOW + low);
    return whole * LN2_HIGH + (f + tail);
}

/* log(x + low) for x > 0, 0 as the smallest float */
static inline float log_plus(float x, float low)
{
    const int32_t sqrt_half = 0x3f3504f3;
    int32_t bits, n;
    float m, scale = x < 0x1p-126f ? 0x1p32f : 1; /* a subnormal has no exponent of its own */
    x = x > 0x1p-149f ? x : 0x1p-149f;
    x *= scale;
    memcpy(&bits, &x, sizeof bits);
    bits -= sqrt_half;
    n = (bits >> 23) - (scale > 1 ? 32 : 0);
    bits = (bits & 0x7fffff) + sqrt_half;
    memcpy(&m, &bits, sizeof m);
    return log_of_parts(n, m, low);
}

/* the same for a normal x > 0; of another x >= 0 it is less than -80 */
static inline float log_plus_normal(float x, float low)
{
    const int32_t sqrt_half = 0x3f3504f3;
    int32_t bits;
    float m;
    memcpy(&bits, &x, sizeof bits);
    bits -= sqrt_half;
    int32_t n = bits >> 23;
    bits = (bits & 0x7fffff) + sqrt_half;
    memcpy(&m, &bits, sizeof m);
    return log_of_parts(n, m, low);
}

/* a NaN for a NaN, and for infinity */
static inline float log_portable(float x)
{
    return log_plus(x, x - x);
}

/* log(1 + x) for x >= 0, with the digits of a small x; a NaN for a NaN, and for infinity. What 1 + x loses in
 * rounding moves the log by lost / (1 + x), about lost (1 - x); from x = 1 on it is below half an ulp of the
 * result. */
static inline float log1p_portable(float x)
{
    float sum = 1 + x, lost = x - (sum - 1);
    return log_plus(sum, lost * (x < 1 ? 1 - x : 0));
}

/* base + log(1 + exp(x)) for x <= 0, or a NaN; 0 <= base. f = exp(x) has been rounded by `lost`, which moves
 * the result by lost / (1 + f), about lost (1 - f / 2). */
static inline float plus_log1p_exp(float base, float x)
{
    int32_t n;
    float m = exp_parts(x < EXP_LOWEST ? EXP_LOWEST : x, 0, &n), p = 1 + m;
    float f = scaled(p, n), lost = scaled(m - (p - 1), n);
    float s = f / (2 + f), z = s * s;
    float R = LOG_R0 + z * (LOG_R1 + z * (LOG_R2 + z * LOG_R3));
    return f + (base - (s * (f - z * R) - (lost - lost * f / 2)));
}

/* 1 / (1 + e) or e / (1 + e), with e = exp(-|x|) <= 1. What rounding takes from 1 + e goes
 * back into the quotient. */
static inline float sigmoid_portable(float x)
{
    float e = exp_polynomial(-magnitude(x)), sum = 1 + e, gained = sum - 1 - e;
    float quotient = (x > 0 ? 1 : e) / sum;
    return quotient + quotient * gained;
}

/* 1 / (1 + exp(x)), x >= 0: a sigmoid's smaller side */
static inline float sigmoid_below(float x)
{
    float e = exp_polynomial(-x);
    return e / (1 + e);
}

/* x / (1 + exp(-w)), where w has the sign of x and exp(-|w|) = 2^n (1 + m), and is 0 where |x| > limit: there
 * -infinity must not meet a 0. In double the sum, the product and the quotient lose nothing. */
static inline float gated(float x, float limit, float m, int32_t n)
{
    int32_t half = n >> 1;
    double e = (1 + (double)m) * (double)power_of_two(half) * (double)power_of_two(n - half);
    double low = (double)(x < -limit ? -limit : x);
    return (float)(low * (x > 0 ? 1 : e) / (1 + e));
}

/* its derivative where z = x dw/dx, finite: s (1 + z (1 - s)), s = 1 / (1 + exp(-w)) */
static inline float gated_derivative(float x, float z, float m, int32_t n)
{
    float e = scaled(m + 1, n), large = 1 / (1 + e), rest = x > 0 ? e * large : large;
    float t = 1 + z * rest;
    return (x > 0 ? t : scaled(t * m + t, n)) * large;
}

#endif
