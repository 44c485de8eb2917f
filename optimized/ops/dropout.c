/* dropout.c - dropping elements at random while training. */
#include "op_common.h"

enum { P, SEED };

CALLS(dropout_forward, s[0], p[0], p[1], p[2], v[P].real, v[SEED].count)
CALLS(dropout_backward, s[0], p[0], p[1], p[2], v[P].real)

/* around the words of the mask, four numbers of a block, vectors */
static const int check[][MAX_SIZES] = { { 1 },  { 3 },  { 4 },  { 5 },  { 31 },  { 32 },   { 33 },    { 63 },
                                        { 64 }, { 65 }, { 96 }, { 97 }, { 255 }, { 1000 }, { 16421 }, { 0 } };

#define DROPOUT                                                                                        \
    .lesson = "06", SIZES(GIVEN("n", 1)), .example = "1000", .flops = flops_each, .terms = four_terms, \
    .bound = bound_relative, /* 1 - p, its reciprocal, the product */                                  \
        .range = 4, .check_shapes = check, .bench_shapes = each_bench

const struct op op_dropout_forward = {
    IDENTITY(dropout_forward),
    DROPOUT,
    .formula =
        "y = x / (1 - p) where mask is set, else 0; mask is drawn: element k is dropped with probability p",
    ARGS({ "x", INPUT, 1, { 0 } }, { "y", OUTPUT, 1, { 0 } },
         { "mask", DT_BITS, ARG_OUT, DOMAIN_ANY, 0, 1, { 0 } }),
    SCALARS(REAL_SCALAR("p", 0.3, 0, 1), COUNT_SCALAR("seed", 1, 0, 0x1p53)),
    .over = { 1, 0 },
    .linear_in = 1 << 0,
};

const struct op op_dropout_backward = {
    IDENTITY(dropout_backward),
    DROPOUT,
    .formula = "dx = dy / (1 - p) where mask is set, else 0",
    ARGS({ "mask", DT_BITS, ARG_IN, DOMAIN_ANY, 0, 1, { 0 } }, { "dy", INPUT, 1, { 0 } },
         { "dx", OUTPUT, 1, { 0 } }),
    SCALARS(REAL_SCALAR("p", 0.3, 0, 1)),
    .over = { 2, 1 },
    .forward = "dropout_forward",
};
