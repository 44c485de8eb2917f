/* activation_tile.h - 02_avx2, 03_avx512: the activations in vectors of eight and sixteen, with fused
 * multiply-adds. Included after the words of vec_avx2.h or vec_avx512.h. exp_poly.h and gelu_poly.h say
 * what the polynomials are.
 *
 * What the compiler cannot choose by itself: instructions that not every x86-64 has. AVX-512 rounds and
 * scales by 2^n in one instruction each, and its masks do the tail.
 *
 * vec_NAME is f(x); NAME_derivative is dy f', taken where the reference takes it, at y or at x;
 * NAME_both is f(x), and f'(x) in *s: what it computes twice, the compiler computes once. At the
 * end stand the rungs, one line each.
 */
#include "activation_rungs.h"
#include "vec_exp.h"
#include "vec_map.h"
#include "gelu_poly.h"

/* ---- arithmetic alone ---- */

VEC vec relu_derivative(vec y, vec dy)
{
    return vec_where_positive(dy, y);
}

VEC vec relu_both(vec x, vec *s)
{
    vec y = vec_relu(x);
    *s = relu_derivative(y, vec_set1(1));
    return y;
}

VEC vec vec_leaky_relu(vec x, vec slope)
{
    return vec_if_positive(x, x, vec_mul(slope, x));
}

VEC vec leaky_relu_derivative(vec y, vec dy, vec slope)
{
    return vec_if_positive(y, dy, vec_mul(slope, dy));
}

VEC vec leaky_relu_both(vec x, vec *s, vec slope)
{
    *s = vec_if_positive(x, vec_set1(1), slope);
    return vec_leaky_relu(x, slope);
}

/* dy y (1 - y) */
VEC vec sigmoid_derivative(vec y, vec dy)
{
    return vec_mul(vec_mul(dy, y), vec_sub(vec_set1(1), y));
}

/* dy (1 - y) (1 + y) */
VEC vec tanh_derivative(vec y, vec dy)
{
    return vec_mul(vec_mul(dy, vec_sub(vec_set1(1), y)), vec_add(vec_set1(1), y));
}

/* dy (y + alpha) where y <= 0 */
VEC vec elu_derivative(vec y, vec dy, vec alpha)
{
    return vec_if_positive(y, dy, vec_mul(dy, vec_add(y, alpha)));
}

/* ---- an exp ---- */

VEC vec vec_tanh(vec x)
{
    vec minus = vec_negative(x), one = vec_set1(1);
    vec e = vec_exp(vec_mul(vec_set1(-2), vec_max(vec_set1(-TANH_ONE), minus)));
    vec large = vec_with_sign(vec_sub(one, vec_div(vec_set1(2), vec_add(e, one))), x);
    vec s = vec_mul(x, x);
    vec p = vec_fma(vec_set1(TANH_P4), s, vec_set1(TANH_P3));
    p = vec_fma(p, s, vec_set1(TANH_P2));
    p = vec_fma(p, s, vec_set1(TANH_P1));
    p = vec_fma(p, s, vec_set1(TANH_P0));
    vec small = vec_fma(vec_mul(x, s), p, x);
    return vec_if_positive(vec_add(minus, vec_set1(TANH_SPLIT)), small, large);
}

VEC vec tanh_both(vec x, vec *s)
{
    vec y = vec_tanh(x);
    *s = tanh_derivative(y, vec_set1(1));
    return y;
}

/* s = e / (1 + e)^2: y (1 - y) would lose digits where y nears 1 */
VEC vec sigmoid_both(vec x, vec *s)
{
    vec e = vec_exp(vec_negative(x)), one = vec_set1(1), large = vec_div(one, vec_add(one, e));
    *s = vec_mul(vec_mul(e, large), large);
    return vec_sigmoid(x);
}

VEC vec vec_elu(vec x, vec alpha)
{
    return vec_if_positive(x, x, vec_mul(alpha, vec_expm1(vec_min(vec_zero(), x))));
}

/* s = alpha exp(x) where x <= 0: y + alpha would lose what y has rounded */
VEC vec elu_both(vec x, vec *s, vec alpha)
{
    vec e = vec_exp(vec_min(vec_zero(), x));
    *s = vec_if_positive(x, vec_set1(1), vec_mul(alpha, e));
    return vec_elu(x, alpha);
}

/* max(0, x) + log(1 + exp(-|x|)) */
VEC vec vec_softplus(vec x)
{
    return vec_plus_log1p_exp(vec_relu(x), vec_negative(x));
}

