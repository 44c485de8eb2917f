/* bench_race.c - a race gives numbers to right contestants only, and no number above a roof. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/memory.h"
#include "../bench/bare.h"
#include "../bench/results.h"
#include "../reference/reference.h"

static int failed;

static void expect(int ok, const char *what)
{
    if (!ok) printf("FAIL: %s\n", what);
    failed |= !ok;
}

/* ---- contestants ---- */

static int calls;

static void zeros(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    (void)IN, (void)x, (void)w, (void)b;
    memset(y, 0, (size_t)N * (size_t)OUT * sizeof *y);
}

/* right when it is watched for the first time, wrong from its hundredth call on */
static void tires(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    dense_forward_f32(N, IN, OUT, x, w, b, y);
    if (++calls > 100) y[0] += 1;
}

/* right whenever it finds the poison that a check lays out; timed calls find old results instead */
static void knows_checks(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    if (isnan(y[0]))
        dense_forward_f32(N, IN, OUT, x, w, b, y);
    else
        y[0] *= 2;
}

static void edits_input(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    dense_forward_f32(N, IN, OUT, x, w, b, y);
    ((float *)(size_t)w)[IN - 1] += 1;
}

static void sleeps(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    dense_forward_f32(N, IN, OUT, x, w, b, y);
    usleep(60000);
}

static float farthest; /* that any weight has moved */

static void watches(int n, const float *dw, float *w, float lr)
{
    sgd_step_f32(n, dw, w, lr);
    for (int k = 0; k < n; k++) farthest = fmaxf(farthest, fabsf(w[k]));
}

static const struct rung right = { "00_naive", RUN(dense_forward, dense_forward_f32), NEED_NONE, "" };
static const struct rung all_zero = { "01_zeros", RUN(dense_forward, zeros), NEED_NONE, "" };
static const struct rung late = { "02_tires", RUN(dense_forward, tires), NEED_NONE, "" };
static const struct rung sly = { "03_knows", RUN(dense_forward, knows_checks), NEED_NONE, "" };
static const struct rung editor = { "04_edits", RUN(dense_forward, edits_input), NEED_NONE, "" };
static const struct rung slow = { "05_sleeps", RUN(dense_forward, sleeps), NEED_NONE, "" };
static const struct rung wide = { "06_wide", RUN(dense_forward, dense_forward_f32), NEED_SM90A, "" };

static const int shape[] = { 5, 7, 6 };

static struct contestant run_alone(const struct rung *rung, int cold)
{
    const struct op *op = op_find("dense_forward");
    struct contestant c[2] = { { .name = "00_naive", .rung = &right, .threads = 1 },
                               { .name = rung->name, .rung = rung, .threads = 1 } };
    struct race quick = { .samples = 6, .sample_seconds = 2e-4, .call_limit = 0.05, .cold = cold };
    struct check_case *problem = check_case_make(op, shape, 1);
    calls = 0;
    expect(race_run(&quick, problem, c, 2), "memory for a race");
    check_case_free(problem);
    if (rung != &editor) expect(c[0].outcome == RACE_MEASURED, "the right rung is measured beside any other");
    return c[1];
}

static void check_race(void)
{
    struct contestant c = run_alone(&right, 0);
    expect(c.outcome == RACE_MEASURED && c.seconds.n == 6 && c.seconds.low > 0 &&
               c.seconds.low <= c.seconds.median && c.seconds.median <= c.seconds.high,
           "a right rung gets its numbers");
    if (race_can_flush()) expect(run_alone(&right, 1).outcome == RACE_MEASURED, "with a cold cache, too");
    c = run_alone(&all_zero, 0);
    expect(c.outcome == RACE_WRONG && strstr(c.note, "before"), "zeros are noticed before timing");
    c = run_alone(&late, 0);
    expect(c.outcome == RACE_WRONG && (strstr(c.note, "while") || strstr(c.note, "after")),
           "wrong on later calls is noticed");
    c = run_alone(&sly, 0);
    expect(c.outcome == RACE_WRONG && strstr(c.note, "while"), "wrong in timed calls only is noticed");
    c = run_alone(&editor, 0);
    expect(c.outcome == RACE_WRONG && strstr(c.note, "changes its input w"), "an edited input is noticed");
    c = run_alone(&slow, 0);
    expect(c.outcome == RACE_LEFT_OUT && strstr(c.note, "too slow"), "a call over the limit is left out");
    c = run_alone(&wide, 0);
    expect(c.outcome == RACE_LEFT_OUT && strstr(c.note, "skipped"), "a missing instruction set is skipped");
    unsetenv("RUNGS_ISA");
}

