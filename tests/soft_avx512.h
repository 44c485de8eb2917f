/* soft_avx512.h - the AVX-512 intrinsics that optimized/ uses, as loops over sixteen lanes in plain C.
 *
 * It lets every machine check the AVX-512 rungs: their files are compiled once more with
 *
 *     -DRUNGS_SOFT_AVX512 -include tests/soft_avx512.h
 *
 * and then give, bit for bit, what the processor would give. soft_intrinsics.c compares each function below with
 * the real instruction, and soft_covered.cmake sees to it that none is left out of that comparison. A rung that
 * uses an intrinsic not listed here does not compile in the soft build: add it here and to soft_cases.c.
 *
 * A lane whose mask bit is 0 touches no memory, as in the processor, so the guard pages still find a wrong tail.
 */
#ifndef RUNGS_SOFT_AVX512_H
#define RUNGS_SOFT_AVX512_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined __x86_64__
#include <immintrin.h> /* for everything narrower; its include guard then keeps it from the rungs' files */
#else
typedef uint16_t __mmask16;
enum { _MM_HINT_T0 = 3, _MM_HINT_T1 = 2, _MM_HINT_T2 = 1, _MM_HINT_NTA = 0 };
enum { _CMP_EQ_OQ = 0, _CMP_LT_OQ = 17, _CMP_LE_OQ = 18, _CMP_GE_OQ = 29, _CMP_GT_OQ = 30, _CMP_NLE_UQ = 22 };
#define _mm_prefetch(address, hint) ((void)(address))
#endif

struct soft_ps {
    float lane[16];
};
struct soft_pd {
    double lane[8];
};

#define __m512  struct soft_ps
#define __m512d struct soft_pd

/* __attribute__((target("avx512f"))) becomes __attribute__(()): the compiler must not use the real ones */
#define target(isa)

#define EACH_LANE for (int l = 0; l < 16; l++)

/* ---- constants and memory ---- */

#define _mm512_set1_ps soft_set1_ps
static inline __m512 soft_set1_ps(float x)
{
    __m512 r;
    EACH_LANE r.lane[l] = x;
    return r;
}

#define _mm512_setzero_ps soft_setzero_ps
static inline __m512 soft_setzero_ps(void)
{
    return soft_set1_ps(0);
}

#define _mm512_loadu_ps soft_loadu_ps
static inline __m512 soft_loadu_ps(const void *from)
{
    __m512 r;
    memcpy(r.lane, from, sizeof r.lane);
    return r;
}

#define _mm512_storeu_ps soft_storeu_ps
static inline void soft_storeu_ps(void *to, __m512 a)
{
    memcpy(to, a.lane, sizeof a.lane);
}

#define _mm512_mask_loadu_ps soft_mask_loadu_ps
static inline __m512 soft_mask_loadu_ps(__m512 otherwise, __mmask16 mask, const void *from)
{
    EACH_LANE if (mask >> l & 1) memcpy(&otherwise.lane[l], (const float *)from + l, sizeof(float));
    return otherwise;
}

#define _mm512_maskz_loadu_ps soft_maskz_loadu_ps
static inline __m512 soft_maskz_loadu_ps(__mmask16 mask, const void *from)
{
    return soft_mask_loadu_ps(soft_setzero_ps(), mask, from);
}

#define _mm512_mask_storeu_ps soft_mask_storeu_ps
static inline void soft_mask_storeu_ps(void *to, __mmask16 mask, __m512 a)
{
    EACH_LANE if (mask >> l & 1) memcpy((float *)to + l, &a.lane[l], sizeof(float));
}

/* ---- arithmetic ---- */

#define _mm512_add_ps soft_add_ps
static inline __m512 soft_add_ps(__m512 a, __m512 b)
{
    EACH_LANE a.lane[l] += b.lane[l];
    return a;
}

#define _mm512_sub_ps soft_sub_ps
static inline __m512 soft_sub_ps(__m512 a, __m512 b)
{
    EACH_LANE a.lane[l] -= b.lane[l];
    return a;
}

#define _mm512_mul_ps soft_mul_ps
static inline __m512 soft_mul_ps(__m512 a, __m512 b)
{
    EACH_LANE a.lane[l] *= b.lane[l];
    return a;
}

#define _mm512_div_ps soft_div_ps
static inline __m512 soft_div_ps(__m512 a, __m512 b)
{
    EACH_LANE a.lane[l] /= b.lane[l];
    return a;
}

/* rounded once, as the instruction does */
#define _mm512_fmadd_ps soft_fmadd_ps
static inline __m512 soft_fmadd_ps(__m512 a, __m512 b, __m512 c)
{
    EACH_LANE c.lane[l] = fmaf(a.lane[l], b.lane[l], c.lane[l]);
    return c;
}

#define _mm512_fnmadd_ps soft_fnmadd_ps
static inline __m512 soft_fnmadd_ps(__m512 a, __m512 b, __m512 c)
{
    EACH_LANE c.lane[l] = fmaf(-a.lane[l], b.lane[l], c.lane[l]);
    return c;
}

