/* vec_fast.h - the activations that need exp, forward, to DIGITS bits, 20 or 12, with tables in registers. cells.h tells the
 * method. Included after the words of vec_avx512.h.
 *
 * Of 24 bits the last ones are the dearest. To 20 bits a polynomial has one term less, ln 2 one part and not two, no rounding
 * is made good; to 12 bits polynomials have two terms less, exp(r) is 1 + r, and 1 / d is the processor's estimate. What is
 * infinite, a NaN, or large beside 1 stays what it is; what is subnormal may become 0.
 */
#include "vec_arithmetic.h"
#include "vec_piecewise.h"

#define PIECEWISE_TO(digits, name, a, which, lost)    PIECEWISE_NAMED(digits, name, a, which, lost)
#define PIECEWISE_NAMED(digits, name, a, which, lost) PIECEWISE(name, digits, a, which, lost)

/* exp(h r) - 1 */
VEC vec exp_share(vec r, float h)
{
    vec first = vec_mul(vec_set1(h), r);
    return DIGITS == 12 ? first : vec_fma(vec_mul(vec_set1(h * h / 2), r), r, first);
}

VEC vec reciprocal(vec d)
{
    vec R = vec_estimate(d);
    return DIGITS == 12 ? R : vec_fma(R, vec_fnma(R, d, vec_set1(1)), R);
}

/* exp(x) = 2^floor(k) T (1 + m) for EXP_LOWEST <= x <= 0; returns m */
VEC vec exp_parts(vec x, vec *k, vec *T)
{
    cell j;
    *k = exp_sixteenths(x, LOG2_E, &j);
    *T = vec_pick(cells_power[0], j);
    return exp_share(vec_fnma(*k, vec_set1(LN2), x), 1);
}

VEC vec vec_elu(vec x, vec alpha)
{
    vec k, T, m = exp_parts(vec_max(vec_set1(EXP_LOWEST), vec_min(vec_zero(), x)), &k, &T);
    T = vec_scale(T, k);
    return vec_if_positive(x, x, vec_mul(alpha, vec_fma(T, m, vec_sub(T, vec_set1(1)))));
}

VEC vec vec_tanh(vec x)
{
    vec a = vec_min(vec_set1(TANH_CELLS_END), vec_magnitude(x)), lost;
    return vec_with_sign(PIECEWISE_TO(DIGITS, tanh, a, tanh_cell(a), &lost), x);
}

VEC vec vec_softplus(vec x)
{
    vec k, T, m = exp_parts(vec_max(vec_set1(EXP_LOWEST), vec_negative(x)), &k, &T), lost;
    vec f = vec_scale(vec_fma(T, m, T), k);
    return vec_fma(f, PIECEWISE_TO(DIGITS, log, f, log_cell(f), &lost), vec_relu(x));
}

/* 1 / (p + E) of vec_cells.h for w = v / by, by log2_e = 1 / ln2 */
VEC vec reciprocal_of_sum(vec v, float log2_e, float ln2, float by, vec *p)
{
    cell j;
    vec k = exp_sixteenths(v, log2_e, &j), T = vec_pick(cells_inverse_power[0], j);
    *p = vec_scale(vec_set1(1), k);
    return reciprocal(vec_add(*p, vec_fma(T, exp_share(vec_fnma(k, vec_set1(ln2), v), -by), T)));
}

VEC vec vec_sigmoid(vec x)
{
    vec p, R = reciprocal_of_sum(vec_max(vec_set1(EXP_LOWEST), vec_min(vec_set1(30), x)), LOG2_E, LN2, 1, &p);
    return vec_mul(p, R);
}

VEC vec vec_silu(vec x)
{
    vec low = vec_max(vec_set1(-SILU_END), x), p;
    vec R = reciprocal_of_sum(vec_min(vec_set1(30), low), LOG2_E, LN2, 1, &p);
    return vec_mul(vec_mul(low, R), p);
}

VEC vec vec_gelu_tanh(vec x)
{
    vec low = vec_max(vec_set1(-GELU_TANH_END), x), z = vec_min(vec_set1(6), low), p;
    vec v = vec_mul(z, vec_fma(z, z, vec_set1(GELU_K_HIGH)));
    vec R = reciprocal_of_sum(v, GELU_D_LOG2_E, LN2_OVER_D, GELU_D_HIGH, &p);
    return vec_mul(vec_mul(low, R), p);
}

VEC vec vec_gelu(vec x)
{
    vec a = vec_min(vec_set1(GELU_END), vec_magnitude(x)), square = vec_mul(a, a), lost;
    cell j;
    vec k = exp_sixteenths(square, -LOG2_E_HALF, &j);
    vec m = exp_share(vec_fma(k, vec_set1(2 * LN2), square), -0.5f);
    vec GT = vec_mul(PIECEWISE_TO(DIGITS, gelu, a, gelu_cell(a), &lost), vec_pick(cells_power[0], j));
    return vec_sub(vec_relu(x), vec_scale(vec_fma(GT, m, GT), k));
}
