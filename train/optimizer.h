/* optimizer.h - how a step moves the parameters: the kinds of optimizers and of schedules of the learning
 * rate. */
#ifndef RUNGS_OPTIMIZER_H
#define RUNGS_OPTIMIZER_H

#include <stddef.h>
#include "../base/error.h"
#include "../optimized/rung.h"
#include "netfile.h"

enum { OPTIMIZER_STATES = 2 };

/* One step on n parameters w with the gradient dw; t counts steps from 1. state[k] (n) are the kind's own
 * arrays, which start as zeros and persist; value[] are those of the kind's word in the grammar. */
struct optimizer_call {
    any_fn *run;
    int n;
    const float *dw;
    float *w, *state[OPTIMIZER_STATES];
    float value[WORD_VALUES], lr;
    long t;
};

struct optimizer_kind {
    const char *op; /* the operation that makes a step */
    int states;
    void (*step)(const struct optimizer_call *c);
};

extern const struct optimizer_kind optimizer_sgd;

/* The learning rate at a moment is that of the optimizer's line times this. epoch counts in fractions, 0 <=
 * epoch <= epochs. */
struct schedule_kind {
    double (*factor)(const struct net_value *value, double epoch, int epochs); /* of the schedule's word */
};

extern const struct schedule_kind schedule_constant, schedule_step, schedule_cosine;

/* An optimizer at work. A step is cut into pieces of the same elements whatever the number of threads, so
 * that any threads can do them in any order. */
struct optimizer {
    const struct optimizer_kind *kind;
    const struct net_line *line, *schedule; /* the caller's; they must outlive it */
    const char *rung;                       /* to tell people                     */
    struct optimizer_call whole;            /* of all parameters                  */
};

/* For n parameters w with the gradient dw. A lack of memory ends the program. height: see rung_at_height. */
void optimizer_make(struct optimizer *o, const struct netfile *file, size_t n, const float *dw, float *w,
                    const char *height);
void optimizer_free(struct optimizer *o);

/* Sets the rate and the number of the step that comes. */
void optimizer_begin(struct optimizer *o, double epoch, int epochs, long t);

int optimizer_pieces(const struct optimizer *o);
void optimizer_piece(const struct optimizer *o, int piece);

/* The whole step, on this thread */
void optimizer_step(const struct optimizer *o);

#endif
