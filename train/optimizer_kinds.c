/* optimizer_kinds.c - the optimizers; see optimizer.h. */
#include "optimizer.h"

const struct optimizer_kind optimizer_sgd = { "sgd_step", 0, 0, NULL },
                            optimizer_momentum = { "momentum_step", 1, 0, NULL },
                            optimizer_rmsprop = { "rmsprop_step", 1, 0, NULL },
                            optimizer_adagrad = { "adagrad_step", 1, 0, NULL },
                            optimizer_adadelta = { "adadelta_step", 2, 0, NULL },
                            optimizer_adam = { "adam_step", 2, 0, NULL },
                            optimizer_adamw = { "adamw_step", 2, 0, NULL },
                            optimizer_amsgrad = { "amsgrad_step", 3, 0, NULL },
                            optimizer_nadam = { "nadam_step", 2, 0, NULL },
                            optimizer_lion = { "lion_step", 1, 0, NULL },
                            optimizer_muon = { "muon_step", 2, 0, "adam_step" },
                            optimizer_schedule_free = { "schedule_free_step", 3, 1, NULL };
