/* activation_tile.h - activations in vectors, n elements; included once for each width.
 *
 * Every derivative is taken where the reference takes it, at y or at x. Where it is y, y may be x; dx may be dy.
 *
 * The file that includes it defines ACTIVATION_VECTOR (the table's name) after the words of vec_avx2.h or
 * vec_avx512.h. A tail of n % WIDTH elements goes through the same code with masked loads and stores.
 */
#include "activation_vector.h"
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

VEC vec relu_slope(vec y, vec dy)
{
    return vec_where_positive(dy, y);
}

/* dy y (1 - y) */
VEC vec sigmoid_slope(vec y, vec dy)
{
    return vec_mul(vec_mul(dy, y), vec_sub(vec_set1(1), y));
}

/* dy (1 - y) (1 + y) */
VEC vec tanh_slope(vec y, vec dy)
{
    return vec_mul(vec_mul(dy, vec_sub(vec_set1(1), y)), vec_add(vec_set1(1), y));
}

VEC vec vec_leaky_relu(vec x, vec slope)
{
    return vec_if_positive(x, x, vec_mul(slope, x));
}

VEC vec leaky_relu_slope(vec y, vec dy, vec slope)
{
    return vec_if_positive(y, dy, vec_mul(slope, dy));
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

/* max(0, x) + log(1 + exp(-|x|)) */
VEC vec vec_softplus(vec x)
{
    return vec_plus_log1p_exp(vec_relu(x), vec_negative(x));
}

VEC vec softplus_slope(vec x, vec dy)
{
    return vec_mul(dy, vec_sigmoid(x));
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

#define FORWARD(name, f)                                                           \
    KERNEL static void name(int n, const float *x, float *y)                       \
    {                                                                              \
        int i = 0;                                                                 \
        for (; i + WIDTH <= n; i += WIDTH) vec_store(y + i, f(vec_load(x + i)));   \
        if (i < n) vec_store_first(y + i, n - i, f(vec_load_first(x + i, n - i))); \
    }
#define BACKWARD(name, f)                                                                                    \
    KERNEL static void name(int n, const float *at, const float *dy, float *dx)                              \
    {                                                                                                        \
        int i = 0;                                                                                           \
        for (; i + WIDTH <= n; i += WIDTH) vec_store(dx + i, f(vec_load(at + i), vec_load(dy + i)));         \
        if (i < n)                                                                                           \
            vec_store_first(dx + i, n - i, f(vec_load_first(at + i, n - i), vec_load_first(dy + i, n - i))); \
    }
/* the same for a function with a parameter */
#define FORWARD_WITH(name, f)                                                         \
    KERNEL static void name(int n, const float *x, float *y, float parameter)         \
    {                                                                                 \
        vec p = vec_set1(parameter);                                                  \
        int i = 0;                                                                    \
        for (; i + WIDTH <= n; i += WIDTH) vec_store(y + i, f(vec_load(x + i), p));   \
        if (i < n) vec_store_first(y + i, n - i, f(vec_load_first(x + i, n - i), p)); \
    }
#define BACKWARD_WITH(name, f)                                                                          \
    KERNEL static void name(int n, const float *at, const float *dy, float *dx, float parameter)        \
    {                                                                                                   \
        vec p = vec_set1(parameter);                                                                    \
        int i = 0;                                                                                      \
        for (; i + WIDTH <= n; i += WIDTH) vec_store(dx + i, f(vec_load(at + i), vec_load(dy + i), p)); \
        if (i < n)                                                                                      \
            vec_store_first(dx + i, n - i,                                                              \
                            f(vec_load_first(at + i, n - i), vec_load_first(dy + i, n - i), p));        \
    }

FORWARD(relu, vec_relu)
FORWARD(sigmoid, vec_sigmoid)
FORWARD(tanh_forward, vec_tanh)
FORWARD_WITH(leaky_relu, vec_leaky_relu)
FORWARD_WITH(elu, vec_elu)
FORWARD(softplus, vec_softplus)
FORWARD(silu, vec_silu)
FORWARD(gelu, vec_gelu)
FORWARD(gelu_tanh, vec_gelu_tanh)
BACKWARD(relu_backward, relu_slope)
BACKWARD(sigmoid_backward, sigmoid_slope)
BACKWARD(tanh_backward, tanh_slope)
BACKWARD_WITH(leaky_relu_backward, leaky_relu_slope)
BACKWARD_WITH(elu_backward, elu_slope)
BACKWARD(softplus_backward, softplus_slope)
BACKWARD(silu_backward, silu_slope)
BACKWARD(gelu_backward, gelu_slope)
BACKWARD(gelu_tanh_backward, gelu_tanh_slope)

const struct activation_vector ACTIVATION_VECTOR = {
    relu,       relu_backward,       sigmoid, sigmoid_backward, tanh_forward, tanh_backward,
    leaky_relu, leaky_relu_backward, elu,     elu_backward,     softplus,     softplus_backward,
    silu,       silu_backward,       gelu,    gelu_backward,    gelu_tanh,    gelu_tanh_backward,
};