VEC vec softplus_derivative(vec x, vec dy)
{
    return vec_mul(dy, vec_sigmoid(x));
}

VEC vec softplus_both(vec x, vec *s)
{
    *s = softplus_derivative(x, vec_set1(1));
    return vec_softplus(x);
}

VEC vec vec_silu(vec x)
{
    vec minus = vec_max(vec_set1(-SILU_END), vec_negative(x)), n = exp_whole(minus);
    return vec_gated(x, SILU_END, exp_fraction(exp_rest(minus, n)), n);
}

VEC vec silu_derivative(vec x, vec dy)
{
    vec minus = vec_max(vec_set1(-SILU_END), vec_negative(x)), n = exp_whole(minus);
    vec m = exp_fraction(exp_rest(minus, n));
    return vec_mul(dy, vec_gated_derivative(x, vec_within(SILU_END, x), m, n));
}

VEC vec silu_both(vec x, vec *s)
{
    *s = silu_derivative(x, vec_set1(1));
    return vec_silu(x);
}

/* ---- GELU, by erfc and by tanh, see gelu_poly.h ----
 *
 * exp(-u) turns an absolute error of u into a relative one, and u reaches 100: so u is made in two floats,
 * high + low, the second being what rounding took from the first, as fused multiply-adds tell exactly. */

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
VEC vec gelu_derivative(vec x, vec dy)
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

/* exp(-|w|) = 2^n (1 + m), w = a (C + D a^2) and a = -|x|; returns m. C_HIGH - sum is exact: both are
 * multiples of the sum's last digit, as C_HIGH has few. */
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

VEC vec gelu_tanh_derivative(vec x, vec dy)
{
    vec n, m = exp_of_gelu_w(vec_max(vec_set1(-GELU_TANH_END), vec_negative(x)), &n);
    vec a = vec_within(GELU_TANH_END, x);
    vec w_derivative = vec_fma(vec_set1(3 * GELU_D_HIGH), vec_mul(a, a), vec_set1((float)GELU_C));
    return vec_mul(dy, vec_gated_derivative(x, vec_mul(a, w_derivative), m, n));
}

VEC vec gelu_both(vec x, vec *s)
{
    *s = gelu_derivative(x, vec_set1(1));
    return vec_gelu(x);
}

VEC vec gelu_tanh_both(vec x, vec *s)
{
    *s = gelu_tanh_derivative(x, vec_set1(1));
    return vec_gelu_tanh(x);
}

/* ---- the rungs ---- */

/* clang-format off */
#if WIDTH == 8
KERNEL void relu_forward_avx2(int n, const float *x, float *y) { map(n, x, y, vec_relu); }
KERNEL void relu_backward_avx2(int n, const float *y, const float *dy, float *dx) { map2(n, y, dy, dx, relu_derivative); }
KERNEL void relu_with_derivative_avx2(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, relu_both); }

KERNEL void leaky_relu_forward_avx2(int n, const float *x, float *y, float slope) { map_with(n, x, y, vec_leaky_relu, slope); }
KERNEL void leaky_relu_backward_avx2(int n, const float *y, const float *dy, float *dx, float slope) { map2_with(n, y, dy, dx, leaky_relu_derivative, slope); }
KERNEL void leaky_relu_with_derivative_avx2(int n, const float *x, float *y, float *s, float slope) { map_both_with(n, x, y, s, leaky_relu_both, slope); }

KERNEL void elu_forward_avx2(int n, const float *x, float *y, float alpha) { map_with(n, x, y, vec_elu, alpha); }
KERNEL void elu_backward_avx2(int n, const float *y, const float *dy, float *dx, float alpha) { map2_with(n, y, dy, dx, elu_derivative, alpha); }
KERNEL void elu_with_derivative_avx2(int n, const float *x, float *y, float *s, float alpha) { map_both_with(n, x, y, s, elu_both, alpha); }

KERNEL void sigmoid_forward_avx2(int n, const float *x, float *y) { map(n, x, y, vec_sigmoid); }
KERNEL void sigmoid_backward_avx2(int n, const float *y, const float *dy, float *dx) { map2(n, y, dy, dx, sigmoid_derivative); }
KERNEL void sigmoid_with_derivative_avx2(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, sigmoid_both); }

KERNEL void tanh_forward_avx2(int n, const float *x, float *y) { map(n, x, y, vec_tanh); }
KERNEL void tanh_backward_avx2(int n, const float *y, const float *dy, float *dx) { map2(n, y, dy, dx, tanh_derivative); }
KERNEL void tanh_with_derivative_avx2(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, tanh_both); }

