/* row.h - measured rows: one struct, written as CSV for charts and as JSON for programs. */
#ifndef RUNGS_ROW_H
#define RUNGS_ROW_H

#include "machine_facts.h"

/* The worst result that is beyond the bound; one at a finite argument comes before those
 * at infinities and NaN. */
struct special {
    char at[64]; /* "y at x = -20"; "" if every result is within the bound */
    double got, expected;
    double bounds; /* the error, in bounds; infinity if got or expected is a NaN or an infinity */
};

enum { ROW_SHAPE = 400 }; /* a shape in words, "n64 c3 h32 w32" */

enum row_kind { ROW_RUNG, ROW_OUTSIDE, ROW_PEER, ROW_ROOF, ROW_BARE, ROW_KINDS };

/* The columns of the CSV file and the fields of the JSON file have these names, but for
 *
 *   kind              rung, outside (a function of the user's), peer, roof, or bare (a loop that moves what a
 *                     step moves: ../bare.h)
 *   cache             cold, warm; empty for a roof
 *   load              how many busy processes ran beside it (--load); 0 in files from
 *                     before there was this column
 *   throttled         seconds for which the cgroup's CPU quota stopped the program's threads
 *                     during the race; likewise
 *   gflops, gbs       flops and bytes, in 10^9 per second
 *   worst_at          where a peer's result at special arguments (special.h) is furthest
 *                     beyond the rungs' error bound,
 *                     like "y at x = -20"; empty: nowhere, or a rung. Files written before
 *                     there was this column are read
 *   worst_got         that result
 *   worst_expected    what it must be
 *   worst_bounds      its error, in bounds; empty (JSON: null) if one of the two is a NaN or an infinity
 */
struct row {
    char op[120];  /* with its set of scalars; "" for a roof */
    char rung[40]; /* the rung, the function, the peer, or the roof: "fma_avx2", "read_l1"; or bare_loop */
    enum row_kind kind;
    char shape[ROW_SHAPE];
    int threads, cold, load;
    double throttled;
    double seconds, low, high; /* of one call: median and 95 % interval; NaN: not measured        */
    double flops, bytes;       /* per second; NaN: not measured, or nothing of that kind                 */
    char roof[24];             /* the roof that is nearest for this operation and shape                */
    double roof_percent;
    char note[256];       /* why the speed is missing, or how a peer was set up                        */
    struct special worst; /* of a peer that is less exact than the rungs; else worst.at is ""         */
};

struct rows {
    struct row *row;
    int n, room;
    int failed; /* rows that mean a wrong result or an impossible time */
};

void rows_free(struct rows *r);

/* one more, in which every number is NaN */
struct row *rows_add(struct rows *r);

void rows_append(struct rows *r, const struct rows *more);

/* Adds the rows of a CSV file that rows_write_csv wrote, here or elsewhere. The file may be anything: what is
 * no such table gets a sentence in error (256 bytes), 0 is returned, and r is as before. */
int rows_read_csv(struct rows *r, const char *path, char *error);

/* Both write the whole file or leave it alone; 0 after a sentence. */
int rows_write_csv(const struct rows *r, const struct machine *m, const char *path);
int rows_write_json(const struct rows *r, const struct machine *m, const char *path);

extern const char *const row_kind_name[ROW_KINDS];

/* ---- peer_names.c ---- */

/* what the rungs are measured against, libraries and frameworks, as tables, CSV files and charts name
 * them; charts give each a colour by its number, so new ones come last */
enum { PEERS = 12 };
extern const char *const peer_names[PEERS];

/* the number of that name; PEERS if there is none */
int peer_number(const char *name);

#endif
