/* find.c - operations and rungs by the names people type, with help when they mistype. */
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#include "../optimized/device.h"

const struct op *verb_find_op(const char *verb, const char *name)
{
    const struct op *op = op_find(name);
    const char *names[OPS];
    size_t n = 0;
    if (op) return op;
    for (; n < OPS; n++) names[n] = ops[n]->name;
    const char *near = args_nearest(name, names, n, sizeof *names);
    if (near)
        args_refuse(verb, "there is no operation '%s'; did you mean '%s'?", name, near);
    else
        args_refuse(verb, "there is no operation '%s'; `rungs list` shows them", name);
    return NULL;
}

const struct rung *verb_find_rung(const char *verb, const struct op *op, const struct device *device,
                                  const char *name)
{
    const struct rung *ladder = device ? device_ladder(device, op) : op->cpu;
    const struct rung *rung = ladder ? rung_in(ladder, name) : NULL;
    if (!ladder)
        args_refuse(verb, "%s has no CUDA rungs", op->name);
    else if (!rung)
        args_refuse(verb, "%s has no %srung '%s'; `rungs list %s` shows those it has", op->name,
                    device ? "CUDA " : "", name, op->name);
    return rung;
}
