/* train.h - a training run as a function: what is asked for, and what came of it, as structs. `rungs train`
 * prints them, the demo compares two of them. */
#ifndef RUNGS_CLI_TRAIN_H
#define RUNGS_CLI_TRAIN_H

#include <stdio.h>

#include "args.h"
#include "../base/json.h"
#include "../optimized/device.h"
#include "../train/trainer.h"

enum { TRAIN_SETTINGS = 28 };
enum { OPTION_WORDS = CHECKPOINT_OPTIONS + 3 * TRAIN_SETTINGS }; /* each line gets "--" and a space */

struct training {
    const char *network; /* its name, or a file                    */
    const char *level, *save, *resume, *log, *record;
    int threads, most_steps, as_json, describe, gradcheck, find_lr, dashboard, cuda;
    int seeds;                   /* how many trainings, from as many seeds */
    int folds;                   /* how many of a cross-validation; 0: none */
    const char *sweep;           /* the grid of a sweep (sweep_grid.h) */
    const char *csv;             /* where a row for each fold, or training of the sweep, goes, or NULL */
    const char *kept;            /* what an interrupted run says is saved; NULL: what there is of its own */
    const struct device *device; /* with --cuda; NULL: the CPU */
    /* options that change the network file, in the order of train_settings(): the words that the user
     * wrote, or NULL; a resumed run has them from its checkpoint, too */
    const char *setting[TRAIN_SETTINGS];
};

/* All of it plain values and constants of the program, so that a child process can hand it over in shared
 * memory. */
struct trained {
    const struct data_set *set;
    int known; /* of its four files: see train/data.h */
    int batch, train_images;
    double lr;
    unsigned long long seed;
    char options[CHECKPOINT_OPTIONS];            /* that changed the network file */
    int widths, width[LAYERS_MOST + 1], threads; /* see network_widths            */
    char rung[CHECKPOINT_NAME];
    int epochs;            /* that are done, with those before a resume                       */
    long steps, samples;   /* of this run                                                     */
    double seconds;        /* in training steps                                               */
    double loss, accuracy; /* means over the examples of the last epoch that was begun; NaN: of none */
    struct train_test test, validation; /* of the same parameters; its n is 0 if there is none */
    int best_epoch;                     /* after how many epochs the parameters are from; 0: the last ones */
    int stopped_early;
};

/* Reads the words after "train" into *t. -1, or how the program ends, after help or a sentence. */
int training_read(int argc, char **argv, struct training *t);

/* As if the user had written --SETTING WORDS; words must outlive t. 0 if there is no such setting. */
int training_set(struct training *t, const char *setting, const char *words);

/* The network file with the options in it: those of a checkpoint (NULL: of none) and those of t. options,
 * CHECKPOINT_OPTIONS bytes, gets all of them as lines "batch 32". EXIT_OK, or an exit code with error set. */
int training_file(const struct training *t, const struct checkpoint *from, struct netfile *file,
                  char *options, char *error);

/* A trainer of that file, on the CPU or on t's device. 0 and a sentence */
int training_make(const struct training *t, const struct netfile *file, const struct dataset *data,
                  struct trainer *trainer, char *error);

/* Trains, telling `out` what happens; all that can be refused is, before the first step. EXIT_OK with *r,
 * else another exit code after a sentence. */
int training_run(const struct training *t, FILE *out, struct trained *r);

/* The same training from t->seeds seeds, one after the other, and how far the results are apart. All of them
 * get the same test images, and the same to validate with. */
int training_seeds(const struct training *t);

/* Cross-validation: t->folds trainings, each tested on the images that it leaves out. */
int training_folds(const struct training *t);

/* --find-lr: which learning rate to begin with */
int training_find_lr(const struct training *t);

/* --sweep: the same training for each cell of a grid of settings, from t->seeds seeds each */
int training_sweep(const struct training *t);

/* The options of training_file as the user wrote them: "--batch 32 --lr 0.1", and as a list, "options":
 * ["--batch 32", "--lr 0.1"] */
void training_options_words(const char *options, char words[OPTION_WORDS]);
void training_options_json(struct json *j, const char *options);

double trained_samples_per_second(const struct trained *r);

/* --describe: what the network is made of, what it costs, and how fast a step could be on this machine */
int training_describe(const struct training *t);

/* --gradcheck: the gradient of the whole network on a real batch */
int training_gradcheck(const struct training *t);

#endif
