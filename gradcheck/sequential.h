/* sequential.h - means of samples and their intervals, looked at again and again until they are narrow. */
#ifndef GC_SEQUENTIAL_H
#define GC_SEQUENTIAL_H

#include <stdint.h>

/* Count, mean and central moments of samples, one pass. */
struct gc_moments {
    double count, mean, second, third; /* sums of squares and cubes of (sample - mean) */
};

void gc_moments_add(struct gc_moments *m, double sample);
double gc_moments_error(const struct gc_moments *m); /* the standard error of the mean */

/* The normal quantile that p exceeds: P(Z > z) = p, for p below 1/2. */
double gc_normal_quantile(double p);

/* The width, in standard errors, that intervals of `quantities` means need at look number 0, 1, 2, ... to
 * hold at all looks together, but for a share of `alarms` of all checks. Look k has the share 6 / (pi (k +
 * 1))^2. */
double gc_look_width(double alarms, double quantities, int look);

/* Half an interval of the mean, that wide: widened for what the variance and the skewness of the samples
 * do to the distribution of their mean (Student's quantile, and the first term of Edgeworth's series).
 * Infinite where that is more than half of the width: then they are too few for their skewness. */
double gc_half_interval(const struct gc_moments *m, double width);

#endif
