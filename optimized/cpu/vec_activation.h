/* vec_activation.h - the activations that need exp, in vectors of any width: exp_poly.h and gelu_poly.h tell the methods.
 * Included after the words of vec_avx2.h or vec_avx512.h. What the functions are: see vec_arithmetic.h.
 */
#include "vec_arithmetic.h"
#include "vec_exp.h"
#include "vec_gelu.h"

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
    *s = tanh_slope(y, vec_set1(1));
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

VEC vec softplus_slope(vec x, vec dy)
{
    return vec_mul(dy, vec_sigmoid(x));
}

VEC vec softplus_both(vec x, vec *s)
{
    *s = softplus_slope(x, vec_set1(1));
    return vec_softplus(x);
}

VEC vec vec_silu(vec x)
{
    vec minus = vec_max(vec_set1(-SILU_END), vec_negative(x)), n = exp_whole(minus);
    return vec_gated(x, SILU_END, exp_fraction(exp_rest(minus, n)), n);
}

VEC vec silu_slope(vec x, vec dy)
{
    vec minus = vec_max(vec_set1(-SILU_END), vec_negative(x)), n = exp_whole(minus);
    vec m = exp_fraction(exp_rest(minus, n));
    return vec_mul(dy, vec_gated_slope(x, vec_within(SILU_END, x), m, n));
}

VEC vec silu_both(vec x, vec *s)
{
    *s = silu_slope(x, vec_set1(1));
    return vec_silu(x);
}

VEC vec gelu_both(vec x, vec *s)
{
    *s = gelu_slope(x, vec_set1(1));
    return vec_gelu(x);
}

VEC vec gelu_tanh_both(vec x, vec *s)
{
    *s = gelu_tanh_slope(x, vec_set1(1));
    return vec_gelu_tanh(x);
}
