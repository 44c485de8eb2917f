/* lesson_6.c - the exercises on dropout; see learn.h. */
#include "judged.h"
#include "lessons.h"

const struct exercise lesson_6[] = {
    {
        .number = "6.1",
        .name = "inverted",
        .minutes = 10,
        .file = "6.1_inverted.c",
        .reference = "learn/own.c",
        .also = "reference/dropout.c",
        .function = { "inverted_forward", "dropout_backward" },
        .helper = { "kept" },
        .property = mean_stays,
        .stub = GATE_PROPERTY,
        .set = { "p=0", "p=1" },
        .hint = { "Of ones with p = 0.3 the mean is 0.7. What makes it 1 again?",
                  "x / (1 - p) for what is kept; for what is dropped 0, and not 0 times x.",
                  "backward: dx[k] = mask[k / 32] >> k % 32 & 1 ? dy[k] / (real)(1 - p) : 0;" },
        .insight =
            "what is rescaled in training needs nothing afterwards: the mean stays, and the variance grows",
        .section = "lesson 6, Derivation",
    },
    {
        .number = "6.2",
        .name = "philox",
        .minutes = 20,
        .file = "6.2_philox.c",
        .reference = "learn/own.c",
        .also = "reference/philox.c",
        .function = { "philox_blocks" },
        .helper = { "philox4x32" },
        .property = published_words,
        .stub = GATE_PROPERTY,
        .hint = { "Copy counter and key into six variables, and put the round into a loop of ten.",
                  "The key grows after each round, so the first round has the key as it was given.",
                  "Write the four words in an order in which no old one is needed after it was written: c0 from q and "
                  "c1, c2 from p and c3, then c1 = low of q, c3 = low of p." },
        .insight =
            "randomness as a function: no state, so no order, no lock, and the same numbers on every machine",
        .section = "lesson 6, The naive C",
    },
    {
        .number = "6.5",
        .name = "same_everywhere",
        .kind = EXERCISE_KERNEL,
        .minutes = 15,
        .file = "6.5_same_everywhere.cu",
        .function = { "dropout_forward" },
        .stub = GATE_VALUES,
        .set = { "p=0", "p=0.5 seed=7" },
        .kernel = &same_everywhere,
        .hint = { "What does a thread know that is the same in every grid?",
                  "The number of the element. `next` counts what the thread has drawn, and that is another one in another grid.",
                  "is_kept(seed, (uint64_t)k, below), and no counter at all" },
        .insight =
            "counters, not states: random numbers that are a function of their place are the same in every order",
        .section = "lesson 6, On the GPU",
    },
    {
        .number = "6.6",
        .name = "twin_masks",
        .kind = EXERCISE_TEST,
        .minutes = 30,
        .file = "6.6_twin_masks.c",
        .reference = "learn/solutions/6.6_twin_masks.c",
        .function = { "twin_masks" },
        .judged = &judged_masks,
        .stub = GATE_VERDICTS,
        .hint = { "Compare every mask with every other one, of whatever layer and step; and in each mask every thread with "
                  "every other one.",
                  "Masks may keep any share: take the correlation, (both - p q) / sqrt(p (1 - p) q (1 - q)), times sqrt(n). "
                  "For independent masks that is a normal number, and of either sign.",
                  "496 pairs of masks and 32 times 120 of threads: that one of them is beyond 6.6 happens by chance once in "
                  "5 million tests; a twin among 256 is at 16." },
        .insight = "whoever compares many pairs must ask more of each: luck is part of independence",
        .section = "lesson 6, Check it",
    },
    { 0 },
};
