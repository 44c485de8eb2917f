/* random.c - five generators of random numbers as a mask would use them, on trial.
 *
 * Each test counts kept elements, p = 0.3, and says how many standard deviations the count is off; a good
 * generator is beyond 4.5 once in 150,000 tests.
 *
 *   share      a million elements of one seed: how many are kept
 *   neighbour  the same: how often an element and the next are alike
 *   seeds      element k of 4,096 seeds and of the seeds after them, k below 256: how often they are alike
 *   first      the first element of 65,536 seeds: how many are kept
 */
#include <math.h>
#include <stdio.h>
#include "../../base/clock.h"
#include "../../reference/dropout.h"

enum { MANY = 1000000, SEEDS = 4096, LONG = 256, FIRSTS = 65536 };

static const double p = 0.3;

struct generator {
    const char *name;
    void (*start)(uint64_t seed);
    uint32_t (*next)(void);
};

/* ---- generators: 32 bits at a time ---- */

static uint64_t state, increment;

/* the C standard's example of rand: 15 bits at a time, so three calls for 32 bits */
static void rand_start(uint64_t seed)
{
    state = seed;
}

static uint32_t rand_15(void)
{
    state = (uint32_t)state * 1103515245u + 12345u;
    return (uint32_t)state / 65536 % 32768;
}

static uint32_t rand_next(void)
{
    uint32_t high = rand_15(), middle = rand_15();
    return high << 17 | middle << 2 | rand_15() >> 13;
}

/* Marsaglia, "Xorshift RNGs", 2003 */
static void xorshift_start(uint64_t seed)
{
    state = (uint32_t)seed + 1; /* 0 would stay 0 */
}

static uint32_t xorshift_next(void)
{
    uint32_t s = (uint32_t)state;
    s ^= s << 13;
    s ^= s >> 17;
    s ^= s << 5;
    return (uint32_t)(state = s);
}

/* O'Neill, "PCG", 2014: pcg32, the seed as its authors' seeding takes it */
static uint32_t pcg_next(void)
{
    uint64_t old = state;
    state = old * 6364136223846793005u + increment;
    uint32_t x = (uint32_t)((old >> 18 ^ old) >> 27), turn = (uint32_t)(old >> 59);
    return x >> turn | x << (-turn & 31);
}

static void pcg_start(uint64_t seed)
{
    state = 0, increment = 2 * 54 + 1;
    (void)pcg_next();
    state += seed;
    (void)pcg_next();
}

/* Philox4x32-10, word after word */
static uint32_t block[4];
static uint64_t key, number;

static void philox_start(uint64_t seed)
{
    key = seed, number = 0;
}

static uint32_t philox_next(void)
{
    if (number % 4 == 0) {
        const uint32_t counter[4] = { (uint32_t)(number / 4), (uint32_t)(number / 4 >> 32), 0, 0 };
        const uint32_t keys[2] = { (uint32_t)key, (uint32_t)(key >> 32) };
        philox4x32(counter, keys, block);
    }
    return block[number++ % 4];
}

/* and with seven rounds fewer, which is no generator at all */
static uint32_t three_rounds_next(void)
{
    if (number % 4 == 0) {
        uint32_t c0 = (uint32_t)(number / 4), c1 = 0, c2 = 0, c3 = 0, k0 = (uint32_t)key, k1 = 0;
        for (int r = 0; r < 3; r++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
            uint64_t a = (uint64_t)0xD2511F53u * c0, b = (uint64_t)0xCD9E8D57u * c2;
            c0 = (uint32_t)(b >> 32) ^ c1 ^ k0, c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
            c1 = (uint32_t)b, c3 = (uint32_t)a;
        }
        block[0] = c0, block[1] = c1, block[2] = c2, block[3] = c3;
    }
    return block[number++ % 4];
}

static const struct generator generators[] = {
    { "rand", rand_start, rand_next },
    { "xorshift32", xorshift_start, xorshift_next },
    { "pcg32", pcg_start, pcg_next },
    { "philox, 3 rounds", philox_start, three_rounds_next },
    { "philox, 10 rounds", philox_start, philox_next },
};

/* ---- tests ---- */

static int keeps(const struct generator *g)
{
    return g->next() >= p * 0x1p32;
}

/* standard deviations by which `count` of `of` is off what probability q says */
static double off(double count, double of, double q)
{
    return (count - of * q) / sqrt(of * q * (1 - q));
}

/* Two independent elements are alike with probability p^2 + (1 - p)^2. Pairs that share an element are nearly
 * independent: counted is the correlation, sum of (a - q)(b - q), whose terms have variance (q (1 - q))^2. */
static double correlation(double sum, double of)
{
    return sum / (p * (1 - p) * sqrt(of));
}

static double share(const struct generator *g)
{
    double kept = 0;
    g->start(1);
    for (int k = 0; k < MANY; k++) kept += keeps(g);
    return off(kept, MANY, 1 - p);
}

static double neighbour(const struct generator *g)
{
    double sum = 0;
    g->start(1);
    for (int k = 0, last = keeps(g); k < MANY; k++) {
        int here = keeps(g);
        sum += (last - (1 - p)) * (here - (1 - p));
        last = here;
    }
    return correlation(sum, MANY);
}

static double seeds(const struct generator *g)
{
    int last[LONG] = { 0 };
    double sum = 0;
    for (uint64_t seed = 0; seed <= SEEDS; seed++) {
        g->start(seed);
        for (int k = 0; k < LONG; k++) {
            int here = keeps(g);
            if (seed) sum += (last[k] - (1 - p)) * (here - (1 - p));
            last[k] = here;
        }
    }
    return correlation(sum, (double)SEEDS * LONG);
}

static double first(const struct generator *g)
{
    double kept = 0;
    for (uint64_t seed = 0; seed < FIRSTS; seed++) {
        g->start(seed);
        kept += keeps(g);
    }
    return off(kept, FIRSTS, 1 - p);
}

static double nanoseconds(const struct generator *g)
{
    volatile uint32_t sink = 0;
    double best = 1;
    for (int repeat = 0; repeat < 5; repeat++) {
        double start = clock_seconds();
        g->start(1);
        for (int k = 0; k < MANY; k++) sink = sink ^ g->next();
        double took = clock_seconds() - start;
        if (took < best) best = took;
    }
    return best * 1e9 / MANY;
}

int main(void)
{
    puts("                       share  neighbour      seeds      first   time a number");
    for (size_t i = 0; i < sizeof generators / sizeof *generators; i++) {
        const struct generator *g = &generators[i];
        double z[] = { share(g), neighbour(g), seeds(g), first(g) };
        int passes = 1;
        printf("  %-17s", g->name);
        for (int t = 0; t < 4; t++) printf(" %10.1f", z[t]), passes &= fabs(z[t]) < 4.5;
        printf(" %10.2f ns  %s\n", nanoseconds(g), passes ? "passes" : "FAILS");
    }
    return 0;
}
