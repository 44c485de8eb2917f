/* parts.h - what the definitions of operations are put together from: calls, error bounds, counts, shapes. */
#ifndef RUNGS_OPS_PARTS_H
#define RUNGS_OPS_PARTS_H

#include "../../reference/reference.h"
#include "../cpu/ladders.h"
#include "../op.h"

#define OP(name) extern const struct op op_##name;
#include "list.h"
#undef OP

/* ---- calling: one list of arguments serves float, double and complex (void * converts to each) ---- */

#define CALLS_REAL(op, ...)                                          \
    static void op##_call(any_fn *run, const int *s, void *const *p) \
    {                                                                \
        ((op##_fn *)run)(__VA_ARGS__);                               \
    }                                                                \
    static void op##_in_f64(const int *s, void *const *p)            \
    {                                                                \
        op##_f64(__VA_ARGS__);                                       \
    }
#define CALLS(op, ...)                                     \
    CALLS_REAL(op, __VA_ARGS__)                            \
    static void op##_in_cplx(const int *s, void *const *p) \
    {                                                      \
        op##_cplx(__VA_ARGS__);                            \
    }

#define IDENTITY_REAL(op) .name = #op, .cpu = op##_cpu, .call = op##_call, .f64 = op##_in_f64
#define IDENTITY(op)      IDENTITY_REAL(op), .cplx = op##_in_cplx

/* ---- error bounds: see `bound` in op.h ---- */

typedef void bound_fn(const struct op *op, const int *size, void *const *buf, int a, struct digits d,
                      double *bound);

#define UNIT 0x1p-24 /* the unit roundoff of float */

/* Sums of products: op->terms roundings on the way of a term, in any order. A rung with fewer digits than float rounds
 * the operands of its products, but adds in float. */
bound_fn bound_sum;

/* No cancellation on the way: every one of op->terms roundings is relative to the result itself. */
bound_fn bound_relative;

/* What a rung of few digits may lose beside: it may subtract where floats must not, and then errs by units of 1. 0 for
 * a rung in float. */
double coarse_unit(struct digits d);

/* ---- counts of the mathematics ---- */

int four_terms(const int *size);
int eight_terms(const int *size);
double flops_each(const int *size); /* one for each element */

/* ---- shapes, each ends with a 0 ---- */

extern const int each_check[][MAX_SIZES], each_bench[][MAX_SIZES]; /* n elements           */
extern const int rows_check[][MAX_SIZES], rows_bench[][MAX_SIZES]; /* N rows of C classes */

#define EACH                                                                           \
    .nsize = 1, .size_name = { "n" }, .flops = flops_each, .check_shapes = each_check, \
    .bench_shapes = each_bench

#endif
