/* shape.c - shapes as text, and which of them are legal; see op.h. */
#include "op.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../base/error.h"

enum { PLAIN_SIZES = 3 }; /* so many given sizes are written without their names */

static int is_given(const struct op *op, int i)
{
    return !op->size[i].derive;
}

static int count_given(const struct op *op)
{
    int n = 0;
    for (int i = 0; i < op->nsize; i++) n += is_given(op, i);
    return n;
}

static int shares(const struct op *op, int i, const char *name)
{
    return op->size[i].shared && !strcmp(op->size[i].shared, name);
}

/* The first of the sizes that share a name with size i, -1 if it has none or they are not all equal */
static int first_of_equals(const struct op *op, int i, const int *size)
{
    int first = -1;
    for (int j = op->nsize - 1; j >= 0 && op->size[i].shared; j--) {
        if (!shares(op, j, op->size[i].shared)) continue;
        if (size[j] != size[i]) return -1;
        first = j;
    }
    return first;
}

/* "pad1" for all that share it, and nothing for an optional size that has its least value */
char *op_shape_text(const struct op *op, const int *size, char *text)
{
    int named = count_given(op) > PLAIN_SIZES;
    char *at = text;
    *text = '\0';
    for (int i = 0; i < op->nsize; i++) {
        const struct size *s = &op->size[i];
        if (!is_given(op, i)) continue;
        if (!named) {
            at += sprintf(at, "%s%d", at > text ? "x" : "", size[i]);
        } else if (!s->optional || size[i] != s->least) {
            int first = first_of_equals(op, i, size);
            if (first >= 0 && first != i) continue;
            at += sprintf(at, "%s%s%d", at > text ? " " : "", first == i ? s->shared : s->name, size[i]);
        }
    }
    return text;
}

/* ---- legal shapes ---- */

/* 0 after a sentence in error, where anybody asks for one */
__attribute__((format(printf, 2, 3))) static int refuse(char *error, const char *format, ...);

static int64_t value_of(const struct op *op, int i, const int *size)
{
    return is_given(op, i) ? size[i] : op->size[i].derive(size);
}

int op_extent(const struct op *op, int i, const int *size)
{
    return (int)value_of(op, i, size); /* legal sizes fit: see op_legal_shape */
}

/* " ((h + 2 pad - r) / stride + 1)" behind the name of a derived size */
static const char *rule_of(const struct size *s, char *text, size_t room)
{
    *text = '\0';
    if (s->derive) snprintf(text, room, " (%s)", s->rule);
    return text;
}

int op_legal_shape(const struct op *op, const int *size, char *error)
{
    for (int derived = 0; derived < 2; derived++) { /* the given ones first: the others follow from them */
        for (int i = 0; i < op->nsize; i++) {
            const struct size *s = &op->size[i];
            char rule[160];
            if (is_given(op, i) == derived) continue;
            int64_t value = value_of(op, i, size);
            if (value >= s->least && value <= MOST_SIZE) continue;
            rule_of(s, rule, sizeof rule);
            if (!derived && value > MOST_SIZE)
                return refuse(error, "%s is too large: it must be from %d to %d", s->name, s->least,
                              MOST_SIZE);
            return refuse(error, "%s%s is %lld, but must be from %d to %d", s->name, rule, (long long)value,
                          s->least, MOST_SIZE);
        }
        if (!derived && op->legal) {
            char sentence[ERROR_TEXT];
            if (!op->legal(size, sentence)) return refuse(error, "%s", sentence);
        }
    }
    return 1;
}

/* ---- reading ---- */

/* "N, IN and OUT" */
static const char *names_of(const struct op *op, char *text, size_t room)
{
    int given = count_given(op), n = 0;
    size_t used = 0;
    *text = '\0';
    for (int i = 0; i < op->nsize && used < room; i++) {
        if (!is_given(op, i)) continue;
        n++;
        used += (size_t)snprintf(text + used, room - used, "%s%s",
                                 n == 1       ? ""
                                 : n == given ? " and "
                                              : ", ",
                                 op->size[i].name);
    }
    return text;
}

static int refuse(char *error, const char *format, ...)
{
    va_list list;
    if (!error) return 0;
    va_start(list, format);
    vsnprintf(error, ERROR_TEXT, format, list);
    va_end(list);
    return 0;
}

