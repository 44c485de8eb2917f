/* train_spread.h - how far the results of several trainings are apart. */
#ifndef RUNGS_CLI_TRAIN_SPREAD_H
#define RUNGS_CLI_TRAIN_SPREAD_H

#include "train.h"

/* Of n numbers; deviation: the root of the sum of squared distances from the mean over n - 1, NaN of a single
 * number */
struct spread {
    double mean, deviation, least, most;
};

double trained_accuracy(const struct trained *r); /* of the test images */
double trained_loss(const struct trained *r);

struct spread spread_of(const struct trained *run, int n, double (*of)(const struct trained *r));

/* On stdout, an object that is still open: the network, the options, and the data of the first training. */
struct json trainings_json_begin(const struct trained *run, const char *network);

/* "KEY": { "mean": ..., "deviation": ..., "least": ..., "most": ... } */
void spread_json(struct json *j, const char *key, const struct spread *s);

#endif
