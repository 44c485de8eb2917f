/* bench_steps.c - rungs bench steps: a training step of whole networks, raced against the same in PyTorch and
 * JAX, on the same parameters, images and labels, which stay the same from step to step.
 *
 * Contestants take turns, and the next round begins with another one. Each sample begins at the same
 * parameters. Before a network is raced, every contestant's loss and gradient of the first step are compared
 * with those of the rungs on one thread; whose are others is not timed.
 */
#include "bench_steps.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/error.h"
#include "../base/interrupt.h"
#include "../base/memory.h"
#include "../base/progress.h"
#include "../bench/peer_frameworks.h"
#include "../bench/peer_networks.h"
#include "../bench/pinning.h"
#include "../bench/report.h"
#include "../bench/stats.h"
#include "../optimized/team.h"
#include "args.h"
#include "bench_networks.h"
#include "bench_trainings.h"

enum {
    COUNTS = 8,
    CONTESTANTS = 4 * COUNTS + 1,
    NAIVE_SAMPLES = 3,
    SAMPLES = 15,
    QUICK_SAMPLES = 6,
    MOST_STEPS = BENCH_MOST_STEPS
};
static const double SAMPLE_SECONDS = 0.05, QUICK_SECONDS = 5e-3;

static struct bench_network now, naive; /* the one that is raced, and the same on naive rungs */

/* ---- contestants ---- */

static struct stepper {
    const char *framework; /* NULL: the rungs */
    int threads, is_naive;
    struct peer_child child;
    char version[PEER_LINE], why[PEER_LOST + 40]; /* why it is not timed; "": it is */
    double sample[SAMPLES];                       /* seconds a step */
    int steps;                                    /* of a sample */
} stepper[CONTESTANTS];
static int contestants;

static void open_contestants(const struct bench_steps *b)
{
    static const char *const frameworks[] = { NULL, "torch", "torch_channels_last", "jax" };
    const int kinds = b->no_peers ? 1 : (int)(sizeof frameworks / sizeof *frameworks);
    for (int t = 0; t < b->counts; t++)
        for (int f = 0; f < kinds; f++) {
            struct stepper *c = &stepper[contestants++];
            *c = (struct stepper){ .framework = frameworks[f], .threads = b->count[t] };
            if (!c->framework || peer_framework_start(c->framework, c->threads, &c->child, c->version))
                continue;
            if (!t) printf("%s is not here: %s\n", c->framework, c->child.lost);
        }
    if (b->naive) stepper[contestants++] = (struct stepper){ .threads = 1, .is_naive = 1 };
}

/* seconds a step; NaN where a framework is lost */
static double take_steps(struct stepper *c, int steps)
{
    if (c->framework) return peer_network_steps(&c->child, steps) / steps;
    struct bench_network *n = c->is_naive ? &naive : &now;
    team_use(c->threads);
    bench_network_restore(n);
    if (!c->is_naive)
        bench_network_step(n, 0); /* awake and warm; the naive step is so long that it is soon */
    bench_network_restore(n);
    const double begin = clock_seconds();
    for (int i = 0; i < steps; i++) bench_network_step(n, i);
    return (clock_seconds() - begin) / steps;
}

/* ---- the same step ---- */

/* the roundings that one number passes at most on its way through the step: the sums of every operation, one
 * behind the other */
static double roundings(void)
{
    double n = 0;
    for (int k = 0; k < now.net.calls; k++) {
        int size[MAX_SIZES];
        network_sizes(&now.net.call[k], now.batch, size);
        n += now.net.call[k].op->terms(size);
    }
    return n;
}

static int take_first(struct stepper *c, float *loss, float *gradient)
{
    if (c->framework) return peer_network_first(&c->child, &now.given, loss, gradient);
    struct bench_network *n = c->is_naive ? &naive : &now;
    team_use(c->threads);
    bench_network_restore(n);
    *loss = network_forward(&n->net, n->batch, n->given.x, n->label);
    network_backward(&n->net, n->batch);
    memcpy(gradient, n->net.dparam, n->net.params * sizeof *gradient);
    return 1;
}

static double distance(const float *a, const float *b)
{
    double sum = 0;
    for (size_t i = 0; i < now.net.params; i++) {
        const double d = (double)a[i] - (b ? (double)b[i] : 0);
        sum += d * d;
    }
    return sqrt(sum);
}

static void note_loss(struct stepper *c)
{
    char lost[PEER_LOST];
    snprintf(lost, sizeof lost, "%s", c->child.lost);
    if (*lost) snprintf(c->why, sizeof c->why, "left out: %s", lost);
}

/* gives every framework the network, and compares first steps with those of the rungs on one thread; returns
 * how many are others */
static int check_first_steps(void)
{
    float *gradient[2], loss[2];
    const double allowed = roundings() * 0x1p-24;
    int wrong = 0;
    for (int i = 0; i < 2; i++) gradient[i] = memory_need(now.net.params, sizeof *gradient[i]);
    (void)take_first(&stepper[0], &loss[0], gradient[0]);
    const double norm = distance(gradient[0], NULL);
    for (int k = 0; k < contestants; k++) {
        struct stepper *c = &stepper[k];
        *c->why = 0;
        if (*c->child.lost || (c->framework && !peer_network_give(&c->child, &now.given)) ||
            !take_first(c, &loss[1], gradient[1])) {
            note_loss(c);
            continue;
        }
        const double off = distance(gradient[0], gradient[1]) / norm;
        const double of_loss = fabs((double)loss[1] - (double)loss[0]) / fabs((double)loss[0]);
        if (off <= allowed && of_loss <= allowed) continue;
        snprintf(c->why, sizeof c->why, "FAIL: the gradient is off by %.1e, the loss by %.1e (allowed %.1e)",
                 off, of_loss, allowed);
        wrong++;
    }
    for (int i = 0; i < 2; i++) free(gradient[i]);
    return wrong;
}

