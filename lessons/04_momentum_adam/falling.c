/* falling.c - does a falling rate help? The network of clothes.h with Adam and with Nesterov's momentum,
 * five schedules, seven rates each, five seeds for each. CSV on stdout: for each schedule the rate of
 * the lowest median loss, and there lowest, median and highest loss of the training images and share
 * that is right of others. Takes minutes; `./rungs lesson 4 falling` made falling.csv.
 */
#include "../spread.h"
#include "clothes.h"
#include "../../train/schedule.h"

enum { RATES = 7, WARMUP = STEPS / 10 };

/* ---- the schedules: the factor of step 0, 1, ... STEPS - 1 ---- */

static double factor(const struct schedule_kind *kind, const double *number, int step, int steps)
{
    struct net_value value[3] = { { 0 } };
    for (int i = 0; i < 3; i++) value[i].number = number ? number[i] : 0;
    return kind->factor(value, (struct moment){ (double)step / steps * EPOCHS, EPOCHS, step, steps });
}

static double constant(int step)
{
    return factor(&schedule_constant, NULL, step, STEPS);
}

static double linear(int step)
{
    return factor(&schedule_linear, NULL, step, STEPS);
}

static double cosine(int step)
{
    return factor(&schedule_cosine, NULL, step, STEPS);
}

static double warm_cosine(int step)
{
    if (step < WARMUP) return (step + 1.0) / WARMUP;
    return factor(&schedule_cosine, NULL, step - WARMUP, STEPS - WARMUP);
}

static double one_cycle(int step)
{
    const double number[] = { 0.3, 25, 1e4 };
    return factor(&schedule_one_cycle, number, step, STEPS);
}

static const struct {
    const char *name;
    double (*factor)(int step);
} schedules[] = {
    { "constant", constant },       { "linear", linear },       { "cosine", cosine },
    { "warm_cosine", warm_cosine }, { "one_cycle", one_cycle },
};
enum { SCHEDULES = sizeof schedules / sizeof *schedules };

/* ---- the trainings ---- */

struct trained {
    double rate, loss[SEEDS], right[SEEDS];
};

static struct trained train(step_fn *step, double (*at)(int), double rate)
{
    struct trained r = { .rate = rate };
    for (int s = 0; s < SEEDS; s++) {
        begin((uint64_t)s + 1);
        for (int t = 1; t <= STEPS; t++) {
            (void)gradient((uint64_t)s + 1, t);
            step((int)net.params, net.dparam, net.param, state, rate * at(t - 1), (uint64_t)t);
        }
        double loss = measure(&clothes.train, TRAIN).loss;
        r.loss[s] = spread_loss(loss);
        r.right[s] = measure(&clothes.test, TEST).right;
    }
    spread_sort(SEEDS, r.loss);
    spread_sort(SEEDS, r.right);
    return r;
}

static void best_of(const char *name, step_fn *step, double highest)
{
    enum { MID = SEEDS / 2, TOP = SEEDS - 1 };
    for (int i = 0; i < SCHEDULES; i++) {
        struct trained best = { .loss[MID] = HUGE_VAL };
        for (int k = 0; k < RATES; k++) {
            struct trained r = train(step, schedules[i].factor, highest * pow(2, -k));
            if (r.loss[MID] < best.loss[MID]) best = r;
        }
        printf("%s,%s,%.4g,%.3f,%.3f,%.3f,%.4f,%.4f,%.4f\n", name, schedules[i].name, best.rate, best.loss[0],
               best.loss[MID], best.loss[TOP], best.right[0], best.right[MID], best.right[TOP]);
        fflush(stdout);
    }
}

int main(void)
{
    int code = load_clothes("falling");
    if (code != LOADED) return code;
    puts("optimizer,schedule,rate,loss_low,loss,loss_high,right_low,right,right_high");
    best_of("adam", adam, 0.032);
    best_of("nesterov", nesterov, 0.128);
    leave_clothes();
    return 0;
}
