/* gradients.h - every backward pass of the suite as a problem of the gradient checker (gradcheck/gc.h).
 *
 * The problem is the forward's: its inputs are the tensors, its outputs get a random upstream
 * gradient, and the backward's outputs are what is checked: "dw" is the gradient by "w". The reference
 * is checked in double, against differences and the complex step; a rung is compared with the
 * reference, and tested for its contract.
 */
#ifndef RUNGS_GRADIENTS_H
#define RUNGS_GRADIENTS_H

#include "../gradcheck/gc.h"
#include "device.h"
#include "op.h"

struct gradient;

/* 1 if there is something to differentiate: a backward whose forward is known, or an optimizer's step */
int gradient_known(const struct op *op);

/* The problem of a backward at a shape: its reference in double if rung is NULL, else the rung in float. NULL
 * for an op that is no backward. A lack of memory ends the program with one sentence. */
struct gradient *gradient_open(const struct op *backward, const struct rung *rung, const int *size);

/* The same with a user's function in double in the reference's place, which has the operation's signature
 * with double for float. NULL for an op that is no backward with a reference of its own. */
struct gradient *gradient_open_f64(const struct op *backward, any_fn *run, const int *size);

/* The reference MLP of reference/mlp.c: L layers, size[0..L], N examples; all weights
 * and biases are tensors. */
struct gradient *gradient_open_mlp(int L, const int *size, int N);

const gc_problem *gradient_problem(const struct gradient *g);
void gradient_close(struct gradient *g);

enum { GRADIENT_RESULTS = 2 };

/* Checks at one shape; o may be NULL. The reference gives one result, a rung two (contract, then its values
 * against the reference), an optimizer one. Returns how many; free each with gc_free. */
int gradient_check(const struct op *op, const struct rung *rung, const int *size, const gc_options *o,
                   gc_result *result[GRADIENT_RESULTS]);

/* The same for a rung of a CUDA ladder, on its device. A rung that rounds its operands (IN_ bits)
 * may be off by as much. */
int gradient_check_on(const struct device *device, const struct op *op, const struct rung *rung,
                      const int *size, const gc_options *o, gc_result *result[GRADIENT_RESULTS]);

/* The first of the operation's check shapes at which nothing is hidden by a size of
 * one and no loop is long. */
const int *gradient_shape(const struct op *op);

#endif
