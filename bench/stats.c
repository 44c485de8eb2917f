/* stats.c - median and its interval from order statistics; see stats.h. */
#include "stats.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The largest rank k (from 1) with P(Binomial(n, 1/2) < k) <= 2.5 %, or 1 if even that has a fatter tail. */
static int rank_of_low(int n, double *tail)
{
    double p = pow(0.5, n), below = p; /* P(B = 0), P(B < 1) */
    int k = 1;
    *tail = below;
    while (2 * k < n) {
        p *= (double)(n - k + 1) / k; /* P(B = k) */
        below += p;
        if (below > 0.025) break;
        k++;
        *tail = below;
    }
    return k;
}

struct stats stats_of(const double *sample, int n)
{
    double sorted[STATS_MAX_SAMPLES], tail;
    assert(n >= 1 && n <= STATS_MAX_SAMPLES);
    for (int i = 0; i < n; i++)
        if (isnan(sample[i])) return (struct stats){ sample[i], sample[i], sample[i], sample[i], n };
    memcpy(sorted, sample, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, ascending);
    int k = rank_of_low(n, &tail);
    return (struct stats){
        .median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2,
        .low = sorted[k - 1],
        .high = sorted[n - k],
        .coverage = 1 - 2 * tail,
        .n = n,
    };
}

int stats_overlap(double low_a, double high_a, double low_b, double high_b)
{
    return low_a <= high_b && low_b <= high_a;
}
