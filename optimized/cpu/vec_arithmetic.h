/* vec_arithmetic.h - the activations and the derivatives that need no exp, in vectors of any width. Included after the
 * words of vec_avx2.h or vec_avx512.h.
 *
 * vec_NAME is f(x); NAME_slope is dy f', taken where the reference takes it, at y or at x; NAME_both is f(x), and f'(x) in
 * *s: what it computes twice, the compiler computes once.
 */
#ifndef RUNGS_VEC_ARITHMETIC_H
#define RUNGS_VEC_ARITHMETIC_H

VEC vec relu_slope(vec y, vec dy)
{
    return vec_where_positive(dy, y);
}

VEC vec relu_both(vec x, vec *s)
{
    vec y = vec_relu(x);
    *s = relu_slope(y, vec_set1(1));
    return y;
}

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

/* dy (y + alpha) where y <= 0 */
VEC vec elu_slope(vec y, vec dy, vec alpha)
{
    return vec_if_positive(y, dy, vec_mul(dy, vec_add(y, alpha)));
}

#endif
