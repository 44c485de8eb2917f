/* pick.h - which rows of a measurement a chart shows. */
#ifndef RUNGS_PICK_H
#define RUNGS_PICK_H

#include "../bench/results/row.h"
#include "../bench/results/ulp_row.h"

enum { PICK_MAX = 256, PICK_OPS = 512, PICK_SHAPES = 64 }; /* rows, operations, shapes of one operation */

struct measurement {
    struct rows rows;
    char stem[96]; /* of the file's name: "amd-epyc" */
    char cpu[128], commit[64];
    int quick; /* rows that are not for quoting */
};

/* Reads a CSV file of `rungs bench`; 0 and a sentence in error (256 bytes) if it is none. */
int measurement_read(struct measurement *m, const char *path, char *error);
void measurement_free(struct measurement *m);

struct ulp_table {
    struct ulp_rows rows;
    char stem[96], cpu[128]; /* cpu: "" if the file does not say */
};

/* The same for a CSV file of `rungs ulp` */
int ulp_table_read(struct ulp_table *t, const char *path, char *error);
void ulp_table_free(struct ulp_table *t);

/* 1 if it knows the errors of the operation over all floats, not over intervals */
int ulp_table_has(const struct ulp_table *t, const char *op);

/* The operations that have rows, in the order of the file; returns how many, at most max. */
int pick_ops(const struct rows *r, const char **op, int max);

/* The shapes of an operation, in the order of the file. */
int pick_shapes(const struct rows *r, const char *op, const char **shape, int max);

/* The measured rows of an operation, with a warm cache if it was measured with one: at that shape and with so
 * many threads (shape NULL, threads 0: any). Returns how many, at most PICK_MAX. */
int pick_rows(const struct rows *r, const char *op, const char *shape, int threads, const struct row **row);

/* The shape to show a ladder at: the largest work among those where the naive rung and the most others were
 * measured; NULL if the naive rung was measured nowhere. */
const char *pick_shape(const struct rows *r, const char *op);

/* The naive rung with the fewest threads among n rows; NULL if there is none. */
const struct row *pick_naive(const struct row *const *row, int n);

/* The thread counts of an operation's rows, ascending; returns how many, at most max. */
int pick_threads(const struct rows *r, const char *op, int *threads, int max);

/* 1 if memory is the limit at that row: then its speed is said in GB/s */
int pick_by_bytes(const struct row *row);

/* What a chart writes at a row: the contestant, its threads where there is more than one, and a star if it is
 * a peer that is less exact than the rungs */
void pick_label(const struct row *row, char *text, size_t room);

/* What the stars mean, with the worst of the results; "" if there is no star. */
void pick_footnote(const struct row *const *row, int n, char *text, size_t room);

/* The value of a roof, as a row holds it, or NULL */
const struct row *pick_roof(const struct rows *r, const char *name, int threads);

/* The best bandwidth of a level of memory ("l1", "dram") in GB/s, whatever the pattern, and the highest
 * roof of arithmetic in GFLOP/s; 0 if it was not measured with so many threads */
double pick_bandwidth(const struct rows *r, const char *level, int threads);
double pick_peak(const struct rows *r, int threads);

/* What the loop of an arithmetic roof does: "FMA", or "mul+add" with SSE2, which has no such instruction */
const char *pick_arithmetic(const char *roof);

/* The style number of a contestant (plots/style.gp): rung 00 is 1, 01 is 2, ...; peers from 21. */
int pick_style(const struct row *row);
int pick_style_of(const char *name);

#endif
