/* dot_avx2.c - dot-product tiles of 3 examples x 4 outputs: 12 accumulators + 3 of x + 1 of w = 16 registers. */
#if defined __x86_64__
#include <immintrin.h>

#define KERNEL __attribute__((target("avx2,fma")))
#define VEC    KERNEL static inline __attribute__((always_inline))
typedef __m256 vec;
enum { RN = 3, WIDTH = 8 };

VEC vec vec_zero(void)
{
    return _mm256_setzero_ps();
}
VEC vec vec_load(const float *p)
{
    return _mm256_loadu_ps(p);
}
VEC vec vec_load_first(const float *p, int n)
{
    static const int ones_then_zeros[16] = { -1, -1, -1, -1, -1, -1, -1, -1 };
    return _mm256_maskload_ps(p, _mm256_loadu_si256((const __m256i *)(ones_then_zeros + 8 - n)));
}
VEC vec vec_fma(vec a, vec b, vec c)
{
    return _mm256_fmadd_ps(a, b, c);
}
VEC void sum4(const vec a[4], float sum[4])
{
    vec t = _mm256_hadd_ps(_mm256_hadd_ps(a[0], a[1]), _mm256_hadd_ps(a[2], a[3]));
    _mm_storeu_ps(sum, _mm_add_ps(_mm256_castps256_ps128(t), _mm256_extractf128_ps(t, 1)));
}

#include "dot_tile.h"

dot_forward_fn *const dot_forward_avx2 = dot_forward;
#endif
