/* xent.c - cross-entropy of N rows of C logits z behind a softmax: p = exp(z) / sum of exp(z), by rows.
 *
 * Labels are ints, and may be smoothed, or are distributions themselves ("soft"). A label -1 means none: that row has
 * no loss, gradient 0, and does not count in the mean; if no row counts, the loss is 0. Reductions and dloss as in loss.c.
 *
 * The row's maximum is taken off first: the loss does not change, and exp cannot overflow. What a row's logits are below
 * its maximum must add up to no more than the largest number. dz may be z.
 */
#include "loss_reduce.h"
#include "reference.h"

static real largest(int C, const real *z)
{
    real max = z[0];
    for (int c = 1; c < C; c++)
        if (re(z[c]) > re(max)) max = z[c];
    return max;
}

/* log of the sum of exp(z - max) */
static real log_sum(int C, const real *z, real max)
{
    wide sum = 0;
    for (int c = 0; c < C; c++) sum += (wide)exp(z[c] - max);
    return (real)log(sum);
}

/* p = softmax(z); p may be z */
static void probabilities(int C, const real *z, real max, real *p)
{
    wide sum = 0;
    for (int c = 0; c < C; c++) {
        p[c] = exp(z[c] - max);
        sum += (wide)p[c];
    }
    for (int c = 0; c < C; c++) p[c] /= (real)sum;
}

/* ---- labels ---- */

/* rows that have a label */
static int labelled(int N, const int *label)
{
    int count = 0;
    for (int n = 0; n < N; n++) count += label[n] >= 0;
    return count;
}

/* -sum_c q[c] log p[c] with q = (1 - e) onehot(label) + e / C, e = smoothing:
 * logsumexp(z) - (1 - e) z[label] - (e / C) sum_c z[c] */
static real row_loss(int C, const real *z, int label, real smoothing)
{
    real max = largest(C, z), loss = log_sum(C, z, max) - (1 - smoothing) * (z[label] - max);
    wide sum = 0;
    if (re(smoothing) == 0) return loss;
    for (int c = 0; c < C; c++) sum += (wide)(z[c] - max);
    return loss - smoothing * (real)(sum / C);
}

/* dz = up (p - q) */
static void row_gradient(int C, const real *z, int label, real up, real *dz, real smoothing)
{
    probabilities(C, z, largest(C, z), dz);
    for (int c = 0; c < C; c++) {
        real q = (c == label ? 1 - smoothing : 0) + smoothing / C;
        dz[c] = up * (dz[c] - q);
    }
}

static void no_gradient(int C, real *dz)
{
    for (int c = 0; c < C; c++) dz[c] = 0;
}

void REF(xent_forward)(int N, int C, const real *z, const int *label, real *loss, real smoothing,
                       int reduction)
{
    wide total = 0;
    for (int n = 0; n < N; n++) {
        real row = label[n] < 0 ? 0 : row_loss(C, z + (size_t)n * C, label[n], smoothing);
        total += keep(row, loss, n, reduction);
    }
    reduce(total, labelled(N, label), loss, reduction);
}

/* dz (N,C) = dloss (p - q), over the rows that count if the loss is the mean */
void REF(xent_backward)(int N, int C, const real *z, const int *label, const real *dloss, real *dz,
                        real smoothing, int reduction)
{
    int count = labelled(N, label);
    for (int n = 0; n < N; n++) {
        size_t row = (size_t)n * C;
        if (label[n] < 0)
            no_gradient(C, dz + row);
        else
            row_gradient(C, z + row, label[n], upstream(dloss, n, count, reduction), dz + row, smoothing);
    }
}

void REF(xent_with_gradient)(int N, int C, const real *z, const int *label, real *loss, real *dz,
                             real smoothing, int reduction)
{
    wide total = 0;
    int count = labelled(N, label);
    for (int n = 0; n < N; n++) {
        size_t row = (size_t)n * C;
        if (label[n] < 0) {
            (void)keep(0, loss, n, reduction);
            no_gradient(C, dz + row);
        } else {
            total += keep(row_loss(C, z + row, label[n], smoothing), loss, n, reduction);
            row_gradient(C, z + row, label[n], share(count, reduction), dz + row, smoothing);
        }
    }
    reduce(total, count, loss, reduction);
}

/* ---- soft labels: t (N,C), whose rows need not sum to 1 ---- */

/* -sum_c t[c] log p[c] */
static real soft_row_loss(int C, const real *z, const real *t)
{
    real max = largest(C, z), of_sum = log_sum(C, z, max);
    wide loss = 0;
    for (int c = 0; c < C; c++) loss += (wide)(t[c] * (of_sum - (z[c] - max)));
    return (real)loss;
}

/* dz = up (p sum(t) - t) */
static void soft_row_gradient(int C, const real *z, const real *t, real up, real *dz)
{
    wide sum = 0;
    for (int c = 0; c < C; c++) sum += (wide)t[c];
    probabilities(C, z, largest(C, z), dz);
    for (int c = 0; c < C; c++) dz[c] = up * (dz[c] * (real)sum - t[c]);
}

void REF(xent_soft_forward)(int N, int C, const real *z, const real *t, real *loss, int reduction)
{
    wide total = 0;
    for (int n = 0; n < N; n++) {
        size_t row = (size_t)n * C;
        total += keep(soft_row_loss(C, z + row, t + row), loss, n, reduction);
    }
    reduce(total, N, loss, reduction);
}

/* dz (N,C) = dloss (p sum(t) - t), over N if the loss is the mean */
void REF(xent_soft_backward)(int N, int C, const real *z, const real *t, const real *dloss, real *dz,
                             int reduction)
{
    for (int n = 0; n < N; n++) {
        size_t row = (size_t)n * C;
        soft_row_gradient(C, z + row, t + row, upstream(dloss, n, N, reduction), dz + row);
    }
}

void REF(xent_soft_with_gradient)(int N, int C, const real *z, const real *t, real *loss, real *dz,
                                  int reduction)
{
    wide total = 0;
    for (int n = 0; n < N; n++) {
        size_t row = (size_t)n * C;
        total += keep(soft_row_loss(C, z + row, t + row), loss, n, reduction);
        soft_row_gradient(C, z + row, t + row, share(N, reduction), dz + row);
    }
    reduce(total, N, loss, reduction);
}
