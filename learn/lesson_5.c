/* lesson_5.c - the exercises on weight decay; see learn.h. */
#include "lessons.h"

const struct exercise lesson_5[] = {
    {
        .number = "5.1",
        .name = "three_decays",
        .minutes = 15,
        .file = "5.1_three_decays.c",
        .reference = "reference/decay.c",
        .function = { "l2_penalty_backward", "sgd_decay_step", "weight_decay_step" },
        .property = one_decay_for_sgd,
        .stub = GATE_GRADIENT,
        .set = { "lr=0.1 wd=0.5" },
        .hint = { "lambda / 2 times w^2 has the slope lambda w, and all that follows multiplies it: dloss.",
                  "Coupled: put wd w beside dw before the rate multiplies both.",
                  "Decoupled: w[k] *= (real)(1 - lr * wd); there is no dw in it at all." },
        .insight =
            "the place matters where the step is not linear: Adam divides a decay in its gradient away",
        .section = "lesson 5, Derivation",
    },
    {
        .number = "5.2",
        .name = "exact_zeros",
        .minutes = 10,
        .file = "5.2_exact_zeros.c",
        .reference = "reference/decay.c",
        .function = { "soft_threshold" },
        .stub = GATE_VALUES,
        .set = { "lr=0.1 lambda=2", "lambda=0" },
        /* on both sides of the threshold 0.5 * 0.4, and what is not to stay as a tiny number */
        EDGE(-1, -0.25F, -0.19F, -1e-3F, -1e-30F, -0.0F, 0, 1e-30F, 1e-3F, 0.19F, 0.25F, 1),
        .hint = { "Three cases: above the threshold, below minus the threshold, and between them.",
                  "Above it w - t, below it w + t: towards 0, by t, from both sides.",
                  "w[k] = w[k] > t ? w[k] - t : w[k] < -t ? w[k] + t : 0;" },
        .insight = "a proximal step, not a subgradient: zeros are exact, and stay",
        .section = "lesson 5, Derivation",
    },
    {
        .number = "5.3",
        .name = "who_decays",
        .minutes = 10,
        .file = "5.3_who_decays.c",
        .reference = "learn/own.c",
        .function = { "spared_step" },
        .property = norms_stay,
        .stub = GATE_PROPERTY,
        .hint = { "A loop over tensors around the loop over their numbers: tensor t begins at w + t * D.",
                  "Which factor of w is right for a tensor of rank 1, and what of its gradient?",
                  "keep = rank[t] >= 2 ? 1 - lr * wd : 1;   w = keep * w - lr * dw" },
        .insight =
            "parameters differ: shrinking a matrix weakens what it amplifies, shrinking a bias moves the answer",
        .section = "lesson 5, The naive C",
    },
    { 0 },
};
