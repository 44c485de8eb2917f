/* loss.c - the losses' CPU ladders: so far the reference itself. */
#include "../op.h"
#include "../../reference/reference.h"
#include "ladders.h"

const struct rung softmax_xent_forward_cpu[] = {
    { "00_naive", RUN(softmax_xent_forward, softmax_xent_forward_f32), NEED_NONE, "the reference, in float" },
    { 0 },
};

const struct rung softmax_xent_backward_cpu[] = {
    { "00_naive", RUN(softmax_xent_backward, softmax_xent_backward_f32), NEED_NONE,
      "the reference, in float" },
    { 0 },
};

const struct rung mse_forward_cpu[] = {
    { "00_naive", RUN(mse_forward, mse_forward_f32), NEED_NONE, "the reference, in float" },
    { 0 },
};

const struct rung mse_backward_cpu[] = {
    { "00_naive", RUN(mse_backward, mse_backward_f32), NEED_NONE, "the reference, in float" },
    { 0 },
};
