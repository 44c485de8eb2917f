/* dropout.c - the dropout ladders of elements; see reference/dropout.c for what they compute, and
 * dropout_layers.c for planes, rows and weights. */
#include "../op.h"
#include "../team.h"
#include "../../reference/reference.h"
#include "dropout_rungs.h"
#include "ladder_tables.h"
#include "ladders.h"

/* ---- 01_blocks: a Philox block is eight numbers ----
 *
 * Changed: a block of four random words serves eight elements, where the reference asks for one word at a
 * time and throws seven eighths away. Relieves: the multiplications of Philox, nearly all of the work. */

static void blocks(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    const struct drop d = drop_of(p, seed);
    uint32_t word[4];
    for (int k = 0; k < n; k++) {
        if (k % 8 == 0) drop_block(seed, 0, (uint64_t)k / 8, word);
        uint32_t upper = word[k % 8 / 2] >> k % 2 * 16 & 0xffff;
        uint32_t keep = upper == d.top ? dropout_half(seed, 1, (uint64_t)k) >= d.low : upper > d.top;
        if (k % 32 == 0) mask[k / 32] = 0;
        mask[k / 32] |= keep << k % 32;
        y[k] = keep ? x[k] / (float)(1 - p) : 0;
    }
}

/* ---- 02_bits: no branch ----
 *
 * Changed: 32 comparisons are put together to a word of the mask in a register; its bits clear a product or
 * leave it, without a branch; x is multiplied by 1 / (1 - p); and ties, once in 65,536 elements, are looked
 * for once per word. Relieves: the guesses at branches, three in ten of which are wrong, each some fifteen
 * cycles. It is drop_bits, in dropout_portable.c. */

/* ---- 07_threads: pieces ----
 *
 * Changed: pieces of 16,384 elements, shared among threads. A piece's numbers follow from where it lies, so
 * the mask is the same for any number of threads. Relieves: a core's units. */

void drop_best(const struct drop *d, size_t from, size_t n, const float *x, float *y, uint32_t *mask)
{
#if defined __x86_64__
    if (rung_isa() & NEED_AVX512) {
        drop_avx512(d, from, n, x, y, mask);
        return;
    }
    if (rung_isa() & NEED_AVX2) {
        drop_folded(d, from, n, x, y, mask);
        return;
    }
#endif
    drop_bits(d, from, n, x, y, mask);
}

struct shared {
    struct drop drop;
    size_t n;
    const float *x;
    float *y;
    uint32_t *mask;
};

static void piece(int number, void *arg)
{
    const struct shared *s = arg;
    size_t from = (size_t)number * PIECE, n = s->n - from < PIECE ? s->n - from : PIECE;
    drop_best(&s->drop, from, n, s->x + from, s->y + from, s->mask ? s->mask + from / 32 : NULL);
}

static void drop_threads(const struct drop *d, size_t from, size_t n, const float *x, float *y,
                         uint32_t *mask)
{
    (void)from; /* it is 0: a call has all elements */
    struct shared s = { *d, n, x, y, mask };
    team_run((int)((n + PIECE - 1) / PIECE), piece, &s);
}

/* ---- the rungs: all elements of a call; going back, no mask is wanted ---- */

static void all_by(drop_fn *f, int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    const struct drop d = drop_of(p, seed);
    f(&d, 0, (size_t)n, x, y, mask);
}

static void bits(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    all_by(drop_bits, n, x, y, mask, p, seed);
}

static void recomputed_bits(int n, const float *dy, float *dx, double p, uint64_t seed)
{
    all_by(drop_bits, n, dy, dx, NULL, p, seed);
}

static void threads(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    all_by(drop_threads, n, x, y, mask, p, seed);
}

static void recomputed_threads(int n, const float *dy, float *dx, double p, uint64_t seed)
{
    all_by(drop_threads, n, dy, dx, NULL, p, seed);
}

#if defined __x86_64__
static void avx2(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    all_by(drop_avx2, n, x, y, mask, p, seed);
}

static void recomputed_avx2(int n, const float *dy, float *dx, double p, uint64_t seed)
{
    all_by(drop_avx2, n, dy, dx, NULL, p, seed);
}

static void interleaved(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    all_by(drop_interleaved, n, x, y, mask, p, seed);
}

static void recomputed_interleaved(int n, const float *dy, float *dx, double p, uint64_t seed)
{
    all_by(drop_interleaved, n, dy, dx, NULL, p, seed);
}

