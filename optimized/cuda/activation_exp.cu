/* activation_exp.cu - the CUDA ladders of the activations made of exp: elu, sigmoid, tanh, softplus,
 * silu. elements.h tells rungs 00 to 03, activation_fast.h the others. A derivative at y needs no
 * exp, and so no fast rung. */
#include "activation_rungs.h"

/* the derivative is taken at y */
#define LADDERS_AT_Y(f, precision, ...)                                          \
    LADDER_OF(f##_backward, EXACT_ROWS(f, backward, ##__VA_ARGS__))              \
    LADDER_OF(f##_with_derivative, EXACT_ROWS(f, with_derivative, ##__VA_ARGS__) \
                                       FAST_ROW(f, with_derivative, precision, ##__VA_ARGS__))

/* and at x */
#define LADDERS_AT_X(f, precision)                                                    \
    LADDER_OF(f##_backward, EXACT_ROWS(f, backward) FAST_ROW(f, backward, precision)) \
    LADDER_OF(f##_with_derivative, EXACT_ROWS(f, with_derivative) FAST_ROW(f, with_derivative, precision))

LADDER_OF(elu_forward, EXACT_ROWS(elu, forward, float) FAST_ROW(elu, forward, FAST_20, float))
LADDERS_AT_Y(elu, FAST_20, float)
LADDER_OF(sigmoid_forward, EXACT_ROWS(sigmoid, forward) FAST_ROW(sigmoid, forward, FAST_20) HALF_ROW(sigmoid)
                               BF16_ROW(sigmoid))
LADDERS_AT_Y(sigmoid, FAST_20)
LADDER_OF(tanh_forward, EXACT_ROWS(tanh, forward) FAST_ROW(tanh, forward, FAST_12) BF16_ROW(tanh))
LADDERS_AT_Y(tanh, FAST_12)
LADDER_OF(softplus_forward, EXACT_ROWS(softplus, forward) FAST_ROW(softplus, forward, FAST_20))
LADDERS_AT_X(softplus, FAST_20)
LADDER_OF(silu_forward,
          EXACT_ROWS(silu, forward) FAST_ROW(silu, forward, FAST_20) HALF_ROW(silu) BF16_ROW(silu))
LADDERS_AT_X(silu, FAST_20)
