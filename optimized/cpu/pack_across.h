/* pack_across.h - packing a transposed operand: columns that lie along memory become rows of a panel.
 *
 * Eight columns are read eight numbers at a time and transposed in registers. KERNEL is the target attribute of
 * the file that includes this; it needs AVX at least.
 */
#include <immintrin.h>
#include "unrolled.h"

/* out[i] = column i of the 8 x 8 matrix with rows r[0..7] */
KERNEL static inline __attribute__((always_inline)) void transpose8(const __m256 r[8], __m256 out[8])
{
    __m256 t[8], u[8];
    UNROLLED (j, 4) {
        t[2 * j] = _mm256_unpacklo_ps(r[2 * j], r[2 * j + 1]);
        t[2 * j + 1] = _mm256_unpackhi_ps(r[2 * j], r[2 * j + 1]);
    }
    UNROLLED (j, 2) {
        u[4 * j] = _mm256_shuffle_ps(t[4 * j], t[4 * j + 2], 0x44);
        u[4 * j + 1] = _mm256_shuffle_ps(t[4 * j], t[4 * j + 2], 0xEE);
        u[4 * j + 2] = _mm256_shuffle_ps(t[4 * j + 1], t[4 * j + 3], 0x44);
        u[4 * j + 3] = _mm256_shuffle_ps(t[4 * j + 1], t[4 * j + 3], 0xEE);
    }
    UNROLLED (k, 4) {
        out[k] = _mm256_permute2f128_ps(u[k], u[k + 4], 0x20);
        out[k + 4] = _mm256_permute2f128_ps(u[k], u[k + 4], 0x31);
    }
}

/* panel (depth,width) <- src, element (k,j) at src[k + j * across]; does a multiple of eight k, from 0 on, and
 * returns how many. In a panel of fewer than eight columns a store of eight spills into the rows that are written
 * after it; so the last rows are left to the caller. */
KERNEL static int pack_across(int depth, int width, const float *src, ptrdiff_t across, float *panel)
{
    int k = 0, spill = width % 8 ? 8 : 0;
    if (width > 8 && spill) return 0;
    for (; k + 8 + spill <= depth; k += 8, panel += 8 * width)
        for (int j = 0; j < width; j += 8) {
            __m256 in[8], out[8];
            UNROLLED (i, 8) in[i] = _mm256_loadu_ps(src + k + (j + i < width ? j + i : 0) * across);
            transpose8(in, out);
            UNROLLED (i, 8) _mm256_storeu_ps(panel + i * width + j, out[i]);
        }
    return k;
}
