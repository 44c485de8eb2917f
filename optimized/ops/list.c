/* list.c - the list of operations, and the one of a name; see ../op.h. */
#include "../op.h"

#include <string.h>

#include "parts.h"

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
