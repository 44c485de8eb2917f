/* ulp_row.c - measured errors and their files; see ulp_row.h. */
#include "ulp_row.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/csv.h"
#include "../../base/json.h"
#include "../../base/memory.h"

struct ulp_row *ulp_rows_new(struct ulp_rows *r)
{
    if (r->n == r->room) {
        int room = r->room ? 2 * r->room : 64;
        struct ulp_row *larger = memory_need((size_t)room, sizeof *larger);
        if (r->n) memcpy(larger, r->row, (size_t)r->n * sizeof *larger);
        free(r->row);
        r->row = larger;
        r->room = room;
    }
    return &r->row[r->n++];
}

void ulp_rows_free(struct ulp_rows *r)
{
    free(r->row);
    *r = (struct ulp_rows){ 0 };
}

/* ---- the columns: a name, how the number is written, and where it is ---- */

static const struct column {
    const char *name, *format;
    size_t place;
    int needed; /* a table without it is none, and a row without it is wrong */
} column[] = {
    { "low", "%g", offsetof(struct ulp_row, low), 0 },
    { "high", "%g", offsetof(struct ulp_row, high), 0 },
    { "error_ulp", "%.4g", offsetof(struct ulp_row, ulp), 1 },
    { "error_bits", "%.2f", offsetof(struct ulp_row, bits), 0 },
    { "bound_fraction", "%.4g", offsetof(struct ulp_row, bound_fraction), 0 },
    { "at", "%.9g", offsetof(struct ulp_row, at), 0 },
    { "bound_at", "%.9g", offsetof(struct ulp_row, bound_at), 0 },
    { "step", "%.0f", offsetof(struct ulp_row, step), 0 },
};

enum { COLUMNS = sizeof column / sizeof *column };

static double *number_in(struct ulp_row *row, int c)
{
    return (double *)((char *)row + column[c].place);
}

static double number_of(const struct ulp_row *row, int c)
{
    double x;
    memcpy(&x, (const char *)row + column[c].place, sizeof x);
    return x;
}

/* "": right at infinities and NaNs */
static const char *limit_text(const struct ulp_row *row)
{
    return !row->wrong_at_limit ? "" : isnan(row->limit) ? "nan" : row->limit > 0 ? "inf" : "-inf";
}

/* ---- CSV ---- */

void ulp_rows_print_csv(FILE *out, const struct ulp_rows *r, const struct machine *m)
{
    fputs("op,rung,argument,wrong_at", out);
    for (int c = 0; c < COLUMNS; c++) fprintf(out, ",%s", column[c].name);
    fputs(m ? ",compiler,cpu,commit\n" : "\n", out);
    for (const struct ulp_row *row = r->row; row < r->row + r->n; row++) {
        csv_write(out, row->op, ',');
        csv_write(out, row->rung, ',');
        csv_write(out, row->argument, ',');
        csv_write(out, limit_text(row), ',');
        for (int c = 0; c < COLUMNS; c++) {
            double x = number_of(row, c);
            if (!isnan(x)) fprintf(out, column[c].format, x);
            fputc(c + 1 < COLUMNS || m ? ',' : '\n', out);
        }
        if (!m) continue;
        csv_write(out, m->compiler, ',');
        csv_write(out, m->cpu, ',');
        csv_write(out, m->commit, '\n');
    }
}

/* An empty cell is NaN; 0 if the cell is neither empty nor a number. */
static int read_number(const char *text, double *x)
{
    char *end;
    *x = *text ? strtod(text, &end) : nan("");
    return !*text || (end != text && !*end && !isnan(*x));
}

/* 0 after a sentence in error */
static int read_row(const struct csv *t, int i, const int *at, struct ulp_row *row, char *error)
{
    snprintf(row->op, sizeof row->op, "%s", csv_cell(t, i, csv_column(t, "op")));
    snprintf(row->rung, sizeof row->rung, "%s", csv_cell(t, i, csv_column(t, "rung")));
    snprintf(row->argument, sizeof row->argument, "%s", csv_cell(t, i, csv_column(t, "argument")));
    for (int c = 0; c < COLUMNS; c++) {
        double *x = number_in(row, c);
        if (read_number(csv_cell(t, i, at[c]), x) && !(column[c].needed && !(*x >= 0))) continue;
        snprintf(error, 256, "row %d: '%.40s' is not a number for %s", i + 1, csv_cell(t, i, at[c]),
                 column[c].name);
        return 0;
    }
    return 1;
}

int ulp_rows_read_csv(struct ulp_rows *r, const char *path, char *cpu, char *error)
{
    struct csv t;
    int at[COLUMNS], before = r->n, ok = csv_read(&t, path, error);
    if (!ok) return 0;
    ok = csv_column(&t, "op") >= 0 && csv_column(&t, "rung") >= 0 && csv_column(&t, "argument") >= 0;
    for (int c = 0; c < COLUMNS; c++) {
        at[c] = csv_column(&t, column[c].name);
        ok = ok && (at[c] >= 0 || !column[c].needed);
    }
    if (!ok) snprintf(error, 256, "%.150s is not a file of `rungs ulp --csv`: columns are missing", path);
    for (int i = 0; ok && i < t.rows; i++) ok = read_row(&t, i, at, ulp_rows_new(r), error);
    if (!ok) r->n = before;
    snprintf(cpu, 128, "%s", csv_cell(&t, 0, csv_column(&t, "cpu")));
    csv_free(&t);
    return ok;
}

/* ---- JSON ---- */

void ulp_rows_print_json(FILE *out, const struct ulp_rows *r, const struct machine *m)
{
    struct json j = json_begin(out);
    json_object(&j, NULL);
    json_text(&j, "compiler", m->compiler);
    json_text(&j, "cpu", m->cpu);
    json_text(&j, "commit", m->commit);
    json_list(&j, "rows");
    for (const struct ulp_row *row = r->row; row < r->row + r->n; row++) {
        json_on_one_line(&j);
        json_object(&j, NULL);
        json_text(&j, "op", row->op);
        json_text(&j, "rung", row->rung);
        json_text(&j, "argument", row->argument);
        json_text(&j, "wrong_at", limit_text(row));
        for (int c = 0; c < COLUMNS; c++) json_number(&j, column[c].name, number_of(row, c));
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
}
