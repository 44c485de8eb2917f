/* vec_exp.h - exp and what is made of it, in vectors; exp_poly.h tells the method. Included after the words
 * of vec_avx2.h or vec_avx512.h.
 *
 * exp(x) = 2^n (1 + m). A function that multiplies by exp(x) takes n and m apart, to round once less.
 */
#include "exp_poly.h"

/* n, and r = x - n ln 2 */
VEC vec exp_whole(vec x)
{
    return vec_round(vec_mul(x, vec_set1(LOG2_E)));
}

VEC vec exp_rest(vec x, vec n)
{
    return vec_fma(n, vec_set1(-LN2_LOW), vec_fma(n, vec_set1(-LN2_HIGH), x));
}

/* m = exp(r) - 1 */
VEC vec exp_fraction(vec r)
{
    vec q = vec_fma(vec_set1(EXP_Q4), r, vec_set1(EXP_Q3));
    q = vec_fma(q, r, vec_set1(EXP_Q2));
    q = vec_fma(q, r, vec_set1(EXP_Q1));
    q = vec_fma(q, r, vec_set1(EXP_Q0));
    return vec_fma(vec_mul(r, r), q, r);
}

/* exp(x) within an ulp for x <= 0, or a NaN */
VEC vec vec_exp_down(vec x)
{
    x = vec_max(vec_set1(EXP_LOWEST), x);
    vec n = exp_whole(x);
    return vec_scale(vec_add(exp_fraction(exp_rest(x, n)), vec_set1(1)), n);
}

/* exp(x) within an ulp; 0 and infinity where float has no other answer, a NaN for a NaN */
VEC vec vec_exp(vec x)
{
    x = vec_max(vec_set1(EXP_LOWEST), vec_min(vec_set1(EXP_HIGHEST), x));
    vec n = exp_whole(x);
    return vec_scale(vec_add(exp_fraction(exp_rest(x, n)), vec_set1(1)), n);
}

/* log(2^n m + low); low is small beside 2^n m, and a NaN in it comes through */
VEC vec vec_log_of_parts(vec n, vec m, vec low)
{
    vec f = vec_sub(m, vec_set1(1)), P = vec_set1(LOG_P7);
    P = vec_fma(P, f, vec_set1(LOG_P6));
    P = vec_fma(P, f, vec_set1(LOG_P5));
    P = vec_fma(P, f, vec_set1(LOG_P4));
    P = vec_fma(P, f, vec_set1(LOG_P3));
    P = vec_fma(P, f, vec_set1(LOG_P2));
    P = vec_fma(P, f, vec_set1(LOG_P1));
    P = vec_fma(P, f, vec_set1(LOG_P0));
    vec tail = vec_fma(vec_mul(f, f), vec_fma(P, f, vec_set1(-0.5f)), vec_fma(n, vec_set1(LN2_LOW), low));
    return vec_fma(n, vec_set1(LN2_HIGH), vec_add(f, tail));
}

/* log(x + low) for x > 0, 0 as the smallest float */
VEC vec vec_log_plus(vec x, vec low)
{
    vec n, m = vec_mantissa(vec_max(vec_set1(0x1p-149f), x), &n);
    return vec_log_of_parts(n, m, low);
}

/* the same for a normal x > 0; of another it is any number */
VEC vec vec_log_plus_normal(vec x, vec low)
{
    vec n, m = vec_mantissa_normal(x, &n);
    return vec_log_of_parts(n, m, low);
}

/* a NaN for a NaN, and for infinity */
VEC vec vec_log(vec x)
{
    return vec_log_plus(x, vec_sub(x, x));
}

/* log(1 + x) for x >= 0, with the digits of a small x; a NaN for a NaN and infinity. See log1p_portable. */
VEC vec vec_log1p(vec x)
{
    vec one = vec_set1(1), sum = vec_add(one, x), lost = vec_sub(x, vec_sub(sum, one));
    return vec_log_plus(sum, vec_mul(lost, vec_relu(vec_sub(one, x))));
}

