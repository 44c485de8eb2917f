/* optimizer_rungs.h - the rungs of optimizers' steps that are in other files than their ladders, and the
 * constants that they take out of their loops. */
#ifndef RUNGS_OPTIMIZER_RUNGS_H
#define RUNGS_OPTIMIZER_RUNGS_H

#include <math.h>

#include "../op.h"

/* ---- optimizer_avx2.c, optimizer_avx512.c ---- */

sgd_step_fn sgd_step_avx2, sgd_step_avx512, sgd_step_stream;
sgd_step_fn *sgd_step_widest(void); /* of this machine on one thread: optimizer.c */
momentum_step_fn momentum_step_avx2, momentum_step_avx512, momentum_step_stream;
rmsprop_step_fn rmsprop_step_avx2, rmsprop_step_avx512;
adam_step_fn adam_step_avx2, adam_step_reciprocal, adam_step_avx512, adam_step_stream;
adamw_step_fn adamw_step_avx2, adamw_step_reciprocal, adamw_step_avx512, adamw_step_stream;

/* ---- the constants of RMSprop ---- */

struct rmsprop_constants {
    float keep, add;       /* alpha, 1 - alpha */
    float inside, outside; /* eps at one of the two places, 0 at the other */
    float rate, mu;
};

static inline struct rmsprop_constants rmsprop_constants(double lr, double alpha, double eps,
                                                         uint64_t eps_inside, double mu)
{
    return (struct rmsprop_constants){
        .keep = (float)alpha,
        .add = (float)(1 - alpha),
        .inside = eps_inside ? (float)eps : 0,
        .outside = eps_inside ? 0 : (float)eps,
        .rate = (float)lr,
        .mu = (float)mu,
    };
}

/* ---- the constants of Adam and AdamW ----
 *
 * With c1 = 1 - beta1^t and c2 = 1 - beta2^t,
 *
 *   lr (m / c1) / (sqrt(v / c2) + eps) = (lr sqrt(c2) / c1) m / (sqrt(v) + eps sqrt(c2)),
 *
 * so that the corrections go into two constants of the step, `rate` and `small`, and two of three divisions
 * per weight are gone. */
struct adam_constants {
    float keep_m, add_m;   /* beta1, 1 - beta1 */
    float keep_v, add_v;   /* beta2, 1 - beta2 */
    float keep_w;          /* 1 - lr wd; 1 of Adam, which has no decay */
    float rate, small;     /* lr sqrt(c2) / c1, eps sqrt(c2) */
    float lr, eps, c1, c2; /* for those who follow the formula */
};

/* wd is 0 of Adam */
static inline struct adam_constants adam_constants(double lr, double beta1, double beta2, double eps,
                                                   double wd, uint64_t t)
{
    const double c1 = 1 - pow(beta1, (double)t), c2 = 1 - pow(beta2, (double)t);
    return (struct adam_constants){
        .keep_m = (float)beta1,
        .add_m = (float)(1 - beta1),
        .keep_v = (float)beta2,
        .add_v = (float)(1 - beta2),
        .keep_w = (float)(1 - lr * wd),
        .rate = (float)(lr * sqrt(c2) / c1),
        .small = (float)(eps * sqrt(c2)),
        .lr = (float)lr,
        .eps = (float)eps,
        .c1 = (float)c1,
        .c2 = (float)c2,
    };
}

/* ---- for many tensors (adam_many.c) ---- */

/* Adam on n weights, with the constants of the step as an argument */
typedef void adam_range_fn(int n, const float *dw, float *w, float *m, float *v,
                           const struct adam_constants *c);
adam_range_fn adam_range_folded, adam_range_avx2, adam_range_avx512;

/* adam.c: this machine's widest rung on one thread, and 08_threads */
adam_step_fn *adam_step_widest(void);
adam_step_fn adam_step_threads;

#endif
