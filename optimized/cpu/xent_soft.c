/* xent_soft.c - the CPU ladders of cross-entropy of rows with soft labels. */
#include "../op.h"
#include "../../reference/reference.h"
#include "ladders.h"

#define NAIVE(op)                                                           \
    {                                                                       \
        "00_naive", RUN(op, op##_f32), NEED_NONE, "the reference, in float" \
    }

const struct rung xent_soft_forward_cpu[] = { NAIVE(xent_soft_forward), { 0 } };
const struct rung xent_soft_backward_cpu[] = { NAIVE(xent_soft_backward), { 0 } };
const struct rung xent_soft_with_gradient_cpu[] = { NAIVE(xent_soft_with_gradient), { 0 } };
