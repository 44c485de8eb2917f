/* 3.4 one_pass - the largest number and the sum, of numbers that were read once
 *
 *   y (N,C): y[c] = exp(x[c] - m) / sum of exp(x - m), m the largest of the row
 *
 * This is right: a pass for m, one for the exps and their sum, one to divide. Of a row that is longer than
 * the cache each pass reads all from memory, and the second writes what the third reads again. But m and the
 * sum can be had in one pass: when a number turns out to be larger than all before, the sum so far was taken
 * from a maximum that was too small by (larger - m), and exp(m - larger) times it is what it should have
 * been.
 *
 * Write row(): one pass over x for m and the sum, one that writes y. Mind a row that begins with -infinity:
 * -infinity less itself is a NaN. What is counted is bytes between a cache of 64 KiB and memory. Say first
 * what you expect of your version, as a number behind the =:
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
