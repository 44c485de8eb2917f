/* 6.2 philox - random numbers as a function: Philox4x32-10
 *
 *   counter (n,4), key (n,2)   ->   out (n,4), all words of 32 bits; n independent calls
 *
 * 6.1 was given its random words. If a thousand threads draw, which of them has the state? A generator
 * without a state has none to share: out is a function of a key (the seed) and a counter (the number's
 * index). Ten rounds turn counter c0 c1 c2 c3 and key k0 k1 into
 *
 *   c0 c1 c2 c3  <-  high(M1 c2) ^ c1 ^ k0,   low(M1 c2),   high(M0 c0) ^ c3 ^ k1,   low(M0 c0)
 *   k0 k1        <-  k0 + 0x9E3779B9, k1 + 0xBB67AE85                              after each round
 *
 * M0 = 0xD2511F53, M1 = 0xCD9E8D57; high and low are the halves of a product of 64 bits, ^ is exclusive or.
 * All four new words are computed from the old ones. (Salmon, Moraes, Dror, Shaw: "Parallel random numbers:
 * as easy as 1, 2, 3", SC 2011.) The authors published the output for three counters: the gate compares with
 * it.
 */
#include <stdint.h>
#ifndef real
#define real float
#endif

void philox_blocks(int n, const uint32_t *counter, const uint32_t *key, uint32_t *out)
{
    for (int i = 0; i < n; i++, counter += 4, key += 2, out += 4) {
        uint64_t p = (uint64_t)0xD2511F53u * counter[0], q = (uint64_t)0xCD9E8D57u * counter[2];
        out[0] = (uint32_t)(q >> 32) ^ counter[1] ^ key[0]; /* one round of ten */
        out[1] = (uint32_t)q;
        out[2] = (uint32_t)(p >> 32) ^ counter[3] ^ key[1];
        out[3] = (uint32_t)p;
    }
}
