/* 6.6 twin_masks - all pairs: the 32 masks with each other, and in each mask the 16 threads. The correlation
 * of n independent bits, times sqrt(n), is distributed like a normal number: of 496 + 32 * 120 pairs the
 * largest is beyond 6.6 by chance once in 5 million tests.
 */
#include <math.h>

#define LAYERS 4
#define STEPS  8
#define MASK   4096
#define BLOCK  256 /* of a thread */

typedef void mask_fn(int layer, int step, unsigned char *kept);

static int depend(int n, const unsigned char *a, const unsigned char *b)
{
    const double threshold = 6.6;
    int in_a = 0, in_b = 0, in_both = 0;
    for (int i = 0; i < n; i++) in_a += a[i], in_b += b[i], in_both += a[i] & b[i];
    double p = (double)in_a / n, q = (double)in_b / n, covariance = (double)in_both / n - p * q;
    return fabs(covariance) * sqrt(n) > threshold * sqrt(p * (1 - p) * q * (1 - q));
}

static int threads_depend(const unsigned char *mask)
{
    for (int i = 0; i < MASK; i += BLOCK)
        for (int j = 0; j < i; j += BLOCK)
            if (depend(BLOCK, mask + i, mask + j)) return 1;
    return 0;
}

int twin_masks(mask_fn *mask)
{
    static unsigned char all[LAYERS * STEPS][MASK];
    for (int k = 0; k < LAYERS * STEPS; k++) {
        mask(k / STEPS, k % STEPS, all[k]);
        if (threads_depend(all[k])) return 1;
        for (int j = 0; j < k; j++)
            if (depend(MASK, all[k], all[j])) return 1;
    }
    return 0;
}
