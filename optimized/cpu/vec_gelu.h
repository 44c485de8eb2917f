/* vec_gelu.h - GELU, by erfc and by tanh, and their derivatives, in vectors; gelu_poly.h tells the method. Included
 * after vec_exp.h.
 *
 * exp(-u) turns an absolute error of u into a relative one, and u reaches 100: so u is made in two floats, high + low,
 * the second being what rounding took from the first, as fused multiply-adds tell exactly.
 */
#include "gelu_poly.h"

/* exp(-a^2 / 2) = 2^n (1 + m); returns m */
VEC vec exp_of_half_square(vec a, vec *n)
{
    vec square = vec_mul(a, a), low = vec_fma(a, a, vec_sub(vec_zero(), square)), half = vec_set1(-0.5f);
    vec high = vec_mul(half, square);
    *n = exp_whole(high);
    return exp_fraction(vec_fma(half, low, exp_rest(high, *n)));
}

/* S(a^2), G(-minus) */
VEC vec gelu_S(vec square)
{
    vec S = vec_fma(vec_set1(GELU_S5), square, vec_set1(GELU_S4));
    S = vec_fma(S, square, vec_set1(GELU_S3));
    S = vec_fma(S, square, vec_set1(GELU_S2));
    S = vec_fma(S, square, vec_set1(GELU_S1));
    return vec_fma(S, square, vec_set1(GELU_S0));
}

/* and in *lost what rounding has taken from G */
VEC vec gelu_G(vec minus, vec *lost)
{
    vec k = vec_set1(GELU_K), t = vec_div(vec_add(minus, k), vec_sub(minus, k));
    vec q = vec_fma(vec_set1(GELU_G9), t, vec_set1(GELU_G8));
    q = vec_fma(q, t, vec_set1(GELU_G7));
    q = vec_fma(q, t, vec_set1(GELU_G6));
    q = vec_fma(q, t, vec_set1(GELU_G5));
    q = vec_fma(q, t, vec_set1(GELU_G4));
    q = vec_fma(q, t, vec_set1(GELU_G3));
    q = vec_fma(q, t, vec_set1(GELU_G2));
    q = vec_fma(q, t, vec_set1(GELU_G1));
    vec G = vec_fma(q, t, vec_set1(GELU_G0));
    *lost = vec_fma(q, t, vec_sub(vec_set1(GELU_G0), G));
    return G;
}

/* minus = -|x|, not below -GELU_END */
VEC vec vec_gelu(vec x)
{
    vec minus = vec_max(vec_set1(-GELU_END), vec_negative(x)), n, m = exp_of_half_square(minus, &n);
    vec lost, G = gelu_G(minus, &lost), tail = vec_add(G, vec_fma(G, m, lost));
    vec large = vec_sub(vec_relu(x), vec_scale(tail, n));
    vec u = vec_mul(x, gelu_S(vec_mul(minus, minus))), small = vec_fma(x, u, vec_mul(x, vec_set1(0.5f)));
    return vec_if_positive(vec_add(minus, vec_set1(GELU_SPLIT)), small, large);
}

/* dy (P(x) + x p(x)), p the density; below 0 it is D, above 1 - D, D = P(-a) - a p(a) */
VEC vec gelu_slope(vec x, vec dy)
{
    vec minus = vec_max(vec_set1(-GELU_END), vec_negative(x)), n, m = exp_of_half_square(minus, &n);
    vec lost, d = vec_set1(DENSITY), one = vec_set1(1);
    vec q = vec_sub(vec_mul(d, minus), vec_div(gelu_G(minus, &lost), minus));
    vec large = vec_scale(vec_fma(q, m, q), n);
    vec P = vec_fma(minus, gelu_S(vec_mul(minus, minus)), vec_set1(0.5f));
    vec small = vec_fma(minus, vec_fma(d, m, d), P); /* n is 0 here */
    vec D = vec_if_positive(vec_add(minus, vec_set1(GELU_SPLIT)), small, large);
    return vec_mul(dy, vec_if_positive(x, vec_sub(one, D), D));
}

/* exp(-|w|) = 2^n (1 + m), w = a (C + D a^2) and a = -|x|; returns m. C_HIGH - sum is exact: both are multiples of the
 * sum's last digit, as C_HIGH has few. */
VEC vec exp_of_gelu_w(vec a, vec *n)
{
    vec square = vec_mul(a, a), square_low = vec_fma(a, a, vec_sub(vec_zero(), square));
    vec D = vec_set1(GELU_D_HIGH), C = vec_set1(GELU_C_HIGH), sum = vec_fma(D, square, C);
    vec sum_low = vec_fma(vec_set1(GELU_D_LOW), square, vec_set1(GELU_C_LOW));
    sum_low = vec_add(vec_fma(D, square_low, sum_low), vec_fma(D, square, vec_sub(C, sum)));
    vec high = vec_mul(a, sum), low = vec_fma(a, sum_low, vec_fma(a, sum, vec_sub(vec_zero(), high)));
    *n = exp_whole(high);
    return exp_fraction(vec_add(low, exp_rest(high, *n)));
}

VEC vec vec_gelu_tanh(vec x)
{
    vec n, m = exp_of_gelu_w(vec_max(vec_set1(-GELU_TANH_END), vec_negative(x)), &n);
    return vec_gated(x, GELU_TANH_END, m, n);
}

VEC vec gelu_tanh_slope(vec x, vec dy)
{
    vec n, m = exp_of_gelu_w(vec_max(vec_set1(-GELU_TANH_END), vec_negative(x)), &n);
    vec a = vec_within(GELU_TANH_END, x);
    vec w_slope = vec_fma(vec_set1(3 * GELU_D_HIGH), vec_mul(a, a), vec_set1((float)GELU_C));
    return vec_mul(dy, vec_gated_slope(x, vec_mul(a, w_slope), m, n));
}
