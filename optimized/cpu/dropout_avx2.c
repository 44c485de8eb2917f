/* dropout_avx2.c - dropout in vectors of eight floats; the bits are those of reference/dropout.h.
 *
 * ---- 03_avx2: four blocks per vector ----
 *
 * Changed: vpmuludq multiplies four pairs of 32 bits to products of 64, so four blocks of Philox stand in
 * the 64-bit lanes of four vectors, c0 to c3; what is left in a lane's upper half is never read. Sixteen
 * half-words are compared per instruction, and each result, ones or zeros, is widened to clear a float.
 * Relieves: all units, as an instruction serves four blocks or eight elements.
 *
 * ---- 04_interleaved: sixteen blocks side by side ----
 *
 * Changed: four such sets go through the rounds together. A round waits 5 cycles for its multiplications,
 * and has 8 instructions per set: one set leaves most of the core idle.
 *
 * ---- 05_folded: the first two rounds are known ----
 *
 * Changed: of the counter only c0 differs between blocks. So the first round's second product is 0, the
 * second round's first is the same for all, and the first round's first grows by a constant: 70 instructions
 * per set in place of 80. All ten rounds are there, and the bits are the same.
 */
#if defined __x86_64__
#include "dropout_rungs.h"

#include <immintrin.h>

#define KERNEL __attribute__((target("avx2,fma")))
#define VEC    KERNEL static inline __attribute__((always_inline))

enum { SETS = 4, SET = 32 /* elements of a set */, ROUNDS = 10 };

typedef __m256i words; /* four lanes of 64 bits */

#define M0 0xD2511F53u
#define M1 0xCD9E8D57u

VEC words all(uint64_t x)
{
    return _mm256_set1_epi64x((long long)x);
}

VEC words upper(words x)
{
    return _mm256_srli_epi64(x, 32);
}

/* ---- the stream's constants ---- */

struct keys {
    words m0, m1, k0[ROUNDS],
        k1[ROUNDS]; /* a round's keys; the last ones also flip the signs of half-words */
    words c2, c3;   /* of 05_folded: into c2 of the second and of the third round      */
    words below;    /* 16 times top, its sign flipped                                  */
};

/* Half-words are compared as signed numbers, all there is, so the sign of both sides is flipped. */
VEC void make_keys(struct keys *k, const struct drop *d)
{
    const words flip = _mm256_set1_epi16(INT16_MIN);
    uint32_t k0 = (uint32_t)d->seed, k1 = (uint32_t)(d->seed >> 32);
    uint64_t second = (uint64_t)M0 * k0; /* c0 is k0 after the first round */
    for (int r = 0; r < ROUNDS; r++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u)
        k->k0[r] = all(k0), k->k1[r] = all(k1);
    k->c2 = _mm256_xor_si256(all(second >> 32), k->k1[1]);
    k->c3 = _mm256_xor_si256(all((uint32_t)second), k->k1[2]);
    k->k0[ROUNDS - 1] = _mm256_xor_si256(_mm256_slli_epi64(k->k0[ROUNDS - 1], 32), flip);
    k->k1[ROUNDS - 1] = _mm256_xor_si256(_mm256_slli_epi64(k->k1[ROUNDS - 1], 32), flip);
    k->below = _mm256_xor_si256(_mm256_set1_epi16((short)d->top), flip);
    k->m0 = all(M0), k->m1 = all(M1);
}

/* ---- the rounds ---- */

struct counters {
    words c0[SETS], c1[SETS], c2[SETS], c3[SETS];
};

#define EACH_SET _Pragma("GCC unroll 4") for (int s = 0; s < sets; s++)

/* one round of all sets but the last round */
VEC void round_of(struct counters *c, words k0, words k1, const struct keys *k, int sets)
{
    EACH_SET
    {
        words p = _mm256_mul_epu32(c->c0[s], k->m0), q = _mm256_mul_epu32(c->c2[s], k->m1);
        c->c0[s] = _mm256_xor_si256(upper(q), _mm256_xor_si256(c->c1[s], k0));
        c->c2[s] = _mm256_xor_si256(upper(p), _mm256_xor_si256(c->c3[s], k1));
        c->c1[s] = q;
        c->c3[s] = p;
    }
}

/* rounds 1 to 3 of blocks whose product of M0 with c0 is `first`; c1, c2 and c3 were 0 */
VEC void first_rounds(struct counters *c, const words *first, const struct keys *k, int sets)
{
    EACH_SET
    {
        words q = _mm256_mul_epu32(_mm256_xor_si256(upper(first[s]), k->k1[0]), k->m1);
        words c0 = _mm256_xor_si256(upper(q), k->k0[1]), c2 = _mm256_xor_si256(first[s], k->c2);
        words p = _mm256_mul_epu32(c0, k->m0), next = _mm256_mul_epu32(c2, k->m1);
        c->c0[s] = _mm256_xor_si256(upper(next), _mm256_xor_si256(q, k->k0[2]));
        c->c2[s] = _mm256_xor_si256(upper(p), k->c3);
        c->c1[s] = next;
        c->c3[s] = p;
    }
}

/* The last round: each lane of 64 bits holds c1 and c0, or c3 and c2, signs flipped. */
VEC void last_round(const struct counters *c, const struct keys *k, words *c10, words *c32, int sets)
{
    EACH_SET
    {
        words p = _mm256_mul_epu32(c->c0[s], k->m0), q = _mm256_mul_epu32(c->c2[s], k->m1);
        words c1 = _mm256_slli_epi64(c->c1[s], 32), c3 = _mm256_slli_epi64(c->c3[s], 32);
        c10[s] = _mm256_xor_si256(q, _mm256_xor_si256(c1, k->k0[ROUNDS - 1]));
        c32[s] = _mm256_xor_si256(p, _mm256_xor_si256(c3, k->k1[ROUNDS - 1]));
    }
}

