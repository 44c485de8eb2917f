/* bench_device.c - races on a device (bench/device_race.h), with a device made for the occasion: its
 * memory is this process's and its events read this machine's clock. The time of a wrong rung is not
 * reported; a failing device ends in one sentence. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../bench/pinning.h"
#include "../bench/device_race.h"
#include "../reference/reference.h"

static int failed;

static void expect(int ok, const char *what, const char *told)
{
    printf("%s  %s%s%s\n", ok ? "ok    " : "NOT OK", what, *told ? ": " : "", told);
    failed += !ok;
}

/* ---- the device ---- */

static int broken, flushed, live;
static const char *sentence = "";

static int facts(struct device_facts *f)
{
    *f = (struct device_facts){ .name = "a made-up card", .has = NEED_SM80, .capability = 80 };
    return 1;
}

static void *allocate(size_t bytes) /* on 256 bytes, as device.h asks */
{
    live++;
    return aligned_alloc(256, (bytes + 255) / 256 * 256);
}

static void release(void *p)
{
    live -= p != NULL;
    free(p);
}

static int copy(void *to, const void *from, size_t bytes)
{
    memcpy(to, from, bytes);
    return 1;
}

static int fill(void *p, int byte, size_t bytes)
{
    memset(p, byte, bytes);
    return 1;
}

static int fine(void)
{
    return 1;
}

static int flush_l2(void)
{
    flushed++;
    return 1;
}

static void *event_make(void)
{
    if (broken) sentence = "no events today";
    return broken ? NULL : malloc(sizeof(double));
}

static void event_free(void *event)
{
    free(event);
}

static int event_record(void *event)
{
    *(double *)event = clock_seconds();
    return 1;
}

static double event_ms(void *begin, void *end)
{
    return 1e3 * (*(double *)end - *(double *)begin) + 1e-6;
}

static const char *error_text(void)
{
    const char *told = sentence;
    sentence = "";
    return told;
}

static void nothing(void)
{
}

/* ---- its rungs ---- */

static void later_wrong(int n, const float *x, float *y)
{
    static int calls;
    relu_forward_f32(n, x, y);
    if (calls++ > 10) y[n - 1] += 1;
}

static void zeros(int n, const float *x, float *y)
{
    (void)x;
    memset(y, 0, (size_t)n * sizeof *y);
}

static void wrong_at_20(int n, const float *x, float *y)
{
    relu_forward_f32(n, x, y);
    for (int k = 0; k < n; k++)
        if (x[k] == -20) y[k] = 1e-6f;
}

static const struct rung rungs[] = {
    { "00_naive", RUN(relu_forward, relu_forward_f32), NEED_NONE, "right" },
    { "01_zeros", RUN(relu_forward, zeros), NEED_NONE, "wrong from the start" },
    { "02_later", RUN(relu_forward, later_wrong), NEED_NONE, "wrong after ten calls" },
    { "03_at_20", RUN(relu_forward, wrong_at_20), NEED_NONE, "wrong where a race does not look" },
    { "03_new", RUN(relu_forward, relu_forward_f32), NEED_SM90A, "for another card" },
    { 0 },
};
static const struct device_rungs ladders[] = { { "relu_forward", rungs }, { NULL, NULL } };

static const struct device_module module = {
    DEVICE_VERSION, "gpu",        ladders,  NULL,       facts,   allocate, release,
    copy,           copy,         fill,     copy,       fine,    flush_l2, event_make,
    event_free,     event_record, event_ms, error_text, nothing,
};

int main(void)
{
    static struct device card;
    card.module = &module;
    facts(&card.facts);
    const struct op *op = op_find("relu_forward");
    struct check_case *problem = check_case_make(op, (int[MAX_SIZES]){ 1000 }, 1);
    struct device_contestant c[4] = {
        { .rung = &rungs[0] }, { .rung = &rungs[1] }, { .rung = &rungs[2] }, { .rung = &rungs[4] }
    };
    struct race quick = { .samples = 7, .sample_seconds = 1e-5, .call_limit = 1 };
    struct device_roofs roofs = { .copy = 1e9 };
    struct rows rows = { 0 };
    char error[DEVICE_ERROR] = "";

    expect(device_race_run(&card, &quick, problem, c, 4, error), "a race is run", error);
    expect(c[0].outcome == RACE_MEASURED && c[0].seconds.median > 0, "a right rung is measured", c[0].note);
    expect(flushed > 7, "the cache is flushed before every call", "");
    expect(c[1].outcome == RACE_WRONG && strstr(c[1].note, "FAIL before") != NULL, "zeros get no number",
           c[1].note);
    expect(c[2].outcome == RACE_WRONG && strstr(c[2].note, "FAIL after") != NULL, "wrong later: no number",
           c[2].note);
    expect(c[3].outcome == RACE_LEFT_OUT && strstr(c[3].note, "skipped") != NULL,
           "another card's is left out", c[3].note);
    struct device_contestant peer[] = { { .rung = &rungs[0], .is_peer = 1 },
                                        { .rung = &rungs[3], .is_peer = 1 },
                                        { .rung = &rungs[3] } };
    device_sweep(&card, op, peer, 3);
    expect(!*peer[0].worst.at && !*peer[2].worst.at, "an exact peer is not marked, nor a rung",
           peer[0].worst.at);
    expect(!strcmp(peer[1].worst.at, "y at x = -20") && peer[1].worst.got == (double)1e-6f &&
               peer[1].worst.expected == 0,
           "a peer that is less exact is", peer[1].worst.at);
    peer[1].outcome = RACE_LEFT_OUT;
    device_rows_add(&rows, &peer[1], problem, &roofs, 0);
    expect(rows.n == 1 && !strcmp(rows.row[0].worst.at, "y at x = -20"), "and its row says so", "");
    rows_free(&rows);
    for (int i = 0; i < 4; i++) device_rows_add(&rows, &c[i], problem, &roofs, 0);
    expect(rows.n == 4 && rows.failed == 2 && rows.row[0].seconds > 0 && !(rows.row[1].seconds > 0),
           "rows say who failed", rows.row[1].note);
    expect(!strcmp(rows.row[0].roof, "copy_dram") &&
               fabs(rows.row[0].roof_percent - 100 * 8000 / 1e9 / rows.row[0].seconds) < 1e-6,
           "the bandwidth is its roof", "");
    broken = 1;
    expect(!device_race_run(&card, &quick, problem, c, 4, error) && !strcmp(error, "no events today"),
           "a failing device is told", error);
    expect(live == 0, "all device memory is given back", "");
    rows_free(&rows);
    check_case_free(problem);
    return failed ? 1 : 0;
}
