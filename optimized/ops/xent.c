/* xent.c - cross-entropy of N rows of C logits behind a softmax, and what flows back from it: labels,
 * smoothed labels, soft labels, and with the softmax's result kept. */
#include "op_common.h"

#include <math.h>
#include <string.h>

CALLS(softmax_xent_forward, s[0], s[1], p[0], p[1], p[2], p[3])
CALLS(softmax_xent_backward, s[0], s[1], p[0], p[1], p[2], p[3])

/* ---- error bounds, in units ----
 *
 * With d = max z - z[c]: rounding the difference shifts exp by d units of itself, the argument's reduction in
 * exp by as many, and exp errs by 4. A sum of exp is off by what its terms are, each as much as it weighs,
 * and by its depth. Nothing depends on how far from 0 the logits lie.
 *
 * Of the sum, `rest` is what the other classes add to the largest one's 1. log(1 + rest) keeps the digits of
 * rest, and so does the gradient of the largest class: their bounds are relative to themselves, however small
 * they are. Only where the label is not the largest, or a soft label is elsewhere, may a 1 take part in the
 * sums: that costs units of 1, and the loss is above ln 2 there, so that it is 1.5 units of the loss at most.
 */

struct row {
    int top;                /* the first of the largest logits                  */
    double high, sum, rest; /* the largest, the sum of exp(z - high), without it */
    double shift;           /* of the sum by its terms' differences              */
    double depth;           /* of the sum, and what exp errs by                  */
};

static struct row row_of(int C, const double *z)
{
    struct row r = { .top = 0, .depth = sum_depth(C) + 8 };
    for (int c = 1; c < C; c++)
        if (z[c] > z[r.top]) r.top = c;
    r.high = z[r.top];
    for (int c = 0; c < C; c++) {
        double e = c == r.top ? 0 : exp(z[c] - r.high);
        r.rest += e;
        if (e > 0) r.shift += 2 * e * (r.high - z[c]);
    }
    r.sum = 1 + r.rest;
    return r;
}

/* the share of all classes but c in the sum */
static double others_of(const struct row *r, int C, const double *z, int c)
{
    double others = 0;
    for (int k = 0; k < C; k++)
        if (k != c) others += exp(z[k] - r->high);
    return others / r->sum;
}

/* the error of exp(z - high) / sum = p */
static double error_of_p(const struct row *r, double z, double p, struct precision d)
{
    return d.unit * (2 * (r->high - z) + r->shift / r->sum + r->depth + 4) * p + 4 * d.tiny;
}

/* the error of log(1 + rest), which is no less than rest / sum */
static double error_of_log(const struct row *r, struct precision d)
{
    return d.unit * ((r->shift + r->depth * r->rest) / r->sum + 6 * log1p(r->rest)) + 4 * d.tiny;
}

/* loss = log(sum) + (1 - e) (high - z[label]) + e mean(high - z), e = smoothing, itself rounded */
static double error_of_row(int C, const double *z, int label, double smoothing, struct precision d)
{
    struct row r = row_of(C, z);
    double mean = 0;
    for (int c = 0; c < C; c++) mean += (r.high - z[c]) / C;
    double terms = log1p(r.rest) + (1 - smoothing) * (r.high - z[label]) + smoothing * mean;
    return error_of_log(&r, d) + d.unit * ((1.5 * r.depth + 6) * terms + sum_depth(C) * smoothing * mean);
}

/* loss = sum t (log(sum) + high - z) */
static double error_of_soft_row(int C, const double *z, const double *t, struct precision d)
{
    struct row r = row_of(C, z);
    double error = 0, of_log = error_of_log(&r, d), units = 2.5 * r.depth + 6;
    for (int c = 0; c < C; c++)
        error += fabs(t[c]) * (of_log + d.unit * units * (log1p(r.rest) + r.high - z[c]));
    return error;
}

/* What is asked about: an operation's buffers by name, absent ones NULL */
struct problem {
    int N, C, count; /* rows that have a label */
    const double *z, *t, *loss, *dloss;
    const int *label;
    double smoothing;
    int reduction;
};

static const void *named(const struct op *op, void *const *buf, const char *name)
{
    for (int a = 0; a < op->narg; a++)
        if (!strcmp(op->arg[a].name, name)) return buf[a];
    return NULL;
}

