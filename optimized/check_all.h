/* check_all.h - all that is to be checked of an operation, or of all: every rung, and every backward's
 * gradient. Whoever wants to tell of it gets each finding as it comes, and the counts at the end. */
#ifndef RUNGS_CHECK_ALL_H
#define RUNGS_CHECK_ALL_H

#include "check.h"
#include "device.h"

struct checking {
    const struct op *op;         /* NULL: all of them, with their sets                           */
    const struct rung *rung;     /* NULL: all, and the gradient; needs an operation             */
    const int *shape;            /* NULL: the operation's check shapes; needs an operation      */
    const struct device *device; /* NULL: the CPU ladders; else the CUDA ladders, on this device */
    uint64_t seed;

    /* A function from outside, instead of the ladder: a list of one rung (its run may be
     * NULL), and what checks it */
    const struct rung *outside;
    struct check (*check_outside)(const struct op *op, const struct rung *rung, const int *shape,
                                  uint64_t seed);
};

struct finding {
    const struct op *op;
    const struct rung *rung; /* NULL: the reference's gradient                          */
    const char *name;        /* of the rung, "gradient" or "trajectory"                              */
    struct check check;
    int number, of; /* the first is 1                                          */
};

struct check_counts {
    int rungs, gradients, trajectories; /* that passed                               */
    int failed, skipped;
    double worst_rung;     /* largest error of a rung that passed, as a fraction of its bound */
    double worst_gradient; /* the same of a gradient, relative                        */
    const char *lacks;     /* what ran out before the end (the last finding's sentence); else NULL */
};

typedef void finding_fn(const struct finding *f, void *context);

/* Tells each finding. Ends early when memory, time or processes run out, for the next rung
 * would be no better off. */
struct check_counts check_all(const struct checking *what, finding_fn *tell, void *context);

#endif
