/* bench_cuda.c - rungs bench --cuda: race the CUDA rungs of operations on a GPU, against cuBLAS and cuDNN. */
#include "bench_cuda.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench/pinning.h"
#include "../bench/device_race.h"
#include "../bench/report.h"
#include "../base/progress.h"
#include "bench_with.h"

enum { MAX_CONTESTANTS = 64 };

static struct progress progress;
static char race_name[96 + SHAPE_TEXT];

static void show_progress(int done, int all)
{
    progress_show(&progress, (double)done / all, "%s", race_name);
}

static int line_up(const struct device *d, const struct op *op, const struct bench_cuda *b,
                   struct device_contestant *c)
{
    int n = 0;
    const struct rung *ladder = device_ladder(d, op);
    for (const struct rung *r = ladder; r && r->name && n < MAX_CONTESTANTS; r++)
        if (!b->is_chosen || b->is_chosen(ladder, r)) c[n++] = (struct device_contestant){ .rung = r };
    struct contestant mine = bench_with_contestant(1);
    if (mine.name && n < MAX_CONTESTANTS)
        c[n++] = (struct device_contestant){ .rung = mine.rung, .is_outside = 1 };
    if (b->no_peers) return n;
    for (const struct rung *r = device_peers(d, op); r && r->name && n < MAX_CONTESTANTS; r++)
        c[n++] = (struct device_contestant){ .rung = r, .is_peer = 1 };
    return n;
}

/* 0 after a sentence */
static int race_at(const struct device *d, const struct bench_cuda *b, const struct op *op, const int *size,
                   const struct device_roofs *roofs, struct rows *rows)
{
    static struct device_contestant c[MAX_CONTESTANTS];
    struct race setup = b->quick ? race_quick : race_full;
    char error[DEVICE_ERROR];
    int n = line_up(d, op, b, c), first = rows->n;
    if (!n) {
        printf("\n%s has no CUDA rungs%s\n", op->name, b->is_chosen ? " of these names" : "");
        return 1;
    }
    struct check_case *problem = check_case_make(op, size, 1);
    snprintf(race_name, sizeof race_name, "%s %s", op->name, problem->shape);
    setup.progress = show_progress;
    device_sweep(d, op, c, n);
    progress_begin(&progress, stderr);
    int ok = device_race_run(d, &setup, problem, c, n, error);
    progress_end(&progress);
    for (int i = 0; ok && i < n; i++) device_rows_add(rows, &c[i], problem, roofs, b->quick);
    if (ok) report_race(rows, first, n, problem);
    if (ok) bench_with_report(rows->row + first, n);
    check_case_free(problem);
    fflush(stdout);
    return ok || (args_refuse("bench", "%s: %s", race_name, error), 0);
}

/* the card in the place of the CPU, so that every row names it */
static struct machine card_facts(const struct device *d)
{
    static char compiler[64];
    struct machine m = machine_facts();
    snprintf(m.cpu, sizeof m.cpu, "%s", d->facts.name);
    snprintf(m.isa, sizeof m.isa, "sm_%d", d->facts.capability);
    snprintf(compiler, sizeof compiler, "nvcc, CUDA %d.%d", d->facts.runtime / 1000,
             d->facts.runtime % 1000 / 10);
    m.compiler = compiler;
    printf(
        "%s, sm_%d, %d multiprocessors at up to %.0f MHz, memory %.0f GiB at %.0f MHz x %d bit, L2 %.0f MiB\n"
        "CUDA %d.%d, driver %d.%d; commit %s; %s\n",
        d->facts.name, d->facts.capability, d->facts.multiprocessors, d->facts.clock_hz / 1e6,
        (double)d->facts.memory_bytes / 0x1p30, d->facts.memory_clock_hz / 1e6, d->facts.memory_bus_bits,
        (double)d->facts.l2_bytes / 0x1p20, d->facts.runtime / 1000, d->facts.runtime % 1000 / 10,
        d->facts.driver / 1000, d->facts.driver % 1000 / 10, m.commit, m.date);
    return m;
}

int bench_cuda(const struct bench_cuda *b)
{
    char error[DEVICE_ERROR];
    struct device_roofs roofs;
    struct rows rows = { 0 };
    const struct device *d = device_open(NULL, error);
    if (!d || strcmp(d->module->kind, "gpu")) {
        fprintf(stderr,
                "rungs bench: no GPU here, so there is nothing to time%s%s; `rungs check OP --cuda` runs the "
                "kernels in the emulator\n",
                d ? "" : ": ", d ? "" : error);
        return EXIT_SKIPPED;
    }
    int refused = bench_with_prepare(b->problem->op); /* before this process touches the GPU */
    if (refused >= 0) return refused;
    struct machine machine = card_facts(d);
    if (b->quick) puts("--quick: few and short samples; these numbers are not for quoting");
    if (!device_roofs_measure(&roofs, d, error)) {
        fprintf(stderr, "rungs bench: %s\n", error);
        return EXIT_WRONG;
    }
    device_report_roofs(&roofs);
    device_rows_add_roofs(&rows, &roofs);
    int ok = 1;
    for (int i = 0; ok && i < b->n; i++)
        ok = race_at(d, b, b->problem[i].op, b->problem[i].size, &roofs, &rows);
    ok = ok && (!b->csv_path || rows_write_csv(&rows, &machine, b->csv_path)) &&
         (!b->json_path || rows_write_json(&rows, &machine, b->json_path));
    if (ok && b->csv_path) printf("\nwrote %s; `rungs plot --data %s` draws it\n", b->csv_path, b->csv_path);
    if (rows.failed) printf("\n%d FAILED: a wrong result\n", rows.failed);
    ok = ok && !rows.failed;
    rows_free(&rows);
    d->module->close();
    return ok ? EXIT_OK : EXIT_WRONG;
}
