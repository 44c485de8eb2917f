/* optimizer_kinds.c - the optimizers and schedules; see optimizer.h. */
#include <math.h>

#include "optimizer.h"

/* ---- optimizers ---- */

const struct optimizer_kind optimizer_sgd = { "sgd_step", 0 }, optimizer_adam = { "adam_step", 2 };

/* ---- schedules ---- */

static double always(const struct net_value *value, double epoch, int epochs)
{
    (void)value, (void)epoch, (void)epochs;
    return 1;
}

static double in_steps(const struct net_value *value, double epoch, int epochs)
{
    double factor = 1, every = value[0].number;
    (void)epochs;
    for (double at = every; at <= epoch; at += every) factor *= value[1].number;
    return factor;
}

static double half_cosine(const struct net_value *value, double epoch, int epochs)
{
    (void)value;
    return (1 + cos(3.14159265358979323846 * epoch / epochs)) / 2;
}

const struct schedule_kind schedule_constant = { always }, schedule_step = { in_steps },
                           schedule_cosine = { half_cosine };
