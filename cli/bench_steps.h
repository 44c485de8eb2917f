/* bench_steps.h - rungs bench steps: one training step of whole networks, beside PyTorch and JAX. */
#ifndef RUNGS_BENCH_STEPS_H
#define RUNGS_BENCH_STEPS_H

struct bench_steps {
    int counts;
    const int *count; /* the thread counts, ascending */
    int quick, no_peers;
    const char *csv_path, *json_path; /* NULL: not asked for */
};

/* Races a training step (forward, backward, the optimizer) of some networks on 64 images, and prints seconds
 * a step. Whose gradient is another gets no time. Returns the exit code. */
int bench_steps(const struct bench_steps *b);

#endif
