/* activation.c - the activations' CPU ladders: so far the reference itself, forward and derivative. */
#include "../op.h"
#include "../../reference/reference.h"
#include "ladders.h"

const struct rung relu_forward_cpu[] = {
    { "00_naive", RUN(relu_forward, relu_forward_f32), NEED_NONE, "the reference, in float" },
    { 0 },
};

const struct rung relu_backward_cpu[] = {
    { "00_naive", RUN(relu_backward, relu_backward_f32), NEED_NONE, "the reference, in float" },
    { 0 },
};

const struct rung sigmoid_forward_cpu[] = {
    { "00_naive", RUN(sigmoid_forward, sigmoid_forward_f32), NEED_NONE, "the reference, in float" },
    { 0 },
};

const struct rung sigmoid_backward_cpu[] = {
    { "00_naive", RUN(sigmoid_backward, sigmoid_backward_f32), NEED_NONE, "the reference, in float" },
    { 0 },
};

const struct rung tanh_forward_cpu[] = {
    { "00_naive", RUN(tanh_forward, tanh_forward_f32), NEED_NONE, "the reference, in float" },
    { 0 },
};

const struct rung tanh_backward_cpu[] = {
    { "00_naive", RUN(tanh_backward, tanh_backward_f32), NEED_NONE, "the reference, in float" },
    { 0 },
};
