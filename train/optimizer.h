/* optimizer.h - how a step moves the parameters: the kinds of optimizers, and one at work. */
#ifndef RUNGS_OPTIMIZER_H
#define RUNGS_OPTIMIZER_H

#include <stddef.h>
#include <stdint.h>
#include "../base/error.h"
#include "../optimized/op.h"
#include "decay.h"
#include "netfile.h"
#include "network.h"
#include "schedule.h"

enum { OPTIMIZER_STATES = 3 };

/* An operation that makes a step on the parameters w with their gradient dw. Its other arguments are the
 * optimizer's own arrays, of as many elements, which start as zeros and persist. Its scalars have the values
 * of the line; lr follows the schedule, t counts steps from 1, and an operation that has `warmup` gets the
 * steps of that in place of a rate that rises. */
struct optimizer_kind {
    const char *op;
    int states;       /* arrays that it always keeps */
    int averages;     /* 1: the last state is what a network is tested with, from the first step on; in place
                   * of a schedule */
    const char *rest; /* the operation is for hidden matrices of weights, rows and columns, and this one for
                       * all others; NULL: it is for all */
    const char *const *more; /* values of the line of which each keeps one more where it is above 0; ends with
                              * NULL; NULL: none does */
};

extern const struct optimizer_kind optimizer_sgd, optimizer_momentum, optimizer_rmsprop, optimizer_adagrad,
    optimizer_adadelta, optimizer_adam, optimizer_adamw, optimizer_amsgrad, optimizer_nadam, optimizer_lion,
    optimizer_muon, optimizer_schedule_free;

/* Some parameters, which one thread moves in one go */
struct piece {
    size_t at;
    int n, decays; /* decays: 1 if these should stay small */
};

struct matrix {
    size_t at;
    int rows, cols;
};

/* An optimizer at work. A step is cut into pieces of the same elements whatever the number of threads, so
 * that any threads can do them in any order. */
struct optimizer {
    const struct optimizer_kind *kind;
    const struct net_line *line; /* the caller's; it must outlive it */
    struct schedule schedule;
    struct decay decay;
    const char *rung; /* to tell people */
    const struct op *op;
    any_fn *run;
    struct scalar scalar[MAX_SCALARS], undecayed[MAX_SCALARS]; /* the second with wd = 0 */
    struct rule rest;                                          /* of the kind's `rest` */
    struct matrix
        *matrix; /* (matrices) that the operation moves, if there is a rest; all others are in pieces */
    int matrices, pieces;
    struct piece *piece;       /* (pieces) */
    const struct network *net; /* the caller's */
    size_t n;                  /* parameters */
    int states;
    float *dw, *w, *state[OPTIMIZER_STATES];
    double lr; /* of the step that comes */
};

/* For the parameters of a network that was made. A lack of memory ends the program. level: see
 * rung_at_level. */
void optimizer_make(struct optimizer *o, const struct netfile *file, const struct network *net,
                    const char *level);
void optimizer_free(struct optimizer *o);

/* Sets the rate and the number of the step that comes, limits its gradient, and moves the matrices, each on
 * all threads. The pieces are left to do. */
void optimizer_begin(struct optimizer *o, struct moment now);

/* The operation of that line's optimizer, with the values that it has for scalars: they say which states
 * there are */
const struct op *optimizer_op(const struct net_line *line);

/* How many arrays that line's optimizer keeps, of as many elements as there are parameters */
int optimizer_states(const struct net_line *line);

/* 1 if it has a mu or a beta1 above 0, which a schedule may change */
int optimizer_has_momentum(const struct net_line *line);

/* One of its pieces */
void optimizer_piece(const struct optimizer *o, int piece);

/* After all of them: what limits whole rows of weights, on all threads */
void optimizer_end(const struct optimizer *o);

/* 1 if that layer's weights are a hidden matrix: with others behind it, which make the output */
int optimizer_has_matrix(const struct network *net, int layer);

/* The parameters with which a network is tested after so many steps: w, or an average of them */
float *optimizer_tested(const struct optimizer *o, long steps);

/* The whole step, on this thread */
void optimizer_step(const struct optimizer *o);

#endif
