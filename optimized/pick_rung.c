/* pick_rung.c - a rung of an operation: the one of a name, the best that runs here, one
 * of a height; see op.h. */
#include "op.h"

#include <string.h>

#include "ops/op_common.h"

const struct rung *rung_find(const struct op *op, const char *name)
{
    return rung_in(op->cpu, name);
}

/* the last rung that has all digits of float, runs here, and whose name sorts at or before `limit`
 * ("04_avx2"); NULL limit: no limit */
static const struct rung *last_usable(const struct op *op, const char *limit)
{
    const struct rung *best = op->cpu;
    for (const struct rung *r = op->cpu; r->name; r++)
        if (!rung_lacks(r->needs) && !rung_is_reduced(r->needs) &&
            (!limit || strncmp(r->name, limit, strlen("00_")) <= 0))
            best = r;
    return best;
}

const struct rung *rung_best(const struct op *op)
{
    return last_usable(op, NULL);
}

const struct rung *rung_at_level(const struct op *op, const char *level)
{
    if (!strcmp(level, "naive")) return op->cpu;
    if (!strcmp(level, "best")) return rung_best(op);
    const struct rung *named = rung_find(&op_dense_forward, level);
    return named && !rung_lacks(named->needs) ? last_usable(op, named->name) : NULL;
}
