/* train.h - a training run as a function: what is asked for, and what came of it, as structs. `rungs train` prints them,
 * the demo compares two of them. */
#ifndef RUNGS_CLI_TRAIN_H
#define RUNGS_CLI_TRAIN_H

#include "args.h"
#include "../train/trainer.h"

struct training {
    const struct train_preset *preset;
    const char *hidden, *height, *save, *resume, *log;
    int epochs, batch, threads, seed, most_steps, as_json;
    double lr;
    /* options that the user wrote; a resumed run takes the others from its checkpoint */
    int hidden_given, batch_given, lr_given, seed_given;
};

/* All of it plain values and constants of the program, so that a child process can hand it over in shared memory. */
struct trained {
    const struct data_set *set;
    int known; /* of its four files: see train/data.h */
    struct train_settings settings;
    int layers, size[NETWORK_LAYERS + 1], threads;
    char rung[CHECKPOINT_NAME];
    int epochs;            /* that are done, with those before a resume                       */
    long steps, samples;   /* of this run                                                     */
    double seconds;        /* in training steps                                               */
    double loss, accuracy; /* means over the examples of the last epoch that was begun; NaN: of none */
    struct train_test test;
};

/* Reads the words after "train" into *t. -1, or how the program ends, after help or a sentence. */
int training_read(int argc, char **argv, struct training *t);

/* Trains, telling `out` what happens; all that can be refused is, before the first step. EXIT_OK with *r, else another exit
 * code after a sentence. */
int training_run(const struct training *t, FILE *out, struct trained *r);

double trained_samples_per_second(const struct trained *r);

#endif
