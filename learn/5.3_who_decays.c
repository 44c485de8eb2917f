/* 5.3 who_decays - a step that knows which parameters decay
 *
 *   w (T,D) = (1 - lr wd) w - lr dw     for a tensor of rank 2 or more: a matrix of weights, a kernel
 *   w (T,D) = w - lr dw                 for one of rank 0 or 1: a bias, a normalization's gain
 *
 * There are T tensors of D numbers each; rank (T) is the number of dimensions of each tensor. The decay of
 * 5.1 pulls every parameter towards 0. A bias that is pulled to 0 cannot hold a layer's mean, and a gain
 * should be near 1. What is left of a gain of 1 after 100 steps with gradient 0, lr = 0.1 and wd = 0.3?
 */
#include <stddef.h>
#ifndef real
#define real float
#endif

void spared_step(int T, int D, const int *rank, const real *dw, real *w, double lr, double wd)
{
    (void)rank; /* all tensors decay */
    for (int i = 0; i < T * D; i++) w[i] = (real)(1 - lr * wd) * w[i] - (real)lr * dw[i];
}
