/* rows_wrong.c - wrong versions of softmax of N rows of C numbers, and of its gradient with cross-entropy;
 * see mistakes.h. */
#include "../reference/real.h"
#include "wrong.h"

/* ---- y = softmax(x) by rows ---- */

static real largest(int n, const real *x)
{
    real m = x[0];
    for (int k = 1; k < n; k++) m = x[k] > m ? x[k] : m;
    return m;
}

/* rows of softmax of x - shift */
static void shifted_row(int C, const real *x, real shift, real *y)
{
    real sum = 0;
    for (int c = 0; c < C; c++) sum += y[c] = exp(x[c] - shift);
    for (int c = 0; c < C; c++) y[c] /= sum;
}

void REF(softmax_unshifted)(int N, int C, const real *x, real *y)
{
    for (int n = 0; n < N; n++) shifted_row(C, x + (size_t)n * C, 0, y + (size_t)n * C);
}

void REF(softmax_by_first)(int N, int C, const real *x, real *y)
{
    for (int n = 0; n < N; n++, x += C, y += C) shifted_row(C, x, x[0], y);
}

void REF(softmax_by_zero)(int N, int C, const real *x, real *y)
{
    for (int n = 0; n < N; n++, x += C, y += C) {
        real m = largest(C, x);
        shifted_row(C, x, m > 0 ? m : 0, y);
    }
}

void REF(softmax_by_all)(int N, int C, const real *x, real *y)
{
    const real m = largest(N * C, x);
    for (int n = 0; n < N; n++, x += C, y += C) shifted_row(C, x, m, y);
}

void REF(softmax_by_columns)(int N, int C, const real *x, real *y)
{
    for (int c = 0; c < C; c++) {
        real sum = 0;
        for (int n = 0; n < N; n++) sum += exp(x[(size_t)n * C + c]);
        for (int n = 0; n < N; n++) y[(size_t)n * C + c] = exp(x[(size_t)n * C + c]) / sum;
    }
}

void REF(softmax_of_all)(int N, int C, const real *x, real *y)
{
    shifted_row(N * C, x, largest(N * C, x), y);
}

void REF(softmax_with_eps)(int N, int C, const real *x, real *y)
{
    for (int n = 0; n < N; n++, x += C, y += C) {
        real sum = (real)1e-3, m = largest(C, x);
        for (int c = 0; c < C; c++) sum += y[c] = exp(x[c] - m);
        for (int c = 0; c < C; c++) y[c] /= sum;
    }
}

/* ---- dz = dloss (p - onehot(label)) / N ---- */

void REF(ce_of_sum)(int N, int C, const real *p, const int *label, const real *dloss, real *dz)
{
    for (int n = 0; n < N; n++, p += C, dz += C)
        for (int c = 0; c < C; c++) dz[c] = *dloss * (p[c] - (c == label[n]));
}

void REF(ce_over_classes)(int N, int C, const real *p, const int *label, const real *dloss, real *dz)
{
    for (int n = 0; n < N; n++, p += C, dz += C)
        for (int c = 0; c < C; c++) dz[c] = *dloss * (p[c] - (c == label[n])) / N / C;
}

void REF(ce_no_upstream)(int N, int C, const real *p, const int *label, const real *dloss, real *dz)
{
    (void)dloss;
    for (int n = 0; n < N; n++, p += C, dz += C)
        for (int c = 0; c < C; c++) dz[c] = (p[c] - (c == label[n])) / N;
}

void REF(ce_no_target)(int N, int C, const real *p, const int *label, const real *dloss, real *dz)
{
    (void)label;
    for (size_t k = 0; k < (size_t)N * C; k++) dz[k] = *dloss * p[k] / N;
}

void REF(ce_first_label)(int N, int C, const real *p, const int *label, const real *dloss, real *dz)
{
    for (int n = 0; n < N; n++, p += C, dz += C)
        for (int c = 0; c < C; c++) dz[c] = *dloss * (p[c] - (c == label[0])) / N;
}

void REF(ce_label_alone)(int N, int C, const real *p, const int *label, const real *dloss, real *dz)
{
    for (int n = 0; n < N; n++, p += C, dz += C)
        for (int c = 0; c < C; c++) dz[c] = c == label[n] ? *dloss * (p[c] - 1) / N : 0;
}

void REF(ce_negative)(int N, int C, const real *p, const int *label, const real *dloss, real *dz)
{
    for (int n = 0; n < N; n++, p += C, dz += C)
        for (int c = 0; c < C; c++) dz[c] = *dloss * ((c == label[n]) - p[c]) / N;
}

/* ---- y (N) = log of the sum of exp(x) by rows ---- */

enum wrong_sum { UNSHIFTED, BY_FIRST, NOT_BACK, UNGUARDED, OF_MEAN, LARGEST_ALONE };

static void sum_rows(int N, int C, const real *x, real *y, enum wrong_sum wrong)
{
    for (int n = 0; n < N; n++, x += C) {
        real m = wrong == UNSHIFTED ? 0 : wrong == BY_FIRST ? x[0] : largest(C, x), sum = 0;
        for (int c = 0; c < C; c++) sum += exp(x[c] - m);
        if (wrong == OF_MEAN) sum /= C;
        y[n] = (wrong == NOT_BACK ? 0 : m) + (wrong == LARGEST_ALONE ? 0 : log(sum));
        if (wrong != UNGUARDED && m - m != 0) y[n] = m;
    }
}

#define SUM_ROWS(name, wrong)                            \
    void REF(name)(int N, int C, const real *x, real *y) \
    {                                                    \
        sum_rows(N, C, x, y, wrong);                     \
    }
SUM_ROWS(sum_unshifted, UNSHIFTED)
SUM_ROWS(sum_by_first, BY_FIRST)
SUM_ROWS(sum_not_back, NOT_BACK)
SUM_ROWS(sum_unguarded, UNGUARDED)
SUM_ROWS(sum_of_mean, OF_MEAN)
SUM_ROWS(sum_largest_alone, LARGEST_ALONE)
