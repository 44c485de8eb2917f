/* dropout_wrong.c - wrong versions of dropout, and of its random numbers; see mistakes.h. */
#include "../reference/dropout.h"
#include "../reference/real.h"
#include "wrong.h"

/* ---- y (n) = x / (1 - p) where u (n) is not below p 2^32, mask (n bits) ---- */

enum wrong {
    UNSCALED,    /* what is kept stays as it is                       */
    BY_P,        /* divided by p                                      */
    BY_ROOT,     /* divided by the root of 1 - p                      */
    TIMES_MASK,  /* 0 times x where it is dropped                     */
    NOT_CLEARED, /* bits are added to what the mask held              */
    SIGNED,      /* words are compared as signed numbers              */
    SHARED_DRAW, /* one word decides for 32 elements                  */
    REVERSED     /* kept with probability p                           */
};

static int is_kept(const uint32_t *u, int k, uint64_t threshold, enum wrong wrong)
{
    if (wrong == SIGNED) return (int64_t)(int32_t)u[k] >= (int64_t)threshold;
    if (wrong == SHARED_DRAW) return u[k / 32 * 32] >= threshold;
    return wrong == REVERSED ? u[k] < threshold : u[k] >= threshold;
}

static real scaled(real x, int kept, double p, enum wrong wrong)
{
    if (wrong == TIMES_MASK) return (real)kept * x / (real)(1 - p);
    if (!kept) return 0;
    if (wrong == BY_ROOT) return x / (real)sqrt(1 - p);
    return wrong == UNSCALED ? x : x / (real)(wrong == BY_P ? p : 1 - p);
}

static void forward(int n, const real *x, const uint32_t *u, real *y, uint32_t *mask, double p,
                    enum wrong wrong)
{
    for (int k = 0; k < n; k++) {
        int kept = is_kept(u, k, (uint64_t)(p * 0x1p32), wrong);
        if (k % 32 == 0 && wrong != NOT_CLEARED) mask[k / 32] = 0;
        mask[k / 32] |= (uint32_t)kept << k % 32;
        y[k] = scaled(x[k], kept, p, wrong);
    }
}

#define FORWARD(name, wrong)                                                                   \
    void REF(name)(int n, const real *x, const uint32_t *u, real *y, uint32_t *mask, double p) \
    {                                                                                          \
        forward(n, x, u, y, mask, p, wrong);                                                   \
    }
FORWARD(inverted_unscaled, UNSCALED)
FORWARD(inverted_by_p, BY_P)
FORWARD(inverted_by_root, BY_ROOT)
FORWARD(inverted_times_mask, TIMES_MASK)
FORWARD(inverted_not_cleared, NOT_CLEARED)
FORWARD(inverted_signed, SIGNED)
FORWARD(inverted_shared_draw, SHARED_DRAW)
FORWARD(inverted_reversed, REVERSED)

/* ---- dx (n) = dy / (1 - p) where mask is set ---- */

#define BACKWARD(name, value)                                                       \
    void REF(name)(int n, const uint32_t *mask, const real *dy, real *dx, double p) \
    {                                                                               \
        for (int k = 0; k < n; k++) {                                               \
            const int kept = mask[k / 32] >> k % 32 & 1;                            \
            const real scale = (real)(1 - p);                                       \
            (void)kept, (void)scale, (void)dy;                                      \
            dx[k] = value;                                                          \
        }                                                                           \
    }
BACKWARD(masked_unscaled, kept ? dy[k] : 0)
BACKWARD(masked_twice, kept ? dy[k] / scale / scale : 0)
BACKWARD(masked_not, dy[k] / scale)
BACKWARD(masked_reversed, kept ? 0 : dy[k] / scale)
BACKWARD(masked_no_upstream, kept ? 1 / scale : 0)
BACKWARD(masked_high_bit_first, mask[k / 32] >> (31 - k % 32) & 1 ? dy[k] / scale : 0)

/* ---- out (n,4) = Philox4x32-10 of counter (n,4), key (n,2) ---- */

enum wrong_rounds {
    SEVEN_ROUNDS,    /* of ten                                        */
    KEY_FIXED,       /* every round has the first key                 */
    KEY_EARLY,       /* the key is changed before the first round     */
    NOT_CROSSED,     /* each product stays with its own words         */
    HALVES_SWAPPED,  /* high for low                                  */
    FACTORS_SWAPPED, /* M0 for M1                                     */
    NARROW,          /* products of 32 bits: their high half is 0     */
    ONE_COUNTER      /* all calls get the first counter               */
};

struct state {
    uint32_t c[4], k[2];
};

