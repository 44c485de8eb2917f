/* race.h - several versions of one operation, timed against each other so that the ratios can be trusted.
 *
 * The machine's speed drifts by tens of percent over minutes, so the contestants take turns: each round
 * takes one sample of every contestant, the next round starts with another one. Each is verified before it
 * is timed (with outputs poisoned), the results that the timed calls leave behind are compared, and it is
 * verified once more afterwards; the time of a wrong one is not reported. All use the same buffers: the same
 * alignment, the same huge pages.
 */
#ifndef RUNGS_RACE_H
#define RUNGS_RACE_H

#include "../optimized/check.h"
#include "peers.h"
#include "special.h"
#include "stats.h"

enum outcome { RACE_MEASURED, RACE_WRONG, RACE_LEFT_OUT };

struct contestant {
    const char *name;
    const struct rung *rung; /* this, or peer */
    const struct peer *peer;
    const struct peer_op *peer_op; /* how the peer does it */
    int is_bare;                   /* neither, but the bare loop (bare.h): there is nothing to verify */
    int threads;

    /* of a function from outside, which is a rung of no ladder */
    int is_outside;
    void (*set_threads)(int threads); /* how it is told; NULL: it is not */
    const char *refused; /* why it takes no part at this shape, as it was found wrong before; NULL: it does */

    /* found by race_probe; 0 before */
    double rate; /* flop/s at the probe's shape: a guess of what a call will take */
    int solo;    /* more threads would be idle: it used one only                  */

    struct special worst; /* of a peer: where it is less exact than the rungs, found by race_sweep */

    /* the result of race_run */
    enum outcome outcome;
    struct stats seconds; /* of one call, if RACE_MEASURED */
    char note[256];       /* the reason otherwise          */
};

struct race {
    int samples;           /* of each contestant, 1..STATS_MAX_SAMPLES                        */
    double sample_seconds; /* each sample repeats the call until it is at least this long     */
    double call_limit;     /* a contestant whose single call takes longer is left out         */
    int cold; /* the operands are flushed from the caches before every call; then a sample also ends
                              after COLD_CALLS calls */
    void (*progress)(int done, int all); /* called between samples; may be NULL */
};

enum { COLD_CALLS = 500 };

extern const struct race race_full;  /* 15 samples of 20 ms  */
extern const struct race race_quick; /* 7 samples of 2 ms: to see that all is well, not to quote */

/* where race_probe calls them */
const int *race_probe_shape(const struct op *op);

/* Calls each contestant a few times at a modest shape, to learn its rate and whether it uses its threads. */
void race_probe(const struct op *op, struct contestant *c, int n);

/* Looks where the peers among the contestants are less exact than the rungs' bound (special.h). */
void race_sweep(const struct op *op, struct contestant *c, int n);

/* Races n contestants at the problem's shape and fills their results. Returns 0 if there is no memory. After
 * Ctrl-C (base/interrupt.h) it returns early, and the results cannot be used. */
int race_run(const struct race *r, const struct check_case *problem, struct contestant *c, int n);

/* 1 if this machine can flush its caches from a program (needed for a cold race) */
int race_can_flush(void);

#endif
