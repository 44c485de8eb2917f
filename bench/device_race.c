/* device_race.c - races on a GPU; see device_race.h. */
#include "device_race.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../reference/philox.h"

static const char *const roof_name[DEVICE_ROOFS] = { "fma_f32", "fma_tf32", "fma_bf16" };

static int precision_of(const struct rung *r)
{
    return r->needs & IN_BF16 ? 2 : r->needs & IN_TF32 ? 1 : 0;
}

/* ---- timing ---- */

struct stopwatch {
    const struct device_module *m;
    void *begin, *end;
};

static int watch_make(struct stopwatch *w, const struct device *d)
{
    w->m = d->module;
    w->begin = w->m->event_make();
    w->end = w->begin ? w->m->event_make() : NULL;
    return w->end != NULL;
}

static void watch_free(struct stopwatch *w)
{
    if (w->begin) w->m->event_free(w->begin);
    if (w->end) w->m->event_free(w->end);
}

/* seconds of one call with a cold L2 cache; negative after a failure */
static double time_call(const struct stopwatch *w, const struct rung *rung, const struct check_case *p,
                        void *const *buf)
{
    if (!w->m->flush_l2() || !w->m->event_record(w->begin)) return -1;
    op_call(p->op, rung->run, p->size, buf);
    if (!w->m->event_record(w->end)) return -1;
    return w->m->event_ms(w->begin, w->end) / 1e3;
}

/* the mean of as many calls as take `least` seconds; negative after a failure */
static double take_sample(const struct stopwatch *w, const struct rung *rung, const struct check_case *p,
                          void *const *buf, double least)
{
    double elapsed = 0;
    int calls = 0;
    while (elapsed < least && calls < COLD_CALLS) {
        double seconds = time_call(w, rung, p, buf);
        if (!(seconds >= 0)) return -1;
        elapsed += seconds;
        calls++;
    }
    return elapsed / calls;
}

/* ---- one race ---- */

static int wrong(struct device_contestant *c, const char *when, const char *what)
{
    c->outcome = RACE_WRONG;
    snprintf(c->note, sizeof c->note, "FAIL %s timing: %.220s", when, what);
    return 0;
}

static int verify(const struct device *d, struct device_contestant *c, struct check_case *p, void **buf,
                  const char *when)
{
    struct check result = { .verdict = CHECK_PASS };
    check_case_bounds(p, c->rung->needs);
    return device_verify(d, c->rung, p, buf, &result) || wrong(c, when, result.reason);
}

static void qualify(const struct device *d, const struct race *r, struct device_contestant *c,
                    struct check_case *p, void **buf, const struct stopwatch *w)
{
    const char *lacks = device_lacks(d, c->rung);
    c->outcome = RACE_LEFT_OUT;
    if (lacks) {
        snprintf(c->note, sizeof c->note, "skipped: %s has no %s", d->facts.name, lacks);
        return;
    }
    if (!verify(d, c, p, buf, "before")) return;
    double once = time_call(w, c->rung, p, buf); /* warms up, too */
    if (once > r->call_limit)
        snprintf(c->note, sizeof c->note, "too slow at this size: %.2g s a call", once);
    else if (once >= 0)
        c->outcome = RACE_MEASURED;
    else
        wrong(c, "while", d->module->error());
}

static void run_rounds(const struct device *d, const struct race *r, struct check_case *p,
                       struct device_contestant *c, int n, void **buf, const struct stopwatch *w,
                       double *sample)
{
    for (int s = 0; s < r->samples; s++) {
        for (int turn = 0; turn < n; turn++) {
            int i = (turn + s) % n;
            if (r->progress) r->progress(s * n + turn, r->samples * n);
            if (c[i].outcome != RACE_MEASURED) continue;
            double seconds = take_sample(w, c[i].rung, p, buf, r->sample_seconds);
            if (seconds > 0)
                sample[(size_t)i * (size_t)r->samples + (size_t)s] = seconds;
            else
                wrong(&c[i], "while", d->module->error());
        }
    }
}

