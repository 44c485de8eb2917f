/* 3.3 bce_logits - binary cross-entropy from the logit
 *
 *   p = 1 / (1 + exp(-z))        loss of element k = -t log p - (1 - t) log(1 - p),  t in [0, 1]
 *   dz = dloss (p - t)           divided by n if the loss is the mean
 *
 * y (n) holds the logits z, and t (n) the targets. 3.2 took the digits of p - 1 from the row's other classes.
 * Here there is only one p, and at z = 100 it is 1: log(1 - p) is -infinity, where the loss is 100. And with
 * t = 1 the loss there is 3.7e-44, and so is the size of the slope: neither is 0. Never compute 1 - p by a
 * subtraction: it is 1 / (1 + exp(z)). Let nothing else cancel either, whatever t is: a small loss must have
 * its digits, too.
 *
 * keep, reduce and upstream do what `reduction` says: each loss for itself, their mean, or their sum.
 */
#include <math.h>
#ifndef real
#define real float
#endif

enum { REDUCE_NONE, REDUCE_MEAN, REDUCE_SUM };

/* loss k: stored in its place, or returned, to be added to the total */
static inline double keep(real each, real *loss, int k, int reduction)
{
    if (reduction != REDUCE_NONE) return (double)each;
    loss[k] = each;
    return 0;
}

static inline void reduce(double total, int n, real *loss, int reduction)
{
    if (reduction != REDUCE_NONE) *loss = (real)(reduction == REDUCE_MEAN ? total / n : total);
}

/* the gradient that reaches loss k of n */
static inline real upstream(const real *dloss, int k, int n, int reduction)
{
    return reduction == REDUCE_NONE ? dloss[k] : reduction == REDUCE_MEAN ? *dloss / (real)n : *dloss;
}

void bce_logits_forward(int n, const real *y, const real *t, real *loss, int reduction)
{
    double total = 0;
    for (int k = 0; k < n; k++) {
        double p = 1 / (1 + exp(-(double)y[k]));
        real each = (real)(-(double)t[k] * log(p) - (1 - (double)t[k]) * log(1 - p)); /* p may be 1, or 0 */
        total += keep(each, loss, k, reduction);
    }
    reduce(total, n, loss, reduction);
}

void bce_logits_backward(int n, const real *y, const real *t, const real *dloss, real *dy, int reduction)
{
    for (int k = 0; k < n; k++) {
        double p = 1 / (1 + exp(-(double)y[k]));
        dy[k] = upstream(dloss, k, n, reduction) * (real)(p - (double)t[k]); /* where p is near t? */
    }
}
