/* activation_rungs.h - what rungs each activation has on the CPU, and the functions behind them.
 *
 * A version of an activation is three functions, for each NAME of ops/activations.h
 *
 *   NAME_forward_VERSION       x -> y
 *   NAME_backward_VERSION      y or x, dy -> dx         where the reference takes the derivative
 *   NAME_with_slope_VERSION    x -> y, s = f'(x)        y may be x
 *
 * which activation_portable.c makes of functions of one float, activation_tile.h of functions of one vector.
 * activation.c puts the ladders together.
 */
#ifndef RUNGS_ACTIVATION_RUNGS_H
#define RUNGS_ACTIVATION_RUNGS_H

#include "../op.h"

/* ARITHMETIC: 00, 02, 03, 05, as the compiler makes vectors of the reference by itself.
 * EXP: also 01, as it does not where the reference calls libm, and 04, and a forward also
 * 06 and 07. A derivative at y is arithmetic in any case. */
#define RUNGS_relu       ARITHMETIC
#define RUNGS_leaky_relu ARITHMETIC
#define RUNGS_elu        EXP
#define RUNGS_sigmoid    EXP
#define RUNGS_tanh       EXP
#define RUNGS_softplus   EXP
#define RUNGS_gelu       EXP
#define RUNGS_gelu_tanh  EXP
#define RUNGS_silu       EXP

#define VERSION(f, version)                 \
    f##_forward_fn f##_forward_##version;   \
    f##_backward_fn f##_backward_##version; \
    f##_with_slope_fn f##_with_slope_##version;
#define FAST(f)            f##_forward_fn f##_forward_fast20, f##_forward_fast12;
#define ACTIVATION(f, ...) FAST(f) VERSION(f, portable) VERSION(f, avx2) VERSION(f, avx512) VERSION(f, table)
#define ACTIVATION_WITH    ACTIVATION
#include "../ops/activations.h"
#undef VERSION
#undef FAST
#undef ACTIVATION
#undef ACTIVATION_WITH

/* What the functions of an activation take beside its arrays, and hand on: nothing, or (ACTIVATION_WITH) a parameter */
#define TAKES_
#define TAKES_WITH , float parameter
#define GIVES_
#define GIVES_WITH , parameter

#endif
