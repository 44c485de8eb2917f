/* activation_more.c - the CPU ladders of lesson 2's other activations: so far the reference itself. */
#include "../op.h"
#include "../../reference/reference.h"
#include "ladders.h"

#define NAIVE(op)                                                                \
    const struct rung op##_cpu[] = {                                             \
        { "00_naive", RUN(op, op##_f32), NEED_NONE, "the reference, in float" }, \
        { 0 },                                                                   \
    }

NAIVE(leaky_relu_forward);
NAIVE(leaky_relu_backward);
NAIVE(elu_forward);
NAIVE(elu_backward);
NAIVE(softplus_forward);
NAIVE(softplus_backward);
NAIVE(gelu_forward);
NAIVE(gelu_backward);
NAIVE(gelu_tanh_forward);
NAIVE(gelu_tanh_backward);
NAIVE(silu_forward);
NAIVE(silu_backward);
NAIVE(softmax_forward);
NAIVE(softmax_backward);