static struct problem problem_of(const struct op *op, const int *size, void *const *buf)
{
    const struct scalar *smoothing = op_scalar(op, "smoothing");
    struct problem p = { size[0],
                         size[1],
                         0,
                         named(op, buf, "z"),
                         named(op, buf, "t"),
                         named(op, buf, "loss"),
                         named(op, buf, "dloss"),
                         named(op, buf, "label"),
                         smoothing ? smoothing->real : 0,
                         reduction_of(op) };
    for (int n = 0; n < p.N; n++) p.count += !p.label || p.label[n] >= 0;
    return p;
}

static int counts(const struct problem *p, int n)
{
    return !p->label || p->label[n] >= 0;
}

/* |loss| of row n, from its terms; error: of that row */
static double row_of_problem(const struct problem *p, int n, struct precision d, double *error)
{
    const double *z = p->z + (size_t)n * p->C, *t = p->t ? p->t + (size_t)n * p->C : NULL;
    struct row r = row_of(p->C, z);
    double loss = 0;
    if (!counts(p, n)) return *error = 0;
    *error = t ? error_of_soft_row(p->C, z, t, d) : error_of_row(p->C, z, p->label[n], p->smoothing, d);
    for (int c = 0; c < p->C; c++) {
        double q = t ? t[c] : (c == p->label[n] ? 1 - p->smoothing : 0) + p->smoothing / p->C;
        loss += fabs(q) * (log1p(r.rest) + r.high - z[c]);
    }
    return loss;
}

static void bound_of_loss(const struct problem *p, struct precision d, double *bound)
{
    double total = 0, share = p->reduction == REDUCE_MEAN && p->count ? 1.0 / p->count : 1;
    for (int n = 0; n < p->N; n++) {
        double error, loss = row_of_problem(p, n, d, &error);
        if (p->reduction == REDUCE_NONE) bound[n] = error + 4 * d.tiny;
        total += error + UNIT * (sum_depth(p->N) + 2) * loss;
    }
    if (p->reduction != REDUCE_NONE) *bound = share * total + 4 * d.tiny;
}

/* the label's dz = up (e - e / C - others / sum), e = smoothing */
static double error_at_label(const struct row *r, int C, const double *z, int label, double smoothing,
                             struct precision d)
{
    double others = others_of(r, C, z, label), doubt = smoothing - smoothing / C;
    return d.unit * (r->shift / r->sum + (r->depth + 12) * others + 12 * doubt) + 8 * d.tiny;
}

/* the largest class's dz = up (t elsewhere - T rest / sum). A rung that takes p T - t instead, where there is
 * much of either, errs by units of T, which is then at most twice as large as one of these. */
static double error_at_top(const struct row *r, int C, const double *t, struct precision d)
{
    double elsewhere = 0;
    for (int c = 0; c < C; c++) elsewhere += c == r->top ? 0 : fabs(t[c]);
    double all = elsewhere + fabs(t[r->top]), units = 2 * (r->depth + sum_depth(C) + 12);
    return d.unit * (all * (r->shift + units * r->rest) / r->sum + units * elsewhere) +
           8 * (1 + all) * d.tiny;
}

/* dz = up (p T - q), T the sum of q */
static void bound_of_gradient(const struct problem *p, struct precision d, double *bound)
{
    int C = p->C;
    for (int n = 0; n < p->N; n++, bound += C) {
        const double *z = p->z + (size_t)n * C, *t = p->t ? p->t + (size_t)n * C : NULL;
        struct row r = row_of(C, z);
        double up = p->dloss ? fabs(p->dloss[p->reduction == REDUCE_NONE ? n : 0]) : 1, T = t ? 0 : 1;
        if (p->reduction == REDUCE_MEAN) up /= p->count ? p->count : 1;
        for (int c = 0; t && c < C; c++) T += fabs(t[c]);
        for (int c = 0; c < C; c++) {
            double q = t ? fabs(t[c]) : p->smoothing / C;
            double pc = exp(z[c] - r.high) / r.sum, depth = t ? sum_depth(C) + 2 : 0;
            double error = T * (error_of_p(&r, z[c], pc, d) + (depth + 4) * d.unit * pc) + 10 * d.unit * q;
            if (!t && c == p->label[n]) error = error_at_label(&r, C, z, c, p->smoothing, d);
            if (t && c == r.top) error = error_at_top(&r, C, t, d);
            bound[c] = counts(p, n) ? up * error + 4 * d.tiny : 0;
        }
    }
}

static void bound_xent(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                       double *bound)
{
    struct problem p = problem_of(op, size, buf);
    if (!strcmp(op->arg[a].name, "loss"))
        bound_of_loss(&p, d, bound);
    else
        bound_of_gradient(&p, d, bound);
}

