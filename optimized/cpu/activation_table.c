/* activation_table.c - 04_table: no division, and shorter polynomials: their coefficients come from
 * tables in registers, sixteen pieces each, from which every lane picks those of its own piece.
 * piecewise.h explains the method.
 *
 * A division takes as long as six multiply-adds, and beside exp each activation has one; a function in two
 * methods computes both for every element. Here tanh, log1p and erfc are polynomials in pieces, and 1 / d is
 * an estimate R of 14 bits with a step of Newton's iteration, R + R (1 - R d), in which the parts of d are
 * taken from 1 one after the other, so that no sum of them is rounded. Prediction (lesson 2): 1.35 to 1.65 x
 * the speed of 03_avx512 where there was a division.
 *
 * vec_NAME is f(x), NAME_derivative dy f' at x, NAME_both f(x), and f'(x) in *s. At the end stand the rungs,
 * one line each: of the activations that need exp. A derivative at y needs none.
 */
#include "activation_rungs.h"

#if defined __x86_64__
#include "vec_avx512.h"

#include "vec_map.h"
#include "vec_piecewise.h"

/* ---- exp ---- */

/* r = x - k ln 2; k has few digits, and so k times the first part is exact */
VEC vec exp_rest(vec x, vec k)
{
    return vec_fma(k, vec_set1(-LN2_LOW), vec_fma(k, vec_set1(-LN2_HIGH), x));
}

/* d + r (h0 + r (h1 + r h2)): m of piecewise.h */
VEC vec exp_share(vec r, float h0, float h1, float h2, vec d)
{
    return vec_fma(r, vec_fma(vec_fma(vec_set1(h2), r, vec_set1(h1)), r, vec_set1(h0)), d);
}

/* exp(x) for EXP_LOWEST <= x <= 0, or a NaN */
VEC vec exp_pieces(vec x)
{
    piece j;
    vec k = exp_sixteenths(x, LOG2_E, &j), r = exp_rest(x, k), T = vec_pick(piecewise_power[0], j);
    vec m = exp_share(r, 1, EXP_PIECES_H1, EXP_PIECES_H2, vec_pick(piecewise_power[1], j));
    return vec_scale(vec_fma(T, m, T), k);
}

/* exp(x) - 1, and exp(x) */
VEC vec expm1_pieces(vec x, vec *e)
{
    piece j;
    vec k = exp_sixteenths(x, LOG2_E, &j), r = exp_rest(x, k),
        T = vec_scale(vec_pick(piecewise_power[0], j), k);
    vec h1 = vec_fma(vec_set1(EXPM1_PIECES_H3), r, vec_set1(EXPM1_PIECES_H2));
    vec h = vec_fma(vec_fma(h1, r, vec_set1(EXPM1_PIECES_H1)), r, vec_set1(1));
    vec m = vec_fma(r, h, vec_pick(piecewise_power[1], j));
    *e = vec_fma(T, m, T);
    return vec_fma(T, m, vec_sub(T, vec_set1(1)));
}

VEC vec elu_both(vec x, vec *s, vec alpha)
{
    vec e, low = expm1_pieces(vec_max(vec_set1(EXP_LOWEST), vec_min(vec_zero(), x)), &e);
    *s = vec_if_positive(x, vec_set1(1), vec_mul(alpha, e));
    return vec_if_positive(x, x, vec_mul(alpha, low));
}

VEC vec vec_elu(vec x, vec alpha)
{
    vec s;
    return elu_both(x, &s, alpha);
}

/* ---- tanh, in pieces of |x| ---- */

VEC vec vec_tanh(vec x)
{
    vec a = vec_min(vec_set1(TANH_PIECES_END), vec_magnitude(x));
    vec lost;
    return vec_with_sign(PIECEWISE(piecewise_tanh_ends, piecewise_tanh_24, a, tanh_piece(a), &lost), x);
}

VEC vec tanh_both(vec x, vec *s)
{
    vec y = vec_tanh(x);
    *s = vec_mul(vec_sub(vec_set1(1), y), vec_add(vec_set1(1), y));
    return y;
}

/* ---- softplus: max(0, x) + f L(f), f = exp(-|x|), L(f) = log(1 + f) / f in pieces of f ---- */

VEC vec softplus_of(vec x, vec f)
{
    vec lost;
    return vec_fma(f, PIECEWISE(piecewise_log_ends, piecewise_log_24, f, log_piece(f), &lost), vec_relu(x));
}

VEC vec exp_of_minus(vec x)
{
    return exp_pieces(vec_max(vec_set1(EXP_LOWEST), vec_negative(x)));
}

VEC vec vec_softplus(vec x)
{
    return softplus_of(x, exp_of_minus(x));
}

