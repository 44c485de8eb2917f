/* wrong_steps.h - steps of optimizers, and clipping, that are wrong in the ways real ones are. */
#ifndef RUNGS_WRONG_STEPS_H
#define RUNGS_WRONG_STEPS_H

#include "../optimized/op.h"

struct wrong {
    const char *op; /* with the set in which it is wrong */
    struct rung rung;
    const char *check; /* that rejects it: one of step_checks.h, or "special" */
    const char *word;  /* of its reason                                       */
};

extern const struct wrong wrong_steps[]; /* ends with op == NULL */

#endif
