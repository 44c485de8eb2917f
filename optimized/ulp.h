/* ulp.h - how exact are the rungs of a function of one number? Their largest errors, over
 * any or all of the floats.
 *
 * A function of one number is an operation of n elements, each of which depends on one element of its first
 * input: x -> y, x -> y and s, or a derivative (x or y, dy) -> dx, which is looked at with dy = 1.
 *
 * The exact value is the oracle's, in double: a few 2^-53 of its terms off, mostly 1e-8 ulp and at most 1e-6
 * (gelu and gelu_tanh far below 0, where the rounding of the argument of erfc and exp counts up to 500
 * times); tests/ulp.c holds it against long double. An error has two measures:
 *
 *   ULP_ERROR   of a value: in units in the last place (ulp) of the exact value. Infinity
 *               must come out where the exact
 *               value rounds to it, a NaN for a NaN and for nothing else: all else is an infinite error.
 *               Of a derivative, whose sum may cancel: in ulp of 1, its largest value but for some percent.
 *   ULP_BOUND   as a part of the operation's own error bound, for the digits that the rung
 *               has: of derivatives, and of
 *               coarse rungs. Where an input is infinite there is no bound, but one right answer.
 *
 * What a coarse rung may flush to zero counts as no error in ulp.
 */
#ifndef RUNGS_ULP_H
#define RUNGS_ULP_H

#include <stddef.h>
#include <stdint.h>

#include "op.h"

enum { ULP_OUTPUTS = 2 };

enum ulp_measure { ULP_ERROR, ULP_BOUND, ULP_MEASURES };

struct ulp_peak {
    double error; /* the largest so far; 0 at first */
    float at;     /* the first float that has it    */
};

struct ulp_rung {
    const char *name;
    any_fn *run;
    unsigned needs; /* as in struct rung */
    /* NULL, or who computes instead of `run`, from several threads at a time; buf as for op->call */
    void (*call)(const void *context, const int *size, void *const *buf);
    const void *context;
    struct ulp_peak peak[ULP_OUTPUTS][ULP_MEASURES];
    struct ulp_peak limit[ULP_OUTPUTS]; /* at infinities and NaNs: an infinite error, or none */
};

/* The outputs of a function of one number, as indexes into op->arg; returns how many: 0 if
 * the operation is none. */
int ulp_outputs(const struct op *op, int out[ULP_OUTPUTS]);

/* 1 if output a of a function of one number is a derivative */
int ulp_is_derivative(const struct op *op, int a);

/* 1 if the peaks of such an output have that measure */
int ulp_has(const struct op *op, int a, unsigned needs, enum ulp_measure measure);

/* The error of a value in ulp, as a relative error: it is at most 2^-bits. Infinity if there is no error. */
double ulp_bits(double error);

/* Raises the peaks of the rungs by their errors at x[0..n-1]. A derivative taken at y
 * ignores what no y can be. */
void ulp_look(const struct op *op, struct ulp_rung *rung, int rungs, const float *x, size_t n);

/* The same at every step-th of the 2^32 floats, on all threads; the result does not depend on how many.
 * `progress` (or NULL) is told now and then, by the calling thread, what part is done. */
void ulp_sweep(const struct op *op, struct ulp_rung *rung, int rungs, uint32_t step,
               void (*progress)(double done));

/* The same at the limits of float, and where the functions change their method or end, on both sides of 0 */
void ulp_special(const struct op *op, struct ulp_rung *rung, int rungs);

#endif
