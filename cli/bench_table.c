/* bench_table.c - rungs bench --table: naive C, the top rung and the libraries of every ladder, a line each.
 *
 * A short version of the race that `rungs bench OP` runs, with its checks before, while and after: no
 * time is printed for a contestant that is wrong. Naive C runs on one thread, and so do the others unless the
 * user asks for more. */
#include "bench_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/clock.h"
#include "../base/exit_code.h"
#include "../base/interrupt.h"
#include "../base/progress.h"
#include "../base/terminal.h"
#include "../bench/peers.h"
#include "../bench/pinning.h"
#include "../bench/report.h"
#include "args.h"

enum { CONTESTANTS = 2 + PEERS, NAIVE = 0, TOP = 1, RATIO = 24, CELL = 80 };

static const struct race race_short = { .samples = 5, .sample_seconds = 0.001, .call_limit = 0.5 };

struct table {
    const struct bench_table *what;
    const struct peer *peers; /* PEERS of them, or NULL */
    struct machine machine;
    struct roofs one, all; /* of one thread, and of all that there are */
    struct rows rows;
    struct progress progress;
    double *speedup; /* of each ladder that has a number, in order of operations */
    int ladders, speedups, raced_peers, won, without_ladder;
};

/* how many rungs of it can run here */
static int usable(const struct op *op)
{
    int n = 0;
    for (const struct rung *r = op->cpu; r->name; r++) n += !rung_lacks(r->needs);
    return n;
}

/* The largest of the bench shapes, or where there are none of the check shapes, that naive C does in a
 * moment, and whose oracle is made in one; of none, the first. */
static const int *shape_of(const struct op *op)
{
    const double most_flops = 4e7, most_bytes = 1.3e7;
    const int(*shapes)[MAX_SIZES] = **op->bench_shapes ? op->bench_shapes : op->check_shapes,
          (*best)[MAX_SIZES] = NULL;
    for (const int(*s)[MAX_SIZES] = shapes; **s; s++)
        if (op->flops(*s) <= most_flops && op_bytes(op, *s) <= most_bytes &&
            (!best || op->flops(*s) > op->flops(*best)))
            best = s;
    return best ? *best : *shapes;
}

/* ---- one race ---- */

static int line_up(const struct table *t, const struct op *op, struct contestant *c)
{
    const struct rung *top = rung_at_level(op, "best");
    int n = 0;
    c[n++] = (struct contestant){ .name = op->cpu->name, .rung = op->cpu, .threads = 1 };
    c[n++] = (struct contestant){ .name = top->name, .rung = top, .threads = t->what->threads };
    for (int k = 0; t->peers && k < PEERS; k++) {
        const struct peer_op *o = peer_find(&t->peers[k], op);
        if (o)
            c[n++] = (struct contestant){
                .name = t->peers[k].name, .peer = &t->peers[k], .peer_op = o, .threads = t->what->threads
            };
    }
    race_sweep(op, c, n);
    return n;
}

/* Rows of the race at rows.row[first]; 0 after a sentence */
static int race_one(struct table *t, const struct op *op, const int *size)
{
    static struct contestant c[CONTESTANTS];
    struct check_case *made = check_case_make(op, size, 1);
    int n = line_up(t, op, c), ran = race_run(&race_short, made, c, n);
    for (int i = 0; ran && i < n && !interrupt_asked(); i++) {
        struct roofs *r = c[i].threads == 1 ? &t->one : &t->all;
        /* a roof that was measured while something else had the core is too low */
        for (int again = 0; again < 5 && results_above_roof(&c[i], op, made->size, 0, r); again++)
            (void)roof_measure(r, &t->machine, r->threads);
    }
    for (int i = 0; ran && i < n && !interrupt_asked(); i++)
        results_add_result(&t->rows, &c[i], op, made->size, 0, c[i].threads == 1 ? &t->one : &t->all, 1);
    check_case_free(made);
    return ran || args_refuse("bench", "out of memory at %s", op->name) == 0;
}

/* ---- its line ---- */

/* "0.93", "7.4", "128" */
static char *ratio_text(double ratio, char text[RATIO])
{
    snprintf(text, RATIO, ratio < 0.995 ? "%.2f" : ratio < 9.95 ? "%.1f" : "%.0f", ratio);
    return text;
}

/* the fastest library of n rows; NULL: none has a number */
static const struct row *best_peer(const struct row *row, int n)
{
    const struct row *best = NULL;
    for (int i = TOP + 1; i < n; i++)
        if (row[i].seconds > 0 && (!best || row[i].seconds < best->seconds)) best = &row[i];
    return best;
}

