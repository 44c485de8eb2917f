/* 1.8 partial_sums - a dot product that does not wait for itself
 *
 *   y (N,OUT) = x (N,IN) * w (OUT,IN)^T + b (OUT)
 *
 * This is right, and slow: each addition waits about four cycles for the one before, though the machine could
 * begin two in every cycle. Sixteen independent sums do not wait for each other, and the compiler keeps them
 * in vectors of four. It must not do that on its own: adding floating-point numbers in a different order
 * gives a different sum.
 *
 * Add product i to sum number i % LANES; add up the sums at the end, and take care of the products that are
 * left over where IN is not a multiple of LANES.
 *
 * First write down what you expect, as a number after the =; it is shown beside the count:
 * prediction: instructions per FLOP =
 */
#include <stddef.h>

enum { LANES = 16 };

static float dot_lanes(int n, const float *a, const float *b)
{
    float sum = 0;
    for (int i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

void dense_forward(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++)
            y[(size_t)n * OUT + o] = b[o] + dot_lanes(IN, x + (size_t)n * IN, w + (size_t)o * IN);
}