/* An operation that updates: each batch of timed calls begins where the first one did. */
static void check_updates(void)
{
    const struct op *op = op_find("sgd_step");
    const struct rung watcher = { "01_watches", RUN(sgd_step, watches), NEED_NONE, "" };
    struct check_case *problem = check_case_make(op, (const int[]){ 30 }, 1);
    for (int cold = 0; cold <= race_can_flush(); cold++) {
        struct contestant c = { .name = watcher.name, .rung = &watcher, .threads = 1 };
        struct race quick = { .samples = 6, .sample_seconds = 2e-4, .call_limit = 0.05, .cold = cold };
        farthest = 0;
        expect(race_run(&quick, problem, &c, 1), "memory for a race");
        expect(c.outcome == RACE_MEASURED && farthest > 1 && farthest < 1 + 65 / 8.0F,
               "weights are restored before they run off");
    }
    check_case_free(problem);
}

static void check_probe(void)
{
    struct contestant c[] = { { .name = "00_naive", .rung = &right, .threads = 1 } };
    race_probe(op_find("dense_forward"), c, 1);
    expect(c[0].rate > 0 && !c[0].solo, "a probe finds a rate; one thread is never called solo");
    static const int none[][MAX_SIZES] = { { 0 } };
    struct op unasked = *op_find("dense_forward");
    unasked.bench_shapes = none;
    c[0].rate = 0;
    race_probe(&unasked, c, 1);
    expect(c[0].rate > 0, "an operation without bench shapes is probed at one of its check shapes");
}

/* ---- roofs ---- */

static struct roofs made_up(void)
{
    struct roofs r = { .threads = 1, .cache = { 1000, 10000, 0 } };
    r.fma[ROOF_BASE] = 1e9;
    r.bytes[LEVEL_L1][ROOF_READ] = 8e9;
    r.bytes[LEVEL_L2][ROOF_COPY] = 2e9;
    r.bytes[LEVEL_DRAM][ROOF_TRIAD] = 1e9;
    return r;
}

/* ---- the bare loop ---- */

typedef void bare_fn(const struct op *op, const int *size, void *const *buf);

/* 1 if of n elements every updated array is what is read, and nothing behind it is written */
static int moves_all(bare_fn *bare, const char *name, int n)
{
    const struct op *op = op_find(name);
    void *buf[MAX_ARGS];
    int same = 1;
    for (int a = 0; a < op->narg; a++) {
        float *x = memory_need((size_t)n + 1, sizeof *x);
        for (int k = 0; k <= n; k++) x[k] = (float)(a ? -1 : k % 1000);
        buf[a] = x;
    }
    bare(op, &n, buf);
    for (int a = 0; a < op->narg; a++) {
        const float *x = buf[a];
        for (int k = 0; k < n; k++) same &= x[k] == (float)(k % 1000);
        if (a) same &= x[n] == -1;
        free(buf[a]);
    }
    return same;
}

/* wrong: the last array, the last elements, one too many */
static void bare_without_last_array(const struct op *op, const int *size, void *const *buf)
{
    for (int a = 1; a < op->narg - 1; a++) memcpy(buf[a], buf[0], (size_t)*size * sizeof(float));
}

static void bare_without_tail(const struct op *op, const int *size, void *const *buf)
{
    for (int a = 1; a < op->narg; a++) memcpy(buf[a], buf[0], (size_t)(*size / 4 * 4) * sizeof(float));
}

static void bare_beyond(const struct op *op, const int *size, void *const *buf)
{
    for (int a = 1; a < op->narg; a++) memcpy(buf[a], buf[0], (size_t)(*size + 1) * sizeof(float));
}

