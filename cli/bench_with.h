/* bench_with.h - rungs bench --with: a kernel from outside (with.h) among the rungs. */
#ifndef RUNGS_BENCH_WITH_H
#define RUNGS_BENCH_WITH_H

#include "../bench/race.h"
#include "../bench/results.h"

/* Understands the words and looks for the file. limit: seconds for one shape, 0 for the usual. -1, or an exit
 * code after a sentence. */
int bench_with_read(const char *text, const struct op *op, int limit);

/* In the process that races, if there is a --with: compiles, checks at every size class in a child, and
 * loads. Likewise: what is wrong is not raced. */
int bench_with_prepare(const struct op *op);

/* Checks it at the shape of this problem in a child, and fills the contestants that are from outside
 * accordingly: a crash there must not end the race. */
void bench_with_check(const struct check_case *problem, struct contestant *c, int n);

/* 1 if there is one, and it is CUDA: then it races with `bench --cuda`. */
int bench_with_is_cuda(void);

/* To be called after that problem's race: what ends the program from now on is not the function. */
void bench_with_ended(void);

/* The function as a contestant; its name is NULL if there is none. */
struct contestant bench_with_contestant(int threads);

/* Prints its rank in the ladder: a line per number of threads, from the rows of one race. */
void bench_with_report(const struct row *row, int n);

#endif
