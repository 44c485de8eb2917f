/* step_checks.h - what a right step of an optimizer does, beside agreeing with its oracle in one call. Each
 * check looks for a kind of mistake that the others may pass; wrong_optimizers.c has a wrong version for
 * each. */
#ifndef RUNGS_STEP_CHECKS_H
#define RUNGS_STEP_CHECKS_H

#include "../optimized/check.h"

enum { STEP_REASON = 400 };

/* 1 if the rung passes, or if the check says nothing about such an operation; else 0 and a sentence */
typedef int step_check_fn(const struct op *op, const struct rung *rung, char *reason);

struct step_check {
    const char *name;
    step_check_fn *passes;
};

/* one step, five steps, changing rate, gradient's scale, large t, subnormal gradient, NaN; ends with NULL */
extern const struct step_check step_checks[];

/* ---- an optimizer on its way: w at will, its states 0 before the first step ---- */

enum { WALK = 40 };

struct walk {
    const struct op *op;
    any_fn *run; /* NULL: the oracle, in double */
    int n;
    struct scalar scalar[MAX_SCALARS];
    float arg[MAX_ARGS][WALK]; /* in the order of the operation's: dw, w, states */
    double wide[MAX_ARGS][WALK];
};

void walk_begin(struct walk *walk, const struct op *op, any_fn *run, int n);
/* the value of a scalar if there is one of that name */
void walk_set(struct walk *walk, const char *name, double value);
double walk_get(const struct walk *walk, const char *name);
/* step t with the gradient in dw, which float and oracle both have as a float */
void walk_step(struct walk *walk, int t, const float *dw);
/* element k of argument a */
double walk_value(const struct walk *walk, int a, int k);
void walk_put(struct walk *walk, int a, int k, float value);

#endif
