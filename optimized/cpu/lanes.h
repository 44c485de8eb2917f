/* lanes.h - maxima and sums in LANES variables side by side, of which the compiler makes vectors;
 * LANES is the includer's. */
#include <math.h>

static inline float largest(int C, const float *x)
{
    float lane[LANES];
    int c = 0;
    for (int i = 0; i < LANES; i++) lane[i] = -INFINITY;
    for (; c + LANES <= C; c += LANES)
        for (int i = 0; i < LANES; i++) lane[i] = x[c + i] > lane[i] ? x[c + i] : lane[i];
    for (int i = 0; c < C; i++, c++) lane[i] = x[c] > lane[i] ? x[c] : lane[i];
    for (int i = 1; i < LANES; i++) lane[0] = lane[i] > lane[0] ? lane[i] : lane[0];
    return lane[0];
}

static inline float sum_of_lanes(float lane[LANES])
{
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lane[i] += lane[i + half];
    return lane[0];
}

/* what is left of a row goes into four lanes, then its last three at most into a sum of their own:
 * a short row is no more */
static inline float sum(int C, const float *y)
{
    float lane[LANES] = { 0 }, last = 0;
    int c = 0;
    for (; c + LANES <= C; c += LANES)
        for (int i = 0; i < LANES; i++) lane[i] += y[c + i];
    for (; c + 4 <= C; c += 4)
        for (int i = 0; i < 4; i++) lane[i] += y[c + i];
    for (; c < C; c++) last += y[c];
    return sum_of_lanes(lane) + last;
}