/* "is not a shape of ...": what the operation's sizes are, and an example */
static int refuse_form(const struct op *op, const char *text, char *error)
{
    char names[SHAPE_TEXT];
    int given = count_given(op);
    return refuse(error, "'%.60s' is not a shape of %s, whose size%s %s; write it like '%s'", text, op->name,
                  given > 1 ? "s are" : " is", names_of(op, names, sizeof names), op->example);
}

/* a number from 0 to INT_MAX; *end behind it. Larger ones become INT_MAX, which no size may be. */
static int read_number(const char *text, char **end)
{
    long value = strtol(text, end, 10);
    return value > MOST_SIZE ? MOST_SIZE + 1 : (int)value;
}

/* "64x784x512" */
static int read_plain(const struct op *op, const char *text, int *size, char *error)
{
    const char *at = text;
    int left = count_given(op);
    if (left > PLAIN_SIZES) return refuse_form(op, text, error);
    for (int i = 0; i < op->nsize; i++) {
        char *end;
        if (!is_given(op, i)) continue;
        if (!isdigit((unsigned char)*at)) return refuse_form(op, text, error);
        size[i] = read_number(at, &end);
        if (*end != (--left ? 'x' : '\0')) return refuse_form(op, text, error);
        at = end + 1;
    }
    return 1;
}

/* the size of that name, n letters of it; -1 if there is none */
static int size_named(const struct op *op, const char *name, size_t n)
{
    for (int i = 0; i < op->nsize; i++)
        if (strlen(op->size[i].name) == n && !strncasecmp(op->size[i].name, name, n)) return i;
    return -1;
}

/* `value` for every size that shares the name, n letters of it; returns how many do, -1 if one was there */
static int give_shared(const struct op *op, const char *name, size_t n, int value, int *size, int *found)
{
    int given = 0;
    for (int i = 0; i < op->nsize; i++) {
        const char *shared = op->size[i].shared;
        if (!shared || strlen(shared) != n || strncasecmp(shared, name, n) != 0) continue;
        if (found[i]++) return -1;
        size[i] = value, given++;
    }
    return given;
}

/* one "pad1"; NULL after a sentence, else what follows it */
static const char *read_named(const struct op *op, const char *text, const char *at, int *size, int *found,
                              char *error)
{
    size_t letters = strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    char names[SHAPE_TEXT], rule[160], *end;
    if (!letters || !isdigit((unsigned char)at[letters])) return refuse_form(op, text, error), NULL;
    int i = size_named(op, at, letters), value = read_number(at + letters, &end);
    int shared = i < 0 ? give_shared(op, at, letters, value, size, found) : 0;
    if (shared < 0) {
        refuse(error, "'%.60s' gives %.*s twice", text, (int)letters, at);
    } else if (i < 0 && !shared) {
        refuse(error, "%s has no size '%.*s'; its sizes are %s", op->name, (int)letters, at,
               names_of(op, names, sizeof names));
    } else if (!shared && !is_given(op, i)) {
        refuse(error, "%s follows from the other sizes%s; leave it out", op->size[i].name,
               rule_of(&op->size[i], rule, sizeof rule));
    } else if (!shared && found[i]++) {
        refuse(error, "'%.60s' gives %s twice", text, op->size[i].name);
    } else {
        if (!shared) size[i] = value;
        if (!*end || isspace((unsigned char)*end)) return end + strspn(end, " ");
        refuse_form(op, text, error);
    }
    return NULL;
}

/* "n64 c3 h32" */
static int read_names(const struct op *op, const char *text, int *size, char *error)
{
    int found[MAX_SIZES] = { 0 };
    for (int i = 0; i < op->nsize; i++)
        if (op->size[i].optional) size[i] = op->size[i].least;
    for (const char *at = text; *at;)
        if (!(at = read_named(op, text, at, size, found, error))) return 0;
    for (int i = 0; i < op->nsize; i++)
        if (is_given(op, i) && !found[i] && !op->size[i].optional)
            return refuse(error, "'%.60s' lacks %s; write all sizes, like '%s'", text, op->size[i].name,
                          op->example);
    return 1;
}

int op_parse_shape(const struct op *op, const char *text, int *size, char *error)
{
    int parsed[MAX_SIZES] = { 0 };
    text += strspn(text, " ");
    int plain = !isalpha((unsigned char)*text);
    if (!(plain ? read_plain : read_names)(op, text, parsed, error) || !op_legal_shape(op, parsed, error))
        return 0;
    memcpy(size, parsed, (size_t)op->nsize * sizeof *size);
    return 1;
}
