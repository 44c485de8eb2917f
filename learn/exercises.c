/* exercises.c - the one list of exercises, in the order of the course; see learn.h. */
#include "learn.h"

#include <math.h>
#include <string.h>

#include "../base/error.h"

const char *const gate_names[GATES] = {
    [GATE_COMPILE] = "compile", [GATE_GRADIENT] = "gradient", [GATE_VALUES] = "values",
    [GATE_EDGES] = "edges",     [GATE_RACE] = "race",         [GATE_NUMBERS] = "numbers"
};

/* where a comparison, an exp or a subtraction goes wrong: zeros, the largest x whose exp is finite, 1 - y
 * that has lost its digits, subnormal results */
static const float around_the_kink[] = {
    -INFINITY, -1, -1e-45F, -0.0F, 0, 1e-45F, 0.5F, 1e38F, INFINITY, NAN
};
static const float far_out[] = { -INFINITY, -104, -90, -89, -88, -20, -1e-8F,   0,
                                 1e-8F,     20,   88,  89,  90,  104, INFINITY, NAN };

/* exp of them is infinite, or 0 for all but one. The largest is not the first; a row has nothing near 0, or
 * near the largest of the other rows. */
static const float large_logits[] = { -1000,     999,   1000,  0,  -INFINITY, 1000, -1001, -1000, -1002,
                                      -INFINITY, -1500, -1001, 20, -20,       0,    19,    -1000, 1 };

/* on both sides of the threshold 0.5 * 0.4, and what is not to stay as a tiny number */
static const float around_the_threshold[] = { -1, -0.25F, -0.19F, -1e-3F, -1e-30F, -0.0F,
                                              0,  1e-30F, 1e-3F,  0.19F,  0.25F,   1 };

#define EDGE(values) .edge = (values), .edges = sizeof(values) / sizeof *(values)

