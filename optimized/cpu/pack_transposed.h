/* pack_transposed.h - packing a transposed operand: columns that lie along memory become rows of a panel.
 *
 * Eight columns are read four numbers at a time and transposed in registers. KERNEL is the target attribute
 * of the file that includes this; it needs AVX at least.
 */
#include <immintrin.h>
#include "unrolled.h"

/* rows k..k+3 of eight columns: out[k] = (src[k], src[k + across], ... src[k + 7 * across]), to out + k *
 * out_row. The second half of each register is loaded where it belongs, which saves a shuffle; what is left
 * is a 4 x 4 transpose in both halves at once. */
KERNEL static inline __attribute__((always_inline)) void transpose_8x4(const float *src, ptrdiff_t across,
                                                                       float *out, ptrdiff_t out_row)
{
    __m256 r[4], t[4];
    UNROLLED (j, 4)
        r[j] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(src + j * across)),
                                    _mm_loadu_ps(src + (j + 4) * across), 1);
    t[0] = _mm256_unpacklo_ps(r[0], r[1]);
    t[1] = _mm256_unpackhi_ps(r[0], r[1]);
    t[2] = _mm256_unpacklo_ps(r[2], r[3]);
    t[3] = _mm256_unpackhi_ps(r[2], r[3]);
    _mm256_storeu_ps(out, _mm256_shuffle_ps(t[0], t[2], 0x44));
    _mm256_storeu_ps(out + out_row, _mm256_shuffle_ps(t[0], t[2], 0xEE));
    _mm256_storeu_ps(out + 2 * out_row, _mm256_shuffle_ps(t[1], t[3], 0x44));
    _mm256_storeu_ps(out + 3 * out_row, _mm256_shuffle_ps(t[1], t[3], 0xEE));
}

/* panel (depth,width) <- src, element (k,j) at src[k + j * across]; does a multiple of four k, from 0 on, and
 * returns how many. Takes widths that are multiples of eight, and returns 0 for others. */
KERNEL static inline int pack_transposed(int depth, int width, const float *src, ptrdiff_t across,
                                         float *panel)
{
    int k = 0;
    if (width % 8) return 0;
    for (; k + 4 <= depth; k += 4, panel += 4 * width)
        for (int j = 0; j < width; j += 8) transpose_8x4(src + k + j * across, across, panel + j, width);
    return k;
}