/* ---- the race ---- */

static int samples_of(const struct stepper *c, int samples)
{
    return c->is_naive ? NAIVE_SAMPLES : samples;
}

static void race(const struct bench_steps *b, int k, int samples)
{
    const double seconds = b->quick ? QUICK_SECONDS : SAMPLE_SECONDS;
    struct progress progress;
    progress_begin(&progress, stderr);
    for (int i = 0; i < contestants; i++) {
        struct stepper *c = &stepper[i];
        c->steps = 1;
        if (*c->why || c->is_naive) continue;
        const double once = take_steps(c, 2);
        c->steps = once > seconds ? 1 : once > seconds / MOST_STEPS ? (int)(seconds / once) : MOST_STEPS;
    }
    for (int s = 0; s < samples && !interrupt_asked(); s++)
        for (int i = 0; i < contestants && !interrupt_asked(); i++) {
            struct stepper *c = &stepper[(s + i) % contestants];
            progress_show(&progress, (s * contestants + i) / (double)(samples * contestants),
                          "%s, sample %d of %d", bench_network_name(k), s + 1, samples);
            if (*c->why || s >= samples_of(c, samples)) continue;
            pinning_wait_quiet();
            c->sample[s] = take_steps(c, c->steps);
            note_loss(c);
        }
    progress_end(&progress);
}

/* the fastest framework of as many threads; NaN: none */
static double best_peer(int threads, int samples)
{
    double best = (double)NAN;
    for (int i = 0; i < contestants; i++) {
        const struct stepper *c = &stepper[i];
        if (!c->framework || c->threads != threads || *c->why) continue;
        const double median = stats_of(c->sample, samples).median;
        if (!(best <= median)) best = median;
    }
    return best;
}

static void add_result(const struct bench_steps *b, struct rows *rows, int k, struct stepper *c, int samples)
{
    const char *name = c->framework ? c->framework : c->is_naive ? naive.net.rung : now.net.rung;
    struct row *row = rows_add(rows);
    snprintf(row->op, sizeof row->op, "train_step");
    row->kind = c->framework ? ROW_PEER : ROW_RUNG, row->threads = c->threads;
    char text[3][24];
    snprintf(row->rung, sizeof row->rung, "%s", name);
    snprintf(row->shape, sizeof row->shape, "%s", bench_network_name(k));
    printf("  %-20s %3d", name, c->threads);
    if (*c->why) {
        snprintf(row->note, sizeof row->note, "%s", c->why);
        printf("  %s\n", c->why);
    } else {
        const struct stats s = stats_of(c->sample, samples_of(c, samples));
        row->seconds = s.median, row->low = s.low, row->high = s.high;
        snprintf(row->note, sizeof row->note, "%sbatch %d, seconds a step%s%s",
                 b->quick ? "quick: not for quoting; " : "", now.batch, c->framework ? "; " : "",
                 c->framework ? c->version + strlen("ready ") : "");
        printf("  %9s  [%9s, %9s]", report_seconds(s.median, text[0]), report_seconds(s.low, text[1]),
               report_seconds(s.high, text[2]));
        const double best = best_peer(c->threads, samples);
        printf(c->framework || isnan(best) ? "\n" : "  %.2f of the best peer's time\n", s.median / best);
    }
}

static int race_all(const struct bench_steps *b, struct rows *rows)
{
    char error[ERROR_TEXT];
    const int samples = b->quick ? QUICK_SAMPLES : SAMPLES;
    for (int k = 0; bench_network_name(k) && !interrupt_asked(); k++) {
        if (!bench_network_make(&now, k, "best", error) ||
            (b->naive && !bench_network_make(&naive, k, "naive", error)))
            return args_fail(EXIT_RESOURCES, "bench", "%s", error);
        bench_network_keep(&now);
        if (b->naive) bench_network_keep(&naive);
        rows->failed += check_first_steps();
        race(b, k, samples);
        if (!interrupt_asked()) {
            printf("\ntrain_step %s, batch %d, %zu parameters, %s\n  %-20s %3s  %9s   95 %% interval\n",
                   bench_network_name(k), now.batch, now.net.params, now.optimizer.op->name, "", "thr",
                   "a step");
            for (int i = 0; i < contestants; i++) add_result(b, rows, k, &stepper[i], samples);
            fflush(stdout);
        }
        bench_network_free(&now);
        if (b->naive) bench_network_free(&naive);
    }
    return EXIT_OK;
}

static void close_contestants(void)
{
    for (int i = 0; i < contestants; i++) peer_child_end(&stepper[i].child);
}

int bench_steps(const struct bench_steps *b)
{
    static const struct trainings_race race = { open_contestants, race_all, close_contestants,
                                                "another gradient than the rungs on one thread" };
    return trainings_race(b, &race);
}
