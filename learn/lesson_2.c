/* lesson_2.c - the exercises on activations; see learn.h. */
#include "lessons.h"
#include "property.h"

#include <math.h>

const struct exercise lesson_2[] = {
    {
        .number = "2.1",
        .name = "relu_rules",
        .minutes = 10,
        .file = "2.1_relu_rules.c",
        .reference = "reference/activation.c",
        .function = { "relu_forward", "relu_backward" },
        .stub = GATE_EDGES,
        /* on both sides of the comparison, and what it makes of a NaN */
        EDGE(-INFINITY, -1, -1e-45F, -0.0F, 0, 1e-45F, 0.5F, 1e38F, INFINITY, NAN),
        .hint = { "x > 0 and x <= 0 are both false for a NaN. Which branch does it take, and which should it?",
                  "Forward: ask for what becomes 0, and let everything else through.",
                  "y[k] = x[k] <= 0 ? 0 : x[k];   and at y = 0 the derivative is 0: y[k] > 0 ? dy[k] : 0" },
        .insight = "the derivative at a kink is a choice, and a comparison decides what becomes of a NaN",
        .section = "lesson 2, The naive C",
    },
    {
        .number = "2.2",
        .name = "sigmoid_safe",
        .minutes = 15,
        .file = "2.2_sigmoid_safe.c",
        .reference = "reference/activation.c",
        .function = { "sigmoid_forward", "sigmoid_backward" },
        .stub = GATE_EDGES,
        /* the largest x whose exp is finite, 1 - y that has lost its digits, subnormal results */
        EDGE(-INFINITY, -104, -90, -89, -88, -20, -1e-8F, 0, 1e-8F, 20, 88, 89, 90, 104, INFINITY, NAN),
        .hint = { "There are two formulas for the same number. Each is safe on one side of 0.",
                  "Let e = exp(-|x|), which is in (0, 1]. For x > 0 the sigmoid is 1 / (1 + e).",
                  "and for x <= 0 it is e / (1 + e): numerator and denominator times exp(x)" },
        .insight = "two branches, one formula: exp only ever sees numbers that are not positive",
        .section = "lesson 2, By hand",
    },
    {
        .number = "2.3",
        .name = "tanh_slope",
        .kind = EXERCISE_NUMBERS,
        .minutes = 15,
        .file = "2.3_tanh_slope.txt",
        .stub = GATE_NUMBERS,
        .answers = tanh_slope_answers,
        .hint = { "1 - y^2 = (1 - y) (1 + y), and 1 + y is 2.",
                  "1 - y is 3.046e-8, and as a float either 0 or 6e-8: which is nearer? The slope is off by as much. In "
                  "double 1 - y is off by half of 1.1e-16 at most, of 3.046e-8.",
                  "y is 1 from where 1 - tanh(x) = 2 exp(-2 x) is below a quarter of 1.2e-7." },
        .insight =
            "cancellation loses no digit of y, it shows that they were never there: only x still has them",
        .section = "lesson 2, Check it",
    },
    {
        .number = "2.4",
        .name = "own_exp",
        .kind = EXERCISE_RUNG,
        .minutes = 30,
        .file = "2.4_own_exp.c",
        .reference = "optimized/cpu/exp_portable.h",
        .function = { "sigmoid_forward" },
        .written = "exp_polynomial",
        .helper = { "power_of_two", "scaled", "exp_parts" },
        .property = exp_in_ulp,
        .stub = GATE_COUNTS,
        .counted = "10000",
        .count = COUNT_PER_ELEMENT,
        .most = 10,
        .race = "100000",
        .reach = "01_polynomial",
        .hint = { "float shifted = x * LOG2_E + 0x1.8p23f, rounded = shifted - 0x1.8p23f; the number n is in the "
                  "lowest bits of shifted, which memcpy makes an int32_t of.",
                  "r = x - rounded * LN2_HIGH - rounded * LN2_LOW, then the polynomial from its innermost bracket out.",
                  "2^n with n down to -150 is two factors, 2^(n >> 1) and 2^(n - (n >> 1)): only the last product "
                  "rounds. First x = x < EXP_LOWEST ? EXP_LOWEST : x." },
        .insight = "range reduction and a polynomial: what has no call and no branch becomes vectors",
        .section = "lesson 2, Faster",
    },
    {
        .number = "2.6",
        .name = "twenty_layers",
        .kind = EXERCISE_NUMBERS,
        .minutes = 15,
        .file = "2.6_twenty_layers.txt",
        .stub = GATE_NUMBERS,
        .answers = twenty_layers_answers,
        .hint = { "w^T with variance 1 / 128 sums 128 terms: on average it keeps the norm. Only the slopes count.",
                  "ReLU lets half of the squares through: the norm loses the root of a half per layer, 19 times.",
                  "The sigmoid's slope is y (1 - y). Average its square over normal z of variance 0.29, by a loop over "
                  "z or by hand with 1/4 - z^2/16 + z^4/96; the root is below 1/4. Then the 19th power." },
        .insight = "vanishing is a product: six per cent more per layer are two thirds after nineteen",
        .section = "lesson 2, Experiment",
    },
    { 0 },
};
