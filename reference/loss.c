/* loss.c - losses that end a network, and their gradients: of n elements, and of rows behind a
 * softmax whose result is kept.
 *
 * A loss of n elements is one number for each of them (REDUCE_NONE), or their mean or sum. dloss is the
 * gradient of whatever follows with respect to the loss: n numbers or one, all 1 where the loss is the end.
 * NAME_with_gradient takes it to be 1, and gives the loss and dy in one pass. dy may be y.
 */
#include "loss_reduce.h"
#include "reference.h"

/* ---- mse ---- */

/* the loss of element k is (y - t)^2 */
void REF(mse_forward)(int n, const real *y, const real *t, real *loss, int reduction)
{
    wide total = 0;
    for (int k = 0; k < n; k++) total += keep((y[k] - t[k]) * (y[k] - t[k]), loss, k, reduction);
    reduce(total, n, loss, reduction);
}

/* dy = dloss 2 (y - t), over n if the loss is the mean */
void REF(mse_backward)(int n, const real *y, const real *t, const real *dloss, real *dy, int reduction)
{
    for (int k = 0; k < n; k++) dy[k] = upstream(dloss, k, n, reduction) * 2 * (y[k] - t[k]);
}

void REF(mse_with_gradient)(int n, const real *y, const real *t, real *loss, real *dy, int reduction)
{
    wide total = 0;
    for (int k = 0; k < n; k++) {
        real d = y[k] - t[k];
        total += keep(d * d, loss, k, reduction);
        dy[k] = share(n, reduction) * 2 * d;
    }
    reduce(total, n, loss, reduction);
}

/* ---- mae ---- */

static inline real absolute(real d)
{
    return re(d) < 0 ? -d : d;
}

/* its slope; at the kink d = 0 it is taken to be 0, and a NaN stays a NaN */
static inline real sign(real d)
{
    return re(d) > 0 ? 1 : re(d) < 0 ? -1 : d;
}

/* the loss of element k is |y - t| */
void REF(mae_forward)(int n, const real *y, const real *t, real *loss, int reduction)
{
    wide total = 0;
    for (int k = 0; k < n; k++) total += keep(absolute(y[k] - t[k]), loss, k, reduction);
    reduce(total, n, loss, reduction);
}

/* dy = dloss sign(y - t), over n if the loss is the mean */
void REF(mae_backward)(int n, const real *y, const real *t, const real *dloss, real *dy, int reduction)
{
    for (int k = 0; k < n; k++) dy[k] = upstream(dloss, k, n, reduction) * sign(y[k] - t[k]);
}

void REF(mae_with_gradient)(int n, const real *y, const real *t, real *loss, real *dy, int reduction)
{
    wide total = 0;
    for (int k = 0; k < n; k++) {
        real d = y[k] - t[k];
        total += keep(absolute(d), loss, k, reduction);
        dy[k] = share(n, reduction) * sign(d);
    }
    reduce(total, n, loss, reduction);
}

/* ---- huber: P. J. Huber, Robust Estimation of a Location Parameter, 1964 ---- */

/* d^2 / 2 where |d| <= delta, beyond it the tangent there: delta (|d| - delta / 2); 0 < delta */
static inline real huber(real d, real delta)
{
    real a = absolute(d);
    return re(a) <= re(delta) ? d * d / 2 : delta * (a - delta / 2);
}

/* d, or the end of [-delta, delta] beyond which it lies */
static inline real huber_derivative(real d, real delta)
{
    return re(d) > re(delta) ? delta : re(d) < -re(delta) ? -delta : d;
}

/* the loss of element k is huber(y - t) */
void REF(huber_forward)(int n, const real *y, const real *t, real *loss, real delta, int reduction)
{
    wide total = 0;
    for (int k = 0; k < n; k++) total += keep(huber(y[k] - t[k], delta), loss, k, reduction);
    reduce(total, n, loss, reduction);
}

/* dy = dloss huber'(y - t), over n if the loss is the mean */
void REF(huber_backward)(int n, const real *y, const real *t, const real *dloss, real *dy, real delta,
                         int reduction)
{
    for (int k = 0; k < n; k++)
        dy[k] = upstream(dloss, k, n, reduction) * huber_derivative(y[k] - t[k], delta);
}

void REF(huber_with_gradient)(int n, const real *y, const real *t, real *loss, real *dy, real delta,
                              int reduction)
{
    wide total = 0;
    for (int k = 0; k < n; k++) {
        real d = y[k] - t[k];
        total += keep(huber(d, delta), loss, k, reduction);
        dy[k] = share(n, reduction) * huber_derivative(d, delta);
    }
    reduce(total, n, loss, reduction);
}

/* ---- softmax and cross-entropy of N rows, p kept ---- */

/* loss (1) = mean over n of -log p[n][label[n]], p (N,C) = softmax(z) by rows, 0 <= label < C.
 * The row's maximum is subtracted first: softmax does not change, and exp cannot overflow. Where the label
 * holds the maximum, the loss is made from the other classes alone: 1 would hide them (see xent.c). */
void REF(softmax_xent_forward)(int N, int C, const real *z, const int *label, real *p, real *loss)
{
    real total = 0;
    for (int n = 0; n < N; n++) {
        const real *zn = z + (size_t)n * C;
        real *pn = p + (size_t)n * C;
        real max = zn[0];
        wide others = 0;
        for (int c = 1; c < C; c++)
            if (re(zn[c]) > re(max)) max = zn[c];
        for (int c = 0; c < C; c++) {
            pn[c] = exp(zn[c] - max);
            others += (c != label[n]) * (wide)pn[c]; /* no branch to guess */
        }
        real below = max - zn[label[n]];
        wide sum = others + (wide)pn[label[n]];
        total += below + (re(below) > 0 ? log((real)sum) : (real)log_1_plus(others));
        for (int c = 0; c < C; c++) pn[c] /= (real)sum;
    }
    *loss = total / N;
}

/* p - 1 for the label's p. Where that is above 1/2, it is minus the sum of the other p, which keep the digits
 * that 1 hides in it. */
static wide less_one(int C, const real *p, int label)
{
    wide own = (wide)p[label] - 1, others = 0;
    if (!(2 * re(own) > -1)) return own;
    for (int c = 0; c < C; c++)
        if (c != label) others += (wide)p[c];
    return -others;
}

/* dz (N,C) = dloss (p - onehot(label)) / N: softmax and cross-entropy together have this short gradient */
void REF(softmax_xent_backward)(int N, int C, const real *p, const int *label, const real *dloss, real *dz)
{
    for (int n = 0; n < N; n++, p += C, dz += C) {
        real own = (real)less_one(C, p, label[n]);
        for (int c = 0; c < C; c++) dz[c] = *dloss * (c == label[n] ? own : p[c]) / N;
    }
}