static void check_bare(void)
{
    static const char *const steps[] = { "sgd_step", "momentum_step", "adam_step", "amsgrad_step" };
    static const int sizes[] = { 1, 15, 16, 33, 16384, 40001 };
    for (int s = 0; s < 4; s++) {
        expect(bare_fits(op_find(steps[s])), "a step on vectors has a bare loop");
        for (int k = 0; k < 6; k++)
            expect(moves_all(bare_call, steps[s], sizes[k]), "the bare loop writes every updated array");
        expect(!moves_all(bare_without_last_array, steps[s], 33), "an array left out is noticed");
        expect(!moves_all(bare_without_tail, steps[s], 33), "a tail left out is noticed");
        expect(!moves_all(bare_beyond, steps[s], 33), "an element too many is noticed");
    }
    expect(!bare_fits(op_find("muon_step")) && !bare_fits(op_find("clip_norm")) &&
               !bare_fits(op_find("dense_forward")),
           "a matrix's step, and what is no step, has none");

    struct contestant c = { .name = bare_name, .is_bare = 1, .threads = 1 };
    struct race quick = { .samples = 6, .sample_seconds = 2e-4, .call_limit = 0.05 };
    struct check_case *problem = check_case_make(op_find("adam_step"), (const int[]){ 1000 }, 1);
    race_probe(op_find("adam_step"), &c, 1);
    expect(race_run(&quick, problem, &c, 1) && c.outcome == RACE_MEASURED && c.seconds.median > 0,
           "the bare loop is timed, and not verified");
    check_case_free(problem);
    struct roofs r = made_up();
    struct rows rows = { 0 };
    c.seconds.median = 1;
    results_add_result(&rows, &c, op_find("adam_step"), (const int[]){ 1000 }, 0, &r, 0);
    expect(rows.row[0].kind == ROW_BARE && !strcmp(rows.row[0].rung, "bare_loop"),
           "it is neither rung nor peer");
    rows_free(&rows);
}

/* ---- bounds ---- */

static int bound_is(const char *op_name, int n, int cold, double seconds, const char *name)
{
    struct roofs r = made_up();
    const struct op *op = op_find(op_name);
    const int size[] = { n, n, n };
    struct bound b = roof_bound(&r, op, size, op->flops(size), ROOF_BASE, cold);
    if (fabs(b.seconds - seconds) <= 1e-12 * seconds && !strcmp(b.name, name)) return 1;
    printf("%s %d: %g s by %s, expected %g s by %s\n", op_name, n, b.seconds, b.name, seconds, name);
    return 0;
}

static void check_bounds(void)
{
    /* relu_backward: n flops, 12 n bytes */
    expect(bound_is("relu_backward", 10, 0, 120 / 8e9 > 10 / 1e9 ? 120 / 8e9 : 10 / 1e9, "read_l1"),
           "what fits in L1");
    expect(bound_is("relu_backward", 500, 0, (6000 - 1000) / 2e9, "copy_l2"),
           "what does not fit in L1 comes from L2");
    expect(bound_is("relu_backward", 5000, 0, (60000 - 11000) / 1e9, "triad_dram"),
           "and from DRAM where there is no L3");
    expect(bound_is("relu_backward", 10, 1, 80 / 1e9, "triad_dram"),
           "cold inputs come from DRAM; the output need not");
    expect(bound_is("dense_forward", 64, 0, 2.0 * 64 * 64 * 64 / 1e9,
                    roof_kernels[ROOF_BASE].name[0] == 's' ? "fma_sse2" : "fma_portable"),
           "a product is bound by its flops");
}

static struct rows result_of_rung(const struct op *op, const int *size, const struct rung *rung,
                                  double seconds)
{
    struct roofs r = made_up();
    struct rows rows = { 0 };
    struct contestant c = { .name = "00_naive",
                            .rung = rung,
                            .threads = 1,
                            .outcome = RACE_MEASURED,
                            .seconds = { .median = seconds, .low = seconds, .high = seconds } };
    setenv("RUNGS_ISA", "portable", 1);
    results_add_result(&rows, &c, op, size, 0, &r, 0);
    unsetenv("RUNGS_ISA");
    return rows;
}

