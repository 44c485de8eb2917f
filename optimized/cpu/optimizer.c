/* optimizer.c - the optimizers' CPU ladders: so far the reference itself. */
#include "../op.h"
#include "../../reference/reference.h"
#include "ladders.h"

const struct rung sgd_step_cpu[] = {
    { "00_naive", RUN(sgd_step, sgd_step_f32), NEED_NONE, "the reference, in float" },
    { 0 },
};
