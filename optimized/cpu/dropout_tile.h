/* dropout_tile.h - Philox4x32-10 in vectors, and n elements by it; included once for each width.
 *
 * The file that includes it defines, before: `words`, a vector of 64-bit lanes, and the functions all,
 * halves, upper, lifted, product, plus, both, xor3 and lane_numbers; SETS, how many vectors go through the
 * rounds together at most; SET, the elements of one, eight per lane; FLIP, which is XORed into half-words
 * before they are compared; and drop_set, which drops the elements of one set. dropout_avx2.c explains the
 * rungs.
 */

#include "unrolled.h"

enum { ROUNDS = 10 };

#define M0 0xD2511F53u
#define M1 0xCD9E8D57u

/* ---- the stream's constants ---- */

struct keys {
    words m0, m1, k0[ROUNDS], k1[ROUNDS]; /* a round's keys; the last ones also flip half-words     */
    words c2, c3;                         /* of 05_folded: into c2 of the second and the third round */
    words below;                          /* top in every half-word, flipped                         */
};

VEC void make_keys(struct keys *k, const struct drop *d)
{
    const words flip = halves(FLIP);
    uint32_t k0 = (uint32_t)d->seed, k1 = (uint32_t)(d->seed >> 32);
    uint64_t second = (uint64_t)M0 * k0; /* c0 is k0 after the first round */
    for (int r = 0; r < ROUNDS; r++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u)
        k->k0[r] = all(k0), k->k1[r] = all(k1);
    k->c2 = both(all(second >> 32), k->k1[1]);
    k->c3 = both(all((uint32_t)second), k->k1[2]);
    k->k0[ROUNDS - 1] = both(lifted(k->k0[ROUNDS - 1]), flip);
    k->k1[ROUNDS - 1] = both(lifted(k->k1[ROUNDS - 1]), flip);
    k->below = both(halves(d->top), flip);
    k->m0 = all(M0), k->m1 = all(M1);
}

/* ---- the rounds ---- */

struct counters {
    words c0[SETS], c1[SETS], c2[SETS], c3[SETS];
};

#define EACH_SET UNROLLED (s, sets)

/* one round of all sets but the last round */
VEC void round_of(struct counters *c, words k0, words k1, const struct keys *k, int sets)
{
    EACH_SET
    {
        words p = product(c->c0[s], k->m0), q = product(c->c2[s], k->m1);
        c->c0[s] = xor3(upper(q), c->c1[s], k0);
        c->c2[s] = xor3(upper(p), c->c3[s], k1);
        c->c1[s] = q;
        c->c3[s] = p;
    }
}

/* rounds 1 to 3 of blocks whose product of M0 with c0 is `first`; c1, c2 and c3 were 0 */
VEC void first_rounds(struct counters *c, const words *first, const struct keys *k, int sets)
{
    EACH_SET
    {
        words q = product(both(upper(first[s]), k->k1[0]), k->m1);
        words c0 = both(upper(q), k->k0[1]), c2 = both(first[s], k->c2);
        words p = product(c0, k->m0), next = product(c2, k->m1);
        c->c0[s] = xor3(upper(next), q, k->k0[2]);
        c->c2[s] = both(upper(p), k->c3);
        c->c1[s] = next;
        c->c3[s] = p;
    }
}

/* The last round: each lane of 64 bits holds c1 and c0, or c3 and c2, flipped. */
VEC void last_round(const struct counters *c, const struct keys *k, words *c10, words *c32, int sets)
{
    EACH_SET
    {
        words p = product(c->c0[s], k->m0), q = product(c->c2[s], k->m1);
        words c1 = lifted(c->c1[s]), c3 = lifted(c->c3[s]);
        c10[s] = xor3(q, c1, k->k0[ROUNDS - 1]);
        c32[s] = xor3(p, c3, k->k1[ROUNDS - 1]);
    }
}

/* ---- n elements ---- */

/* `sets` times SET elements at a time, from element `done` on; returns how many are done then */
VEC size_t groups(const struct drop *d, const struct keys *k, size_t from, size_t done, size_t n,
                  const float *x, float *y, uint32_t *mask, int sets, int folded)
{
    uint64_t block = (from + done) / 8;
    words number = plus(all(block), lane_numbers()), step = all(SET / 8);
    if (folded) number = product(number, k->m0), step = product(step, k->m0);
    for (; done + (size_t)sets * SET <= n; done += (size_t)sets * SET) {
        struct counters c;
        words start[SETS], c10[SETS], c32[SETS];
        EACH_SET start[s] = number, number = plus(number, step);
        if (folded) {
            first_rounds(&c, start, k, sets);
        } else {
            EACH_SET c.c0[s] = start[s], c.c1[s] = c.c2[s] = c.c3[s] = all(0);
        }
        UNROLLED (r, ROUNDS - 1)
            if (r >= 3 || !folded) round_of(&c, k->k0[r], k->k1[r], k, sets);
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
    if (d->top > 0xffff || from + n > DROP_NARROW) { /* p = 1: no half-word is above all others */
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
