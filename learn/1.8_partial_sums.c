/* 1.8 partial_sums - a dot product that does not wait for itself
 *
 *   y (N,OUT) = x (N,IN) * w (OUT,IN)^T + b (OUT)
 *
 * This is right, and slow: each addition waits some four cycles for the one before, though the machine could
 * begin two in every cycle. Sixteen sums wait for nobody, and the compiler keeps them in vectors of four. It
 * must not do that by itself: floating-point sums in another order are other numbers.
 *
 * Sum element i into LANES numbers, by i % LANES; add them up at the end, and take care of what is left over
 * where IN is no multiple.
 *
 * Say first what you expect, as a number behind the =; it is shown beside the count:
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
