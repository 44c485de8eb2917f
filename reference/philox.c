/* philox.c - Philox4x32-10; see philox.h. */
#include "philox.h"

#include <math.h>

void philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3], k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p = (uint64_t)0xD2511F53u * c0, q = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(q >> 32) ^ c1 ^ k0;
        c2 = (uint32_t)(p >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)q;
        c3 = (uint32_t)p;
        k0 += 0x9E3779B9u; /* the golden ratio and sqrt(3) - 1, as the paper has it */
        k1 += 0xBB67AE85u;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

static void block(uint64_t seed, uint64_t stream, uint64_t number, uint32_t out[4])
{
    const uint32_t counter[4] = { (uint32_t)number, (uint32_t)(number >> 32), (uint32_t)stream,
                                  (uint32_t)(stream >> 32) };
    const uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
    philox4x32(counter, key, out);
}

uint32_t philox_word(uint64_t seed, uint64_t stream, uint64_t k)
{
    uint32_t out[4];
    block(seed, stream, k / 4, out);
    return out[k % 4];
}

/* low + (high - low) u with 0 <= u < 1 rounds to low or more, but it may round up to high: the largest number
 * below it is then the answer. Where high - low overflows, the halves do not. */
static float between(float low, float high, float u)
{
    float width = high - low, x = low + width * u;
    if (isinf(width)) x = 2 * (low / 2 + (high / 2 - low / 2) * u);
    return x < high ? x : nextafterf(high, low);
}

void philox_uniform(uint64_t seed, uint64_t stream, size_t n, float low, float high, float *x)
{
    uint32_t out[4];
    for (size_t k = 0; k < n; k++) {
        if (k % 4 == 0) block(seed, stream, k / 4, out);
        x[k] = between(low, high, (float)(out[k % 4] >> 8) * 0x1p-24f);
    }
}

void philox_shuffle(uint64_t seed, uint64_t stream, int n, int *order)
{
    for (int k = 0; k < n; k++) order[k] = k;
    for (int k = n - 1; k > 0; k--) {
        /* 32 random bits scaled to 0..k; the bias, below k / 2^32, is far under what a shuffle can show */
        int pick = (int)(((uint64_t)philox_word(seed, stream, (uint64_t)k) * ((uint64_t)k + 1)) >> 32);
        int swap = order[k];
        order[k] = order[pick];
        order[pick] = swap;
    }
}
