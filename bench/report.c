/* report.c - tables on a terminal; see report.h. */
#include "report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../base/terminal.h"

char *report_seconds(double seconds, char *text)
{
    static const char *const unit[] = { "ns", "us", "ms", "s" };
    double x = seconds * 1e9;
    int u = 0;
    while (u < 3 && x >= 999.95) x /= 1000, u++;
    snprintf(text, 24, "%.*f %s", x < 9.9995 ? 3 : x < 99.995 ? 2 : 1, x, unit[u]);
    return text;
}

char *report_worst(const struct special *worst, char *text)
{
    double got = isnan(worst->got) ? nan("") : worst->got; /* its sign says nothing */
    int n = snprintf(text, 160, "%s is %.3g, not %.3g", worst->at, got, worst->expected);
    if (isfinite(worst->bounds) && n > 0 && n < 160)
        snprintf(text + n, 160 - (size_t)n, " (%.3g times their bound)", worst->bounds);
    return text;
}

void report_roofs(const struct roofs *r)
{
    printf("roofs with %d thread%s, measured now: ", r->threads, r->threads > 1 ? "s" : "");
    const char *comma = "";
    for (int isa = 0; isa < ROOF_ISAS; isa++) {
        if (!(r->fma[isa] > 0)) continue;
        printf("%s%s %.1f", comma, roof_kernels[isa].name, r->fma[isa] / 1e9);
        comma = ", ";
    }
    puts(" GFLOP/s");
    for (int p = 0; p < ROOF_PATTERNS; p++) {
        int any = 0;
        for (int level = 0; level < LEVELS; level++) {
            if (!(r->bytes[level][p] > 0)) continue;
            if (!any) printf("  %-7s", roof_pattern_name[p]);
            printf("%s %s %.1f", any ? "," : "", roof_level_name[level], r->bytes[level][p] / 1e9);
            any = 1;
        }
        if (any) puts(" GB/s");
    }
}

/* ---- one race ---- */

static FILE *out; /* the table as text, before it is fitted to the terminal */

static int measured(const struct row *row)
{
    return row->seconds > 0;
}

/* the naive rung with the fewest threads; NULL if it was not measured */
static const struct row *find_naive(const struct row *row, int n)
{
    for (const struct row *x = row; x < row + n; x++)
        if (x->kind == ROW_RUNG && !strncmp(x->rung, "00_", 3) && measured(x)) return x;
    return NULL;
}

static const struct row *find_best_peer(const struct row *row, int n, int threads)
{
    const struct row *best = NULL;
    for (const struct row *x = row; x < row + n; x++)
        if (x->kind == ROW_PEER && x->threads == threads && measured(x) &&
            (!best || x->seconds < best->seconds))
            best = x;
    return best;
}

/* a star after it: the base is less exact than the rungs */
static void print_ratio(const struct row *base, const struct row *row)
{
    if (base)
        fprintf(out, " %9.*f%s", base->seconds / row->seconds < 9.995 ? 2 : 1, base->seconds / row->seconds,
                *base->worst.at ? "*" : "");
    else
        fprintf(out, " %9s", "-");
}

static void print_row(const struct row *row, const struct row *naive, const struct row *peer, int by_bytes)
{
    char median[24], low[24], high[24];
    char name[48];
    snprintf(name, sizeof name, "%s%s", row->rung, *row->worst.at ? "*" : "");
    fprintf(out, "  %-13s %3d  ", name, row->threads);
    if (!measured(row)) {
        fprintf(out, "%s\n", row->note);
        return;
    }
    fprintf(out, "%9s  [%9s, %9s] %8.1f %6.1f", report_seconds(row->seconds, median),
            report_seconds(row->low, low), report_seconds(row->high, high),
            (by_bytes ? row->bytes : row->flops) / 1e9, row->roof_percent);
    print_ratio(naive, row);
    print_ratio(peer, row);
    fputc('\n', out);
}

static int same(const struct row *a, const struct row *b)
{
    return measured(a) && measured(b) && a->threads == b->threads &&
           stats_overlap(a->low, a->high, b->low, b->high);
}

