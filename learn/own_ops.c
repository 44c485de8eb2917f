/* own_ops.c - operations that exercises ask for and the suite does not have, as the graders see them; see
 * own.h. Letters: n elements, weights or blocks; T tensors of D numbers. */
#include "own.h"

#include <math.h>
#include <string.h>

#include "../optimized/ops/op_common.h"
#include "../optimized/ops/step_bounds.h"
#include "learn.h"

CALLS_REAL(inverted_forward, s[0], p[0], p[1], p[2], p[3], v[0].real)
CALLS_REAL(philox_blocks, s[0], p[0], p[1], p[2])
CALLS_REAL(spared_step, s[0], s[1], p[0], p[1], p[2], v[0].real, v[1].real)
CALLS_REAL(mean_momentum_step, s[0], p[0], p[1], p[2], v[0].real, v[1].real)
CALLS_REAL(free_pair_step, s[0], p[0], p[1], p[2], v[0].real, v[1].real, v[2].count)
CALLS_REAL(logsumexp, s[0], s[1], p[0], p[1])
CALLS_REAL(tanh_backward_x, s[0], p[0], p[1], p[2])
CALLS_REAL(fair_race, s[0], s[1], p[0], p[1], p[2], p[3])
CALLS_REAL(free_pair_average, s[0], p[0], p[1], p[2], v[0].real)

#define ONE_RUNG(op)                                                                                     \
    static const struct rung op##_cpu[] = { { "00_naive", RUN(op, op##_f32), NEED_NONE, "the formula" }, \
                                            { 0 } };
ONE_RUNG(inverted_forward)
ONE_RUNG(philox_blocks)
ONE_RUNG(spared_step)
ONE_RUNG(mean_momentum_step)
ONE_RUNG(free_pair_step)
ONE_RUNG(free_pair_average)
ONE_RUNG(tanh_backward_x)
ONE_RUNG(fair_race)
ONE_RUNG(logsumexp)

#define BITS_IN  DT_BITS, ARG_IN, DOMAIN_ANY, 0
#define BITS_OUT DT_BITS, ARG_OUT, DOMAIN_ANY, 0

#define EACH_ELEMENT \
    .example = "1000", .flops = flops_each, .check_shapes = each_check, .bench_shapes = each_bench

/* ---- words of bits, as sizes that are always the same ---- */

static int64_t one_word(const int *size)
{
    (void)size;
    return 32;
}

static int64_t two_words(const int *size)
{
    (void)size;
    return 64;
}

static int64_t four_words(const int *size)
{
    (void)size;
    return 128;
}

/* ---- dropout ---- */

static const struct op op_inverted_forward = {
    IDENTITY_REAL(inverted_forward),
    EACH_ELEMENT,
    .kind = OP_MAP,
    .lesson = "06",
    .formula = "y = x / (1 - p) where mask is set, else 0; mask is set where u is not below p 2^32",
    SIZES(GIVEN("n", 1), DERIVED("bits", 32, one_word, "32")),
    ARGS({ "x", INPUT, 1, { 0 } }, { "u", BITS_IN, 2, { 0, 1 } }, { "y", OUTPUT, 1, { 0 } },
         { "mask", BITS_OUT, 1, { 0 } }),
    SCALARS(REAL_SCALAR("p", 0.3, 0, 1)),
    .range = 4,
    .terms = four_terms,
    .bound = bound_relative, /* 1 - p, its reciprocal, the product */
};

static const struct op op_philox_blocks = {
    IDENTITY_REAL(philox_blocks),
    EACH_ELEMENT,
    .kind = OP_MAP,
    .lesson = "06",
    .formula = "out (n,4 words) = Philox4x32-10 of counter (n,4 words) and key (n,2 words)",
    SIZES(GIVEN("n", 1), DERIVED("bits", 128, four_words, "128"), DERIVED("half", 64, two_words, "64")),
    ARGS({ "counter", BITS_IN, 2, { 0, 1 } }, { "key", BITS_IN, 2, { 0, 2 } },
         { "out", BITS_OUT, 2, { 0, 1 } }),
    .range = 1,
    .terms = four_terms,
    .bound = bound_relative,
};

/* ---- a slope ---- */

/* an exp of 1 unit in the last place, two sums, three products and a quotient */
static int twelve_terms(const int *size)
{
    (void)size;
    return 12;
}

