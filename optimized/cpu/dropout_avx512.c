/* dropout_avx512.c - 06_avx512: dropout in vectors of sixteen floats.
 *
 * Changed: eight blocks per vector; three operands of XOR in one instruction, so that a round has 6 instead
 * of 8; half-words are compared without signs, to bits, which are a word of the mask as they are, and which
 * clear floats in the instruction that scales them; one test for ties serves 64 elements. Relieves: all
 * execution units: 54 instructions of rounds for 64 elements instead of 140, and some 20 others instead
 * of 56.
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

/* 16 elements: x scale where a bit of `kept` is set, else 0 */
VEC void store(const float *x, float *y, __mmask16 kept, float scale)
{
    _mm512_storeu_ps(y, _mm512_maskz_mul_ps(kept, _mm512_loadu_ps(x), _mm512_set1_ps(scale)));
}

/* 32 elements, whose half-words are in h; returns which of them are ties, and were kept */
VEC __mmask32 drop_word(words h, words below, const float *x, float *y, uint32_t *mask, float scale)
{
    __mmask32 kept = _mm512_cmpge_epu16_mask(h, below);
    if (y) {
        store(x, y, (__mmask16)kept, scale);
        store(x + 16, y + 16, (__mmask16)(kept >> 16), scale);
    }
    if (mask) *mask = kept;
    return _mm512_cmpeq_epi16_mask(h, below);
}

/* out of the loop's way: no vector of the loop has to survive a call but in one set of 1,024 */
static __attribute__((noinline, cold)) void settle(const struct drop *d, size_t from, uint32_t ties, float *y,
                                                   uint32_t *mask)
{
    uint32_t dropped = drop_ties(d, from, ties, y);
    if (mask) *mask &= ~dropped;
}

VEC void drop_set(const struct drop *d, size_t from, words c10, words c32, words below, const float *x,
                  float *y, uint32_t *mask)
{
    __m512 even = _mm512_castsi512_ps(c10), odd = _mm512_castsi512_ps(c32);
    words first = _mm512_castps_si512(_mm512_shuffle_ps(even, odd, 0x11));
    words second = _mm512_castps_si512(_mm512_shuffle_ps(even, odd, 0xbb));
    const float *next_x = y ? x + 32 : NULL;
    float *next_y = y ? y + 32 : NULL;
    uint32_t *next_mask = mask ? mask + 1 : NULL;
    __mmask32 ties = drop_word(first, below, x, y, mask, d->scale);
    __mmask32 next_ties = drop_word(second, below, next_x, next_y, next_mask, d->scale);
    if (__builtin_expect(ties | next_ties, 0)) {
        settle(d, from, ties, y, mask);
        settle(d, from + 32, next_ties, next_y, next_mask);
    }
}

#include "dropout_tile.h"

RUNG(drop_avx512, SETS, 1)
#endif
