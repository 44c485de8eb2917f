/* text_table.c - tables of a ladder: rungs and ideas from the rung table, numbers from the measured CSV; see text.h. */
#include "text.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/op.h"

enum column {
    OP,
    RUNG,
    KIND,
    SHAPE,
    THREADS,
    CACHE,
    SECONDS,
    LOW,
    HIGH,
    GFLOPS,
    ROOF_PERCENT,
    COMPILER,
    CPU,
    COMMIT,
    NOTE,
    COLUMNS
};
static const char *const column_name[COLUMNS] = { "op",           "rung",     "kind", "shape",  "threads",
                                                  "cache",        "seconds",  "low",  "high",   "gflops",
                                                  "roof_percent", "compiler", "cpu",  "commit", "note" };

enum { MAX_FIELDS = 40, MAX_ROWS = 400, MAX_THREADS = 4 };

struct row {
    char *field[COLUMNS]; /* into the file's text; never NULL */
};

struct measured { /* the rows of one file about one operation at one shape */
    char *content;
    int n, threads[MAX_THREADS], nthreads;
    struct row row[MAX_ROWS];
};

/* ---- CSV ---- */

/* Splits the record at *at in place and moves *at behind it; a field in quotes may hold commas and doubled quotes. */
static int split(char **at, char *field[MAX_FIELDS])
{
    char *from = *at, *to = from;
    int n = 0, quoted = 0;
    field[n++] = to;
    for (; *from && (quoted || *from != '\n'); from++) {
        if (*from == '"') {
            if (quoted && from[1] == '"')
                *to++ = *from++;
            else
                quoted = !quoted;
        } else if (*from == ',' && !quoted && n < MAX_FIELDS) {
            *to++ = '\0';
            field[n++] = to;
        } else if (*from != '\r') {
            *to++ = *from;
        }
    }
    *at = from + (*from == '\n');
    *to = '\0';
    return n;
}

static void note_threads(struct measured *m, int threads)
{
    int i = m->nthreads;
    for (int k = 0; k < m->nthreads; k++)
        if (m->threads[k] == threads) return;
    if (i == MAX_THREADS) return;
    for (m->nthreads++; i > 0 && m->threads[i - 1] > threads; i--) m->threads[i] = m->threads[i - 1];
    m->threads[i] = threads;
}

/* The warm rows about op and shape; 0 if the file is of another kind or has none. Free m->content. */
static int load(struct measured *m, const char *path, const char *op, const char *shape)
{
    char *field[MAX_FIELDS], none[] = "", *at = m->content = text_read(path);
    int where[COLUMNS], header;
    m->n = m->nthreads = 0;
    if (!at) return 0;
    header = split(&at, field);
    for (int c = 0; c < COLUMNS; c++) {
        where[c] = -1;
        for (int i = 0; i < header; i++)
            if (!strcmp(field[i], column_name[c])) where[c] = i;
        if (where[c] < 0) return 0;
    }
    while (*at && m->n < MAX_ROWS) {
        struct row r;
        int n = split(&at, field);
        for (int c = 0; c < COLUMNS; c++) r.field[c] = where[c] < n ? field[where[c]] : strcpy(none, "");
        if (strcmp(r.field[OP], op) || strcmp(r.field[SHAPE], shape) || !strcmp(r.field[CACHE], "cold"))
            continue;
        note_threads(m, atoi(r.field[THREADS]));
        m->row[m->n++] = r;
    }
    return m->n > 0;
}

/* The first file of the folder, by name, with rows about op and shape. */
static int find_measured(struct measured *m, const char *folder, const char *op, const char *shape)
{
    char pattern[300];
    glob_t files;
    int found = 0;
    snprintf(pattern, sizeof pattern, "%s/*.csv", folder);
    m->content = NULL;
    if (glob(pattern, 0, NULL, &files)) return 0;
    for (size_t i = 0; i < files.gl_pathc && !found; i++) {
        free(m->content);
        found = load(m, files.gl_pathv[i], op, shape);
    }
    globfree(&files);
    return found;
}

/* ---- the table ---- */

static const struct row *find_row(const struct measured *m, const char *kind, const char *rung, int threads)
{
    for (int i = 0; i < m->n; i++)
        if (!strcmp(m->row[i].field[KIND], kind) && !strcmp(m->row[i].field[RUNG], rung) &&
            atoi(m->row[i].field[THREADS]) == threads)
            return &m->row[i];
    return NULL;
}

