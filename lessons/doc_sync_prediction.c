/* doc_sync_prediction.c - what the text predicts of a rung, compared with what each named machine
 * measured; see doc_sync.h.
 *
 * Markers in successive lines share one table, a row each:
 *
 *   <!-- prediction: dense_forward 64x784x512 01_order / 00_naive: 7.2 to 8.8 times -->
 *   <!-- prediction: dense_forward 64x784x512 07_threads on 2 / 07_threads: at least 1.8 times -->
 *   <!-- prediction: dense_forward 64x784x512 00_naive: at most 2.5 % of the roof -->
 *   <!-- prediction: cuda dense_forward 4096x4096x4096 01_coalesced / 00_naive: 4 to 7 times -->
 *
 * A rung runs on one thread unless "on N" says otherwise. The verdicts are computed here; the last cell of a
 * row that failed is the author's, says why, and is kept.
 */
#include "doc_sync_measured.h"

#include <ctype.h>
#include <glob.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct runner {
    char rung[40];
    int threads;
};

struct prediction {
    const struct op *op;
    char shape[SHAPE_TEXT];
    int cuda, percent; /* percent: of the roof; else times the speed of `base` */
    struct runner rung, base;
    double low, high; /* high may be infinite */
};

/* ---- reading a marker ---- */

static int read_runner(const char **at, struct runner *r)
{
    int used = 0, more = 0;
    if (sscanf(*at, " %39s%n", r->rung, &used) != 1) return 0;
    r->threads = 1;
    if (sscanf(*at + used, " on %d%n", &r->threads, &more) == 1) used += more;
    *at += used;
    return r->threads > 0;
}

static int read_interval(const char *text, struct prediction *p)
{
    char unit[40] = "";
    p->low = 0;
    p->high = (double)INFINITY;
    if (sscanf(text, " at least %lf %39[^\n]", &p->low, unit) != 2 &&
        sscanf(text, " at most %lf %39[^\n]", &p->high, unit) != 2 &&
        sscanf(text, " %lf to %lf %39[^\n]", &p->low, &p->high, unit) != 3)
        return 0;
    p->percent = !strcmp(unit, "% of the roof");
    return (p->percent || !strcmp(unit, "times")) && p->low >= 0 && p->low < p->high;
}

/* 1 if no ladder of this build lacks the rung */
static int is_rung(const struct prediction *p, const struct runner *r)
{
    const struct rung *ladder = p->cuda ? measured_cuda_ladder(p->op) : p->op->cpu;
    for (; ladder && ladder->name; ladder++)
        if (!strcmp(ladder->name, r->rung)) return 1;
    return p->cuda && !ladder;
}

static int read_prediction(const char *args, struct prediction *p)
{
    char copy[200], name[60], *interval;
    const char *at = copy;
    int used = 0;
    if (snprintf(copy, sizeof copy, "%s", args) >= (int)sizeof copy || !(interval = strstr(copy, ": ")))
        return 0;
    *interval = '\0';
    *p = (struct prediction){ .cuda = !strncmp(copy, "cuda ", 5) };
    at += p->cuda ? 5 : 0;
    if (sscanf(at, "%59s%n", name, &used) != 1) return 0;
    at += used;
    p->op = op_find(name);
    if (!p->op || !measured_shape(p->op, &at, p->shape) || !read_runner(&at, &p->rung) ||
        !is_rung(p, &p->rung) || !read_interval(interval + 2, p))
        return 0;
    if (p->percent) return !*at;
    return !strncmp(at, " / ", 3) && (at += 3, read_runner(&at, &p->base)) && is_rung(p, &p->base) && !*at;
}

/* ---- verdicts ---- */

enum verdict { HELD, FAILED, NOT_MEASURED };

static int row_of(const struct measured *m, const struct runner *r)
{
    int row = measured_row(m, "rung", r->rung, r->threads);
    return row >= 0 && measured_number(m, row, SECONDS) > 0 ? row : -1;
}

