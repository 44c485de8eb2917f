/* decay.c - what keeps weights small: penalties and their gradients, decay in the step, proximal steps, and
 * max-norm; see reference/decay.c. */
#include "op_common.h"
#include "../../gradcheck/gc.h"

#include <math.h>

enum { LR, WD, LAMBDA = 1 }; /* of steps; a penalty's scalars come first */

CALLS(l2_penalty_forward, s[0], p[0], p[1], v[0].real)
CALLS(l2_penalty_backward, s[0], p[0], p[1], p[2], v[0].real)
CALLS(l1_penalty_forward, s[0], p[0], p[1], v[0].real)
CALLS(l1_penalty_backward, s[0], p[0], p[1], p[2], v[0].real)
CALLS(elastic_penalty_forward, s[0], p[0], p[1], v[0].real, v[1].real)
CALLS(elastic_penalty_backward, s[0], p[0], p[1], p[2], v[0].real, v[1].real)
CALLS(sgd_decay_step, s[0], p[0], p[1], v[LR].real, v[WD].real)
CALLS(weight_decay_step, s[0], p[0], v[LR].real, v[WD].real)
CALLS(soft_threshold, s[0], p[0], v[LR].real, v[LAMBDA].real)
CALLS(elastic_net, s[0], p[0], v[0].real, v[1].real, v[2].real)
CALLS(max_norm, s[0], s[1], p[0], v[0].real)

/* ---- penalties ----
 *
 * A sum of terms that are all 0 or more: each goes through 4 roundings of its own and those of the sum. Each
 * square, and each product by lambda, may lose `tiny` below the normal numbers. */
static void bound_penalty(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                          double *bound)
{
    double largest = fmax(op->scalar[0].real, op->scalar[op->nscalar - 1].real), n = size[0];
    *bound = (4 + sum_depth(n)) * d.unit * *(const double *)buf[a] + (n * largest + 4) * d.tiny;
}

/* dloss (l1 sign(w) + l2 w), either of them 0 where a penalty has no such part: 5 roundings, the scalar's
 * own among them, of terms that have one sign. */
static void bound_penalty_slope(const struct op *op, const int *size, void *const *buf, int a,
                                struct precision d, double *bound)
{
    const double *slope = buf[a], *dloss = buf[1];
    double largest = fmax(op->scalar[0].real, op->scalar[op->nscalar - 1].real);
    for (int k = 0; k < size[0]; k++)
        bound[k] = 5 * d.unit * fabs(slope[k]) + (4 + fabs(*dloss) + largest) * d.tiny;
}

static double flops_penalty(const int *s)
{
    return 2.0 * s[0];
}

#define PENALTY                                                                          \
    .kind = OP_MAP, .lesson = "05", SIZES(GIVEN("n", 1)), .example = "1000", .range = 1, \
    .flops = flops_penalty, .check_shapes = each_check, .bench_shapes = each_bench, .terms = eight_terms
#define VALUE PENALTY, ARGS({ "w", INPUT, 1, { 0 } }, { "loss", OUTPUT, 0, { 0 } }), .bound = bound_penalty
#define SLOPE                                                                                          \
    PENALTY, ARGS({ "w", INPUT, 1, { 0 } }, { "dloss", INPUT, 0, { 0 } }, { "dw", OUTPUT, 1, { 0 } }), \
        .bound = bound_penalty_slope, .device_shapes = each_device
#define STRENGTH(name, value) REAL_SCALAR(name, value, 0, 1e3)

const struct op op_l2_penalty_forward = {
    IDENTITY(l2_penalty_forward),
    VALUE,
    .formula = "loss = lambda/2 sum of w^2",
    SCALARS(STRENGTH("lambda", 0.01)),
};

const struct op op_l2_penalty_backward = {
    IDENTITY(l2_penalty_backward),    SLOPE,
    .formula = "dw = dloss lambda w", SCALARS(STRENGTH("lambda", 0.01)),
    .forward = "l2_penalty_forward",
};