static struct state round_of(struct state s, enum wrong_rounds wrong)
{
    const uint32_t m0 = wrong == FACTORS_SWAPPED ? 0xCD9E8D57u : 0xD2511F53u;
    const uint32_t m1 = wrong == FACTORS_SWAPPED ? 0xD2511F53u : 0xCD9E8D57u;
    uint64_t p = (uint64_t)m0 * s.c[0], q = (uint64_t)m1 * s.c[2];
    if (wrong == NARROW) p = (uint32_t)p, q = (uint32_t)q;
    if (wrong == HALVES_SWAPPED) p = p >> 32 | p << 32, q = q >> 32 | q << 32;
    if (wrong == NOT_CROSSED) {
        uint64_t own = p;
        p = q, q = own;
    }
    if (wrong == KEY_EARLY) s.k[0] += 0x9E3779B9u, s.k[1] += 0xBB67AE85u;
    struct state next = { { (uint32_t)(q >> 32) ^ s.c[1] ^ s.k[0], (uint32_t)q,
                            (uint32_t)(p >> 32) ^ s.c[3] ^ s.k[1], (uint32_t)p },
                          { s.k[0], s.k[1] } };
    if (wrong != KEY_FIXED && wrong != KEY_EARLY) next.k[0] += 0x9E3779B9u, next.k[1] += 0xBB67AE85u;
    return next;
}

static void blocks(int n, const uint32_t *counter, const uint32_t *key, uint32_t *out,
                   enum wrong_rounds wrong)
{
    for (int i = 0; i < n; i++, key += 2, out += 4) {
        struct state s = { { counter[0], counter[1], counter[2], counter[3] }, { key[0], key[1] } };
        for (int round = 0; round < (wrong == SEVEN_ROUNDS ? 7 : 10); round++) s = round_of(s, wrong);
        for (int k = 0; k < 4; k++) out[k] = s.c[k];
        if (wrong != ONE_COUNTER) counter += 4;
    }
}

#define BLOCKS(name, wrong)                                                            \
    void REF(name)(int n, const uint32_t *counter, const uint32_t *key, uint32_t *out) \
    {                                                                                  \
        blocks(n, counter, key, out, wrong);                                           \
    }
BLOCKS(philox_seven_rounds, SEVEN_ROUNDS)
BLOCKS(philox_key_fixed, KEY_FIXED)
BLOCKS(philox_key_early, KEY_EARLY)
BLOCKS(philox_not_crossed, NOT_CROSSED)
BLOCKS(philox_halves_swapped, HALVES_SWAPPED)
BLOCKS(philox_factors_swapped, FACTORS_SWAPPED)
BLOCKS(philox_narrow, NARROW)
BLOCKS(philox_one_counter, ONE_COUNTER)

/* ---- the same with a mask that is drawn: element k is kept if dropout_keeps says so ---- */

#define DRAWN(name, keeps, bit, value)                                                     \
    void REF(name)(int n, const real *x, real *y, uint32_t *mask, double p, uint64_t seed) \
    {                                                                                      \
        const uint64_t threshold = dropout_threshold(p);                                   \
        const real scale = (real)(1 - p);                                                  \
        (void)scale, (void)seed;                                                           \
        for (uint64_t k = 0; k < (uint64_t)n; k++) {                                       \
            uint32_t kept = (keeps);                                                       \
            if (k % 32 == 0) mask[k / 32] = 0;                                             \
            mask[k / 32] |= (uint32_t)(bit) << k % 32;                                     \
            y[k] = (value);                                                                \
        }                                                                                  \
    }
DRAWN(drawn_unscaled, dropout_keeps(seed, k, threshold), kept, kept ? x[k] : 0)
DRAWN(drawn_by_p, dropout_keeps(seed, k, threshold), kept, kept ? x[k] / (real)p : 0)
DRAWN(drawn_reversed, !dropout_keeps(seed, k, threshold), kept, kept ? x[k] / scale : 0)
DRAWN(drawn_dropped_bits, dropout_keeps(seed, k, threshold), !kept, kept ? x[k] / scale : 0)
DRAWN(drawn_halves_swapped, dropout_keeps(seed, k ^ 1, threshold), kept, kept ? x[k] / scale : 0)
DRAWN(drawn_word_for_two, dropout_keeps(seed, k / 2, threshold), kept, kept ? x[k] / scale : 0)
DRAWN(drawn_without_seed, dropout_keeps(0, k, threshold), kept, kept ? x[k] / scale : 0)

#define REDRAWN(name, keeps, value)                                               \
    void REF(name)(int n, const real *dy, real *dx, double p, uint64_t seed)      \
    {                                                                             \
        const uint64_t threshold = dropout_threshold(p);                          \
        const real scale = (real)(1 - p);                                         \
        (void)scale, (void)threshold, (void)seed, (void)dy;                       \
        for (uint64_t k = 0; k < (uint64_t)n; k++) dx[k] = (keeps) ? (value) : 0; \
    }
REDRAWN(redrawn_unscaled, dropout_keeps(seed, k, threshold), dy[k])
REDRAWN(redrawn_not, 1, dy[k] / scale)
REDRAWN(redrawn_reversed, !dropout_keeps(seed, k, threshold), dy[k] / scale)
REDRAWN(redrawn_next, dropout_keeps(seed, k + 1, threshold), dy[k] / scale)
REDRAWN(redrawn_anew, dropout_keeps(seed + 1, k, threshold), dy[k] / scale)
REDRAWN(redrawn_no_upstream, dropout_keeps(seed, k, threshold), 1 / scale)
