/* optimizer_kinds.c - the optimizers; see optimizer.h. */
#include "optimizer.h"

static const char *const rmsprop_more[] = { "centered", "mu", NULL };

const struct optimizer_kind optimizer_sgd = { "sgd_step", 0, 0, NULL, NULL },
                            optimizer_momentum = { "momentum_step", 1, 0, NULL, NULL },
                            optimizer_rmsprop = { "rmsprop_step", 1, 0, NULL, rmsprop_more },
                            optimizer_adagrad = { "adagrad_step", 1, 0, NULL, NULL },
                            optimizer_adadelta = { "adadelta_step", 2, 0, NULL, NULL },
                            optimizer_adam = { "adam_step", 2, 0, NULL, NULL },
                            optimizer_adamw = { "adamw_step", 2, 0, NULL, NULL },
                            optimizer_amsgrad = { "amsgrad_step", 3, 0, NULL, NULL },
                            optimizer_nadam = { "nadam_step", 2, 0, NULL, NULL },
                            optimizer_lion = { "lion_step", 1, 0, NULL, NULL },
                            optimizer_muon = { "muon_step", 2, 0, "adam_step", NULL },
                            optimizer_schedule_free = { "schedule_free_step", 3, 1, NULL, NULL };

int optimizer_states(const struct net_line *line)
{
    const struct optimizer_kind *kind = line->choice->optimizer;
    int states = kind->states;
    for (const char *const *more = kind->more; more && *more; more++)
        states += net_line_number(line, *more) > 0;
    return states;
}