/* s = 1 / (1 + f), or f / (1 + f) */
VEC vec softplus_both(vec x, vec *s)
{
    vec f = exp_of_minus(x), one = vec_set1(1), R = vec_estimate(vec_add(one, f));
    vec large = vec_fma(R, vec_fnma(R, f, vec_sub(one, R)), R);
    *s = vec_if_positive(x, large, vec_mul(f, large));
    return softplus_of(x, f);
}

/* ---- s = 1 / (1 + exp(-w)) = p / (p + E): p = 2^floor(k), E = T (1 + m) = 2^(-j/16) exp(-r)
 * where w = k ln 2 + r ----
 *
 * Neither sign of w needs a choice. 1 - s is E / (p + E), without a subtraction. */

/* 1 / (p + E), and E; *j of exp_sixteenths, m without what rounding has taken from T */
VEC vec reciprocal_of_sum(vec p, vec r, float h0, float h1, float h2, piece j, vec *E)
{
    vec T = vec_pick(piecewise_inverse_power[0], j);
    vec m = exp_share(r, h0, h1, h2, vec_pick(piecewise_inverse_power[1], j)), Tm = vec_mul(T, m);
    *E = vec_add(T, Tm);
    vec R = vec_estimate(vec_add(p, *E));
    vec rest = vec_fnma(R, Tm, vec_fnma(R, T, vec_fnma(R, p, vec_set1(1))));
    return vec_fma(R, rest, R);
}

/* the same for w = x, -110 <= x <= 30, or a NaN */
VEC vec sigmoid_parts(vec x, vec *k, vec *p, vec *E)
{
    piece j;
    *k = exp_sixteenths(x, LOG2_E, &j);
    *p = vec_scale(vec_set1(1), *k);
    return reciprocal_of_sum(*p, exp_rest(x, *k), -1, EXP_PIECES_H1, -EXP_PIECES_H2, j, E);
}

/* beyond 30 it is 1, in float */
VEC vec vec_sigmoid(vec x)
{
    vec k, p, E, R = sigmoid_parts(vec_max(vec_set1(EXP_LOWEST), vec_min(vec_set1(30), x)), &k, &p, &E);
    return vec_mul(p, R);
}

/* The slope, y (1 - y), falls on both sides: both come from the side where y is the small one. */
VEC vec sigmoid_both(vec x, vec *s)
{
    vec k, p, E, R = sigmoid_parts(vec_max(vec_set1(EXP_LOWEST), vec_negative(x)), &k, &p, &E);
    vec small = vec_mul(p, R);
    *s = vec_mul(small, vec_mul(E, R));
    return vec_if_positive(x, vec_sub(vec_set1(1), small), small);
}

VEC vec softplus_derivative(vec x, vec dy)
{
    return vec_mul(dy, vec_sigmoid(x));
}

/* x s, and s (1 + z (1 - s)), z = x dw/dx: 2^k comes last, so that what is subnormal is rounded once */
VEC vec gated(vec x, vec R, vec k)
{
    return vec_scale(vec_mul(x, R), k);
}

VEC vec gated_derivative(vec z, vec E, vec R, vec k)
{
    return vec_scale(vec_mul(R, vec_fma(z, vec_mul(E, R), vec_set1(1))), k);
}

VEC vec silu_both(vec x, vec *s)
{
    vec low = vec_max(vec_set1(-SILU_END), x), z = vec_min(vec_set1(30), low), k, p, E;
    vec R = sigmoid_parts(z, &k, &p, &E);
    *s = gated_derivative(z, E, R, k);
    return gated(low, R, k);
}

VEC vec vec_silu(vec x)
{
    vec s;
    return silu_both(x, &s);
}

VEC vec silu_derivative(vec x, vec dy)
{
    vec s;
    silu_both(x, &s);
    return vec_mul(dy, s);
}

/* ---- GELU by tanh: w = D x (K + x^2), in two floats, as activation_tile.h explains. r is w / D
 * less k (ln 2) / D. ---- */

VEC vec gelu_tanh_both(vec x, vec *s)
{
    vec low = vec_max(vec_set1(-GELU_TANH_END), x), z = vec_min(vec_set1(6), low); /* s is 1 at 6 */
    vec K = vec_set1(GELU_K_HIGH), sum = vec_fma(z, z, K);
    vec lost = vec_add(vec_fma(z, z, vec_sub(K, sum)), vec_set1(GELU_K_LOW));
    piece j;
    vec k = exp_sixteenths(vec_mul(z, sum), GELU_D_LOG2_E, &j), E;
    vec r = vec_fma(z, lost, vec_fma(z, sum, vec_mul(k, vec_set1(-LN2_OVER_D_HIGH))));
    r = vec_fma(k, vec_set1(-LN2_OVER_D_LOW), r);
    vec R = reciprocal_of_sum(vec_scale(vec_set1(1), k), r, GELU_TANH_PIECES_H0, GELU_TANH_PIECES_H1,
                              GELU_TANH_PIECES_H2, j, &E);
    vec w_derivative = vec_fma(vec_set1(3 * GELU_D_HIGH), vec_mul(z, z), vec_set1((float)GELU_C));
    *s = gated_derivative(vec_mul(z, w_derivative), E, R, k);
    return gated(low, R, k);
}

