/* table.c - see table.h. The text is read character by character, and a line may be as long as it likes: its
 * cells are collected, each ended by '\0', and taken when it ends. */
#include "table.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CELL = 128, CHUNK = 1 << 16, FEATURES_MOST = 1 << 20 };

struct record {
    char *text; /* the cells */
    size_t used, room;
    int cells;
    long line; /* on which it begins, counted from 1 */
};

struct reading {
    struct table *t;
    struct classes *classes;
    const char *name, *label; /* of the file; of the column with the class */
    char *error;
    long line;
    struct record now, first; /* that is being collected; the first one, until it is known what it is */
    int is_begun, column;     /* 1: it is known; which column has the class, from 0 */
    long first_line;          /* that says how many cells a line has */
    enum { PLAIN, QUOTED, ENDED } quote; /* inside of quotes, or behind them */
    int is_empty;                        /* 1: nothing of the cell has come */
    size_t length;                       /* of the cell, also what no longer fits */
    size_t numbers, room, labels;        /* that x has, and how many it and label have room for */
};

/* ---- memory ---- */

/* makes room for `used` + 1 of that size; 0 and a sentence */
static int make_room(struct reading *r, void **memory, size_t size, size_t used, size_t *room)
{
    if (used < *room) return 1;
    const size_t more = *room ? 2 * *room : 1 << 10;
    void *bigger = more > SIZE_MAX / size ? NULL : realloc(*memory, more * size);
    if (!bigger)
        return error_set(r->error, "out of memory: %s is larger than %zu bytes", r->name, used * size);
    *memory = bigger;
    *room = more;
    return 1;
}

/* from here on numbers are real */
static int become_real(struct reading *r)
{
    float *real = malloc((r->room ? r->room : 1) * sizeof *real);
    if (!real) return error_set(r->error, "out of memory: %s has more than %zu numbers", r->name, r->numbers);
    for (size_t k = 0; k < r->numbers; k++) real[k] = r->t->x[k];
    free(r->t->x);
    r->t->x = NULL;
    r->t->real = real;
    return 1;
}

static int put_number(struct reading *r, float number)
{
    struct table *t = r->t;
    const int is_byte = number >= 0 && number <= 255 && number == floorf(number);
    if (!is_byte && !t->real && !become_real(r)) return 0;
    void *memory = t->real ? (void *)t->real : t->x;
    const int ok = make_room(r, &memory, t->real ? sizeof(float) : 1, r->numbers, &r->room);
    if (t->real)
        t->real = memory;
    else
        t->x = memory;
    if (!ok) return 0;
    if (t->real)
        t->real[r->numbers++] = number;
    else
        t->x[r->numbers++] = (unsigned char)number;
    return 1;
}

static int put_label(struct reading *r, int label)
{
    void *memory = r->t->label;
    const int ok = make_room(r, &memory, 1, (size_t)r->t->n, &r->labels);
    r->t->label = memory;
    if (ok) r->t->label[r->t->n] = (unsigned char)label;
    return ok;
}

/* ---- records ---- */

/* 1 and the number that the cell is; 0: it is none, or none that a float can be */
static int number_of(const char *cell, float *number)
{
    char *end;
    const size_t length = strlen(cell);
    if (!length || strspn(cell, "+-.0123456789eE") != length) return 0;
    const double value = strtod(cell, &end);
    *number = (float)value;
    return !*end && fabs(value) <= (double)FLT_MAX;
}

/* 1 if the column's cell is a number */
static int has_number(const struct record *record, int column)
{
    const char *cell = record->text;
    float number;
    for (int c = 0; c < column && c + 1 < record->cells; c++) cell += strlen(cell) + 1;
    return column < record->cells && number_of(cell, &number);
}

/* the cell of that name, -1: there is none */
static int column_called(const struct record *record, const char *name)
{
    const char *cell = record->text;
    for (int c = 0; c < record->cells; c++, cell += strlen(cell) + 1)
        if (!strcmp(cell, name)) return c;
    return -1;
}

