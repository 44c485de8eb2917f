/* explain_print.c - the report on a terminal; see explain.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/terminal.h"
#include "explain.h"

static const char *strong = "", *bad = "", *off = "";

static void choose_colours(void)
{
    const char *term = getenv("TERM");
    if (getenv("NO_COLOR") || !isatty(STDOUT_FILENO) || (term && !strcmp(term, "dumb"))) return;
    strong = "\033[1m", bad = "\033[1;31m", off = "\033[0m";
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "33.6 M" */
static const char *amount(double x)
{
    static const struct {
        double unit;
        const char *name;
    } units[] = { { 1e12, " T" }, { 1e9, " G" }, { 1e6, " M" }, { 1e3, " k" } };
    static char text[4][32];
    static int next;
    char *to = text[next++ % 4];
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (x >= units[i].unit) {
            snprintf(to, sizeof text[0], "%.3g%s", x / units[i].unit, units[i].name);
            return to;
        }
    snprintf(to, sizeof text[0], "%.4g", x);
    return to;
}

/* ---- a kernel ---- */

static void print_occupancy(const struct explain_kernel *k, const struct explain_view *v)
{
    int threads = k->block[0] * k->block[1] * k->block[2];
    struct explain_occupancy o =
        explain_occupancy(v->gpu, threads, k->registers, k->static_bytes + k->dynamic_bytes,
                          (double)k->grid[0] * k->grid[1] * k->grid[2]);
    char registers[60] = "registers unknown";
    if (k->registers) snprintf(registers, sizeof registers, "%d registers per thread", k->registers);
    if (!o.blocks) {
        terminal_print(stdout, 4, "  Occupancy: a block does not fit into an SM (%s).\n",
                       explain_limit_name(o.limit));
        return;
    }
    terminal_print(
        stdout, 4,
        "  Occupancy: %.0f %% (%d of %d warps per SM), limited by %s: %d block%s of %d threads, %s, "
        "%.5g bytes of shared memory; %.3g waves%s.\n",
        100. * o.warps / o.most_warps, o.warps, o.most_warps, explain_limit_name(o.limit), o.blocks,
        o.blocks == 1 ? "" : "s", threads, registers, k->static_bytes + k->dynamic_bytes, o.waves,
        o.waves < 1 ? ", so a part of the GPU is idle" : "");
}

static void print_roof(const struct explain_kernel *k, const struct explain_view *v)
{
    struct explain_roof r = explain_roof(v->gpu, k, v->flops);
    double moved = 32 * (k->read + k->written);
    if (!r.known)
        terminal_print(stdout, 4, "  Arithmetic: unknown; --flops N gives the operations of one launch.\n");
    else if (r.operations <= 0)
        terminal_print(
            stdout, 4,
            "  Arithmetic: none; memory is the roof. Distinct sectors hold %sB: at least %.3g us at %.4g GB/s.\n",
            amount(moved), moved / k->launches / v->gpu->bandwidth / 1e3, v->gpu->bandwidth);
    else if (r.ridge <= 0)
        terminal_print(
            stdout, 4,
            "  Arithmetic: %sFLOP, without global memory: the %s peak is the roof, %.3g TFLOP/s.\n",
            amount(r.operations), r.peak_name, r.peak);
    else
        terminal_print(
            stdout, 4,
            "  Arithmetic: %sFLOP; %.3g per byte of the sectors asked for, %.3g per byte of distinct ones "
            "(the roofs meet at %.3g).\n  Roof: %s, %.3g to %.3g of %.3g TFLOP/s (%s), for caches that hold nothing or "
            "all.\n",
            amount(r.operations), r.asked, r.distinct, r.ridge,
            r.distinct < r.ridge ? "memory"
            : r.asked >= r.ridge ? "arithmetic"
                                 : "up to the caches",
            r.low, r.high, r.peak, r.peak_name);
}

static void print_kernel(const struct explain_kernel *k, const struct explain_view *v)
{
    terminal_print(stdout, 4, "\n%s%s%s, %.0f launch%s of grid (%d,%d,%d), block (%d,%d,%d)\n", strong,
                   k->name, off, k->launches, k->launches == 1 ? "" : "es", k->grid[0], k->grid[1],
                   k->grid[2], k->block[0], k->block[1], k->block[2]);
    print_occupancy(k, v);
    print_roof(k, v);
    double blocks = (double)k->grid[0] * k->grid[1] * k->grid[2] * k->launches;
    if (k->warps > 0)
        terminal_print(stdout, 4, "  Active lanes: %.1f of 32, in an average basic block.\n",
                       k->threads / k->warps);
    terminal_print(stdout, 4, "  Barriers: %.3g per block. Atomics: %s requests of warps.\n",
                   k->barriers / blocks, amount(k->atomics));
}