const struct op op_l1_penalty_forward = {
    IDENTITY(l1_penalty_forward),
    VALUE,
    .formula = "loss = lambda sum of |w|",
    SCALARS(STRENGTH("lambda", 0.01)),
};

const struct op op_l1_penalty_backward = {
    IDENTITY(l1_penalty_backward),          SLOPE,
    .formula = "dw = dloss lambda sign(w)", SCALARS(STRENGTH("lambda", 0.01)),
    .forward = "l1_penalty_forward",
};

const struct op op_elastic_penalty_forward = {
    IDENTITY(elastic_penalty_forward),
    VALUE,
    .formula = "loss = l1 sum of |w| + l2/2 sum of w^2",
    SCALARS(STRENGTH("l1", 0.01), STRENGTH("l2", 0.03)),
};

const struct op op_elastic_penalty_backward = {
    IDENTITY(elastic_penalty_backward),          SLOPE,
    .formula = "dw = dloss (l1 sign(w) + l2 w)", SCALARS(STRENGTH("l1", 0.01), STRENGTH("l2", 0.03)),
    .forward = "elastic_penalty_forward",
};

/* ---- decay in the step ---- */

/* |w| before the step, from what is there after it, keep w = w' + lr dw with keep = 1 - lr wd. Where keep is
 * near 0, little of w is left in w', and what checks draw at most is all that is known. */
static double before(const struct op *op, double w, double dw)
{
    double lr = op->scalar[LR].real, keep = fabs(1 - lr * op->scalar[WD].real);
    double most = (fabs(w) + lr * fabs(dw)) / keep;
    return keep > 0.25 ? most : fmin(most, (double)op->range);
}

/* w' = w - lr (dw + wd w) in any order. The terms lr dw and lr wd w each go through 5 roundings at most,
 * those of lr and wd among them. Where decay and step are apart, 1 - lr wd and its product with w are
 * rounded, two of what is no more than |w| + lr wd |w|. The last rounding is that of w'. */
static void bound_sgd_decay(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                            double *bound)
{
    const double *dw = buf[0], *w = buf[1], lr = op->scalar[LR].real, decay = lr * op->scalar[WD].real;
    (void)a;
    for (int k = 0; k < size[0]; k++) {
        double old = before(op, w[k], dw[k]);
        bound[k] =
            d.unit * (5 * lr * fabs(dw[k]) + 5 * decay * old + 2 * old + fabs(w[k])) + (4 + lr) * d.tiny;
    }
}

static double flops_sgd_decay(const int *s)
{
    return 4.0 * s[0]; /* two products, a sum, a difference */
}

#define DECAY(flops_)                                                                               \
    SIZES(GIVEN("n", 1)), .example = "1000", .flops = flops_, .check_shapes = each_check,           \
                          .bench_shapes = each_bench, .device_shapes = each_device, .lesson = "05", \
                          .terms = four_terms, .range = 1
#define RATE(value) REAL_SCALAR("lr", value, 0, 1e3)

const struct op op_sgd_decay_step = {
    IDENTITY(sgd_decay_step),
    DECAY(flops_sgd_decay),
    .kind = OP_STEP,
    .rule = GC_SGD,
    .formula = "w = w - lr (dw + wd w)",
    ARGS({ "dw", INPUT, 1, { 0 } }, { "w", UPDATED, 1, { 0 } }),
    SCALARS(RATE(0.1), STRENGTH("wd", 0.3)),
    .bound = bound_sgd_decay,
};

/* the factor's rounding and the product's */
static void bound_decay(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                        double *bound)
{
    const double *w = buf[a];
    (void)op;
    for (int k = 0; k < size[0]; k++) bound[k] = 2 * d.unit * fabs(w[k]) + d.tiny;
}

