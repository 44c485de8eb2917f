/* softmax_tile.h - softmax in vectors, row by row, alone and under cross-entropy; included once for each width. y may be x,
 * dx may be dy.
 *
 * The file that includes it defines SOFTMAX_VECTOR (the table's name) after the words of vec_avx2.h or vec_avx512.h.
 */
#include "softmax_vector.h"

#include "exp_portable.h"
#include "softmax_row.h"

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

KERNEL static double xent_forward(int N, int C, const float *z, const int *label, float *p)
{
    double total = 0;
    for (int n = 0; n < N; n++, z += C, p += C) {
        float high = largest(C, z), sum = exp_and_sum(C, z, high, p);
        scale_row(C, 1 / sum, p);
        total += (double)(log_portable(sum) + (high - z[label[n]]));
    }
    return total;
}

/* p - 1 before it is multiplied: where p is nearly 1, it is exact */
KERNEL static void xent_backward(int N, int C, const float *p, const int *label, float up, float *dz)
{
    vec factor = vec_set1(up);
    for (int n = 0; n < N; n++, p += C, dz += C) {
        float of_label = up * (p[label[n]] - 1);
        int c = 0;
        for (; c + WIDTH <= C; c += WIDTH) vec_store(dz + c, vec_mul(vec_load(p + c), factor));
        if (c < C) vec_store_first(dz + c, C - c, vec_mul(vec_load_first(p + c, C - c), factor));
        dz[label[n]] = of_label;
    }
}

const struct softmax_vector SOFTMAX_VECTOR = { forward, backward, xent_forward, xent_backward };
