/* xent.c - cross-entropy of N rows of C logits z behind a softmax: p = exp(z) / sum of exp(z), by rows.
 *
 * Labels are ints, and may be smoothed, or are distributions themselves ("soft"). A label -1 means none: that
 * row has no loss, gradient 0, and does not count in the mean; if no row counts, the loss is 0. Reductions
 * and dloss as in loss.c.
 *
 * The row's maximum is subtracted first: the loss does not change, and exp cannot overflow. What a row's
 * logits are below its maximum must add up to no more than the largest number. dz may be z.
 *
 * A network that is sure and right has a loss near 0 and exp sums near 1: 1.00000001 is 1 in float, and
 * log(sum) and p - 1 would be 0. So one class, the label's or a largest one, is left out of the sum, and
 * nothing is ever taken from 1.
 */
#include "loss_reduce.h"
#include "reference.h"

/* the first of the largest logits */
static int largest(int C, const real *z)
{
    int top = 0;
    for (int c = 1; c < C; c++)
        if (re(z[c]) > re(z[top])) top = c;
    return top;
}

/* log of the sum of exp(z - max), max = z[top], in which that class itself counts 1. The others
 * are counted, and those from `top` on are one further: a branch, which nobody can guess, would
 * take as long as two exps. */
static real log_sum(int C, const real *z, int top)
{
    wide others = (wide)(z[top] - z[top]); /* 0, or a NaN if the maximum is infinite */
    for (int c = 0; c < C - 1; c++) others += (wide)exp(z[c + (c >= top)] - z[top]);
    return (real)log_1_plus(others);
}

/* e = exp(z - max); returns their sum without that of one class. e may be z */
static wide exps(int C, const real *z, real max, int one, real *e)
{
    wide others = 0;
    for (int c = 0; c < C; c++) {
        e[c] = exp(z[c] - max);
        others += (c != one) * (wide)e[c]; /* no branch here either */
    }
    return others;
}

/* ---- labels ---- */

/* rows that have a label */
static int labelled(int N, const int *label)
{
    int count = 0;
    for (int n = 0; n < N; n++) count += label[n] >= 0;
    return count;
}

/* -sum_c q[c] log p[c] with q = (1 - e) onehot(label) + e / C, e = smoothing, as a sum of terms >= 0:
 * log sum exp(z - max) + (1 - e) (max - z[label]) + (e / C) sum_c (max - z[c]) */
static real row_loss(int C, const real *z, int label, real smoothing)
{
    int top = largest(C, z);
    real loss = log_sum(C, z, top) + (1 - smoothing) * (z[top] - z[label]);
    wide sum = 0;
    if (re(smoothing) == 0) return loss;
    for (int c = 0; c < C; c++) sum += (wide)(z[top] - z[c]);
    return loss + smoothing * (real)(sum / C);
}

/* dz = up (p - q); at the label, where 1 - p is the others' share: up (e - e / C - others / sum) */
static void row_gradient(int C, const real *z, int label, real up, real *dz, real smoothing)
{
    wide others = exps(C, z, z[largest(C, z)], label, dz), sum = others + (wide)dz[label];
    for (int c = 0; c < C; c++) dz[c] = up * (dz[c] / (real)sum - smoothing / C);
    dz[label] = up * (smoothing - smoothing / C - (real)(others / sum));
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

/* -sum_c t[c] log p[c] = sum_c t[c] (log sum exp(z - max) + max - z[c]) */
static real soft_row_loss(int C, const real *z, const real *t)
{
    int top = largest(C, z);
    real of_sum = log_sum(C, z, top);
    wide loss = 0;
    for (int c = 0; c < C; c++) loss += (wide)(t[c] * (of_sum + (z[top] - z[c])));
    return (real)loss;
}

/* dz = up (p T - t), T the sum of t; for the largest logit, of what is elsewhere: up (t elsewhere - T exp
 * elsewhere / sum) */
static void soft_row_gradient(int C, const real *z, const real *t, real up, real *dz)
{
    int top = largest(C, z);
    wide elsewhere = 0, others = exps(C, z, z[top], top, dz), sum = others + (wide)dz[top];
    for (int c = 0; c < C; c++)
        if (c != top) elsewhere += (wide)t[c];
    wide all = elsewhere + (wide)t[top];
    for (int c = 0; c < C; c++) dz[c] = up * (dz[c] / (real)sum * (real)all - t[c]);
    dz[top] = up * (real)(elsewhere - all * (others / sum));
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
