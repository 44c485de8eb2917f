/* vec_row.h - what a softmax of a row is made of, in vectors. Included after the words of
 * vec_avx2.h or vec_avx512.h.
 *
 * The C % WIDTH last numbers of a row go through masked loads and stores. The lanes that they leave empty
 * must neither raise the maximum, so they are -infinity there, nor add to a sum, so they are 0.
 */
#include <math.h>

#include "vec_exp.h"

/* the row's maximum, NaNs left out: they show in the sum */
KERNEL static inline float largest(int C, const float *x)
{
    vec lowest = vec_set1(-INFINITY), high = lowest,
        second = lowest; /* two chains: each waits for its last maximum */
    int c = 0;
    for (; c + 2 * WIDTH <= C; c += 2 * WIDTH) {
        high = vec_max(vec_load(x + c), high);
        second = vec_max(vec_load(x + c + WIDTH), second);
    }
    if (c + WIDTH <= C) high = vec_max(vec_load(x + c), high), c += WIDTH;
    if (c < C) second = vec_max(vec_first_or(C - c, vec_load_first(x + c, C - c), lowest), second);
    high = vec_max(high, second);
    return vec_largest(high);
}

/* y = exp(x - shift); returns the sum of y */
KERNEL static inline float exp_and_sum(int C, const float *x, float shift, float *y)
{
    vec m = vec_set1(shift), sum = vec_zero();
    int c = 0;
    for (; c + WIDTH <= C; c += WIDTH) {
        vec e = vec_exp_down(vec_sub(vec_load(x + c), m));
        vec_store(y + c, e);
        sum = vec_add(sum, e);
    }
    if (c < C) {
        vec e = vec_exp_down(vec_sub(vec_load_first(x + c, C - c), m));
        vec_store_first(y + c, C - c, e);
        sum = vec_add(sum, vec_first_or(C - c, e, vec_zero()));
    }
    return vec_sum(sum);
}

KERNEL static inline void scale_row(int C, float by, float *y)
{
    vec factor = vec_set1(by);
    int c = 0;
    for (; c + WIDTH <= C; c += WIDTH) vec_store(y + c, vec_mul(vec_load(y + c), factor));
    if (c < C) vec_store_first(y + c, C - c, vec_mul(vec_load_first(y + c, C - c), factor));
}
