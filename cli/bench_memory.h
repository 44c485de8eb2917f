/* bench_memory.h - rungs bench steps --memory: how much memory a process takes to train whole networks,
 * beside PyTorch and JAX. */
#ifndef RUNGS_BENCH_MEMORY_H
#define RUNGS_BENCH_MEMORY_H

#include "bench_steps.h"

/* Trains each network of bench_networks.h in a process of its own, prints the most memory that each had
 * resident, and writes that to csv_path. Returns the exit code. */
int bench_memory(const struct bench_steps *b);

#endif
