/* curve.h - the loss curve of a training run as a CSV file: epoch,step,samples,loss,accuracy,seconds,lr,
 * validation_loss,validation_accuracy,options.
 *
 * epoch counts in fractions (0.05 is a twentieth of the first); loss and accuracy are means over the
 * examples since the row before; seconds is the time spent in training steps; lr is that of the last step;
 * the two of validation have a number at the end of each epoch, if there are images to validate with;
 * options are those that changed the network file ("--batch 32 --lr 0.1"), which a resumed run may change
 * again. The first row is that of step 1, and the last that of the last step, wherever the run ended; a run
 * that goes on takes a row that is there for the latter reason only away, so that its curve is that of a
 * run that was never stopped.
 */
#ifndef RUNGS_CURVE_H
#define RUNGS_CURVE_H

#include <stdio.h>
#include "../base/error.h"

enum { CURVE_OPTIONS = 2048 };

struct curve_row {
    double epoch;
    long step, samples;
    double loss, accuracy, seconds;
    double lr, validation_loss, validation_accuracy; /* of a row that is added; NaN: an empty cell */
    const char *options;                             /* of a row that is added; at most CURVE_OPTIONS bytes */
};

/* Starts a new file. NULL and a sentence if that fails. */
FILE *curve_start(const char *path, char *error);

/* Opens the file of a run that is resumed after so many epochs, in fractions: later rows are cut off, *last
 * is the last one that stays (all 0 if none does). A file that is not there is started. NULL and a sentence
 * if it is no such CSV. */
FILE *curve_continue(const char *path, double epochs, struct curve_row *last, char *error);

/* Adds a row and hands it to the system, so that a killed run keeps it. */
void curve_add(FILE *curve, const struct curve_row *row);

/* Closes it; 0 and a sentence if not everything could be written. */
int curve_close(FILE *curve, const char *path, char *error);

#endif
