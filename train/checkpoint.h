/* checkpoint.h - a training run on disk, so that it can go on where it stopped.
 *
 * All numbers little-endian, the same bytes on every machine:
 *
 *   "RUNGS-CP" | version | layers | 17 sizes (unused: 0) | batch | lr (bits) | seed (8 bytes) | epochs done
 *   | data set (24 bytes) | rung (24 bytes) | parameters (bits) | CRC-32 of everything before it
 *
 * There is no random state to store: the order of the examples in an epoch depends on the seed and the epoch
 * alone. There is no date either, so two runs that computed the same write the same file.
 */
#ifndef RUNGS_CHECKPOINT_H
#define RUNGS_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>
#include "network.h"
#include "source.h"

enum { CHECKPOINT_NAME = 24 };

struct checkpoint {
    int layers, size[NETWORK_LAYERS + 1];
    int batch;
    float lr;
    uint64_t seed;
    int epoch;                  /* how many epochs are done                               */
    char set[CHECKPOINT_NAME];  /* the data set's name                                    */
    char rung[CHECKPOINT_NAME]; /* the rung it was trained with: another one rounds otherwise */
    float *param;               /* when read: free it with checkpoint_free                */
};

/* Replaces the file at once: whoever reads path sees the old bytes or the new, and after a crash finds one of
 * them whole. 0 and a sentence if anything fails; path is then as before (base/file.h). */
int checkpoint_write(const char *path, const struct checkpoint *c, char *why);

/* 0 and a sentence unless every byte is as checkpoint_write left it; *c is then all zero. */
int checkpoint_read(struct source *s, struct checkpoint *c, char *why);
int checkpoint_read_file(const char *path, struct checkpoint *c, char *why);
void checkpoint_free(struct checkpoint *c);

#endif
