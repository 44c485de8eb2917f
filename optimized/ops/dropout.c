/* dropout.c - dropping elements, planes and weights at random while training. */
#include "op_common.h"

enum { P, SEED };

CALLS(dropout_forward, s[0], p[0], p[1], p[2], v[P].real, v[SEED].count)
CALLS(dropout_backward, s[0], p[0], p[1], p[2], v[P].real)
CALLS(dropout_backward_recomputed, s[0], p[0], p[1], v[P].real, v[SEED].count)
CALLS(dropout_bytes_forward, s[0], p[0], p[1], p[2], v[P].real, v[SEED].count)
CALLS(dropout_bytes_backward, s[0], p[0], p[1], p[2], v[P].real)
CALLS(dropout_channels_forward, s[0], s[1], s[2], p[0], p[1], p[2], v[P].real, v[SEED].count)
CALLS(dropout_channels_backward, s[0], s[1], s[2], p[0], p[1], p[2], v[P].real)
CALLS(bias_relu_dropout_forward, s[0], s[1], p[0], p[1], p[2], p[3], v[P].real, v[SEED].count)
CALLS(bias_relu_dropout_backward, s[0], s[1], p[0], p[1], p[2], p[3], v[P].real)
CALLS(dropconnect_forward, s[0], s[1], s[2], p[0], p[1], p[2], p[3], p[4], v[P].real, v[SEED].count)
CALLS(dropconnect_backward_dx, s[0], s[1], s[2], p[0], p[1], p[2], p[3], v[P].real)
CALLS(dropconnect_backward_dw, s[0], s[1], s[2], p[0], p[1], p[2], p[3], p[4], v[P].real)

#define BITS_OUT(...)  DT_BITS, ARG_OUT, DOMAIN_ANY, 0, __VA_ARGS__
#define BITS_IN(...)   DT_BITS, ARG_IN, DOMAIN_ANY, 0, __VA_ARGS__
#define BYTES_OUT(...) DT_U8, ARG_OUT, DOMAIN_ANY, 0, __VA_ARGS__
#define BYTES_IN(...)  DT_U8, ARG_IN, DOMAIN_ANY, 0, __VA_ARGS__

#define PROBABILITY REAL_SCALAR("p", 0.3, 0, 1)
#define DRAWN       SCALARS(PROBABILITY, COUNT_SCALAR("seed", 1, 0, 0x1p53)), SETS("p=0", "p=1", "p=0.5 seed=7")
#define GIVEN_MASK  SCALARS(PROBABILITY), SETS("p=0", "p=1")

/* ---- elements ---- */

/* around the words of the mask, eight numbers of a block, vectors and groups of them */
static const int check[][MAX_SIZES] = { { 1 },   { 3 },   { 4 },   { 5 },   { 31 },   { 32 },    { 33 },
                                        { 63 },  { 64 },  { 65 },  { 96 },  { 97 },   { 127 },   { 128 },
                                        { 129 }, { 255 }, { 257 }, { 383 }, { 1000 }, { 16421 }, { 0 } };

/* the same around what threads, warps and blocks have, 4 to 256 elements and 8192; and more than one sweep */
static const int device[][MAX_SIZES] = { { 1 },    { 3 },    { 4 },    { 7 },     { 8 },   { 31 },  { 32 },
                                         { 33 },   { 61 },   { 64 },   { 129 },   { 255 }, { 257 }, { 511 },
                                         { 1000 }, { 1023 }, { 8201 }, { 70003 }, { 0 } };

#define DROPOUT                                                                                        \
    .lesson = "06", SIZES(GIVEN("n", 1)), .example = "1000", .flops = flops_each, .terms = four_terms, \
    .bound = bound_relative, /* 1 - p, its reciprocal, the product */                                  \
        .range = 4, .check_shapes = check, .bench_shapes = each_bench, .device_shapes = device

const struct op op_dropout_forward = {
    IDENTITY(dropout_forward),
    DROPOUT,
    .formula =
        "y = x / (1 - p) where mask is set, else 0; mask is drawn: element k is dropped with probability p",
    ARGS({ "x", INPUT, 1, { 0 } }, { "y", OUTPUT, 1, { 0 } }, { "mask", BITS_OUT(1, { 0 }) }),
    DRAWN,
    .over = { 1, 0 },
    .linear_in = 1 << 0,
};

const struct op op_dropout_backward = {
    IDENTITY(dropout_backward),
    DROPOUT,
    .formula = "dx = dy / (1 - p) where mask is set, else 0",
    ARGS({ "mask", BITS_IN(1, { 0 }) }, { "dy", INPUT, 1, { 0 } }, { "dx", OUTPUT, 1, { 0 } }),
    GIVEN_MASK,
    .over = { 2, 1 },
    .forward = "dropout_forward",
};

