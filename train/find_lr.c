/* find_lr.c - looking for a learning rate; see find_lr.h. */
#include "find_lr.h"

#include <math.h>
#include <stdio.h>

#include "../base/memory.h"

/* of the mean's old value in the new one; the mean is of some fifty steps */
static const double keeps = 0.98;

int find_lr_steps(const struct trainer *t)
{
    const int steps = trainer_steps_per_epoch(t);
    return steps < FIND_LR_LEAST ? FIND_LR_LEAST : steps;
}

int find_lr_file(struct netfile *file, char *error)
{
    return netfile_set(file, "schedule", "constant", error) && netfile_set(file, "warmup", "0", error) &&
           netfile_set(file, "early_stop", "0", error);
}

/* What the rows say. The first of them, whose mean is of a few losses only, count for nothing. */
static void judge(struct find_lr *f)
{
    int lowest = FIND_LR_FIRST - 1;
    f->lowest = f->lowest_lr = f->suggested = nan("");
    if (f->n <= FIND_LR_FIRST) return;
    for (int k = FIND_LR_FIRST; k < f->n; k++)
        if (f->row[k].smooth < f->row[lowest].smooth) lowest = k;
    f->lowest = f->row[lowest].smooth;
    f->lowest_lr = f->row[lowest].lr;
    if (lowest >= FIND_LR_FIRST && (f->diverged || lowest < f->n - 1)) f->suggested = f->lowest_lr / 10;
}

struct find_lr *find_lr(struct trainer *t, double low, double high)
{
    const int steps = find_lr_steps(t);
    struct find_lr *f = memory_need(1, sizeof *f + (size_t)steps * sizeof *f->row);
    double mean = 0, left = 1, lowest = HUGE_VAL;
    for (int k = 0; k < steps; k++) {
        struct find_lr_row *row = &f->row[k];
        struct train_step step;
        row->lr = low * pow(high / low, k / (double)(steps - 1));
        t->optimizer.schedule.lr = row->lr;
        if (!trainer_step(t, &step)) break;
        f->n++;
        mean = keeps * mean + (1 - keeps) * (double)step.loss;
        left *= keeps;
        row->loss = (double)step.loss;
        row->smooth = mean / (1 - left);
        if (k + 1 >= FIND_LR_FIRST) lowest = fmin(lowest, row->smooth);
        if (row->smooth > FIND_LR_FAR * lowest) break;
    }
    f->diverged = f->n < steps || f->row[steps - 1].smooth > FIND_LR_FAR * lowest;
    judge(f);
    return f;
}