/* exp(x) - 1 for x <= 0, or a NaN */
VEC vec vec_expm1(vec x)
{
    x = vec_max(vec_set1(EXP_LOWEST), x);
    vec n = exp_whole(x), m = exp_fraction(exp_rest(x, n)), one = vec_set1(1);
    return vec_add(vec_scale(m, n), vec_sub(vec_scale(one, n), one));
}

/* base + log(1 + exp(x)) for x <= 0, or a NaN; 0 <= base. f = exp(x) has been rounded by `lost`, which moves
 * the result by lost / (1 + f), about lost (1 - f / 2). */
VEC vec vec_plus_log1p_exp(vec base, vec x)
{
    x = vec_max(vec_set1(EXP_LOWEST), x);
    vec n = exp_whole(x), m = exp_fraction(exp_rest(x, n)), one = vec_set1(1), p = vec_add(one, m);
    vec f = vec_scale(p, n), lost = vec_scale(vec_sub(m, vec_sub(p, one)), n);
    vec s = vec_div(f, vec_add(f, vec_set1(2))), z = vec_mul(s, s);
    vec R = vec_fma(vec_set1(LOG_R3), z, vec_set1(LOG_R2));
    R = vec_fma(R, z, vec_set1(LOG_R1));
    R = vec_fma(R, z, vec_set1(LOG_R0));
    vec share = vec_fma(vec_mul(lost, vec_set1(-0.5f)), f, lost);
    return vec_add(f, vec_add(base, vec_fma(s, vec_sub(vec_mul(z, R), f), share)));
}

/* 1 / (1 + e) or e / (1 + e), with e = exp(-|x|) <= 1. What rounding takes from 1 + e goes
 * back into the quotient. */
VEC vec vec_sigmoid(vec x)
{
    vec e = vec_exp(vec_negative(x)), one = vec_set1(1), sum = vec_add(one, e);
    vec gained = vec_sub(vec_sub(sum, one), e), y = vec_div(vec_if_positive(x, one, e), sum);
    return vec_fma(y, gained, y);
}

/* 1 / (1 + exp(-x)), x <= 0: a sigmoid's smaller side */
VEC vec vec_sigmoid_below(vec x)
{
    vec e = vec_exp_down(x);
    return vec_div(e, vec_add(vec_set1(1), e));
}

/* x, or the end of (-limit, limit) beyond which it lies; a NaN for a NaN */
VEC vec vec_within(float limit, vec x)
{
    return vec_max(vec_set1(-limit), vec_min(vec_set1(limit), x));
}

/* x / (1 + exp(-w)), where w has the sign of x and exp(-|w|) = 2^n (1 + m), and is 0 where |x| > limit: there
 * infinity must not meet a 0. What rounding takes from the numerator t, gives to the sum, and takes from the
 * quotient goes back into the result, over 1 + e, where 1 - e / 2 is near enough. */
VEC vec vec_gated(vec x, float limit, vec m, vec n)
{
    vec one = vec_set1(1), e = vec_scale(vec_add(m, one), n), sum = vec_add(one, e),
        low = vec_within(limit, x);
    vec gained = vec_sub(vec_sub(sum, one), e), t = vec_fma(low, m, low),
        lost = vec_fma(low, m, vec_sub(low, t));
    t = vec_if_positive(x, low, vec_scale(t, n));
    lost = vec_if_positive(x, vec_zero(), vec_scale(lost, n));
    vec y = vec_div(t, sum), rest = vec_fma(vec_sub(vec_zero(), y), sum, t);
    rest = vec_fma(y, gained, vec_add(rest, lost));
    y = vec_fma(rest, vec_fma(vec_set1(-0.5f), e, one), y);
    return vec_if_positive(vec_sub(x, vec_set1(limit)), x, y);
}

/* its derivative where z = x dw/dx, finite: s (1 + z (1 - s)), s = 1 / (1 + exp(-w)) */
VEC vec vec_gated_derivative(vec x, vec z, vec m, vec n)
{
    vec one = vec_set1(1), e = vec_scale(vec_add(m, one), n), large = vec_div(one, vec_add(one, e));
    vec t = vec_fma(z, vec_if_positive(x, vec_mul(e, large), large), one);
    return vec_mul(vec_if_positive(x, t, vec_scale(vec_fma(t, m, t), n)), large);
}
