/* bench_table.h - rungs bench --table: what the ladders are worth, one line for each operation. */
#ifndef RUNGS_BENCH_TABLE_H
#define RUNGS_BENCH_TABLE_H

#include "../optimized/op.h"

struct bench_table {
    const struct op *const *op;
    int ops, threads; /* threads: of the top rungs and the libraries; naive C has one */
    int no_peers;
    const char *csv_path; /* or NULL */
};

/* Races of each operation naive C, the top rung and the libraries, at one shape of modest size; returns how
 * the program ends. In the process of pinning_settle. */
int bench_table(const struct bench_table *what);

#endif
