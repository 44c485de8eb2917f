/* lesson_5.c - the exercises on weight decay; see learn.h. */
#include "lessons.h"

const struct exercise lesson_5[] = {
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
    { 0 },
};
