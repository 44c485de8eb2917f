/* vec_avx2.h - vectors of eight floats, the words in which the micro-kernels are written. */
#include <immintrin.h>
#include <math.h>

#define KERNEL __attribute__((target("avx2,fma")))
#define VEC    KERNEL static inline __attribute__((always_inline))

typedef __m256 vec;
#define WIDTH 8 /* a macro, which #if can compare */

VEC vec vec_zero(void)
{
    return _mm256_setzero_ps();
}
VEC vec vec_set1(float x)
{
    return _mm256_set1_ps(x);
}
VEC vec vec_load(const float *p)
{
    return _mm256_loadu_ps(p);
}
VEC void vec_store(float *p, vec x)
{
    _mm256_storeu_ps(p, x);
}
/* a * b + c, rounded once */
VEC vec vec_fma(vec a, vec b, vec c)
{
    return _mm256_fmadd_ps(a, b, c);
}
VEC vec vec_add(vec a, vec b)
{
    return _mm256_add_ps(a, b);
}
VEC vec vec_relu(vec x)
{
    return _mm256_max_ps(_mm256_setzero_ps(), x); /* in this order a NaN in x comes through */
}
/* x where m > 0, else 0 */
VEC vec vec_where_positive(vec x, vec m)
{
    return _mm256_and_ps(x, _mm256_cmp_ps(m, _mm256_setzero_ps(), _CMP_GT_OQ));
}
/* x, in a register from here on: for each use of a number in memory gcc would load it anew, as an operand */
VEC vec vec_held(vec x)
{
    __asm__("" : "+x"(x));
    return x;
}
/* p[0..n-1], then zeros; n < WIDTH, and nothing beyond p[n-1] is touched */
VEC vec vec_load_first(const float *p, int n)
{
    static const int ones_then_zeros[16] = { -1, -1, -1, -1, -1, -1, -1, -1 };
    return _mm256_maskload_ps(p, _mm256_loadu_si256((const __m256i *)(ones_then_zeros + 8 - n)));
}
/* the lanes from..end-1, 0 <= from, end <= WIDTH; none if end <= from */
typedef __m256i lane_set;
VEC lane_set lanes_between(int from, int end)
{
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_andnot_si256(_mm256_cmpgt_epi32(_mm256_set1_epi32(from), lane),
                               _mm256_cmpgt_epi32(_mm256_set1_epi32(end), lane));
}
/* p's numbers in those lanes, 0 in the others; nothing else is touched */
VEC vec vec_load_in(const float *p, lane_set in)
{
    return _mm256_maskload_ps(p, in);
}
/* sum[i] = the sum across the lanes of a[i] */
VEC void sum4(const vec a[4], float sum[4])
{
    vec t = _mm256_hadd_ps(_mm256_hadd_ps(a[0], a[1]), _mm256_hadd_ps(a[2], a[3]));
    _mm_storeu_ps(sum, _mm_add_ps(_mm256_castps256_ps128(t), _mm256_extractf128_ps(t, 1)));
}
/* across all lanes: halves onto each other */
VEC float vec_sum(vec x)
{
    __m128 t = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    t = _mm_add_ps(t, _mm_movehl_ps(t, t));
    return _mm_cvtss_f32(_mm_add_ss(t, _mm_movehdup_ps(t)));
}
VEC float vec_largest(vec x)
{
    __m128 t = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    t = _mm_max_ps(t, _mm_movehl_ps(t, t));
    return _mm_cvtss_f32(_mm_max_ss(t, _mm_movehdup_ps(t)));
}
/* ---- elementwise functions ---- */

