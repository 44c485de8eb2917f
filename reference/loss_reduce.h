/* loss_reduce.h - what becomes of the losses of elements or rows: each for itself,
 * their mean, or their sum. */
#ifndef RUNGS_LOSS_REDUCE_H
#define RUNGS_LOSS_REDUCE_H

#include "real.h"
#include "reference.h"

/* loss k: stored in its place, or returned to be added to the total */
static inline wide keep(real each, real *loss, int k, int reduction)
{
    if (reduction != REDUCE_NONE) return (wide)each;
    loss[k] = each;
    return 0;
}

/* loss (1) = total, or total / n; n is 0 where nothing counted, and so is the loss */
static inline void reduce(wide total, int n, real *loss, int reduction)
{
    if (reduction != REDUCE_NONE) *loss = (real)(reduction == REDUCE_MEAN && n > 0 ? total / n : total);
}

/* d(reduced loss) / d(loss of one of n) */
static inline real share(int n, int reduction)
{
    return reduction == REDUCE_MEAN ? 1 / (real)n : 1;
}

/* the gradient that reaches loss k of n */
static inline real upstream(const real *dloss, int k, int n, int reduction)
{
    return reduction == REDUCE_NONE ? dloss[k] : *dloss * share(n, reduction);
}

#endif
