/* loss_vector.h - the losses of n elements, some elements at a time: what the rungs of loss.c
 * are put together from. */
#ifndef RUNGS_LOSS_VECTOR_H
#define RUNGS_LOSS_VECTOR_H

struct loss_job {
    const float *y, *t;
    float *loss;        /* of each element, or NULL: only their sum is wanted     */
    const float *dloss; /* of each element, or NULL: that of all is `up`          */
    float *dy;          /* may be y                                               */
    float up, parameter;
};

enum {
    LOSS_PIECE = 4096
}; /* elements that are added in floats, in lanes side by side: see sum_depth in ops/op_common.h */

/* Elements at..at+n-1, n <= LOSS_PIECE. Returns the sum of their losses, or 0 if each is stored. */
typedef float loss_piece_fn(const struct loss_job *job, int at, int n);

struct loss_kernels {
    loss_piece_fn *forward, *backward, *both;
};

struct loss_vector {
#define LOSS(f, ...) struct loss_kernels f;
#define LOSS_WITH    LOSS
#include "../ops/losses.h"
#undef LOSS
#undef LOSS_WITH
};

extern const struct loss_vector loss_portable;
extern const struct loss_vector loss_avx2, loss_avx512; /* x86-64 only */

#endif
