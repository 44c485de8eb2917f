/* activation.cu - the CUDA ladders of the activations that need no function of CUDA's library: relu,
 * leaky_relu. Their rungs end with memory's last: two operations for an element's 8 bytes.
 * elements.h tells the rungs. */
#include "activation_rungs.h"

// clang-format off
#define LADDERS(f, ...)                                              \
    LADDER_OF(f##_forward, EXACT_ROWS(f, forward, ##__VA_ARGS__))    \
    LADDER_OF(f##_backward, EXACT_ROWS(f, backward, ##__VA_ARGS__))  \
    LADDER_OF(f##_with_derivative, EXACT_ROWS(f, with_derivative, ##__VA_ARGS__))
// clang-format on

LADDERS(relu)
LADDERS(leaky_relu, float)