static const struct op op_tanh_backward_x = {
    IDENTITY_REAL(tanh_backward_x),
    EACH_ELEMENT,
    .kind = OP_MAP,
    .lesson = "02",
    .formula = "dx = dy 4 e / (1 + e)^2, e = exp(-2 |x|)",
    SIZES(GIVEN("n", 1)),
    ARGS({ "x", INPUT, 1, { 0 } }, { "dy", INPUT, 1, { 0 } }, { "dx", OUTPUT, 1, { 0 } }),
    .range = 30,
    .terms = twelve_terms,
    .bound = bound_relative,
};

/* ---- a sum of exponentials ---- */

/* x - m is rounded once, which moves each term by as much of |x - m|; the sum has C roundings, and the result
 * is rounded when m is added */
static void bound_logsumexp(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                            double *bound)
{
    const double *x = buf[0], *y = buf[1];
    (void)op, (void)a;
    for (int n = 0; n < size[0]; n++) {
        double most = 0;
        for (int c = 0; c < size[1]; c++, x++)
            if (isfinite(*x)) most = fmax(most, fabs(*x));
        bound[n] = d.unit * (2 * fabs(y[n]) + 4 * most + size[1] + 8);
    }
}

static const struct op op_logsumexp = {
    IDENTITY_REAL(logsumexp),
    .kind = OP_ROWS,
    .lesson = "03",
    .formula = "y (N) = log of the sum over c of exp(x[n][c])",
    SIZES(GIVEN("N", 1), GIVEN("C", 1)),
    .example = "64x10",
    .check_shapes = rows_check,
    .bench_shapes = rows_bench,
    .flops = flops_each,
    ARGS({ "x", INPUT, 2, { 0, 1 } }, { "y", OUTPUT, 1, { 0 } }),
    .range = 30,
    .terms = four_terms,
    .bound = bound_logsumexp,
};

/* ---- steps ---- */

/* The old weight is no more than 1.25 (|w| + |step|) while lr wd is at most a fifth. */
static void bound_spared(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                         double *bound)
{
    const double *dw = buf[1], *w = buf[2], lr = op->scalar[0].real;
    for (size_t k = 0; k < op_elements(op, a, size); k++)
        bound[k] = 4 * d.unit * (1.25 * fabs(w[k]) + 2.25 * lr * fabs(dw[k])) + (4 + lr) * d.tiny;
}

static int64_t five(const int *size)
{
    (void)size;
    return 5;
}

/* one tensor and many, of one number and of many */
static const int tensors_check[][MAX_SIZES] = { { 1, 1 },  { 2, 3 },   { 3, 1 },  { 5, 7 },
                                                { 8, 64 }, { 17, 33 }, { 40, 5 }, { 0 } };

static const struct op op_spared_step = {
    IDENTITY_REAL(spared_step),
    .kind = OP_ROWS,
    .lesson = "05",
    .formula = "w = w - lr dw, and before that (1 - lr wd) w where a tensor's rank is 2 or more",
    SIZES(GIVEN("T", 1), GIVEN("D", 1), DERIVED("ranks", 5, five, "5")),
    .example = "8x64",
    .check_shapes = tensors_check,
    .bench_shapes = tensors_check,
    .flops = flops_each,
    ARGS({ "rank", LABEL_OF(2), 1, { 0 } }, { "dw", INPUT, 2, { 0, 1 } }, { "w", UPDATED, 2, { 0, 1 } }),
    SCALARS(REAL_SCALAR("lr", 0.1, 0, 1), REAL_SCALAR("wd", 0.3, 0, 1)),
    .range = 1,
    .terms = four_terms,
    .bound = bound_spared,
};

static void bound_mean_momentum(const struct op *op, const int *size, void *const *buf, int a,
                                struct precision d, double *bound)
{
    const double *dw = buf[0], *w = buf[1], *m = buf[2], mu = op->scalar[1].real;
    const double rate = op->scalar[0].real / (1 - mu);
    for (int k = 0; k < size[0]; k++) {
        double error = error_of_mean(d, m[k], (1 - mu) * dw[k]);
        bound[k] =
            a == 2 ? error : error_of_update(d, w[k], rate * m[k], rate * (error + 3 * d.unit * fabs(m[k])));
    }
}

static const struct op op_mean_momentum_step = {
    IDENTITY_REAL(mean_momentum_step),
    WEIGHTS_STEP,
    .flops = flops_each,
    .formula = "m = mu m + (1 - mu) dw, w = w - lr / (1 - mu) m",
    ARGS({ "dw", INPUT, 1, { 0 } }, { "w", UPDATED, 1, { 0 } }, { "m", UPDATED, 1, { 0 } }),
    SCALARS(REAL_SCALAR("lr", 0.1, 0, 1e3), REAL_SCALAR("mu", 0.9, 0, 1 - 0x1p-20)),
    .bound = bound_mean_momentum,
};

