/* decay.h - what a training does beside its optimizer's step: limits for the gradient (`clip`), and what
 * keeps weights small (`weight_decay`, `l1`).
 *
 * The order is PyTorch's: the gradient of the loss is clipped, then that of a penalty is added to it,
 * decoupled decay shrinks the weights, the optimizer makes its step, a proximal step follows, and a limit
 * for the length of each unit's weights (`max_norm`) is last.
 */
#ifndef RUNGS_DECAY_H
#define RUNGS_DECAY_H

#include "../optimized/op.h"
#include "layers.h"

/* An operation at work: one rung of it, with scalars of its own. run == NULL: not asked for. */
struct rule {
    const struct op *op;
    any_fn *run;
    struct scalar scalar[MAX_SCALARS];
};

/* The operation, at that level, with its own scalars */
void decay_rule(struct rule *r, const char *op, const char *level);

struct decay {
    struct rule clip_value, clip_norm;     /* of a whole gradient, in this order                */
    float norm;                            /* of the last gradient, before it was limited to it */
    struct rule penalty, penalty_gradient; /* l1 sum of |w| + l2/2 sum of w^2                    */
    struct rule shrink, proximal;
    struct rule max_norm; /* of the weights of each unit of the next layer, a row */
    int biases;           /* 1: all of this is for biases, too */
};

/* As the file says. level: see rung_at_level. */
void decay_make(struct decay *d, const struct netfile *file, const char *level);

/* 1 if weights and biases may be treated otherwise */
int decay_is_on(const struct decay *d);

/* 1 if it is for that parameter of the layer: its weights, number 0, and biases if the file says so */
int decay_covers(const struct decay *d, const struct layer *layer, int param);

/* Limits a whole gradient. */
void decay_clip(struct decay *d, size_t n, float *dw);

enum { DECAY_MOST = 1 << 14 };

/* Before and after an optimizer's step with that rate, on n <= DECAY_MOST parameters that it is for */
void decay_before(const struct decay *d, int n, float *dw, float *w, double lr);
void decay_after(const struct decay *d, int n, float *w, double lr);

/* Limits the rows of a layer's weights, w (rows,cols), if there is a limit. */
void decay_limit(const struct decay *d, int rows, int cols, float *w);

#endif
