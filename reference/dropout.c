/* dropout.c - inverted dropout: while training, each element is dropped with probability p, and the others
 * are divided by 1 - p, so that the mean stays and nothing is left to do afterwards.
 *
 * Element k is kept if word k of the Philox stream (seed, 0) is not below p 2^32: the same elements on every
 * machine and in any order. `mask` has a bit for each, 1 where it is kept: bit k % 32 of word k / 32, 0
 * behind the last. What is dropped is 0, whatever it was; with p = 1 everything is.
 */
#include "philox.h"
#include "real.h"
#include "reference.h"

/* y (n) = x / (1 - p) where mask (n bits) is set, else 0; mask is drawn. y may be x. */
void REF(dropout_forward)(int n, const real *x, real *y, uint32_t *mask, double p, uint64_t seed)
{
    uint64_t below = (uint64_t)(p * 0x1p32);
    for (int k = 0; k < n; k++) {
        uint32_t keep = philox_word(seed, 0, (uint64_t)k) >= below;
        if (k % 32 == 0) mask[k / 32] = 0;
        mask[k / 32] |= keep << k % 32;
        y[k] = keep ? x[k] / (real)(1 - p) : 0;
    }
}

/* dx (n) = dy / (1 - p) where mask (n bits) is set, else 0. dx may be dy. */
void REF(dropout_backward)(int n, const uint32_t *mask, const real *dy, real *dx, double p)
{
    for (int k = 0; k < n; k++) dx[k] = mask[k / 32] >> k % 32 & 1 ? dy[k] / (real)(1 - p) : 0;
}