/* p is kept; the reference adds a row's C numbers, and the N rows, each in one variable */
static void bound_softmax_xent(const struct op *op, const int *size, void *const *buf, int a,
                               struct precision d, double *bound)
{
    int N = size[0], C = size[1];
    const double *z = buf[0], *p = buf[2];
    const int *label = buf[1];
    double loss = 0;
    (void)op;
    for (int n = 0; n < N; n++) {
        const double *zn = z + (size_t)n * C;
        double low = zn[0];
        for (int c = 1; c < C; c++) low = fmin(low, zn[c]);
        struct row r = row_of(C, zn);
        double relative = d.unit * (2 * (r.high - low) + C + 8), row = log1p(r.rest) + r.high - zn[label[n]];
        if (a == 2)
            for (int c = 0; c < C; c++) bound[(size_t)n * C + c] = relative * p[(size_t)n * C + c] + d.tiny;
        r.depth = C + 8;
        loss += error_of_log(&r, d) + d.unit * (1.5 * r.depth + N + 8) * row;
    }
    if (a == 3) *bound = loss / N + 4 * d.tiny;
}

/* dz = dloss p / N; at the label, dloss times the sum of the other p. p - 1 will do where p is no more than
 * 1/2. */
static void bound_softmax_xent_backward(const struct op *op, const int *size, void *const *buf, int a,
                                        struct precision d, double *bound)
{
    const int *label = buf[1], C = size[1];
    const double *dz = buf[a];
    bound_relative(op, size, buf, a, d, bound);
    for (int n = 0; n < size[0]; n++) {
        size_t k = (size_t)n * C + label[n];
        bound[k] += d.unit * sum_depth(C) * fabs(dz[k]);
    }
}

/* ---- counts and shapes ---- */

static double flops_softmax(const int *s)
{
    return 5.0 * s[0] * s[1]; /* subtract, exp, add, divide, compare */
}

static double flops_given(const int *s)
{
    return 2.0 * s[0] * s[1]; /* p is given: subtract, multiply */
}

/* 1, around the widths of vectors, groups of as many rows, a row of several blocks, more
 * than one piece for threads */
static const int xent_check[][MAX_SIZES] = {
    { 1, 1 },   { 1, 2 },   { 3, 1 },    { 2, 10 },  { 64, 10 },  { 7, 15 },    { 5, 16 },    { 4, 17 },
    { 17, 16 }, { 33, 65 }, { 2, 1000 }, { 300, 3 }, { 3, 2051 }, { 40, 1025 }, { 1, 30011 }, { 0 },
};
static const int xent_bench[][MAX_SIZES] = { { 64, 10 },  { 256, 1000 },  { 4096, 1000 },
                                             { 4096, 2 }, { 16, 100000 }, { 0 } };

#define ROWS(count)                                                                                         \
    SIZES(GIVEN("N", 1), GIVEN("C", 1)), .example = "64x10", .kind = OP_ROWS, .device_shapes = rows_device, \
                                         .range = 6, .terms = eight_terms, .flops = count

/* ---- labels, soft labels ---- */

#define XENT(self)                                                                                        \
    IDENTITY(self), ROWS(flops_softmax), .lesson = "03", .bound = bound_xent, .check_shapes = xent_check, \
                                         .bench_shapes = xent_bench

#define LABEL                                            \
    "label", DT_I32, ARG_IN, DOMAIN_INDEX_OR_NONE, 1, 1, \
    {                                                    \
        0                                                \
    }
#define SOFT                                       \
    "t", DT_F32, ARG_IN, DOMAIN_PROBABILITY, 0, 2, \
    {                                              \
        0, 1                                       \
    }

/* target: LABEL or SOFT; of: a row's loss. What comes last are the scalars, the same for
 * all three, and the sets. */
#define FORWARD(self, target, of, ...)                                               \
    const struct op op_##self = {                                                    \
        XENT(self),                                                                  \
        REDUCED("loss = " of, "loss = mean of " of, "loss = sum of " of),            \
        ARGS({ "z", INPUT, 2, { 0, 1 } }, { target }, { "loss", OUTPUT, 0, { 0 } }), \
        __VA_ARGS__,                                                                 \
    };
