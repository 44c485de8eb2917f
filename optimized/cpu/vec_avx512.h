/* vec_avx512.h - vectors of sixteen floats, the words in which the micro-kernels are written. */
#include <immintrin.h>
#include <math.h>

#define KERNEL __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")))
#define VEC    KERNEL static inline __attribute__((always_inline))

typedef __m512 vec;
#define WIDTH 16 /* a macro, which #if can compare */

VEC vec vec_zero(void)
{
    return _mm512_setzero_ps();
}
VEC vec vec_set1(float x)
{
    return _mm512_set1_ps(x);
}
VEC vec vec_load(const float *p)
{
    return _mm512_loadu_ps(p);
}
VEC void vec_store(float *p, vec x)
{
    _mm512_storeu_ps(p, x);
}
/* a * b + c, rounded once */
VEC vec vec_fma(vec a, vec b, vec c)
{
    return _mm512_fmadd_ps(a, b, c);
}
VEC vec vec_add(vec a, vec b)
{
    return _mm512_add_ps(a, b);
}
VEC vec vec_relu(vec x)
{
    return _mm512_max_ps(_mm512_setzero_ps(), x); /* in this order a NaN in x comes through */
}
/* x where m > 0, else 0 */
VEC vec vec_where_positive(vec x, vec m)
{
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(m, _mm512_setzero_ps(), _CMP_GT_OQ), x);
}
/* x, in a register from here on: for each use of a number in memory gcc would load it anew, as an operand */
VEC vec vec_held(vec x)
{
#if !defined RUNGS_SOFT_AVX512 /* tests/soft_avx512.h: there a vector is two */
    __asm__("" : "+v"(x));
#endif
    return x;
}
/* p[0..n-1], then zeros; n < WIDTH, and nothing beyond p[n-1] is touched */
VEC vec vec_load_first(const float *p, int n)
{
    return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}
/* the lanes from..end-1, 0 <= from, end <= WIDTH; none if end <= from */
typedef __mmask16 lane_set;
VEC lane_set lanes_between(int from, int end)
{
    return (lane_set)(from < end ? (1u << end) - (1u << from) : 0);
}
/* p's numbers in those lanes, 0 in the others; nothing else is touched */
VEC vec vec_load_in(const float *p, lane_set in)
{
    return _mm512_maskz_loadu_ps(in, p);
}
VEC __m256 halves(vec a)
{
    return _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
}
/* sum[i] = the sum across the lanes of a[i] */
VEC void sum4(const vec a[4], float sum[4])
{
    __m256 t = _mm256_hadd_ps(_mm256_hadd_ps(halves(a[0]), halves(a[1])),
                              _mm256_hadd_ps(halves(a[2]), halves(a[3])));
    _mm_storeu_ps(sum, _mm_add_ps(_mm256_castps256_ps128(t), _mm256_extractf128_ps(t, 1)));
}
/* across all lanes: halves onto each other */
VEC float vec_sum(vec a)
{
    __m256 x = halves(a);
    __m128 t = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    t = _mm_add_ps(t, _mm_movehl_ps(t, t));
    return _mm_cvtss_f32(_mm_add_ss(t, _mm_movehdup_ps(t)));
}
VEC float vec_largest(vec a)
{
    __m256 x = _mm256_max_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    __m128 t = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    t = _mm_max_ps(t, _mm_movehl_ps(t, t));
    return _mm_cvtss_f32(_mm_max_ss(t, _mm_movehdup_ps(t)));
}
/* ---- elementwise functions ---- */