const struct op op_dropout_backward_recomputed = {
    IDENTITY(dropout_backward_recomputed),
    DROPOUT,
    .formula = "dx = dy / (1 - p) where the forward's mask is set, else 0; the mask is drawn once more",
    ARGS({ "dy", INPUT, 1, { 0 } }, { "dx", OUTPUT, 1, { 0 } }),
    DRAWN,
    .over = { 1, 0 },
    .forward = "dropout_forward",
};

const struct op op_dropout_bytes_forward = {
    IDENTITY(dropout_bytes_forward),
    DROPOUT,
    .formula = "dropout_forward with a mask of bytes",
    ARGS({ "x", INPUT, 1, { 0 } }, { "y", OUTPUT, 1, { 0 } }, { "mask", BYTES_OUT(1, { 0 }) }),
    DRAWN,
    .over = { 1, 0 },
    .linear_in = 1 << 0,
};

const struct op op_dropout_bytes_backward = {
    IDENTITY(dropout_bytes_backward),
    DROPOUT,
    .formula = "dropout_backward with a mask of bytes",
    ARGS({ "mask", BYTES_IN(1, { 0 }) }, { "dy", INPUT, 1, { 0 } }, { "dx", OUTPUT, 1, { 0 } }),
    GIVEN_MASK,
    .over = { 2, 1 },
    .forward = "dropout_bytes_forward",
};

/* ---- planes ---- */

static double flops_planes(const int *s)
{
    return (double)s[0] * s[1] * s[2];
}

static const int planes_check[][MAX_SIZES] = { { 1, 1, 1 },   { 1, 1, 9 },  { 1, 33, 1 },    { 3, 1, 5 },
                                               { 2, 16, 4 },  { 1, 31, 7 }, { 5, 13, 8 },    { 4, 32, 17 },
                                               { 7, 19, 49 }, { 2, 3, 63 }, { 33, 3, 1000 }, { 0 } };
static const int planes_bench[][MAX_SIZES] = { { 64, 32, 196 }, { 64, 64, 1024 }, { 16, 64, 12544 }, { 0 } };

#define CHANNELS                                                                                        \
    .lesson = "06", SIZES(GIVEN("N", 1), GIVEN("C", 1), GIVEN("HW", 1)), .example = "64x32x196",        \
    .flops = flops_planes, .terms = four_terms, .bound = bound_relative, .range = 4, .kind = OP_WINDOW, \
    .check_shapes = planes_check, .bench_shapes = planes_bench

const struct op op_dropout_channels_forward = {
    IDENTITY(dropout_channels_forward),
    CHANNELS,
    .formula = "y (N,C,HW) = x / (1 - p) where mask (N,C) is set, else 0; mask is drawn",
    ARGS({ "x", INPUT, 3, { 0, 1, 2 } }, { "y", OUTPUT, 3, { 0, 1, 2 } }, { "mask", BITS_OUT(2, { 0, 1 }) }),
    DRAWN,
    .over = { 1, 0 },
    .linear_in = 1 << 0,
};

const struct op op_dropout_channels_backward = {
    IDENTITY(dropout_channels_backward),
    CHANNELS,
    .formula = "dx (N,C,HW) = dy / (1 - p) where mask (N,C) is set, else 0",
    ARGS({ "mask", BITS_IN(2, { 0, 1 }) }, { "dy", INPUT, 3, { 0, 1, 2 } }, { "dx", OUTPUT, 3, { 0, 1, 2 } }),
    GIVEN_MASK,
    .over = { 2, 1 },
    .forward = "dropout_channels_forward",
};

/* ---- bias, ReLU and dropout ---- */

static double flops_rows(const int *s) /* the sum, the maximum, the product */
{
    return 3.0 * s[0] * s[1];
}

static int terms_of_a_column(const int *s)
{
    return s[0] + 4;
}

/* db is a sum over rows, dx is not */
static void bound_fused_backward(const struct op *op, const int *size, void *const *buf, int a,
                                 struct precision d, double *bound)
{
    struct op each = *op;
    each.terms = four_terms;
    if (a == 3)
        bound_sum(op, size, buf, a, d, bound);
    else
        bound_relative(&each, size, buf, a, d, bound);
}

static const int fused_check[][MAX_SIZES] = { { 1, 1 },   { 1, 7 },   { 5, 1 },     { 1, 32 },
                                              { 3, 11 },  { 2, 64 },  { 9, 31 },    { 7, 33 },
                                              { 4, 100 }, { 32, 8 },  { 13, 65 },   { 64, 10 },
                                              { 3, 257 }, { 40, 96 }, { 33, 1000 }, { 0 } };
static const int fused_bench[][MAX_SIZES] = { { 64, 128 }, { 64, 512 }, { 256, 4096 }, { 0 } };

#define FUSED                                                                                  \
    .kind = OP_ROWS, .lesson = "06", SIZES(GIVEN("N", 1), GIVEN("C", 1)), .example = "64x512", \
    .flops = flops_rows, .range = 4, .check_shapes = fused_check, .bench_shapes = fused_bench

