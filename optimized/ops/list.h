/* list.h - the operations: the one list of them, in the order in which they are shown. list.c makes ops[] of
 * it, op.h the types of their rungs, cpu/ladders.h the declarations of their ladders.
 *
 * Each is a `const struct op op_NAME` in a file of this folder. Those that reference/ has no function of that
 * name for are OP_WITHOUT_REFERENCE, which is OP if the includer does not care. */
#ifndef OP_WITHOUT_REFERENCE
#define OP_WITHOUT_REFERENCE OP
#define OP_ALIKE
#endif
OP(dense_forward)
OP(dense_backward_dx)
OP(dense_backward_dw)
OP(dense_relu_forward)
OP(dense_relu_backward_dx)
#define ACTIVATION(f, ...) OP(f##_forward) OP(f##_backward) OP_WITHOUT_REFERENCE(f##_with_derivative)
#define ACTIVATION_WITH    ACTIVATION
#include "activations.h"
#undef ACTIVATION
#undef ACTIVATION_WITH
OP(softmax_forward)
OP(softmax_backward)
OP(softmax_xent_forward)
OP(softmax_xent_backward)
#define THREE(f)     OP(f##_forward) OP(f##_backward) OP(f##_with_gradient)
#define LOSS(f, ...) THREE(f)
#define LOSS_WITH    LOSS
#include "losses.h"
#undef LOSS
#undef LOSS_WITH
THREE(xent)
THREE(xent_soft)
#undef THREE
OP(conv2d_forward)
OP(conv2d_backward_dx)
OP(conv2d_backward_dw)
OP(conv2d_relu_forward)
OP(conv2d_relu_backward_dx)
OP(conv2d_transposed_forward)
OP(conv2d_transposed_backward_dx)
OP(conv2d_transposed_backward_dw)
OP(maxpool_forward)
OP(maxpool_backward)
OP(avgpool_forward)
OP(avgpool_backward)
OP(global_avgpool_forward)
OP(global_avgpool_backward)
OP(dropout_forward)
OP(dropout_backward)
OP(batch_norm_forward)
OP(batch_norm_eval)
OP(batch_norm_backward)
OP(batch_norm_update)
OP(dropout_backward_recomputed)
OP(dropout_bytes_forward)
OP(dropout_bytes_backward)
OP(dropout_channels_forward)
OP(dropout_channels_backward)
OP(bias_relu_dropout_forward)
OP(bias_relu_dropout_backward)
OP(dropconnect_forward)
OP(dropconnect_backward_dx)
OP(dropconnect_backward_dw)
OP(clip_norm)
OP(clip_value)
OP(sgd_step)
OP(dense_sgd_step)
OP(momentum_step)
OP(rmsprop_step)
OP(adagrad_step)
OP(adadelta_step)
OP(lion_step)
OP(adam_step)
OP(adamw_step)
OP(adam_step_many)
OP(adamw_clipped_step)
OP(amsgrad_step)
OP(nadam_step)
OP(schedule_free_step)
OP(newton_schulz)
OP(muon_step)
OP(l2_penalty_forward)
OP(l2_penalty_backward)
OP(l1_penalty_forward)
OP(l1_penalty_backward)
OP(elastic_penalty_forward)
OP(elastic_penalty_backward)
OP(sgd_decay_step)
OP(weight_decay_step)
OP(soft_threshold)
OP(elastic_net)
OP(max_norm)
#ifdef OP_ALIKE
#undef OP_WITHOUT_REFERENCE
#undef OP_ALIKE
#endif
