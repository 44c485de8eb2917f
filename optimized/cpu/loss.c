/* loss.c - the CPU ladders of the losses of n elements. */
#include "../op.h"
#include "../../reference/reference.h"
#include "ladders.h"

#define NAIVE(op)                                                           \
    {                                                                       \
        "00_naive", RUN(op, op##_f32), NEED_NONE, "the reference, in float" \
    }
#define LADDER(op) const struct rung op##_cpu[] = { NAIVE(op), { 0 } }
#define LOSS(f, ...)      \
    LADDER(f##_forward);  \
    LADDER(f##_backward); \
    LADDER(f##_with_gradient);
#define LOSS_WITH LOSS
#include "../ops/losses.h"
