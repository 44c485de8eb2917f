/* 1.9 register_tile - loads that are used more than once
 *
 *   y (N,OUT) = x (N,IN) * w (OUT,IN)^T + b (OUT)
 *
 * Sixteen sums need two loads for every multiply-add, and the load units are the limit now. A tile of 2 x 4
 * outputs has 8 sums in registers, and for 8 multiply-adds it needs 2 + 4 loads: each number of x serves four
 * neurons, each number of w two examples.
 *
 * Write forward_2x4 for a whole tile; outputs that fill no tile may remain one dot product each, as below. A
 * quad is a vector register of four floats: quads are added and multiplied like numbers, and q[k] is one of
 * the floats.
 *
 * First write down what you expect, as a number after the =; it is shown beside the count:
 * prediction: loads per multiply-add =
 */
#include <stddef.h>

typedef float quad __attribute__((vector_size(16), aligned(4))); /* four floats, any alignment */

static float dot(int n, const float *a, const float *b)
{
    float sum = 0;
    for (int i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static inline quad quad_at(const float *p)
{
    return *(const quad *)p;
}

/* y[n..n+1][o..o+3] */
static void forward_2x4(int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    (void)quad_at; /* provided, and not used yet */
    for (int n = 0; n < 2; n++)
        for (int o = 0; o < 4; o++)
            y[(size_t)n * OUT + o] = b[o] + dot(IN, x + (size_t)n * IN, w + (size_t)o * IN);
}

void dense_forward(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    int N2 = N / 2 * 2, OUT4 = OUT / 4 * 4;
    for (int n = 0; n < N; n += n < N2 ? 2 : 1)
        for (int o = 0; o < OUT; o += n < N2 && o < OUT4 ? 4 : 1) {
            const float *xn = x + (size_t)n * IN, *wo = w + (size_t)o * IN;
            float *yno = y + (size_t)n * OUT + o;
            if (n < N2 && o < OUT4) {
                forward_2x4(IN, OUT, xn, wo, b + o, yno);
            } else {
                yno[0] = b[o] + dot(IN, xn, wo);
                if (n < N2) yno[OUT] = b[o] + dot(IN, xn + IN, wo);
            }
        }
}
