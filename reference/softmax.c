/* softmax.c - softmax as an activation: N rows of C numbers become N distributions;
 * forward and derivative at y. */
#include "real.h"
#include "reference.h"

/* y (N,C): y[n,c] = exp(x[n,c] - m) / sum over j of exp(x[n,j] - m), m the row's maximum: no exp overflows */
void REF(softmax_forward)(int N, int C, const real *x, real *y)
{
    for (int n = 0; n < N; n++, x += C, y += C) {
        real m = x[0], sum = 0;
        for (int c = 1; c < C; c++) m = re(x[c]) > re(m) ? x[c] : m;
        for (int c = 0; c < C; c++) sum += y[c] = exp(x[c] - m);
        for (int c = 0; c < C; c++) y[c] /= sum;
    }
}

/* dx = J^T dy, J = diag(y) - y y^T, without making J: dx[n,c] = y[n,c] (dy[n,c] - sum
 * over j of dy[n,j] y[n,j]) */
void REF(softmax_backward)(int N, int C, const real *y, const real *dy, real *dx)
{
    for (int n = 0; n < N; n++, y += C, dy += C, dx += C) {
        real dot = 0;
        for (int c = 0; c < C; c++) dot += dy[c] * y[c];
        for (int c = 0; c < C; c++) dx[c] = y[c] * (dy[c] - dot);
    }
}