static void folded(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    all_by(drop_folded, n, x, y, mask, p, seed);
}

static void recomputed_folded(int n, const float *dy, float *dx, double p, uint64_t seed)
{
    all_by(drop_folded, n, dy, dx, NULL, p, seed);
}

static void avx512(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    all_by(drop_avx512, n, x, y, mask, p, seed);
}

static void recomputed_avx512(int n, const float *dy, float *dx, double p, uint64_t seed)
{
    all_by(drop_avx512, n, dy, dx, NULL, p, seed);
}
#endif

const struct rung dropout_forward_cpu[] = {
    NAIVE(dropout_forward),
    { "01_blocks", RUN(dropout_forward, blocks), NEED_NONE, "a block of random words for eight elements" },
    { "02_bits", RUN(dropout_forward, bits), NEED_NONE, "a word of the mask at a time, no branch" },
#if defined __x86_64__
    { "03_avx2", RUN(dropout_forward, avx2), NEED_AVX2, "four blocks per vector, sixteen comparisons" },
    { "04_interleaved", RUN(dropout_forward, interleaved), NEED_AVX2, "four such vectors side by side" },
    { "05_folded", RUN(dropout_forward, folded), NEED_AVX2, "what is alike in the first rounds, once" },
    { "06_avx512", RUN(dropout_forward, avx512), NEED_AVX512,
      "eight blocks per vector, comparisons to bits" },
#endif
    { "07_threads", RUN(dropout_forward, threads), NEED_NONE, "pieces for each thread" },
    { 0 },
};

/* The way back without a mask is the forward without one: the same rungs. */
const struct rung dropout_backward_recomputed_cpu[] = {
    NAIVE(dropout_backward_recomputed),
    { "01_bits", RUN(dropout_backward_recomputed, recomputed_bits), NEED_NONE,
      "32 elements at a time, no branch" },
#if defined __x86_64__
    { "02_avx2", RUN(dropout_backward_recomputed, recomputed_avx2), NEED_AVX2,
      "four blocks per vector, sixteen comparisons" },
    { "03_interleaved", RUN(dropout_backward_recomputed, recomputed_interleaved), NEED_AVX2,
      "four such vectors side by side" },
    { "04_folded", RUN(dropout_backward_recomputed, recomputed_folded), NEED_AVX2,
      "what is alike in the first rounds, once" },
    { "05_avx512", RUN(dropout_backward_recomputed, recomputed_avx512), NEED_AVX512,
      "eight blocks per vector, comparisons to bits" },
#endif
    { "06_threads", RUN(dropout_backward_recomputed, recomputed_threads), NEED_NONE,
      "pieces for each thread" },
    { 0 },
};

/* ---- the way back with a mask of bits, 01_words: a word of the mask at a time ----
 *
 * Changed: a word of the mask is read once for 32 elements, its bits clear a product or leave it without a
 * branch, and dy is multiplied by 1 / (1 - p) instead of a division. Relieves: the guesses at branches,
 * three in ten of which are wrong. It is keep_words, in dropout_portable.c. */

void keep_best(size_t n, const uint32_t *mask, const float *x, float *y, float scale)
{
#if defined __x86_64__
    if (rung_isa() & NEED_AVX2) {
        keep_avx2(n, mask, x, y, scale);
        return;
    }
#endif
    keep_words(n, mask, x, y, scale);
}

struct masked {
    size_t n;
    const void *mask;
    const float *x;
    float *y, scale;
};

static void keep_piece(int number, void *arg)
{
    const struct masked *s = arg;
    size_t from = (size_t)number * PIECE, n = s->n - from < PIECE ? s->n - from : PIECE;
    keep_best(n, (const uint32_t *)s->mask + from / 32, s->x + from, s->y + from, s->scale);
}

static void keep_bytes_piece(int number, void *arg)
{
    const struct masked *s = arg;
    size_t from = (size_t)number * PIECE, n = s->n - from < PIECE ? s->n - from : PIECE;
    keep_bytes_best(n, (const unsigned char *)s->mask + from, s->x + from, s->y + from, s->scale);
}

static float scale_of(double p)
{
    return (float)(1 / (1 - p));
}

static void keep_threads(team_fn *work, int n, const void *mask, const float *x, float *y, double p)
{
    struct masked s = { (size_t)n, mask, x, y, scale_of(p) };
    team_run((n + PIECE - 1) / PIECE, work, &s);
}

