/* op.c - what follows from an operation's declaration; see op.h. */
#include "op.h"

#include <string.h>

#include "../base/memory.h"

const struct scalar *op_scalar(const struct op *op, const char *name)
{
    for (int i = 0; i < op->nscalar; i++)
        if (!strcmp(op->scalar[i].name, name)) return &op->scalar[i];
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

size_t op_arg_bytes(const struct op *op, int a, const int *size, size_t width)
{
    size_t n = op_elements(op, a, size);
    switch (op->arg[a].dtype) {
    case DT_I32: return n * sizeof(int);
    case DT_U8: return n;
    case DT_BITS: return (n + 31) / 32 * sizeof(uint32_t);
    default: return n * width;
    }
}

double op_bytes(const struct op *op, const int *size)
{
    double bytes = 0;
    for (int a = 0; a < op->narg; a++)
        bytes +=
            (op->arg[a].access == ARG_INOUT ? 2.0 : 1.0) * (double)op_arg_bytes(op, a, size, sizeof(float));
    return bytes;
}