VEC vec vec_sub(vec a, vec b)
{
    return _mm512_sub_ps(a, b);
}
VEC vec vec_mul(vec a, vec b)
{
    return _mm512_mul_ps(a, b);
}
VEC vec vec_div(vec a, vec b)
{
    return _mm512_div_ps(a, b);
}
VEC vec vec_sqrt(vec x)
{
    return _mm512_sqrt_ps(x);
}
/* c - a * b, rounded once */
VEC vec vec_fnma(vec a, vec b, vec c)
{
    return _mm512_fnmadd_ps(a, b, c);
}
/* the smaller, the larger; a NaN in b comes through */
VEC vec vec_min(vec a, vec b)
{
    return _mm512_min_ps(a, b);
}
VEC vec vec_max(vec a, vec b)
{
    return _mm512_max_ps(a, b);
}
/* to the nearest integer */
VEC vec vec_round(vec x)
{
    return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
/* x 2^n for whole n, rounded once even if the result is subnormal */
VEC vec vec_scale(vec x, vec n)
{
    return _mm512_scalef_ps(x, n);
}
/* m and *n of x = 2^n m, sqrt(1/2) <= m < sqrt(2), for a finite x > 0, but for rounding at the ends */
VEC vec vec_mantissa(vec x, vec *n)
{
    *n = _mm512_getexp_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.41421356f)));
    return _mm512_scalef_ps(x, _mm512_sub_ps(_mm512_setzero_ps(), *n));
}
/* the same where x is known to be normal: here that saves nothing */
VEC vec vec_mantissa_normal(vec x, vec *n)
{
    return vec_mantissa(x, n);
}
/* the sign bit set, and that of `sign` put on a positive x */
VEC vec vec_negative(vec x)
{
    return _mm512_or_ps(x, _mm512_set1_ps(-0.0f));
}
VEC vec vec_with_sign(vec x, vec sign)
{
    return _mm512_or_ps(x, _mm512_and_ps(sign, _mm512_set1_ps(-0.0f)));
}
/* where m > 0: a, else (and where m is a NaN) b */
VEC vec vec_if_positive(vec m, vec a, vec b)
{
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(m, _mm512_setzero_ps(), _CMP_GT_OQ), b, a);
}
/* 1 if a lane is below 0; -0 may count as such */
VEC int vec_any_negative(vec x)
{
    return _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ) != 0;
}
/* x, but a NaN where m is not above limit, or a NaN */
VEC vec vec_nan_unless_above(float limit, vec m, vec x)
{
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(m, _mm512_set1_ps(limit), _CMP_NGT_UQ), x,
                                _mm512_set1_ps(NAN));
}
/* 1 where a == b, else 0 */
VEC vec vec_one_where_equal(vec a, vec b)
{
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ), _mm512_set1_ps(1));
}
/* 1 in this lane, 0 in the others, and everywhere if there is no such lane */
VEC vec vec_one_at(int lane)
{
    return _mm512_maskz_mov_ps((__mmask16)(lane >= 0 && lane < 16 ? 1u << lane : 0), _mm512_set1_ps(1));
}
/* a in the first n lanes, b in the others; 0 <= n <= WIDTH */
VEC vec vec_first_or(int n, vec a, vec b)
{
    return _mm512_mask_blend_ps((__mmask16)((1u << n) - 1), b, a);
}
VEC void vec_store_first(float *p, int n, vec x)
{
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), x);
}

/* ---- for tables in registers, see piecewise.h ---- */

VEC vec vec_magnitude(vec x)
{
    return _mm512_andnot_ps(_mm512_set1_ps(-0.0f), x);
}
/* 1 / x to 14 bits; which ones, the processor's maker chooses */
VEC vec vec_estimate(vec x)
{
    return _mm512_rcp14_ps(x);
}
typedef __m512i piece; /* in the four low bits of each lane: which of the sixteen numbers of a row */

/* the bits of x as they are, and without the `drop` last ones */
VEC piece piece_of_bits(vec x)
{
    return _mm512_castps_si512(x);
}
VEC piece piece_of(vec x, unsigned drop)
{
    return _mm512_srli_epi32(_mm512_castps_si512(x), drop);
}
VEC vec vec_pick(const float row[16], piece which)
{
    return _mm512_permutexvar_ps(which, _mm512_loadu_ps(row));
}
