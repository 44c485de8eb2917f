/* soft_avx512.h - the AVX-512 intrinsics that optimized/ uses, each as two AVX2 ones.
 *
 * It lets every machine with AVX2 check the AVX-512 rungs: their files are compiled once more with
 *
 *     -DRUNGS_SOFT_AVX512 -include tests/soft_avx512.h
 *
 * and then give, bit for bit, what the processor would give. soft_intrinsics.c compares each intrinsic below
 * with the real one, and soft_covered.cmake sees to it that none is left out of that comparison. A rung that
 * uses an intrinsic not listed here does not compile in the soft build: add it here and to soft_cases.c.
 *
 * The estimate of 1 / x alone is not the processor's, as the manual leaves its bits open: here it is off by
 * as much as the manual allows, so that a rung which needs more of it is found out.
 *
 * A lane whose mask bit is 0 touches no memory, as in the processor, so the guard
 * pages still find a wrong tail.
 */
#ifndef RUNGS_SOFT_AVX512_H
#define RUNGS_SOFT_AVX512_H

#include <math.h>
#include <string.h>

#include <immintrin.h> /* the real ones; its include guard then keeps it from the rungs' files */

#define SOFT __attribute__((target("avx2,fma"))) static inline

/* target("avx512f,...") becomes target("avx2,fma"), as the compiler must not use what the machine may lack */
#define target(isa) target("avx2,fma")

struct soft_ps {
    __m256 low, high; /* lanes 0 to 7, 8 to 15 */
};
#define __m512 struct soft_ps

struct soft_si {
    __m256i low, high;
};
#define __m512i struct soft_si

/* all bits of a lane set where the lane's bit is 1 */
SOFT __m256i soft_lanes(unsigned bits)
{
    const __m256i bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    return _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32((int)bits), bit), bit);
}

/* x 2^floor(n), with the instruction's answers to infinities and NaNs */
static inline float soft_scalef(float x, float n)
{
    if (isnan(x) && isinf(n)) return n > 0 ? INFINITY : 0; /* so says the manual, and so does the processor */
    if (isnan(x) || isnan(n)) return x + n;
    if (isinf(n)) return n > 0 ? (x == 0 ? NAN : x * INFINITY) : isinf(x) ? NAN : copysignf(0, x);
    n = floorf(n);
    return ldexpf(x, n > 1000 ? 1000 : n < -1000 ? -1000 : (int)n);
}

/* ---- constants and memory ---- */

#define _mm512_setzero_ps soft_setzero_ps
SOFT __m512 soft_setzero_ps(void)
{
    return (__m512){ _mm256_setzero_ps(), _mm256_setzero_ps() };
}

#define _mm512_set1_ps soft_set1_ps
SOFT __m512 soft_set1_ps(float x)
{
    return (__m512){ _mm256_set1_ps(x), _mm256_set1_ps(x) };
}

#define _mm512_loadu_ps soft_loadu_ps
SOFT __m512 soft_loadu_ps(const void *from)
{
    return (__m512){ _mm256_loadu_ps(from), _mm256_loadu_ps((const float *)from + 8) };
}

#define _mm512_storeu_ps soft_storeu_ps
SOFT void soft_storeu_ps(void *to, __m512 a)
{
    _mm256_storeu_ps(to, a.low);
    _mm256_storeu_ps((float *)to + 8, a.high);
}

#define _mm512_maskz_loadu_ps soft_maskz_loadu_ps
SOFT __m512 soft_maskz_loadu_ps(__mmask16 mask, const void *from)
{
    return (__m512){ _mm256_maskload_ps(from, soft_lanes(mask)),
                     _mm256_maskload_ps((const float *)from + 8, soft_lanes(mask >> 8)) };
}

#define _mm512_mask_storeu_ps soft_mask_storeu_ps
SOFT void soft_mask_storeu_ps(void *to, __mmask16 mask, __m512 a)
{
    _mm256_maskstore_ps(to, soft_lanes(mask), a.low);
    _mm256_maskstore_ps((float *)to + 8, soft_lanes(mask >> 8), a.high);
}

/* ---- arithmetic ---- */

#define _mm512_add_ps soft_add_ps
SOFT __m512 soft_add_ps(__m512 a, __m512 b)
{
    return (__m512){ _mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high) };
}

#define _mm512_fmadd_ps soft_fmadd_ps
SOFT __m512 soft_fmadd_ps(__m512 a, __m512 b, __m512 c)
{
    return (__m512){ _mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high) };
}

