/* softmax.c - the CPU ladders of softmax as an activation: so far the reference itself. */
#include "../op.h"
#include "../../reference/reference.h"
#include "ladders.h"

#define NAIVE(op)                                                                \
    const struct rung op##_cpu[] = {                                             \
        { "00_naive", RUN(op, op##_f32), NEED_NONE, "the reference, in float" }, \
        { 0 },                                                                   \
    }

NAIVE(softmax_forward);
NAIVE(softmax_backward);
