/* dropout_chance.c - dropout on trial: every rung's mean, variance and share of kept elements, and masks that
 * are alike neither within a call, nor from call to call, from layer to layer or from step to step. Wrong
 * versions must be found out.
 *
 *   y (N) and mask (N bits) of a rung      masks (MASKS, SHORT bits) of other seeds, or of a network
 *
 * Each count is compared with what independent elements give, in its standard deviations, and is wrong beyond
 * LIMIT of them. Bernstein's inequality gives that a probability below 1e-7 for the largest terms that occur
 * here; of one rung fewer than 1,000 counts are made. So a right generator would fail with less than one seed
 * in 10,000; and the seeds are fixed, so that it fails always or never.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/team.h"
#include "../reference/dropout.h"
#include "../reference/reference.h"
#include "network_made.h"

enum { N = (1 << 20) - 5, SHORT = 1 << 17, MASKS = 24, LONGEST = 64, LIMIT = 6 };

static const double chances[] = { 0.1, 0.3, 0.5, 0.9 };

/* The worst count so far, and what it is */
struct trial {
    double worst;
    char what[80];
    int counts;
};

/* `count` where `mean` is expected, with that variance; where there is none, all but rounding must agree */
static void judge(struct trial *t, double count, double mean, double variance, const char *what,
                  double detail)
{
    double off = fabs(count - mean);
    double z = variance > 0 ? off / sqrt(variance) : off <= 1e-6 * fabs(mean) ? 0 : 1e9;
    t->counts++;
    if (z <= t->worst) return; /* a NaN is the worst */
    t->worst = z <= 1e9 ? z : 1e9;
    snprintf(t->what, sizeof t->what, "%s %.9g", what, detail);
}

/* ---- bits ---- */

/* 64 bits of the mask from bit `at` on, those behind bit n - 1 are 0 */
static uint64_t bits_at(const uint32_t *mask, size_t n, size_t at)
{
    uint64_t bits = 0;
    for (size_t k = 0; k < 3 && (at / 32 + k) * 32 < n; k++) {
        uint64_t word = mask[at / 32 + k];
        int shift = (int)(32 * k) - (int)(at % 32);
        bits |= shift < 0 ? word >> -shift : shift < 64 ? word << shift : 0;
    }
    return n - at < 64 ? bits & ((1ull << (n - at)) - 1) : bits;
}

/* How alike are a (n bits), kept with probability q, and b? The sum of (a - q) (b - q), whose terms have mean
 * 0 and variance (q (1 - q))^2 where a and b are independent. They may be parts of one mask. */
static void alike(struct trial *t, const uint32_t *a, const uint32_t *b, size_t from_b, size_t n, double q,
                  const char *what, double detail)
{
    double both = 0, of_a = 0, of_b = 0;
    for (size_t k = 0; k < n; k += 64) {
        uint64_t x = bits_at(a, n, k), y = bits_at(b, from_b + n, from_b + k);
        both += __builtin_popcountll(x & y);
        of_a += __builtin_popcountll(x);
        of_b += __builtin_popcountll(y);
    }
    double sum = both - q * (of_a + of_b) + q * q * (double)n;
    judge(t, sum, 0, q * q * (1 - q) * (1 - q) * (double)n, what, detail);
}

/* ---- one call ---- */

/* y has the mean of x and the variance p / (1 - p) x^2; (y - x)^2 is r^2 x^2 where kept, r = p / (1 - p), and
 * x^2 where dropped */
static void moments(struct trial *t, double p, const float *x, const float *y)
{
    double sum = 0, squares = 0, mean = 0, variance = 0, spread = 0, r = p / (1 - p);
    for (size_t k = 0; k < N; k++) {
        double v = (double)x[k], d = (double)y[k] - v;
        sum += d, squares += d * d;
        mean += v, variance += r * v * v;
        spread += pow(v, 4) * pow(r * r - 1, 2) * p * (1 - p);
    }
    judge(t, sum + mean, mean, variance, "the mean of y at p =", p);
    judge(t, squares, variance, r == 1 ? 0 : spread, "the variance of y at p =", p);
}

