/* optimizer.h - how a step moves the parameters: the kinds of optimizers, and one at work. */
#ifndef RUNGS_OPTIMIZER_H
#define RUNGS_OPTIMIZER_H

#include <stddef.h>
#include <stdint.h>
#include "../base/error.h"
#include "../optimized/op.h"
#include "netfile.h"
#include "schedule.h"

enum { OPTIMIZER_STATES = 2 };

/* An operation that makes a step on the parameters w with their gradient dw. Its other arguments are the
 * kind's own arrays, of as many elements, which start as zeros and persist. Its scalars have the values of
 * the line; lr follows the schedule, and t counts steps from 1. */
struct optimizer_kind {
    const char *op;
    int states;
};

extern const struct optimizer_kind optimizer_sgd, optimizer_adam;

/* An optimizer at work. A step is cut into pieces of the same elements whatever the number of threads, so
 * that any threads can do them in any order. */
struct optimizer {
    const struct optimizer_kind *kind;
    const struct net_line *line; /* the caller's; it must outlive it */
    struct schedule schedule;
    const char *rung; /* to tell people */
    const struct op *op;
    any_fn *run;
    struct scalar scalar[MAX_SCALARS];
    size_t n; /* parameters */
    const float *dw;
    float *w, *state[OPTIMIZER_STATES];
    float lr; /* of the step that comes */
};

/* For n parameters w with the gradient dw. A lack of memory ends the program. height: see rung_at_level. */
void optimizer_make(struct optimizer *o, const struct netfile *file, size_t n, const float *dw, float *w,
                    const char *level);
void optimizer_free(struct optimizer *o);

/* Sets the rate and the number of the step that comes. */
void optimizer_begin(struct optimizer *o, struct moment now);

int optimizer_pieces(const struct optimizer *o);
void optimizer_piece(const struct optimizer *o, int piece);

/* The whole step, on this thread */
void optimizer_step(const struct optimizer *o);

#endif