const struct exercise exercises[] = {
    {
        .number = "1.1",
        .name = "one_neuron",
        .minutes = 10,
        .file = "1.1_one_neuron.c",
        .reference = "reference/dense.c",
        .function = { "dense_forward" },
        .stub = GATE_VALUES,
        .hint = { "Start the sum with the bias, and add one product per input.",
                  "Row n of x begins at x + n * IN, row o of w at w + o * IN: both rows are IN numbers long.",
                  "for (int i = 0; i < IN; i++) sum += x[n * IN + i] * w[o * IN + i];" },
        .insight =
            "row-major, and (OUT, IN): both operands of the inner loop are read one number after the other",
        .section = "lesson 1, The naive C",
    },
    {
        .number = "1.2",
        .name = "by_hand",
        .kind = EXERCISE_NUMBERS,
        .minutes = 15,
        .file = "1.2_by_hand.txt",
        .stub = GATE_NUMBERS,
        .answers = by_hand_answers,
        .hint = { "Forward first: z1 = 0.1 + 0.5 * 1 - 0.25 * 2, and a negative z becomes 0.",
                  "dL/dy = 2 (y - t). A weight's gradient is what comes back at its output times what went in.",
                  "da = dy w2. Where z was negative nothing goes further back." },
        .insight = "the chain rule is bookkeeping: each number is a product of two that are there already",
        .section = "lesson 1, By hand",
    },
    {
        .number = "1.3",
        .name = "dense_dw",
        .minutes = 15,
        .file = "1.3_dense_dw.c",
        .reference = "reference/dense.c",
        .function = { "dense_backward_dw" },
        .stub = GATE_GRADIENT,
        .hint = { "One weight serves every example of the batch: which loop is missing?",
                  "dw[o][i] is the sum over n of dy[n][o] x[n][i]. Nothing is divided by N: if the loss is a mean, "
                  "dy has that in it.",
                  "for (int n = 0; n < N; n++) sum += dy[n * OUT + o] * x[n * IN + i];" },
        .insight = "the shapes decide the formula: (OUT,IN) comes out of (N,OUT) and (N,IN) in one way only",
        .section = "lesson 1, Derivation",
    },
    {
        .number = "1.4",
        .name = "dense_dx",
        .minutes = 10,
        .file = "1.4_dense_dx.c",
        .reference = "reference/dense.c",
        .function = { "dense_backward_dx" },
        .stub = GATE_GRADIENT,
        .hint = { "Who reads x[n][i]? Every one of them sends something back.",
                  "dx[n][i] is the sum over o of dy[n][o] w[o][i].",
                  "for (int o = 0; o < OUT; o++) sum += dy[n * OUT + o] * w[o * IN + i];" },
        .insight =
            "a gradient is summed over whatever the number was shared by: x by the neurons, w by the examples",
        .section = "lesson 1, Derivation",
    },
    {
        .number = "1.8",
        .name = "partial_sums",
        .kind = EXERCISE_RUNG,
        .minutes = 20,
        .file = "1.8_partial_sums.c",
        .reference = "optimized/cpu/dense.c",
        .function = { "dense_forward" },
        .written = "dot_lanes",
        .stub = GATE_RACE,
        .race = "64x784x512",
        .reach = "01_order",
        .hint = { "An array of 16 floats, and a loop in the loop: the compiler turns the inner one into vectors.",
                  "for (; i + LANES <= n; i += LANES) for (int l = 0; l < LANES; l++) lane[l] += a[i + l] * b[i + l];",
                  "Then add up the lanes, and go on from i to n, one by one." },
        .insight = "latency against throughput: 16 sums are in flight at a time, where one waited for itself",
        .section = "lesson 1, Faster",
    },
    {
        .number = "1.9",
        .name = "register_tile",
        .kind = EXERCISE_RUNG,
        .minutes = 30,
        .file = "1.9_register_tile.c",
        .reference = "optimized/cpu/dense.c",
        .function = { "dense_forward" },
        .written = "forward_2x4",
        .stub = GATE_RACE,
        .race = "64x784x512",
        .reach = "02_tile",
        .hint = { "quad acc[2][4] = { 0 }; eight sums of four numbers each, and i goes on by 4.",
                  "Per step: one quad_at of each of the four rows of w, one of each of the two rows of x, eight products.",
                  "At the end b[o] + s[0] + s[1] + s[2] + s[3], and the last IN % 4 products one by one." },
        .insight = "reuse in registers: 6 loads for 8 multiply-adds where there were 16",
        .section = "lesson 1, Faster",
    },
    {
        .number = "2.1",
        .name = "relu_rules",
        .minutes = 10,
        .file = "2.1_relu_rules.c",
        .reference = "reference/activation.c",
        .function = { "relu_forward", "relu_backward" },
        .stub = GATE_EDGES,
        EDGE(around_the_kink),
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
        EDGE(far_out),
        .hint = { "There are two formulas for the same number. Each is safe on one side of 0.",
                  "Let e = exp(-|x|), which is in (0, 1]. For x > 0 the sigmoid is 1 / (1 + e).",
                  "and for x <= 0 it is e / (1 + e): numerator and denominator times exp(x)" },
        .insight = "two branches, one formula: exp only ever sees numbers that are not positive",
        .section = "lesson 2, By hand",
    },
    {
        .number = "3.1",
        .name = "softmax_safe",
        .minutes = 15,
        .file = "3.1_softmax_safe.c",
        .reference = "reference/softmax.c",
        .function = { "softmax_forward" },
        .stub = GATE_EDGES,
        EDGE(large_logits),
        .edge_rows = 3,
        .hint = { "exp(x - m) / sum of exp(x - m) is the same for every m. Which one keeps exp at 1 or below?",
                  "With the row's largest logit one term is exp(0) = 1: the sum is never 0 and never infinite.",
                  "m = x[0]; for (c = 1; c < C; c++) if (x[c] > m) m = x[c];   then exp(x[c] - m)" },
        .insight = "subtract the largest: the smallest change that makes every row finite",
        .section = "lesson 3, By hand",
    },
    {
        .number = "3.2",
        .name = "softmax_ce_grad",
        .minutes = 15,
        .file = "3.2_softmax_ce_grad.c",
        .reference = "reference/loss.c",
        .function = { "softmax_xent_backward" },
        .helper = "less_one",
        .stub = GATE_GRADIENT,
        .hint = { "p - onehot(label) is the gradient of one row's loss. What is the loss of all rows?",
                  "A mean over N rows passes 1/N to each of them: dz[c] = *dloss * (p[c] - (c == label[n])) / N.",
                  "Wrong in a few of 900? There p is near 1: p[label] - 1 is minus the sum of the row's other p." },
        .insight = "two functions that are ill by themselves have a simple gradient together",
        .section = "lesson 3, Derivation",
    },
    {
        .number = "4.2",
        .name = "adam_exact",
        .minutes = 15,
        .file = "4.2_adam_exact.c",
        .reference = "reference/adam.c",
        .function = { "adam_step" },
        .helper = "correction",
        .stub = GATE_VALUES,
        .set = { "eps=0.1 t=1", "t=65537" },
        .hint = { "After the first step m is (1 - beta1) dw: a tenth of the gradient. What brings it back to dw?",
                  "c1 = 1 - beta1^t and c2 = 1 - beta2^t, in double: pow of <math.h> will do.",
                  "w[k] -= lr * (m[k] / c1) / (sqrt(v[k] / c2) + eps), and m and v stay as they are" },
        .insight =
            "eps is outside of the root and behind the correction: three other places give other optimizers",
        .section = "lesson 4, The naive C",
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
        EDGE(around_the_threshold),
        .hint = { "Three cases: above the threshold, below minus the threshold, and between them.",
                  "Above it w - t, below it w + t: towards 0, by t, from both sides.",
                  "w[k] = w[k] > t ? w[k] - t : w[k] < -t ? w[k] + t : 0;" },
        .insight = "a proximal step, not a subgradient: zeros are exact, and stay",
        .section = "lesson 5, Derivation",
    },
    { 0 },
};

const struct exercise *exercise_find(const char *name)
{
    for (const struct exercise *e = exercises; e->number; e++) {
        size_t n = strlen(e->number);
        if (!strcmp(name, e->number) || !strcmp(name, e->name)) return e;
        if (!strncmp(name, e->number, n) && name[n] == '_' && !strcmp(name + n + 1, e->name)) return e;
    }
    return NULL;
}

const struct op *exercise_op(const struct exercise *e, const struct op *op, int k)
{
    char error[ERROR_TEXT];
    if (k == 0) return op;
    return k <= MOST_SETS && e->set[k - 1] ? op_with(op, e->set[k - 1], error) : NULL;
}
