/* rows.h - measured rows: one struct, written as CSV for charts and as JSON for programs. */
#ifndef RUNGS_ROWS_H
#define RUNGS_ROWS_H

#include "machine.h"
#include "peers.h"
#include "race.h"
#include "roof.h"

enum row_kind { ROW_RUNG, ROW_OUTSIDE, ROW_PEER, ROW_ROOF, ROW_KINDS };

/* The columns of the CSV file and the fields of the JSON file have these names, but for
 *
 *   kind              rung, outside (a function of the user's), peer or roof
 *   cache             cold, warm; empty for a roof
 *   load              how many busy processes ran beside it (--load); 0 in files from before there was this column
 *   throttled         seconds for which the cgroup's CPU quota stopped the program's threads during the race; likewise
 *   gflops, gbs       flops and bytes, in 10^9 a second
 *   worst_at          where a peer's result at special arguments (special.h) is furthest beyond the rungs' error bound,
 *                     like "y at x = -20"; empty: nowhere, or a rung. Files written before there was this column are read
 *   worst_got         that result
 *   worst_expected    what it must be
 *   worst_bounds      its error, in bounds; empty (JSON: null) if one of the two is a NaN or an infinity
 */
struct row {
    char op[40];   /* "" for a roof                                                        */
    char rung[40]; /* the rung, the function, the peer, or the roof: "fma_avx2", "read_l1" */
    enum row_kind kind;
    char shape[SHAPE_TEXT];
    int threads, cold, load;
    double throttled;
    double seconds, low, high; /* of one call: median and 95 % interval; NaN: not measured        */
    double flops, bytes;       /* a second; NaN: not measured, or nothing of that kind                 */
    char roof[24];             /* the roof that is nearest for this operation and shape                */
    double roof_percent;
    char note[256];       /* why there is no number, or how a peer was set up                         */
    struct special worst; /* of a peer that is less exact than the rungs; else worst.at is ""         */
};

struct rows {
    struct row *row;
    int n, room;
    int failed; /* rows that mean a wrong result or an impossible time */
};

void rows_free(struct rows *r);

/* One row for each roof that was measured */
void rows_add_roofs(struct rows *r, const struct roofs *roofs);

/* One row for a contestant after its race. If its time lies below what the roof allows, it gets a FAIL row: re-measure
 * the roof before you call this. quick marks the row as not fit for quoting. */
void rows_add_result(struct rows *r, const struct contestant *c, const struct op *op, const int *size,
                     int cold, const struct roofs *roofs, int quick);

/* Says the percentages of all results anew, from roofs that have been measured again since: counts thread counts. */
void rows_refresh(struct rows *r, const struct roofs *roofs, int counts);

void rows_append(struct rows *r, const struct rows *more);

/* 1 if the contestant was measured faster than its roof allows */
int rows_above_roof(const struct contestant *c, const struct op *op, const int *size, int cold,
                    const struct roofs *roofs);

/* Adds the rows of a CSV file that rows_write_csv wrote, here or elsewhere. The file may be anything: what is no such
 * table gets a sentence in why (256 bytes), 0 is returned, and r is as before. */
int rows_read_csv(struct rows *r, const char *path, char *why);

/* Both write the whole file or leave it alone; 0 after a sentence. */
int rows_write_csv(const struct rows *r, const struct machine *m, const char *path);
int rows_write_json(const struct rows *r, const struct machine *m, const char *path);

extern const char *const row_kind_name[ROW_KINDS];

#endif