#define _mm512_fnmadd_ps soft_fnmadd_ps
SOFT __m512 soft_fnmadd_ps(__m512 a, __m512 b, __m512 c)
{
    return (__m512){ _mm256_fnmadd_ps(a.low, b.low, c.low), _mm256_fnmadd_ps(a.high, b.high, c.high) };
}

#define _mm512_max_ps soft_max_ps
SOFT __m512 soft_max_ps(__m512 a, __m512 b)
{
    return (__m512){ _mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high) };
}

#define _mm512_sub_ps soft_sub_ps
SOFT __m512 soft_sub_ps(__m512 a, __m512 b)
{
    return (__m512){ _mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high) };
}

#define _mm512_mul_ps soft_mul_ps
SOFT __m512 soft_mul_ps(__m512 a, __m512 b)
{
    return (__m512){ _mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high) };
}

#define _mm512_div_ps soft_div_ps
SOFT __m512 soft_div_ps(__m512 a, __m512 b)
{
    return (__m512){ _mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high) };
}

#define _mm512_sqrt_ps soft_sqrt_ps
SOFT __m512 soft_sqrt_ps(__m512 a)
{
    return (__m512){ _mm256_sqrt_ps(a.low), _mm256_sqrt_ps(a.high) };
}

#define _mm512_min_ps soft_min_ps
SOFT __m512 soft_min_ps(__m512 a, __m512 b)
{
    return (__m512){ _mm256_min_ps(a.low, b.low), _mm256_min_ps(a.high, b.high) };
}

#define _mm512_and_ps soft_and_ps
SOFT __m512 soft_and_ps(__m512 a, __m512 b)
{
    return (__m512){ _mm256_and_ps(a.low, b.low), _mm256_and_ps(a.high, b.high) };
}

#define _mm512_andnot_ps soft_andnot_ps
SOFT __m512 soft_andnot_ps(__m512 a, __m512 b)
{
    return (__m512){ _mm256_andnot_ps(a.low, b.low), _mm256_andnot_ps(a.high, b.high) };
}

#define _mm512_or_ps soft_or_ps
SOFT __m512 soft_or_ps(__m512 a, __m512 b)
{
    return (__m512){ _mm256_or_ps(a.low, b.low), _mm256_or_ps(a.high, b.high) };
}

#undef _mm512_roundscale_ps /* for whole numbers: the upper half of how must be 0 */
#define _mm512_roundscale_ps(a, how) \
    ((__m512){ _mm256_round_ps((a).low, (how)&15), _mm256_round_ps((a).high, (how)&15) })

#define _mm512_scalef_ps soft_scalef_ps
static inline __m512 soft_scalef_ps(__m512 a, __m512 b)
{
    float x[16], n[16];
    memcpy(x, &a, sizeof x);
    memcpy(n, &b, sizeof n);
    for (int k = 0; k < 16; k++) x[k] = soft_scalef(x[k], n[k]);
    memcpy(&a, x, sizeof x);
    return a;
}

/* floor(log2(|x|)) */
#define _mm512_getexp_ps soft_getexp_ps
static inline __m512 soft_getexp_ps(__m512 a)
{
    float x[16];
    memcpy(x, &a, sizeof x);
    for (int k = 0; k < 16; k++) x[k] = isnan(x[k]) ? x[k] : logbf(x[k]);
    memcpy(&a, x, sizeof x);
    return a;
}

/* 1 / x without its last nine digits */
#define _mm512_rcp14_ps soft_rcp14_ps
SOFT __m512 soft_rcp14_ps(__m512 a)
{
    const __m256 one = _mm256_set1_ps(1), kept = _mm256_castsi256_ps(_mm256_set1_epi32(-512));
    return (__m512){ _mm256_and_ps(_mm256_div_ps(one, a.low), kept),
                     _mm256_and_ps(_mm256_div_ps(one, a.high), kept) };
}

/* ---- bits, and picking by them ---- */

#define _mm512_castps_si512 soft_castps_si512
SOFT __m512i soft_castps_si512(__m512 a)
{
    return (__m512i){ _mm256_castps_si256(a.low), _mm256_castps_si256(a.high) };
}

