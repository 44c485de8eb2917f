/* schedule_kinds.c - the schedules of the learning rate; see schedule.h. */
#include <math.h>

#include "schedule.h"

static const double pi = 3.14159265358979323846;

/* from `from` at part 0 to `to` at part 1, along half a cosine */
static double half_cosine(double from, double to, double part)
{
    return to + (from - to) * (1 + cos(pi * part)) / 2;
}

static double always(const struct net_value *value, struct moment now)
{
    (void)value, (void)now;
    return 1;
}

/* every, factor. After a warm-up of a part of an epoch those left are rounded: a step may begin 1e-16 of one
 * too early. */
static double in_steps(const struct net_value *value, struct moment now)
{
    double factor = 1, every = value[0].number;
    for (double at = every; at <= now.epoch + 1e-9; at += every) factor *= value[1].number;
    return factor;
}

/* factor */
static double exponential(const struct net_value *value, struct moment now)
{
    return pow(value[0].number, now.epoch);
}

static double linear(const struct net_value *value, struct moment now)
{
    (void)value;
    return 1 - now.epoch / now.epochs;
}

static double cosine(const struct net_value *value, struct moment now)
{
    (void)value;
    return (1 + cos(pi * now.epoch / now.epochs)) / 2;
}

/* start, div, final: up from 1 / div in the first `start` of all steps, then down to 1 / (div final) at the
 * last one, both along half a cosine (Smith, Topin, "Super-convergence", 2017; steps counted as PyTorch's
 * OneCycleLR does, momentum left as it is) */
static double one_cycle(const struct net_value *value, struct moment now)
{
    double top = value[0].number * (double)now.steps - 1, end = (double)now.steps - 1, at = (double)now.step,
           low = 1 / value[1].number;
    if (at < top) return half_cosine(low, 1, at / top);
    if (top < 0) top = 0;
    return end > top ? half_cosine(1, low / value[2].number, (at - top) / (end - top)) : 1;
}

const struct schedule_kind schedule_constant = { .factor = always, .is_unchanging = 1 },
                           schedule_step = { .factor = in_steps },
                           schedule_exponential = { .factor = exponential },
                           schedule_linear = { .factor = linear }, schedule_cosine = { .factor = cosine },
                           schedule_one_cycle = { .factor = one_cycle, .warms_up = 1 },
                           schedule_plateau = { .factor = always, .follows_loss = 1 };