KERNEL void softplus_forward_avx2(int n, const float *x, float *y) { map(n, x, y, vec_softplus); }
KERNEL void softplus_backward_avx2(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, softplus_derivative); }
KERNEL void softplus_with_derivative_avx2(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, softplus_both); }

KERNEL void gelu_forward_avx2(int n, const float *x, float *y) { map(n, x, y, vec_gelu); }
KERNEL void gelu_backward_avx2(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, gelu_derivative); }
KERNEL void gelu_with_derivative_avx2(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, gelu_both); }

KERNEL void gelu_tanh_forward_avx2(int n, const float *x, float *y) { map(n, x, y, vec_gelu_tanh); }
KERNEL void gelu_tanh_backward_avx2(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, gelu_tanh_derivative); }
KERNEL void gelu_tanh_with_derivative_avx2(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, gelu_tanh_both); }

KERNEL void silu_forward_avx2(int n, const float *x, float *y) { map(n, x, y, vec_silu); }
KERNEL void silu_backward_avx2(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, silu_derivative); }
KERNEL void silu_with_derivative_avx2(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, silu_both); }
#else
KERNEL void relu_forward_avx512(int n, const float *x, float *y) { map(n, x, y, vec_relu); }
KERNEL void relu_backward_avx512(int n, const float *y, const float *dy, float *dx) { map2(n, y, dy, dx, relu_derivative); }
KERNEL void relu_with_derivative_avx512(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, relu_both); }

KERNEL void leaky_relu_forward_avx512(int n, const float *x, float *y, float slope) { map_with(n, x, y, vec_leaky_relu, slope); }
KERNEL void leaky_relu_backward_avx512(int n, const float *y, const float *dy, float *dx, float slope) { map2_with(n, y, dy, dx, leaky_relu_derivative, slope); }
KERNEL void leaky_relu_with_derivative_avx512(int n, const float *x, float *y, float *s, float slope) { map_both_with(n, x, y, s, leaky_relu_both, slope); }

KERNEL void elu_forward_avx512(int n, const float *x, float *y, float alpha) { map_with(n, x, y, vec_elu, alpha); }
KERNEL void elu_backward_avx512(int n, const float *y, const float *dy, float *dx, float alpha) { map2_with(n, y, dy, dx, elu_derivative, alpha); }
KERNEL void elu_with_derivative_avx512(int n, const float *x, float *y, float *s, float alpha) { map_both_with(n, x, y, s, elu_both, alpha); }

KERNEL void sigmoid_forward_avx512(int n, const float *x, float *y) { map(n, x, y, vec_sigmoid); }
KERNEL void sigmoid_backward_avx512(int n, const float *y, const float *dy, float *dx) { map2(n, y, dy, dx, sigmoid_derivative); }
KERNEL void sigmoid_with_derivative_avx512(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, sigmoid_both); }

KERNEL void tanh_forward_avx512(int n, const float *x, float *y) { map(n, x, y, vec_tanh); }
KERNEL void tanh_backward_avx512(int n, const float *y, const float *dy, float *dx) { map2(n, y, dy, dx, tanh_derivative); }
KERNEL void tanh_with_derivative_avx512(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, tanh_both); }

KERNEL void softplus_forward_avx512(int n, const float *x, float *y) { map(n, x, y, vec_softplus); }
KERNEL void softplus_backward_avx512(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, softplus_derivative); }
KERNEL void softplus_with_derivative_avx512(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, softplus_both); }

KERNEL void gelu_forward_avx512(int n, const float *x, float *y) { map(n, x, y, vec_gelu); }
KERNEL void gelu_backward_avx512(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, gelu_derivative); }
KERNEL void gelu_with_derivative_avx512(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, gelu_both); }

KERNEL void gelu_tanh_forward_avx512(int n, const float *x, float *y) { map(n, x, y, vec_gelu_tanh); }
KERNEL void gelu_tanh_backward_avx512(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, gelu_tanh_derivative); }
KERNEL void gelu_tanh_with_derivative_avx512(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, gelu_tanh_both); }

KERNEL void silu_forward_avx512(int n, const float *x, float *y) { map(n, x, y, vec_silu); }
KERNEL void silu_backward_avx512(int n, const float *x, const float *dy, float *dx) { map2(n, x, dy, dx, silu_derivative); }
KERNEL void silu_with_derivative_avx512(int n, const float *x, float *y, float *s) { map_both(n, x, y, s, silu_both); }
#endif
/* clang-format on */
