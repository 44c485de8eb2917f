/* loss.c - losses that end a network, and their gradients.
 *
 * dloss (1) is the gradient of whatever follows with respect to the loss: 1 when the loss is the end.
 */
#include "real.h"
#include "reference.h"

/* loss (1) = mean over n of -log p[n][label[n]], p (N,C) = softmax(z) by rows, 0 <= label < C.
 * The row's maximum is taken off first: softmax does not change, and exp cannot overflow. */
void REF(softmax_xent_forward)(int N, int C, const real *z, const int *label, real *p, real *loss)
{
    real total = 0;
    for (int n = 0; n < N; n++) {
        const real *zn = z + (size_t)n * C;
        real *pn = p + (size_t)n * C;
        real max = zn[0], sum = 0;
        for (int c = 1; c < C; c++)
            if (re(zn[c]) > re(max)) max = zn[c];
        for (int c = 0; c < C; c++) {
            pn[c] = exp(zn[c] - max);
            sum += pn[c];
        }
        for (int c = 0; c < C; c++) pn[c] /= sum;
        total += log(sum) - (zn[label[n]] - max);
    }
    *loss = total / N;
}

/* dz (N,C) = dloss (p - onehot(label)) / N: softmax and cross-entropy together have this short gradient */
void REF(softmax_xent_backward)(int N, int C, const real *p, const int *label, const real *dloss, real *dz)
{
    for (int n = 0; n < N; n++)
        for (int c = 0; c < C; c++) {
            size_t k = (size_t)n * C + c;
            dz[k] = *dloss * (p[k] - (c == label[n])) / N;
        }
}

/* loss (1) = (1/n) sum_k (y[k] - t[k])^2 */
void REF(mse_forward)(int n, const real *y, const real *t, real *loss)
{
    real total = 0;
    for (int k = 0; k < n; k++) total += (y[k] - t[k]) * (y[k] - t[k]);
    *loss = total / n;
}

/* dy = dloss 2 (y - t) / n */
void REF(mse_backward)(int n, const real *y, const real *t, const real *dloss, real *dy)
{
    for (int k = 0; k < n; k++) dy[k] = *dloss * 2 * (y[k] - t[k]) / n;
}