/* as many kept as p says: of all, and of each bit of a word */
static void shares(struct trial *t, double p, const uint32_t *mask)
{
    double kept = 0, of_bit[32] = { 0 };
    for (size_t k = 0; k < N; k++) of_bit[k % 32] += mask[k / 32] >> k % 32 & 1;
    for (int bit = 0; bit < 32; bit++) {
        double n = (N + 31 - bit) / 32;
        kept += of_bit[bit];
        judge(t, of_bit[bit], n * (1 - p), n * p * (1 - p), "kept of bit", bit);
    }
    judge(t, kept, N * (1 - p), N * p * (1 - p), "kept at p =", p);
}

/* no element is like a neighbour, or like one 2^k away: in the next block, vector, group or thread's piece */
static void neighbours(struct trial *t, double p, const uint32_t *mask)
{
    for (size_t away = 1; away < N / 2; away = away < LONGEST ? away + 1 : 2 * away)
        alike(t, mask, mask, away, N - away, 1 - p, "alike with elements away by", (double)away);
}

/* ---- many masks ---- */

/* no mask is like another */
static void pairs(struct trial *t, double p, const uint32_t *masks, const char *what)
{
    for (int a = 0; a < MASKS; a++)
        for (int b = 0; b < a; b++)
            alike(t, masks + (size_t)a * SHORT / 32, masks + (size_t)b * SHORT / 32, 0, SHORT, 1 - p, what,
                  MASKS * a + b);
}

struct arrays {
    float *x, *y;
    uint32_t *mask, *masks;
};

/* seeds that follow each other, seeds that differ in one bit, and large ones */
static uint64_t seed_number(int k)
{
    return k < 12 ? (uint64_t)k : k < 20 ? 1ull << (4 + 7 * (k - 12)) : (1ull << 53) - (uint64_t)k;
}

static struct trial on_trial(dropout_forward_fn *run, struct arrays *m)
{
    struct trial t = { 0, "nothing", 0 };
    for (size_t c = 0; c < sizeof chances / sizeof *chances; c++) {
        run(N, m->x, m->y, m->mask, chances[c], 1 + c);
        moments(&t, chances[c], m->x, m->y);
        shares(&t, chances[c], m->mask);
        neighbours(&t, chances[c], m->mask);
    }
    for (int k = 0; k < MASKS; k++)
        run(SHORT, m->x, m->y, m->masks + (size_t)k * SHORT / 32, 0.3, seed_number(k));
    pairs(&t, 0.3, m->masks, "alike in two calls, number");
    return t;
}

/* ---- the layers of a network ---- */

enum { LAYERS = 3, STEPS = MASKS / LAYERS, FEATURES = 2048, BATCH = SHORT / FEATURES };

static struct {
    dropout_forward_fn *run;
    uint32_t *masks;
    int found;
} record;

/* what the layers call: a network may use a mask's memory again once nothing needs it */
static void recorded(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    record.run(n, x, y, mask, p, seed);
    memcpy(record.masks + (size_t)(record.found++ % MASKS) * SHORT / 32, mask, SHORT / 8);
}

/* Masks of three layers in eight steps, whose numbers are multiples of `step` */
static struct trial layers_on_trial(dropout_forward_fn *run, uint64_t step, struct arrays *m)
{
    static struct network net;
    struct netfile file;
    struct trial t = { 0, "nothing", 0 };
    char error[ERROR_TEXT];
    int label[BATCH] = { 0 };
    record.run = run, record.masks = m->masks, record.found = 0;
    made_netfile(&file, "data mnist\noptimizer sgd lr=0.1\ninput 2048\ndropout p=0.3\ndropout p=0.3\n"
                        "dropout p=0.3\ndense 10\nloss softmax_xent\n");
    if (!network_make(&net, &file, BATCH, "best", error)) printf("FAIL: %s\n", error), exit(1);
    made_replace(&net, "dropout_forward", (any_fn *)recorded);
    net.seed = 1;
    for (uint64_t s = 0; s < STEPS; s++) {
        net.draw = s * step;
        (void)network_forward(&net, BATCH, m->x, label);
    }
    if (record.found != MASKS) printf("FAIL: %d masks, not %d\n", record.found, MASKS), exit(1);
    pairs(&t, 0.3, m->masks, "alike in two layers or steps, number");
    network_free(&net);
    return t;
}

/* ---- wrong versions ---- */

#define WRONG(name) static void name(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)

WRONG(not_rescaled)
{
    dropout_forward_f32(n, x, y, mask, p, seed);
    for (int k = 0; k < n; k++) y[k] *= (float)(1 - p);
}

