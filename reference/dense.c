/* dense.c - the fully connected layer, forward and backward.
 *
 *   x (N,IN)  one example per row        y, dy (N,OUT)
 *   w (OUT,IN) one neuron per row        b (OUT)
 *
 * With L the loss and dy = dL/dy given from above, the chain rule gives
 *   dx = dy w          dw = dy^T x          db = column sums of dy
 */
#include "real.h"
#include "reference.h"

/* y (N,OUT) = x (N,IN) * w (OUT,IN)^T + b (OUT): y[n][o] = b[o] + sum_i x[n][i] w[o][i] */
void REF(dense_forward)(int N, int IN, int OUT, const real *x, const real *w, const real *b, real *y)
{
    for (int n = 0; n < N; n++) {
        const real *xn = x + (size_t)n * IN;
        for (int o = 0; o < OUT; o++) {
            const real *wo = w + (size_t)o * IN;
            real sum = b[o];
            for (int i = 0; i < IN; i++) sum += xn[i] * wo[i];
            y[(size_t)n * OUT + o] = sum;
        }
    }
}

/* dx (N,IN) = dy (N,OUT) * w (OUT,IN): every neuron o that read x[n][i] sends back dy[n][o] w[o][i] */
void REF(dense_backward_dx)(int N, int IN, int OUT, const real *w, const real *dy, real *dx)
{
    for (int n = 0; n < N; n++) {
        const real *dyn = dy + (size_t)n * OUT;
        for (int i = 0; i < IN; i++) {
            real sum = 0;
            for (int o = 0; o < OUT; o++) sum += dyn[o] * w[(size_t)o * IN + i];
            dx[(size_t)n * IN + i] = sum;
        }
    }
}

/* dw (OUT,IN) = dy (N,OUT)^T * x (N,IN), db (OUT) = sum over n of dy[n]: w and b serve every example,
 * so their gradients sum over the batch */
void REF(dense_backward_dw)(int N, int IN, int OUT, const real *x, const real *dy, real *dw, real *db)
{
    for (int o = 0; o < OUT; o++) {
        for (int i = 0; i < IN; i++) {
            real sum = 0;
            for (int n = 0; n < N; n++) sum += dy[(size_t)n * OUT + o] * x[(size_t)n * IN + i];
            dw[(size_t)o * IN + i] = sum;
        }
        real sum = 0;
        for (int n = 0; n < N; n++) sum += dy[(size_t)n * OUT + o];
        db[o] = sum;
    }
}

/* w (OUT,IN) = w - lr dy (N,OUT)^T * x (N,IN): gradient descent's step with the gradient of a dense layer's
 * weights, which is kept nowhere */
void REF(dense_sgd_step)(int N, int IN, int OUT, const real *x, const real *dy, real *w, real lr)
{
    for (int o = 0; o < OUT; o++)
        for (int i = 0; i < IN; i++) {
            real sum = 0;
            for (int n = 0; n < N; n++) sum += dy[(size_t)n * OUT + o] * x[(size_t)n * IN + i];
            w[(size_t)o * IN + i] -= lr * sum;
        }
}

/* y (N,OUT) = max(0, x (N,IN) * w (OUT,IN)^T + b (OUT)): the layer and its ReLU in one operation */
void REF(dense_relu_forward)(int N, int IN, int OUT, const real *x, const real *w, const real *b, real *y)
{
    REF(dense_forward)(N, IN, OUT, x, w, b, y);
    for (size_t k = 0; k < (size_t)N * OUT; k++)
        if (re(y[k]) <= 0) y[k] = 0;
}

/* dz (N,IN) = dy (N,OUT) * w (OUT,IN), but 0 where a (N,IN) <= 0: the gradient goes back through the
 * layer and through the ReLU that made its input, a = max(0, z) */
void REF(dense_relu_backward_dx)(int N, int IN, int OUT, const real *a, const real *w, const real *dy,
                                 real *dz)
{
    REF(dense_backward_dx)(N, IN, OUT, w, dy, dz);
    for (size_t k = 0; k < (size_t)N * IN; k++)
        if (!(re(a[k]) > 0)) dz[k] = 0;
}