/* the median that the prediction is about */
static double value_of(const struct measured *m, const struct prediction *p, int row, int base)
{
    if (p->percent) return measured_number(m, row, PERCENT);
    return measured_number(m, base, SECONDS) / measured_number(m, row, SECONDS);
}

/* NaN fails */
static enum verdict judge_one(const struct prediction *p, struct measured *m, FILE *out)
{
    m->op = p->op->name;
    m->shape = p->shape;
    int row = row_of(m, &p->rung), base = p->percent ? row : row_of(m, &p->base);
    if (row < 0 || base < 0) {
        int noted = measured_row(m, "rung", p->rung.rung, p->rung.threads);
        const char *note = row < 0 && noted >= 0 ? measured_cell(m, noted, NOTE) : "";
        fprintf(out, " not measured%s%s |", *note ? ": " : "", note);
        return NOT_MEASURED;
    }
    double v = value_of(m, p, row, base);
    int held = v >= p->low && v <= p->high;
    fprintf(out, " %s: %.3g%s |", held ? "held" : "**failed**", v, p->percent ? " %" : "");
    return held ? HELD : FAILED;
}

/* ---- the author's cells ---- */

/* the last cell of the row of `old` that starts with `key` (free it), if the table has cells for reasons;
 * NULL if there is no such row. The table may be older than some machine, and have fewer columns. */
static char *why_of(const char *old, const char *key)
{
    const char *row = strstr(old, key);
    if (!row || !strstr(old, "| why it failed |")) return NULL;
    const char *end = row + strcspn(row, "\n");
    while (end > row && end[-1] != '|') end--;
    if (end > row) end--; /* before the bar that ends the row */
    const char *at = end;
    while (at > row && at[-1] != '|') at--;
    while (at < end && *at == ' ') at++;
    while (end > at && end[-1] == ' ') end--;
    return strndup(at, (size_t)(end - at));
}

/* An explanation rests on evidence: a figure, or a link to what shows it. Numbers with a decimal point are
 * measured ones. */
static void check_why(struct text *t, const struct prediction *p, const char *row, const char *error)
{
    int evidence = strstr(error, "](") != NULL;
    for (const char *c = error; *c; c++) evidence |= isdigit((unsigned char)*c);
    if (!*error)
        text_fault(t, "a prediction failed: %s: say why in the last cell of its row", row);
    else if (!evidence)
        text_fault(t, "the explanation '%s' shows no evidence: neither a figure nor a link", error);
    else
        text_measured_numbers(t, p->op->name, error);
}

/* ---- the table ---- */

enum { MAX_MACHINES = 16 };

/* The files that hold measurements of one kind: of CPUs, or of GPUs */
struct machines {
    int n;
    char *path[MAX_MACHINES];
    struct measured measured[MAX_MACHINES];
};

static void find_machines(struct machines *all, const char *folder, int cuda)
{
    char pattern[300];
    glob_t files;
    all->n = 0;
    snprintf(pattern, sizeof pattern, "%s/*.csv", folder);
    if (glob(pattern, 0, NULL, &files)) return;
    for (size_t i = 0; i < files.gl_pathc && all->n < MAX_MACHINES; i++) {
        struct measured *m = &all->measured[all->n];
        *m = (struct measured){ .cuda = cuda };
        if (!measured_load(m, files.gl_pathv[i])) continue;
        all->path[all->n++] = strdup(files.gl_pathv[i]);
    }
    globfree(&files);
}

static void free_machines(struct machines *all)
{
    while (all->n > 0) free(all->path[--all->n]);
}

/* 1 if the machine has a row of a rung that the table is about, measured or with a reason why not */
static int has_any(struct measured *m, char **args, int n)
{
    struct prediction p;
    for (int i = 0; i < n; i++) {
        if (!read_prediction(args[i], &p)) continue;
        m->op = p.op->name;
        m->shape = p.shape;
        if (measured_row(m, "rung", p.rung.rung, p.rung.threads) >= 0) return 1;
    }
    return 0;
}