WRONG(keeps_with_p) /* and scales by 1 / p, so that the mean is right */
{
    dropout_forward_f32(n, x, y, mask, 1 - p, seed);
}

WRONG(scaled_by_1_over_p)
{
    dropout_forward_f32(n, x, y, mask, p, seed);
    for (int k = 0; k < n; k++) y[k] *= (float)((1 - p) / p);
}

WRONG(p_of_8_bits)
{
    dropout_forward_f32(n, x, y, mask, floor(p * 256) / 256, seed);
}

WRONG(one_seed_for_all)
{
    (void)seed;
    dropout_forward_f32(n, x, y, mask, p, 1);
}

WRONG(half_of_the_seed)
{
    dropout_forward_f32(n, x, y, mask, p, seed & 0xffffffff);
}

/* element k is kept where element number(k) would be */
static void renumbered(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed,
                       uint64_t (*number)(uint64_t k))
{
    for (int k = 0; k < n; k++) {
        uint32_t keep = dropout_keeps(seed, number((uint64_t)k), dropout_threshold(p));
        if (k % 32 == 0) mask[k / 32] = 0;
        mask[k / 32] |= keep << k % 32;
        y[k] = keep ? x[k] / (float)(1 - p) : 0;
    }
}

static uint64_t within_4096(uint64_t k)
{
    return k % 4096;
}

static uint64_t within_a_piece(uint64_t k)
{
    return k % 16384;
}

static uint64_t half(uint64_t k)
{
    return k / 2;
}

WRONG(repeated_each_4096)
{
    renumbered(n, x, y, mask, p, seed, within_4096);
}

WRONG(each_thread_begins_at_0)
{
    renumbered(n, x, y, mask, p, seed, within_a_piece);
}

WRONG(one_number_for_two)
{
    renumbered(n, x, y, mask, p, seed, half);
}

static const struct wrong {
    const char *name;
    dropout_forward_fn *run;
    const char *word; /* of what is found */
} wrongs[] = {
    { "not rescaled", not_rescaled, "of y at p =" },
    { "p instead of 1 - p", keeps_with_p, "p =" },
    { "scaled by 1 / p", scaled_by_1_over_p, "p =" },
    { "p of 8 bits", p_of_8_bits, "p = 0.3" },
    { "one seed for all calls", one_seed_for_all, "alike in two calls" },
    { "half of the seed", half_of_the_seed, "alike in two calls" },
    { "repeated each 4,096 elements", repeated_each_4096, "alike with elements away" },
    { "each thread begins at 0", each_thread_begins_at_0, "alike with elements away" },
    { "one number for two elements", one_number_for_two, "alike with elements away" },
};

static int report(struct trial t, const char *name, const char *word)
{
    int found = !(t.worst < LIMIT), ok = word ? found && strstr(t.what, word) : !found;
    printf("%s  %-32s %4d counts, the worst off by %.3g: %s\n", ok ? "ok    " : "NOT OK", name, t.counts,
           t.worst, t.what);
    return !ok;
}

int main(void)
{
    struct arrays m = { memory_need(N, sizeof(float)), memory_need(N, sizeof(float)),
                        memory_need(N / 32 + 1, 4), memory_need((size_t)MASKS * SHORT / 32, 4) };
    int failed = 0;
    for (int k = 0; k < N; k++) m.x[k] = (float)(k % 97 - 30) / 16;
    team_use(2);
    for (const struct rung *r = op_find("dropout_forward")->cpu; r->name; r++)
        if (!rung_lacks(r->needs))
            failed += report(on_trial((dropout_forward_fn *)r->run, &m), r->name, NULL);
    for (size_t k = 0; k < sizeof wrongs / sizeof *wrongs; k++)
        failed += report(on_trial(wrongs[k].run, &m), wrongs[k].name, wrongs[k].word);
    failed += report(layers_on_trial(dropout_forward_f32, 1, &m), "layers and steps of a network", NULL);
    failed += report(layers_on_trial(one_seed_for_all, 1, &m), "one seed for all layers", "two layers");
    failed +=
        report(layers_on_trial(dropout_forward_f32, 0, &m), "the same masks in each step", "two layers");
    free(m.x), free(m.y), free(m.mask), free(m.masks);
    printf("%d failed\n", failed);
    return failed ? 1 : 0;
}
