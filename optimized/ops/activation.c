/* activation.c - activations of n elements, forward and derivative at y. */
#include "parts.h"

CALLS(relu_forward, s[0], p[0], p[1])
CALLS(relu_backward, s[0], p[0], p[1], p[2])
CALLS(sigmoid_forward, s[0], p[0], p[1])
CALLS(sigmoid_backward, s[0], p[0], p[1], p[2])
CALLS(tanh_forward, s[0], p[0], p[1])
CALLS(tanh_backward, s[0], p[0], p[1], p[2])

#define LESSON       .lesson = "01"
#define FORWARD_ARGS .narg = 2, .arg = { { "x", ROLE_IN, 1, { 0 } }, { "y", ROLE_OUT, 1, { 0 } } }
#define BACKWARD_ARGS \
    .narg = 3,        \
    .arg = { { "y", ROLE_IN, 1, { 0 } }, { "dy", ROLE_IN, 1, { 0 } }, { "dx", ROLE_OUT, 1, { 0 } } }

const struct op op_relu_forward = {
    IDENTITY(relu_forward),
    LESSON,
    EACH,
    FORWARD_ARGS,
    .formula = "y = max(0, x)",
    .range = 4,
    .terms = four_terms,
    .bound = bound_relative,
};

const struct op op_relu_backward = {
    IDENTITY(relu_backward),
    LESSON,
    EACH,
    BACKWARD_ARGS,
    .formula = "dx = dy where y > 0, else 0",
    .range = 4,
    .terms = four_terms,
    .bound = bound_relative,
    .forward = "relu_forward",
};

const struct op op_sigmoid_forward = {
    IDENTITY(sigmoid_forward),
    LESSON,
    EACH,
    FORWARD_ARGS,
    .formula = "y = 1 / (1 + exp(-x))",
    .range = 20,
    .terms = eight_terms,
    .bound = bound_relative,
};

const struct op op_sigmoid_backward = {
    IDENTITY(sigmoid_backward),
    LESSON,
    EACH,
    BACKWARD_ARGS,
    .formula = "dx = dy y (1 - y)",
    .range = 4,
    .terms = four_terms,
    .bound = bound_relative,
    .forward = "sigmoid_forward",
};

const struct op op_tanh_forward = {
    IDENTITY(tanh_forward),
    LESSON,
    EACH,
    FORWARD_ARGS,
    .formula = "y = tanh(x)",
    .range = 8,
    .terms = eight_terms,
    .bound = bound_relative,
};

const struct op op_tanh_backward = {
    IDENTITY(tanh_backward),
    LESSON,
    EACH,
    BACKWARD_ARGS,
    .formula = "dx = dy (1 - y) (1 + y)",
    .range = 2,
    .terms = eight_terms,
    .bound = bound_relative,
    .forward = "tanh_forward",
};
