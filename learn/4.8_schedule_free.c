/* 4.8 schedule_free - an average in place of a schedule, in two buffers
 *
 *   y = beta x + (1 - beta) z        dw is the gradient there
 *   z = z - lr dw                    plain gradient descent
 *   x = x + (z - x) / t              the mean of all z so far, t = 1, 2, ...
 *
 * With a rate that never falls z jumps about the minimum for ever; the mean of all its positions does not. A
 * network that trains at y and is tested at x seems to need three copies of its weights. But y is computed
 * from x and z: from any two of them the third follows.
 *
 * Keep y and z (n each, updated in place; before step 1 both are the initial weights). In each step recover x
 * from them, move z, then x, and store the new y in place of the old one. free_pair_average computes x (n),
 * at which the network is evaluated.
 */
#include <stdint.h>
#ifndef real
#define real float
#endif

void free_pair_step(int n, const real *dw, real *y, real *z, double lr, double beta, uint64_t t)
{
    (void)beta, (void)t; /* no average: y goes where z goes */
    for (int k = 0; k < n; k++) {
        z[k] -= (real)lr * dw[k];
        y[k] = z[k];
    }
}

void free_pair_average(int n, const real *y, const real *z, real *x, double beta)
{
    (void)z, (void)beta;
    for (int k = 0; k < n; k++) x[k] = y[k];
}