/* Rungs that show no difference from the one before, and rungs that show none from the
 * best peer, one line each */
static void print_equals(const struct row *row, int n, int threads)
{
    const struct row *before = NULL, *peer = find_best_peer(row, n, threads);
    const char *many = threads > 1 ? "s" : "";
    int pairs = 0, equals = 0;
    for (const struct row *x = row; x < row + n; x++) {
        if (x->kind != ROW_RUNG || x->threads != threads || !measured(x)) continue;
        if (before && same(before, x)) {
            if (!pairs++) fprintf(out, "  no difference on %d thread%s: ", threads, many);
            fprintf(out, "%s%s and %s", pairs > 1 ? ", " : "", before->rung, x->rung);
        }
        before = x;
    }
    if (pairs) fputc('\n', out);
    for (const struct row *x = row; peer && x < row + n; x++) {
        if (x->kind != ROW_RUNG || !same(x, peer)) continue;
        if (!equals++)
            fprintf(out, "  no difference in time from %s%s on %d thread%s: ", peer->rung,
                    *peer->worst.at ? "*" : "", threads, many);
        fprintf(out, "%s%s", equals > 1 ? ", " : "", x->rung);
    }
    if (equals) fputc('\n', out);
}

/* How near the fastest rung is to the bare loop, if that took part */
static void print_bare(const struct row *row, int n, int threads)
{
    const struct row *best = NULL, *bare = NULL;
    for (const struct row *x = row; x < row + n; x++) {
        if (x->threads != threads || !measured(x)) continue;
        if (x->kind == ROW_BARE) bare = x;
        if (x->kind == ROW_RUNG && (!best || x->seconds < best->seconds)) best = x;
    }
    if (best && bare)
        fprintf(out, "  %s on %d thread%s: %.0f %% of the speed of a bare loop over the same arrays\n",
                best->rung, threads, threads > 1 ? "s" : "", 100 * bare->seconds / best->seconds);
}

/* What the stars mean: one line for each peer that is less exact, at any number of threads */
static void print_less_exact(const struct row *row, int n)
{
    char text[160];
    for (const struct row *x = row; x < row + n; x++) {
        int said = !*x->worst.at;
        for (const struct row *before = row; before < x; before++) said |= !strcmp(before->rung, x->rung);
        if (!said)
            fprintf(out, "  * %s is less exact than the rungs: %s\n", x->rung, report_worst(&x->worst, text));
    }
}

/* see flops_of in results.c */
static void print_count(const struct check_case *problem)
{
    const struct op *op = problem->op;
    if (op->flops_of_winograd && op->flops_of_winograd(problem->size, WINOGRAD_MOST_SIDE) < problem->flops)
        fputs("  % roof of libraries and of rungs with Winograd's tiles: by those tiles' fewer products\n",
              out);
}

void report_race(const struct rows *r, int first, int n, const struct check_case *problem)
{
    const struct row *row = r->row + first, *naive = find_naive(row, n);
    int by_bytes = n && strncmp(row->roof, "fma_", 4) != 0;
    char *table = NULL;
    size_t length;
    out = open_memstream(&table, &length);
    if (!out) memory_fail("out of memory: cannot allocate the table of a race");
    fprintf(out, "\n%s %s, %s cache: %.4g MFLOP, %.4g MB, roof %s\n", problem->op->name, problem->shape,
            row->cold ? "cold" : "warm", problem->flops / 1e6, problem->traffic / 1e6, row->roof);
    fprintf(out, "  %-13s %3s  %9s  %-22s %8s %6s %9s %9s\n", "", "thr", "median", " 95 % interval",
            by_bytes ? "GB/s" : "GFLOP/s", "% roof", "x naive", "x peer");
    for (const struct row *x = row; x < row + n; x++)
        print_row(x, naive, find_best_peer(row, n, x->threads), by_bytes);
    for (int i = 0; i < n; i++)
        if (!i || row[i].threads != row[i - 1].threads) {
            print_equals(row, n, row[i].threads);
            print_bare(row, n, row[i].threads);
        }
    print_less_exact(row, n);
    print_count(problem);
    fclose(out);
    terminal_put(stdout, 6, table);
    free(table);
}
