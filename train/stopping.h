/* stopping.h - early stopping: a training ends when the validation loss has not fallen for some epochs, and
 * the parameters of its lowest are kept, and what its layers have in their buffers.
 */
#ifndef RUNGS_STOPPING_H
#define RUNGS_STOPPING_H

#include <stddef.h>
#include "netfile.h"
#include "network.h"

struct stopping {
    int patience; /* epochs without a lower loss after which the training ends; 0: never, nothing is kept */
    double min_delta;   /* a loss is lower if it is by more than this */
    size_t n, buffered; /* parameters; numbers in buffers */
    float *param;       /* (n) those of the lowest loss; NULL if nothing is kept */
    float *buffer;      /* (buffered), the same; NULL if there are none */
    double best;        /* that loss, infinite: none yet */
    int since, epoch;   /* epochs since then; epochs that were done then, 0: none yet */
};

/* As the file says, for a network that was made. A lack of memory ends the program. */
void stopping_make(struct stopping *s, const struct netfile *file, const struct network *net);
void stopping_free(struct stopping *s);

/* The validation loss after that many epochs, with these parameters and buffers. A loss that is NaN is not
 * lower. */
void stopping_observe(struct stopping *s, double loss, int epoch, const float *param, const float *buffer);

/* 1 if the patience is over */
int stopping_is_over(const struct stopping *s);

#endif
