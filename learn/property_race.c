/* property_race.c - what is true of a right judge of races; see property.h.
 *
 * The races are of gradient descent, the heavy ball and Adam on a bowl of WIDTH numbers with curvatures from
 * 1/50 to 1, whose gradients are noisy: RATES rates a factor of 2 apart, SEEDS seeds, STEPS steps each. */
#include "property.h"

#include <math.h>
#include <string.h>

#include "../base/error.h"
#include "../reference/philox.h"
#include "own.h"

enum { RATES = 12, SEEDS = 5, STEPS = 200, WIDTH = 16, RUNS = RATES * SEEDS };

struct runner {
    const char *name;
    void (*step)(int t, double rate, const float *dw, float *w, float *m, float *v);
};

static void descend(int t, double rate, const float *dw, float *w, float *m, float *v)
{
    (void)t, (void)m, (void)v;
    sgd_step_f32(WIDTH, dw, w, (float)rate);
}

static void roll(int t, double rate, const float *dw, float *w, float *m, float *v)
{
    (void)t, (void)v;
    momentum_step_f32(WIDTH, dw, w, m, rate, 0.9, 0, 0);
}

static void adapt(int t, double rate, const float *dw, float *w, float *m, float *v)
{
    adam_step_f32(WIDTH, dw, w, m, v, rate, 0.9, 0.999, 1e-8, (uint64_t)t);
}

static const struct runner descent = { "gradient descent", descend }, ball = { "the heavy ball", roll },
                           adam = { "Adam", adapt };

/* the largest rate is 4: there gradient descent and the heavy ball diverge */
static double rate_of(int r)
{
    return 4 / pow(2, r);
}

static double curvature(int k)
{
    return 1 / (1 + 49.0 * k / (WIDTH - 1));
}

/* the loss in the end */
static float run(const struct runner *runner, double rate, int seed)
{
    float w[WIDTH], m[WIDTH] = { 0 }, v[WIDTH] = { 0 }, dw[WIDTH];
    double loss = 0;
    philox_uniform((uint64_t)seed, 0, WIDTH, -1, 1, w);
    for (int t = 1; t <= STEPS; t++) {
        philox_uniform((uint64_t)seed, (uint64_t)t, WIDTH, -1, 1, dw);
        for (int k = 0; k < WIDTH; k++) dw[k] = (float)curvature(k) * w[k] + dw[k] / 4;
        runner->step(t, rate, dw, w, m, v);
    }
    for (int k = 0; k < WIDTH; k++) loss += curvature(k) * (double)w[k] * (double)w[k] / 2;
    return (float)loss;
}

static void sweep(const struct runner *runner, float *loss)
{
    for (int r = 0; r < RATES; r++)
        for (int s = 0; s < SEEDS; s++) loss[r * SEEDS + s] = run(runner, rate_of(r), s + 1);
}

static const char *const verdicts[] = { "within the spread", "A is better", "B is better" };

/* 1 if the judgement is the reference's, which is in best and verdict then */
static int judges(const struct op *op, call_fn *own, int R, int S, const float *a, const float *b, int *best,
                  int *verdict, const char *about, char *error)
{
    const int size[MAX_SIZES] = { R, S };
    int yours[2] = { -1, -1 }, your_verdict = -1;
    void *const buf[] = { (void *)a, (void *)b, yours, &your_verdict };
    fair_race_f32(R, S, a, b, best, verdict);
    own(op, size, buf);
    if (yours[0] == best[0] && yours[1] == best[1] && your_verdict == *verdict) return 1;
    return error_set(
        error, "%s: the best rates are number %d and %d, the verdict is %d, %s; yours are %d and %d, %d",
        about, best[0], best[1], *verdict, verdicts[*verdict], yours[0], yours[1], your_verdict);
}

/* races that are made up: of 3 rates, 2 seeds */
static const struct {
    const char *about;
    float a[6], b[6];
} made[] = {
    { "where a first rate diverged", { NAN, 1, 3, 4, 5, 6 }, { INFINITY, INFINITY, 9, 9, 8, 7 } },
    { "where one seed of the best rate diverged", { 1, NAN, 3, 4, 5, 6 }, { 9, 9, 8, 7, 1, INFINITY } },
    { "where the ranges touch", { 1, 2, 3, 4, 5, 6 }, { 9, 9, 2, 3, 8, 7 } },
    { "where two rates are equal", { 5, 6, 2, 4, 3, 3 }, { 8, 7, 7, 8, 9, 9 } },
    { "where one mean is in the other's range", { 1, 3, 9, 9, 9, 9 }, { 9, 9, 2.5F, 9, 9, 9 } },
    { "where a lucky run has the wrong rate", { 0, 9, 3, 3, 9, 9 }, { 5, 4, 1, 9, 9, 9 } },
};

int judges_fairly(const struct op *op, call_fn *own, char *error)
{
    static float of_descent[RUNS], of_ball[RUNS], of_adam[RUNS];
    int best[2], verdict;
    for (size_t k = 0; k < sizeof made / sizeof *made; k++)
        if (!judges(op, own, 3, 2, made[k].a, made[k].b, best, &verdict, made[k].about, error)) return 0;
    sweep(&descent, of_descent), sweep(&ball, of_ball), sweep(&adam, of_adam);
    if (!judges(op, own, RATES, SEEDS, of_adam, of_descent, best, &verdict, "Adam against gradient descent",
                error) ||
        !judges(op, own, RATES, SEEDS, of_ball, of_descent, best, &verdict,
                "the heavy ball against gradient descent", error))
        return 0;
    error_set(
        error,
        "A, the heavy ball at its best rate %.3g: %.4f with the first seed; B, gradient descent at its own, %.3g: "
        "%.4f; %s. At %.3g both: %.4f and %.4f",
        rate_of(best[0]), (double)of_ball[best[0] * SEEDS], rate_of(best[1]),
        (double)of_descent[best[1] * SEEDS], verdicts[verdict], rate_of(best[0]),
        (double)of_ball[best[0] * SEEDS], (double)of_descent[best[0] * SEEDS]);
    return 1;
}