#undef _mm512_srli_epi32
#define _mm512_srli_epi32 soft_srli_epi32
SOFT __m512i soft_srli_epi32(__m512i a, unsigned by)
{
    __m128i count = _mm_cvtsi32_si128((int)by);
    return (__m512i){ _mm256_srl_epi32(a.low, count), _mm256_srl_epi32(a.high, count) };
}

#define _mm512_permutexvar_ps soft_permutexvar_ps
static inline __m512 soft_permutexvar_ps(__m512i which, __m512 from)
{
    unsigned lane[16];
    float x[16], picked[16];
    memcpy(lane, &which, sizeof lane);
    memcpy(x, &from, sizeof x);
    for (int k = 0; k < 16; k++) picked[k] = x[lane[k] & 15];
    memcpy(&from, picked, sizeof from);
    return from;
}

/* ---- masks ---- */

/* a macro, as the predicate must be a constant */
#undef _mm512_cmp_ps_mask
#define _mm512_cmp_ps_mask(a, b, predicate) \
    soft_movemask(_mm256_cmp_ps((a).low, (b).low, predicate), _mm256_cmp_ps((a).high, (b).high, predicate))
SOFT __mmask16 soft_movemask(__m256 low, __m256 high)
{
    return (__mmask16)(_mm256_movemask_ps(low) | _mm256_movemask_ps(high) << 8);
}

#define _mm512_maskz_mov_ps soft_maskz_mov_ps
SOFT __m512 soft_maskz_mov_ps(__mmask16 mask, __m512 a)
{
    return (__m512){ _mm256_and_ps(a.low, _mm256_castsi256_ps(soft_lanes(mask))),
                     _mm256_and_ps(a.high, _mm256_castsi256_ps(soft_lanes(mask >> 8))) };
}

#define _mm512_maskz_mul_ps soft_maskz_mul_ps
SOFT __m512 soft_maskz_mul_ps(__mmask16 mask, __m512 a, __m512 b)
{
    return soft_maskz_mov_ps(mask, soft_mul_ps(a, b));
}

#define _mm512_mask_blend_ps soft_mask_blend_ps
SOFT __m512 soft_mask_blend_ps(__mmask16 mask, __m512 a, __m512 b)
{
    return (__m512){ _mm256_blendv_ps(a.low, b.low, _mm256_castsi256_ps(soft_lanes(mask))),
                     _mm256_blendv_ps(a.high, b.high, _mm256_castsi256_ps(soft_lanes(mask >> 8))) };
}

/* ---- lanes of 64 bits, half-words ---- */

#define _mm512_loadu_si512 soft_loadu_si512
SOFT __m512i soft_loadu_si512(const void *from)
{
    return (__m512i){ _mm256_loadu_si256(from), _mm256_loadu_si256((const __m256i *)from + 1) };
}

#define _mm512_set1_epi64 soft_set1_epi64
SOFT __m512i soft_set1_epi64(long long x)
{
    return (__m512i){ _mm256_set1_epi64x(x), _mm256_set1_epi64x(x) };
}

#define _mm512_set1_epi32 soft_set1_epi32
SOFT __m512i soft_set1_epi32(int x)
{
    return (__m512i){ _mm256_set1_epi32(x), _mm256_set1_epi32(x) };
}

#define _mm512_set1_epi16 soft_set1_epi16
SOFT __m512i soft_set1_epi16(short x)
{
    return (__m512i){ _mm256_set1_epi16(x), _mm256_set1_epi16(x) };
}

#define _mm512_castsi512_ps soft_castsi512_ps
SOFT __m512 soft_castsi512_ps(__m512i a)
{
    return (__m512){ _mm256_castsi256_ps(a.low), _mm256_castsi256_ps(a.high) };
}

#define _mm512_add_epi32 soft_add_epi32
SOFT __m512i soft_add_epi32(__m512i a, __m512i b)
{
    return (__m512i){ _mm256_add_epi32(a.low, b.low), _mm256_add_epi32(a.high, b.high) };
}

#define _mm512_max_epi32 soft_max_epi32
SOFT __m512i soft_max_epi32(__m512i a, __m512i b)
{
    return (__m512i){ _mm256_max_epi32(a.low, b.low), _mm256_max_epi32(a.high, b.high) };
}

#define _mm512_add_epi64 soft_add_epi64
SOFT __m512i soft_add_epi64(__m512i a, __m512i b)
{
    return (__m512i){ _mm256_add_epi64(a.low, b.low), _mm256_add_epi64(a.high, b.high) };
}

