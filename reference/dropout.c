/* dropout.c - inverted dropout: while training, each element is dropped with probability p, and the others
 * are divided by 1 - p, so that the mean stays and nothing is left to do afterwards. With p = 0 everything is
 * kept as it is, which is what a network does when it is not trained; with p = 1 everything is dropped.
 *
 * dropout.h says which elements are kept. `mask` has a bit for each, 1 where it is kept: bit k % 32 of word
 * k / 32, 0 behind the last. What is dropped is 0, whatever it was.
 */
#include "dropout.h"
#include "real.h"
#include "reference.h"

/* Draws mask (n bits) */
static void draw(size_t n, uint32_t *mask, double p, uint64_t seed)
{
    uint64_t threshold = dropout_threshold(p);
    for (size_t k = 0; k < n; k++) {
        if (k % 32 == 0) mask[k / 32] = 0;
        mask[k / 32] |= dropout_keeps(seed, k, threshold) << k % 32;
    }
}

/* x / (1 - p) if bit k of the mask is set, else 0 */
static inline real kept(const uint32_t *mask, size_t k, real x, double p)
{
    return mask[k / 32] >> k % 32 & 1 ? x / (real)(1 - p) : 0;
}

/* y (n) = x / (1 - p) where mask (n bits) is set, else 0; mask is drawn. y may be x. */
void REF(dropout_forward)(int n, const real *x, real *y, uint32_t *mask, double p, uint64_t seed)
{
    draw((size_t)n, mask, p, seed);
    for (int k = 0; k < n; k++) y[k] = kept(mask, (size_t)k, x[k], p);
}

/* dx (n) = dy / (1 - p) where mask (n bits) is set, else 0. dx may be dy. */
void REF(dropout_backward)(int n, const uint32_t *mask, const real *dy, real *dx, double p)
{
    for (int k = 0; k < n; k++) dx[k] = kept(mask, (size_t)k, dy[k], p);
}

/* The same without a mask from the forward: it is drawn once more, of the same seed. dx may be dy. */
void REF(dropout_backward_recomputed)(int n, const real *dy, real *dx, double p, uint64_t seed)
{
    uint64_t threshold = dropout_threshold(p);
    for (int k = 0; k < n; k++)
        dx[k] = dropout_keeps(seed, (uint64_t)k, threshold) ? dy[k] / (real)(1 - p) : 0;
}

/* ---- the mask in bytes, 1 or 0: what most libraries keep ---- */

/* y (n) = x / (1 - p) where mask (n bytes) is 1, else 0; mask is drawn. y may be x. */
void REF(dropout_bytes_forward)(int n, const real *x, real *y, unsigned char *mask, double p, uint64_t seed)
{
    uint64_t threshold = dropout_threshold(p);
    for (int k = 0; k < n; k++) {
        mask[k] = (unsigned char)dropout_keeps(seed, (uint64_t)k, threshold);
        y[k] = mask[k] ? x[k] / (real)(1 - p) : 0;
    }
}

/* dx (n) = dy / (1 - p) where mask (n bytes) is not 0, else 0. dx may be dy. */
void REF(dropout_bytes_backward)(int n, const unsigned char *mask, const real *dy, real *dx, double p)
{
    for (int k = 0; k < n; k++) dx[k] = mask[k] ? dy[k] / (real)(1 - p) : 0;
}

/* ---- spatial dropout: whole planes of an image, as neighbours in a plane say nearly the same ---- */

/* y (N,C,HW) = x / (1 - p) where mask (N,C bits) is set, else 0; mask is drawn. y may be x. */
void REF(dropout_channels_forward)(int N, int C, int HW, const real *x, real *y, uint32_t *mask, double p,
                                   uint64_t seed)
{
    draw((size_t)N * C, mask, p, seed);
    for (size_t k = 0; k < (size_t)N * C * HW; k++) y[k] = kept(mask, k / HW, x[k], p);
}

/* dx (N,C,HW) = dy / (1 - p) where mask (N,C bits) is set, else 0. dx may be dy. */
void REF(dropout_channels_backward)(int N, int C, int HW, const uint32_t *mask, const real *dy, real *dx,
                                    double p)
{
    for (size_t k = 0; k < (size_t)N * C * HW; k++) dx[k] = kept(mask, k / HW, dy[k], p);
}

/* ---- a layer's bias, ReLU and dropout at once ---- */

/* y (N,C) = max(0, x + b) / (1 - p) where mask (N,C bits) is set, else 0. mask is drawn, and cleared where
 * the ReLU stops: one bit is all that the way back needs of either. y may be x. */
void REF(bias_relu_dropout_forward)(int N, int C, const real *x, const real *b, real *y, uint32_t *mask,
                                    double p, uint64_t seed)
{
    size_t n = (size_t)N * C;
    draw(n, mask, p, seed);
    for (size_t k = 0; k < n; k++) {
        real z = x[k] + b[k % C];
        if (re(z) <= 0) mask[k / 32] &= ~(1U << k % 32);
        y[k] = kept(mask, k, z, p);
    }
}

/* dx (N,C) = dy / (1 - p) where mask (N,C bits) is set, else 0; db (C) = column sums of dx. dx may be dy. */
void REF(bias_relu_dropout_backward)(int N, int C, const uint32_t *mask, const real *dy, real *dx, real *db,
                                     double p)
{
    for (size_t k = 0; k < (size_t)N * C; k++) dx[k] = kept(mask, k, dy[k], p);
    for (int c = 0; c < C; c++) {
        wide sum = 0;
        for (int n = 0; n < N; n++) sum += (wide)dx[(size_t)n * C + c];
        db[c] = (real)sum;
    }
}

/* ---- DropConnect: a dense layer's weights are dropped, one mask for all examples of the batch ---- */

/* y (N,OUT) = x (N,IN) * v (OUT,IN)^T + b (OUT), v = w / (1 - p) where mask (OUT,IN bits) is set, else 0;
 * mask is drawn */
void REF(dropconnect_forward)(int N, int IN, int OUT, const real *x, const real *w, const real *b, real *y,
                              uint32_t *mask, double p, uint64_t seed)
{
    draw((size_t)OUT * IN, mask, p, seed);
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) {
            real sum = b[o];
            for (int i = 0; i < IN; i++) {
                size_t k = (size_t)o * IN + i;
                sum += x[(size_t)n * IN + i] * kept(mask, k, w[k], p);
            }
            y[(size_t)n * OUT + o] = sum;
        }
}

/* dx (N,IN) = dy (N,OUT) * v (OUT,IN), v as in the forward */
void REF(dropconnect_backward_dx)(int N, int IN, int OUT, const real *w, const uint32_t *mask, const real *dy,
                                  real *dx, double p)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < IN; i++) {
            real sum = 0;
            for (int o = 0; o < OUT; o++) {
                size_t k = (size_t)o * IN + i;
                sum += dy[(size_t)n * OUT + o] * kept(mask, k, w[k], p);
            }
            dx[(size_t)n * IN + i] = sum;
        }
}

/* dw (OUT,IN) = dy (N,OUT)^T * x (N,IN) / (1 - p) where mask (OUT,IN bits) is set, else 0: a weight that took
 * no part learns nothing; db (OUT) = column sums of dy */
void REF(dropconnect_backward_dw)(int N, int IN, int OUT, const real *x, const uint32_t *mask, const real *dy,
                                  real *dw, real *db, double p)
{
    REF(dense_backward_dw)(N, IN, OUT, x, dy, dw, db);
    for (size_t k = 0; k < (size_t)OUT * IN; k++) dw[k] = kept(mask, k, dw[k], p);
}
