/* lesson_3.c - the exercises on losses; see learn.h. */
#include "judged.h"
#include "lessons.h"

#include <math.h>

const struct exercise lesson_3[] = {
    {
        .number = "3.1",
        .name = "softmax_safe",
        .minutes = 15,
        .file = "3.1_softmax_safe.c",
        .reference = "reference/softmax.c",
        .also = "learn/own.c",
        .function = { "softmax_forward", "logsumexp" },
        .property = far_rows,
        .stub = GATE_EDGES,
        /* exp of them is infinite, or 0 for all but one. The largest is not the first; a row has nothing near
         * 0, or near the largest of the other rows. */
        EDGE(-1000, 999, 1000, 0, -INFINITY, 1000, -1001, -1000, -1002, -INFINITY, -1500, -1001, 20, -20, 0,
             19, -1000, 1),
        .edge_rows = 3,
        .hint = { "exp(x - m) / sum of exp(x - m) is the same for every m. Which one keeps exp at 1 or below?",
                  "With the row's largest logit one term is exp(0) = 1: the sum is never 0 and never infinite.",
                  "m = x[0]; for (c = 1; c < C; c++) if (x[c] > m) m = x[c];   then exp(x[c] - m). The logarithm: m + log(sum), "
                  "or m itself where m is infinite." },
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
        .helper = { "less_one" },
        .stub = GATE_GRADIENT,
        .hint = { "p - onehot(label) is the gradient of one row's loss. What is the loss of all rows?",
                  "A mean over N rows passes 1/N to each of them: dz[c] = *dloss * (p[c] - (c == label[n])) / N.",
                  "Wrong in a few of 900? There p is near 1: p[label] - 1 is minus the sum of the row's other p." },
        .insight = "two functions that are ill by themselves have a simple gradient together",
        .section = "lesson 3, Derivation",
    },
    {
        .number = "3.3",
        .name = "bce_logits",
        .minutes = 15,
        .file = "3.3_bce_logits.c",
        .reference = "reference/loss_real.c",
        .function = { "bce_logits_forward", "bce_logits_backward" },
        .helper = { "bce_logits", "bce_logits_derivative" },
        .property = far_logits,
        .stub = GATE_PROPERTY,
        .set = { "reduction=none", "reduction=sum" },
        .hint = { "Put p into -log p: it is log(1 + exp(-z)), and 1 - p is 1 / (1 + exp(z)). Which of the two exp is safe?",
                  "For z > 0: z (1 - t) + log1p(exp(-z)); else -z t + log1p(exp(z)). exp sees nothing above 0, log1p "
                  "keeps small digits.",
                  "The slope likewise, with e = exp(-|z|) and q = e / (1 + e): for z > 0 it is (1 - t) - q, else q - t." },
        .insight = "never form 1 - p: the logit has the digits that p has lost",
        .section = "lesson 3, Derivation",
    },
    {
        .number = "3.4",
        .name = "one_pass",
        .kind = EXERCISE_RUNG,
        .minutes = 20,
        .file = "3.4_one_pass.c",
        .reference = "learn/rungs.c",
        .function = { "softmax_forward" },
        .written = "row",
        .stub = GATE_COUNTS,
        /* rows that begin with what is below every number, and one whose largest comes last */
        EDGE(-INFINITY, 999, 1000, -INFINITY, -1001, -1000, -1000, 0, 1000),
        .edge_rows = 3,
        .counted = "2x50000",
        .count = COUNT_BYTES,
        .most = 18,
        .hint = { "Keep m and the sum of exp(x - m) of what was read so far. What does a larger number do to them?",
                  "if (x[c] > m) { sum *= expf(m - x[c]); m = x[c]; }   then sum += expf(x[c] - m);",
                  "Begin with m = -FLT_MAX and sum = 0: it is below every number, and no difference of infinities is taken." },
        .insight = "rescale what you have: a sum taken from the wrong maximum is off by one factor",
        .section = "lesson 3, Faster",
    },
    {
        .number = "3.6",
        .name = "false_friends",
        .kind = EXERCISE_TEST,
        .minutes = 25,
        .file = "3.6_false_friends.c",
        .reference = "learn/solutions/3.6_false_friends.c",
        .function = { "false_friends" },
        .judged = &judged_losses,
        .stub = GATE_VERDICTS,
        .hint = { "Three promises, three tests. The gradient first: move each logit by h, up and down.",
                  "A loss may keep its gradient and break the mean: compare the loss of five rows with the mean of five "
                  "losses of one row each, all rows different.",
                  "Logits of about 3, of both signs: near 0 some kinds look like others. h = 1e-5, tolerance 1e-6. "
                  "And a row of 1000, -1000, 0 for finite(loss)." },
        .insight =
            "a falling loss is no proof, and neither is a right gradient: it may be that of another loss",
        .section = "lesson 3, Check it",
    },
    { 0 },
};
