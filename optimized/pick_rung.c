/* pick_rung.c - a rung of an operation: the one of a name, the best that runs here, one
 * of a height; see op.h. */
#include "op.h"

#include <string.h>

#include "ops/op_common.h"

const struct rung *rung_find(const struct op *op, const char *name)
{
    return rung_in(op->cpu, name);
}

const struct rung *rung_best(const struct op *op)
{
    return rung_last(op->cpu, rung_isa(), NULL);
}

const struct rung *rung_at_level(const struct op *op, const char *level)
{
    if (!strcmp(level, "naive")) return op->cpu;
    if (!strcmp(level, "best")) return rung_best(op);
    const struct rung *named = rung_find(&op_dense_forward, level);
    return named && !rung_lacks(named->needs) ? rung_last(op->cpu, rung_isa(), named->name) : NULL;
}
