/* dot_avx512.c - dot-product tiles of 4 examples x 4 outputs: 16 accumulators + 4 of x + 1 of w, of 32 registers. */
#if defined __x86_64__
#include <immintrin.h>

#define KERNEL __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")))
#define VEC    KERNEL static inline __attribute__((always_inline))
typedef __m512 vec;
enum { RN = 4, WIDTH = 16 };

VEC vec vec_zero(void)
{
    return _mm512_setzero_ps();
}
VEC vec vec_load(const float *p)
{
    return _mm512_loadu_ps(p);
}
VEC vec vec_load_first(const float *p, int n)
{
    return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}
VEC vec vec_fma(vec a, vec b, vec c)
{
    return _mm512_fmadd_ps(a, b, c);
}
VEC __m256 halves(vec a)
{
    return _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
}
VEC void sum4(const vec a[4], float sum[4])
{
    __m256 t = _mm256_hadd_ps(_mm256_hadd_ps(halves(a[0]), halves(a[1])),
                              _mm256_hadd_ps(halves(a[2]), halves(a[3])));
    _mm_storeu_ps(sum, _mm_add_ps(_mm256_castps256_ps128(t), _mm256_extractf128_ps(t, 1)));
}

#include "dot_tile.h"

dot_forward_fn *const dot_forward_avx512 = dot_forward;
#endif
