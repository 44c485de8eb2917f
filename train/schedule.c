/* schedule.c - a schedule of the learning rate at work; see schedule.h. */
#include "schedule.h"

#include <math.h>

void schedule_make(struct schedule *s, const struct netfile *file)
{
    *s = (struct schedule){ .line = netfile_line(file, "schedule"),
                            .lr = net_line_number(netfile_line(file, "optimizer"), "lr"),
                            .warmup = netfile_number(file, "warmup"),
                            .lowered = 1,
                            .best = HUGE_VAL };
}

long schedule_warmup(const struct schedule *s, struct moment now)
{
    return lround(s->warmup / now.epochs * (double)now.steps);
}

/* Step k of the n of a warm-up, counted from 1, has k / n of the rate: the first one is not lost, as it would
 * be with a rate of 0, and the last has all of it. */
double schedule_lr(const struct schedule *s, struct moment now, int warms_up)
{
    long warm = warms_up ? schedule_warmup(s, now) : 0;
    double factor;
    if (now.step < warm) {
        factor = (double)(now.step + 1) / (double)warm;
    } else {
        double gone = (double)warm * now.epochs / (double)now.steps; /* exact if they are whole epochs */
        struct moment later = { fmax(now.epoch - gone, 0), now.epochs - gone, now.step - warm,
                                now.steps - warm };
        factor = s->line->choice->schedule->factor(s->line->value, later);
    }
    return s->lr * factor * s->lowered;
}

double schedule_momentum(const struct schedule *s, struct moment now)
{
    const struct schedule_kind *kind = s->line->choice->schedule;
    return kind->momentum ? kind->momentum(s->line->value, now) : -1;
}

/* PyTorch's ReduceLROnPlateau, whose counting is followed to the letter: the first loss is always better, so
 * the rate falls after patience + 1 losses that are not; and it stays if it would change by 1e-8 or less. */
void schedule_observe(struct schedule *s, double loss)
{
    if (!s->line->choice->schedule->follows_loss) return;
    const double factor = net_line_number(s->line, "factor"), patience = net_line_number(s->line, "patience"),
                 lowest = net_line_number(s->line, "min_lr");
    if (loss < s->best * (1 - net_line_number(s->line, "threshold"))) {
        s->best = loss;
        s->bad = 0;
    } else {
        s->bad++;
    }
    if (s->cooldown > 0) {
        s->cooldown--;
        s->bad = 0;
    }
    if (s->bad <= patience) return;
    double was = s->lr * s->lowered, is = fmax(was * factor, lowest);
    if (was - is > 1e-8) s->lowered = is / s->lr;
    s->cooldown = (int)net_line_number(s->line, "cooldown");
    s->bad = 0;
}