#define _mm512_mul_epu32 soft_mul_epu32
SOFT __m512i soft_mul_epu32(__m512i a, __m512i b)
{
    return (__m512i){ _mm256_mul_epu32(a.low, b.low), _mm256_mul_epu32(a.high, b.high) };
}

#define _mm512_xor_si512 soft_xor_si512
SOFT __m512i soft_xor_si512(__m512i a, __m512i b)
{
    return (__m512i){ _mm256_xor_si256(a.low, b.low), _mm256_xor_si256(a.high, b.high) };
}

#undef _mm512_srli_epi64
#define _mm512_srli_epi64 soft_srli_epi64
SOFT __m512i soft_srli_epi64(__m512i a, unsigned by)
{
    __m128i count = _mm_cvtsi32_si128((int)by);
    return (__m512i){ _mm256_srl_epi64(a.low, count), _mm256_srl_epi64(a.high, count) };
}

#undef _mm512_slli_epi64
#define _mm512_slli_epi64 soft_slli_epi64
SOFT __m512i soft_slli_epi64(__m512i a, unsigned by)
{
    __m128i count = _mm_cvtsi32_si128((int)by);
    return (__m512i){ _mm256_sll_epi64(a.low, count), _mm256_sll_epi64(a.high, count) };
}

/* bit 4 a + 2 b + c of the table, for each bit of a, b and c */
SOFT __m256i soft_table(__m256i a, __m256i b, __m256i c, int table)
{
    const __m256i ones = _mm256_set1_epi32(-1);
    __m256i any = _mm256_setzero_si256();
    for (int k = 0; k < 8; k++) {
        __m256i here = k & 4 ? a : _mm256_xor_si256(a, ones);
        here = _mm256_and_si256(here, k & 2 ? b : _mm256_xor_si256(b, ones));
        here = _mm256_and_si256(here, k & 1 ? c : _mm256_xor_si256(c, ones));
        if (table >> k & 1) any = _mm256_or_si256(any, here);
    }
    return any;
}

#undef _mm512_ternarylogic_epi64
#define _mm512_ternarylogic_epi64 soft_ternarylogic_epi64
SOFT __m512i soft_ternarylogic_epi64(__m512i a, __m512i b, __m512i c, int table)
{
    return (__m512i){ soft_table(a.low, b.low, c.low, table), soft_table(a.high, b.high, c.high, table) };
}

/* a macro, as the pick must be a constant */
#undef _mm512_shuffle_ps
#define _mm512_shuffle_ps(a, b, pick) \
    ((__m512){ _mm256_shuffle_ps((a).low, (b).low, pick), _mm256_shuffle_ps((a).high, (b).high, pick) })

/* bit k of a half-word mask: half-word k of `ones` is all ones */
SOFT __mmask32 soft_half_mask(__m256i low, __m256i high)
{
    __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), 0xd8);
    return (__mmask32)_mm256_movemask_epi8(bytes);
}

#undef _mm512_cmpeq_epi16_mask
#define _mm512_cmpeq_epi16_mask soft_cmpeq_epi16_mask
SOFT __mmask32 soft_cmpeq_epi16_mask(__m512i a, __m512i b)
{
    return soft_half_mask(_mm256_cmpeq_epi16(a.low, b.low), _mm256_cmpeq_epi16(a.high, b.high));
}

#undef _mm512_cmpge_epu16_mask
#define _mm512_cmpge_epu16_mask soft_cmpge_epu16_mask
SOFT __mmask32 soft_cmpge_epu16_mask(__m512i a, __m512i b)
{
    const __m256i sign = _mm256_set1_epi16(-0x8000);
    return ~soft_half_mask(
        _mm256_cmpgt_epi16(_mm256_xor_si256(b.low, sign), _mm256_xor_si256(a.low, sign)),
        _mm256_cmpgt_epi16(_mm256_xor_si256(b.high, sign), _mm256_xor_si256(a.high, sign)));
}

/* ---- halves ---- */

#define _mm512_castps512_ps256 soft_castps512_ps256
SOFT __m256 soft_castps512_ps256(__m512 a)
{
    return a.low;
}

#undef _mm512_extractf32x8_ps
#define _mm512_extractf32x8_ps soft_extractf32x8_ps
SOFT __m256 soft_extractf32x8_ps(__m512 a, int half)
{
    return half & 1 ? a.high : a.low;
}

#undef SOFT
#endif
