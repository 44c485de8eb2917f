/* check.h - is this rung right? Is this backward the gradient of its forward?
 *
 * A rung is right at a shape if every output is within the operation's error bound of the double oracle,
 * whatever the outputs held before (they start as NaN), on every call (three, with changing data), bit for
 * bit the same when called again and when written over its input where the operation allows that, without
 * touching a byte outside its buffers and without writing its inputs.
 */
#ifndef RUNGS_CHECK_H
#define RUNGS_CHECK_H

#include "check_case.h"

/* A rung at one shape, as said above, in this process, between guard pages; guard_watch decides what a fault
 * does. */
struct check check_rung_at(const struct op *op, const struct rung *rung, const int *size, uint64_t seed);

/* One call on a problem that is there already, between guard pages at either side, likewise in this
 * process. */
struct check check_rung_on(const struct check_case *c, const struct rung *rung);

/* How long one shape may take before its rung is taken to hang; a slow oracle adds to it, as a rung at such a
 * shape is slow without being wrong. An oracle that takes as long by itself is CHECK_RESOURCES. */
extern unsigned check_shape_seconds;

/* All of the operation's check shapes (or only `shape`, if not NULL), in a child process: a crash or an
 * endless loop is a verdict, not the end. Do not call it once this process has threads of a library that does
 * not survive a fork (the rungs' own do). */
struct check check_rung(const struct op *op, const struct rung *rung, const int *shape, uint64_t seed);

/* How a rung is checked at one shape, and who is told of a fault there */
struct check_way {
    void (*watch)(void (*on_fault)(const char *sentence));
    struct check (*at)(const struct op *op, const struct rung *rung, const int *size, uint64_t seed);
};

/* The same for any way of checking and any shapes (ends with a 0) */
struct check check_apart(const struct check_way *way, const struct op *op, const struct rung *rung,
                         const int (*shapes)[MAX_SIZES], uint64_t seed);

/* The f64 backward against its forward by the gradient checker (gradcheck/gc.h), at all shapes of up to 4000
 * flops. Of an optimizer: its trajectories against the rule. CHECK_SKIP if the operation is neither.
 * gradients.h has it all, with reports. */
struct check check_gradient(const struct op *op, uint64_t seed);

#endif
