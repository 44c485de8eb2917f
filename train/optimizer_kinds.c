/* optimizer_kinds.c - the optimizers and schedules; see optimizer.h. */
#include <math.h>

#include "../optimized/op.h"
#include "optimizer.h"

/* ---- optimizers ---- */

static void step_sgd(const struct optimizer_call *c)
{
    ((sgd_step_fn *)c->run)(c->n, c->dw, c->w, c->lr);
}

const struct optimizer_kind optimizer_sgd = { "sgd_step", 0, step_sgd };

/* ---- schedules ---- */

static double always(const struct net_line *line, double epoch, int epochs)
{
    (void)line, (void)epoch, (void)epochs;
    return 1;
}

static double in_steps(const struct net_line *line, double epoch, int epochs)
{
    double factor = 1, every = net_line_number(line, "every");
    (void)epochs;
    for (double at = every; at <= epoch; at += every) factor *= net_line_number(line, "factor");
    return factor;
}

static double half_cosine(const struct net_line *line, double epoch, int epochs)
{
    (void)line;
    return (1 + cos(3.14159265358979323846 * epoch / epochs)) / 2;
}

const struct schedule_kind schedule_constant = { always }, schedule_step = { in_steps },
                           schedule_cosine = { half_cosine };
