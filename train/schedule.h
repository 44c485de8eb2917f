/* schedule.h - how the learning rate changes during a training: the kinds of schedules, a linear warm-up
 * before any of them, and the one that follows the loss.
 */
#ifndef RUNGS_SCHEDULE_H
#define RUNGS_SCHEDULE_H

#include "netfile.h"

/* When a step is made. All count from the training's start, and those of warm-up count for no schedule: it
 * begins after them, on what is left. */
struct moment {
    double epoch, epochs; /* done before the step, in fractions; of the whole training */
    long step, steps;     /* likewise */
};

/* The learning rate is that of the optimizer's line times this. value: of the schedule's line. */
struct schedule_kind {
    double (*factor)(const struct net_value *value, struct moment now);
    double (*momentum)(const struct net_value *value, struct moment now); /* mu or beta1; below 0: as it is;
                                                                            NULL: it never changes any */
    int follows_loss;  /* 1: it is lowered by schedule_observe */
    int warms_up;      /* 1: it has a warm-up of its own       */
    int is_unchanging; /* 1: its factor is always 1            */
};

extern const struct schedule_kind schedule_constant, schedule_step, schedule_exponential, schedule_linear,
    schedule_cosine, schedule_one_cycle, schedule_plateau;

/* A schedule at work */
struct schedule {
    const struct net_line *line; /* the caller's */
    double lr, warmup;           /* of the file; warm-up in epochs */
    /* what it learned from the losses; a resumed training needs it: */
    double lowered;    /* its factor now                      */
    double best;       /* the lowest loss, infinite: none yet */
    int bad, cooldown; /* epochs without a better one; epochs that are still not counted */
};

void schedule_make(struct schedule *s, const struct netfile *file);

/* The steps of warm-up */
long schedule_warmup(const struct schedule *s, struct moment now);

/* The learning rate of the step at that moment; warms_up: 0 if a warm-up is another's business */
double schedule_lr(const struct schedule *s, struct moment now, int warms_up);

/* What the optimizer's mu or beta1 is in the step at that moment; below 0: what its line says */
double schedule_momentum(const struct schedule *s, struct moment now);

/* An epoch ended with that loss. */
void schedule_observe(struct schedule *s, double loss);

#endif
