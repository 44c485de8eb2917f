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

const char *scalar_legal(const struct scalar *s, char *text)
{
    int n = 0;
    if (!s->words) snprintf(text, LEGAL_TEXT, "from %.10g to %.10g", s->low, s->high);
    for (int i = 0; s->words && s->words[i]; i++)
        n += snprintf(text + n, LEGAL_TEXT - (size_t)n, "%s%s",
                      !i                ? ""
                      : s->words[i + 1] ? ", "
                                        : " or ",
                      s->words[i]);
    return text;
}

/* 1 if the text is a number of its kind, which is in s then */
static int read_number(struct scalar *s, const char *text)
{
    char *end;
    errno = 0;
    if (s->kind == SCALAR_COUNT)
        s->count = strtoull(text, &end, 10);
    else
        s->real = strtod(text, &end);
    return end != text && !*end && !errno && *text != '-' && *text != '+';
}

static int read_word(struct scalar *s, const char *text)
{
    for (int i = 0; s->words[i]; i++)
        if (!strcmp(s->words[i], text)) return s->count = (uint64_t)i, 1;
    return 0;
}

static int read_value(struct scalar *s, const char *text, char *error)
{
    char legal[LEGAL_TEXT];
    int is_legal = s->words ? read_word(s, text) : read_number(s, text);
    double value = s->kind == SCALAR_COUNT ? (double)s->count : s->real;
    if (is_legal && (s->words || (value >= s->low && value <= s->high))) /* written so that NaN fails */
        return 1;
    const char *kind = s->words ? "" : s->kind == SCALAR_COUNT ? "a whole number " : "a number ";
    return error_set(error, "%s=%.40s: it must be %s%s", s->name, text, kind, scalar_legal(s, legal));
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

const char *scalar_text(const struct scalar *s, char *text)
{
    if (s->words) return s->words[s->count];
    if (s->kind == SCALAR_COUNT) snprintf(text, SCALAR_TEXT, "%llu", (unsigned long long)s->count);
    for (int digits = 1; s->kind == SCALAR_REAL && digits <= 17; digits++) {
        snprintf(text, SCALAR_TEXT, "%.*g", digits, s->real);
        if (strtod(text, NULL) == s->real) break;
    }
    return text;
}

/* "dropout_forward p=0.5": what differs from the base, in its order */
static void name_it(const struct op *base, const struct op *with, char *text, size_t room)
{
    size_t n = (size_t)snprintf(text, room, "%s", base->name);
    for (int i = 0; i < base->nscalar && n < room; i++) {
        const struct scalar *was = &base->scalar[i], *is = &with->scalar[i];
        char value[SCALAR_TEXT];
        if (was->count == is->count && was->real == is->real) continue;
        n += (size_t)snprintf(text + n, room - n, " %s=%s", is->name, scalar_text(is, value));
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
        if (m->op.follow) m->op.follow(&m->op);
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

const struct op *op_like(const struct op *base, const struct op *like)
{
    struct op with = *base;
    for (int i = 0; i < with.nscalar; i++) {
        const struct scalar *same = op_scalar(like, with.scalar[i].name);
        if (same) with.scalar[i] = *same;
    }
    return op_of(base, &with);
}

const char *op_set(const struct op *op)
{
    return op->base ? op->name + strlen(op->base->name) + 1 : NULL;
}
