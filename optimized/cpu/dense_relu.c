/* dense_relu.c - the CPU ladder of a dense layer fused with the ReLU beside it. */
#include "../op.h"
#include "../../reference/reference.h"
#include "ladders.h"

const struct rung dense_relu_forward_cpu[] = {
    { "00_naive", RUN(dense_relu_forward, dense_relu_forward_f32), NEED_NONE, "the reference, in float" },
    { 0 },
};

const struct rung dense_relu_backward_dx_cpu[] = {
    { "00_naive", RUN(dense_relu_backward_dx, dense_relu_backward_dx_f32), NEED_NONE,
      "the reference, in float" },
    { 0 },
};