static void backward_words(int n, const uint32_t *mask, const float *dy, float *dx, double p)
{
    keep_words((size_t)n, mask, dy, dx, scale_of(p));
}

static void backward_threads(int n, const uint32_t *mask, const float *dy, float *dx, double p)
{
    keep_threads(keep_piece, n, mask, dy, dx, p);
}

static void bytes_branchless(int n, const unsigned char *mask, const float *dy, float *dx, double p)
{
    keep_bytes((size_t)n, mask, dy, dx, scale_of(p));
}

static void bytes_threads(int n, const unsigned char *mask, const float *dy, float *dx, double p)
{
    keep_threads(keep_bytes_piece, n, mask, dy, dx, p);
}

#if defined __x86_64__
static void backward_avx2(int n, const uint32_t *mask, const float *dy, float *dx, double p)
{
    keep_avx2((size_t)n, mask, dy, dx, scale_of(p));
}

static void bytes_avx2(int n, const unsigned char *mask, const float *dy, float *dx, double p)
{
    keep_bytes_avx2((size_t)n, mask, dy, dx, scale_of(p));
}
#endif

const struct rung dropout_backward_cpu[] = {
    NAIVE(dropout_backward),
    { "01_words", RUN(dropout_backward, backward_words), NEED_NONE,
      "a word of the mask for 32 elements, no division" },
#if defined __x86_64__
    { "02_avx2", RUN(dropout_backward, backward_avx2), NEED_AVX2, "8 bits become 8 lanes of ones or zeros" },
#endif
    { "03_threads", RUN(dropout_backward, backward_threads), NEED_NONE, "pieces for each thread" },
    { 0 },
};

/* ---- the mask in bytes ----
 *
 * forward 01_expanded: the mask of bits of the best rung, a piece of it at a time, written out as bytes.
 *
 * forward 02_avx2. Changed: 32 bits become 32 bytes in three instructions. Relieves: what was spent on single
 * bytes, three times as much as on the random numbers.
 *
 * backward 01_branchless: a product, kept by a mask of ones or zeros; then eight at a time, on all threads.
 */

void keep_bytes_best(size_t n, const unsigned char *mask, const float *x, float *y, float scale)
{
#if defined __x86_64__
    if (rung_isa() & NEED_AVX2) {
        keep_bytes_avx2(n, mask, x, y, scale);
        return;
    }
#endif
    keep_bytes(n, mask, x, y, scale);
}

static void bytes_by(spread_fn *spread, int n, const float *x, float *y, unsigned char *mask, double p,
                     uint64_t seed)
{
    const struct drop d = drop_of(p, seed);
    uint32_t bits[32];
    for (size_t from = 0; from < (size_t)n; from += 32 * 32) {
        size_t here = (size_t)n - from < 32 * 32 ? (size_t)n - from : 32 * 32;
        drop_best(&d, from, here, x + from, y + from, bits);
        spread(here, bits, mask + from);
    }
}

static void bytes_expanded(int n, const float *x, float *y, unsigned char *mask, double p, uint64_t seed)
{
    bytes_by(spread_bits, n, x, y, mask, p, seed);
}

#if defined __x86_64__
static void bytes_spread(int n, const float *x, float *y, unsigned char *mask, double p, uint64_t seed)
{
    bytes_by(spread_avx2, n, x, y, mask, p, seed);
}
#endif

const struct rung dropout_bytes_forward_cpu[] = {
    NAIVE(dropout_bytes_forward),
    { "01_expanded", RUN(dropout_bytes_forward, bytes_expanded), NEED_NONE,
      "bits of the best rung, written out as bytes" },
#if defined __x86_64__
    { "02_avx2", RUN(dropout_bytes_forward, bytes_spread), NEED_AVX2, "32 bits become 32 bytes" },
#endif
    { 0 },
};

const struct rung dropout_bytes_backward_cpu[] = {
    NAIVE(dropout_bytes_backward),
    { "01_branchless", RUN(dropout_bytes_backward, bytes_branchless), NEED_NONE, "no branch, no division" },
#if defined __x86_64__
    { "02_avx2", RUN(dropout_bytes_backward, bytes_avx2), NEED_AVX2, "8 bytes become 8 lanes" },
#endif
    { "03_threads", RUN(dropout_bytes_backward, bytes_threads), NEED_NONE, "pieces for each thread" },
    { 0 },
};
