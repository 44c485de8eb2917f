/* stats.h - the middle of some samples, and how sure we are of it.
 *
 * Times are skewed and have outliers, so nothing here assumes a normal distribution: the median and an
 * interval between two of the sorted samples. The true median lies below the k-th smallest of n samples with
 * probability P(Binomial(n, 1/2) < k), whatever the distribution.
 */
#ifndef RUNGS_STATS_H
#define RUNGS_STATS_H

enum { STATS_MAX_SAMPLES = 256 };

struct stats {
    double median;
    double low, high; /* the true median lies between them with probability `coverage`             */
    double coverage;  /* at least 0.95 from six samples on; for fewer samples what [min, max] gives */
    int n;
};

/* n samples, 1..STATS_MAX_SAMPLES, in any order; they are left alone. A NaN among them
 * makes all results NaN. */
struct stats stats_of(const double *sample, int n);

/* 1 if two intervals have a point in common: then the samples show no difference */
int stats_overlap(double low_a, double high_a, double low_b, double high_b);

#endif
