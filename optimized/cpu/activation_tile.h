/* activation_tile.h - activations in vectors, n elements; included once for each width.
 *
 * Every derivative is taken at y, as in the reference. y may be x, dx may be dy.
 *
 * The file that includes it defines ACTIVATION_VECTOR (the table's name) after the words of vec_avx2.h or
 * vec_avx512.h. A tail of n % WIDTH elements goes through the same code with masked loads and stores.
 */
#include "activation_vector.h"
#include "exp_poly.h"

/* exp(x) within an ulp; 0 and infinity where float has no other answer, a NaN for a NaN */
VEC vec vec_exp(vec x)
{
    x = vec_max(vec_set1(EXP_LOWEST), vec_min(vec_set1(EXP_HIGHEST), x));
    vec n = vec_round(vec_mul(x, vec_set1(LOG2_E)));
    vec r = vec_fma(n, vec_set1(-LN2_LOW), vec_fma(n, vec_set1(-LN2_HIGH), x));
    vec q = vec_fma(vec_set1(EXP_Q4), r, vec_set1(EXP_Q3));
    q = vec_fma(q, r, vec_set1(EXP_Q2));
    q = vec_fma(q, r, vec_set1(EXP_Q1));
    q = vec_fma(q, r, vec_set1(EXP_Q0));
    return vec_scale(vec_add(vec_fma(vec_mul(r, r), q, r), vec_set1(1)), n);
}

/* 1 / (1 + e) or e / (1 + e), with e = exp(-|x|) <= 1. What rounding takes from 1 + e goes back into the quotient. */
VEC vec vec_sigmoid(vec x)
{
    vec e = vec_exp(vec_negative(x)), one = vec_set1(1), sum = vec_add(one, e);
    vec gained = vec_sub(vec_sub(sum, one), e), y = vec_div(vec_if_positive(x, one, e), sum);
    return vec_fma(y, gained, y);
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

#define FORWARD(name, f)                                                           \
    KERNEL static void name(int n, const float *x, float *y)                       \
    {                                                                              \
        int i = 0;                                                                 \
        for (; i + WIDTH <= n; i += WIDTH) vec_store(y + i, f(vec_load(x + i)));   \
        if (i < n) vec_store_first(y + i, n - i, f(vec_load_first(x + i, n - i))); \
    }
#define BACKWARD(name, f)                                                                                   \
    KERNEL static void name(int n, const float *y, const float *dy, float *dx)                              \
    {                                                                                                       \
        int i = 0;                                                                                          \
        for (; i + WIDTH <= n; i += WIDTH) vec_store(dx + i, f(vec_load(y + i), vec_load(dy + i)));         \
        if (i < n)                                                                                          \
            vec_store_first(dx + i, n - i, f(vec_load_first(y + i, n - i), vec_load_first(dy + i, n - i))); \
    }

FORWARD(relu, vec_relu)
FORWARD(sigmoid, vec_sigmoid)
FORWARD(tanh_forward, vec_tanh)
BACKWARD(relu_backward, relu_slope)
BACKWARD(sigmoid_backward, sigmoid_slope)
BACKWARD(tanh_backward, tanh_slope)

const struct activation_vector ACTIVATION_VECTOR = {
    relu, relu_backward, sigmoid, sigmoid_backward, tanh_forward, tanh_backward,
};
