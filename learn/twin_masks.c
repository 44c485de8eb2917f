/* twin_masks.c - exercise 6.6: dropout masks of 4 layers and 8 steps, drawn rightly and wrongly. Some right
 * ones have luck: one of their pairs is made to look as, by chance, any pair does less than once in a million
 * runs. A test that accuses it has more false alarms than that.
 */
#include "judged.h"

#include <math.h>

#include "../reference/philox.h"
#include "twin_masks.h"

/* LUCKY_PAIR and LUCKY_THREADS are fair, and so is UNEVEN */
enum {
    FAIR,
    UNEVEN,
    LUCKY_PAIR,
    LUCKY_THREADS,
    LAYERS_ALIKE,
    STEPS_ALIKE,
    ONE_AHEAD,
    THREADS_ALIKE,
    PARTLY,
    OPPOSITE
};

/* the largest correlation of two masks that any of 496 pairs has in one run of a million, and of the 3840
 * pairs of two threads in one mask, times the root of their length */
static const double lucky_pair = 6.0, lucky_threads = 6.35;

/* MASK bits of a stream, each 1 with probability 1/2; of two streams' bits one at least is 1 in three of
 * four */
static void draw_bits(uint64_t seed, int stream, int is_uneven, unsigned char *kept)
{
    for (int i = 0; i < MASK; i += 32) {
        uint32_t word = philox_word(seed, (uint64_t)stream, (uint64_t)i);
        if (is_uneven) word |= philox_word(seed, (uint64_t)stream, (uint64_t)i + 1);
        for (int k = 0; k < 32; k++) kept[i + k] = word >> k & 1;
    }
}

static void draw(uint64_t seed, int variant, int layer, int step, unsigned char *kept)
{
    unsigned char first[MASK];
    int own = layer * STEPS + step;
    if (variant == LAYERS_ALIKE) own = step;
    if (variant == STEPS_ALIKE) own = layer;
    if (variant == ONE_AHEAD) own = layer + step;
    if (variant == OPPOSITE) own = layer / 2 * STEPS + step;
    draw_bits(seed, own, variant == UNEVEN, kept);
    if (variant == PARTLY) draw_bits(seed, step, 0, first);
    for (int i = 0; i < MASK && variant == PARTLY; i += 8) kept[i] = first[i];
    for (int i = 0; i < MASK && variant == OPPOSITE && layer % 2; i++) kept[i] = !kept[i];
    if (variant == THREADS_ALIKE) memcpy(kept + 11 * BLOCK, kept + 4 * BLOCK, BLOCK);
}

/* the correlation of two masks, times the root of n; 0 if one is constant */
static double correlation(int n, const unsigned char *a, const unsigned char *b)
{
    int in_a = 0, in_b = 0, in_both = 0;
    for (int i = 0; i < n; i++) in_a += a[i], in_b += b[i], in_both += a[i] & b[i];
    double p = (double)in_a / n, q = (double)in_b / n, variance = p * (1 - p) * q * (1 - q);
    return variance > 0 ? ((double)in_both / n - p * q) / sqrt(variance) * sqrt(n) : 0;
}

/* changes bits of b, from a random place on, until it is as much like a as luck may make it */
static void have_luck(uint64_t seed, int n, const unsigned char *a, unsigned char *b, double most)
{
    const double step = 2.1 / sqrt(n);
    int at = (int)(philox_word(seed, 98, 0) % (unsigned)n);
    for (int k = 0; k < n && correlation(n, a, b) < most - step; k++) {
        int i = (at + k) % n;
        b[i] = a[i];
    }
}

static void mask_with(uint64_t seed, int variant, int layer, int step, unsigned char *kept)
{
    const int twin = 1 + (int)(philox_word(seed, 97, 0) % (LAYERS * STEPS - 1)); /* of the first mask */
    unsigned char first[MASK];
    draw(seed, variant, layer, step, kept);
    if (variant == LUCKY_PAIR && layer * STEPS + step == twin) {
        draw(seed, variant, 0, 0, first);
        have_luck(seed, MASK, first, kept, lucky_pair);
    }
    if (variant == LUCKY_THREADS && layer * STEPS + step == twin)
        have_luck(seed, BLOCK, kept, kept + BLOCK * (1 + twin % (MASK / BLOCK - 1)), lucky_threads);
}

static const struct version generators[] = {
    { "a stream each", "", 0, NULL, FAIR },
    { "three of four", "masks that keep more than half agree more often than not", 0, NULL, UNEVEN },
    { "a lucky pair", "one of 496 pairs looks like this by chance once in a million runs", 0, NULL,
      LUCKY_PAIR },
    { "lucky threads", "one of 3840 pairs looks like this by chance once in a million runs", 0, NULL,
      LUCKY_THREADS },
    { "layers alike", "the stream depends on the step, and not on the layer", 1, NULL, LAYERS_ALIKE },
    { "steps alike", "the stream depends on the layer: every step drops the same neurons", 1, NULL,
      STEPS_ALIKE },
    { "one ahead", "the seed is layer + step: a layer has the next one's mask, a step later", 1, NULL,
      ONE_AHEAD },
    { "threads alike", "of sixteen threads two have the same seed", 1, NULL, THREADS_ALIKE },
    { "an eighth", "one neuron of eight has the mask of the first layer", 1, NULL, PARTLY },
    { "opposite", "every second layer drops what the one before keeps", 1, NULL, OPPOSITE },
    { 0 },
};

