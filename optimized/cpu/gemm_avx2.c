/* gemm_avx2.c - the AVX2 micro-kernel: a 6 x 16 tile, twelve accumulators of eight.
 *
 * Twelve fused multiply-adds keep two FMA units busy for six cycles; the eight loads that feed them need four.
 * 12 accumulators + 2 of b + 1 of a = 15 of the 16 registers.
 */
#if defined __x86_64__
#include <immintrin.h>

#define KERNEL __attribute__((target("avx2,fma")))
#define VEC    KERNEL static inline __attribute__((always_inline))
typedef __m256 vec;
enum { MR = 6, NV = 2, WIDTH = 8 };

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
VEC vec vec_where_positive(vec x, vec m)
{
    return _mm256_and_ps(x, _mm256_cmp_ps(m, _mm256_setzero_ps(), _CMP_GT_OQ));
}

#include "gemm_tile.h"
#include "pack_across.h"

TILE(1, 1)
TILE(1, 2)
TILE(2, 1)
TILE(2, 2)
TILE(3, 1) TILE(3, 2) TILE(4, 1) TILE(4, 2) TILE(5, 1) TILE(5, 2) TILE(6, 1) TILE(6, 2)
    TILE_NAMED(tile_keep, MR, NV, 1)

        static gemm_tile_fn *const tiles[] = { tile_1_1, tile_1_2, tile_2_1, tile_2_2, tile_3_1, tile_3_2,
                                               tile_4_1, tile_4_2, tile_5_1, tile_5_2, tile_6_1, tile_6_2 };

const struct gemm_kernel gemm_avx2 = { tiles, tile_keep, MR, NR, WIDTH, 144, 384, 3072, pack_across };
#endif