/* A machine that has measured nothing of this table has no column. */
static void keep_those_that_measured(struct machines *all, char **args, int n)
{
    int kept = 0;
    for (int i = 0; i < all->n; i++) {
        if (!has_any(&all->measured[i], args, n)) {
            free(all->path[i]);
            continue;
        }
        all->path[kept] = all->path[i];
        all->measured[kept++] = all->measured[i];
    }
    all->n = kept;
}

static void print_runner(const struct runner *r, FILE *out)
{
    fprintf(out, "`%s`", r->rung);
    if (r->threads > 1) fprintf(out, " on %d threads", r->threads);
}

/* "| rung, operation shape | interval |" */
static char *key_of(const struct prediction *p)
{
    char *key = NULL;
    size_t size;
    FILE *out = open_memstream(&key, &size);
    if (!out) return NULL;
    fputs("| ", out);
    print_runner(&p->rung, out);
    fprintf(out, ", %s %s | ", p->op->name, p->shape);
    if (isinf(p->high))
        fprintf(out, "at least %g", p->low);
    else if (p->low == 0)
        fprintf(out, "at most %g", p->high);
    else
        fprintf(out, "%g to %g", p->low, p->high);
    fputs(p->percent ? " % of the roof" : " × ", out);
    if (!p->percent) print_runner(&p->base, out);
    fputs(" |", out);
    fclose(out);
    return key;
}

static void print_head(const struct machines *all, int cuda, int failed, FILE *out)
{
    fputs("| rung | predicted |", out);
    for (int i = 0; i < all->n; i++) {
        const char *path = all->path[i] ? all->path[i] : "?", *slash = strrchr(path, '/'),
                   *name = slash ? slash + 1 : path;
        fprintf(out, " %.*s |", (int)strcspn(name, "."), name);
    }
    if (!all->n) fputs(cuda ? " any GPU |" : " any machine |", out);
    fputs(failed ? " why it failed |\n|---|---|---|" : "\n|---|---|", out);
    for (int i = 0; i < all->n; i++) fputs("---|", out);
    fputs(all->n ? "\n" : "---|\n", out);
}

/* one row; 1 if the prediction failed somewhere */
static int print_prediction(struct text *t, const struct prediction *p, struct machines *all, const char *old,
                            FILE *out)
{
    int failed = 0;
    char *key = key_of(p), *error = key ? why_of(old, key) : NULL;
    fputs(key ? key : "|", out);
    for (int i = 0; i < all->n; i++) failed |= judge_one(p, &all->measured[i], out) == FAILED;
    if (!all->n) fputs(" not measured |", out);
    if (failed) {
        check_why(t, p, key ? key : "", error ? error : "");
        fprintf(out, " %s |", error ? error : "");
    }
    fputc('\n', out);
    free(key);
    free(error);
    return failed;
}

/* all rows, which are of one kind; 0 after a fault */
static int print_predictions(struct text *t, char **args, int n, struct machines *all, int *failed,
                             const char *old, FILE *out)
{
    struct prediction p;
    int good = 1, cuda = !strncmp(args[0], "cuda ", 5);
    for (int i = 0; i < n; i++) {
        if (read_prediction(args[i], &p) && p.cuda == cuda) {
            *failed |= print_prediction(t, &p, all, old, out);
            continue;
        }
        text_fault(t,
                   "'%s' is no prediction, or not one for this table; write: [cuda] OPERATION SHAPE RUNG [on "
                   "N] / RUNG [on N]: A to B times",
                   args[i]);
        good = 0;
    }
    return good;
}

char *text_predictions(struct text *t, char **args, int n, const char *old)
{
    struct machines all;
    char *rows = NULL, *table = NULL;
    size_t size;
    int failed = 0, good = 0, cuda = !strncmp(args[0], "cuda ", 5);
    find_machines(&all, t->data, cuda);
    keep_those_that_measured(&all, args, n);
    FILE *out = open_memstream(&rows, &size);
    if (out) {
        good = print_predictions(t, args, n, &all, &failed, old, out);
        fclose(out);
    }
    out = good ? open_memstream(&table, &size) : NULL;
    if (out) {
        print_head(&all, cuda, failed, out);
        fputs(rows, out);
        fclose(out);
    }
    free(rows);
    free_machines(&all);
    return table;
}
