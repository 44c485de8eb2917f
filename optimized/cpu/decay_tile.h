/* decay_tile.h - 02_avx2, 03_avx512: decay in vectors of eight and sixteen, with fused multiply-adds.
 * Included once for each width.
 *
 * The file that includes it defines DECAY_VECTOR (the table's name) after the words of vec_avx2.h or
 * vec_avx512.h.
 */
#include "decay_vector.h"

VEC vec decayed(vec w, vec dw, vec lr, vec keep)
{
    return vec_fnma(lr, dw, vec_mul(keep, w));
}

KERNEL static void sgd(int n, const float *dw, float *w, float lr, float keep)
{
    const vec rate = vec_set1(lr), kept = vec_set1(keep);
    int k = 0;
    for (; k + WIDTH <= n; k += WIDTH)
        vec_store(w + k, decayed(vec_load(w + k), vec_load(dw + k), rate, kept));
    if (k < n)
        vec_store_first(w + k, n - k,
                        decayed(vec_load_first(w + k, n - k), vec_load_first(dw + k, n - k), rate, kept));
}

/* a NaN in w comes through both */
VEC vec thresholded(vec w, vec t)
{
    return vec_sub(w, vec_min(t, vec_max(vec_sub(vec_zero(), t), w)));
}

KERNEL static void threshold(int n, float *w, float t)
{
    const vec limit = vec_set1(t);
    int k = 0;
    for (; k + WIDTH <= n; k += WIDTH) vec_store(w + k, thresholded(vec_load(w + k), limit));
    if (k < n) vec_store_first(w + k, n - k, thresholded(vec_load_first(w + k, n - k), limit));
}

/* four sums: each waits for its last addition */
KERNEL static float squares(int n, const float *w)
{
    vec sum[4] = { vec_zero(), vec_zero(), vec_zero(), vec_zero() };
    int k = 0;
    for (; k + 4 * WIDTH <= n; k += 4 * WIDTH)
        for (int i = 0; i < 4; i++) {
            vec x = vec_load(w + k + i * WIDTH);
            sum[i] = vec_fma(x, x, sum[i]);
        }
    for (; k + WIDTH <= n; k += WIDTH) sum[0] = vec_fma(vec_load(w + k), vec_load(w + k), sum[0]);
    if (k < n) {
        vec x = vec_load_first(w + k, n - k);
        sum[1] = vec_fma(x, x, sum[1]);
    }
    return vec_sum(vec_add(vec_add(sum[0], sum[1]), vec_add(sum[2], sum[3])));
}

KERNEL static void scale(int n, float *w, float by)
{
    const vec factor = vec_set1(by);
    int k = 0;
    for (; k + WIDTH <= n; k += WIDTH) vec_store(w + k, vec_mul(vec_load(w + k), factor));
    if (k < n) vec_store_first(w + k, n - k, vec_mul(vec_load_first(w + k, n - k), factor));
}

const struct decay_vector DECAY_VECTOR = { sgd, threshold, squares, scale };
