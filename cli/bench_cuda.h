/* bench_cuda.h - the GPU's part of rungs bench. */
#ifndef RUNGS_BENCH_CUDA_H
#define RUNGS_BENCH_CUDA_H

#include "verbs.h"

struct bench_problem {
    const struct op *op;
    int size[MAX_SIZES];
};

struct bench_cuda {
    const struct bench_problem *problem;
    int n;
    int (*is_chosen)(const struct rung *ladder, const struct rung *rung); /* NULL: all rungs */
    int no_peers, quick;
    const char *csv_path, *json_path;
};

/* Races all problems on the GPU; returns the program's exit code: 77 where there is none. */
int bench_cuda(const struct bench_cuda *b);

#endif
