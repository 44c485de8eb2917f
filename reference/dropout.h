/* dropout.h - which elements dropout keeps: one definition for the reference, the rungs and the kernels.
 *
 * Element k draws a number u_k of 32 bits. Its upper half is half-word k of the Philox stream (seed, 0), its
 * lower half is half-word k of the stream (seed, 1); half-word k is half k % 2, lower half first, of word
 * k / 2. The element is kept if u_k is not below p 2^32. So the same elements are kept on every machine, in
 * any order, and by any number of threads.
 *
 * The lower half matters only where the upper half equals that of p 2^32, once in 65,536 elements. So a
 * block of Philox, four words, serves eight elements, and p is nevertheless exact to 32 bits.
 */
#ifndef RUNGS_DROPOUT_H
#define RUNGS_DROPOUT_H

#include "philox.h"

/* floor(p 2^32), 0 <= p <= 1: only p = 1 gives 2^32, below which is everything */
static inline uint64_t dropout_threshold(double p)
{
    return (uint64_t)(p * 0x1p32);
}

/* half-word k of the stream */
static inline uint32_t dropout_half(uint64_t seed, uint64_t stream, uint64_t k)
{
    return philox_word(seed, stream, k / 2) >> k % 2 * 16 & 0xffff;
}

/* 1 if element k is kept, else 0 */
static inline uint32_t dropout_keeps(uint64_t seed, uint64_t k, uint64_t threshold)
{
    uint32_t upper = dropout_half(seed, 0, k);
    if (upper != threshold >> 16) return upper > threshold >> 16;
    return dropout_half(seed, 1, k) >= (threshold & 0xffff);
}

#endif
