/* list.h - the operations: the one list of them, in the order in which they are shown. list.c makes ops[] of it.
 *
 * Each is a `const struct op op_NAME` in a file of this folder. */
OP(dense_forward)
OP(dense_backward_dx)
OP(dense_backward_dw)
OP(dense_relu_forward)
OP(dense_relu_backward_dx)
#define ACTIVATION(f, ...) OP(f##_forward) OP(f##_backward) OP(f##_with_slope)
#define ACTIVATION_WITH    ACTIVATION
#include "activations.h"
#undef ACTIVATION
#undef ACTIVATION_WITH
OP(softmax_forward)
OP(softmax_backward)
OP(softmax_xent_forward)
OP(softmax_xent_backward)
/* seven of a kind: variants stand behind their main operation */
#define SEVEN(f)        \
    OP(f##_forward)     \
    OP(f##_forward_sum) \
    OP(f##_forward_none) OP(f##_backward) OP(f##_backward_sum) OP(f##_backward_none) OP(f##_with_gradient)
#define LOSS(f, ...) SEVEN(f)
#define LOSS_WITH    LOSS
#include "losses.h"
#undef LOSS
#undef LOSS_WITH
SEVEN(xent)
OP(xent_forward_smooth)
OP(xent_backward_smooth)
OP(xent_with_gradient_smooth)
SEVEN(xent_soft)
#undef SEVEN
OP(sgd_step)
