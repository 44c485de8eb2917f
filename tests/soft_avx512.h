/* soft_avx512.h - the AVX-512 intrinsics that optimized/ uses, as loops over sixteen lanes in plain C.
 *
 * It lets every machine with AVX2 check the AVX-512 rungs: their files are compiled once more with
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

#include <immintrin.h> /* for everything narrower; its include guard then keeps it from the rungs' files */
#include <math.h>
#include <string.h>

struct soft_ps {
    float lane[16];
};

#define __m512 struct soft_ps

/* target("avx512f,avx2") becomes target("avx2,fma"): a file may mix in narrower vectors, which stay real */
#define target(isa) target("avx2,fma")

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

#define _mm512_maskz_loadu_ps soft_maskz_loadu_ps
static inline __m512 soft_maskz_loadu_ps(__mmask16 mask, const void *from)
{
    __m512 r = soft_setzero_ps();
    EACH_LANE if (mask >> l & 1) memcpy(&r.lane[l], (const float *)from + l, sizeof(float));
    return r;
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

/* rounded once, as the instruction does */
#define _mm512_fmadd_ps soft_fmadd_ps
static inline __m512 soft_fmadd_ps(__m512 a, __m512 b, __m512 c)
{
    EACH_LANE c.lane[l] = fmaf(a.lane[l], b.lane[l], c.lane[l]);
    return c;
}

/* b where either is a NaN, and where both are zero */
#define _mm512_max_ps soft_max_ps
static inline __m512 soft_max_ps(__m512 a, __m512 b)
{
    EACH_LANE a.lane[l] = a.lane[l] > b.lane[l] ? a.lane[l] : b.lane[l];
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

/* ---- masks ---- */

#undef _mm512_cmp_ps_mask /* a macro in clang, as its predicate must be a constant */
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

#define _mm512_maskz_mov_ps soft_maskz_mov_ps
static inline __m512 soft_maskz_mov_ps(__mmask16 mask, __m512 a)
{
    EACH_LANE if (!(mask >> l & 1)) a.lane[l] = 0;
    return a;
}

#undef EACH_LANE
#endif
