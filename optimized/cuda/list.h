/* list.h - the operations that have a CUDA ladder, each NAME_cuda in the file of its rungs: the one list of
 * them. ladders.h makes declarations of it, module.cu the table that the program sees. */
/* dense.cu */
LADDER(dense_forward)
LADDER(dense_backward_dx)
LADDER(dense_backward_dw)
/* dense_relu.cu */
LADDER(dense_relu_forward)
LADDER(dense_relu_backward_dx)
/* softmax.cu */
LADDER(softmax_forward)
LADDER(softmax_backward)
/* activation.cu, activation_exp.cu, activation_gelu.cu */
#define ACTIVATION(f, ...) LADDER(f##_forward) LADDER(f##_backward) LADDER(f##_with_derivative)
#define ACTIVATION_WITH    ACTIVATION
#include "../ops/activations.h"
#undef ACTIVATION
#undef ACTIVATION_WITH
/* loss.cu */
#define LOSS(f, ...) LADDER(f##_forward) LADDER(f##_backward) LADDER(f##_with_gradient)
#define LOSS_WITH    LOSS
#include "../ops/losses.h"
#undef LOSS
#undef LOSS_WITH
/* xent.cu */
LADDER(xent_forward)
LADDER(xent_backward)
LADDER(xent_with_gradient)
LADDER(xent_soft_forward)
LADDER(xent_soft_backward)
LADDER(xent_soft_with_gradient)
LADDER(softmax_xent_forward)
LADDER(softmax_xent_backward)
/* optimizer.cu */
LADDER(sgd_step)
LADDER(momentum_step)
LADDER(adam_step)
LADDER(adamw_step)
LADDER(adam_step_many)
LADDER(adamw_clipped_step)
/* decay.cu */
LADDER(l2_penalty_backward)
LADDER(l1_penalty_backward)
LADDER(elastic_penalty_backward)
LADDER(sgd_decay_step)
LADDER(weight_decay_step)
LADDER(soft_threshold)
LADDER(elastic_net)
/* clip.cu */
LADDER(clip_norm)
LADDER(clip_value)
/* dropout.cu */
LADDER(dropout_forward)
LADDER(dropout_backward)
LADDER(dropout_backward_recomputed)
/* pool.cu */
LADDER(maxpool_forward)
LADDER(maxpool_backward)
/* conv.cu */
LADDER(conv2d_forward)
LADDER(conv2d_backward_dx)
LADDER(conv2d_backward_dw)
/* conv_relu.cu */
LADDER(conv2d_relu_forward)
LADDER(conv2d_relu_backward_dx)
