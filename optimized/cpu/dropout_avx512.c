/* dropout_avx512.c - 06_avx512: dropout in vectors of sixteen floats.
 *
 * Changed: eight blocks per vector; three operands of XOR in one instruction, so that a round has 6 instead
 * of 8; half-words are compared without signs, to bits, which are a word of the mask as they are and clear
 * floats without being widened. Relieves: all execution units: 54 instructions of rounds for
 * 64 elements instead of 140.
 */
#include "dropout_rungs.h"

#if defined __x86_64__
#include <immintrin.h>

#define KERNEL __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")))
#define VEC    KERNEL static inline __attribute__((always_inline))

enum { SETS = 4, SET = 64 };
#define FLIP 0u

typedef __m512i words;

VEC words all(uint64_t x)
{
    return _mm512_set1_epi64((long long)x);
}
VEC words halves(uint32_t x)
{
    return _mm512_set1_epi16((short)x);
}
VEC words upper(words x)
{
    return _mm512_srli_epi64(x, 32);
}
VEC words lifted(words x)
{
    return _mm512_slli_epi64(x, 32);
}
VEC words product(words x, words y) /* of the lower halves of lanes */
{
    return _mm512_mul_epu32(x, y);
}
VEC words plus(words x, words y)
{
    return _mm512_add_epi64(x, y);
}
VEC words both(words x, words y)
{
    return _mm512_xor_si512(x, y);
}
VEC words xor3(words x, words y, words z)
{
    return _mm512_ternarylogic_epi64(x, y, z, 0x96);
}

/* a lane of 128 bits has blocks k and k + 4, so that a shuffle within it leaves the elements of blocks 0 to 3
 * in one vector, in order, and those of 4 to 7 in the other */
VEC words lane_numbers(void)
{
    static const uint64_t number[8] = { 0, 4, 1, 5, 2, 6, 3, 7 };
    return _mm512_loadu_si512(number);
}

/* 16 elements: x scale, 0 where a bit of `dropped` is set */
VEC void store(const float *x, float *y, uint32_t dropped, float scale)
{
    __m512 scaled = _mm512_mul_ps(_mm512_loadu_ps(x), _mm512_set1_ps(scale));
    _mm512_storeu_ps(y, _mm512_maskz_mov_ps((__mmask16)~dropped, scaled));
}

/* 32 elements, whose half-words are in h */
VEC void drop_word(const struct drop *d, size_t from, words h, words below, const float *x, float *y,
                   uint32_t *mask)
{
    uint32_t dropped = _mm512_cmplt_epu16_mask(h, below), ties = _mm512_cmpeq_epi16_mask(h, below);
    if (y) {
        store(x, y, dropped, d->scale);
        store(x + 16, y + 16, dropped >> 16, d->scale);
    }
    if (__builtin_expect(ties, 0)) dropped |= drop_ties(d, from, ties, y);
    if (mask) *mask = ~dropped;
}

VEC void drop_set(const struct drop *d, size_t from, words c10, words c32, words below, const float *x,
                  float *y, uint32_t *mask)
{
    __m512 even = _mm512_castsi512_ps(c10), odd = _mm512_castsi512_ps(c32);
    drop_word(d, from, _mm512_castps_si512(_mm512_shuffle_ps(even, odd, 0x11)), below, x, y, mask);
    drop_word(d, from + 32, _mm512_castps_si512(_mm512_shuffle_ps(even, odd, 0xbb)), below, y ? x + 32 : NULL,
              y ? y + 32 : NULL, mask ? mask + 1 : NULL);
}

#include "dropout_tile.h"

RUNG(drop_avx512, SETS, 1)
#endif
