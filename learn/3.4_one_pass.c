/* 3.4 one_pass - the maximum and the sum, of numbers that are read once
 *
 *   y (N,C): y[c] = exp(x[c] - m) / sum of exp(x - m), m the maximum of the row
 *
 * This is right: a pass for m, one for the exps, one for their sum, one to divide. If a row is longer than
 * the cache, each pass reads all of it from memory, and what the second writes the next ones read again. But
 * m and the sum can be computed in one pass: when a number is larger than all before it, the sum so far was
 * computed with a maximum that was too small by (larger - m); multiplied by exp(m - larger), it is what it
 * should be.
 *
 * Write row(): one pass over x for m and the sum, and one that writes y. Consider a row that begins with
 * -infinity: -infinity minus itself is NaN. The grader counts bytes between a cache of 64 KiB and memory.
 * First write down what you expect of your version, as a number after the =:
 * prediction: bytes per element =
 */
#include <float.h>
#include <math.h>
#include <stddef.h>

/* x, y (C) */
static void row(int C, const float *x, float *y)
{
    float m = x[0], sum = 0;
    for (int c = 1; c < C; c++) m = x[c] > m ? x[c] : m;
    for (int c = 0; c < C; c++) y[c] = expf(x[c] - m);
    for (int c = 0; c < C; c++) sum += y[c];
    for (int c = 0; c < C; c++) y[c] /= sum;
}

void softmax_forward(int N, int C, const float *x, float *y)
{
    for (int n = 0; n < N; n++) row(C, x + (size_t)n * C, y + (size_t)n * C);
}
