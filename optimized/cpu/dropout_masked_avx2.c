/* dropout_masked_avx2.c - a mask that is there already, in vectors of eight floats. */
#if defined __x86_64__
#include "dropout_rungs.h"
#include "unrolled.h"

#include <immintrin.h>

#define KERNEL __attribute__((target("avx2,fma")))
#define VEC    KERNEL static inline __attribute__((always_inline))

/* lane k is ones if bit first + k of the word is set, else zeros */
VEC __m256 lanes_of(uint32_t word, int first)
{
    const __m256i bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    __m256i bits = _mm256_and_si256(_mm256_set1_epi32((int)(word >> first)), bit);
    return _mm256_castsi256_ps(_mm256_cmpeq_epi32(bits, bit));
}

VEC __m256 scaled(const float *x, float scale)
{
    return _mm256_mul_ps(_mm256_loadu_ps(x), _mm256_set1_ps(scale));
}

KERNEL void keep_avx2(size_t n, const uint32_t *mask, const float *x, float *y, float scale)
{
    size_t k = 0;
    for (; k + 32 <= n; k += 32)
        UNROLLED (i, 4)
            _mm256_storeu_ps(y + k + 8 * i,
                             _mm256_and_ps(scaled(x + k + 8 * i, scale), lanes_of(mask[k / 32], 8 * i)));
    if (k < n) keep_words(n - k, mask + k / 32, x + k, y + k, scale);
}

KERNEL void keep_bytes_avx2(size_t n, const unsigned char *mask, const float *x, float *y, float scale)
{
    size_t k = 0;
    for (; k + 8 <= n; k += 8) {
        __m256i bytes = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(mask + k)));
        __m256i dropped = _mm256_cmpeq_epi32(bytes, _mm256_setzero_si256());
        _mm256_storeu_ps(y + k, _mm256_andnot_ps(_mm256_castsi256_ps(dropped), scaled(x + k, scale)));
    }
    if (k < n) keep_bytes(n - k, mask + k, x + k, y + k, scale);
}

/* 32 bits become 32 bytes: each byte takes the one of four in which its bit is, and keeps that bit */
KERNEL void spread_avx2(size_t n, const uint32_t *bits, unsigned char *mask)
{
    const __m256i its_byte =
        _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i its_bit = _mm256_set1_epi64x((long long)0x8040201008040201), one = _mm256_set1_epi8(1);
    size_t k = 0;
    for (; k + 32 <= n; k += 32) {
        __m256i bytes = _mm256_shuffle_epi8(_mm256_set1_epi32((int)bits[k / 32]), its_byte);
        __m256i set = _mm256_cmpeq_epi8(_mm256_and_si256(bytes, its_bit), its_bit);
        _mm256_storeu_si256((__m256i *)(mask + k), _mm256_and_si256(set, one));
    }
    if (k < n) spread_bits(n - k, bits + k / 32, mask + k);
}

/* ---- rows of bias_relu_dropout: 32 bits from any place of the mask ---- */

static inline uint32_t bits_at(const uint32_t *mask, size_t at)
{
    uint32_t low = mask[at / 32] >> at % 32;
    return at % 32 ? low | mask[at / 32 + 1] << (32 - at % 32) : low;
}

static inline void clear_at(uint32_t *mask, size_t at, uint32_t bits)
{
    mask[at / 32] &= ~(bits << at % 32);
    if (at % 32) mask[at / 32 + 1] &= ~(bits >> (32 - at % 32));
}

KERNEL void fused_row_avx2(size_t n, size_t bit, const float *x, const float *b, float *y, uint32_t *mask,
                           float scale)
{
    size_t k = 0;
    for (; k + 32 <= n; k += 32) {
        uint32_t keep = bits_at(mask, bit + k), stopped = 0;
        UNROLLED (i, 4) {
            __m256 z = _mm256_add_ps(_mm256_loadu_ps(x + k + 8 * i), _mm256_loadu_ps(b + k + 8 * i));
            __m256 flows = _mm256_cmp_ps(z, _mm256_setzero_ps(), _CMP_NLE_UQ); /* so does a NaN */
            __m256 here = _mm256_and_ps(flows, lanes_of(keep, 8 * i));
            _mm256_storeu_ps(y + k + 8 * i, _mm256_and_ps(_mm256_mul_ps(z, _mm256_set1_ps(scale)), here));
            stopped |= ~(uint32_t)_mm256_movemask_ps(flows) << 8 * i & 0xffu << 8 * i;
        }
        clear_at(mask, bit + k, stopped);
    }
    if (k < n) fused_row(n - k, bit + k, x + k, b + k, y + k, mask, scale);
}

KERNEL void fused_row_back_avx2(size_t n, size_t bit, const uint32_t *mask, const float *dy, float *dx,
                                float *db, float scale)
{
    size_t k = 0;
    for (; k + 32 <= n; k += 32) {
        uint32_t keep = bits_at(mask, bit + k);
        UNROLLED (i, 4) {
            __m256 d = _mm256_and_ps(scaled(dy + k + 8 * i, scale), lanes_of(keep, 8 * i));
            _mm256_storeu_ps(dx + k + 8 * i, d);
            _mm256_storeu_ps(db + k + 8 * i, _mm256_add_ps(_mm256_loadu_ps(db + k + 8 * i), d));
        }
    }
    if (k < n) fused_row_back(n - k, bit + k, mask, dy + k, dx + k, db + k, scale);
}
#endif
