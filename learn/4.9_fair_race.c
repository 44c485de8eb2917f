/* 4.9 fair_race - the judge of a race between two optimizers
 *
 *   a, b (R,S)   final losses of optimizers A and B: R rates, S seeds at each
 *   best (2)     the rate of A, and of B, with the least mean over its seeds; the first if several are equal
 *   verdict (1)  0 within the spread, 1 A is better, 2 B is better
 *
 * 4.1 showed that a rate means nothing without its convention: with the same rate for both, one of them has
 * drawn the wrong number. So each gets its own best rate. A single run means little either: with a different
 * seed the loser may win. A is better if, at the two best rates, each of its losses is below each of B's. If
 * the two ranges overlap, or touch, nothing has been shown, and that is the verdict.
 *
 * A run that diverged has a loss that is NaN or infinite. A rate at which any seed diverged is out of the
 * race. (Each optimizer has at least one rate at which none did.)
 */
#include <stddef.h>
#ifndef real
#define real float
#endif

void fair_race(int R, int S, const real *a, const real *b, int *best, int *verdict)
{
    double mean_a = 0, mean_b = 0;
    (void)R;
    best[0] = best[1] = 0; /* the first rate for both */
    for (int s = 0; s < S; s++) mean_a += (double)a[s] / S, mean_b += (double)b[s] / S;
    *verdict = mean_a < mean_b ? 1 : mean_b < mean_a ? 2 : 0; /* is that a proof? */
}