int device_race_run(const struct device *d, const struct race *r, struct check_case *p,
                    struct device_contestant *c, int n, char *reason)
{
    void *buf[MAX_ARGS];
    struct stopwatch w = { 0 };
    if (!device_stage(d, p, buf, reason)) return 0;
    int ok = watch_make(&w, d);
    if (ok) {
        double *sample = memory_need((size_t)n * (size_t)r->samples, sizeof *sample);
        for (int i = 0; i < n; i++) qualify(d, r, &c[i], p, buf, &w);
        run_rounds(d, r, p, c, n, buf, &w, sample);
        for (int i = 0; i < n; i++)
            if (c[i].outcome == RACE_MEASURED && verify(d, &c[i], p, buf, "after"))
                c[i].seconds = stats_of(sample + (size_t)i * (size_t)r->samples, r->samples);
        free(sample);
    } else {
        snprintf(reason, DEVICE_ERROR, "%s", d->module->error());
    }
    watch_free(&w);
    device_unstage(d, p, buf);
    return ok;
}

/* ---- the sweep ---- */

struct called {
    const struct device *d;
    const struct op *op;
    const struct rung *rung;
    int failed;
};

static void call_on_device(void *with, const int *size, void *const *buf)
{
    struct called *of = with;
    char error[DEVICE_ERROR];
    if (!of->failed) of->failed = !device_call(of->d, of->op, of->rung, size, buf, error);
}

void device_sweep(const struct device *d, const struct op *op, struct device_contestant *c, int n)
{
    for (int i = 0; i < n; i++) {
        struct called of = { d, op, c[i].rung, 0 };
        if (!c[i].is_peer || rung_is_reduced(c[i].rung->needs) || device_lacks(d, c[i].rung)) continue;
        c[i].worst = special_worst(op, call_on_device, &of);
        if (of.failed) c[i].worst = (struct special){ 0 }; /* what failed, the race says */
    }
}

/* ---- roofs ---- */

enum { ROOF_SAMPLES = 10 };

static double measure_copy(const struct device *d, const struct stopwatch *w)
{
    const size_t bytes = (size_t)1 << 30;
    void *from = d->module->allocate(bytes), *to = from ? d->module->allocate(bytes) : NULL;
    double best = 0;
    int ok = to && d->module->fill(from, 0, bytes);
    for (int s = 0; ok && s < ROOF_SAMPLES; s++) {
        ok = w->m->event_record(w->begin) && d->module->copy(to, from, bytes) && w->m->event_record(w->end);
        double ms = ok ? w->m->event_ms(w->begin, w->end) : -1;
        if (ms > 0) best = fmax(best, 2 * (double)bytes / (ms / 1e3));
    }
    d->module->release(from);
    d->module->release(to);
    return best;
}

/* Speed alone: what the library computes is verified in every race. Random operands, because a card computes
 * faster with zeros, which take less power. */
static void measure_products(struct device_roofs *roofs, const struct device *d, const struct stopwatch *w)
{
    static const int size[MAX_SIZES] = { 4096, 4096, 4096 };
    const struct op *op = op_find("dense_forward");
    const struct rung *peer = device_peers(d, op);
    void *buf[MAX_ARGS] = { NULL };
    if (!peer) return;
    float *random = memory_need((size_t)size[0] * (size_t)size[1], sizeof *random);
    int ok = 1;
    philox_uniform(1, 0, (size_t)size[0] * (size_t)size[1], -1, 1, random);
    for (int a = 0; ok && a < op->narg; a++) {
        size_t bytes = op_elements(op, a, size) * sizeof(float);
        buf[a] = d->module->allocate(bytes);
        ok = buf[a] && d->module->upload(buf[a], random, bytes);
    }
    free(random);
    for (; ok && peer->name; peer++) {
        double *roof = &roofs->product[precision_of(peer)];
        if (device_lacks(d, peer)) continue;
        for (int s = 0; s < ROOF_SAMPLES && w->m->event_record(w->begin); s++) {
            op_call(op, peer->run, size, buf);
            double ms = w->m->event_record(w->end) ? w->m->event_ms(w->begin, w->end) : -1;
            if (ms > 0) *roof = fmax(*roof, op->flops(size) / (ms / 1e3));
        }
    }
    for (int a = 0; a < op->narg; a++) d->module->release(buf[a]);
}

