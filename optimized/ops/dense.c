/* dense.c - the operations of a dense layer. Letters: N batch, IN and OUT features. */
#include "op_common.h"

#include <math.h>

CALLS(dense_forward, s[0], s[1], s[2], p[0], p[1], p[2], p[3])
CALLS(dense_backward_dx, s[0], s[1], s[2], p[0], p[1], p[2])
CALLS(dense_backward_dw, s[0], s[1], s[2], p[0], p[1], p[2], p[3])
CALLS(dense_sgd_step, s[0], s[1], s[2], p[0], p[1], p[2], v[0].real)
CALLS(dense_relu_forward, s[0], s[1], s[2], p[0], p[1], p[2], p[3])
CALLS(dense_relu_backward_dx, s[0], s[1], s[2], p[0], p[1], p[2], p[3])

static int terms_of_IN(const int *s)
{
    return s[1] + 1; /* the products and the bias */
}

static int terms_of_OUT(const int *s)
{
    return s[2];
}

static int terms_of_N(const int *s)
{
    return s[0];
}

static double flops_dense(const int *s)
{
    return 2.0 * s[0] * s[1] * s[2];
}

/* ---- shapes: 1, around every tile edge (4, 6, 8, 16, 32, 48, 64), odd, thin, over every cache block ---- */

static const int dense_check[][MAX_SIZES] = {
    { 1, 1, 1 },       { 1, 1, 7 },     { 1, 9, 1 },     { 5, 1, 1 },    { 2, 3, 4 },       { 3, 2, 5 },
    { 4, 8, 6 },       { 5, 6, 7 },     { 6, 8, 16 },    { 7, 15, 17 },  { 8, 16, 15 },     { 11, 13, 12 },
    { 12, 17, 6 },     { 13, 31, 33 },  { 16, 16, 16 },  { 17, 63, 65 }, { 18, 64, 32 },    { 23, 65, 48 },
    { 31, 127, 64 },   { 33, 32, 128 }, { 37, 100, 10 }, { 49, 47, 95 }, { 61, 257, 10 },   { 64, 784, 10 },
    { 64, 10, 256 },   { 65, 96, 129 }, { 1, 1000, 3 },  { 1000, 1, 3 }, { 3, 1, 1000 },    { 2, 511, 37 },
    { 7, 512, 19 },    { 5, 513, 66 },  { 9, 1030, 21 }, { 511, 7, 18 }, { 513, 35, 5 },    { 1030, 9, 20 },
    { 19, 6, 511 },    { 36, 5, 513 },  { 8, 22, 1030 }, { 97, 5, 193 }, { 193, 97, 7 },    { 145, 131, 70 },
    { 129, 255, 131 }, { 4, 3, 4100 },  { 3, 4100, 2 },  { 4100, 2, 3 }, { 200, 300, 100 }, { 0 }
};

static const int dense_bench[][MAX_SIZES] = { { 16, 16, 16 },
                                              { 32, 32, 32 },
                                              { 64, 64, 64 },
                                              { 128, 128, 128 },
                                              { 256, 256, 256 },
                                              { 512, 512, 512 },
                                              { 1024, 1024, 1024 },
                                              { 2048, 2048, 2048 },
                                              { 64, 784, 512 },
                                              { 64, 512, 256 },
                                              { 64, 256, 10 },
                                              { 64, 4096, 128 },
                                              { 0 } };

#define DENSE                                                                                       \
    .lesson = "01", SIZES(GIVEN("N", 1), GIVEN("IN", 1), GIVEN("OUT", 1)), .example = "64x784x512", \
    .range = 1, .bound = bound_sum, .flops = flops_dense, .check_shapes = dense_check,              \
    .bench_shapes = dense_bench, .device_shapes = products_device, .kind = OP_PRODUCT

const struct op op_dense_forward = {
    IDENTITY(dense_forward),
    DENSE,
    .formula = "y (N,OUT) = x (N,IN) * w (OUT,IN)^T + b (OUT)",
    ARGS({ "x", INPUT, 2, { 0, 1 } }, { "w", INPUT, 2, { 2, 1 } }, { "b", INPUT, 1, { 2 } },
         { "y", OUTPUT, 2, { 0, 2 } }),
    .terms = terms_of_IN,
    .linear_in = 1 << 0 | 1 << 1 | 1 << 2,
};

