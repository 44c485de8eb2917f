/* sweep_file.c - the results of a sweep on disk; see sweep_file.h. */
#include "sweep_file.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/csv.h"
#include "../base/file.h"
#include "../base/memory.h"

enum kind { TEXT, SEED, COUNT, REAL };

/* The columns in their order, and the field of a row that each is */
static const struct {
    const char *name;
    enum kind kind;
    size_t at, room;
} column[] = {
    { "cell", TEXT, offsetof(struct sweep_row, cell), SWEEP_TEXT },
    { "seed", SEED, offsetof(struct sweep_row, seed), 0 },
    { "epochs", COUNT, offsetof(struct sweep_row, epochs), 0 },
    { "best_epoch", COUNT, offsetof(struct sweep_row, best_epoch), 0 },
    { "validation_loss", REAL, offsetof(struct sweep_row, validation_loss), 0 },
    { "validation_accuracy", REAL, offsetof(struct sweep_row, validation_accuracy), 0 },
    { "test_loss", REAL, offsetof(struct sweep_row, test_loss), 0 },
    { "test_accuracy", REAL, offsetof(struct sweep_row, test_accuracy), 0 },
    { "seconds", REAL, offsetof(struct sweep_row, seconds), 0 },
    { "network", TEXT, offsetof(struct sweep_row, network), SWEEP_NETWORK },
    { "key", TEXT, offsetof(struct sweep_row, key), SWEEP_KEY },
};

enum { COLUMNS = sizeof column / sizeof *column };

/* ---- rows ---- */

void sweep_rows_add(struct sweep_rows *r, const struct sweep_row *row)
{
    if (r->n == r->room) {
        struct sweep_row *more = memory_need((size_t)(r->room = 2 * r->room + 16), sizeof *more);
        if (r->n) memcpy(more, r->row, (size_t)r->n * sizeof *more);
        free(r->row);
        r->row = more;
    }
    r->row[r->n++] = *row;
}

void sweep_rows_free(struct sweep_rows *r)
{
    free(r->row);
    *r = (struct sweep_rows){ 0 };
}

const struct sweep_row *sweep_rows_find(const struct sweep_rows *r, const char *key)
{
    for (int k = 0; k < r->n; k++)
        if (!strcmp(r->row[k].key, key)) return &r->row[k];
    return NULL;
}

/* ---- reading ---- */

int sweep_file_is_regular(const char *path)
{
    struct stat is;
    return strcmp(path, "-") && (stat(path, &is) || S_ISREG(is.st_mode));
}

/* A number that is none, or beyond the field, is read as the nearest that the field has. */
static void get_cell(struct sweep_row *row, int c, const struct csv *t, int k)
{
    void *field = (char *)row + column[c].at;
    const char *text = csv_cell(t, k, c);
    const double number = csv_number(t, k, c);
    if (column[c].kind == TEXT)
        snprintf(field, column[c].room, "%s", text);
    else if (column[c].kind == SEED)
        *(unsigned long long *)field = strtoull(text, NULL, 10);
    else if (column[c].kind == COUNT)
        *(int *)field = number > 0 ? number < 1e9 ? (int)number : 1000000000 : 0;
    else
        *(double *)field = number;
}

static int is_sweep(const struct csv *t)
{
    for (int c = 0; c < COLUMNS; c++)
        if (csv_column(t, column[c].name) != c) return 0;
    return t->columns == COLUMNS;
}

int sweep_file_read(struct sweep_rows *r, const char *path, char *error)
{
    struct csv t;
    struct stat is;
    char reason[256];
    *r = (struct sweep_rows){ 0 };
    if (!sweep_file_is_regular(path) || stat(path, &is) || !is.st_size) return 1;
    const int read = csv_read(&t, path, reason);
    if (!read || !is_sweep(&t)) {
        if (read) csv_free(&t);
        return error_set(error, "%s exists but is not a table of `rungs train --sweep`; name another file",
                         path);
    }
    for (int k = 0; k < t.rows; k++) {
        struct sweep_row row = { 0 };
        for (int c = 0; c < COLUMNS; c++) get_cell(&row, c, &t, k);
        sweep_rows_add(r, &row);
    }
    csv_free(&t);
    return 1;
}

/* ---- writing ---- */

static void put_cell(FILE *out, const struct sweep_row *row, int c)
{
    const void *field = (const char *)row + column[c].at;
    const char end = c == COLUMNS - 1 ? '\n' : ',';
    if (column[c].kind == TEXT)
        csv_write(out, field, end);
    else if (column[c].kind == SEED)
        fprintf(out, "%llu%c", *(const unsigned long long *)field, end);
    else if (column[c].kind == COUNT)
        fprintf(out, "%d%c", *(const int *)field, end);
    else if (isnan(*(const double *)field))
        fputc(end, out);
    else
        fprintf(out, "%.9g%c", *(const double *)field, end);
}

int sweep_file_write(const struct sweep_rows *r, const char *path, char *error)
{
    struct file_out f;
    if (!file_open(&f, path, error)) return 0;
    for (int c = 0; c < COLUMNS; c++) fprintf(f.out, "%s%c", column[c].name, c == COLUMNS - 1 ? '\n' : ',');
    for (int k = 0; k < r->n; k++)
        for (int c = 0; c < COLUMNS; c++) put_cell(f.out, &r->row[k], c);
    return file_keep(&f, error);
}
