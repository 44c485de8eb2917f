/* doc_sync_table.c - tables of a ladder: rungs and ideas from the rung table, numbers from the
 * measured CSV; see doc_sync.h. */
#include "doc_sync_measured.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

/* how many rungs have a time */
static int timed(const struct measured *m)
{
    int n = 0;
    for (int row = 0; row < m->csv.rows; row++)
        n += measured_wanted(m, row) && !strcmp(measured_cell(m, row, KIND), "rung") &&
             measured_number(m, row, SECONDS) > 0;
    return n;
}

/* The file of the folder in which most rungs have a time at m->op and m->shape; of
 * equals the first by name. */
static void find_measured(struct measured *m, const char *folder)
{
    char pattern[300];
    glob_t files;
    int most = -1;
    size_t best = 0;
    snprintf(pattern, sizeof pattern, "%s/*.csv", folder);
    if (glob(pattern, 0, NULL, &files)) return;
    for (size_t i = 0; i < files.gl_pathc; i++) {
        if (!measured_load(m, files.gl_pathv[i])) continue;
        if (timed(m) > most) most = timed(m), best = i;
    }
    if (most >= 0) measured_load(m, files.gl_pathv[best]);
    globfree(&files);
}

/* ---- the table ---- */

static void print_cell(const struct measured *m, int row, int naive, FILE *out)
{
    double seconds = row < 0 ? 0 : measured_number(m, row, SECONDS);
    if (!(seconds > 0)) {
        fprintf(out, " %s |",
                row >= 0 && *measured_cell(m, row, NOTE) ? measured_cell(m, row, NOTE) : "not yet measured");
        return;
    }
    double gflops = measured_number(m, row, GFLOPS);
    fprintf(out, " %.3g [%.3g, %.3g] · %.0f %%", gflops, gflops * seconds / measured_number(m, row, HIGH),
            gflops * seconds / measured_number(m, row, LOW), measured_number(m, row, PERCENT));
    if (naive >= 0 && measured_number(m, naive, SECONDS) > 0)
        fprintf(out, " · %.3g ×", measured_number(m, naive, SECONDS) / seconds);
    fputs(" |", out);
}

static void print_row(const struct measured *m, const char *kind, const char *name, const char *code,
                      const char *idea, FILE *out)
{
    int naive = m->nthreads ? measured_row(m, "rung", "00_naive", m->threads[0]) : -1;
    fprintf(out, "| %s%s%s | %s |", code, name, code, idea);
    for (int k = 0; k < m->nthreads; k++) {
        int row = measured_row(m, kind, name, m->threads[k]);
        if (row < 0 && k > 0 && measured_row(m, kind, name, m->threads[0]) >= 0)
            fputs(" – |", out); /* the bench races a rung that uses one thread only on one */
        else
            print_cell(m, row, naive, out);
    }
    if (!m->nthreads) print_cell(m, -1, -1, out);
    fputc('\n', out);
}

static void print_head(const struct measured *m, FILE *out)
{
    fputs("| rung | idea |", out);
    for (int k = 0; k < m->nthreads; k++)
        if (m->cuda)
            fputs(" measured |", out);
        else
            fprintf(out, " %d thread%s |", m->threads[k], m->threads[k] == 1 ? "" : "s");
    fputs(m->nthreads ? "\n|---|---|" : " measured |\n|---|---|---|", out);
    for (int k = 0; k < m->nthreads; k++) fputs("---|", out);
    fputc('\n', out);
}

/* A share of the roof is by the products that a way needs; of a library, by the fewest that it may get by
 * with (bench/results.c). */
static const char *counted_as(const struct measured *m)
{
    const struct op *op = op_find(m->op);
    int size[MAX_SIZES];
    int fewer = op && op->flops_of_winograd && op_parse_shape(op, m->shape, size, NULL) &&
                op->flops_of_winograd(size, WINOGRAD_MOST_SIDE) < op->flops(size);
    return fewer ? " (of libraries and of rungs with Winograd's tiles, by those tiles' fewer products)" : "";
}

static void print_source(const struct measured *m, FILE *out)
{
    int row = 0;
    if (!m->nthreads) {
        fprintf(out, "\n" TABLE_SOURCE " nowhere yet: `./rungs bench %s%s` measures it on your machine._\n",
                m->op, m->cuda ? " --cuda" : "");
        return;
    }
    while (!measured_wanted(m, row)) row++;
    fprintf(out,
            "\n" TABLE_SOURCE
            " at %s on %s, %s, commit %s: GFLOP/s [95 %% interval] · share of the roof%s · times the "
            "naive speed · –: it uses one thread._\n",
            m->shape, measured_cell(m, row, CPU), measured_cell(m, row, COMPILER),
            measured_cell(m, row, COMMIT), counted_as(m));
}

/* a heading that names the rung must stand on the page; for a CUDA rung one that says "GPU" */
static int is_explained(const char *page, const char *rung, int cuda)
{
    char name[60];
    snprintf(name, sizeof name, "`%s`", rung);
    for (const char *at = strstr(page, "\n### "); at; at = strstr(at + 1, "\n### ")) {
        size_t n = strcspn(at + 1, "\n");
        const char *hit = strstr(at, name), *gpu = strstr(at, "GPU");
        if (hit && hit < at + 1 + n && cuda == (gpu && gpu < at + 1 + n)) return 1;
    }
    return 0;
}

/* a peer's idea: what the bench noted of the functions that it calls, and of how it may err */
static void print_peer(const struct measured *m, int row, FILE *out)
{
    static const char calls[] = "; calls ";
    char idea[300] = "a library";
    const char *how = strstr(measured_cell(m, row, NOTE), calls);
    if (how) snprintf(idea, sizeof idea, "a library: %.280s", how + strlen(calls));
    print_row(m, "peer", measured_cell(m, row, RUNG), "", idea, out);
}

