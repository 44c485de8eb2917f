/* rungs.c - solutions that no ladder of the suite has: text.c cuts them out by their names. */
#include <float.h>
#include <math.h>

/* Softmax of a row, x, y (C): m and the sum in one pass. From -FLT_MAX on, which is below all numbers but
 * -infinity, so that no difference is taken of two infinities. */
static void row(int C, const float *x, float *y)
{
    float m = -FLT_MAX, sum = 0;
    for (int c = 0; c < C; c++) {
        if (x[c] > m) {
            sum *= expf(m - x[c]);
            m = x[c];
        }
        sum += expf(x[c] - m);
    }
    for (int c = 0; c < C; c++) y[c] = expf(x[c] - m) / sum;
}
