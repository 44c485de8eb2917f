/* optimizer.c - the optimizers' CPU ladders. */
#include "../op.h"
#include "../../reference/reference.h"
#include "ladder_tables.h"
#include "ladders.h"

const struct rung sgd_step_cpu[] = {
    NAIVE(sgd_step),
    { 0 },
};

const struct rung momentum_step_cpu[] = {
    NAIVE(momentum_step),
    { 0 },
};

const struct rung rmsprop_step_cpu[] = {
    NAIVE(rmsprop_step),
    { 0 },
};

const struct rung adagrad_step_cpu[] = {
    NAIVE(adagrad_step),
    { 0 },
};

const struct rung adadelta_step_cpu[] = {
    NAIVE(adadelta_step),
    { 0 },
};

const struct rung lion_step_cpu[] = {
    NAIVE(lion_step),
    { 0 },
};
