/* 1.1 one_neuron - a dense layer, forward
 *
 *   y (N,OUT) = x (N,IN) * w (OUT,IN)^T + b (OUT)
 *
 * Row n of x is one example, row o of w is one neuron: y[n][o] is the neuron's bias plus the sum over i of
 * x[n][i] w[o][i]. Matrices are stored row by row, so x[n][i] is x[n * IN + i]. Every size from 1 up must
 * work, y holds NaN before the call, and x, w and b are read only.
 */
#include <stddef.h>
#ifndef real
#define real float
#endif

void dense_forward(int N, int IN, int OUT, const real *x, const real *w, const real *b, real *y)
{
    (void)IN, (void)x, (void)w; /* the sum is missing */
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) y[n * OUT + o] = b[o];
}
