/* eval.h - an evaluation of a trained network, and what says it: text, JSON, CSV and pictures. */
#ifndef RUNGS_CLI_EVAL_H
#define RUNGS_CLI_EVAL_H

#include <stdio.h>

#include "../metrics/evaluation.h"
#include "../train/trainer.h"

enum { WORST_MOST = 64 };

struct evaluated {
    const char *path, *part; /* of the checkpoint; "test", "validation" or "train" */
    const struct dataset *data;
    const struct split *split; /* whose images are judged */
    const char *rung;
    int epoch;   /* of the parameters */
    int done;    /* and after so many examples more */
    double loss; /* the mean of that which it was trained with */
    struct evaluation evaluation;
    int worsts, worst[WORST_MOST]; /* the images with the least p of their own class */
};

void eval_print(const struct evaluated *e);
void eval_json(const struct evaluated *e);

/* A row for each image: its number in the part, its class, the guess, and p of each class */
void eval_write_predictions(FILE *out, const struct evaluated *e);

/* A row for each class, and one for each average */
void eval_write_classes(FILE *out, const struct evaluated *e);

/* The points of all curves: kind, class, threshold, x and y. roc: x false positives, y true ones; pr: x
 * recall, y precision; calibration: x confidence, y accuracy, of each bin with examples */
void eval_write_curves(FILE *out, const struct evaluated *e);

/* Pictures in that folder, named after the checkpoint: confusion (of up to 20 classes), ROC, calibration, and
 * the worst images. EXIT_OK, or an exit code after a sentence. */
int eval_draw(const struct evaluated *e, const char *out);

#endif
