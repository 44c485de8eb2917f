/* vec_activation.h - the activations in vectors. Included after the words of vec_avx2.h or vec_avx512.h.
 *
 * vec_NAME is f(x); NAME_slope is dy f', taken where the reference takes it, at y or at x; NAME_both is f(x), and f'(x) in
 * *s: what it computes twice, the compiler computes once.
 */
#include "vec_exp.h"
#include "vec_gelu.h"

#define BOTH_AT_x(f)                    \
    VEC vec f##_both(vec x, vec *s)     \
    {                                   \
        *s = f##_slope(x, vec_set1(1)); \
        return vec_##f(x);              \
    }
#define BOTH_AT_y(f)                    \
    VEC vec f##_both(vec x, vec *s)     \
    {                                   \
        vec y = vec_##f(x);             \
        *s = f##_slope(y, vec_set1(1)); \
        return y;                       \
    }

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

VEC vec relu_slope(vec y, vec dy)
{
    return vec_where_positive(dy, y);
}
BOTH_AT_y(relu)

    /* dy y (1 - y) */
    VEC vec sigmoid_slope(vec y, vec dy)
{
    return vec_mul(vec_mul(dy, y), vec_sub(vec_set1(1), y));
}

/* s = e / (1 + e)^2: y (1 - y) would lose digits where y nears 1 */
VEC vec sigmoid_both(vec x, vec *s)
{
    vec e = vec_exp(vec_negative(x)), one = vec_set1(1), large = vec_div(one, vec_add(one, e));
    *s = vec_mul(vec_mul(e, large), large);
    return vec_sigmoid(x);
}

/* dy (1 - y) (1 + y) */
VEC vec tanh_slope(vec y, vec dy)
{
    return vec_mul(vec_mul(dy, vec_sub(vec_set1(1), y)), vec_add(vec_set1(1), y));
}
BOTH_AT_y(tanh)

    VEC vec vec_leaky_relu(vec x, vec slope)
{
    return vec_if_positive(x, x, vec_mul(slope, x));
}

VEC vec leaky_relu_slope(vec y, vec dy, vec slope)
{
    return vec_if_positive(y, dy, vec_mul(slope, dy));
}

VEC vec leaky_relu_both(vec x, vec *s, vec slope)
{
    *s = vec_if_positive(x, vec_set1(1), slope);
    return vec_leaky_relu(x, slope);
}

VEC vec vec_elu(vec x, vec alpha)
{
    return vec_if_positive(x, x, vec_mul(alpha, vec_expm1(vec_min(vec_zero(), x))));
}

/* dy (y + alpha) where y <= 0 */
VEC vec elu_slope(vec y, vec dy, vec alpha)
{
    return vec_if_positive(y, dy, vec_mul(dy, vec_add(y, alpha)));
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
BOTH_AT_x(softplus)

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
BOTH_AT_x(silu)

    /* of vec_gelu.h */
    BOTH_AT_x(gelu) BOTH_AT_x(gelu_tanh)
