/* activation_rungs.h - the functions behind the rungs of the activations, which activation.c puts
 * the ladders together from.
 *
 * A version of an activation is three functions, for each NAME of ops/activations.h
 *
 *   NAME_forward_VERSION       x -> y
 *   NAME_backward_VERSION      y or x, dy -> dx         where the reference takes
 *                                                       the derivative; dx may be dy
 *   NAME_with_derivative_VERSION    x -> y, s = f'(x)        y may be x
 *
 * An activation with a parameter takes it last. Not every VERSION is there for each:
 * see the end of activation.c.
 */
#ifndef RUNGS_ACTIVATION_RUNGS_H
#define RUNGS_ACTIVATION_RUNGS_H

#include "../op.h"

#define VERSION(f, version)                 \
    f##_forward_fn f##_forward_##version;   \
    f##_backward_fn f##_backward_##version; \
    f##_with_derivative_fn f##_with_derivative_##version;
#define FAST(f)            f##_forward_fn f##_forward_fast20, f##_forward_fast12;
#define ACTIVATION(f, ...) FAST(f) VERSION(f, portable) VERSION(f, avx2) VERSION(f, avx512) VERSION(f, table)
#define ACTIVATION_WITH    ACTIVATION
#include "../ops/activations.h"
#undef VERSION
#undef FAST
#undef ACTIVATION
#undef ACTIVATION_WITH

#endif