/* ---- lines ---- */

/* before: the access above it on the same line, or NULL; its advice need not be said again */
static void print_access(const struct explain_access *a, const struct explain_access *before)
{
    int wrong = explain_is_bad(a);
    double lanes = a->lanes / a->requests;
    char advice[EXPLAIN_TEXT], said[EXPLAIN_TEXT];
    terminal_print(stdout, 10, "      %s%-6s %-6s %2d B %9s requests %6.2f %s, ideal %.2f%s  %s\n",
                   wrong ? bad : "", a->shared ? "shared" : "global", a->kind, a->size, amount(a->requests),
                   a->moved / a->requests, a->shared ? "wavefronts" : "sectors", a->ideal / a->requests,
                   wrong ? off : "", a->array);
    if (lanes < 31.95) terminal_print(stdout, 10, "        %.1f of 32 lanes active\n", lanes);
    explain_advice(a, advice);
    *said = '\0';
    if (before) explain_advice(before, said);
    if (*advice && strcmp(advice, said)) terminal_print(stdout, 10, "        > %s\n", advice);
}

/* Lines without accesses, where lanes are missing. */
static void print_parted(const struct explain_report *r, int kernel)
{
    for (int i = 0; i < r->lines; i++) {
        const struct explain_line *l = &r->line[i];
        double lanes = l->threads / l->warps;
        if (l->kernel != kernel || !explain_is_parted(lanes, l->share) || explain_has_access(r, l)) continue;
        terminal_print(stdout, 8, "  %s%s:%d%s  %s\n", strong, base_name(l->file), l->line, off, l->source);
        terminal_print(stdout, 10, "      %s%.1f of 32 lanes active%s\n", bad, lanes, off);
        terminal_print(stdout, 10, "        > %s\n", explain_parted_advice);
    }
}

static void print_lines(const struct explain_report *r, const struct explain_kernel *k)
{
    for (int i = k->access; i < k->access + k->accesses; i++) {
        const struct explain_access *a = &r->access[i];
        int again = i > k->access && a[-1].line == a->line && !strcmp(a[-1].file, a->file);
        if (!again)
            terminal_print(stdout, 8, "  %s%s:%d%s  %s\n", strong, base_name(a->file), a->line, off,
                           a->source);
        print_access(a, again ? a - 1 : NULL);
    }
}

static void print_races(const struct explain_report *r, int kernel)
{
    for (int i = 0; i < r->races; i++)
        if (r->race[i].kernel == kernel) {
            const struct explain_side *s = r->race[i].side;
            terminal_print(
                stdout, 8,
                "  %sRace%s: thread %s of block %s %s at %s:%d, thread %s of block %s %s at %s:%d; %s: %s.\n",
                bad, off, s[0].thread, s[0].block, s[0].what, s[0].file, s[0].line, s[1].thread, s[1].block,
                s[1].what, s[1].file, s[1].line, r->race[i].array, r->race[i].text);
        }
}

void explain_print(const struct explain_report *r, const struct explain_view *v)
{
    choose_colours();
    terminal_print(stdout, 4, "Why %s is slow, or is not, on an %s: counted in the emulator, so no times.\n",
                   v->title, v->gpu->name);
    for (int i = 0; i < r->kernels; i++) {
        print_kernel(&r->kernel[i], v);
        print_lines(r, &r->kernel[i]);
        print_parted(r, i);
        print_races(r, i);
    }
    terminal_print(stdout, 2, "\nIn Nsight Compute:\n");
    for (const struct explain_metric *m = explain_metrics; m->plain; m++)
        terminal_print(stdout, 6, "  %s: %s\n", m->plain, m->metric);
    terminal_print(
        stdout, 2,
        "A request is one access of a line by one warp; lanes are counted per basic block of the emulator's "
        "build, not per instruction; FLOP in its machine code, without exp and the like. %s: %s.\n",
        v->gpu->name, v->gpu->source);
}
