/* vec_avx2.h - vectors of eight floats, the words in which the micro-kernels are written. */
#include <immintrin.h>

#define KERNEL __attribute__((target("avx2,fma")))
#define VEC    KERNEL static inline __attribute__((always_inline))

typedef __m256 vec;
enum { WIDTH = 8 };

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
/* p[0..n-1], then zeros; n < WIDTH, and nothing beyond p[n-1] is touched */
VEC vec vec_load_first(const float *p, int n)
{
    static const int ones_then_zeros[16] = { -1, -1, -1, -1, -1, -1, -1, -1 };
    return _mm256_maskload_ps(p, _mm256_loadu_si256((const __m256i *)(ones_then_zeros + 8 - n)));
}
/* sum[i] = the sum across the lanes of a[i] */
VEC void sum4(const vec a[4], float sum[4])
{
    vec t = _mm256_hadd_ps(_mm256_hadd_ps(a[0], a[1]), _mm256_hadd_ps(a[2], a[3]));
    _mm_storeu_ps(sum, _mm_add_ps(_mm256_castps256_ps128(t), _mm256_extractf128_ps(t, 1)));
}