static struct rows result_of(double seconds)
{
    return result_of_rung(op_find("dense_forward"), (const int[]){ 64, 64, 64 }, &right, seconds);
}

/* Winograd's tiles of 2 x 2 need 4/9 of the products, and a peer may do as he does with tiles of 4 x 4.
 * Where the window is none for him, nobody needs less than the formula. */
static void check_winograd_roof(void)
{
    static const int three[MAX_SIZES] = { 2, 64, 30, 30, 64, 3, 3, 1, 1, 1 },
                     five[MAX_SIZES] = { 2, 64, 30, 30, 64, 5, 5, 1, 1, 1 };
    static const struct rung winograd = { "02_winograd2", NULL, WINOGRAD_2, "" };
    const struct op *op = op_find("conv2d_forward");
    const double direct = op->flops(three) / 1e9;
    struct rows rows = result_of_rung(op, three, &winograd, direct * 4 / 9 * 2);
    expect(!rows.failed && fabs(rows.row[0].roof_percent - 50) < 1e-9, "Winograd's roof is his own");
    rows_free(&rows);
    rows = result_of_rung(op, three, &winograd, direct / 3);
    expect(rows.failed == 1, "which no rung of his may pass");
    rows_free(&rows);
    rows = result_of_rung(op, three, &right, direct / 2);
    expect(rows.failed == 1, "nor any other the formula's");
    rows_free(&rows);
    rows = result_of_rung(op, three, NULL, direct / 3);
    expect(!rows.failed, "a peer may do as he does");
    rows_free(&rows);
    rows = result_of_rung(op, five, NULL, op->flops(five) / 1e9 / 2);
    expect(rows.failed == 1, "but not with a window of 5 x 5");
    rows_free(&rows);
}

static void check_roof_rule(void)
{
    double least = 2.0 * 64 * 64 * 64 / 1e9;
    struct rows rows = result_of(least / 1.01);
    expect(rows.failed == 0 && rows.row[0].seconds > 0 && fabs(rows.row[0].roof_percent - 101) < 1e-9,
           "within the margin");
    rows_free(&rows);
    rows = result_of(least / 1.03);
    expect(rows.failed == 1 && isnan(rows.row[0].seconds) && isnan(rows.row[0].flops) &&
               strstr(rows.row[0].note, "FAIL"),
           "faster than the roof fails, and its time is not reported");
    rows_free(&rows);
    rows = result_of(least * 2);
    struct roofs higher = made_up();
    for (int isa = 0; isa < ROOF_ISAS; isa++) higher.fma[isa] = 2e9;
    results_refresh(&rows, &higher, 1);
    expect(fabs(rows.row[0].roof_percent - 25) < 1e-9, "a roof that rose later lowers the percentage");
    rows_free(&rows);
    rows = result_of(nan(""));
    expect(rows.failed == 1, "a NaN time fails");
    rows_free(&rows);
}

static void check_measured_roofs(void)
{
    struct machine m = machine_facts();
    struct roofs r = { 0 };
    expect(roof_measure(&r, &m, 2), "memory for the roofs");
    for (int isa = 0; isa < ROOF_ISAS; isa++)
        expect(!roof_kernels[isa].name || !roof_kernels[isa].present() || r.fma[isa] > 0,
               "every ISA here has its peak");
    for (int p = 0; p < ROOF_PATTERNS; p++) {
        expect(r.bytes[LEVEL_DRAM][p] > 0, "every pattern has its DRAM bandwidth");
        expect(p == ROOF_STREAM || r.bytes[LEVEL_L1][p] > 0, "and its L1 bandwidth");
    }
    struct roofs again = r;
    for (int isa = 0; isa < ROOF_ISAS; isa++) again.fma[isa] *= 1e6;
    double before = again.fma[ROOF_BASE];
    expect(roof_measure(&again, &m, 2) && again.fma[ROOF_BASE] == before,
           "measuring again never lowers a roof");
}

int main(void)
{
    check_race();
    check_updates();
    check_probe();
    check_bare();
    check_bounds();
    check_roof_rule();
    check_winograd_roof();
    check_measured_roofs();
    return failed;
}
