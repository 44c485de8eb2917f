/* bench_train.h - rungs bench train: whole trainings, raced in pairs. */
#ifndef RUNGS_BENCH_TRAIN_H
#define RUNGS_BENCH_TRAIN_H

struct bench_train {
    int counts;
    const int *count; /* the thread counts, ascending; each is compared with the first  */
    int load;         /* busy processes beside it                                        */
    int quick;
    const char *csv_path, *json_path; /* NULL: not asked for */
};

/* Trains the network of the preset fashion-mlp with each count in turn, some steps at a time, and prints
 * seconds a step and the ratios of the pairs. The counts must reach the same bits. Returns the exit code. */
int bench_train(const struct bench_train *b);

#endif
