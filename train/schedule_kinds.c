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

/* from `begin` to `top` in the first `start` of all steps, then to `end` at the last one, both along half a
 * cosine; steps are counted as PyTorch's OneCycleLR does */
static double cycle(double start, struct moment now, double begin, double top, double end)
{
    double turn = start * (double)now.steps - 1, last = (double)now.steps - 1, at = (double)now.step;
    if (at < turn) return half_cosine(begin, top, at / turn);
    if (turn < 0) turn = 0;
    return last > turn ? half_cosine(top, end, (at - turn) / (last - turn)) : top;
}

/* start, div, final: from 1 / div to 1, then to 1 / (div final) (Smith, Topin, "Super-convergence", 2017) */
static double one_cycle(const struct net_value *value, struct moment now)
{
    double low = 1 / value[1].number;
    return cycle(value[0].number, now, low, 1, low / value[2].number);
}

/* start, ..., cycle_momentum, base_momentum, max_momentum: the other way round, low where the rate is high */
static double one_cycle_momentum(const struct net_value *value, struct moment now)
{
    double base = value[4].number, most = value[5].number;
    return value[3].number > 0 ? cycle(value[0].number, now, most, base, most) : -1;
}

const struct schedule_kind schedule_constant = { .factor = always, .is_unchanging = 1 },
                           schedule_step = { .factor = in_steps },
                           schedule_exponential = { .factor = exponential },
                           schedule_linear = { .factor = linear }, schedule_cosine = { .factor = cosine },
                           schedule_one_cycle = { .factor = one_cycle,
                                                  .momentum = one_cycle_momentum,
                                                  .warms_up = 1 },
                           schedule_plateau = { .factor = always, .follows_loss = 1 };
