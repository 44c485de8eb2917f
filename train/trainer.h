/* trainer.h - training a network on a data set, step by step, and testing it.
 *
 *     struct dataset data;  struct trainer t;  struct train_step step;  char why[ERROR_TEXT];
 *     struct train_settings settings = train_defaults(preset);
 *     if (!data_load(data_find(preset->data), &data, why)) ...
 *     if (!trainer_make(&t, &data, &settings, why)) ...
 *     while (t.epoch < 10) trainer_step(&t, &step);
 *     struct train_test result = trainer_test(&t);
 *     trainer_free(&t);
 */
#ifndef RUNGS_TRAINER_H
#define RUNGS_TRAINER_H

#include <stdint.h>
#include "checkpoint.h"
#include "data.h"
#include "network.h"

struct train_settings {
    int hidden_layers, hidden[NETWORK_LAYERS]; /* the neurons between input and output */
    int epochs, batch;
    float lr;
    uint64_t seed;
    const char *height; /* of the rungs: "naive", "best", "04_avx2" */
};

struct train_preset {
    const char *name;  /* "fashion-mlp"             */
    const char *about; /* one line                  */
    const char *data;  /* the name of its data set  */
    struct train_settings settings;
};

extern const struct train_preset train_presets[]; /* ends with name == NULL */

const struct train_preset *train_preset_find(const char *name); /* NULL if there is none */

/* "512,256" -> hidden; "none" -> no hidden layer. 0 if the text is anything else; settings are then as before. */
int train_parse_hidden(const char *text, struct train_settings *settings);

struct trainer {
    const struct dataset *data; /* the caller's; it must outlive the trainer    */
    struct train_settings settings;
    struct network net;
    int epoch; /* how many epochs are done                                      */
    int done;  /* how many examples of the current epoch are done               */
    int *order, *label;
    float *x;
};

struct train_step { /* what one step saw, before it moved the parameters */
    int n;          /* examples                                           */
    int right;      /* of them guessed right                              */
    float loss;     /* their mean                                         */
};

struct train_test {
    int n, right;
    double loss;
    int confusion[DATA_CLASSES][DATA_CLASSES]; /* [true class][guessed class] */
};

/* 0 and a sentence if the network cannot be made; *t is then all zero. Starts before epoch 0. */
int trainer_make(struct trainer *t, const struct dataset *data, const struct train_settings *settings,
                 char *why);
void trainer_free(struct trainer *t);

/* Trains on the next batch of the epoch's order, the last of which may be smaller. At the end of an epoch t->epoch
 * counts up and t->done is 0 again. 1 if the loss is a number, else 0: the training has diverged, and the
 * parameters were not touched by this step. */
int trainer_step(struct trainer *t, struct train_step *step);

int trainer_steps_per_epoch(const struct trainer *t);

/* Runs the test set through the network. */
struct train_test trainer_test(struct trainer *t);

/* To and from a checkpoint; meant for the time between two epochs. trainer_restore returns 0 and a sentence if
 * the checkpoint is of another network, data set or kind of training; t is then as before. */
struct checkpoint trainer_checkpoint(const struct trainer *t);
int trainer_restore(struct trainer *t, const struct checkpoint *c, char *why);

/* The settings that a checkpoint was made with (its number of epochs being those done); height is the caller's. */
struct train_settings train_settings_of(const struct checkpoint *c, const char *height);

#endif