static void print_cell(const struct row *r, const struct row *naive, FILE *out)
{
    if (!r || !*r->field[SECONDS]) {
        fprintf(out, " %s |", r && *r->field[NOTE] ? r->field[NOTE] : "not yet measured");
        return;
    }
    double seconds = atof(r->field[SECONDS]), gflops = atof(r->field[GFLOPS]);
    fprintf(out, " %.3g [%.3g, %.3g] · %.0f %%", gflops, gflops * seconds / atof(r->field[HIGH]),
            gflops * seconds / atof(r->field[LOW]), atof(r->field[ROOF_PERCENT]));
    if (naive && *naive->field[SECONDS]) fprintf(out, " · %.3g ×", atof(naive->field[SECONDS]) / seconds);
    fputs(" |", out);
}

static void print_row(const struct measured *m, const char *kind, const char *name, const char *code,
                      const char *idea, FILE *out)
{
    const struct row *naive = m->n ? find_row(m, "rung", "00_naive", m->threads[0]) : NULL;
    fprintf(out, "| %s%s%s | %s |", code, name, code, idea);
    for (int k = 0; k < m->nthreads; k++) print_cell(find_row(m, kind, name, m->threads[k]), naive, out);
    if (!m->nthreads) print_cell(NULL, NULL, out);
    fputc('\n', out);
}

static void print_head(const struct measured *m, FILE *out)
{
    fputs("| rung | idea |", out);
    for (int k = 0; k < m->nthreads; k++)
        fprintf(out, " %d thread%s |", m->threads[k], m->threads[k] == 1 ? "" : "s");
    fputs(m->nthreads ? "\n|---|---|" : " measured |\n|---|---|---|", out);
    for (int k = 0; k < m->nthreads; k++) fputs("---|", out);
    fputc('\n', out);
}

static void print_source(const struct measured *m, const char *op, const char *shape, FILE *out)
{
    if (!m->n) {
        fprintf(out, "\n" TABLE_SOURCE " nowhere yet: `./rungs bench %s` measures it on your machine._\n",
                op);
        return;
    }
    const struct row *r = &m->row[0];
    fprintf(out,
            "\n" TABLE_SOURCE
            " at %s on %s, %s, commit %s: GFLOP/s [95 %% interval] · share of the roof · times the "
            "naive speed._\n",
            shape, r->field[CPU], r->field[COMPILER], r->field[COMMIT]);
}

/* a heading that names the rung must stand on the page */
static int is_explained(const char *page, const char *rung)
{
    char name[60];
    snprintf(name, sizeof name, "`%s`", rung);
    for (const char *at = strstr(page, "\n### "); at; at = strstr(at + 1, "\n### ")) {
        size_t n = strcspn(at + 1, "\n");
        const char *hit = strstr(at, name);
        if (hit && hit < at + 1 + n) return 1;
    }
    return 0;
}

static void print_table(struct text *t, const struct op *op, const struct measured *m, const char *shape,
                        FILE *out)
{
    print_head(m, out);
    for (const struct rung *r = op->cpu; r->name; r++) {
        print_row(m, "rung", r->name, "`", r->idea, out);
        if (!is_explained(t->page, r->name))
            text_fault(t, "the rung %s of %s has no heading '### `%s`' that explains it", r->name, op->name,
                       r->name);
    }
    for (int i = 0; i < m->n; i++) { /* each peer at its first row */
        const char *name = m->row[i].field[RUNG], *kind = m->row[i].field[KIND];
        int first = 0;
        while (strcmp(m->row[first].field[KIND], kind) || strcmp(m->row[first].field[RUNG], name)) first++;
        if (!strcmp(kind, "peer") && first == i) print_row(m, "peer", name, "", "a library", out);
    }
    print_source(m, op->name, shape, out);
}

int text_table(struct text *t, const char *args, FILE *out)
{
    static struct measured m;
    char name[60], shape[40];
    int size[MAX_SIZES];
    const struct op *op = NULL;
    if (sscanf(args, "rungs %59s %39s", name, shape) == 2) op = op_find(name);
    if (!op || !op_parse_shape(op, shape, size)) {
        text_fault(t, "'%s' is no table; write: rungs OPERATION SHAPE", args);
        return 0;
    }
    if (!find_measured(&m, t->data, op->name, shape)) m.n = m.nthreads = 0;
    print_table(t, op, &m, shape, out);
    free(m.content);
    return 1;
}
