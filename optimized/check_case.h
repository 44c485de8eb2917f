/* check_case.h - problems that rungs are checked on: an operation at a shape, its inputs, what the double
 * oracle makes of them, and how far from that a rung's outputs may be. */
#ifndef RUNGS_CHECK_CASE_H
#define RUNGS_CHECK_CASE_H

#include <stdint.h>
#include "op.h"

/* CHECK_RESOURCES: memory, time, address space or processes ran out, which says nothing about the rung */
enum verdict { CHECK_PASS, CHECK_FAIL, CHECK_SKIP, CHECK_RESOURCES, CHECK_VERDICTS };

struct check {
    enum verdict verdict;
    int shapes;                    /* how many were looked at                                   */
    double worst;                  /* largest error as a fraction of its bound; gradients: relative error */
    char reason[384 + SHAPE_TEXT]; /* a sentence, when the verdict is not CHECK_PASS */
};

/* One problem: an operation at a shape, with inputs, the oracle's outputs and their error bounds. What
 * follows from the shape is computed when it is made: whoever checks, races or reports it reads that here. */
struct check_case {
    const struct op *op;
    int size[MAX_SIZES];
    char shape[SHAPE_TEXT];
    double flops, traffic; /* of the mathematics; bytes that must cross the memory bus at least */
    size_t elements[MAX_ARGS];
    size_t bytes[MAX_ARGS];  /* of the argument in a call in float                               */
    void *input[MAX_ARGS];   /* as a rung gets it; NULL for what is only written                 */
    void *oracle[MAX_ARGS];  /* outputs only: double, or what is not DT_F32 as it is             */
    double *bound[MAX_ARGS]; /* outputs in DT_F32 only: others are right or wrong                */
    double seconds;          /* that making it took                                              */
    int is_kept;             /* by check_case_keep                                               */
};

/* Before anything is begun: 1 if there is memory for `cases` problems of the operation at this shape, and no
 * product of its sizes overflows; else 0 and a sentence in error (ERROR_TEXT bytes). What it counts is the
 * least that is ever allocated, so that nothing is refused that would work; the rest is noticed when it is
 * allocated. */
int check_room(const struct op *op, const int *size, int cases, char *error);

/* Never NULL: a lack of memory ends the program with one sentence. The inputs of a backward operation are
 * those a real backward would see: its forward's inputs and outputs, and a random upstream gradient. */
struct check_case *check_case_make(const struct op *op, const int *size, uint64_t seed);
void check_case_free(struct check_case *c);

/* The same with inputs of the caller's: fill writes one argument of the operation, or of its forward, for a
 * call in double. The oracle sees them rounded to float. */
typedef void check_fill_fn(const void *with, const struct op *op, int a, const int *size, void *buf);
struct check_case *check_case_make_with(const struct op *op, const int *size, check_fill_fn *fill,
                                        const void *with);

/* The same problem with bounds of its own, at first the same: they may be changed. */
struct check_case *check_case_rebound(const struct check_case *c);
void check_case_rebound_free(struct check_case *own);

/* Computes the bounds anew, for a rung with these `needs`: check_case_make leaves those of float products. */
void check_case_bounds(struct check_case *c, unsigned needs);

/* In a process that is timed: who is told when a problem begins to be made, and how many seconds that took.
 * Its oracle is slow, which is no fault of the rung's. NULL: nobody. */
void check_case_on_making(void (*begin)(void), void (*end)(double seconds));

/* A check's second problem is that of another seed. */
uint64_t check_second_seed(uint64_t seed);

/* Makes the two problems of a check at each of the shapes (a list that ends with 0), once for all rungs of
 * the operation: check_case_make finds them in a process that is timed, which is a rung's own child. So each
 * rung has a copy, and none sees what another did to it. Where memory is short nothing is kept. */
void check_case_keep(const struct op *op, const int (*shapes)[MAX_SIZES], uint64_t seed);
void check_case_keep_none(void);

/* Puts the inputs into buf and a NaN, or another unlikely thing, into the outputs; buf[a] holds bytes[a]
 * bytes. */
void check_case_load(const struct check_case *c, void *const *buf);

/* What every byte of an output is before the call: of a float a NaN, of an index, a mask or bytes what they
 * hardly are */
static inline int check_poison(const struct arg *arg)
{
    return arg->dtype == DT_F32 ? 0xff : 0x5a;
}

/* Compares the outputs in buf with the oracle: 1 if all are within bounds, and what is no float is equal.
 * Fills worst and why. */
int check_case_compare(const struct check_case *c, void *const *buf, struct check *result);

/* Fills buf (narg arrays for a call in double) with a problem of the operation, float-valued inputs; a
 * backward gets its forward's inputs and outputs in full double precision. Outputs are left alone. */
void check_fill_f64(const struct op *op, const int *size, uint64_t seed, void *const *buf);

#endif
