/* csv.h - tables in text files: comma separated, a header line, quoted where needed (RFC 4180). */
#ifndef RUNGS_CSV_H
#define RUNGS_CSV_H

#include <stddef.h>
#include <stdio.h>

enum { CSV_MAX_COLUMNS = 64, CSV_MAX_BYTES = 64 << 20 };

struct csv {
    int columns, rows; /* rows: without the header */
    char **cell;       /* (rows + 1) x columns, header first; each ends with '\0' */
    char *text;        /* the cells' memory        */
};

/* Reads a whole table. The file may be anything: what is no table gets one sentence in error (256 bytes), and
 * 0 is returned. Every row must have as many cells as the header. */
int csv_read(struct csv *t, const char *path, char *error);

/* The same for text in memory; n bytes, no '\0' needed. `name` is for the sentence. */
int csv_parse(struct csv *t, const char *text, size_t n, const char *name, char *error);

void csv_free(struct csv *t);

/* The column of that name, or -1 */
int csv_column(const struct csv *t, const char *name);

/* Row 0..rows-1; never NULL */
const char *csv_cell(const struct csv *t, int row, int column);

/* The cell as a number; NaN if it is empty or no finite number */
double csv_number(const struct csv *t, int row, int column);

/* Writes one cell, quoted if it must be, and then `end` (',' or '\n'). */
void csv_write(FILE *out, const char *text, char end);

#endif
