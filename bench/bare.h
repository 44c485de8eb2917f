/* bare.h - the bare loop beside an optimizer's step: it reads the same arrays and writes the same arrays, on
 * the same threads, and computes next to nothing. A step that takes as long has its arithmetic for nothing.
 *
 * A roof is the best of all patterns of memory; the bare loop is the best that this one allows, three arrays
 * updated beside one that is read, say, at the size of the race. */
#ifndef RUNGS_BARE_H
#define RUNGS_BARE_H

#include "../optimized/op.h"

enum { BARE_MOST = 4 }; /* updated arrays */

extern const char bare_name[]; /* in tables and files */

/* 1 if the operation is a step that reads one array of n floats and updates 1 to BARE_MOST such arrays */
int bare_fits(const struct op *op);

/* Of each updated array y: y = 0 y + x, x being what the step reads. It fits. Arrays may lie anywhere; loads
 * and stores are as fast as the step's where they lie alike. */
void bare_call(const struct op *op, const int *size, void *const *buf);

#endif
