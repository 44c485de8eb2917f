/* doc_sync_measured.h - the committed measurements: one file of `rungs bench --csv`, and
 * what is of interest in it. */
#ifndef RUNGS_TEXT_MEASURED_H
#define RUNGS_TEXT_MEASURED_H

#include "doc_sync.h"
#include "../base/csv.h"
#include "../optimized/op.h"

enum { MAX_THREADS = 4 };
enum column {
    OP,
    RUNG,
    KIND,
    SHAPE,
    THREADS,
    CACHE,
    SECONDS,
    LOW,
    HIGH,
    GFLOPS,
    GBS,
    PERCENT,
    COMPILER,
    CPU,
    COMMIT,
    NOTE
};
enum { COLUMNS = NOTE + 1 };

/* An operation at a shape, on a CPU with a warm cache or on a GPU; no quick runs,
 * which are not for quoting. */
struct measured {
    struct csv csv;
    int column[COLUMNS];
    const char *op, *shape;             /* NULL: any                                            */
    int cuda;                           /* of a GPU: rows with a cold L2 cache, compiled by nvcc */
    int threads[MAX_THREADS], nthreads; /* ascending; none: nothing was measured */
};

/* 0 if the file is of another kind or has no such rows. The table is not the caller's, and holds until 32
 * other files are read. */
int measured_load(struct measured *m, const char *path);

const char *measured_cell(const struct measured *m, int row, enum column c);
double measured_number(const struct measured *m, int row, enum column c);

/* Is the row one of m->op, m->shape and m->cuda? */
int measured_wanted(const struct measured *m, int row);

/* The row of a "rung" or "peer", or -1 */
int measured_row(const struct measured *m, const char *kind, const char *rung, int threads);

/* The shape of the operation at *at, a word, or several between " and ": as rows have it in `shape`
 * (SHAPE_TEXT bytes), and *at behind it; 0 if it is none */
int measured_shape(const struct op *op, const char **at, char *shape);

/* The CUDA ladder, whose text is the same in every module; NULL if none is built */
const struct rung *measured_cuda_ladder(const struct op *op);

/* Are the numbers of the line that have a decimal point among what was measured of this operation, and of the
 * roofs? */
void text_measured_numbers(struct text *t, const char *op, const char *line);

#endif