static void put_line(struct table *t, const struct row *row, int n)
{
    char naive[CELL] = "-", roof[RATIO] = "-", peer[CELL] = "-", ratio[RATIO];
    const struct row *best = best_peer(row, n), *top = &row[TOP];
    if (top->seconds > 0 && row[NAIVE].seconds > 0) {
        t->speedup[t->speedups++] = row[NAIVE].seconds / top->seconds;
        snprintf(naive, sizeof naive, "%s x", ratio_text(row[NAIVE].seconds / top->seconds, ratio));
    }
    if (top->seconds > 0) snprintf(roof, sizeof roof, "%.0f %%", top->roof_percent);
    if (top->seconds > 0 && best) {
        t->raced_peers++;
        t->won += top->seconds < best->seconds;
        snprintf(peer, sizeof peer, "%s x %s%s", ratio_text(best->seconds / top->seconds, ratio), best->rung,
                 *best->worst.at ? " *" : "");
    }
    terminal_print(stdout, 4, "%-30s %-18s %10s %7s  %-25s %s\n", row->op, top->rung, naive, roof, peer,
                   row->shape);
    for (int i = 0; i < n; i++)
        if (!(row[i].seconds > 0)) terminal_print(stdout, 8, "    %s: %s\n", row[i].rung, row[i].note);
    fflush(stdout);
}

/* ---- the whole ---- */

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void put_sums(struct table *t)
{
    char median[RATIO] = "-";
    qsort(t->speedup, (size_t)t->speedups, sizeof *t->speedup, by_size);
    if (t->speedups) ratio_text(t->speedup[t->speedups / 2], median);
    printf("\n%d ladders: the top rung is %s times as fast as naive C in the median", t->ladders, median);
    if (t->raced_peers)
        printf(", and faster than the best library in %d of %d races", t->won, t->raced_peers);
    puts(".");
    for (int i = 0; i < t->rows.n; i++) {
        if (!*t->rows.row[i].worst.at) continue;
        puts("* less exact than the rungs: `rungs bench OP` says where");
        break;
    }
    if (t->without_ladder)
        printf("%d operation%s no ladder here: the only rung is the reference.\n", t->without_ladder,
               t->without_ladder == 1 ? " has" : "s have");
}

/* 0 after a sentence */
static int race_all(struct table *t)
{
    const struct bench_table *what = t->what;
    terminal_print(stdout, 4, "\n%-30s %-18s %10s %7s  %-25s %s\n", "operation", "top rung", "over naive",
                   "of roof", "over best library", "shape");
    progress_begin(&t->progress, stderr);
    for (int i = 0; i < what->ops && !interrupt_asked(); i++) {
        const struct op *op = what->op[i];
        int first = t->rows.n;
        if (usable(op) < 2) {
            t->without_ladder++;
            continue;
        }
        progress_show(&t->progress, (double)i / what->ops, "%s", op->name);
        if (!race_one(t, op, shape_of(op))) return 0;
        if (interrupt_asked()) break;
        progress_end(&t->progress);
        put_line(t, t->rows.row + first, t->rows.n - first);
        progress_begin(&t->progress, stderr);
        t->ladders++;
    }
    progress_end(&t->progress);
    return 1;
}

/* 0 after a sentence */
static int write_file(const struct table *t)
{
    struct rows all = { 0 };
    if (!t->what->csv_path) return 1;
    results_add_roofs(&all, &t->one);
    if (t->all.threads > 1) results_add_roofs(&all, &t->all);
    rows_append(&all, &t->rows);
    results_refresh(&all, (const struct roofs[]){ t->one, t->all }, t->all.threads > 1 ? 2 : 1);
    int ok = rows_write_csv(&all, &t->machine, t->what->csv_path);
    if (ok) printf("wrote %s\n", t->what->csv_path);
    rows_free(&all);
    return ok;
}

int bench_table(const struct bench_table *what)
{
    struct table t = { .what = what, .speedup = calloc((size_t)what->ops, sizeof *t.speedup) };
    if (!t.speedup) return args_fail(EXIT_RESOURCES, "bench", "out of memory");
    interrupt_watch();
    pinning_pin_self();
    pinning_start_team();
    t.machine = machine_facts();
    printf("short races on %d thread%s: to see how the ladders stand, not to quote\n", what->threads,
           what->threads == 1 ? "" : "s, naive C on one");
    if (!what->no_peers) t.peers = peers_open_libraries(what->op, what->ops);
    int ok = roof_measure(&t.one, &t.machine, 1) &&
             (what->threads == 1 || roof_measure(&t.all, &t.machine, what->threads));
    if (!ok)
        args_refuse("bench",
                    "out of memory for the bandwidth measurement; close other programs and try again");
    ok = ok && race_all(&t);
    if (ok && !interrupt_asked()) put_sums(&t);
    int saved = ok && !interrupt_asked() && write_file(&t), wrong = t.rows.failed;
    if (wrong) printf("%d FAILED: a wrong result, or a time that cannot be\n", wrong);
    rows_free(&t.rows);
    free(t.speedup);
    if (interrupt_asked()) interrupt_end();
    return wrong ? EXIT_WRONG : !ok ? EXIT_RESOURCES : saved ? EXIT_OK : EXIT_OUTPUT;
}
