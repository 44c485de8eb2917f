/* bench_train.c - rungs bench train: the same training with one thread and with more, turn by turn.
 *
 * A busy machine's speed changes from second to second, so what counts is the ratio within a pair: some steps
 * with the first count and, at once, the same steps with another. The order within a pair alternates. Threads
 * are not pinned: what is measured is `rungs train`.
 */
#include "bench_train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/cpus.h"
#include "../base/error.h"
#include "../bench/pinning.h"
#include "../bench/load.h"
#include "../bench/report.h"
#include "../bench/stats.h"
#include "../optimized/team.h"
#include "../base/progress.h"
#include "../train/trainer.h"
#include "args.h"

enum { MOST_COUNTS = 8, PAIRS = 15, QUICK_PAIRS = 6, STEPS = 100, QUICK_STEPS = 3 };

static struct trainer trainer[MOST_COUNTS];
static double sample[MOST_COUNTS][PAIRS]; /* seconds a step */

/* ---- measuring ---- */

/* seconds a step; NaN if the training diverged */
static double train_some(struct trainer *t, int threads, int steps)
{
    struct train_step step;
    team_use(threads);
    double start = clock_seconds();
    for (int i = 0; i < steps; i++)
        if (!trainer_step(t, &step)) return nan("");
    return (clock_seconds() - start) / steps;
}

static void run_pairs(const struct bench_train *b, int pairs, int steps)
{
    struct progress progress;
    progress_begin(&progress, stderr);
    for (int i = 0; i < b->counts; i++) (void)train_some(&trainer[i], b->count[i], steps); /* warms up */
    for (int p = 0; p < pairs; p++)
        for (int turn = 0; turn < b->counts; turn++) {
            int i = p % 2 ? b->counts - 1 - turn : turn;
            progress_show(&progress, (p * b->counts + turn) / (double)(pairs * b->counts),
                          "train, pair %d of %d", p + 1, pairs);
            sample[i][p] = train_some(&trainer[i], b->count[i], steps);
        }
    progress_end(&progress);
}

static int same_bits(const struct trainer *a, const struct trainer *b)
{
    return !memcmp(a->net.param, b->net.param, a->net.params * sizeof *a->net.param);
}

/* how many times as fast as the first count, pair by pair */
static struct stats speed_up(int i, int pairs)
{
    double ratio[PAIRS];
    for (int p = 0; p < pairs; p++) ratio[p] = sample[0][p] / sample[i][p];
    return stats_of(ratio, pairs);
}

/* ---- results ---- */

static void network_shape(const struct network *net, int batch, char *text, size_t room)
{
    int width[LAYERS_MOST + 1], widths = network_widths(net, width);
    size_t used = (size_t)snprintf(text, room, "%d", batch);
    for (int l = 0; l < widths && used < room; l++)
        used += (size_t)snprintf(text + used, room - used, "x%d", width[l]);
}

static const char *verdict(struct stats s)
{
    return s.low > 1 ? "faster" : s.high < 1 ? "SLOWER" : "no difference";
}

