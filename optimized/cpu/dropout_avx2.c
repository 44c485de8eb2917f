/* dropout_avx2.c - dropout in vectors of eight floats; the bits are those of reference/dropout.h.
 *
 * ---- 03_avx2: four blocks per vector ----
 *
 * Changed: vpmuludq multiplies four pairs of 32 bits to products of 64, so four blocks of Philox are in
 * the 64-bit lanes of four vectors, c0 to c3; what is left in a lane's upper half is never read. Sixteen
 * half-words are compared per instruction, and each result, ones or zeros, is widened to clear a float.
 * Relieves: all execution units: one instruction works on four blocks or on eight elements.
 *
 * ---- 04_interleaved: sixteen blocks side by side ----
 *
 * Changed: four such sets go through the rounds together. A round waits 5 cycles for its multiplication,
 * shift and XOR, and has 8 instructions per set: one set leaves most of the core idle, unless the core looks
 * far ahead. 16 registers hold the counters of two sets; the others wait in the L1 cache, whose ports have
 * nothing else to do.
 *
 * ---- 05_folded: the first two rounds are known ----
 *
 * Changed: of the counter only c0 differs between blocks. So the first round's second product is 0, the
 * second round's first is the same for all, and the first round's first grows by a constant: 70 instructions
 * per set instead of 80. All ten rounds are there, and the bits are the same.
 */
#if defined __x86_64__
#include "dropout_rungs.h"

#include <immintrin.h>

#define KERNEL __attribute__((target("avx2,fma")))
#define VEC    KERNEL static inline __attribute__((always_inline))

enum { SETS = 4, SET = 32 };
#define FLIP 0x8000u /* there are comparisons of signed half-words alone */

typedef __m256i words;

VEC words all(uint64_t x)
{
    return _mm256_set1_epi64x((long long)x);
}
VEC words halves(uint32_t x)
{
    return _mm256_set1_epi16((short)x);
}
VEC words upper(words x)
{
    return _mm256_srli_epi64(x, 32);
}
VEC words lifted(words x)
{
    return _mm256_slli_epi64(x, 32);
}
VEC words product(words x, words y) /* of the lower halves of lanes */
{
    return _mm256_mul_epu32(x, y);
}
VEC words plus(words x, words y)
{
    return _mm256_add_epi64(x, y);
}
VEC words both(words x, words y)
{
    return _mm256_xor_si256(x, y);
}
VEC words xor3(words x, words y, words z)
{
    return _mm256_xor_si256(x, _mm256_xor_si256(y, z));
}
VEC words lane_numbers(void)
{
    return _mm256_setr_epi64x(0, 1, 2, 3);
}

/* eight elements: x scale, 0 where a lane of `dropped` is ones */
VEC void store(const float *x, float *y, words dropped, float scale)
{
    __m256 scaled = _mm256_mul_ps(_mm256_loadu_ps(x), _mm256_set1_ps(scale));
    _mm256_storeu_ps(y, _mm256_andnot_ps(_mm256_castsi256_ps(dropped), scaled));
}

VEC uint32_t bits_of(words elements_0_and_16, words elements_8_and_24)
{
    return (uint32_t)_mm256_movemask_epi8(_mm256_packs_epi16(elements_0_and_16, elements_8_and_24));
}

VEC void drop_set(const struct drop *d, size_t from, words c10, words c32, words below, const float *x,
                  float *y, uint32_t *mask)
{
    __m256 even = _mm256_castsi256_ps(c10), odd = _mm256_castsi256_ps(c32);
    words a = _mm256_castps_si256(_mm256_shuffle_ps(even, odd, 0x11)); /* blocks 0 and 2, words in order */
    words b = _mm256_castps_si256(_mm256_shuffle_ps(even, odd, 0xbb)); /* blocks 1 and 3 */
    words drop_a = _mm256_cmpgt_epi16(below, a), drop_b = _mm256_cmpgt_epi16(below, b);
    words tie_a = _mm256_cmpeq_epi16(below, a), tie_b = _mm256_cmpeq_epi16(below, b);
    uint32_t dropped = mask ? bits_of(drop_a, drop_b) : 0;
    if (y) {
        words half_a = _mm256_permute4x64_epi64(drop_a, 0xd8),
              half_b = _mm256_permute4x64_epi64(drop_b, 0xd8);
        store(x, y, _mm256_unpacklo_epi16(half_a, half_a), d->scale);
        store(x + 8, y + 8, _mm256_unpacklo_epi16(half_b, half_b), d->scale);
        store(x + 16, y + 16, _mm256_unpackhi_epi16(half_a, half_a), d->scale);
        store(x + 24, y + 24, _mm256_unpackhi_epi16(half_b, half_b), d->scale);
    }
    if (__builtin_expect(_mm256_movemask_epi8(_mm256_or_si256(tie_a, tie_b)), 0))
        dropped |= drop_ties(d, from, bits_of(tie_a, tie_b), y);
    if (mask) *mask = ~dropped;
}

#include "dropout_tile.h"

RUNG(drop_avx2, 1, 0)
RUNG(drop_interleaved, SETS, 0)
RUNG(drop_folded, SETS, 1)
#endif
