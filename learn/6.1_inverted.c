/* 6.1 inverted - dropout, forward and backward
 *
 *   mask (n bits)   element k is kept if its random word u[k] (n) is not below p 2^32
 *   y (n) = x / (1 - p) where it is kept, else 0            dx (n) = dy / (1 - p) where it was kept, else 0
 *
 * If each of 100 ones is dropped with p = 0.3, their sum is 70 on average: without rescaling the next layer
 * would get smaller numbers in training than in use. What is rescaled in training needs nothing later.
 *
 * Bit k of the mask is bit k % 32 of word k / 32; the bits after the last are 0, and mask may hold anything
 * before the call. p may be 0 or 1. What is dropped is 0 whatever it was: an infinity, a NaN. backward gets
 * the mask, and draws nothing.
 */
#include <stddef.h>
#include <stdint.h>
#ifndef real
#define real float
#endif

void inverted_forward(int n, const real *x, const uint32_t *u, real *y, uint32_t *mask, double p)
{
    const uint64_t threshold = (uint64_t)(p * 0x1p32); /* with p = 1 it is above every word */
    for (int k = 0; k < n; k++) {
        int is_kept = u[k] >= threshold;
        if (k % 32 == 0) mask[k / 32] = 0;
        mask[k / 32] |= (uint32_t)is_kept << k % 32;
        y[k] = is_kept ? x[k] : 0; /* what does the next layer get on average? */
    }
}

void dropout_backward(int n, const uint32_t *mask, const real *dy, real *dx, double p)
{
    (void)mask, (void)p;
    for (int k = 0; k < n; k++) dx[k] = dy[k];
}
