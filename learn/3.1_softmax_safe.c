/* 3.1 softmax_safe - a softmax for logits of any size
 *
 *   y[n][c] = exp(x[n][c]) / sum over j of exp(x[n][j])        x, y (N,C)
 *
 *   y[n] = log of the sum over j of exp(x[n][j])                y (N)
 *
 * exp overflows above 88.7 in float, and then a row is NaN; far below 0 all terms of a row are 0, and then it
 * is NaN again. Subtracting the same number from a whole row does not change the quotient: choose one with
 * which neither can happen. A logit may be -infinity, which is a class of probability 0. softmax's y may be
 * the same memory as x.
 *
 * A loss uses the logarithm of the sum, and there the number must be added back. A row of nothing but
 * -infinity has the sum 0, and log 0 is -infinity, not NaN.
 */
#include <math.h>
#include <stddef.h>
#ifndef real
#define real float
#endif

void softmax_forward(int N, int C, const real *x, real *y)
{
    for (int n = 0; n < N; n++, x += C, y += C) {
        real sum = 0;
        for (int c = 0; c < C; c++) sum += y[c] = (real)exp(x[c]);
        for (int c = 0; c < C; c++) y[c] /= sum;
    }
}

void logsumexp(int N, int C, const real *x, real *y)
{
    for (int n = 0; n < N; n++, x += C) {
        real sum = 0;
        for (int c = 0; c < C; c++) sum += (real)exp(x[c]);
        y[n] = (real)log(sum);
    }
}
