/* spread.h - one result per seed: sorted, so that the first, the middle and the last of them are the lowest,
 * the median and the highest. */
#ifndef RUNGS_SPREAD_H
#define RUNGS_SPREAD_H

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

static inline int spread_compare(const void *p, const void *q)
{
    double left = *(const double *)p, right = *(const double *)q;
    return (left > right) - (left < right);
}

/* of (n), none of them NaN, in ascending order */
static inline void spread_sort(size_t n, double *of)
{
    qsort(of, n, sizeof *of, spread_compare);
}

/* a loss that is NaN counts as infinite */
static inline double spread_loss(double loss)
{
    return loss < HUGE_VAL ? loss : HUGE_VAL;
}

#endif