static void print_table(struct text *t, const struct op *op, const struct rung *ladder,
                        const struct measured *m, FILE *out)
{
    print_head(m, out);
    for (const struct rung *r = ladder; r->name; r++) {
        print_row(m, "rung", r->name, "`", r->idea, out);
        if (!is_explained(t->page, r->name, m->cuda))
            text_fault(t, "the rung %s of %s has no heading '### `%s`%s' that explains it", r->name, op->name,
                       r->name, m->cuda ? " on the GPU" : "");
    }
    for (int row = 0; m->nthreads && row < m->csv.rows; row++) { /* each peer at its first row */
        int fewest = 0;
        while (fewest < m->nthreads &&
               measured_row(m, "peer", measured_cell(m, row, RUNG), m->threads[fewest]) < 0)
            fewest++;
        if (fewest < m->nthreads &&
            measured_row(m, "peer", measured_cell(m, row, RUNG), m->threads[fewest]) == row)
            print_peer(m, row, out);
    }
    print_source(m, out);
}

/* ---- the table of sizes: nanoseconds per element on one thread, a line for each shape of the bench by its
 * last size, a column for each rung that has a time ---- */

static double nanoseconds(struct measured *m, const struct op *op, const char *rung, const int *size)
{
    char shape[SHAPE_TEXT];
    m->shape = op_shape_text(op, size, shape);
    int row = measured_row(m, "rung", rung, 1);
    m->shape = NULL;
    return row < 0 ? 0 : measured_number(m, row, SECONDS) * 1e9 / (double)op_elements(op, 0, size);
}

static int has_times(struct measured *m, const struct op *op, const char *rung)
{
    for (const int(*size)[MAX_SIZES] = op->bench_shapes; (*size)[0]; size++)
        if (nanoseconds(m, op, rung, *size) > 0) return 1;
    return 0;
}

static void print_size(struct measured *m, const struct op *op, const int *size, FILE *out)
{
    char shape[SHAPE_TEXT];
    fprintf(out, "| %s |", op_shape_text(op, size, shape));
    for (const struct rung *r = op->cpu; m->nthreads && r->name; r++) {
        double ns = nanoseconds(m, op, r->name, size);
        if (ns > 0)
            fprintf(out, " %.3g |", ns);
        else if (has_times(m, op, r->name))
            fputs(" – |", out);
    }
    fputs(m->nthreads ? "\n" : " not yet measured |\n", out);
}

/* the bench's shape that follows `size`, NULL at first, in the order of the last size;
 * equal ones as they stand */
static const int *smallest_after(const struct op *op, const int *size)
{
    int last = op->nsize - 1;
    const int *next = NULL;
    for (const int(*s)[MAX_SIZES] = op->bench_shapes; (*s)[0]; s++) {
        int behind = !size || (*s)[last] > size[last] || ((*s)[last] == size[last] && *s > size);
        if (behind && (!next || (*s)[last] < next[last])) next = *s;
    }
    return next;
}

static void print_sizes(struct measured *m, const struct op *op, FILE *out)
{
    int columns = 0;
    for (int s = 0; s < op->nsize; s++) fprintf(out, "%s%s", s ? " x " : "| ", op->size[s].name);
    fputs(" |", out);
    for (const struct rung *r = op->cpu; m->nthreads && r->name; r++)
        if (has_times(m, op, r->name)) fprintf(out, " `%s` |", r->name), columns++;
    fputs(columns ? "\n|---|" : " nanoseconds per element |\n|---|---|", out);
    for (int k = 0; k < columns; k++) fputs("---|", out);
    fputc('\n', out);
    for (const int *size = smallest_after(op, NULL); size; size = smallest_after(op, size))
        print_size(m, op, size, out);
    int row = 0;
    if (!m->nthreads) {
        print_source(m, out);
        return;
    }
    while (!measured_wanted(m, row)) row++;
    fprintf(out, "\n" TABLE_SOURCE " on %s, %s, commit %s: nanoseconds per element of %s, one thread._\n",
            measured_cell(m, row, CPU), measured_cell(m, row, COMPILER), measured_cell(m, row, COMMIT),
            op->arg[0].name);
}

static int text_sizes(struct text *t, const struct op *op, FILE *out)
{
    struct measured m = { .op = op->name };
    find_measured(&m, t->data);
    print_sizes(&m, op, out);
    return 1;
}

int text_table(struct text *t, const char *args, FILE *out)
{
    char kind[8], name[60], shape[SHAPE_TEXT];
    int used = 0, words = sscanf(args, "%7s %59s%n", kind, name, &used);
    const char *at = args + used;
    int cuda = words == 2 && *at && !strcmp(kind, "cuda");
    if (words == 2 && !*at && !strcmp(kind, "sizes") && op_find(name))
        return text_sizes(t, op_find(name), out);
    const struct op *op = cuda || (words == 2 && *at && !strcmp(kind, "rungs")) ? op_find(name) : NULL;
    if (!op || !measured_shape(op, &at, shape) || *at) {
        text_fault(t,
                   "'%s' is no table; write: rungs OPERATION SHAPE, cuda OPERATION SHAPE, or sizes OPERATION",
                   args);
        return 0;
    }
    const struct rung *ladder = cuda ? measured_cuda_ladder(op) : op->cpu;
    if (!ladder) return 0; /* a build without the emulator leaves the table as it stands */
    struct measured m = { .op = op->name, .shape = shape, .cuda = cuda };
    find_measured(&m, t->data);
    print_table(t, op, ladder, &m, out);
    return 1;
}
