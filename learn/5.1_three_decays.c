/* 5.1 three_decays - weight decay in the loss, coupled, and decoupled
 *
 *   in the loss   L + lambda/2 sum of w^2, so    dw = dloss lambda w      is added to the loss's gradient
 *   coupled       w = w - lr (dw + wd w)         the step adds it to the gradient that it is given
 *   decoupled     w = (1 - lr wd) w              before a step that knows nothing of it
 *
 * w and dw have n elements, dloss is one number, and w is updated in place. With plain gradient descent the
 * three take the same path, with lambda = wd. Is this also true of Adam, which divides by the root of the
 * mean square of the gradients? The gate tells you, when all three are right.
 */
#ifndef real
#define real float
#endif

void l2_penalty_backward(int n, const real *w, const real *dloss, real *dw, double lambda)
{
    (void)w, (void)dloss, (void)lambda;
    for (int k = 0; k < n; k++) dw[k] = 0;
}

void sgd_decay_step(int n, const real *dw, real *w, double lr, double wd)
{
    (void)wd;
    for (int k = 0; k < n; k++) w[k] -= (real)lr * dw[k];
}

void weight_decay_step(int n, real *w, double lr, double wd)
{
    (void)n, (void)w, (void)lr, (void)wd;
}