/* ---- 32 elements of a set ---- */

/* eight elements: x scale, 0 where a lane of `dropped` is ones */
VEC void store(const float *x, float *y, words dropped, float scale)
{
    __m256 scaled = _mm256_mul_ps(_mm256_loadu_ps(x), _mm256_set1_ps(scale));
    _mm256_storeu_ps(y, _mm256_andnot_ps(_mm256_castsi256_ps(dropped), scaled));
}

VEC uint32_t bits_of(words elements_0_and_16, words elements_8_and_24)
{
    return (uint32_t)_mm256_movemask_epi8(_mm256_packs_epi16(elements_0_and_16, elements_8_and_24));
}

VEC void drop_set(const struct drop *d, size_t from, words c10, words c32, words below, const float *x,
                  float *y, uint32_t *mask)
{
    __m256 even = _mm256_castsi256_ps(c10), odd = _mm256_castsi256_ps(c32);
    words a = _mm256_castps_si256(_mm256_shuffle_ps(even, odd, 0x11)); /* blocks 0 and 2, words in order */
    words b = _mm256_castps_si256(_mm256_shuffle_ps(even, odd, 0xbb)); /* blocks 1 and 3 */
    words drop_a = _mm256_cmpgt_epi16(below, a), drop_b = _mm256_cmpgt_epi16(below, b);
    words tie_a = _mm256_cmpeq_epi16(below, a), tie_b = _mm256_cmpeq_epi16(below, b);
    uint32_t dropped = mask ? bits_of(drop_a, drop_b) : 0;
    if (y) {
        words half_a = _mm256_permute4x64_epi64(drop_a, 0xd8),
              half_b = _mm256_permute4x64_epi64(drop_b, 0xd8);
        store(x, y, _mm256_unpacklo_epi16(half_a, half_a), d->scale);
        store(x + 8, y + 8, _mm256_unpacklo_epi16(half_b, half_b), d->scale);
        store(x + 16, y + 16, _mm256_unpackhi_epi16(half_a, half_a), d->scale);
        store(x + 24, y + 24, _mm256_unpackhi_epi16(half_b, half_b), d->scale);
    }
    if (__builtin_expect(_mm256_movemask_epi8(_mm256_or_si256(tie_a, tie_b)), 0))
        dropped |= drop_ties(d, from, bits_of(tie_a, tie_b), y);
    if (mask) *mask = ~dropped;
}

/* ---- n elements ---- */

/* `sets` times 32 elements at a time, from element `done` on; returns how many are done then */
VEC size_t groups(const struct drop *d, const struct keys *k, size_t from, size_t done, size_t n,
                  const float *x, float *y, uint32_t *mask, int sets, int folded)
{
    uint64_t block = (from + done) / 8;
    words number = _mm256_set_epi64x((long long)block + 3, (long long)block + 2, (long long)block + 1,
                                     (long long)block),
          step = all(4);
    if (folded) number = _mm256_mul_epu32(number, k->m0), step = _mm256_mul_epu32(step, k->m0);
    for (; done + (size_t)sets * SET <= n; done += (size_t)sets * SET) {
        struct counters c;
        words start[SETS], c10[SETS], c32[SETS];
        EACH_SET start[s] = number, number = _mm256_add_epi64(number, step);
        if (folded) {
            first_rounds(&c, start, k, sets);
        } else {
            EACH_SET c.c0[s] = start[s], c.c1[s] = c.c2[s] = c.c3[s] = _mm256_setzero_si256();
        }
        _Pragma("GCC unroll 9") for (int r = folded ? 3 : 0; r < ROUNDS - 1; r++)
            round_of(&c, k->k0[r], k->k1[r], k, sets);
        last_round(&c, k, c10, c32, sets);
        EACH_SET
        {
            size_t at = done + (size_t)s * SET;
            drop_set(d, from + at, c10[s], c32[s], k->below, y ? x + at : NULL, y ? y + at : NULL,
                     mask ? mask + at / 32 : NULL);
        }
    }
    return done;
}

VEC void drop(const struct drop *d, size_t from, size_t n, const float *x, float *y, uint32_t *mask, int sets,
              int folded)
{
    struct keys k;
    size_t done = 0;
    if (d->top > 0xffff || from + n > DROP_NARROW) { /* p = 1 has no signed half-word above all others */
        drop_bits(d, from, n, x, y, mask);
        return;
    }
    make_keys(&k, d);
    if (sets > 1) done = groups(d, &k, from, 0, n, x, y, mask, sets, folded);
    done = groups(d, &k, from, done, n, x, y, mask, 1, folded);
    if (done < n)
        drop_bits(d, from + done, n - done, y ? x + done : NULL, y ? y + done : NULL,
                  mask ? mask + done / 32 : NULL);
}

/* with a mask or without, and with nothing but a mask: a loop for each */
#define RUNG(name, sets, folded)                                                                            \
    KERNEL void name(const struct drop *d, size_t from, size_t n, const float *x, float *y, uint32_t *mask) \
    {                                                                                                       \
        if (!y)                                                                                             \
            drop(d, from, n, NULL, NULL, mask, sets, folded);                                               \
        else if (!mask)                                                                                     \
            drop(d, from, n, x, y, NULL, sets, folded);                                                     \
        else                                                                                                \
            drop(d, from, n, x, y, mask, sets, folded);                                                     \
    }
RUNG(drop_avx2, 1, 0)
RUNG(drop_interleaved, SETS, 0)
RUNG(drop_folded, SETS, 1)
#endif
