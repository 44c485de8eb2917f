/* 3.2 softmax_ce_grad - the gradient of softmax and cross-entropy in one
 *
 *   loss = mean over n of -log p[n][label[n]],  p = softmax(z) by rows        z, p, dz (N,C), label (N)
 *
 * Softmax's Jacobian is a matrix, and the logarithm's slope is 1 / p: together they are one subtraction. p is
 * given, and dloss is one number, dL/dloss. The loss is a mean over the N rows. A network that is certain and
 * right has a p near 1, and p - 1 has lost its digits: the other p of the row still have them, and a row adds
 * up to 1. dz may be the same memory as p.
 */
#include <stddef.h>
#ifndef real
#define real float
#endif

void softmax_xent_backward(int N, int C, const real *p, const int *label, const real *dloss, real *dz)
{
    for (int n = 0; n < N; n++, p += C, dz += C)
        for (int c = 0; c < C; c++) dz[c] = *dloss * (p[c] - (c == label[n])); /* of a sum, not of a mean */
}
