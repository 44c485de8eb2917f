/* bench_steps.h - rungs bench steps: one training step of whole networks, beside PyTorch and JAX. */
#ifndef RUNGS_BENCH_STEPS_H
#define RUNGS_BENCH_STEPS_H

struct bench_steps {
    int counts;
    const int *count; /* the thread counts, ascending */
    int quick, no_peers;
    int naive;                        /* 1: beside the best rungs also the naive ones, on one thread */
    const char *csv_path, *json_path; /* NULL: not asked for */
};

/* Races a training step (forward, backward, the optimizer) of some networks on a batch, and prints seconds
 * a step. Whose gradient is another gets no time. Returns the exit code. */
int bench_steps(const struct bench_steps *b);

#endif
