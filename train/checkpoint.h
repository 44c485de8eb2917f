/* checkpoint.h - a training run on disk, so that it can go on where it stopped.
 *
 * All numbers little-endian, the same bytes on every machine:
 *
 *   "RUNGS-CP" | version 4 | bytes of the network's text | bytes of the options' text | epochs done
 *   | state arrays | parameters (how many) | rung (24 bytes) | numbers in buffers (how many) | network's text
 *   | options' text | numbers (bits of doubles) | parameters (bits) | state arrays (bits) | buffers (bits)
 *   | CRC-32 of everything before it
 *
 * The last state array is that of early stopping, if the network has it; it then has buffers twice, the
 * second with those parameters. Buffers are what layers keep without a gradient (layers.h).
 *
 * The network's text is that of its file with the options in it (netfile.h), so the checkpoint alone says
 * what was trained and how. The numbers are what the training learned from its losses so far, and how far
 * it is within an epoch (see enum checkpoint_number). Older files are read as well: version 3 was written
 * between two epochs only and has no numbers of the latter kind; version 2 has neither numbers nor buffers.
 * There is no random state beside the seed in it: every random number follows from the seed and the step.
 * There is no date either, so two runs that computed the same write the same file.
 */
#ifndef RUNGS_CHECKPOINT_H
#define RUNGS_CHECKPOINT_H

#include <stddef.h>
#include "netfile.h"
#include "optimizer.h"
#include "source.h"

enum { CHECKPOINT_NAME = 24, CHECKPOINT_OPTIONS = 1024 };

/* each 0 or more, or infinite */
enum checkpoint_number {
    NUMBER_LOWERED, /* of struct schedule */
    NUMBER_BEST,
    NUMBER_BAD,
    NUMBER_COOLDOWN,
    NUMBER_STOP_BEST, /* of struct stopping */
    NUMBER_STOP_SINCE,
    NUMBER_STOP_EPOCH,
    CHECKPOINT_NUMBERS_3,               /* as many has version 3 */
    NUMBER_DONE = CHECKPOINT_NUMBERS_3, /* examples of the epoch after those that are done; 0: none yet */
    NUMBER_LOSS,                        /* over them: the sum of their losses, and how many were right  */
    NUMBER_RIGHT,
    NUMBER_ROW_SAMPLES, /* of them, those since the last row that a loss curve has: how many, and the same */
    NUMBER_ROW_LOSS,
    NUMBER_ROW_RIGHT,
    CHECKPOINT_NUMBERS
};

struct checkpoint {
    struct netfile file; /* the network and its settings                                         */
    char options[CHECKPOINT_OPTIONS]; /* lines "batch 32": changed by options */
    char rung[CHECKPOINT_NAME]; /* the rung it was trained with: another one rounds otherwise           */
    int epoch;                  /* how many epochs are done                                             */
    int has_numbers;            /* 0: from a file of version 2                                          */
    double number[CHECKPOINT_NUMBERS];
    size_t params, buffered;
    float *param,
        *state[OPTIMIZER_STATES]; /* (params) each; when read: free them with checkpoint_free       */
    int states;                   /* how many there are                                             */
    float *best; /* (params) the parameters that early stopping kept; NULL: of a training without it   */
    float *buffer, *best_buffer; /* (buffered) each: beside param and beside best */
};

/* Replaces the file at once: whoever reads path sees the old bytes or the new, and after a crash finds one of
 * them whole. 0 and a sentence if anything fails; path is then as before (base/file.h). */
int checkpoint_write(const char *path, const struct checkpoint *c, char *error);

/* 0 and a sentence unless every byte is as checkpoint_write left it; *c is then all zero. */
int checkpoint_read(struct source *s, struct checkpoint *c, char *error);
int checkpoint_read_file(const char *path, struct checkpoint *c, char *error);
void checkpoint_free(struct checkpoint *c);

#endif
