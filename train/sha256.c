/* sha256.c - SHA-256; see sha256.h. Names are those of FIPS 180-4, section 6.2. */
#include "sha256.h"

#include <stdio.h>
#include <string.h>

/* the first 32 bits of the fractions of the cube roots of the first 64 primes */
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/* Step r of eight. The standard's a..h are v[-r], v[1 - r] ... modulo 8: they change their
 * places, not the numbers. */
static inline void step(uint32_t v[8], int r, uint32_t constant)
{
    uint32_t a = v[-r & 7], b = v[(1 - r) & 7], c = v[(2 - r) & 7];
    uint32_t e = v[(4 - r) & 7], f = v[(5 - r) & 7], g = v[(6 - r) & 7];
    uint32_t choice = (e & f) ^ (~e & g), majority = (a & b) ^ (a & c) ^ (b & c);
    uint32_t T1 = v[(7 - r) & 7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + constant;
    v[(3 - r) & 7] += T1;
    v[(7 - r) & 7] = T1 + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
}

static void compress(uint32_t hash[8], const unsigned char *block)
{
    uint32_t W[64], v[8];
    for (int t = 0; t < 16; t++, block += 4)
        W[t] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
    for (int t = 16; t < 64; t++) {
        uint32_t low = rotate(W[t - 15], 7) ^ rotate(W[t - 15], 18) ^ W[t - 15] >> 3;
        uint32_t high = rotate(W[t - 2], 17) ^ rotate(W[t - 2], 19) ^ W[t - 2] >> 10;
        W[t] = high + W[t - 7] + low + W[t - 16];
    }
    memcpy(v, hash, sizeof v);
    for (int t = 0; t < 64; t += 8)
        for (int r = 0; r < 8; r++) step(v, r, K[t + r] + W[t + r]);
    for (int k = 0; k < 8; k++) hash[k] += v[k];
}

struct sha256 sha256_begin(void)
{
    return (struct sha256){ .hash = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                                      0x1f83d9ab, 0x5be0cd19 } };
}

void sha256_add(struct sha256 *s, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    size_t held = s->bytes % SHA256_BLOCK;
    s->bytes += n;
    if (held) {
        size_t fits = SHA256_BLOCK - held < n ? SHA256_BLOCK - held : n;
        memcpy(s->block + held, at, fits);
        if (held + fits < SHA256_BLOCK) return;
        compress(s->hash, s->block);
        at += fits;
        n -= fits;
    }
    for (; n >= SHA256_BLOCK; n -= SHA256_BLOCK, at += SHA256_BLOCK) compress(s->hash, at);
    if (n) memcpy(s->block, at, n);
}

void sha256_end(struct sha256 *s, char text[SHA256_TEXT])
{
    static const unsigned char end[SHA256_BLOCK] = { 0x80 };
    unsigned char length[8];
    for (int k = 0; k < 8; k++) length[k] = (unsigned char)(8 * s->bytes >> (56 - 8 * k));
    size_t held = s->bytes % SHA256_BLOCK;
    sha256_add(s, end, (held < 56 ? 56 : 120) - held);
    sha256_add(s, length, sizeof length);
    for (int k = 0; k < 8; k++) snprintf(text + 8 * k, 9, "%08x", (unsigned)s->hash[k]);
}
