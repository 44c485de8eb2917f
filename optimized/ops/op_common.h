/* op_common.h - what the definitions of operations are put together from: calls, error
 * bounds, counts, shapes. */
#ifndef RUNGS_OP_COMMON_H
#define RUNGS_OP_COMMON_H

#include "../../reference/reference.h"
#include "../cpu/ladders.h"
#include "../op.h"

#define OP(name) extern const struct op op_##name;
#include "list.h"
#undef OP
extern const struct op op_relu_dense; /* relu_dense.c: none of ops[] */

/* ---- calling: one list of arguments serves float, double and complex (void * converts to each) ----
 *
 * It is written with s, p and v: sizes, buffers and scalars. */

#define CALLS_REAL(op, ...)                                                                      \
    static void op##_call(any_fn *run, const int *s, void *const *p, const struct scalar *v)     \
    {                                                                                            \
        (void)v;                                                                                 \
        ((op##_fn *)run)(__VA_ARGS__);                                                           \
    }                                                                                            \
    static void op##_call_f64(any_fn *run, const int *s, void *const *p, const struct scalar *v) \
    {                                                                                            \
        (void)v;                                                                                 \
        ((__typeof__(op##_f64) *)run)(__VA_ARGS__);                                              \
    }                                                                                            \
    static void op##_in_f64(const int *s, void *const *p, const struct scalar *v)                \
    {                                                                                            \
        (void)v;                                                                                 \
        op##_f64(__VA_ARGS__);                                                                   \
    }
#define CALLS_COMPLEX(op, ...)                                                     \
    CALLS_REAL(op, __VA_ARGS__)                                                    \
    static void op##_in_cplx(const int *s, void *const *p, const struct scalar *v) \
    {                                                                              \
        (void)v;                                                                   \
        op##_cplx(__VA_ARGS__);                                                    \
    }
#define CALLS CALLS_COMPLEX

#define IDENTITY_REAL(op) \
    .name = #op, .cpu = op##_cpu, .call = op##_call, .call_f64 = op##_call_f64, .f64 = op##_in_f64
#define IDENTITY_COMPLEX(op) IDENTITY_REAL(op), .cplx = op##_in_cplx
#define IDENTITY             IDENTITY_COMPLEX

/* ---- the lists of an operation, none longer than op.h allows: a struct in which an assertion
 * fails does not compile ---- */

#define COUNT_OF(type, most, ...)                                                                   \
    (int)(sizeof((type[]){ __VA_ARGS__ }) / sizeof(type) +                                          \
          0 * sizeof(struct {                                                                       \
              int unused;                                                                           \
              _Static_assert(sizeof((type[]){ __VA_ARGS__ }) / sizeof(type) <= (most), "see op.h"); \
          }))

#define SIZES(...) .nsize = COUNT_OF(struct size, MAX_SIZES, __VA_ARGS__), .size = { __VA_ARGS__ }
#define SETS(...)                 \
    .sets = (const char *const[]) \
    {                             \
        __VA_ARGS__, NULL         \
    }
#define SCALARS(...) .nscalar = COUNT_OF(struct scalar, MAX_SCALARS, __VA_ARGS__), .scalar = { __VA_ARGS__ }
#define ARGS(...)    .narg = COUNT_OF(struct arg, MAX_ARGS, __VA_ARGS__), .arg = { __VA_ARGS__ }

/* of an argument: { "x", INPUT, 2, { 0, 1 } } is a float matrix; LABEL_OF(c): an int below size c */
#define INPUT       DT_F32, ARG_IN, DOMAIN_ANY, 0
#define OUTPUT      DT_F32, ARG_OUT, DOMAIN_ANY, 0
#define UPDATED     DT_F32, ARG_INOUT, DOMAIN_ANY, 0
#define SQUARES     DT_F32, ARG_INOUT, DOMAIN_NONNEG, 0
#define LABEL_OF(c) DT_I32, ARG_IN, DOMAIN_INDEX, c

/* name, value of checks and races, legal values */
#define REAL_SCALAR(name, value, low, high)                          \
    {                                                                \
        name, "double", SCALAR_REAL, (value), 0, (low), (high), NULL \
    }
#define FLOAT_SCALAR(name, value, low, high) /* as `real` in reference/ */ \
    {                                                                      \
        name, "float", SCALAR_REAL, (value), 0, (low), (high), NULL        \
    }
#define COUNT_SCALAR(name, value, low, high)                            \
    {                                                                   \
        name, "uint64_t", SCALAR_COUNT, 0, (value), (low), (high), NULL \
    }

/* of a loss: what becomes of the losses of its elements or rows. Arguments called loss and dloss are declared
 * as one number; follow_reduction makes them one number per element or row where nothing is reduced. */
#define REDUCTION                                                                        \
    {                                                                                    \
        "reduction", "int", SCALAR_COUNT, 0, REDUCE_MEAN, 0, REDUCE_SUM, reduction_words \
    }
#define REDUCED(none, mean, sum)                                                     \
    .formula = (mean), .follow = follow_reduction, .formulas = (const char *const[]) \
    {                                                                                \
        [REDUCE_NONE] = (none), [REDUCE_MEAN] = (mean), [REDUCE_SUM] = (sum)         \
    }

extern const char *const reduction_words[];
int reduction_of(const struct op *op);
void follow_reduction(struct op *op);

#define GIVEN(name, least)               \
    {                                    \
        name, least, NULL, NULL, 0, NULL \
    }
#define OPTIONAL(name, least, shared)      \
    {                                      \
        name, least, NULL, NULL, 1, shared \
    }
#define DERIVED(name, least, derive, rule) \
    {                                      \
        name, least, derive, rule, 0, NULL \
    }

/* ---- error bounds: see `bound` in op.h ---- */

typedef void bound_fn(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                      double *bound);

#define UNIT 0x1p-24 /* the unit roundoff of float */

/* Sums of products: op->terms roundings on the way of a term, in any order. A rung with fewer digits than
 * float rounds the operands of its products, but adds in float. */
bound_fn bound_sum;

/* No cancellation on the way: every one of op->terms roundings is relative to the result itself. */
bound_fn bound_relative;

/* What a rung of few digits may lose beside: it may subtract where floats must not, and then errs by units of
 * 1. 0 for a rung in float. */
double reduced_unit(struct precision d);

/* Roundings on the way of a term through a sum of n that is not kept in one float: blocks of sqrt(n) terms,
 * then the blocks' sums, and some to sum vectors across (Castaldo, Whaley and Chronopoulos, Reducing Floating
 * Point Error in Dot Product Using the Superblock Family of Algorithms, SIAM J. Sci. Comput. 31(2), 2008). A
 * sum in double has fewer. */
double sum_depth(double n);

/* ---- counts of the mathematics ---- */

int four_terms(const int *size);
int eight_terms(const int *size);
double flops_each(const int *size); /* one for each element */

/* ---- shapes, each ends with a 0 ---- */

extern const int each_check[][MAX_SIZES], each_bench[][MAX_SIZES]; /* n elements           */
extern const int rows_check[][MAX_SIZES], rows_bench[][MAX_SIZES]; /* N rows of C classes */
extern const int each_device[][MAX_SIZES], rows_device[][MAX_SIZES], products_device[][MAX_SIZES];

#define EACH                                                                                  \
    SIZES(GIVEN("n", 1)), .example = "1000", .flops = flops_each, .check_shapes = each_check, \
                          .bench_shapes = each_bench, .device_shapes = each_device

/* an optimizer's step on n weights, checked and raced at the same shapes */
#define WEIGHTS_STEP                                                                                 \
    SIZES(GIVEN("n", 1)), .example = "1000", .check_shapes = each_check, .bench_shapes = each_bench, \
                          .device_shapes = each_device, .kind = OP_STEP, .lesson = "04", .range = 1, \
                          .terms = eight_terms

#endif