int device_roofs_measure(struct device_roofs *roofs, const struct device *d, char *reason)
{
    struct stopwatch w = { 0 };
    memset(roofs, 0, sizeof *roofs);
    int ok = watch_make(&w, d);
    if (ok) {
        roofs->copy = measure_copy(d, &w);
        measure_products(roofs, d, &w);
        ok = roofs->copy > 0;
    }
    if (!ok)
        snprintf(reason, DEVICE_ERROR, "the device's bandwidth could not be measured: %s",
                 d->module->error());
    watch_free(&w);
    return ok;
}

/* ---- rows ---- */

static void add(struct rows *rows, struct row row, int failed)
{
    struct rows one = { &row, 1, 1, failed };
    rows_append(rows, &one);
}

static struct row empty_row(enum row_kind kind, const char *rung)
{
    double none = nan("");
    struct row row = { .kind = kind,
                       .threads = 1,
                       .cold = 1,
                       .seconds = none,
                       .low = none,
                       .high = none,
                       .flops = none,
                       .bytes = none,
                       .roof_percent = none };
    snprintf(row.rung, sizeof row.rung, "%s", rung);
    return row;
}

void device_rows_add_roofs(struct rows *rows, const struct device_roofs *roofs)
{
    struct row row = empty_row(ROW_ROOF, "copy_dram");
    row.bytes = roofs->copy;
    add(rows, row, 0);
    for (int k = 0; k < DEVICE_ROOFS; k++) {
        if (!(roofs->product[k] > 0)) continue;
        row = empty_row(ROW_ROOF, roof_name[k]);
        row.flops = roofs->product[k];
        add(rows, row, 0);
    }
}

void device_report_roofs(const struct device_roofs *roofs)
{
    printf("roofs, measured now: copy %.0f GB/s", roofs->copy / 1e9);
    for (int k = 0; k < DEVICE_ROOFS; k++)
        if (roofs->product[k] > 0)
            printf(", library product %s %.0f", roof_name[k] + 4, roofs->product[k] / 1e9);
    puts(roofs->product[0] > 0 ? " GFLOP/s" : "; no library for a product's roof");
}

void device_rows_add(struct rows *rows, const struct device_contestant *c, const struct check_case *p,
                     const struct device_roofs *roofs, int quick)
{
    struct row row = empty_row(c->is_peer ? ROW_PEER : c->is_outside ? ROW_OUTSIDE : ROW_RUNG, c->rung->name);
    int k = precision_of(c->rung);
    double by_bytes = p->traffic / roofs->copy,
           by_flops = roofs->product[k] > 0 ? p->flops / roofs->product[k] : 0;
    row.worst = c->worst;
    snprintf(row.op, sizeof row.op, "%s", p->op->name);
    snprintf(row.shape, sizeof row.shape, "%s", p->shape);
    snprintf(row.roof, sizeof row.roof, "%s", by_flops > by_bytes ? roof_name[k] : "copy_dram");
    if (c->outcome == RACE_MEASURED) {
        row.seconds = c->seconds.median;
        row.low = c->seconds.low;
        row.high = c->seconds.high;
        row.flops = p->flops / row.seconds;
        row.bytes = p->traffic / row.seconds;
        row.roof_percent = 100 * fmax(by_flops, by_bytes) / row.seconds;
        if (quick) snprintf(row.note, sizeof row.note, "quick: not for quoting");
    } else {
        snprintf(row.note, sizeof row.note, "%s", c->note);
    }
    add(rows, row, c->outcome == RACE_WRONG);
}
