/* sweep_file.h - the results of a sweep as a CSV file, a row per training: cell,seed,epochs,best_epoch,
 * validation_loss,validation_accuracy,test_loss,test_accuracy,seconds,network,key.
 *
 * A training that diverged has no losses and accuracies. best_epoch is that of early stopping, whose
 * parameters are those that were validated and tested, or 0. key is a checksum of all that the result
 * depends on but the data: a training with the key of a row need not be run again. */
#ifndef RUNGS_SWEEP_FILE_H
#define RUNGS_SWEEP_FILE_H

#include "sweep_grid.h"

enum { SWEEP_KEY = 17, SWEEP_NETWORK = 256 };

struct sweep_row {
    char cell[SWEEP_TEXT], network[SWEEP_NETWORK], key[SWEEP_KEY];
    unsigned long long seed;
    int epochs, best_epoch;
    double validation_loss, validation_accuracy, test_loss, test_accuracy, seconds; /* NaN: it diverged */
};

struct sweep_rows {
    int n, room;
    struct sweep_row *row; /* (n) */
};

/* The rows of a file that was written before; none if there is no such file, or it is no regular one. 0 and a
 * sentence if it is another one: it is not to be replaced. */
int sweep_file_read(struct sweep_rows *r, const char *path, char *error);

/* A lack of memory ends the program. */
void sweep_rows_add(struct sweep_rows *r, const struct sweep_row *row);
void sweep_rows_free(struct sweep_rows *r);

/* NULL if there is none with that key */
const struct sweep_row *sweep_rows_find(const struct sweep_rows *r, const char *key);

/* Replaces the file as a whole, or leaves it as it was: 0 and a sentence */
int sweep_file_write(const struct sweep_rows *r, const char *path, char *error);

/* 1 if the file can be written again and again: it is a regular one, or not there yet */
int sweep_file_is_regular(const char *path);

#endif
