/* own.c - operations that exercises ask for and the suite does not have; see own.h. They are the solutions of
 * their exercises, too. */
#include "own.h"

#include "../reference/philox.h"
#include "../reference/real.h"

/* y (N) = the logarithm of the sum over c of exp(x[n][c]), x (N,C). Where the row's largest is infinite it is
 * the answer, and nothing can be subtracted: a row of -infinity alone sums up to 0. */
void REF(logsumexp)(int N, int C, const real *x, real *y)
{
    for (int n = 0; n < N; n++, x += C) {
        real m = x[0];
        double sum = 0;
        for (int c = 1; c < C; c++)
            if (x[c] > m) m = x[c];
        for (int c = 0; c < C; c++) sum += (double)exp(x[c] - m);
        y[n] = m - m == 0 ? m + (real)log(sum) : m;
    }
}

/* dx (n) = dy times the slope of tanh at x, 1 - tanh(x)^2: e^-2|x| has all digits that are lost beside 1 */
void REF(tanh_backward_x)(int n, const real *x, const real *dy, real *dx)
{
    for (int k = 0; k < n; k++) {
        real e = (real)exp(-2 * fabs(x[k]));
        dx[k] = dy[k] * 4 * e / ((1 + e) * (1 + e));
    }
}

/* y (n) = x / (1 - p) where mask (n bits) is set, else 0; element k is kept, and its bit set, if its random
 * word u (n) is not below p 2^32 */
void REF(inverted_forward)(int n, const real *x, const uint32_t *u, real *y, uint32_t *mask, double p)
{
    const uint64_t threshold = (uint64_t)(p * 0x1p32); /* with p = 1 above every word */
    for (int k = 0; k < n; k++) {
        int is_kept = u[k] >= threshold;
        if (k % 32 == 0) mask[k / 32] = 0;
        mask[k / 32] |= (uint32_t)is_kept << k % 32;
        y[k] = is_kept ? x[k] / (real)(1 - p) : 0;
    }
}

/* out (n,4) = Philox4x32-10 of counter (n,4) and key (n,2): n calls that know nothing of each other */
void REF(philox_blocks)(int n, const uint32_t *counter, const uint32_t *key, uint32_t *out)
{
    for (int i = 0; i < n; i++) philox4x32(counter + 4 * i, key + 2 * i, out + 4 * i);
}

/* w (T,D) = (1 - lr wd) w - lr dw for a tensor of rank 2 or more, w - lr dw for others: T tensors of D
 * numbers, rank (T) dimensions each */
void REF(spared_step)(int T, int D, const int *rank, const real *dw, real *w, double lr, double wd)
{
    for (int t = 0; t < T; t++, dw += D, w += D) {
        const real keep = (real)(rank[t] >= 2 ? 1 - lr * wd : 1);
        for (int i = 0; i < D; i++) w[i] = keep * w[i] - (real)lr * dw[i];
    }
}

/* A running mean m of the gradient, and weights that go the way of the heavy ball whose rate is lr:
 *
 *   m = mu m + (1 - mu) dw        w = w - lr / (1 - mu) m
 *
 * The heavy ball's velocity is a sum, and so is 1 / (1 - mu) times this mean, from the first step on. */
void REF(mean_momentum_step)(int n, const real *dw, real *w, real *m, double lr, double mu)
{
    const real rate = (real)(lr / (1 - mu));
    for (int k = 0; k < n; k++) {
        m[k] = (real)mu * m[k] + (real)(1 - mu) * dw[k];
        w[k] -= rate * m[k];
    }
}

/* Step t = 1, 2, ... of schedule-free SGD in two buffers. The gradient dw was taken at y, which is kept in
 * place of the average x: x = (y - (1 - beta) z) / beta.
 *
 *   z = z - lr dw        x = x + (z - x) / t        y = beta x + (1 - beta) z */
void REF(free_pair_step)(int n, const real *dw, real *y, real *z, double lr, double beta, uint64_t t)
{
    const real b = (real)beta, rest = (real)(1 - beta), c = (real)(1 / (double)t);
    for (int k = 0; k < n; k++) {
        real x = (y[k] - rest * z[k]) / b;
        z[k] -= (real)lr * dw[k];
        x += c * (z[k] - x);
        y[k] = b * x + rest * z[k];
    }
}

/* x (n), the average, which is what a network is evaluated with */
void REF(free_pair_average)(int n, const real *y, const real *z, real *x, double beta)
{
    for (int k = 0; k < n; k++) x[k] = (y[k] - (real)(1 - beta) * z[k]) / (real)beta;
}

/* the rate of loss (R,S) with the least mean, R if all diverged: a NaN or an infinity stays in a sum */
static int best_rate(int R, int S, const real *loss)
{
    int best = R;
    double least = 0;
    for (int r = 0; r < R; r++) {
        double mean = 0;
        for (int s = 0; s < S; s++) mean += (double)loss[(size_t)r * S + s] / S;
        if (mean - mean == 0 && (best == R || mean < least)) least = mean, best = r;
    }
    return best;
}

/* 1 if each of the S numbers of `low` is below each of those of `high` */
static int all_below(int S, const real *low, const real *high)
{
    for (int s = 0; s < S; s++)
        for (int k = 0; k < S; k++)
            if (!(low[s] < high[k])) return 0;
    return 1;
}

/* best (2) = the rates of a and of b (R,S) with the least mean losses; verdict (1) = 0 where the ranges of
 * their losses overlap there, 1 where a is below b, 2 where b is below a */
void REF(fair_race)(int R, int S, const real *a, const real *b, int *best, int *verdict)
{
    best[0] = best_rate(R, S, a), best[1] = best_rate(R, S, b);
    a += (size_t)best[0] * S, b += (size_t)best[1] * S;
    *verdict = all_below(S, a, b) ? 1 : all_below(S, b, a) ? 2 : 0;
}
