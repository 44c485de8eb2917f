/* recording.h - a training as files, so that a program elsewhere can repeat it step by step: the same
 * parameters at the start, the same images in the same order, and the loss of each step to compare with.
 *
 *     struct recording r;
 *     if (!recording_begin(&r, "folder", &trainer, error)) ...
 *     ... recording_step(&r, step.loss) after each step ...
 *     if (!recording_write(&r, &trainer, error)) ...
 *     recording_free(&r);
 *
 * The folder has network.net, the network file with all options in it; NAME.npy for each parameter at the
 * start (named.h); x.npy and test_x.npy (n, features), images as the network sees them, label.npy and
 * test_label.npy (n); order.npy (epochs, n), the images of each epoch in their order, a batch behind the
 * other; and loss.npy (steps).
 */
#ifndef RUNGS_RECORDING_H
#define RUNGS_RECORDING_H

#include "../base/file.h"
#include "../train/trainer.h"

struct recording {
    struct folder_out folder;
    int is_open; /* 1: the folder is to be kept or dropped */
    float *start, *loss;
    long steps, room;
};

/* Of a trainer before its first step. 0 and a sentence if the folder cannot be made or has files in it
 * already, or if its images move (augment), so that files cannot say what it sees. */
int recording_begin(struct recording *r, const char *path, const struct trainer *t, char *error);
void recording_step(struct recording *r, float loss);

/* The folder appears as a whole: 0 and a sentence if it cannot. */
int recording_write(struct recording *r, struct trainer *t, char *error);

/* Without recording_write no folder is left. */
void recording_free(struct recording *r);

#endif
