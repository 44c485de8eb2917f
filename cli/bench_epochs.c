/* bench_epochs.c - rungs bench epochs: what an epoch of a training takes, from the first batch's images to
 * the end of a test with all test images, raced against the same in PyTorch and JAX.
 *
 * Every contestant has all images in memory as it likes them best before the clock runs, begins at the same
 * parameters, takes the batches in the same order and without dropout, and then tests. Contestants take
 * turns. After a first epoch, which is not timed, the shares of test images that are right must be alike:
 * whoever is more than ALIKE away from the rungs on one thread has done other work, and is not timed.
 */
#include "bench_epochs.h"

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
#include "../bench/results.h"
#include "../bench/stats.h"
#include "../optimized/team.h"
#include "../train/trainer.h"
#include "args.h"
#include "bench_networks.h"
#include "bench_trainings.h"

enum { COUNTS = 8, KINDS = 4, CONTESTANTS = KINDS * COUNTS, ROUNDS = 5, QUICK_ROUNDS = 1 };
static const float ALIKE =
    0.05F; /* two seeds of a network that learns are 0.01 apart after an epoch, or less */

static const char *const frameworks[KINDS] = { NULL, "torch", "torch_channels_last", "jax" };

static struct racer {
    const char *framework; /* NULL: the rungs */
    int threads;
    struct peer_child child;
    char version[PEER_LINE], why[PEER_LOST + 40]; /* why it is not timed; "": it is */
    float right;
    double sample[ROUNDS]; /* seconds an epoch */
} racer[CONTESTANTS];
static int racers;

/* ---- the training ---- */

static struct training_data {
    struct netfile file;
    struct dataset data;
    struct bench_network words; /* in the words of the frameworks, and the parameters */
    struct peer_training given;
} now;

static float *all_images(const struct dataset *data, const struct split *split, int **label)
{
    const size_t n = (size_t)split->n, features = (size_t)data->features;
    float *x = memory_need(n * features, sizeof *x);
    int *order = memory_need(n, sizeof *order);
    *label = memory_need(n, sizeof **label);
    for (int k = 0; k < split->n; k++) order[k] = k;
    data_gather(data, split, split->n, order, x, *label);
    free(order);
    return x;
}

static int open_training(int k, char *error)
{
    bench_network_file(k, &now.file);
    if (!bench_network_make(&now.words, k, "best", error)) return 0;
    if (!trainer_load(&now.file, &now.data, error)) return 0;
    return 1;
}

/* what frameworks get, of a trainer that has not begun */
static void prepare_given(const struct trainer *t)
{
    int *label, *test_label, *order = memory_need((size_t)now.data.train.n, sizeof *order);
    float *param = memory_need(t->net.params, sizeof *param);
    memcpy(param, t->net.param, t->net.params * sizeof *param);
    trainer_order(t, 0, order);
    float *x = all_images(&now.data, &now.data.train, &label),
          *test_x = all_images(&now.data, &now.data.test, &test_label);
    now.given = (struct peer_training){
        .given = { .words = now.words.words, .params = t->net.params, .param = param },
        .features = (size_t)now.data.features,
        .n = (size_t)now.data.train.n,
        .tests = (size_t)now.data.test.n,
        .x = x,
        .test_x = test_x,
        .label = label,
        .test_label = test_label,
        .order = order
    };
}

static void close_training(void)
{
    const struct peer_training *g = &now.given;
    const void *const owned[] = { g->x, g->test_x, g->label, g->test_label, g->order, g->given.param };
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++) free((void *)(uintptr_t)owned[k]);
    now.given = (struct peer_training){ 0 };
    bench_network_free(&now.words);
    data_free(&now.data);
}

/* an epoch of the rungs from the start, and its test; NaN if it cannot be made or diverges */
static double take_epoch(struct racer *r)
{
    struct trainer t;
    struct train_step step;
    char error[ERROR_TEXT];
    if (r->framework) return peer_network_steps(&r->child, 1);
    team_use(r->threads);
    if (!trainer_make(&t, &now.data, &now.file, "best", error)) return (double)NAN;
    const double begin = clock_seconds();
    int fine = trainer_step(&t, &step);
    while (fine && t.done) fine = trainer_step(&t, &step);
    const struct train_test test = trainer_test(&t);
    const double seconds = clock_seconds() - begin;
    r->right = (float)test.right / (float)test.n;
    trainer_free(&t);
    return fine ? seconds : (double)NAN;
}

/* ---- contestants ---- */

static void open_racers(const struct bench_steps *b)
{
    for (int t = 0; t < b->counts; t++)
        for (int f = 0; f < (b->no_peers ? 1 : KINDS); f++) {
            struct racer *r = &racer[racers++];
            *r = (struct racer){ .framework = frameworks[f], .threads = b->count[t] };
            if (r->framework && !peer_framework_start(r->framework, r->threads, &r->child, r->version) && !t)
                printf("%s is not here: %s\n", r->framework, r->child.lost);
        }
}

