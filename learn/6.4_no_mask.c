/* 6.4 no_mask - recompute or store
 *
 *   dx (n) = dy / (1 - p) where the forward's mask was set, else 0
 *
 * The forward pass has stored nothing: its mask is a function of the seed and of k. This is right, and draws
 * the mask into memory first, one float per element: each of its cache lines is read from memory before it is
 * written, written back, and read again, as many bytes as dy and dx take. dropout_keeps(seed, k, threshold)
 * tells for any k whether it was kept.
 *
 * Compute dx without a mask in memory. The grader counts bytes between a cache of 64 KiB and memory. First
 * write down what you expect of your version, as a number after the =:
 * prediction: bytes per element =
 */
#include <stdint.h>
#include <stdlib.h>
#ifndef real
#define real float
#endif

/* four random words: number `counter` of stream (seed, stream) */
static inline void drop_block(uint64_t seed, uint64_t stream, uint64_t counter, uint32_t word[4])
{
    uint32_t c0 = (uint32_t)counter, c1 = (uint32_t)(counter >> 32), c2 = (uint32_t)stream,
             c3 = (uint32_t)(stream >> 32), k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p = (uint64_t)0xD2511F53u * c0, q = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(q >> 32) ^ c1 ^ k0, c1 = (uint32_t)q;
        c2 = (uint32_t)(p >> 32) ^ c3 ^ k1, c3 = (uint32_t)p;
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
    }
    word[0] = c0, word[1] = c1, word[2] = c2, word[3] = c3;
}

/* half-word k of a stream: of each word the lower half comes first */
static inline uint32_t dropout_half(uint64_t seed, uint64_t stream, uint64_t k)
{
    uint32_t word[4];
    drop_block(seed, stream, k / 8, word);
    return word[k % 8 / 2] >> k % 2 * 16 & 0xffff;
}

/* p 2^32 */
static inline uint64_t dropout_threshold(double p)
{
    return (uint64_t)(p * 0x1p32);
}

/* 1 if element k is kept, else 0 */
static inline uint32_t dropout_keeps(uint64_t seed, uint64_t k, uint64_t threshold)
{
    uint32_t upper = dropout_half(seed, 0, k);
    if (upper != threshold >> 16) return upper > threshold >> 16;
    return dropout_half(seed, 1, k) >= (threshold & 0xffff);
}

/* dx may be dy */
void dropout_backward_recomputed(int n, const real *dy, real *dx, double p, uint64_t seed)
{
    uint64_t threshold = dropout_threshold(p);
    real *mask = malloc((size_t)n * sizeof *mask);
    if (!mask) abort();
    for (int k = 0; k < n; k++) mask[k] = (real)dropout_keeps(seed, (uint64_t)k, threshold);
    for (int k = 0; k < n; k++) dx[k] = mask[k] != 0 ? dy[k] / (real)(1 - p) : 0;
    free(mask);
}
