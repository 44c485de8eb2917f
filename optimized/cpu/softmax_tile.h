/* softmax_tile.h - softmax in vectors, row by row; included once for each width. y may be x, dx may be dy.
 *
 * The file that includes it defines SOFTMAX_VECTOR (the table's name) after the words of vec_avx2.h or vec_avx512.h.
 * The C % WIDTH last numbers of a row go through masked loads and stores. The lanes that they leave empty must neither
 * raise the maximum, so they are -infinity there, nor add to a sum, so they are 0.
 */
#include "softmax_vector.h"

#include <math.h>

#include "vec_exp.h"

/* across the lanes */
KERNEL static float largest_lane(vec x)
{
    float lane[WIDTH], high;
    vec_store(lane, x);
    high = lane[0];
    for (int i = 1; i < WIDTH; i++) high = lane[i] > high ? lane[i] : high;
    return high;
}

KERNEL static float sum_of_lanes(vec x)
{
    float lane[WIDTH];
    vec_store(lane, x);
    for (int half = WIDTH / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lane[i] += lane[i + half];
    return lane[0];
}

/* the row's maximum, NaNs left out: they show in the sum */
KERNEL static float largest(int C, const float *x)
{
    vec lowest = vec_set1(-INFINITY), high = lowest;
    int c = 0;
    for (; c + WIDTH <= C; c += WIDTH) high = vec_max(vec_load(x + c), high);
    if (c < C) high = vec_max(vec_first_or(C - c, vec_load_first(x + c, C - c), lowest), high);
    return largest_lane(high);
}

/* y = exp(x - shift); returns the sum of y */
KERNEL static float exp_and_sum(int C, const float *x, float shift, float *y)
{
    vec m = vec_set1(shift), sum = vec_zero();
    int c = 0;
    for (; c + WIDTH <= C; c += WIDTH) {
        vec e = vec_exp(vec_sub(vec_load(x + c), m));
        vec_store(y + c, e);
        sum = vec_add(sum, e);
    }
    if (c < C) {
        vec e = vec_exp(vec_sub(vec_load_first(x + c, C - c), m));
        vec_store_first(y + c, C - c, e);
        sum = vec_add(sum, vec_first_or(C - c, e, vec_zero()));
    }
    return sum_of_lanes(sum);
}

KERNEL static void scale_row(int C, float by, float *y)
{
    vec factor = vec_set1(by);
    int c = 0;
    for (; c + WIDTH <= C; c += WIDTH) vec_store(y + c, vec_mul(vec_load(y + c), factor));
    if (c < C) vec_store_first(y + c, C - c, vec_mul(vec_load_first(y + c, C - c), factor));
}

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
    return sum_of_lanes(sum);
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

const struct softmax_vector SOFTMAX_VECTOR = { forward, backward };
