/* trainer.h - training a network on a data set, step by step, and testing it.
 *
 *     struct dataset data;  struct netfile file;  struct trainer t;  struct train_step step;
 *     char error[ERROR_TEXT];
 *     network_text_read("fashion-mlp", &file);
 *     if (!trainer_load(&file, &data, error)) ...
 *     if (!trainer_make(&t, &data, &file, "best", error)) ...
 *     while (!trainer_is_finished(&t)) trainer_step(&t, &step);
 *     struct train_test result = trainer_test(&t);
 *     trainer_free(&t);
 */
#ifndef RUNGS_TRAINER_H
#define RUNGS_TRAINER_H

#include <stdint.h>
#include "augment.h"
#include "checkpoint.h"
#include "data.h"
#include "network.h"
#include "networks.h"
#include "optimizer.h"
#include "split.h"
#include "stopping.h"

struct train_test {
    int n, right; /* n is 0 where nothing was tested */
    double loss;
    int confusion[DATA_CLASSES][DATA_CLASSES]; /* [true class][guessed class], of sets with no more classes */
};

struct trainer {
    const struct dataset *data; /* the caller's; it must outlive the trainer            */
    struct netfile file;
    struct network net;
    struct optimizer optimizer;
    struct stopping stopping;
    struct augment augment;
    struct train_test validation; /* of the last epoch that ended, or of trainer_validate */
    int epochs, batch;            /* of the file                                                   */
    uint64_t seed;
    int epoch;     /* how many epochs are done                                              */
    int done;      /* how many examples of the current epoch are done                       */
    int ended;     /* how many epochs trainer_end_epoch has seen                            */
    int took_best; /* 1: see trainer_take_best */
    int stepped;   /* 1: trainer_take's checkpoint is of a training that had begun */
    double loss;   /* sum over the examples of the current epoch, or of the last one      */
    int *order;
    float *x, *next_x; /* what the network saw last, and what it sees next              */
    int *label, *next_label;
    int is_ahead; /* 1: next_x and next_label hold the batch that comes                 */
};

struct train_step { /* what one step saw, before it moved the parameters */
    int n;          /* examples                                           */
    int right;      /* of them guessed right                              */
    float loss;     /* their mean                                         */
};

/* Reads the data set that the file names, undivided. 0 and a sentence: *data is then all zero. */
int trainer_read(const struct netfile *file, struct dataset *data, char *error);

/* Reads it, and divides it as the file says. 0 and a sentence if anything is wrong: *data is then all zero.
 */
int trainer_load(const struct netfile *file, struct dataset *data, char *error);

/* 0 and a sentence if the network cannot be made, or is not one for these data; *t is then all zero. Starts
 * before epoch 0. level: of the rungs, see rung_at_level. */
int trainer_make(struct trainer *t, const struct dataset *data, const struct netfile *file, const char *level,
                 char *error);
void trainer_free(struct trainer *t);

/* Trains on the next batch of the epoch's order, the last of which may be smaller. At the end of an epoch
 * t->epoch counts up and t->done is 0 again. 1 if the loss is a number, else 0: the training has diverged,
 * and the parameters were not touched by this step. */
int trainer_step(struct trainer *t, struct train_step *step);

/* After an epoch: runs the images that validate through the network. Their loss, or, where there are none,
 * that of the epoch's steps, moves a schedule that follows losses; early stopping sees it. The next step and
 * a checkpoint do it if the caller does not, and once is enough. */
void trainer_end_epoch(struct trainer *t);

/* 1 if all epochs are done, or early stopping ends the training */
int trainer_is_finished(struct trainer *t);

/* With early stopping, after a finished training: gives the network the parameters of the lowest validation
 * loss. Returns after how many epochs it had them, 0: there are none. The training cannot go on from there.
 */
int trainer_take_best(struct trainer *t);

int trainer_steps_per_epoch(const struct trainer *t);

/* How many epochs were done, in fractions; and how many steps, of all epochs */
double trainer_epochs(const struct trainer *t);
long trainer_steps(const struct trainer *t);

/* The order of an epoch's examples, of which each batch takes the next: order (train.n) */
void trainer_order(const struct trainer *t, int epoch, int *order);

/* The batch that comes, of n examples, is in x and label; trainer_step does it by itself. */
void trainer_fetch(struct trainer *t, int n);

/* The most examples at once that the network of such a file is made for: a batch, or those of a test */
int trainer_most(const struct netfile *file);

/* Runs the test set through the network. */
struct train_test trainer_test(struct trainer *t);

/* Runs the images that validate through the network, if there are any: their result is t->validation. */
void trainer_validate(struct trainer *t);

/* All images of a split of its data, as in a test: p (n, classes), see network_probabilities. Returns the
 * mean loss. */
double trainer_probabilities(struct trainer *t, const struct split *split, float *p);

/* The parameters that it is tested with, in the network's order: the last ones, or what the optimizer or
 * early stopping has in their place */
float *trainer_tested(struct trainer *t);

/* n images of the test set, at most TRAINER_WATCHED, from `first` on, run through the network as in a test,
 * and watched (network_watch); their labels are then in t->label. */
enum { TRAINER_WATCHED = 256 };
void trainer_watch(struct trainer *t, int first, int n, network_seen_fn *seen, void *context);

/* To and from a checkpoint, between any two steps. The numbers of it that only a loss curve needs are the
 * caller's. trainer_restore returns 0 and a sentence if the checkpoint is of another network, data set or
 * kind of training; t is then as before. trainer_take does the same for a trainer that only tests, also on
 * other data: it is then between two epochs, whatever the checkpoint is. */
struct checkpoint trainer_checkpoint(struct trainer *t);
int trainer_restore(struct trainer *t, const struct checkpoint *c, char *error);
int trainer_take(struct trainer *t, const struct checkpoint *c, char *error);

#endif
