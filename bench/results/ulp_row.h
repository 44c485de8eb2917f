/* ulp_row.h - measured errors of rungs: one struct, written as CSV and as JSON. */
#ifndef RUNGS_ULP_ROW_H
#define RUNGS_ULP_ROW_H

#include <stdio.h>

#include "machine_facts.h"

struct ulp_row {
    char op[40], rung[40];
    char argument[8];      /* the output: y, dx or s                                                */
    double low, high;      /* the interval of x that was looked at; NaN: all                        */
    double ulp;            /* of a derivative: ulp of 1                                             */
    double bits;           /* ulp as a relative error: it is at most 2^-bits; NaN: there is no error */
    double bound_fraction; /* NaN: not looked at                                                    */
    double at, bound_at;   /* where: the first x with that error                                    */
    int wrong_at_limit;    /* 1: the result at an infinity or a NaN, limit, is not what it must be  */
    double limit;
    double step; /* every step-th float was looked at; NaN: as many as ulp_points evenly in the interval */
};

struct ulp_rows {
    struct ulp_row *row;
    int n, room;
};

void ulp_rows_free(struct ulp_rows *r);

/* one more */
struct ulp_row *ulp_rows_new(struct ulp_rows *r);

/* Writes the rows; without the columns compiler, cpu and commit if m is NULL. */
void ulp_rows_print_csv(FILE *out, const struct ulp_rows *r, const struct machine *m);
void ulp_rows_print_json(FILE *out, const struct ulp_rows *r, const struct machine *m);

/* Adds the rows of a CSV file; cpu (128 bytes) becomes that of its first row, or "". The file may be
 * anything: what is no such table gets a sentence in error (256 bytes), 0 is returned, and r is as before. */
int ulp_rows_read_csv(struct ulp_rows *r, const char *path, char *cpu, char *error);

#endif
