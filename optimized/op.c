/* op.c - the list of operations, and lookups in it; see op.h. */
#include "op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "ops/parts.h"

const struct op *const ops[] = {
#define OP(name) &op_##name,
#include "ops/list.h"
#undef OP
    NULL,
};

/* ---- lookups ---- */

const struct op *op_find(const char *name)
{
    for (const struct op *const *op = ops; *op; op++)
        if (!strcmp((*op)->name, name)) return *op;
    return NULL;
}

size_t op_elements_or_none(const struct op *op, int a, const int *size)
{
    const size_t limit = (size_t)1 << 48;
    size_t n = 1;
    for (int d = 0; d < op->arg[a].ndim; d++) {
        size_t extent = (size_t)op_extent(op, op->arg[a].dim[d], size);
        if (n > limit / extent) return 0;
        n *= extent;
    }
    return n;
}

size_t op_elements(const struct op *op, int a, const int *size)
{
    size_t n = op_elements_or_none(op, a, size);
    char shape[SHAPE_TEXT];
    if (!n)
        memory_fail("out of memory: %s of %s at %s has more elements than any memory; try a smaller shape",
                    op->arg[a].name, op->name, op_shape_text(op, size, shape));
    return n;
}

double op_bytes(const struct op *op, const int *size)
{
    double bytes = 0;
    for (int a = 0; a < op->narg; a++)
        bytes += (op->arg[a].role == ROLE_INOUT ? 8.0 : 4.0) * (double)op_elements(op, a, size);
    return bytes;
}

const struct rung *rung_find(const struct op *op, const char *name)
{
    return rung_in(op->cpu, name);
}

/* the last rung that has all digits of float, runs here, and whose name sorts at or before `limit` ("04_avx2"); NULL limit: no limit */
static const struct rung *last_usable(const struct op *op, const char *limit)
{
    const struct rung *best = op->cpu;
    for (const struct rung *r = op->cpu; r->name; r++)
        if (!rung_lacks(r->needs) && !rung_is_coarse(r->needs) &&
            (!limit || strncmp(r->name, limit, strlen("00_")) <= 0))
            best = r;
    return best;
}

const struct rung *rung_best(const struct op *op)
{
    return last_usable(op, NULL);
}

const struct rung *rung_at_height(const struct op *op, const char *height)
{
    if (!strcmp(height, "naive")) return op->cpu;
    if (!strcmp(height, "best")) return rung_best(op);
    const struct rung *named = rung_find(&op_dense_forward, height);
    return named && !rung_lacks(named->needs) ? last_usable(op, named->name) : NULL;
}
