/* optimizer.c - rules that turn a gradient into a step. */
#include "real.h"
#include "reference.h"

/* w = w - lr dw, in place: stochastic gradient descent */
void REF(sgd_step)(int n, const real *dw, real *w, real lr)
{
    for (int k = 0; k < n; k++) w[k] -= lr * dw[k];
}
