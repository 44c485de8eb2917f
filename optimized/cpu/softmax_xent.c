/* softmax_xent.c - the CPU ladders of softmax and cross-entropy of rows, p kept. */
#include "../op.h"
#include "../../reference/reference.h"
#include "ladders.h"

#define NAIVE(op)                                                           \
    {                                                                       \
        "00_naive", RUN(op, op##_f32), NEED_NONE, "the reference, in float" \
    }

const struct rung softmax_xent_forward_cpu[] = { NAIVE(softmax_xent_forward), { 0 } };
const struct rung softmax_xent_backward_cpu[] = { NAIVE(softmax_xent_backward), { 0 } };
