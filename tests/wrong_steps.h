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

#define WRONG_STEP(op, function, check, word)                               \
    {                                                                       \
        op, { #function, (any_fn *)(function), NEED_NONE, "" }, check, word \
    }

/* Each ends with op == NULL; the second is of RMSprop, in wrong_rmsprop.c. */
extern const struct wrong wrong_steps[], wrong_rmsprop[];

#endif
