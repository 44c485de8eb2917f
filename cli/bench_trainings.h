/* bench_trainings.h - what `rungs bench steps` and `rungs bench epochs` share: a race of trainings from its
 * begin to its end. */
#ifndef RUNGS_BENCH_TRAININGS_H
#define RUNGS_BENCH_TRAININGS_H

#include "../bench/results.h"
#include "bench_steps.h"

struct trainings_race {
    void (*open)(const struct bench_steps *b);                       /* starts whoever takes part */
    int (*race_all)(const struct bench_steps *b, struct rows *rows); /* an exit code              */
    void (*close)(void);
    const char *wrong; /* what it means that a row failed: "another gradient than the rungs on one thread" */
};

/* Opens, races, closes, writes the files, and says how many rows failed. Returns the exit code. */
int trainings_race(const struct bench_steps *b, const struct trainings_race *race);

#endif