VEC vec vec_gelu_tanh(vec x)
{
    vec s;
    return gelu_tanh_both(x, &s);
}

VEC vec gelu_tanh_derivative(vec x, vec dy)
{
    vec s;
    gelu_tanh_both(x, &s);
    return vec_mul(dy, s);
}

/* ---- GELU: max(0, x) - G(a) exp(-a^2 / 2), a = |x| ---- */

/* exp(-a^2 / 2) = 2^floor(k) T (1 + m); returns m. r is a^2 + k 2 ln 2, and a^2 is not
 * rounded before it is small. */
VEC vec exp_of_minus_half_square(vec a, vec *k, vec *T)
{
    piece j;
    *k = exp_sixteenths(vec_mul(a, a), -LOG2_E_HALF, &j);
    *T = vec_pick(piecewise_power[0], j);
    vec r = vec_fma(a, a, vec_mul(*k, vec_set1(LN2_TWICE_HIGH)));
    r = vec_fma(*k, vec_set1(LN2_TWICE_LOW), r);
    return exp_share(r, HALF_SQUARE_H0, HALF_SQUARE_H1, HALF_SQUARE_H2, vec_pick(piecewise_power[1], j));
}

/* its slope is D below 0, 1 - D above, D = P(-a) - a p(a), p the density; what the two share, the compiler
 * computes once. (G + lost) T (1 + m) = G T + (G m + lost) T, in which only the last sum rounds much. */
VEC vec gelu_both(vec x, vec *s)
{
    vec a = vec_min(vec_set1(GELU_END), vec_magnitude(x)), k, T, m = exp_of_minus_half_square(a, &k, &T);
    piece which = gelu_piece(a);
    vec lost,
        D = vec_mul(PIECEWISE(piecewise_gelu_derivative_ends, piecewise_gelu_derivative_24, a, which, &lost),
                    T);
    D = vec_scale(vec_fma(D, m, D), k);
    *s = vec_if_positive(x, vec_sub(vec_set1(1), D), D);
    vec G = PIECEWISE(piecewise_gelu_ends, piecewise_gelu_24, a, which, &lost),
        tail = vec_fma(G, T, vec_mul(vec_fma(G, m, lost), T));
    return vec_sub(vec_relu(x), vec_scale(tail, k));
}

VEC vec vec_gelu(vec x)
{
    vec s;
    return gelu_both(x, &s);
}

VEC vec gelu_derivative(vec x, vec dy)
{
    vec s;
    gelu_both(x, &s);
    return vec_mul(dy, s);
}

/* ---- the rungs ---- */

/* clang-format off */
KERNEL void elu_forward_table(int n, const float *x, float *y, float alpha) { map_with(n, x, y, vec_elu, alpha); }
KERNEL void elu_with_derivative_table(int n, const float *x, float *y, float *s, float alpha) { map_both_with(n, x, y, s, elu_both, alpha); }

KERNEL void sigmoid_forward_table(int n, const float *x, float *y) { map(n, x, y, vec_sigmoid); }
KERNEL void sigmoid_with_derivative_table(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, sigmoid_both); }

KERNEL void tanh_forward_table(int n, const float *x, float *y) { map(n, x, y, vec_tanh); }
KERNEL void tanh_with_derivative_table(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, tanh_both); }

KERNEL void softplus_forward_table(int n, const float *x, float *y) { map(n, x, y, vec_softplus); }
KERNEL void softplus_backward_table(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, softplus_derivative); }
KERNEL void softplus_with_derivative_table(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, softplus_both); }

KERNEL void gelu_forward_table(int n, const float *x, float *y) { map(n, x, y, vec_gelu); }
KERNEL void gelu_backward_table(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, gelu_derivative); }
KERNEL void gelu_with_derivative_table(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, gelu_both); }

KERNEL void gelu_tanh_forward_table(int n, const float *x, float *y) { map(n, x, y, vec_gelu_tanh); }
KERNEL void gelu_tanh_backward_table(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, gelu_tanh_derivative); }
KERNEL void gelu_tanh_with_derivative_table(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, gelu_tanh_both); }

KERNEL void silu_forward_table(int n, const float *x, float *y) { map(n, x, y, vec_silu); }
KERNEL void silu_backward_table(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, silu_derivative); }
KERNEL void silu_with_derivative_table(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, silu_both); }
/* clang-format on */
#endif
