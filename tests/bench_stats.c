/* bench_stats.c - median and interval: known answers, and how often the interval really holds the median. */
#include <math.h>
#include <stdio.h>

#include "../bench/stats.h"
#include "../reference/philox.h"

static int failed;

static void expect(int ok, const char *what)
{
    if (!ok) printf("FAIL: %s\n", what);
    failed |= !ok;
}

static void check_known(void)
{
    double five[] = { 4, 2, 5, 1, 3 }, one[] = { 7 }, four[] = { 8, 1, 2, 4 }, fifteen[15],
           six[] = { 6, 5, 4, 3, 2, 1 };
    struct stats s = stats_of(five, 5);
    expect(s.median == 3 && s.low == 1 && s.high == 5 && s.coverage == 1 - 2 / 32.0,
           "1..5: [1, 5] holds in 30 of 32 cases");
    s = stats_of(one, 1);
    expect(s.median == 7 && s.low == 7 && s.high == 7 && s.coverage == 0,
           "one sample says nothing about the spread");
    s = stats_of(four, 4);
    expect(s.median == 3, "the median of an even number is the mean of the middle two");
    s = stats_of(six, 6);
    expect(s.low == 1 && s.high == 6 && s.coverage == 1 - 2 / 64.0,
           "six samples are the fewest that give 95 %");
    for (int i = 0; i < 15; i++) fifteen[i] = (i * 7 % 15) + 1;
    s = stats_of(fifteen,
                 15); /* P(B(15) <= 3) = 576/32768 = 0.0176, P(B(15) <= 4) = 0.0592: ranks 4 and 12 */
    expect(s.median == 8 && s.low == 4 && s.high == 12 && s.coverage == 1 - 2 * 576 / 32768.0,
           "1..15: ranks 4 and 12");
    five[2] = nan("");
    s = stats_of(five, 5);
    expect(isnan(s.median) && isnan(s.low) && isnan(s.high), "a NaN sample is not hidden");
    expect(stats_overlap(1, 2, 2, 3) && stats_overlap(1, 9, 4, 5) && !stats_overlap(1, 2, 3, 4) &&
               !stats_overlap(3, 4, 1, 2),
           "intervals that touch overlap");
}

enum { TRIALS = 20000, N = 15 };

/* The share of intervals between ranks k and N+1-k (from 1; 0: those of stats_of) that hold the true median,
 * for samples as skewed as times are: 1 + exponential, whose median is 1 + log 2. */
static double share_of_hits(int k)
{
    static float u[TRIALS * N];
    int hits = 0;
    philox_uniform(1, 2, TRIALS * N, 0, 1, u);
    for (int t = 0; t < TRIALS; t++) {
        double x[N], sorted[N];
        for (int i = 0; i < N; i++) {
            x[i] = 1 - log(1 - (double)u[t * N + i]);
            int at = i;
            for (; at > 0 && sorted[at - 1] > x[i]; at--) sorted[at] = sorted[at - 1];
            sorted[at] = x[i];
        }
        struct stats s = stats_of(x, N);
        double low = k ? sorted[k - 1] : s.low, high = k ? sorted[N - k] : s.high, truth = 1 + log(2);
        hits += low <= truth && truth <= high;
    }
    return (double)hits / TRIALS;
}

/* within four standard deviations of what the theory says for ranks 4 and 12 */
static int as_promised(double share)
{
    double p = 1 - 2 * 576 / 32768.0;
    return fabs(share - p) <= 4 * sqrt(p * (1 - p) / TRIALS);
}

int main(void)
{
    check_known();
    expect(as_promised(share_of_hits(0)), "the interval holds the true median as often as it says");
    expect(!as_promised(share_of_hits(5)), "an interval one rank too narrow is noticed");
    expect(!as_promised(share_of_hits(3)), "an interval one rank too wide is noticed");
    return failed;
}
