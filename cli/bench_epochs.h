/* bench_epochs.h - rungs bench epochs: a whole epoch of networks of `rungs train --list`, with its data and
 * a test, beside PyTorch and JAX. */
#ifndef RUNGS_BENCH_EPOCHS_H
#define RUNGS_BENCH_EPOCHS_H

#include "bench_steps.h"

/* Returns the exit code. */
int bench_epochs(const struct bench_steps *b);

#endif