/* from now on it is not timed, as its process is lost */
static void note_lost(struct racer *r)
{
    char lost[PEER_LOST];
    snprintf(lost, sizeof lost, "%s", r->child.lost);
    if (*lost) snprintf(r->why, sizeof r->why, "left out: %s", lost);
}

/* The first epoch: whose share of right images is another is not timed. Returns how many. */
static int check_first_epochs(void)
{
    int wrong = 0;
    for (int i = 0; i < racers && !interrupt_asked(); i++) {
        struct racer *r = &racer[i];
        *r->why = 0;
        if (!r->framework)
            (void)take_epoch(r);
        else if (*r->child.lost || !peer_training_give(&r->child, &now.given) ||
                 !peer_training_right(&r->child, &r->right))
            note_lost(r);
        if (*r->why || fabsf(r->right - racer[0].right) <= ALIKE) continue;
        snprintf(r->why, sizeof r->why,
                 "FAIL: %.1f %% of the test images are right, and %.1f %% with the rungs",
                 100 * (double)r->right, 100 * (double)racer[0].right);
        wrong++;
    }
    return wrong;
}

static void race(int k, int rounds)
{
    struct progress progress;
    progress_begin(&progress, stderr);
    for (int s = 0; s < rounds && !interrupt_asked(); s++)
        for (int i = 0; i < racers && !interrupt_asked(); i++) {
            struct racer *r = &racer[(s + i) % racers];
            progress_show(&progress, (s * racers + i) / (double)(rounds * racers), "%s, round %d of %d",
                          bench_network_name(k), s + 1, rounds);
            if (*r->why) continue;
            pinning_wait_quiet();
            r->sample[s] = take_epoch(r);
            note_lost(r);
        }
    progress_end(&progress);
}

/* ---- results ---- */

static double best_peer(int threads, int rounds)
{
    double best = (double)NAN;
    for (int i = 0; i < racers; i++) {
        const struct racer *r = &racer[i];
        if (!r->framework || r->threads != threads || *r->why) continue;
        const double median = stats_of(r->sample, rounds).median;
        if (!(best <= median)) best = median;
    }
    return best;
}

static void add_result(const struct bench_steps *b, struct rows *rows, int k, const struct racer *r,
                       int rounds)
{
    const char *name = r->framework ? r->framework : now.words.net.rung;
    struct row *row = rows_add(rows);
    snprintf(row->op, sizeof row->op, "train_epoch");
    row->kind = r->framework ? ROW_PEER : ROW_RUNG, row->threads = r->threads;
    char text[3][24];
    snprintf(row->rung, sizeof row->rung, "%s", name);
    snprintf(row->shape, sizeof row->shape, "%s", bench_network_name(k));
    printf("  %-20s %3d", name, r->threads);
    if (*r->why) {
        snprintf(row->note, sizeof row->note, "%s", r->why);
        printf("  %s\n", r->why);
    } else {
        const struct stats s = stats_of(r->sample, rounds);
        const double best = best_peer(r->threads, rounds);
        row->seconds = s.median, row->low = s.low, row->high = s.high;
        snprintf(row->note, sizeof row->note, "%s%zu images, seconds an epoch with its test%s%s",
                 b->quick ? "quick: not for quoting; " : "", now.given.n, r->framework ? "; " : "",
                 r->framework ? r->version + strlen("ready ") : "");
        printf("  %9s  [%9s, %9s]", report_seconds(s.median, text[0]), report_seconds(s.low, text[1]),
               report_seconds(s.high, text[2]));
        printf(r->framework || isnan(best) ? "\n" : "  %.2f of the best peer's time\n", s.median / best);
    }
}

static int race_all(const struct bench_steps *b, struct rows *rows)
{
    char error[ERROR_TEXT];
    struct trainer t;
    const int rounds = b->quick ? QUICK_ROUNDS : ROUNDS;
    for (int k = 0; bench_network_name(k) && !interrupt_asked(); k++) {
        if (!open_training(k, error) || !trainer_make(&t, &now.data, &now.file, "best", error))
            return args_fail(EXIT_INPUT, "bench", "%s", error);
        prepare_given(&t);
        trainer_free(&t);
        rows->failed += check_first_epochs();
        race(k, rounds);
        if (!interrupt_asked()) {
            printf(
                "\ntrain_epoch %s, batch %d, %zu images, and a test with %zu\n  %-20s %3s  %9s   95 %% interval\n",
                bench_network_name(k), now.words.batch, now.given.n, now.given.tests, "", "thr", "an epoch");
            for (int i = 0; i < racers; i++) add_result(b, rows, k, &racer[i], rounds);
            fflush(stdout);
        }
        close_training();
    }
    return EXIT_OK;
}

static void close_racers(void)
{
    for (int i = 0; i < racers; i++) peer_child_end(&racer[i].child);
}

int bench_epochs(const struct bench_steps *b)
{
    static const struct trainings_race race = {
        open_racers, race_all, close_racers, "another share of right images than the rungs on one thread"
    };
    return trainings_race(b, &race);
}
