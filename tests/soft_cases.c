/* soft_cases.c - every intrinsic of soft_avx512.h called once. This file is compiled twice: with the real
 * intrinsics it defines results_real, with the soft ones results_soft; soft_intrinsics.c compares the two. */
#include "soft_cases.h"

#include <immintrin.h>
#include <string.h>

#if defined RUNGS_SOFT_AVX512
#define RESULTS results_soft
#else
#define RESULTS results_real
#endif

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))

AVX512 static void keep_ps(struct soft_result *r, const char *what, __m512 value)
{
    r->what = what;
    _mm512_storeu_ps(r->word, value);
}

AVX512 static void keep_half(struct soft_result *r, const char *what, __m256 value)
{
    r->what = what;
    _mm256_storeu_ps((float *)r->word, value);
}

AVX512 static void keep_si(struct soft_result *r, const char *what, __m512i value)
{
    keep_ps(r, what, _mm512_castsi512_ps(value));
}

static void keep_mask32(struct soft_result *r, const char *what, __mmask32 value)
{
    r->what = what;
    r->word[0] = value;
}

static void keep_mask(struct soft_result *r, const char *what, __mmask16 value)
{
    r->what = what;
    r->word[0] = value;
}

#define PS(call)     keep_ps(r + n++, #call, call)
#define SI(call)     keep_si(r + n++, #call, call)
#define HALF(call)   keep_half(r + n++, #call, call)
#define MASK(call)   keep_mask(r + n++, #call, call)
#define MASK32(call) keep_mask32(r + n++, #call, call)

/* the predicate of a comparison must be a constant */
#define PREDICATES(name, p)                                                                         \
    MASK(name(a, b, p)), MASK(name(a, b, p + 1)), MASK(name(a, b, p + 2)), MASK(name(a, b, p + 3)), \
        MASK(name(a, b, p + 4)), MASK(name(a, b, p + 5)), MASK(name(a, b, p + 6)), MASK(name(a, b, p + 7))

AVX512 int RESULTS(const float *pa, const float *pb, const float *pc, const float *edge, uint16_t mask,
                   struct soft_result *r)
{
    int n = 0;
    memset(r, 0xa5, SOFT_RESULTS_MAX * sizeof *r);
    __m512 a = _mm512_loadu_ps(pa), b = _mm512_loadu_ps(pb), c = _mm512_loadu_ps(pc);

    PS(_mm512_setzero_ps());
    PS(_mm512_set1_ps(pa[3]));
    PS(_mm512_maskz_loadu_ps(mask, edge));
    r[n].what = "_mm512_mask_storeu_ps";
    _mm512_mask_storeu_ps(r[n++].word + 4, mask, a);

    PS(_mm512_add_ps(a, b));
    PS(_mm512_fmadd_ps(a, b, c));
    PS(_mm512_fnmadd_ps(a, b, c));
    PS(_mm512_max_ps(a, b));
    PS(_mm512_min_ps(a, b));
    PS(_mm512_sub_ps(a, b));
    PS(_mm512_mul_ps(a, b));
    PS(_mm512_div_ps(a, b));
    PS(_mm512_sqrt_ps(a));
    PS(_mm512_and_ps(a, b));
    PS(_mm512_andnot_ps(a, b));
    PS(_mm512_or_ps(a, b));
    PS(_mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
    PS(_mm512_getexp_ps(a));
    PS(_mm512_scalef_ps(a, b));
    PS(_mm512_scalef_ps(c, _mm512_mul_ps(a, _mm512_set1_ps(90))));

    PS(_mm512_rcp14_ps(a));
    PS(_mm512_permutexvar_ps(_mm512_castps_si512(a), b));
    PS(_mm512_permutexvar_ps(_mm512_srli_epi32(_mm512_castps_si512(a), 21), b));

    HALF(_mm512_castps512_ps256(a));
    HALF(_mm512_extractf32x8_ps(a, 0));
    HALF(_mm512_extractf32x8_ps(a, 1));

    PREDICATES(_mm512_cmp_ps_mask, 0);
    PREDICATES(_mm512_cmp_ps_mask, 8);
    PREDICATES(_mm512_cmp_ps_mask, 16);
    PREDICATES(_mm512_cmp_ps_mask, 24);
    PS(_mm512_maskz_mov_ps(mask, a));
    PS(_mm512_maskz_mul_ps(mask, a, b));
    PS(_mm512_mask_blend_ps(mask, a, b));

    __m512i i = _mm512_loadu_si512(pa), j = _mm512_loadu_si512(pb), k = _mm512_loadu_si512(pc);
    __m512i few = _mm512_srli_epi64(_mm512_slli_epi64(i, 60), 60), more = _mm512_srli_epi64(j, 62);
    SI(i);
    SI(_mm512_set1_epi64((long long)mask << 20));
    SI(_mm512_set1_epi32((int)mask << 12));
    SI(_mm512_set1_epi16((short)mask));
    SI(_mm512_add_epi64(i, j));
    SI(_mm512_add_epi32(i, j));
    SI(_mm512_max_epi32(i, j));
    SI(_mm512_mul_epu32(i, j));
    SI(_mm512_xor_si512(i, j));
    SI(_mm512_srli_epi64(i, 32));
    SI(_mm512_slli_epi64(i, 32));
    SI(_mm512_ternarylogic_epi64(i, j, k, 0x96));
    SI(_mm512_ternarylogic_epi64(i, j, k, 0x1b));
    PS(_mm512_shuffle_ps(a, b, 0x11));
    PS(_mm512_shuffle_ps(a, b, 0xbb));
    MASK32(_mm512_cmpeq_epi16_mask(i, j));
    MASK32(_mm512_cmpeq_epi16_mask(few, more));
    MASK32(_mm512_cmpge_epu16_mask(i, j));
    MASK32(_mm512_cmpge_epu16_mask(few, more));
    return n;
}