const struct op op_dense_backward_dx = {
    IDENTITY(dense_backward_dx),
    DENSE,
    .formula = "dx (N,IN) = dy (N,OUT) * w (OUT,IN)",
    ARGS({ "w", INPUT, 2, { 2, 1 } }, { "dy", INPUT, 2, { 0, 2 } }, { "dx", OUTPUT, 2, { 0, 1 } }),
    .terms = terms_of_OUT,
    .forward = "dense_forward",
};

const struct op op_dense_backward_dw = {
    IDENTITY(dense_backward_dw),
    DENSE,
    .formula = "dw (OUT,IN) = dy (N,OUT)^T * x (N,IN), db (OUT) = column sums of dy",
    ARGS({ "x", INPUT, 2, { 0, 1 } }, { "dy", INPUT, 2, { 0, 2 } }, { "dw", OUTPUT, 2, { 2, 1 } },
         { "db", OUTPUT, 1, { 2 } }),
    .terms = terms_of_N,
    .forward = "dense_forward",
};

static double flops_dense_sgd(const int *s)
{
    return flops_dense(s) + 2.0 * s[1] * s[2];
}

/* A sum over the batch, N products in any order; then a product with lr, and w less that. A rung may cut the
 * batch into parts of SHORTEST examples or more and step once for each: roundings of w on its way, which is
 * never above |w'| + lr sum|dy x|. */
static void bound_dense_sgd(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                            double *bound)
{
    enum { SHORTEST = 64 };
    const double *x = buf[0], *dy = buf[1], *w = buf[a];
    const size_t N = (size_t)size[0], IN = (size_t)size[1], OUT = (size_t)size[2];
    double lr = op->scalar[0].real, parts = (double)N / SHORTEST + 1;
    for (size_t o = 0; o < OUT; o++)
        for (size_t i = 0; i < IN; i++) {
            double terms = 0;
            for (size_t n = 0; n < N; n++) terms += fabs(dy[n * OUT + o] * x[n * IN + i]);
            bound[o * IN + i] =
                d.unit * (((double)N + 3) * lr * terms + 2 * parts * (fabs(w[o * IN + i]) + lr * terms)) +
                ((double)N + 3) * d.tiny;
        }
}

static const int dense_sgd_bench[][MAX_SIZES] = { { 64, 784, 512 },  { 64, 512, 256 },  { 64, 256, 10 },
                                                  { 64, 4096, 128 }, { 512, 512, 512 }, { 0 } };

const struct op op_dense_sgd_step = {
    IDENTITY(dense_sgd_step),
    .lesson = "04",
    SIZES(GIVEN("N", 1), GIVEN("IN", 1), GIVEN("OUT", 1)),
    .example = "64x784x512",
    .range = 1,
    .kind = OP_PRODUCT,
    .check_shapes = dense_check,
    .bench_shapes = dense_sgd_bench,
    .formula = "w (OUT,IN) = w - lr dy (N,OUT)^T * x (N,IN)",
    ARGS({ "x", INPUT, 2, { 0, 1 } }, { "dy", INPUT, 2, { 0, 2 } }, { "w", UPDATED, 2, { 2, 1 } }),
    SCALARS(FLOAT_SCALAR("lr", 0.125, 0, 1e3)),
    .terms = terms_of_N,
    .bound = bound_dense_sgd,
    .flops = flops_dense_sgd,
};

const struct op op_dense_relu_forward = {
    IDENTITY(dense_relu_forward),
    DENSE,
    .formula = "y (N,OUT) = max(0, x (N,IN) * w (OUT,IN)^T + b (OUT))",
    ARGS({ "x", INPUT, 2, { 0, 1 } }, { "w", INPUT, 2, { 2, 1 } }, { "b", INPUT, 1, { 2 } },
         { "y", OUTPUT, 2, { 0, 2 } }),
    .terms = terms_of_IN,
};

const struct op op_dense_relu_backward_dx = {
    IDENTITY(dense_relu_backward_dx),
    DENSE,
    .formula = "dz (N,IN) = dy (N,OUT) * w (OUT,IN), but 0 where a (N,IN) <= 0",
    ARGS({ "a", INPUT, 2, { 0, 1 } }, { "w", INPUT, 2, { 2, 1 } }, { "dy", INPUT, 2, { 0, 2 } },
         { "dz", OUTPUT, 2, { 0, 1 } }),
    .terms = terms_of_OUT,
    .gradient_of = &op_relu_dense,
};
