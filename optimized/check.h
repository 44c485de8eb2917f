/* check.h - is this rung right? Is this backward the gradient of its forward?
 *
 * A rung is right at a shape if every output is within the operation's error bound of the double oracle,
 * whatever the outputs held before (they start as NaN), on every call (three, with changing data), bit for bit
 * the same when called again and when written over its input where the operation allows that, without touching a byte
 * outside its buffers and without writing its inputs.
 */
#ifndef RUNGS_CHECK_H
#define RUNGS_CHECK_H

#include <stdint.h>
#include "op.h"

/* CHECK_RESOURCES: memory, time, address space or processes ran out, which says nothing about the rung */
enum verdict { CHECK_PASS, CHECK_FAIL, CHECK_SKIP, CHECK_RESOURCES, CHECK_VERDICTS };

struct check {
    enum verdict verdict;
    int shapes;                 /* how many were looked at                                   */
    double worst;               /* largest error as a fraction of its bound; gradients: relative error */
    char why[384 + SHAPE_TEXT]; /* a sentence, when the verdict is not CHECK_PASS */
};

/* One problem: an operation at a shape, with inputs, the oracle's outputs and their error bounds. */
struct check_case {
    const struct op *op;
    int size[MAX_SIZES];
    char shape[SHAPE_TEXT];
    size_t elements[MAX_ARGS];
    size_t bytes[MAX_ARGS];  /* of the argument in a call in float                               */
    void *input[MAX_ARGS];   /* as a rung gets it; NULL for what is only written                 */
    void *oracle[MAX_ARGS];  /* outputs only: double, or what is not DT_F32 as it is             */
    double *bound[MAX_ARGS]; /* outputs in DT_F32 only: others are right or wrong                */
};

/* Before anything is begun: 1 if there is memory for `cases` problems of the operation at this shape, and no product of its
 * sizes overflows; else 0 and a sentence in error (ERROR_TEXT bytes). What it counts is the least that is ever allocated, so
 * that nothing is refused that would work; the rest is noticed when it is allocated. */
int check_room(const struct op *op, const int *size, int cases, char *error);

/* Never NULL: a lack of memory ends the program with one sentence. The inputs of a backward operation are
 * those a real backward would see: its forward's inputs and outputs, and a random upstream gradient. */
struct check_case *check_case_make(const struct op *op, const int *size, uint64_t seed);
void check_case_free(struct check_case *c);

/* The same with inputs of the caller's: fill writes one argument of the operation, or of its forward, for a call in
 * double. The oracle sees them rounded to float. */
typedef void check_fill_fn(const void *with, const struct op *op, int a, const int *size, void *buf);
struct check_case *check_case_make_with(const struct op *op, const int *size, check_fill_fn *fill,
                                        const void *with);

/* The same problem with bounds of its own, at first the same: they may be changed. */
struct check_case *check_case_rebound(const struct check_case *c);
void check_case_rebound_free(struct check_case *own);

/* Computes the bounds anew, for a rung with these `needs`: check_case_make leaves those of float products. */
void check_case_bounds(struct check_case *c, unsigned needs);

/* Puts the inputs into buf and a NaN, or another unlikely thing, into the outputs; buf[a] holds bytes[a] bytes. */
void check_case_load(const struct check_case *c, void *const *buf);

/* What every byte of an output is before the call: of a float a NaN, of an index, a mask or bytes what they hardly are */
int check_poison(const struct arg *arg);

/* Compares the outputs in buf with the oracle: 1 if all are within bounds, and what is no float is equal. Fills worst and why. */
int check_case_compare(const struct check_case *c, void *const *buf, struct check *result);

/* All of the above at one shape, in this process, between guard pages; guard_watch decides what a fault does. */
struct check check_rung_at(const struct op *op, const struct rung *rung, const int *size, uint64_t seed);

/* One call on a problem that is there already, between guard pages at either side, likewise in this process. */
struct check check_rung_on(const struct check_case *c, const struct rung *rung);

/* How long one shape may take before its rung is taken to hang; a slow oracle adds to it, as a rung at such a shape is slow
 * without being wrong. An oracle that takes as long by itself is CHECK_RESOURCES. */
extern unsigned check_shape_seconds;

/* All of the operation's check shapes (or only `shape`, if not NULL), in a child process: a crash or an endless
 * loop is a verdict, not the end. Do not call it once this process has threads of a library that does not survive a fork (the rungs' own do). */
struct check check_rung(const struct op *op, const struct rung *rung, const int *shape, uint64_t seed);

/* How a rung is checked at one shape, and who is told of a fault there */
struct check_way {
    void (*watch)(void (*on_fault)(const char *sentence));
    struct check (*at)(const struct op *op, const struct rung *rung, const int *size, uint64_t seed);
};

/* The same for any way of checking and any shapes (ends with a 0) */
struct check check_apart(const struct check_way *way, const struct op *op, const struct rung *rung,
                         const int (*shapes)[MAX_SIZES], uint64_t seed);

/* The f64 backward against its forward by the gradient checker (gradcheck/gc.h), at all shapes of up to 4000 flops. Of an
 * optimizer: its trajectories against the rule. CHECK_SKIP if the operation is neither. gradients.h has it all, with reports. */
struct check check_gradient(const struct op *op, uint64_t seed);

/* Fills buf (narg arrays for a call in double) with a problem of the operation, float-valued inputs; a backward
 * gets its forward's inputs and outputs in full double precision. Outputs are left alone. */
void check_fill_f64(const struct op *op, const int *size, uint64_t seed, void *const *buf);

#endif
