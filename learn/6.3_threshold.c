/* 6.3 threshold - a random bit is a comparison of integers
 *
 *   y (n) = x / (1 - p) where mask (n bits) is set, else 0; element k is kept if u_k >= p 2^32
 *
 * u_k has 32 bits: its upper half is half-word k of the random stream (seed, 0), its lower half that of
 * (seed, 1). This is right, and converts every u_k to double before it compares: two blocks of Philox for
 * each element, and of each block one half-word is used and seven are thrown away.
 *
 * Compare integers, and compare the upper halves first: unless the upper half equals that of p 2^32, the
 * lower one does not matter, and they are equal for only one element in 65,536. Then a block of four words
 * serves eight elements. `d` has the halves to compare with. First write down what you expect, as a number
 * after the =:
 * prediction: instructions per element =
 */
#include <math.h>
#include <stdint.h>

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

struct drop {
    uint32_t top, low; /* the halves of p 2^32 */
};

static struct drop drop_of(double p, uint64_t seed)
{
    uint64_t threshold = (uint64_t)(p * 0x1p32);
    (void)seed;
    return (struct drop){ (uint32_t)(threshold >> 16), (uint32_t)(threshold & 0xffff) };
}

static void blocks(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    const struct drop d = drop_of(p, seed);
    (void)d;
    for (int k = 0; k < n; k++) {
        double u = 65536.0 * dropout_half(seed, 0, (uint64_t)k) + dropout_half(seed, 1, (uint64_t)k);
        uint32_t keep = u >= floor(p * 0x1p32);
        if (k % 32 == 0) mask[k / 32] = 0;
        mask[k / 32] |= keep << k % 32;
        y[k] = keep ? x[k] / (float)(1 - p) : 0;
    }
}

void dropout_forward(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    blocks(n, x, y, mask, p, seed);
}
