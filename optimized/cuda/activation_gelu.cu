/* activation_gelu.cu - the CUDA ladders of GELU, by erfc and by tanh. elements.h tells rungs 00 to 03,
 * activation_fast.h the others. */
#include "activation_rungs.h"

#define LADDERS(f)                                                                                       \
    LADDER_OF(f##_forward, EXACT_ROWS(f, forward) FAST_ROW(f, forward, FAST_20) HALF_ROW(f) BF16_ROW(f)) \
    LADDER_OF(f##_backward, EXACT_ROWS(f, backward) FAST_ROW(f, backward, FAST_20))                      \
    LADDER_OF(f##_with_derivative, EXACT_ROWS(f, with_derivative) FAST_ROW(f, with_derivative, FAST_20))

LADDERS(gelu)
LADDERS(gelu_tanh)