#define BACKWARD(self, of, target, gradient, rows, ...)                                              \
    const struct op op_##self = {                                                                    \
        XENT(self),                                                                                  \
        REDUCED("dz = dloss (" gradient "), dloss of each row", "dz = dloss (" gradient ") / " rows, \
                "dz = dloss (" gradient ")"),                                                        \
        ARGS({ "z", INPUT, 2, { 0, 1 } }, { target }, { "dloss", INPUT, 0, { 0 } },                  \
             { "dz", OUTPUT, 2, { 0, 1 } }),                                                         \
        __VA_ARGS__,                                                                                 \
        .forward = of,                                                                               \
        .over = { 3, 0 },                                                                            \
    };
#define WITH_GRADIENT(self, target, of, ...)                                                        \
    const struct op op_##self = {                                                                   \
        XENT(self),                                                                                 \
        REDUCED("loss = " of ", and its gradient dz", "loss = mean of " of ", and its gradient dz", \
                "loss = sum of " of ", and its gradient dz"),                                       \
        ARGS({ "z", INPUT, 2, { 0, 1 } }, { target }, { "loss", OUTPUT, 0, { 0 } },                 \
             { "dz", OUTPUT, 2, { 0, 1 } }),                                                        \
        __VA_ARGS__,                                                                                \
        .over = { 3, 0 },                                                                           \
    };

#define OF_LABELS "logsumexp(z) - (1 - smoothing) z[label] - smoothing mean of z by rows"
#define OF_SOFT   "-t log p by rows, p = softmax(z)"

#define SMOOTHED SCALARS(FLOAT_SCALAR("smoothing", 0, 0, 1), REDUCTION)

CALLS(xent_forward, s[0], s[1], p[0], p[1], p[2], v[0].real, (int)v[1].count)
CALLS(xent_backward, s[0], s[1], p[0], p[1], p[2], p[3], v[0].real, (int)v[1].count)
CALLS(xent_with_gradient, s[0], s[1], p[0], p[1], p[2], p[3], v[0].real, (int)v[1].count)

FORWARD(xent_forward, LABEL, OF_LABELS, SMOOTHED, SETS("reduction=sum", "reduction=none", "smoothing=0.1"))
BACKWARD(xent_backward, "xent_forward", LABEL, "softmax(z) - (1 - smoothing) onehot(label) - smoothing / C",
         "rows with a label", SMOOTHED, SETS("reduction=sum", "reduction=none", "smoothing=0.1"))
WITH_GRADIENT(xent_with_gradient, LABEL, OF_LABELS, SMOOTHED, SETS("smoothing=0.1"))

CALLS(xent_soft_forward, s[0], s[1], p[0], p[1], p[2], (int)v->count)
CALLS(xent_soft_backward, s[0], s[1], p[0], p[1], p[2], p[3], (int)v->count)
CALLS(xent_soft_with_gradient, s[0], s[1], p[0], p[1], p[2], p[3], (int)v->count)

FORWARD(xent_soft_forward, SOFT, OF_SOFT, SCALARS(REDUCTION), SETS("reduction=sum", "reduction=none"))
BACKWARD(xent_soft_backward, "xent_soft_forward", SOFT, "softmax(z) sum of t - t", "N", SCALARS(REDUCTION),
         SETS("reduction=sum", "reduction=none"))
WITH_GRADIENT(xent_soft_with_gradient, SOFT, OF_SOFT, SCALARS(REDUCTION))

/* ---- with the softmax's result kept ---- */

#define KEPT .lesson = "01", .check_shapes = rows_check, .bench_shapes = rows_bench

const struct op op_softmax_xent_forward = {
    IDENTITY(softmax_xent_forward),
    ROWS(flops_softmax),
    KEPT,
    .formula = "p = softmax(z) by rows, loss = mean of -log p[label]",
    ARGS({ "z", INPUT, 2, { 0, 1 } }, { "label", LABEL_OF(1), 1, { 0 } }, { "p", OUTPUT, 2, { 0, 1 } },
         { "loss", OUTPUT, 0, { 0 } }),
    .bound = bound_softmax_xent,
};

const struct op op_softmax_xent_backward = {
    IDENTITY(softmax_xent_backward),
    ROWS(flops_given),
    KEPT,
    .formula = "dz = dloss (p - onehot(label)) / N",
    ARGS({ "p", INPUT, 2, { 0, 1 } }, { "label", LABEL_OF(1), 1, { 0 } }, { "dloss", INPUT, 0, { 0 } },
         { "dz", OUTPUT, 2, { 0, 1 } }),
    .bound = bound_softmax_xent_backward,
    .forward = "softmax_xent_forward",
    .over = { 3, 0 },
};
