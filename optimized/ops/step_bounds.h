/* step_bounds.h - what the error bounds of optimizers' steps are made of. Each is the error of one number, by
 * its right value; d: the digits of the rung. */
#ifndef RUNGS_STEP_BOUNDS_H
#define RUNGS_STEP_BOUNDS_H

#include <math.h>

#include "../rung.h"

/* of a running mean or sum, a old + added = mean: 4 units of its two terms, which are no more than
 * |mean| + 2 |added|; they may cancel */
static inline double error_of_mean(struct precision d, double mean, double added)
{
    return 4 * d.unit * (fabs(mean) + 2 * fabs(added)) + 4 * d.tiny;
}

/* of the same where what is added errs by `error` itself */
static inline double mean_with(struct precision d, double mean, double added, double error)
{
    return error_of_mean(d, mean, fabs(added) + error) + error;
}

/* of a running mean or sum whose terms are all 0 or more: 6 units of itself */
static inline double error_of_squares(struct precision d, double squares)
{
    return 6 * d.unit * squares + 6 * d.tiny;
}

/* of numerator / divisor, the divisor being the root of squares / correction, plus eps: what the numerator
 * does, half of the squares' error, and 10 roundings: corrections, quotients, the root (3 units where a
 * device approximates it), products with a rate. Below the normal numbers squares of up to `tiny` may be
 * lost, and with them the root of that. */
static inline double error_of_quotient(struct precision d, double numerator, double error_of_numerator,
                                       double divisor, double correction)
{
    return error_of_numerator / divisor +
           fabs(numerator) / divisor * (13 * d.unit + sqrt(6 * d.tiny / correction) / divisor);
}

/* of w = w factor - step: the step's, and roundings of both terms, which are no more than |w| + 2 |step| */
static inline double error_of_update(struct precision d, double w, double step, double error_of_step)
{
    return error_of_step + 3 * d.unit * (fabs(w) + 2 * fabs(step)) + 4 * d.tiny;
}

#endif
