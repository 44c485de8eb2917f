/* optimizer_kinds.c - the optimizers; see optimizer.h. */
#include "optimizer.h"

const struct optimizer_kind optimizer_sgd = { "sgd_step", 0, 0 },
                            optimizer_momentum = { "momentum_step", 1, 0 },
                            optimizer_rmsprop = { "rmsprop_step", 1, 0 },
                            optimizer_adagrad = { "adagrad_step", 1, 0 },
                            optimizer_adadelta = { "adadelta_step", 2, 0 },
                            optimizer_adam = { "adam_step", 2, 0 }, optimizer_adamw = { "adamw_step", 2, 0 },
                            optimizer_amsgrad = { "amsgrad_step", 3, 0 },
                            optimizer_nadam = { "nadam_step", 2, 0 }, optimizer_lion = { "lion_step", 1, 0 },
                            optimizer_schedule_free = { "schedule_free_step", 3, 1 };
