/* softmax_tile.h - softmax in vectors, row by row, alone and under cross-entropy; included once for each
 * width. y may be x, dx may be dy.
 *
 * The file that includes it defines SOFTMAX_VECTOR (the table's name) after the words of
 * vec_avx2.h or vec_avx512.h.
 */
#include "softmax_vector.h"

#include "exp_portable.h"
#include "vec_row.h"

KERNEL static void forward(int N, int C, const float *x, float *y)
{
    for (int n = 0; n < N; n++, x += C, y += C)
        scale_row(C, 1 / exp_and_sum(C, x, largest(C, x), y), y); /* the sum is 1 or more: exp(0) is in it */
}

/* sum of dy y */
KERNEL static float row_dot(int C, const float *y, const float *dy)
{
    vec sum = vec_zero();
    int c = 0;
    for (; c + WIDTH <= C; c += WIDTH) sum = vec_fma(vec_load(dy + c), vec_load(y + c), sum);
    if (c < C) sum = vec_fma(vec_load_first(dy + c, C - c), vec_load_first(y + c, C - c), sum);
    return vec_sum(sum);
}

KERNEL static void backward(int N, int C, const float *y, const float *dy, float *dx)
{
    for (int n = 0; n < N; n++, y += C, dy += C, dx += C) {
        vec dot = vec_set1(row_dot(C, y, dy));
        int c = 0;
        for (; c + WIDTH <= C; c += WIDTH)
            vec_store(dx + c, vec_mul(vec_load(y + c), vec_sub(vec_load(dy + c), dot)));
        if (c < C)
            vec_store_first(
                dx + c, C - c,
                vec_mul(vec_load_first(y + c, C - c), vec_sub(vec_load_first(dy + c, C - c), dot)));
    }
}

/* p = exp(z - high) of whole vectors; returns the sum */
VEC vec exp_of_whole(int from, int to, const float *z, vec high, float *p)
{
    vec sum = vec_zero();
    for (int c = from; c < to; c += WIDTH) {
        vec e = vec_exp_down(vec_sub(vec_load(z + c), high));
        vec_store(p + c, e);
        sum = vec_add(sum, e);
    }
    return sum;
}

/* p = exp(z - high); returns their sum less 1, which is left out of the label's before it is added: where
 * that holds the maximum, the sum over the others keeps all its digits. The vector with the label stands
 * apart: no loop asks for it. */
KERNEL static inline float exp_and_others(int C, const float *z, float high, int label, float *p)
{
    vec m = vec_set1(high), sum = vec_zero();
    int whole = C / WIDTH * WIDTH, rest = C - whole, alone = label < whole ? label / WIDTH * WIDTH : whole;
    if (alone < whole) {
        vec e = vec_exp_down(vec_sub(vec_load(z + alone), m));
        vec_store(p + alone, e);
        sum = vec_sub(e, vec_one_at(label - alone));
    }
    sum = vec_add(sum, exp_of_whole(0, alone, z, m, p));
    sum = vec_add(sum, exp_of_whole(alone + WIDTH, whole, z, m, p));
    if (rest) {
        vec e = vec_exp_down(vec_sub(vec_load_first(z + whole, rest), m));
        vec_store_first(p + whole, rest, e);
        sum = vec_add(sum, vec_sub(vec_first_or(rest, e, vec_zero()), vec_one_at(label - whole)));
    }
    return vec_sum(sum);
}

/* a row's p and loss */
KERNEL static inline float long_row(int C, const float *z, int label, float *p)
{
    float high = largest(C, z), below = high - z[label], others = exp_and_others(C, z, high, label, p);
    scale_row(C, 1 / (1 + others), p);
    return log1p_portable(others) + below;
}

/* the same for C < 2 WIDTH: the row stays in two vectors, the second of which has `rest` numbers */
KERNEL static inline float short_row(int C, const float *z, int label, float *p)
{
    const vec lowest = vec_set1(-INFINITY), zero = vec_zero();
    const int whole = C >= WIDTH, rest = C - whole * WIDTH, at = whole * WIDTH;
    vec a = whole ? vec_load(z) : lowest, b = vec_load_first(z + at, rest);
    float high = vec_largest(vec_max(vec_first_or(rest, b, lowest), vec_max(a, lowest)));
    float below = high - z[label];
    a = whole ? vec_exp_down(vec_sub(a, vec_set1(high))) : zero;
    b = vec_first_or(rest, vec_exp_down(vec_sub(b, vec_set1(high))), zero);
    vec sum = vec_add(vec_sub(a, vec_one_at(whole ? label : -1)), vec_sub(b, vec_one_at(label - at)));
    float others = vec_sum(sum);
    vec factor = vec_set1(1 / (1 + others));
    if (whole) vec_store(p, vec_mul(a, factor));
    if (rest) vec_store_first(p + at, rest, vec_mul(b, factor));
    return log1p_portable(others) + below;
}

KERNEL static double xent_forward(int N, int C, const float *z, const int *label, float *p)
{
    double total = 0;
    for (int n = 0; n < N; n++, z += C, p += C)
        total += (double)(C < 2 * WIDTH ? short_row(C, z, label[n], p) : long_row(C, z, label[n], p));
    return total;
}

/* the sum of p but for the label's */
KERNEL static inline float sum_of_others(int C, const float *p, int label)
{
    vec sum = vec_zero();
    int c = 0;
    for (; c + WIDTH <= C; c += WIDTH) {
        vec x = vec_load(p + c);
        sum = vec_add(sum, vec_sub(x, vec_mul(x, vec_one_at(label - c))));
    }
    if (c < C) {
        vec x = vec_load_first(p + c, C - c);
        sum = vec_add(sum, vec_sub(x, vec_mul(x, vec_one_at(label - c))));
    }
    return vec_sum(sum);
}

/* The label's is p - 1; where p is above 1/2, that is minus the sum of the others, which have more digits */
KERNEL static void xent_backward(int N, int C, const float *p, const int *label, float up, float *dz)
{
    vec factor = vec_set1(up);
    for (int n = 0; n < N; n++, p += C, dz += C) {
        float of_label = p[label[n]];
        of_label = of_label > 0.5f ? -up * sum_of_others(C, p, label[n]) : up * (of_label - 1);
        int c = 0;
        for (; c + WIDTH <= C; c += WIDTH) vec_store(dz + c, vec_mul(vec_load(p + c), factor));
        if (c < C) vec_store_first(dz + c, C - c, vec_mul(vec_load_first(p + c, C - c), factor));
        dz[label[n]] = of_label;
    }
}

const struct softmax_vector SOFTMAX_VECTOR = { forward, backward, xent_forward, xent_backward };
