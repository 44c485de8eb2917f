/* optimizer_kinds.c - the optimizers; see optimizer.h. */
#include "optimizer.h"

const struct optimizer_kind optimizer_sgd = { "sgd_step", 0 }, optimizer_adam = { "adam_step", 2 };
