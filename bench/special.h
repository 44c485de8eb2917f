/* special.h - is a contestant as exact as the rungs where a race's random inputs do not look?
 *
 * An operation of n elements or of rows is called with one special argument at a time, in all elements or as
 * the first number of each row, whose others are 0: tails, neighbors of 0 and of kinks, large arguments, and
 * for functions of n elements the infinities and NaN. What comes out is held against the operation's error
 * bound for rungs in float, without the allowance that a library's own formula gets in a race (peers.h). A
 * result below the smallest normal number may be flushed to 0.
 */
#ifndef RUNGS_SPECIAL_H
#define RUNGS_SPECIAL_H

#include "../optimized/op.h"
#include "results/row.h"

/* Does the operation in float; buf as for op->call */
typedef void special_call_fn(void *with, const int *size, void *const *buf);

/* Products of matrices have no special arguments: nothing is called, and nothing is beyond the bound. */
struct special special_worst(const struct op *op, special_call_fn *call, void *with);

#endif