/* b where either is a NaN, and where both are zero */
#define _mm512_max_ps soft_max_ps
static inline __m512 soft_max_ps(__m512 a, __m512 b)
{
    EACH_LANE a.lane[l] = a.lane[l] > b.lane[l] ? a.lane[l] : b.lane[l];
    return a;
}

#define _mm512_min_ps soft_min_ps
static inline __m512 soft_min_ps(__m512 a, __m512 b)
{
    EACH_LANE a.lane[l] = a.lane[l] < b.lane[l] ? a.lane[l] : b.lane[l];
    return a;
}

/* in the order of gcc and clang: halves onto halves */
#define _mm512_reduce_add_ps soft_reduce_add_ps
static inline float soft_reduce_add_ps(__m512 a)
{
    for (int half = 8; half >= 1; half /= 2)
        for (int l = 0; l < half; l++) a.lane[l] += a.lane[l + half];
    return a.lane[0];
}

/* ---- masks (where a constant is an argument, the compiler may have a macro of that name) ---- */

#undef _mm512_cmp_ps_mask
#define _mm512_cmp_ps_mask soft_cmp_ps_mask
static inline __mmask16 soft_cmp_ps_mask(__m512 a, __m512 b, int predicate)
{
    enum { LESS = 1, EQUAL = 2, GREATER = 4, UNORDERED = 8 };
    /* which of the four make predicates 0 to 15 true; 16 to 31 differ only in the exceptions they raise */
    static const unsigned char truth[16] = { 2, 1, 3, 8, 13, 14, 12, 7, 10, 9, 11, 0, 5, 6, 4, 15 };
    unsigned mask = 0;
    EACH_LANE
    {
        float x = a.lane[l], y = b.lane[l];
        int relation = x < y ? LESS : x > y ? GREATER : x == y ? EQUAL : UNORDERED;
        if (truth[predicate & 15] & relation) mask |= 1u << l;
    }
    return (__mmask16)mask;
}

#define _mm512_mask_mov_ps soft_mask_mov_ps
static inline __m512 soft_mask_mov_ps(__m512 otherwise, __mmask16 mask, __m512 a)
{
    EACH_LANE if (mask >> l & 1) otherwise.lane[l] = a.lane[l];
    return otherwise;
}

#define _mm512_maskz_mov_ps soft_maskz_mov_ps
static inline __m512 soft_maskz_mov_ps(__mmask16 mask, __m512 a)
{
    return soft_mask_mov_ps(soft_setzero_ps(), mask, a);
}

/* ---- moving lanes about ---- */

#define _mm512_castps_pd soft_castps_pd
static inline __m512d soft_castps_pd(__m512 a)
{
    __m512d r;
    memcpy(&r, &a, sizeof r);
    return r;
}

#define _mm512_castpd_ps soft_castpd_ps
static inline __m512 soft_castpd_ps(__m512d a)
{
    __m512 r;
    memcpy(&r, &a, sizeof r);
    return r;
}

/* The four quarters (128 bits each) are shuffled alike: lane l of the quarter from lane from[l] of a's quarter,
 * or of b's if from[l] >= 4. */
static inline __m512 soft_quarters(__m512 a, __m512 b, int from0, int from1, int from2, int from3)
{
    const int from[4] = { from0, from1, from2, from3 };
    __m512 r;
    EACH_LANE r.lane[l] = (from[l % 4] < 4 ? a : b).lane[l / 4 * 4 + from[l % 4] % 4];
    return r;
}

#define _mm512_unpacklo_ps soft_unpacklo_ps
static inline __m512 soft_unpacklo_ps(__m512 a, __m512 b)
{
    return soft_quarters(a, b, 0, 4, 1, 5);
}

#define _mm512_unpackhi_ps soft_unpackhi_ps
static inline __m512 soft_unpackhi_ps(__m512 a, __m512 b)
{
    return soft_quarters(a, b, 2, 6, 3, 7);
}

#define _mm512_unpacklo_pd soft_unpacklo_pd
static inline __m512d soft_unpacklo_pd(__m512d a, __m512d b)
{
    return soft_castps_pd(soft_quarters(soft_castpd_ps(a), soft_castpd_ps(b), 0, 1, 4, 5));
}

#define _mm512_unpackhi_pd soft_unpackhi_pd
static inline __m512d soft_unpackhi_pd(__m512d a, __m512d b)
{
    return soft_castps_pd(soft_quarters(soft_castpd_ps(a), soft_castpd_ps(b), 2, 3, 6, 7));
}

#undef _mm512_shuffle_ps
#define _mm512_shuffle_ps soft_shuffle_ps
static inline __m512 soft_shuffle_ps(__m512 a, __m512 b, int pick)
{
    return soft_quarters(a, b, pick & 3, pick >> 2 & 3, 4 + (pick >> 4 & 3), 4 + (pick >> 6 & 3));
}

/* whole quarters: two of a, then two of b */
#undef _mm512_shuffle_f32x4
#define _mm512_shuffle_f32x4 soft_shuffle_f32x4
static inline __m512 soft_shuffle_f32x4(__m512 a, __m512 b, int pick)
{
    __m512 r;
    EACH_LANE r.lane[l] = (l < 8 ? a : b).lane[(pick >> l / 4 * 2 & 3) * 4 + l % 4];
    return r;
}

#undef EACH_LANE
#endif