/* y, z and dw are below `range` before the step, so x below range (2 - beta) / beta: 16 roundings of that
 * cover y in whatever order it is computed. Of z there are two. */
static void bound_free_pair(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                            double *bound)
{
    const double *z = buf[2], lr = op->scalar[0].real, beta = op->scalar[1].real, most = (double)op->range;
    for (int k = 0; k < size[0]; k++)
        bound[k] = a == 2 ? error_of_update(d, z[k], lr * most, 2 * d.unit * lr * most)
                          : 16 * d.unit * most * ((2 - beta) / beta + lr);
}

#define BETA REAL_SCALAR("beta", 0.9, 0x1p-10, 1)

static const struct op op_free_pair_step = {
    IDENTITY_REAL(free_pair_step),
    WEIGHTS_STEP,
    .flops = flops_each,
    .formula = "x = (y - (1 - beta) z) / beta, z = z - lr dw, x = x + (z - x) / t, y = beta x + (1 - beta) z",
    ARGS({ "dw", INPUT, 1, { 0 } }, { "y", UPDATED, 1, { 0 } }, { "z", UPDATED, 1, { 0 } }),
    SCALARS(REAL_SCALAR("lr", 0.1, 0, 1), BETA, COUNT_SCALAR("t", 3, 1, 1e9)),
    .bound = bound_free_pair,
};

static void bound_average(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                          double *bound)
{
    const double *y = buf[0], *z = buf[1], beta = op->scalar[0].real;
    (void)a;
    for (int k = 0; k < size[0]; k++) bound[k] = 6 * d.unit * (fabs(y[k]) + fabs(z[k])) / beta + 4 * d.tiny;
}

static const struct op op_free_pair_average = {
    IDENTITY_REAL(free_pair_average),
    EACH,
    .kind = OP_MAP,
    .lesson = "04",
    .formula = "x = (y - (1 - beta) z) / beta",
    ARGS({ "y", INPUT, 1, { 0 } }, { "z", INPUT, 1, { 0 } }, { "x", OUTPUT, 1, { 0 } }),
    SCALARS(BETA),
    .range = 1,
    .terms = four_terms,
    .bound = bound_average,
};

/* ---- a race ---- */

static int64_t two(const int *size)
{
    (void)size;
    return 2;
}

/* one seed, where any two runs differ, to many, where nothing does */
static const int race_check[][MAX_SIZES] = { { 1, 1 },  { 2, 1 }, { 3, 1 }, { 9, 1 }, { 2, 2 },
                                             { 1, 2 },  { 3, 2 }, { 5, 3 }, { 9, 5 }, { 40, 2 },
                                             { 11, 7 }, { 4, 1 }, { 1, 3 }, { 6, 2 }, { 0 } };

static const struct op op_fair_race = {
    IDENTITY_REAL(fair_race),
    .kind = OP_MAP,
    .lesson = "04",
    .formula =
        "best (2) = the rates with the least mean; verdict = 1 or 2 where their losses do not overlap, else 0",
    SIZES(GIVEN("R", 1), GIVEN("S", 1), DERIVED("two", 2, two, "2")),
    .example = "9x5",
    .check_shapes = race_check,
    .bench_shapes = race_check,
    .flops = flops_each,
    ARGS({ "a", INPUT, 2, { 0, 1 } }, { "b", INPUT, 2, { 0, 1 } },
         { "best", DT_I32, ARG_OUT, DOMAIN_ANY, 0, 1, { 2 } },
         { "verdict", DT_I32, ARG_OUT, DOMAIN_ANY, 0, 0, { 0 } }),
    .range = 1,
    .terms = four_terms,
    .bound = bound_relative,
};

static const struct op *const own_ops[] = {
    &op_inverted_forward,  &op_philox_blocks, &op_spared_step, &op_mean_momentum_step, &op_free_pair_step,
    &op_free_pair_average, &op_fair_race,     &op_logsumexp,   &op_tanh_backward_x,    NULL
};

const struct op *exercise_op_find(const char *name)
{
    for (const struct op *const *own = own_ops; *own; own++)
        if (!strcmp((*own)->name, name)) return *own;
    return op_find(name);
}
