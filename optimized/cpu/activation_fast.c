/* activation_fast.c - 06_fast20, 07_fast12: 04_table to about 20 and 12 bits, forward.
 * piecewise.h explains the method.
 *
 * A network's weights move by more than the last digits of an activation, and of 24 bits the last ones are
 * the dearest. To 20 bits a polynomial has one term less, ln 2 one part and not two, no rounding is made
 * good; to 12 bits polynomials have two terms less, exp(r) is 1 + r, and 1 / d is the processor's estimate,
 * without a step of Newton's iteration: what a division was made of is gone. What is infinite, a NaN, or
 * large beside 1 stays what it is; what is subnormal may become 0.
 *
 * Prediction (lesson 2): 1.1 to 1.3 x and 1.35 to 1.65 x the speed of 04_table; 0.95 to 1.05 x where the data
 * come from memory. A coarse rung is never the best of a ladder: who wants it names it.
 *
 * vec_NAME is f(x) to `digits` bits, 20 or 12. At the end stand the rungs, one line each.
 */
#include "activation_rungs.h"

#if defined __x86_64__
#include "vec_avx512.h"

#include "vec_map.h"
#include "vec_piecewise.h"

/* exp(h r) - 1 */
VEC vec exp_share(vec r, float h, int digits)
{
    vec first = vec_mul(vec_set1(h), r);
    return digits == 12 ? first : vec_fma(vec_mul(vec_set1(h * h / 2), r), r, first);
}

VEC vec reciprocal(vec d, int digits)
{
    vec R = vec_estimate(d);
    return digits == 12 ? R : vec_fma(R, vec_fnma(R, d, vec_set1(1)), R);
}

/* exp(x) = 2^floor(k) T (1 + m) for EXP_LOWEST <= x <= 0; returns m */
VEC vec exp_parts(vec x, vec *k, vec *T, int digits)
{
    piece j;
    *k = exp_sixteenths(x, LOG2_E, &j);
    *T = vec_pick(piecewise_power[0], j);
    return exp_share(vec_fnma(*k, vec_set1(LN2), x), 1, digits);
}

VEC vec vec_elu(vec x, vec alpha, int digits)
{
    vec k, T, m = exp_parts(vec_max(vec_set1(EXP_LOWEST), vec_min(vec_zero(), x)), &k, &T, digits);
    T = vec_scale(T, k);
    return vec_if_positive(x, x, vec_mul(alpha, vec_fma(T, m, vec_sub(T, vec_set1(1)))));
}

VEC vec vec_tanh(vec x, int digits)
{
    vec a = vec_min(vec_set1(TANH_PIECES_END), vec_magnitude(x)), lost;
    vec y = digits == 12 ? PIECEWISE(piecewise_tanh_ends, piecewise_tanh_12, a, tanh_piece(a), &lost)
                         : PIECEWISE(piecewise_tanh_ends, piecewise_tanh_20, a, tanh_piece(a), &lost);
    return vec_with_sign(y, x);
}

VEC vec vec_softplus(vec x, int digits)
{
    vec k, T, m = exp_parts(vec_max(vec_set1(EXP_LOWEST), vec_negative(x)), &k, &T, digits), lost;
    vec f = vec_scale(vec_fma(T, m, T), k);
    vec L = digits == 12 ? PIECEWISE(piecewise_log_ends, piecewise_log_12, f, log_piece(f), &lost)
                         : PIECEWISE(piecewise_log_ends, piecewise_log_20, f, log_piece(f), &lost);
    return vec_fma(f, L, vec_relu(x));
}

/* 1 / (p + E) of activation_table.c for w = v / by, by log2_e = 1 / ln2 */
VEC vec reciprocal_of_sum(vec v, float log2_e, float ln2, float by, vec *p, int digits)
{
    piece j;
    vec k = exp_sixteenths(v, log2_e, &j), T = vec_pick(piecewise_inverse_power[0], j);
    *p = vec_scale(vec_set1(1), k);
    vec m = exp_share(vec_fnma(k, vec_set1(ln2), v), -by, digits);
    return reciprocal(vec_add(*p, vec_fma(T, m, T)), digits);
}

VEC vec vec_sigmoid(vec x, int digits)
{
    vec z = vec_max(vec_set1(EXP_LOWEST), vec_min(vec_set1(30), x)), p;
    vec R = reciprocal_of_sum(z, LOG2_E, LN2, 1, &p, digits);
    return vec_mul(p, R);
}

