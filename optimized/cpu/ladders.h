/* ladders.h - the CPU ladder of every operation, each defined at the end of the file of its rungs. */
#ifndef RUNGS_LADDERS_H
#define RUNGS_LADDERS_H

#include "../rung.h"

/* dense.c */
extern const struct rung dense_forward_cpu[], dense_backward_dx_cpu[], dense_backward_dw_cpu[];
/* dense_relu.c */
extern const struct rung dense_relu_forward_cpu[], dense_relu_backward_dx_cpu[];
/* activation.c */
extern const struct rung relu_forward_cpu[], relu_backward_cpu[], leaky_relu_forward_cpu[],
    leaky_relu_backward_cpu[], sigmoid_forward_cpu[], sigmoid_backward_cpu[], tanh_forward_cpu[],
    tanh_backward_cpu[];
/* activation_exp.c */
extern const struct rung elu_forward_cpu[], elu_backward_cpu[], softplus_forward_cpu[],
    softplus_backward_cpu[], silu_forward_cpu[], silu_backward_cpu[];
/* activation_gelu.c */
extern const struct rung gelu_forward_cpu[], gelu_backward_cpu[], gelu_tanh_forward_cpu[],
    gelu_tanh_backward_cpu[];
/* softmax.c */
extern const struct rung softmax_forward_cpu[], softmax_backward_cpu[];
/* loss.c */
extern const struct rung softmax_xent_forward_cpu[], softmax_xent_backward_cpu[], mse_forward_cpu[],
    mse_backward_cpu[];
/* optimizer.c */
extern const struct rung sgd_step_cpu[];

#endif
