/* csv.c - reading and writing tables; see csv.h. */
#include "csv.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { CSV_ERROR = 256 };

/* ---- reading ---- */

struct reader {
    const char *at, *end, *name;
    int line;
    char *reason;
};

static int refuse(const struct reader *r, const char *sentence)
{
    snprintf(r->reason, CSV_ERROR, "%.120s line %d: %s", r->name, r->line, sentence);
    return 0;
}

/* Copies one cell to *out, ended by '\0', and leaves r->at at the ',' or newline behind it, or at the end. */
static int read_cell(struct reader *r, char **out)
{
    int quoted = r->at < r->end && *r->at == '"';
    if (quoted) r->at++;
    for (;; r->at++) {
        if (r->at == r->end) {
            if (quoted) return refuse(r, "a quoted cell does not end");
            break;
        }
        if (*r->at == '\0') return refuse(r, "there is a zero byte; this is no text file");
        if (quoted && *r->at == '"') {
            if (r->at + 1 == r->end || r->at[1] != '"') {
                r->at++;
                break;
            }
            r->at++; /* a doubled quote stands for one */
        } else if (!quoted && (*r->at == ',' || *r->at == '\n' || *r->at == '\r')) {
            break;
        }
        if (*r->at == '\n') r->line++;
        *(*out)++ = *r->at;
    }
    *(*out)++ = '\0';
    if (r->at < r->end && *r->at == '\r') r->at++;
    if (r->at < r->end && *r->at != ',' && *r->at != '\n')
        return refuse(r, "something follows a quoted cell");
    return 1;
}

/* One row into cell[0..CSV_MAX_COLUMNS-1]; returns the number of cells, 0 after a sentence. */
static int read_row(struct reader *r, char **cell, char **out)
{
    int n = 0;
    for (;;) {
        if (n == CSV_MAX_COLUMNS) return refuse(r, "too many columns");
        cell[n++] = *out;
        if (!read_cell(r, out)) return 0;
        if (r->at == r->end) return n;
        if (*r->at++ == '\n') return n;
    }
}

static int count_lines(const char *text, size_t n)
{
    int lines = 1;
    for (size_t i = 0; i < n; i++) lines += text[i] == '\n';
    return lines;
}

int csv_parse(struct csv *t, const char *text, size_t n, const char *name, char *error)
{
    struct reader r = { text, text + n, name, 1, error };
    char *row[CSV_MAX_COLUMNS], *out;
    *t = (struct csv){ 0 };
    if (!n) return refuse(&r, "the file is empty");
    if (n > CSV_MAX_BYTES) return refuse(&r, "the file is larger than 64 MiB");
    t->text = out = memory_need(2 * n + 2, 1); /* an empty cell needs one byte and has a ',' or newline */
    for (int lines = 0; r.at < r.end; lines++) {
        int cells = read_row(&r, row, &out);
        if (!lines && cells) {
            t->columns = cells;
            t->cell = memory_need((size_t)count_lines(text, n) * (size_t)cells, sizeof *t->cell);
        } else if (cells && cells != t->columns) {
            char sentence[96];
            snprintf(sentence, sizeof sentence, "%d cells, but the header has %d", cells, t->columns);
            cells = refuse(&r, sentence);
        }
        if (!cells) {
            csv_free(t);
            return 0;
        }
        memcpy(t->cell + (size_t)lines * (size_t)t->columns, row, (size_t)cells * sizeof *row);
        t->rows = lines;
        r.line++;
    }
    return 1;
}

int csv_read(struct csv *t, const char *path, char *error)
{
    *t = (struct csv){ 0 };
    FILE *f = fopen(path, "rb");
    if (!f) {
        snprintf(error, CSV_ERROR, "cannot read %.120s: %s", path, strerror(errno));
        return 0;
    }
    size_t room = 1 << 16, n = 0, got;
    char *text = memory_need(room, 1);
    while ((got = fread(text + n, 1, room - n, f)) > 0) {
        n += got;
        if (n > CSV_MAX_BYTES) break;
        if (n < room) continue;
        char *larger = memory_need(room *= 2, 1);
        memcpy(larger, text, n);
        free(text);
        text = larger;
    }
    int failed = ferror(f), ok = 0;
    fclose(f);
    if (failed)
        snprintf(error, CSV_ERROR, "cannot read %.120s: %s", path, strerror(errno));
    else
        ok = csv_parse(t, text, n, path, error);
    free(text);
    return ok;
}

void csv_free(struct csv *t)
{
    free(t->cell);
    free(t->text);
    *t = (struct csv){ 0 };
}

/* ---- looking ---- */

int csv_column(const struct csv *t, const char *name)
{
    for (int c = 0; c < t->columns; c++)
        if (!strcmp(t->cell[c], name)) return c;
    return -1;
}

const char *csv_cell(const struct csv *t, int row, int column)
{
    if (row < 0 || row >= t->rows || column < 0 || column >= t->columns) return "";
    return t->cell[((size_t)row + 1) * (size_t)t->columns + (size_t)column];
}

double csv_number(const struct csv *t, int row, int column)
{
    const char *text = csv_cell(t, row, column);
    char *end;
    double x = strtod(text, &end);
    return end == text || *end || !isfinite(x) ? nan("") : x;
}

/* ---- writing ---- */

void csv_write(FILE *out, const char *text, char end)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
    } else {
        fputc('"', out);
        for (; *text; text++) {
            if (*text == '"') fputc('"', out);
            fputc(*text, out);
        }
        fputc('"', out);
    }
    fputc(end, out);
}
