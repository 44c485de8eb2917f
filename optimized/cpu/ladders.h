/* ladders.h - the CPU ladder of every operation, each defined at the end of the file of its rungs. */
#ifndef RUNGS_LADDERS_H
#define RUNGS_LADDERS_H

#include "../rung.h"

/* dense.c */
extern const struct rung dense_forward_cpu[], dense_backward_dx_cpu[], dense_backward_dw_cpu[];
/* dense_relu.c */
extern const struct rung dense_relu_forward_cpu[], dense_relu_backward_dx_cpu[];
/* activation.c */
#define ACTIVATION(f, ...) \
    extern const struct rung f##_forward_cpu[], f##_backward_cpu[], f##_with_slope_cpu[];
#define ACTIVATION_WITH ACTIVATION
#include "../ops/activations.h"
#undef ACTIVATION
#undef ACTIVATION_WITH
/* softmax.c */
extern const struct rung softmax_forward_cpu[], softmax_backward_cpu[];
/* loss.c */
#define LOSS(f, ...) extern const struct rung f##_forward_cpu[], f##_backward_cpu[], f##_with_gradient_cpu[];
#define LOSS_WITH    LOSS
#include "../ops/losses.h"
#undef LOSS
#undef LOSS_WITH
/* xent.c */
extern const struct rung xent_forward_cpu[], xent_backward_cpu[], xent_with_gradient_cpu[];
extern const struct rung xent_soft_forward_cpu[], xent_soft_backward_cpu[], xent_soft_with_gradient_cpu[];
/* softmax_xent.c */
extern const struct rung softmax_xent_forward_cpu[], softmax_xent_backward_cpu[];
/* optimizer.c */
extern const struct rung sgd_step_cpu[];

#endif