/* 1 if the first record is one of names; next: the second one, or NULL */
static int is_names(const struct reading *r, const struct record *first, const struct record *next)
{
    const char *cell = first->text;
    float number;
    for (int c = 0; c < first->cells; c++, cell += strlen(cell) + 1)
        if (c != r->column && !number_of(cell, &number)) return 1;
    return next && !has_number(first, r->column) && has_number(next, r->column);
}

static int take_record(struct reading *r, const struct record *record)
{
    struct table *t = r->t;
    const char *cell = record->text, *problem;
    const int features = record->cells - 1;
    if (features < 1)
        return error_set(r->error, "%s, line %ld: a class and numbers must be there, separated by commas",
                         r->name, record->line);
    if (t->features && features != t->features)
        return error_set(r->error, "%s, line %ld: %d numbers beside the class, and %d in line %ld", r->name,
                         record->line, features, t->features, r->first_line);
    if (t->n == INT_MAX) return error_set(r->error, "%s has more than %d lines", r->name, INT_MAX);
    for (int c = 0; c < record->cells; c++, cell += strlen(cell) + 1) {
        float number = 0;
        const int label = c == r->column ? classes_add(r->classes, cell, &problem) : 0;
        if (label < 0)
            return error_set(r->error, "%s, line %ld, column %d: '%s' %s", r->name, record->line, c + 1, cell,
                             problem);
        if (c != r->column && !number_of(cell, &number))
            return error_set(r->error, "%s, line %ld, column %d: '%s' must be a finite number", r->name,
                             record->line, c + 1, cell);
        if (!(c == r->column ? put_label(r, label) : put_number(r, number))) return 0;
    }
    r->first_line = t->features ? r->first_line : record->line;
    t->features = features;
    t->n++;
    return 1;
}

/* every line has as many cells */
static int take_names(struct reading *r, const struct record *names)
{
    if (names->cells < 2)
        return error_set(r->error, "%s, line %ld: a class and numbers must be there, separated by commas",
                         r->name, names->line);
    r->t->features = names->cells - 1;
    r->first_line = names->line;
    return 1;
}

/* Finds out what the first record is; next: the second one, or NULL. */
static int begin(struct reading *r, const struct record *next)
{
    const struct record *first = &r->first;
    const int called = column_called(first, r->label);
    r->is_begun = 1;
    r->column = called >= 0 ? called : !strcmp(r->label, "last") ? first->cells - 1 : 0;
    if (called >= 0) return take_names(r, first);
    if (strcmp(r->label, "last") && strcmp(r->label, "first"))
        return error_set(r->error,
                         "%s, line %ld: there is no column '%.80s'; label=last and label=first name the "
                         "outer ones",
                         r->name, first->line, r->label);
    return (is_names(r, first, next) ? take_names : take_record)(r, first);
}

static void swap(struct record *a, struct record *b)
{
    const struct record was = *a;
    *a = *b;
    *b = was;
}

static int end_cell(struct reading *r)
{
    struct record *now = &r->now;
    while (r->quote == PLAIN && r->length && r->length < CELL && strchr(" \t", now->text[now->used - 1]))
        r->length--, now->used--; /* blanks behind it */
    void *memory = now->text;
    const int ok = make_room(r, &memory, 1, now->used, &now->room);
    now->text = memory;
    if (!ok) return 0;
    now->text[now->used++] = '\0';
    if (++now->cells > FEATURES_MOST)
        return error_set(r->error, "%s, line %ld has more than %d numbers", r->name, now->line,
                         FEATURES_MOST);
    if (r->length >= CELL)
        return error_set(r->error, "%s, line %ld, column %d: the field is longer than %d characters", r->name,
                         now->line, now->cells, CELL - 1);
    r->length = 0;
    r->quote = PLAIN;
    r->is_empty = 1;
    return 1;
}

