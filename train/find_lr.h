/* find_lr.h - looking for a learning rate: one pass over the images to train on, in which the rate rises by
 * the same factor from step to step, until the loss has grown far beyond its lowest.
 *
 * This is the range test of L. N. Smith, "Cyclical Learning Rates for Training Neural Networks"
 * (arXiv:1506.01186, 2015), with a rate that rises exponentially, and with the smoothing, the end and the
 * suggestion that fastai's lr_find made common: the losses' exponential mean, corrected for its start; the
 * end where it is more than FIND_LR_FAR times its lowest; and as the suggestion a tenth of the rate at
 * which it was lowest, where the loss still falls. */
#ifndef RUNGS_FIND_LR_H
#define RUNGS_FIND_LR_H

#include "trainer.h"

enum { FIND_LR_LEAST = 100, FIND_LR_FIRST = 10, FIND_LR_FAR = 4 };

struct find_lr_row {     /* one step */
    double lr;           /* with which it moved the parameters                             */
    double loss, smooth; /* that it saw before; the mean of those so far, see above        */
};

struct find_lr {
    int n;                    /* steps whose loss was finite                               */
    int diverged;             /* 1: it ended before the last step                          */
    double lowest, lowest_lr; /* the smoothed loss, from step FIND_LR_FIRST on             */
    double suggested;         /* NaN: it fell at no rate, or was still falling at the last */
    struct find_lr_row row[]; /* (n) */
};

/* How many steps: those of an epoch, but at least FIND_LR_LEAST, over several */
int find_lr_steps(const struct trainer *t);

/* Changes the file so that nothing but the test moves the rate, and no stop comes before its end; before
 * trainer_make. 0 and a sentence */
int find_lr_file(struct netfile *file, char *error);

/* The test, with a trainer of such a file; its parameters are of no use afterwards. To be freed. A lack of
 * memory ends the program. */
struct find_lr *find_lr(struct trainer *t, double low, double high);

#endif