static const char *serve(const struct version *v, struct handed *h)
{
    if (h->size[0] < 0 || h->size[0] >= LAYERS || h->size[1] < 0 || h->size[1] >= STEPS)
        return "asks for the mask of a layer or a step that does not exist";
    if (h->arrays != 1 || h->bytes[0] != MASK) return "asks for a mask with the wrong arrays";
    mask_with(h->seed, v->variant, h->size[0], h->size[1], h->array[0]);
    return NULL;
}

/* ---- tests that look at too little, or are alarmed too soon ---- */

enum { SAME_STEP = 1, SAME_LAYER = 2, ACROSS = 4, THREADS = 8, ALL = 15 };

struct look {
    int pairs; /* which are compared */
    double threshold;
    int is_one_sided, is_half; /* 1: it counts on p = 0.5 */
};

static int finds_pair(int n, const unsigned char *a, const unsigned char *b, const struct look *l)
{
    int equal = 0;
    for (int i = 0; i < n && l->is_half; i++) equal += a[i] == b[i];
    double z = l->is_half ? (equal - n / 2.0) / (sqrt(n) / 2) : correlation(n, a, b);
    return (l->is_one_sided ? z : fabs(z)) > l->threshold;
}

static int kind_of_pair(int i, int j)
{
    return i % STEPS == j % STEPS ? SAME_STEP : i / STEPS == j / STEPS ? SAME_LAYER : ACROSS;
}

static int finds(mask_fn *mask, struct look l)
{
    static unsigned char all[LAYERS * STEPS][MASK];
    for (int k = 0; k < LAYERS * STEPS; k++) {
        mask(k / STEPS, k % STEPS, all[k]);
        for (int j = 0; j < k; j++)
            if ((kind_of_pair(k, j) & l.pairs) && finds_pair(MASK, all[k], all[j], &l)) return 1;
        for (int j = 0; j < MASK * MASK / BLOCK / BLOCK && (l.pairs & THREADS); j++) {
            int a = j % (MASK / BLOCK), b = j / (MASK / BLOCK);
            if (a < b && finds_pair(BLOCK, all[k] + a * BLOCK, all[k] + b * BLOCK, &l)) return 1;
        }
    }
    return 0;
}

#define LOOK(name, ...)                                   \
    static int name(mask_fn *mask)                        \
    {                                                     \
        return finds(mask, (struct look){ __VA_ARGS__ }); \
    }
LOOK(same_step, SAME_STEP, 6.6, 0, 0)
LOOK(same_layer, SAME_LAYER, 6.6, 0, 0)
LOOK(no_across, ALL - ACROSS, 6.6, 0, 0)
LOOK(no_threads, ALL - THREADS, 6.6, 0, 0)
LOOK(three, ALL, 3, 0, 0)
LOOK(five, ALL, 5, 0, 0)
LOOK(twenty, ALL, 20, 0, 0)
LOOK(one_sided, ALL, 6.6, 1, 0)
LOOK(half, ALL, 6.6, 0, 1)

static int nothing(mask_fn *mask)
{
    (void)mask;
    return 0;
}

static int everything(mask_fn *mask)
{
    (void)mask;
    return 1;
}

#define WRONG(...) WRONG_JUDGE("twin_masks", __VA_ARGS__)
static const struct mistake wrong[] = {
    WRONG(nothing, "accuses nothing", "it accepts every generator"),
    WRONG(everything, "accuses everything", "it accuses every generator"),
    WRONG(same_step, "layers alone", "it compares layers of one step"),
    WRONG(same_layer, "steps alone", "it compares steps of one layer"),
    WRONG(no_across, "not across", "it never compares a layer with a different layer's next step"),
    WRONG(no_threads, "no threads", "it never compares threads within a mask"),
    WRONG(three, "three deviations", "of 4336 pairs about a dozen are beyond three"),
    WRONG(five, "five deviations", "one run in 400 has a pair beyond five"),
    WRONG(twenty, "twenty deviations", "an eighth of 4096 makes eight deviations, 256 threads in a row 16"),
    WRONG(one_sided, "one side", "what is opposite is not independent"),
    WRONG(half, "a half", "it assumes masks that keep half"),
    { 0 },
};

const struct judged judged_masks = { "learn/twin_masks.h", generators, serve, twin_masks_entry, wrong, 10 };
