/* table.c - see table.h. The text is read character by character: a line may be as long as it likes. */
#include "table.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { CELL = 24, CHUNK = 1 << 16, FEATURES_MOST = 1 << 20 };

struct reading {
    struct table *t;
    const char *name; /* of the file */
    char *error;
    long line, first;          /* counted from 1; first: the first with numbers */
    int column, is_names;      /* counted from 0; 1: the line is passed over */
    char cell[CELL];           /* what has come of the cell, blanks around it left out */
    size_t length;             /* of that, also where it no longer fits */
    size_t used, room, labels; /* bytes of x, and how many it and label have room for */
};

/* makes room for `used` + 1; 0 and a sentence */
static int make_room(struct reading *r, unsigned char **bytes, size_t used, size_t *room)
{
    if (used < *room) return 1;
    size_t more = *room ? 2 * *room : 1 << 12;
    unsigned char *bigger = realloc(*bytes, more);
    if (!bigger) return error_set(r->error, "out of memory: %s has more than %zu numbers", r->name, used);
    *bytes = bigger;
    *room = more;
    return 1;
}

/* the cell as a whole number from 0 to 255; -1: it is none */
static int number_of(const struct reading *r)
{
    int number = 0;
    if (!r->length || r->length >= CELL || strspn(r->cell, "0123456789") != r->length) return -1;
    for (const char *c = r->cell; *c && number <= 255; c++) number = 10 * number + (*c - '0');
    return number <= 255 ? number : -1;
}

static int put(struct reading *r, unsigned char **bytes, size_t used, size_t *room, int number)
{
    if (!make_room(r, bytes, used, room)) return 0;
    (*bytes)[used] = (unsigned char)number;
    return 1;
}

static int end_cell(struct reading *r)
{
    const int number = number_of(r);
    r->cell[r->length < CELL ? r->length : CELL - 1] = '\0';
    if (number < 0 && !r->t->n && r->line == 1) r->is_names = 1;
    if (number < 0 && !r->is_names)
        return error_set(r->error, "%s, line %ld, column %d: '%s' must be a whole number from 0 to 255",
                         r->name, r->line, r->column + 1, r->cell);
    if (!r->is_names && !r->column && !put(r, &r->t->label, (size_t)r->t->n, &r->labels, number)) return 0;
    if (!r->is_names && r->column && !put(r, &r->t->x, r->used++, &r->room, number)) return 0;
    if (++r->column > FEATURES_MOST)
        return error_set(r->error, "%s, line %ld has more than %d numbers", r->name, r->line, FEATURES_MOST);
    r->length = 0;
    *r->cell = '\0';
    return 1;
}

static int end_line(struct reading *r)
{
    if (r->column || r->length) {
        if (!end_cell(r)) return 0;
        const int features = r->column - 1;
        if (r->is_names) {
            r->used = 0; /* numbers before the first name */
        } else if (features < 1) {
            return error_set(r->error, "%s, line %ld: numbers must follow the class, separated by commas",
                             r->name, r->line);
        } else if (r->t->n && features != r->t->features) {
            return error_set(r->error, "%s, line %ld: %d numbers follow the class, and %d in line %ld",
                             r->name, r->line, features, r->t->features, r->first);
        } else if (r->t->n == INT_MAX) {
            return error_set(r->error, "%s has more than %d lines", r->name, INT_MAX);
        } else {
            if (!r->t->n) r->t->features = features, r->first = r->line;
            r->t->n++;
        }
    }
    r->line++;
    r->column = r->is_names = 0;
    return 1;
}

static int take(struct reading *r, char c)
{
    if (c == '\n') return end_line(r);
    if (c == ',') return end_cell(r);
    if (c == '\r' || ((c == ' ' || c == '\t') && !r->length)) return 1;
    if (c == '\0') return error_set(r->error, "%s, line %ld: a zero byte; it must be text", r->name, r->line);
    if (r->length + 1 < CELL) r->cell[r->length] = c, r->cell[r->length + 1] = '\0';
    r->length++;
    return 1;
}

int table_read(struct source *s, struct table *t, char *error)
{
    char *chunk = malloc(CHUNK);
    struct reading r = { .t = t, .name = s->name, .error = error, .line = 1 };
    int ok = chunk ? 1 : error_set(error, "out of memory for %s", s->name);
    size_t got = 0;
    *t = (struct table){ 0 };
    do {
        got = ok ? source_read(s, chunk, CHUNK) : 0;
        for (size_t k = 0; ok && k < got; k++) ok = take(&r, chunk[k]);
    } while (ok && got == CHUNK);
    free(chunk);
    if (ok && *s->reason) ok = error_set(error, "%s", s->reason);
    if (ok) ok = end_line(&r); /* the last may lack its end */
    if (ok && !t->n) ok = error_set(error, "%s holds no example: a line must be like 7,0,128,255", s->name);
    if (!ok) table_free(t);
    return ok;
}

int table_read_file(const char *path, struct table *t, char *error)
{
    struct source s;
    *t = (struct table){ 0 };
    if (!source_open(&s, path, error)) return 0;
    int ok = table_read(&s, t, error);
    source_close(&s);
    return ok;
}

void table_free(struct table *t)
{
    free(t->x);
    free(t->label);
    *t = (struct table){ 0 };
}