VEC vec vec_silu(vec x, int digits)
{
    vec low = vec_max(vec_set1(-SILU_END), x), p;
    vec R = reciprocal_of_sum(vec_min(vec_set1(30), low), LOG2_E, LN2, 1, &p, digits);
    return vec_mul(vec_mul(low, R), p);
}

VEC vec vec_gelu_tanh(vec x, int digits)
{
    vec low = vec_max(vec_set1(-GELU_TANH_END), x), z = vec_min(vec_set1(6), low), p;
    vec v = vec_mul(z, vec_fma(z, z, vec_set1(GELU_K_HIGH)));
    vec R = reciprocal_of_sum(v, GELU_D_LOG2_E, LN2_OVER_D, GELU_D_HIGH, &p, digits);
    return vec_mul(vec_mul(low, R), p);
}

VEC vec vec_gelu(vec x, int digits)
{
    vec a = vec_min(vec_set1(GELU_END), vec_magnitude(x)), square = vec_mul(a, a), lost;
    piece j;
    vec k = exp_sixteenths(square, -LOG2_E_HALF, &j);
    vec m = exp_share(vec_fma(k, vec_set1(2 * LN2), square), -0.5f, digits);
    vec G = digits == 12 ? PIECEWISE(piecewise_gelu_ends, piecewise_gelu_12, a, gelu_piece(a), &lost)
                         : PIECEWISE(piecewise_gelu_ends, piecewise_gelu_20, a, gelu_piece(a), &lost);
    vec GT = vec_mul(G, vec_pick(piecewise_power[0], j));
    return vec_sub(vec_relu(x), vec_scale(vec_fma(GT, m, GT), k));
}

/* ---- over n elements ---- */

/* y = f(x, digits): see map */
VEC void map_to(int digits, int n, const float *x, float *y, vec (*f)(vec, int))
{
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH) vec_store(y + i, f(vec_load(x + i), digits));
    if (i < n) vec_store_first(y + i, n - i, f(vec_load_first(x + i, n - i), digits));
}

VEC vec elu_20(vec x, vec alpha)
{
    return vec_elu(x, alpha, 20);
}

VEC vec elu_12(vec x, vec alpha)
{
    return vec_elu(x, alpha, 12);
}

/* ---- the rungs ---- */

/* clang-format off */
KERNEL void elu_forward_fast20(int n, const float *x, float *y, float alpha) { map_with(n, x, y, elu_20, alpha); }
KERNEL void sigmoid_forward_fast20(int n, const float *x, float *y) { map_to(20, n, x, y, vec_sigmoid); }
KERNEL void tanh_forward_fast20(int n, const float *x, float *y) { map_to(20, n, x, y, vec_tanh); }
KERNEL void softplus_forward_fast20(int n, const float *x, float *y) { map_to(20, n, x, y, vec_softplus); }
KERNEL void gelu_forward_fast20(int n, const float *x, float *y) { map_to(20, n, x, y, vec_gelu); }
KERNEL void gelu_tanh_forward_fast20(int n, const float *x, float *y) { map_to(20, n, x, y, vec_gelu_tanh); }
KERNEL void silu_forward_fast20(int n, const float *x, float *y) { map_to(20, n, x, y, vec_silu); }

KERNEL void elu_forward_fast12(int n, const float *x, float *y, float alpha) { map_with(n, x, y, elu_12, alpha); }
KERNEL void sigmoid_forward_fast12(int n, const float *x, float *y) { map_to(12, n, x, y, vec_sigmoid); }
KERNEL void tanh_forward_fast12(int n, const float *x, float *y) { map_to(12, n, x, y, vec_tanh); }
KERNEL void softplus_forward_fast12(int n, const float *x, float *y) { map_to(12, n, x, y, vec_softplus); }
KERNEL void gelu_forward_fast12(int n, const float *x, float *y) { map_to(12, n, x, y, vec_gelu); }
KERNEL void gelu_tanh_forward_fast12(int n, const float *x, float *y) { map_to(12, n, x, y, vec_gelu_tanh); }
KERNEL void silu_forward_fast12(int n, const float *x, float *y) { map_to(12, n, x, y, vec_silu); }
/* clang-format on */
#endif