/* a row of the table and of the files; a thread count that gave different bits is not timed */
static void add_result(const struct bench_train *b, struct rows *rows, int i, int pairs, double throttled)
{
    double none = nan("");
    char median[24], low[24], high[24];
    struct stats seconds = stats_of(sample[i], pairs), ratio = speed_up(i, pairs);
    struct row row = { .op = "train",
                       .kind = ROW_RUNG,
                       .threads = b->count[i],
                       .load = b->load,
                       .throttled = throttled,
                       .seconds = seconds.median,
                       .low = seconds.low,
                       .high = seconds.high,
                       .flops = none,
                       .bytes = none,
                       .roof_percent = none };
    snprintf(row.rung, sizeof row.rung, "%s", trainer[i].net.rung);
    network_shape(&trainer[i].net, trainer[i].batch, row.shape, sizeof row.shape);
    snprintf(row.note, sizeof row.note, "%sfashion-mlp, seconds a step",
             b->quick ? "quick: not for quoting; " : "");
    printf("  %3d  %9s  [%9s, %9s] %10.0f", b->count[i], report_seconds(seconds.median, median),
           report_seconds(seconds.low, low), report_seconds(seconds.high, high),
           trainer[i].batch / seconds.median);
    if (i) {
        size_t used = strlen(row.note);
        snprintf(row.note + used, sizeof row.note - used,
                 "; %d pairs with %d thread%s: %.3f times as fast, 95 %% in [%.3f, %.3f]", pairs, b->count[0],
                 b->count[0] > 1 ? "s" : "", ratio.median, ratio.low, ratio.high);
        printf("  %7.3f [%.3f, %.3f] %s", ratio.median, ratio.low, ratio.high, verdict(ratio));
    }
    if (!same_bits(&trainer[0], &trainer[i])) {
        rows->failed++;
        row.seconds = row.low = row.high = none;
        snprintf(row.note, sizeof row.note, "FAIL: other parameters than with %d thread%s", b->count[0],
                 b->count[0] > 1 ? "s" : "");
        printf("  %s", row.note);
    }
    putchar('\n');
    rows_append(rows, &(struct rows){ &row, 1, 1, 0 });
}

static int report(const struct bench_train *b, const struct machine *m, int pairs, int steps,
                  double throttled)
{
    struct rows rows = { 0 };
    printf("\ntrain fashion-mlp, batch %d, rung %s; %d pairs of %d steps", trainer[0].batch,
           trainer[0].net.rung, pairs, steps);
    if (b->load) printf(", beside %d busy process%s", b->load, b->load > 1 ? "es" : "");
    printf("\n  %3s  %9s  %-22s %10s  %7s\n", "thr", "a step", " 95 % interval", "images/s",
           "speed-up in pairs");
    for (int i = 0; i < b->counts; i++) add_result(b, &rows, i, pairs, throttled);
    if (throttled > 0) printf("  the CPU quota stopped these threads for %.2f s: use fewer\n", throttled);
    int ok = (!b->csv_path || rows_write_csv(&rows, m, b->csv_path)) &&
             (!b->json_path || rows_write_json(&rows, m, b->json_path));
    if (ok && b->csv_path) printf("wrote %s\n", b->csv_path);
    if (ok && b->json_path) printf("wrote %s\n", b->json_path);
    int failed = rows.failed;
    rows_free(&rows);
    return !ok ? EXIT_OUTPUT : failed ? EXIT_WRONG : EXIT_OK;
}

/* ---- the verb ---- */

static int measure(const struct bench_train *b)
{
    char error[ERROR_TEXT];
    int pairs = b->quick ? QUICK_PAIRS : PAIRS, steps = b->quick ? QUICK_STEPS : STEPS;
    struct machine m = machine_facts();
    machine_print(&m);
    if (b->quick) puts("--quick: few and short samples; these numbers are not for quoting");
    fflush(stdout);
    struct cpus_stops before = cpus_stops(pinning_cpus());
    if (!load_start(b->load, error)) return args_fail(EXIT_RESOURCES, "bench", "%s", error);
    run_pairs(b, pairs, steps);
    load_stop();
    for (int i = 0; i < b->counts; i++)
        for (int p = 0; p < pairs; p++)
            if (isnan(sample[i][p]))
                return args_fail(EXIT_WRONG, "bench", "training diverged: the loss is NaN");
    return report(b, &m, pairs, steps, cpus_stops(pinning_cpus()).seconds - before.seconds);
}

int bench_train(const struct bench_train *b)
{
    struct dataset data;
    char error[ERROR_TEXT];
    static struct netfile file;
    int made = 0, ok = 1, code = EXIT_INPUT;
    network_text_read("fashion-mlp", &file);
    if (!trainer_read(&file, &data, error)) return args_fail(EXIT_INPUT, "bench", "%s", error);
    while (ok && made < b->counts) {
        ok = trainer_make(&trainer[made], &data, &file, "best", error);
        made += ok;
    }
    code = ok ? measure(b) : args_fail(EXIT_RESOURCES, "bench", "%s", error);
    for (int i = 0; i < made; i++) trainer_free(&trainer[i]);
    data_free(&data);
    return code;
}
