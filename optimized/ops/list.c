/* list.c - the list of operations, with their sets, the one of a name, and what it was
 * called before; see ../op.h. */
#include "../op.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/error.h"
#include "../../base/memory.h"
#include "op_common.h"

const struct op *const ops[] = {
#define OP(name) &op_##name,
#include "list.h"
#undef OP
    NULL,
};

const struct op *op_find(const char *name)
{
    for (const struct op *const *op = ops; *op; op++)
        if (!strcmp((*op)->name, name)) return *op;
    return NULL;
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
    return base && op->base ? op_like(base, op) : base;
}

/* ---- what was called otherwise ---- */

struct renamed {
    const char *was, *is;
};

static const char *find_renamed(const struct renamed *row, const char *name)
{
    while (row->was && strcmp(row->was, name)) row++;
    return row->is;
}

const char *op_renamed(const char *name)
{
    static const struct renamed ops_renamed[] = {
#define RENAMED(was, is) { #was, is },
#define RENAMED_RUNG(was, is)
#include "renamed.h"
#undef RENAMED
#undef RENAMED_RUNG
        { NULL, NULL },
    };
    return find_renamed(ops_renamed, name);
}

const char *rung_renamed(const char *name)
{
    static const struct renamed rungs_renamed[] = {
#define RENAMED(was, is)
#define RENAMED_RUNG(was, is) { #was, is },
#include "renamed.h"
#undef RENAMED
#undef RENAMED_RUNG
        { NULL, NULL },
    };
    int has_number = strspn(name, "0123456789") == 2 && name[2] == '_';
    return find_renamed(rungs_renamed, has_number ? name + 3 : name);
}

/* ---- all of them ---- */

static const struct op **all;

static int sets_of(const struct op *op)
{
    int n = 0;
    while (op->sets && op->sets[n]) n++;
    return n;
}

static void list_all(void)
{
    size_t n = 1;
    char error[ERROR_TEXT];
    for (const struct op *const *op = ops; *op; op++) n += 1 + (size_t)sets_of(*op);
    const struct op **to = all = memory_need(n, sizeof *all);
    for (const struct op *const *op = ops; *op; op++) {
        *to++ = *op;
        for (int i = 0; i < sets_of(*op); i++) {
            *to++ = op_with(*op, (*op)->sets[i], error);
            if (to[-1]) continue;
            fprintf(stderr, "ops/: a set of %s: %s\n", (*op)->name, error);
            abort();
        }
    }
    *to = NULL;
}

const struct op *const *op_all(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, list_all);
    return all;
}
