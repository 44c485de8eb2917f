/* race_wrong.c - unfair judges of a race between two optimizers: losses a and b of R rates, S seeds at each;
 * see mistakes.h. */
#include "../reference/real.h"
#include "wrong.h"

enum wrong {
    FIRST_RATE,     /* the first rate for both                                */
    SAME_RATE,      /* A's best rate for both                                 */
    BEST_RUN,       /* the rate of the best single run                        */
    FIRST_SEED,     /* rates are compared by their first seed                 */
    SURVIVORS,      /* what diverged is left out of a mean                    */
    DIVERGED_FIRST, /* a first rate that diverged is never beaten             */
    LAST_EQUAL,     /* of equal means the last                                */
    BY_MEAN,        /* the smaller mean wins                                  */
    MEAN_OUTSIDE,   /* one mean outside of the other's range is enough        */
    TOUCHING,       /* equal losses are a victory                             */
    EXCHANGED       /* 1 for B and 2 for A                                    */
};

static int is_finite(double x)
{
    return x - x == 0;
}

static double mean_of(int S, const real *loss, enum wrong wrong)
{
    double sum = 0, least = (double)INFINITY;
    int n = 0;
    for (int s = 0; s < S; s++) {
        double each = (double)loss[s];
        if (each < least) least = each;
        if (wrong == SURVIVORS && !is_finite(each)) continue;
        sum += each, n++;
    }
    if (wrong == FIRST_SEED) return (double)loss[0];
    return wrong == BEST_RUN ? least : n ? sum / n : (double)INFINITY;
}

static int best_rate(int R, int S, const real *loss, enum wrong wrong)
{
    int best = -1;
    double least = 0;
    for (int r = 0; r < R && (wrong != FIRST_RATE || r < 1); r++) {
        double mean = mean_of(S, loss + (size_t)r * S, wrong);
        if (wrong != DIVERGED_FIRST && wrong != FIRST_RATE && !is_finite(mean)) continue;
        if (best < 0 || mean < least || (wrong == LAST_EQUAL && mean <= least)) best = r, least = mean;
    }
    return best < 0 ? 0 : best;
}

static int wins(int S, const real *own, const real *other, enum wrong wrong)
{
    if (wrong == BY_MEAN) return mean_of(S, own, wrong) < mean_of(S, other, wrong);
    for (int s = 0; s < S; s++)
        for (int k = 0; k < S; k++) {
            double x = wrong == MEAN_OUTSIDE ? mean_of(S, own, wrong) : (double)own[s], y = (double)other[k];
            if (!(x < y || (wrong == TOUCHING && x == y))) return 0;
        }
    return 1;
}

static void judge(int R, int S, const real *a, const real *b, int *best, int *verdict, enum wrong wrong)
{
    best[0] = best_rate(R, S, a, wrong);
    best[1] = wrong == SAME_RATE ? best[0] : best_rate(R, S, b, wrong);
    a += (size_t)best[0] * S, b += (size_t)best[1] * S;
    int a_wins = wins(S, a, b, wrong), b_wins = !a_wins && wins(S, b, a, wrong);
    *verdict = wrong == EXCHANGED ? (a_wins ? 2 : b_wins) : a_wins ? 1 : 2 * b_wins;
}

#define RACE(name, wrong)                                                               \
    void REF(name)(int R, int S, const real *a, const real *b, int *best, int *verdict) \
    {                                                                                   \
        judge(R, S, a, b, best, verdict, wrong);                                        \
    }
RACE(race_first_rate, FIRST_RATE)
RACE(race_same_rate, SAME_RATE)
RACE(race_best_run, BEST_RUN)
RACE(race_first_seed, FIRST_SEED)
RACE(race_survivors, SURVIVORS)
RACE(race_diverged_first, DIVERGED_FIRST)
RACE(race_last_equal, LAST_EQUAL)
RACE(race_by_mean, BY_MEAN)
RACE(race_mean_outside, MEAN_OUTSIDE)
RACE(race_touching, TOUCHING)
RACE(race_exchanged, EXCHANGED)
