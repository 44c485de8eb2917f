/* find.c - what words and options name: operations and rungs, with help when they are mistyped. */
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#include "../base/error.h"
#include "../optimized/device.h"

int verb_renamed(const char *verb, const char *name)
{
    const char *now = op_renamed(name);
    return now ? args_refuse(verb, "%s is now called %s", name, now) : 0;
}

const struct op *verb_find_op(const char *verb, const char *name)
{
    const struct op *op = op_find_with(name);
    const char *names[OPS], *set = strchr(name, ' ');
    char base[80], error[ERROR_TEXT];
    size_t n = 0;
    if (op) return op;
    if (verb_renamed(verb, name)) return NULL;
    snprintf(base, sizeof base, "%.*s", (int)strcspn(name, " "), name);
    if (set && (op = op_find(base)) && !op_with(op, set, error))
        return args_refuse(verb, "%s: %s", base, error), NULL;
    for (; n < OPS; n++) names[n] = ops[n]->name;
    args_unknown(verb, "there is no operation", set ? base : name,
                 (struct name_list){ names, n, sizeof *names }, "`rungs list` shows them");
    return NULL;
}

const struct op *verb_set(const char *verb, const struct op *op, const char *set)
{
    char error[ERROR_TEXT];
    const struct op *with = op_with(op, set, error);
    if (!with) args_refuse(verb, "--set: %s", error);
    return with;
}

const struct rung *verb_find_rung(const char *verb, const struct op *op, const struct device *device,
                                  const char *name)
{
    const struct rung *ladder = device ? device_ladder(device, op) : op->cpu;
    const struct rung *rung = ladder ? rung_in(ladder, name) : NULL;
    const char *now = rung_renamed(name);
    char lead[96], how[96];
    size_t n = 0;
    if (!ladder) args_refuse(verb, "%s has no CUDA rungs", op->name);
    if (!ladder || rung) return rung;
    if (now && rung_in(ladder, now))
        return args_refuse(verb, "the rung %s is now called %s", name, now), NULL;
    while (ladder[n].name) n++;
    snprintf(lead, sizeof lead, "%.60s has no %srung", op->name, device ? "CUDA " : "");
    snprintf(how, sizeof how, "`rungs list %.60s` lists them", op_base(op)->name);
    args_unknown(verb, lead, name, (struct name_list){ &ladder->name, n, sizeof *ladder }, how);
    return NULL;
}
