/* lesson_4.c - the exercises on optimizers; see learn.h. */
#include "lessons.h"

const struct exercise lesson_4[] = {
    {
        .number = "4.2",
        .name = "adam_exact",
        .minutes = 15,
        .file = "4.2_adam_exact.c",
        .reference = "reference/adam.c",
        .function = { "adam_step" },
        .helper = { "correction" },
        .stub = GATE_VALUES,
        .set = { "eps=0.1 t=1", "t=65537" },
        .hint = { "After the first step m is (1 - beta1) dw: a tenth of the gradient. What brings it back to dw?",
                  "c1 = 1 - beta1^t and c2 = 1 - beta2^t, in double: pow of <math.h> will do.",
                  "w[k] -= lr * (m[k] / c1) / (sqrt(v[k] / c2) + eps), and m and v stay as they are" },
        .insight =
            "eps is outside of the root and behind the correction: three other places give other optimizers",
        .section = "lesson 4, The naive C",
    },
    { 0 },
};