const struct op op_weight_decay_step = {
    IDENTITY(weight_decay_step),
    DECAY(flops_each),
    .kind = OP_MAP,
    .formula = "w = (1 - lr wd) w",
    ARGS({ "w", UPDATED, 1, { 0 } }),
    SCALARS(RATE(0.1), STRENGTH("wd", 0.3)),
    .bound = bound_decay,
};

/* ---- proximal steps ---- */

/* The threshold t = lr lambda errs by a unit of itself, |w| - t by one of the difference; a w that this puts
 * on the other side of t is no farther than that from 0. Then, in the elastic net, a divisor and a
 * quotient. */
static void bound_threshold(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                            double *bound)
{
    const struct scalar *l2 = op_scalar(op, "l2");
    const double *w = buf[a], lr = op->scalar[LR].real, t = lr * op->scalar[1].real;
    double shrink = 1 + (l2 ? lr * l2->real : 0);
    for (int k = 0; k < size[0]; k++) bound[k] = d.unit * (t / shrink + 4 * fabs(w[k])) + 2 * d.tiny;
}

static double flops_threshold(const int *s)
{
    return 3.0 * s[0]; /* two comparisons, a difference */
}

static double flops_elastic_net(const int *s)
{
    return 4.0 * s[0];
}

/* a tenth of the inputs are on the threshold, as near as a float comes to it, with either sign */
#define THRESHOLDED ARGS({ "w", DT_F32, ARG_INOUT, DOMAIN_REPEATED, 0, 1, { 0 } })

const struct op op_soft_threshold = {
    IDENTITY(soft_threshold),
    DECAY(flops_threshold),
    .kind = OP_MAP,
    .formula = "w = sign(w) max(|w| - lr lambda, 0)",
    THRESHOLDED,
    SCALARS(RATE(0.5), STRENGTH("lambda", 0.4)),
    .bound = bound_threshold,
};

const struct op op_elastic_net = {
    IDENTITY(elastic_net),
    DECAY(flops_elastic_net),
    .kind = OP_MAP,
    .formula = "w = sign(w) max(|w| - lr l1, 0) / (1 + lr l2)",
    THRESHOLDED,
    SCALARS(RATE(0.5), STRENGTH("l1", 0.4), STRENGTH("l2", 0.3)),
    .bound = bound_threshold,
};

/* ---- max-norm ---- */

/* A row's length errs by half of what its sum of squares does; the root, the quotient, the product and c by
 * one unit each, and a row that is as long as c up to that may be scaled or not. */
static void bound_max_norm(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                           double *bound)
{
    const double *w = buf[a];
    (void)op;
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++)
        bound[k] = d.unit * (sum_depth(size[1]) / 2 + 6) * fabs(w[k]) + d.tiny;
}

static double flops_max_norm(const int *s)
{
    return 3.0 * s[0] * s[1]; /* square, add, scale */
}

/* rows_check, and rows of 12, which are longer than 2 about as often as not */
static const int norm_check[][MAX_SIZES] = { { 1, 1 },  { 1, 2 },   { 3, 1 },    { 40, 12 }, { 64, 10 },
                                             { 7, 15 }, { 5, 16 },  { 4, 17 },   { 33, 65 }, { 2, 1000 },
                                             { 9, 33 }, { 300, 3 }, { 3, 4099 }, { 0 } };
static const int norm_bench[][MAX_SIZES] = { { 512, 784 }, { 4096, 1000 }, { 0 } };

const struct op op_max_norm = {
    IDENTITY(max_norm),
    .kind = OP_ROWS,
    .lesson = "05",
    SIZES(GIVEN("rows", 1), GIVEN("cols", 1)),
    .example = "64x10",
    .range = 1,
    .terms = eight_terms,
    .flops = flops_max_norm,
    .check_shapes = norm_check,
    .bench_shapes = norm_bench,
    .formula = "a row of w longer than c gets the length c",
    ARGS({ "w", UPDATED, 2, { 0, 1 } }),
    SCALARS(REAL_SCALAR("c", 2, 0x1p-20, 0x1p20)),
    .bound = bound_max_norm,
};
