/* gc_contract_layer.h - small problems with mistakes, for the single tests: a dense layer in float and
 * double, and Rosenbrock's function with its gradient and hessian. */
#ifndef GC_CONTRACT_LAYER_H
#define GC_CONTRACT_LAYER_H

#include "../gradcheck/gc.h"

enum mistake {
    right,
    dw_next_row,     /* dense backward: dW takes x of the next row */
    dw_one_element,  /* one element of dW is 1.001 of itself */
    dx_zero_row,     /* the last row of dx is 0 */
    not_linear,      /* the forward squares W, the backward knows */
    refuses_zero,    /* the forward refuses a W of zeros */
    both_wrong,      /* forward and backward take b twice */
    oracle_nan,      /* the oracle has a NaN */
    oracle_order,    /* right, summed backwards */
    low_precision,   /* products rounded to bf16 */
    no_tail,         /* dx without the last element of each row */
    a_nan,           /* one NaN in dx */
    small_element,   /* dx[5] off by 1e-3 of itself */
    beyond_rounding, /* dx[8] off by 3e-6 of its terms' absolute sum: lost in the norm of dx */
    too_large,       /* Rosenbrock: gradient times 1.0001 */
    swapped,         /* gradient: g[1] and g[2] exchanged */
    one_term,        /* gradient: one term's factor is wrong */
    hessian_factor,  /* hessian times 1.001 */
    hessian_sign,    /* one off-diagonal sign */
    hessian_nan,
    corners,   /* right: sum of |x[i] - x[i+1]| in its place, whose gradient jumps */
    flat,      /* a linear function in its place */
    flat_wrong /* with a gradient 1.001 of itself */
};

enum { N = 5, IN = 7, OUT = 3, ROSEN = 6 };

/* The problem's tensors point to static memory, its ctx to `which`. */
gc_problem dense_problem(gc_dtype dt, enum mistake *which);
gc_problem rosenbrock_problem(enum mistake *which);

#endif
