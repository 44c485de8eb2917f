/* dropout_portable.c - dropout in portable C, 32 elements at a time: what the ladders begin with, and what
 * the vector rungs use for ends and ties. See dropout_rungs.h for the contracts.
 */
#include <string.h>

#include "dropout_rungs.h"

/* y[k] = x[k] scale where bit k of `keep` is set, else 0, whatever x[k] is; n is 32 at most */
static inline __attribute__((always_inline)) void keep_word(size_t n, uint32_t keep, const float *x, float *y,
                                                            float scale)
{
    for (size_t k = 0; k < n; k++) {
        float scaled = x[k] * scale;
        uint32_t bits;
        memcpy(&bits, &scaled, sizeof bits);
        bits &= 0 - (keep >> k & 1); /* all of them, or none */
        memcpy(&y[k], &bits, sizeof bits);
    }
}

uint32_t drop_ties(const struct drop *d, size_t from, uint32_t ties, float *y)
{
    uint32_t dropped = 0;
    for (; ties; ties &= ties - 1) {
        size_t bit = (size_t)__builtin_ctz(ties);
        if (dropout_half(d->seed, 1, from + bit) >= d->low) continue;
        dropped |= 1U << bit;
        if (y) y[bit] = 0;
    }
    return dropped;
}

/* bits of kept elements from..from + 31, at a multiple of 32 */
static uint32_t word_of(const struct drop *d, size_t from)
{
    uint32_t dropped = 0, ties = 0, word[4];
    for (size_t i = 0; i < 32; i += 8) {
        drop_block(d->seed, 0, (from + i) / 8, word);
        for (size_t j = 0; j < 8; j++) {
            uint32_t upper = word[j / 2] >> j % 2 * 16 & 0xffff;
            dropped |= (uint32_t)(upper < d->top) << (i + j);
            ties |= (uint32_t)(upper == d->top) << (i + j);
        }
    }
    if (ties) dropped |= drop_ties(d, from, ties, NULL);
    return ~dropped;
}

void drop_bits(const struct drop *d, size_t from, size_t n, const float *x, float *y, uint32_t *mask)
{
    for (size_t k = 0; k < n; k += 32) {
        size_t here = n - k < 32 ? n - k : 32;
        uint32_t keep = word_of(d, from + k);
        if (here < 32) keep &= (1U << here) - 1;
        if (mask) mask[k / 32] = keep;
        if (y) keep_word(here, keep, x + k, y + k, d->scale);
    }
}

void keep_words(size_t n, const uint32_t *mask, const float *x, float *y, float scale)
{
    size_t k = 0;
    for (; k + 32 <= n; k += 32) keep_word(32, mask[k / 32], x + k, y + k, scale);
    if (k < n) keep_word(n - k, mask[k / 32], x + k, y + k, scale);
}

void keep_bytes(size_t n, const unsigned char *mask, const float *x, float *y, float scale)
{
    for (size_t k = 0; k < n; k++) {
        float scaled = x[k] * scale;
        uint32_t bits;
        memcpy(&bits, &scaled, sizeof bits);
        bits &= 0 - (uint32_t)(mask[k] != 0);
        memcpy(&y[k], &bits, sizeof bits);
    }
}

void spread_bits(size_t n, const uint32_t *bits, unsigned char *mask)
{
    for (size_t k = 0; k < n; k++) mask[k] = bits[k / 32] >> k % 32 & 1;
}

/* ---- rows behind a bias and a ReLU ---- */

/* x scale if bit 0 of keep is set, else 0 */
static inline float kept(uint32_t keep, float x, float scale)
{
    float scaled = x * scale;
    uint32_t bits;
    memcpy(&bits, &scaled, sizeof bits);
    bits &= 0 - (keep & 1);
    memcpy(&scaled, &bits, sizeof bits);
    return scaled;
}

void fused_row(size_t n, size_t bit, const float *x, const float *b, float *y, uint32_t *mask, float scale)
{
    for (size_t k = 0; k < n; k++) {
        size_t at = bit + k;
        float z = x[k] + b[k];
        mask[at / 32] &= ~((uint32_t)(z <= 0) << at % 32);
        y[k] = kept(mask[at / 32] >> at % 32, z, scale);
    }
}

void fused_row_back(size_t n, size_t bit, const uint32_t *mask, const float *dy, float *dx, float *db,
                    float scale)
{
    for (size_t k = 0; k < n; k++) {
        size_t at = bit + k;
        dx[k] = kept(mask[at / 32] >> at % 32, dy[k], scale);
        db[k] += dx[k];
    }
}