VEC vec vec_sub(vec a, vec b)
{
    return _mm256_sub_ps(a, b);
}
VEC vec vec_mul(vec a, vec b)
{
    return _mm256_mul_ps(a, b);
}
VEC vec vec_div(vec a, vec b)
{
    return _mm256_div_ps(a, b);
}
VEC vec vec_sqrt(vec x)
{
    return _mm256_sqrt_ps(x);
}
/* 1 / x to 12 bits, 0 where that would be subnormal; which bits, the processor's maker chooses */
VEC vec vec_estimate(vec x)
{
    return _mm256_rcp_ps(x);
}
/* c - a * b, rounded once */
VEC vec vec_fnma(vec a, vec b, vec c)
{
    return _mm256_fnmadd_ps(a, b, c);
}
/* the smaller, the larger; a NaN in b comes through */
VEC vec vec_min(vec a, vec b)
{
    return _mm256_min_ps(a, b);
}
VEC vec vec_max(vec a, vec b)
{
    return _mm256_max_ps(a, b);
}
/* to the nearest integer */
VEC vec vec_round(vec x)
{
    return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
/* 2^n for whole n from -126 to 127: n goes where a float keeps its exponent */
VEC vec vec_power_of_two(__m256i n)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
}
/* x 2^n for whole n from -252 to 254, in two steps of which only the second rounds */
VEC vec vec_scale(vec x, vec n)
{
    __m256i whole = _mm256_cvtps_epi32(n), half = _mm256_srai_epi32(whole, 1);
    return _mm256_mul_ps(_mm256_mul_ps(x, vec_power_of_two(half)),
                         vec_power_of_two(_mm256_sub_epi32(whole, half)));
}
/* m and *n of x = 2^n m, sqrt(1/2) <= m < sqrt(2), for a finite and normal x > 0 */
VEC vec vec_mantissa_normal(vec x, vec *n)
{
    const __m256i sqrt_half = _mm256_set1_epi32(0x3f3504f3);
    __m256i bits = _mm256_sub_epi32(_mm256_castps_si256(x), sqrt_half);
    *n = _mm256_cvtepi32_ps(_mm256_srai_epi32(bits, 23));
    return _mm256_castsi256_ps(
        _mm256_add_epi32(_mm256_and_si256(bits, _mm256_set1_epi32(0x7fffff)), sqrt_half));
}
/* the same for any finite x > 0; a subnormal has no exponent of its own */
VEC vec vec_mantissa(vec x, vec *n)
{
    vec subnormal = _mm256_cmp_ps(x, _mm256_set1_ps(0x1p-126f), _CMP_LT_OQ), whole;
    vec m = vec_mantissa_normal(_mm256_blendv_ps(x, _mm256_mul_ps(x, _mm256_set1_ps(0x1p32f)), subnormal),
                                &whole);
    *n = _mm256_sub_ps(whole, _mm256_and_ps(subnormal, _mm256_set1_ps(32)));
    return m;
}
/* the sign bit set, and that of `sign` put on a positive x */
VEC vec vec_negative(vec x)
{
    return _mm256_or_ps(x, _mm256_set1_ps(-0.0f));
}
VEC vec vec_with_sign(vec x, vec sign)
{
    return _mm256_or_ps(x, _mm256_and_ps(sign, _mm256_set1_ps(-0.0f)));
}
/* where m > 0: a, else (and where m is a NaN) b */
VEC vec vec_if_positive(vec m, vec a, vec b)
{
    return _mm256_blendv_ps(b, a, _mm256_cmp_ps(m, _mm256_setzero_ps(), _CMP_GT_OQ));
}
/* 1 if a lane is below 0; -0 may count as such */
VEC int vec_any_negative(vec x)
{
    return _mm256_movemask_ps(x) != 0;
}
/* x, but a NaN where m is not above limit, or a NaN */
VEC vec vec_nan_unless_above(float limit, vec m, vec x)
{
    return _mm256_or_ps(x, _mm256_cmp_ps(m, _mm256_set1_ps(limit), _CMP_NGT_UQ)); /* all bits set: a NaN */
}
/* 1 where a == b, else 0 */
VEC vec vec_one_where_equal(vec a, vec b)
{
    return _mm256_and_ps(_mm256_set1_ps(1), _mm256_cmp_ps(a, b, _CMP_EQ_OQ));
}
/* 1 in this lane, 0 in the others, and everywhere if there is no such lane */
VEC vec vec_one_at(int lane)
{
    static const float zeros_one_zeros[24] = { [7] = 1 }; /* from 7 - lane on, and zeros alone from 16 on */
    return _mm256_loadu_ps(zeros_one_zeros + ((unsigned)lane < 8 ? 7 - lane : 16));
}
/* a in the first n lanes, b in the others; 0 <= n <= WIDTH */
VEC vec vec_first_or(int n, vec a, vec b)
{
    static const int ones_then_zeros[16] = { -1, -1, -1, -1, -1, -1, -1, -1 };
    return _mm256_blendv_ps(
        b, a, _mm256_castsi256_ps(_mm256_loadu_si256((const __m256i *)(ones_then_zeros + 8 - n))));
}
/* x's first n lanes, n < WIDTH, to p, and nothing beyond. In halves, of which n has 4, 2 and 1: a masked
 * store is dozens of operations on AMD's processors. */
VEC void vec_store_first(float *p, int n, vec x)
{
    __m128 left = _mm256_castps256_ps128(x);
    if (n & 4) {
        _mm_storeu_ps(p, left);
        left = _mm256_extractf128_ps(x, 1);
        p += 4;
    }
    if (n & 2) {
        _mm_storel_pi((__m64 *)p, left);
        left = _mm_movehl_ps(left, left);
        p += 2;
    }
    if (n & 1) _mm_store_ss(p, left);
}
