/* pick.c - choosing rows; see pick.h. */
#include "pick.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/csv.h"

/* ---- files ---- */

static void stem_of(const char *path, char *stem, size_t room)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    snprintf(stem, room, "%.*s", (int)strcspn(name, "."), name);
}

int measurement_read(struct measurement *m, const char *path, char *error)
{
    struct csv t;
    memset(m, 0, sizeof *m);
    if (!rows_read_csv(&m->rows, path, error) || !csv_read(&t, path, error)) return 0;
    stem_of(path, m->stem, sizeof m->stem);
    snprintf(m->cpu, sizeof m->cpu, "%s", csv_cell(&t, 0, csv_column(&t, "cpu")));
    snprintf(m->commit, sizeof m->commit, "%s", csv_cell(&t, 0, csv_column(&t, "commit")));
    csv_free(&t);
    for (int i = 0; i < m->rows.n; i++) m->quick |= !strncmp(m->rows.row[i].note, "quick", 5);
    return 1;
}

void measurement_free(struct measurement *m)
{
    rows_free(&m->rows);
}

int ulp_table_read(struct ulp_table *t, const char *path, char *error)
{
    memset(t, 0, sizeof *t);
    stem_of(path, t->stem, sizeof t->stem);
    return ulp_rows_read_csv(&t->rows, path, t->cpu, error);
}

void ulp_table_free(struct ulp_table *t)
{
    ulp_rows_free(&t->rows);
}

int ulp_table_has(const struct ulp_table *t, const char *op)
{
    for (const struct ulp_row *row = t->rows.row; row < t->rows.row + t->rows.n; row++)
        if (isnan(row->low) && !strcmp(row->op, op)) return 1;
    return 0;
}

/* ---- rows ---- */

static int add_once(const char **list, int n, int max, const char *text)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(list[i], text)) return n;
    if (n < max) list[n++] = text;
    return n;
}

int pick_ops(const struct rows *r, const char **op, int max)
{
    int n = 0;
    for (const struct row *row = r->row; row < r->row + r->n; row++)
        if (row->kind != ROW_ROOF) n = add_once(op, n, max, row->op);
    return n;
}

int pick_shapes(const struct rows *r, const char *op, const char **shape, int max)
{
    int n = 0;
    for (const struct row *row = r->row; row < r->row + r->n; row++)
        if (row->kind != ROW_ROOF && !strcmp(row->op, op)) n = add_once(shape, n, max, row->shape);
    return n;
}

/* 1 if the operation was measured with a warm cache: then its cold rows are another chart. A GPU's rows are
 * all cold. */
static int has_warm(const struct rows *r, const char *op)
{
    for (const struct row *x = r->row; x < r->row + r->n; x++)
        if (x->kind != ROW_ROOF && !x->cold && x->seconds > 0 && !strcmp(x->op, op)) return 1;
    return 0;
}

int pick_rows(const struct rows *r, const char *op, const char *shape, int threads, const struct row **row)
{
    int n = 0, warm = has_warm(r, op);
    for (const struct row *x = r->row; x < r->row + r->n && n < PICK_MAX; x++) {
        if (x->kind == ROW_ROOF || (x->cold && warm) || !(x->seconds > 0) || !(x->low > 0) || !(x->high > 0))
            continue;
        if (strcmp(x->op, op) || (shape && strcmp(x->shape, shape)) || (threads && x->threads != threads))
            continue;
        row[n++] = x;
    }
    return n;
}

const struct row *pick_naive(const struct row *const *row, int n)
{
    const struct row *naive = NULL;
    for (int i = 0; i < n; i++)
        if (row[i]->kind == ROW_RUNG && !strncmp(row[i]->rung, "00_", 3) &&
            (!naive || row[i]->threads < naive->threads))
            naive = row[i];
    return naive;
}

const char *pick_shape(const struct rows *r, const char *op)
{
    const char *shape[PICK_SHAPES], *best = NULL;
    const struct row *row[PICK_MAX];
    int shapes = pick_shapes(r, op, shape, PICK_SHAPES), most = 0;
    double work = 0;
    for (int s = 0; s < shapes; s++) {
        int n = pick_rows(r, op, shape[s], 0, row);
        const struct row *naive = pick_naive(row, n);
        double flops = naive && naive->flops > 0 ? naive->flops * naive->seconds : 0;
        if (!naive || n < most || (n == most && flops <= work)) continue;
        most = n;
        work = flops;
        best = shape[s];
    }
    return best;
}

int pick_threads(const struct rows *r, const char *op, int *threads, int max)
{
    int n = 0;
    for (const struct row *row = r->row; row < r->row + r->n; row++) {
        int k = 0;
        if (row->kind == ROW_ROOF || strcmp(row->op, op)) continue;
        while (k < n && threads[k] < row->threads) k++;
        if ((k < n && threads[k] == row->threads) || n == max) continue;
        memmove(threads + k + 1, threads + k, (size_t)(n - k) * sizeof *threads);
        threads[k] = row->threads;
        n++;
    }
    return n;
}

int pick_by_bytes(const struct row *row)
{
    return *row->roof && strncmp(row->roof, "fma_", 4) != 0 && row->bytes > 0;
}

void pick_label(const struct row *row, char *text, size_t room)
{
    const char *star = *row->worst.at ? " *" : "";
    if (row->threads > 1)
        snprintf(text, room, "%s, %d threads%s", row->rung, row->threads, star);
    else
        snprintf(text, room, "%s%s", row->rung, star);
}

void pick_footnote(const struct row *const *row, int n, char *text, size_t room)
{
    const struct row *worst = NULL;
    for (int i = 0; i < n; i++)
        if (*row[i]->worst.at && (!worst || row[i]->worst.bounds > worst->worst.bounds)) worst = row[i];
    *text = '\0';
    if (worst)
        snprintf(text, room, "* less exact than the rungs: %.24s gives %.40s as %.3g, not %.3g", worst->rung,
                 worst->worst.at, worst->worst.got, worst->worst.expected);
}

const struct row *pick_roof(const struct rows *r, const char *name, int threads)
{
    for (const struct row *row = r->row; row < r->row + r->n; row++)
        if (row->kind == ROW_ROOF && row->threads == threads && !strcmp(row->rung, name)) return row;
    return NULL;
}

double pick_bandwidth(const struct rows *r, const char *level, int threads)
{
    double best = 0;
    for (const struct row *x = r->row; x < r->row + r->n; x++) {
        const char *end = strrchr(x->rung, '_');
        if (x->kind == ROW_ROOF && x->threads == threads && end && !strcmp(end + 1, level))
            best = fmax(best, x->bytes / 1e9);
    }
    return best;
}

double pick_peak(const struct rows *r, int threads)
{
    double best = 0;
    for (const struct row *x = r->row; x < r->row + r->n; x++)
        if (x->kind == ROW_ROOF && x->threads == threads) best = fmax(best, x->flops / 1e9);
    return best;
}

const char *pick_arithmetic(const char *roof)
{
    return strcmp(roof, "fma_sse2") ? "FMA" : "mul+add";
}

enum { OUTSIDE_STYLE = 40 };

int pick_style_of(const char *name)
{
    if (isdigit((unsigned char)*name)) return 1 + (int)(strtol(name, NULL, 10) % 20);
    return 21 + peer_number(name);
}

int pick_style(const struct row *row)
{
    if (row->kind == ROW_OUTSIDE) return OUTSIDE_STYLE;
    return row->kind == ROW_RUNG && !isdigit((unsigned char)*row->rung) ? 1 : pick_style_of(row->rung);
}