const struct op op_bias_relu_dropout_forward = {
    IDENTITY(bias_relu_dropout_forward),
    FUSED,
    .terms = four_terms,
    .bound = bound_relative, /* x + b is a single rounding */
    .formula =
        "y (N,C) = max(0, x + b) / (1 - p) where mask is set, else 0; mask is drawn, and cleared where "
        "x + b <= 0",
    ARGS({ "x", INPUT, 2, { 0, 1 } }, { "b", INPUT, 1, { 1 } }, { "y", OUTPUT, 2, { 0, 1 } },
         { "mask", BITS_OUT(2, { 0, 1 }) }),
    DRAWN,
    .over = { 2, 0 },
};

const struct op op_bias_relu_dropout_backward = {
    IDENTITY(bias_relu_dropout_backward),
    FUSED,
    .terms = terms_of_a_column,
    .bound = bound_fused_backward,
    .formula = "dx (N,C) = dy / (1 - p) where mask is set, else 0; db (C) = column sums of dx",
    ARGS({ "mask", BITS_IN(2, { 0, 1 }) }, { "dy", INPUT, 2, { 0, 1 } }, { "dx", OUTPUT, 2, { 0, 1 } },
         { "db", OUTPUT, 1, { 1 } }),
    GIVEN_MASK,
    .over = { 2, 1 },
    .forward = "bias_relu_dropout_forward",
};

/* ---- weights ---- */

static double flops_product(const int *s)
{
    return 2.0 * s[0] * s[1] * s[2];
}

static int terms_of_IN(const int *s)
{
    return s[1] + 5; /* the products, the bias, and a weight's scale */
}

static int terms_of_OUT(const int *s)
{
    return s[2] + 4;
}

static int terms_of_N(const int *s)
{
    return s[0] + 4;
}

static const int weights_check[][MAX_SIZES] = { { 1, 1, 1 },    { 1, 9, 1 },    { 5, 1, 1 },
                                                { 1, 1, 7 },    { 2, 3, 4 },    { 4, 8, 6 },
                                                { 7, 15, 17 },  { 16, 32, 16 }, { 3, 33, 31 },
                                                { 13, 31, 33 }, { 31, 65, 64 }, { 20, 257, 10 },
                                                { 0 } };
static const int weights_bench[][MAX_SIZES] = { { 64, 784, 512 }, { 64, 512, 256 }, { 64, 256, 10 }, { 0 } };

#define DROPCONNECT                                                                            \
    .kind = OP_PRODUCT, .lesson = "06", SIZES(GIVEN("N", 1), GIVEN("IN", 1), GIVEN("OUT", 1)), \
    .example = "64x784x512", .range = 1, .bound = bound_sum, .flops = flops_product,           \
    .check_shapes = weights_check, .bench_shapes = weights_bench

const struct op op_dropconnect_forward = {
    IDENTITY(dropconnect_forward),
    DROPCONNECT,
    .formula = "y (N,OUT) = x (N,IN) * v (OUT,IN)^T + b (OUT), v = w / (1 - p) where mask (OUT,IN) is set, "
               "else 0; mask is drawn",
    ARGS({ "x", INPUT, 2, { 0, 1 } }, { "w", INPUT, 2, { 2, 1 } }, { "b", INPUT, 1, { 2 } },
         { "y", OUTPUT, 2, { 0, 2 } }, { "mask", BITS_OUT(2, { 2, 1 }) }),
    DRAWN,
    .terms = terms_of_IN,
    .linear_in = 1 << 0 | 1 << 1 | 1 << 2,
};

const struct op op_dropconnect_backward_dx = {
    IDENTITY(dropconnect_backward_dx),
    DROPCONNECT,
    .formula = "dx (N,IN) = dy (N,OUT) * v (OUT,IN), v = w / (1 - p) where mask (OUT,IN) is set, else 0",
    ARGS({ "w", INPUT, 2, { 2, 1 } }, { "mask", BITS_IN(2, { 2, 1 }) }, { "dy", INPUT, 2, { 0, 2 } },
         { "dx", OUTPUT, 2, { 0, 1 } }),
    GIVEN_MASK,
    .terms = terms_of_OUT,
    .forward = "dropconnect_forward",
};

const struct op op_dropconnect_backward_dw = {
    IDENTITY(dropconnect_backward_dw),
    DROPCONNECT,
    .formula =
        "dw (OUT,IN) = dy (N,OUT)^T * x (N,IN) / (1 - p) where mask (OUT,IN) is set, else 0; db (OUT) = "
        "column sums of dy",
    ARGS({ "x", INPUT, 2, { 0, 1 } }, { "mask", BITS_IN(2, { 2, 1 }) }, { "dy", INPUT, 2, { 0, 2 } },
         { "dw", OUTPUT, 2, { 2, 1 } }, { "db", OUTPUT, 1, { 2 } }),
    GIVEN_MASK,
    .terms = terms_of_N,
    .forward = "dropconnect_forward",
};
