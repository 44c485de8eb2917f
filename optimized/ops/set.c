/* set.c - operations with other scalars than their own; see ../op.h. */
#include "../op.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/error.h"
#include "../../base/memory.h"

enum { SET_TEXT = 400 }; /* of all scalars with their values */

/* ---- reading ---- */

static int read_value(struct scalar *s, const char *text, char *error)
{
    char *end;
    errno = 0;
    if (s->kind == SCALAR_COUNT) {
        s->count = strtoull(text, &end, 10);
        s->real = 0;
    } else {
        s->real = strtod(text, &end);
    }
    double value = s->kind == SCALAR_COUNT ? (double)s->count : s->real;
    int is_number = end != text && !*end && !errno && *text != '-' && *text != '+';
    if (is_number && value >= s->low && value <= s->high) return 1; /* written so that NaN fails */
    return error_set(error, "%s=%.40s: it must be %s from %.10g to %.10g", s->name, text,
                     s->kind == SCALAR_COUNT ? "a whole number" : "a number", s->low, s->high);
}

/* "p, seed" */
static const char *names_of(const struct op *op, char *text)
{
    int n = 0;
    for (int i = 0; i < op->nscalar; i++)
        n += snprintf(text + n, SET_TEXT - (size_t)n, "%s%s", i ? ", " : "", op->scalar[i].name);
    return text;
}

/* one "p=0.5" */
static int read_assignment(struct op *to, const char *text, char *error)
{
    char names[SET_TEXT];
    const char *equal = strchr(text, '=');
    if (!to->nscalar) return error_set(error, "%s has no parameters to set", to->name);
    if (!equal || equal == text)
        return error_set(error, "'%.60s' is no parameter; write NAME=VALUE, the names of %s being %s", text,
                         to->name, names_of(to, names));
    for (int i = 0; i < to->nscalar; i++) {
        struct scalar *s = &to->scalar[i];
        if (strlen(s->name) == (size_t)(equal - text) && !strncmp(s->name, text, (size_t)(equal - text)))
            return read_value(s, equal + 1, error);
    }
    return error_set(error, "%s has no parameter '%.*s'; its names are %s", to->name, (int)(equal - text),
                     text, names_of(to, names));
}

static int read_set(struct op *to, const char *set, char *error)
{
    char copy[SET_TEXT], *rest = NULL;
    if (strlen(set) >= sizeof copy)
        return error_set(error, "a set of more than %d letters is too long", SET_TEXT - 1);
    strcpy(copy, set);
    for (char *part = strtok_r(copy, " ,", &rest); part; part = strtok_r(NULL, " ,", &rest))
        if (!read_assignment(to, part, error)) return 0;
    return 1;
}

/* ---- one operation for the same values ---- */

/* "dropout_forward p=0.5": what differs from the base, in its order; the shortest text that gives the same number */
static void name_it(const struct op *base, const struct op *with, char *text, size_t room)
{
    size_t n = (size_t)snprintf(text, room, "%s", base->name);
    for (int i = 0; i < base->nscalar && n < room; i++) {
        const struct scalar *was = &base->scalar[i], *is = &with->scalar[i];
        char number[40];
        if (was->count == is->count && was->real == is->real) continue;
        if (is->kind == SCALAR_COUNT) snprintf(number, sizeof number, "%llu", (unsigned long long)is->count);
        for (int digits = 1; is->kind == SCALAR_REAL && digits <= 17; digits++) {
            snprintf(number, sizeof number, "%.*g", digits, is->real);
            if (strtod(number, NULL) == is->real) break;
        }
        n += (size_t)snprintf(text + n, room - n, " %s=%s", is->name, number);
    }
}

struct made {
    struct op op;
    struct made *next;
    char name[SET_TEXT];
};

/* the one of that name; made of `with` if there is none yet. They live to the end of the program. */
static const struct op *keep(const struct op *base, const struct op *with, const char *name)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct made *first;
    pthread_mutex_lock(&lock);
    struct made *m = first;
    while (m && (m->op.base != base || strcmp(m->name, name))) m = m->next;
    if (!m) {
        m = memory_need(1, sizeof *m);
        m->op = *with;
        snprintf(m->name, sizeof m->name, "%s", name);
        m->op.name = m->name;
        m->op.base = base;
        m->next = first;
        first = m;
    }
    pthread_mutex_unlock(&lock);
    return &m->op;
}

static const struct op *op_of(const struct op *base, const struct op *with)
{
    char name[SET_TEXT];
    name_it(base, with, name, sizeof name);
    return strcmp(name, base->name) ? keep(base, with, name) : base;
}

const struct op *op_with(const struct op *op, const char *set, char *error)
{
    struct op with = *op;
    return read_set(&with, set, error) ? op_of(op_base(op), &with) : NULL;
}

const struct op *op_find_with(const char *name)
{
    char word[80], error[ERROR_TEXT];
    size_t n = strcspn(name, " ");
    if (n >= sizeof word) return NULL;
    snprintf(word, sizeof word, "%.*s", (int)n, name);
    const struct op *op = op_find(word);
    return op && name[n] ? op_with(op, name + n, error) : op;
}

const struct op *op_forward(const struct op *op)
{
    const struct op *base = op->forward ? op_find(op->forward) : NULL;
    if (!base || !op->base) return base;
    struct op with = *base;
    for (int i = 0; i < with.nscalar; i++) {
        const struct scalar *same = op_scalar(op, with.scalar[i].name);
        if (same) with.scalar[i] = *same;
    }
    return op_of(base, &with);
}
