/* 3.1 softmax_safe - a softmax for logits of any size
 *
 *   y[n][c] = exp(x[n][c]) / sum over j of exp(x[n][j])        x, y (N,C)
 *
 *   y[n] = log of the sum over j of exp(x[n][j])                y (N)
 *
 * exp overflows above 88.7 in float, and then a row is NaN; far below 0 all its terms are 0, and then it is
 * NaN again. A number added to a whole row changes nothing in the quotient: subtract one so that neither can
 * happen. A logit may be -infinity, which is a class of probability 0. softmax's y may be the same memory as
 * x.
 *
 * The logarithm of the sum is what a loss takes, and there the subtracted number has to come back. A row of
 * -infinity alone sums up to 0, and log 0 is -infinity, not NaN.
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
