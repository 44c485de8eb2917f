/* device_race.h - CUDA rungs and CUDA libraries timed against each other on one GPU.
 *
 * As race.h does on the CPU: everything is verified before it is timed and once more afterwards, in
 * interleaved rounds, and the time of what is wrong is not reported. A call is timed by two CUDA events
 * around it, alone on its stream, and the L2 cache is overwritten before every call; so the time holds no
 * launch from the CPU, and no data that a call before left.
 */
#ifndef RUNGS_DEVICE_RACE_H
#define RUNGS_DEVICE_RACE_H

#include "../optimized/device.h"
#include "race.h"
#include "results.h"

enum { DEVICE_ROOFS = 3 }; /* products of floats, of TF32, of BF16 */

struct device_roofs {
    double copy; /* byte/s read and written by the device's own copy of 1 GiB; 0: not measured */
    double product
        [DEVICE_ROOFS]; /* flop/s of the fastest library's dense_forward, 4096^3; 0: no such library  */
};

struct device_contestant {
    const struct rung *rung;
    int is_peer;    /* a library's entry */
    int is_outside; /* a function of the user's */

    struct special
        worst; /* of a peer in float: where it is less exact than the rungs, found by device_sweep */

    enum outcome outcome;
    struct stats seconds; /* of one call, if RACE_MEASURED */
    char note[256];       /* the reason otherwise          */
};

/* 0 and a sentence in error[DEVICE_ERROR] if the device fails. */
int device_roofs_measure(struct device_roofs *roofs, const struct device *d, char *error);

/* Looks where the peers among the contestants are less exact than the rungs' bound (special.h). A peer that
 * says that it has fewer digits than float is not asked. */
void device_sweep(const struct device *d, const struct op *op, struct device_contestant *c, int n);

/* Races n contestants at the problem's shape, whose bounds it sets for each. 0 and a sentence
 * if there is no memory. */
int device_race_run(const struct device *d, const struct race *r, struct check_case *problem,
                    struct device_contestant *c, int n, char *error);

/* One row for a contestant after its race. A library's product is a yardstick, not a limit:
 * 100 % may be exceeded. */
void device_rows_add(struct rows *rows, const struct device_contestant *c, const struct check_case *problem,
                     const struct device_roofs *roofs, int quick);

/* One row for each roof that was measured, and their lines for a terminal */
void device_rows_add_roofs(struct rows *rows, const struct device_roofs *roofs);
void device_report_roofs(const struct device_roofs *roofs);

#endif