static int end_record(struct reading *r)
{
    struct record *now = &r->now;
    int ok = 1;
    if (now->cells || r->length || !r->is_empty) {
        if (!end_cell(r)) return 0;
        if (r->is_begun) {
            ok = take_record(r, now);
        } else if (!r->first.cells) {
            swap(now, &r->first);
        } else {
            ok = begin(r, now) && take_record(r, now);
        }
    }
    r->line++;
    now->used = 0;
    now->cells = 0;
    now->line = r->line;
    r->is_empty = 1;
    return ok;
}

/* ---- characters ---- */

static int put_character(struct reading *r, char c)
{
    struct record *now = &r->now;
    void *memory = now->text;
    r->is_empty = 0;
    if (++r->length >= CELL) return 1; /* end_cell refuses it */
    const int ok = make_room(r, &memory, 1, now->used, &now->room);
    now->text = memory;
    if (ok) now->text[now->used++] = c;
    return ok;
}

static int take_quoted(struct reading *r, char c)
{
    if (c == '"') {
        r->quote = ENDED;
        return 1;
    }
    r->line += c == '\n';
    return put_character(r, c);
}

static int take(struct reading *r, char c)
{
    if (c == '\0') return error_set(r->error, "%s, line %ld: a zero byte; it must be text", r->name, r->line);
    if (r->quote == QUOTED) return take_quoted(r, c);
    if (c == '\n') return end_record(r);
    if (c == ',') {
        r->is_empty = 0;
        return end_cell(r);
    }
    if (c == '\r') return 1;
    if (r->quote == ENDED && c == '"') { /* written twice */
        r->quote = QUOTED;
        return put_character(r, c);
    }
    if ((c == ' ' || c == '\t') && (!r->length || r->quote == ENDED)) return 1;
    if (r->quote == ENDED)
        return error_set(r->error, "%s, line %ld: '%c' behind a quoted field; a comma must follow it",
                         r->name, r->line, c);
    if (c == '"' && !r->length) {
        r->quote = QUOTED;
        r->is_empty = 0;
        return 1;
    }
    return put_character(r, c);
}

/* after all characters: the last line may lack its end */
static int end_text(struct reading *r)
{
    if (r->quote == QUOTED)
        return error_set(r->error, "%s: the quote of the field in line %ld is not closed", r->name,
                         r->now.line);
    if (!end_record(r)) return 0;
    if (!r->is_begun && r->first.cells && !begin(r, NULL)) return 0;
    return r->t->n || error_set(r->error, "%s holds no example: a line must be like 7,0,128,255", r->name);
}

/* ---- the whole ---- */

int table_read(struct source *s, const char *label, struct classes *classes, struct table *t, char *error)
{
    char *chunk = malloc(CHUNK);
    struct reading r = { .t = t,
                         .classes = classes,
                         .name = s->name,
                         .label = label,
                         .error = error,
                         .line = 1,
                         .now = { .line = 1 },
                         .is_empty = 1 };
    int ok = chunk ? 1 : error_set(error, "out of memory for %s", s->name), is_first = 1;
    size_t got = 0;
    *t = (struct table){ 0 };
    do {
        got = ok ? source_read(s, chunk, CHUNK) : 0;
        size_t k =
            is_first && got >= 3 && !memcmp(chunk, "\xef\xbb\xbf", 3) ? 3 : 0; /* some begin with this */
        for (; ok && k < got; k++) ok = take(&r, chunk[k]);
        is_first = 0;
    } while (ok && got == CHUNK);
    free(chunk);
    if (ok && *s->reason) ok = error_set(error, "%s", s->reason);
    if (ok) ok = end_text(&r);
    free(r.now.text);
    free(r.first.text);
    if (!ok) {
        error_one_line(error);
        table_free(t);
    }
    return ok;
}

int table_read_file(const char *path, const char *label, struct classes *classes, struct table *t,
                    char *error)
{
    struct source s;
    *t = (struct table){ 0 };
    if (!source_open(&s, path, error)) return 0;
    int ok = table_read(&s, label, classes, t, error);
    source_close(&s);
    return ok;
}

void table_free(struct table *t)
{
    free(t->x);
    free(t->real);
    free(t->label);
    *t = (struct table){ 0 };
}
