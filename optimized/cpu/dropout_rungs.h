/* dropout_rungs.h - what the files of the dropout ladders share. */
#ifndef RUNGS_DROPOUT_RUNGS_H
#define RUNGS_DROPOUT_RUNGS_H

#include "../../reference/dropout.h"

#include <stddef.h>

/* What all elements of a call share. `top` and `low` are the halves of p 2^32: an element is dropped if the
 * upper half of its number is below top, or equal to it and the lower half below low. */
struct drop {
    uint64_t seed;
    uint32_t top, low; /* top is 2^16 where p = 1: then everything is below */
    float scale;       /* 1 / (1 - p)                                       */
};

static inline struct drop drop_of(double p, uint64_t seed)
{
    uint64_t threshold = dropout_threshold(p);
    return (struct drop){ seed, (uint32_t)(threshold >> 16), (uint32_t)(threshold & 0xffff),
                          (float)(1 / (1 - p)) };
}

/* Block `number` of a stream: random words for eight elements */
static inline void drop_block(uint64_t seed, uint64_t stream, uint64_t number, uint32_t word[4])
{
    const uint32_t counter[4] = { (uint32_t)number, (uint32_t)(number >> 32), (uint32_t)stream,
                                  (uint32_t)(stream >> 32) };
    const uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
    philox4x32(counter, key, word);
}

/* Elements from to from + n - 1, which x, y and mask begin with; from is a multiple of 32: y = x scale where
 * kept, else 0, and bits of the mask. y may be x. Whoever wants no mask passes NULL, and so does whoever
 * wants nothing but the mask for x and y. */
typedef void drop_fn(const struct drop *d, size_t from, size_t n, const float *x, float *y, uint32_t *mask);

drop_fn drop_bits;                                /* dropout_portable.c             */
drop_fn drop_avx2, drop_interleaved, drop_folded; /* dropout_avx2.c                 */
drop_fn drop_avx512;                              /* dropout_avx512.c               */
drop_fn drop_best;                                /* the last of them that runs here */

/* The bits of `ties`, elements whose upper half equals top, that are dropped after all; bit 0 is element
 * `from`, with which y begins. Their y becomes 0; y may be NULL. */
uint32_t drop_ties(const struct drop *d, size_t from, uint32_t ties, float *y);

/* Elements whose blocks have numbers of 32 bits, as the vector rungs need them: 128 GiB of floats */
#define DROP_NARROW ((size_t)1 << 35)

/* y (n) = x scale where the mask's bit is set, else 0; the mask begins with x. y may be x. */
typedef void keep_fn(size_t n, const uint32_t *mask, const float *x, float *y, float scale);

keep_fn keep_words, keep_avx2, keep_best;

/* The same with a mask of bytes, n of them */
typedef void keep_bytes_fn(size_t n, const unsigned char *mask, const float *x, float *y, float scale);

keep_bytes_fn keep_bytes, keep_bytes_avx2, keep_bytes_best;

/* mask (n bytes) = the n bits, 1 or 0 */
typedef void spread_fn(size_t n, const uint32_t *bits, unsigned char *mask);

spread_fn spread_bits, spread_avx2;

/* A row of bias_relu_dropout: n elements, the first of which is bit `bit` of mask[0]. Forward: y = max(0, x +
 * b) scale where the bit is set, else 0; bits are cleared where x + b <= 0. Backward: dx = dy scale where the
 * bit is set, else 0, and db += dx. */
typedef void fused_row_fn(size_t n, size_t bit, const float *x, const float *b, float *y, uint32_t *mask,
                          float scale);
typedef void fused_row_back_fn(size_t n, size_t bit, const uint32_t *mask, const float *dy, float *dx,
                               float *db, float scale);

fused_row_fn fused_row, fused_row_avx2;
fused_row_back_fn fused_row_back, fused_row_back_avx2;

#endif
