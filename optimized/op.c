/* op.c - the operations of the suite, one entry each; see op.h. */
#include "op.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../reference/reference.h"
#include "cpu/ladders.h"
#include "memory.h"

/* ---- calling: one list of arguments serves float, double and complex (void * converts to each) ---- */

#define CALLS(op, ...)                                               \
    static void op##_call(any_fn *run, const int *s, void *const *p) \
    {                                                                \
        ((op##_fn *)run)(__VA_ARGS__);                               \
    }                                                                \
    static void op##_in_f64(const int *s, void *const *p)            \
    {                                                                \
        op##_f64(__VA_ARGS__);                                       \
    }                                                                \
    static void op##_in_cplx(const int *s, void *const *p)           \
    {                                                                \
        op##_cplx(__VA_ARGS__);                                      \
    }

#define SGD_RATE 0.125 /* a power of two: exact in every precision */

CALLS(dense_forward, s[0], s[1], s[2], p[0], p[1], p[2], p[3])
CALLS(dense_backward_dx, s[0], s[1], s[2], p[0], p[1], p[2])
CALLS(dense_backward_dw, s[0], s[1], s[2], p[0], p[1], p[2], p[3])
CALLS(dense_relu_forward, s[0], s[1], s[2], p[0], p[1], p[2], p[3])
CALLS(dense_relu_backward_dx, s[0], s[1], s[2], p[0], p[1], p[2], p[3])
CALLS(relu_forward, s[0], p[0], p[1])
CALLS(relu_backward, s[0], p[0], p[1], p[2])
CALLS(sigmoid_forward, s[0], p[0], p[1])
CALLS(sigmoid_backward, s[0], p[0], p[1], p[2])
CALLS(tanh_forward, s[0], p[0], p[1])
CALLS(tanh_backward, s[0], p[0], p[1], p[2])
CALLS(softmax_xent_forward, s[0], s[1], p[0], p[1], p[2], p[3])
CALLS(softmax_xent_backward, s[0], s[1], p[0], p[1], p[2], p[3])
CALLS(mse_forward, s[0], p[0], p[1], p[2])
CALLS(mse_backward, s[0], p[0], p[1], p[2], p[3])
CALLS(sgd_step, s[0], p[0], p[1], SGD_RATE)

/* ---- error bounds; u = 2^-24 is the unit roundoff of float ---- */

static const double u = 0x1p-24, tiny = 0x1p-149; /* tiny: what rounding a subnormal may lose */

/* sum|terms| of every element of output a: the oracle's own result for the absolute values of its inputs, each
 * times `scale` */
static void magnitude_of(const struct op *op, const int *size, void *const *buf, int a, double scale,
                         double *magnitude)
{
    void *copy[MAX_ARGS];
    for (int i = 0; i < op->narg; i++) {
        size_t n = op_elements(op, i, size);
        copy[i] = memory_need(n, sizeof(double));
        if (op->arg[i].role == ROLE_IN)
            for (size_t k = 0; k < n; k++) ((double *)copy[i])[k] = scale * fabs(((const double *)buf[i])[k]);
    }
    op->f64(size, copy);
    memcpy(magnitude, copy[a], op_elements(op, a, size) * sizeof *magnitude);
    for (int i = 0; i < op->narg; i++) free(copy[i]);
}

/* |fl(sum) - sum| <= gamma * sum|terms|, gamma = k u / (1 - k u), for any order of summation with k
 * roundings on a term's way (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1). */
static void bound_sum(const struct op *op, const int *size, void *const *buf, int a, double *bound)
{
    double k = op->terms(size) + 1.0, gamma = k * u / (1 - k * u);
    magnitude_of(op, size, buf, a, 1, bound);
    for (size_t e = 0, n = op_elements(op, a, size); e < n; e++) bound[e] = gamma * bound[e] + k * tiny;
}

/* Operands rounded with a relative error of at most r: each product errs by 2 r + r^2 of itself, and so
 *
 *   |fl(sum of rounded) - sum| <= gamma * S(r) + S(r) - S(0),   S(r) = sum|terms| of inputs times (1 + r).
 *
 * Tensor cores add the products of 4 terms or more and the sum so far in one step, truncating each to the digits of
 * the largest: two errors of at most 2^-23 a term, counting the sum's (Fasi, Higham, Mikaitis and Pranesh, Numerical
 * behavior of NVIDIA tensor cores, PeerJ Computer Science 7:e330, 2021). Hence gamma of 2 k and 2 u. */
void op_bound(const struct op *op, const int *size, void *const *buf, int a, unsigned needs, double *bound)
{
    double r = rung_rounding(needs), k = 2 * (op->terms(size) + 1.0), gamma = k * 2 * u / (1 - k * 2 * u);
    size_t n = op_elements(op, a, size);
    if (r == 0) {
        op->bound(op, size, buf, a, bound);
        return;
    }
    double *exact = memory_need(n, sizeof *exact);
    magnitude_of(op, size, buf, a, 1, exact);
    magnitude_of(op, size, buf, a, 1 + r, bound);
    for (size_t e = 0; e < n; e++) bound[e] = gamma * bound[e] + (bound[e] - exact[e]) + k * tiny;
    free(exact);
}

/* No cancellation on the way: every rounding is relative to the result itself. */
static void bound_relative(const struct op *op, const int *size, void *const *buf, int a, double *bound)
{
    double k = op->terms(size);
    for (size_t e = 0, n = op_elements(op, a, size); e < n; e++)
        bound[e] = k * u * fabs(((const double *)buf[a])[e]) + k * tiny;
}

/* w' = w - lr dw: three roundings at most, none larger than |w'| + 2 lr |dw| >= |w| + lr |dw| */
static void bound_sgd(const struct op *op, const int *size, void *const *buf, int a, double *bound)
{
    const double *dw = buf[0], *w = buf[a];
    for (size_t e = 0, n = op_elements(op, a, size); e < n; e++)
        bound[e] = 3 * u * (fabs(w[e]) + 2 * (double)SGD_RATE * fabs(dw[e])) + tiny;
}

/* With d = max_c |z[c] - max|: the rounded exponent shifts exp by d u, exp itself errs by one ulp, the sum by
 * C u, the division by u. log turns the sum's relative error into an absolute one; the mean over N adds N u. */
static void bound_softmax_xent(const struct op *op, const int *size, void *const *buf, int a, double *bound)
{
    int N = size[0], C = size[1];
    const double *z = buf[0], *p = buf[2];
    double loss = 0;
    (void)op;
    for (int n = 0; n < N; n++) {
        const double *zn = z + (size_t)n * C;
        double low = zn[0], high = zn[0];
        for (int c = 1; c < C; c++) low = fmin(low, zn[c]), high = fmax(high, zn[c]);
        double d = high - low, relative = u * (2 * d + C + 8);
        if (a == 2)
            for (int c = 0; c < C; c++) bound[(size_t)n * C + c] = relative * p[(size_t)n * C + c] + tiny;
        double row = log(C) + d;
        loss += (relative + 3 * u * row + u * (N + 2) * row) / N;
    }
    if (a == 3) *bound = loss;
}

/* ---- costs; every count is of the mathematics ---- */

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

static int terms_mse(const int *s)
{
    return s[0] + 4;
}

static int four_terms(const int *s)
{
    (void)s;
    return 4;
}

static int eight_terms(const int *s)
{
    (void)s;
    return 8;
}

static double flops_dense(const int *s)
{
    return 2.0 * s[0] * s[1] * s[2];
}

static double flops_each(const int *s)
{
    return s[0];
}

static double flops_softmax(const int *s)
{
    return 5.0 * s[0] * s[1]; /* subtract, exp, add, divide, compare */
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

static const int each_check[][MAX_SIZES] = { { 1 },  { 2 },    { 3 },    { 7 },  { 8 },  { 9 },
                                             { 15 }, { 16 },   { 17 },   { 31 }, { 33 }, { 63 },
                                             { 65 }, { 1000 }, { 4099 }, { 0 } };

static const int each_bench[][MAX_SIZES] = { { 1000 }, { 100000 }, { 1000000 }, { 10000000 }, { 0 } };

static const int rows_check[][MAX_SIZES] = { { 1, 1 },   { 1, 2 },    { 3, 1 },   { 2, 10 },
                                             { 64, 10 }, { 7, 15 },   { 5, 16 },  { 4, 17 },
                                             { 33, 65 }, { 2, 1000 }, { 300, 3 }, { 0 } };

static const int rows_bench[][MAX_SIZES] = { { 64, 10 }, { 256, 1000 }, { 4096, 1000 }, { 0 } };

/* ---- the operations ---- */

#define IDENTITY(op) .name = #op, .cpu = op##_cpu, .call = op##_call, .f64 = op##_in_f64, .cplx = op##_in_cplx
#define DENSE                                                                                      \
    .lesson = "01", .nsize = 3, .size_name = { "N", "IN", "OUT" }, .range = 1, .bound = bound_sum, \
    .flops = flops_dense, .check_shapes = dense_check, .bench_shapes = dense_bench
#define EACH                                                                                           \
    .lesson = "01", .nsize = 1, .size_name = { "n" }, .flops = flops_each, .check_shapes = each_check, \
    .bench_shapes = each_bench
#define ROWS                                                                                   \
    .lesson = "01", .nsize = 2, .size_name = { "N", "C" }, .range = 6, .flops = flops_softmax, \
    .check_shapes = rows_check, .bench_shapes = rows_bench

static const struct op dense_forward = {
    IDENTITY(dense_forward),
    DENSE,
    .formula = "y (N,OUT) = x (N,IN) * w (OUT,IN)^T + b (OUT)",
    .narg = 4,
    .arg = { { "x", ROLE_IN, 2, { 0, 1 } },
             { "w", ROLE_IN, 2, { 2, 1 } },
             { "b", ROLE_IN, 1, { 2 } },
             { "y", ROLE_OUT, 2, { 0, 2 } } },
    .terms = terms_of_IN,
};

static const struct op dense_backward_dx = {
    IDENTITY(dense_backward_dx),
    DENSE,
    .formula = "dx (N,IN) = dy (N,OUT) * w (OUT,IN)",
    .narg = 3,
    .arg = { { "w", ROLE_IN, 2, { 2, 1 } }, { "dy", ROLE_IN, 2, { 0, 2 } }, { "dx", ROLE_OUT, 2, { 0, 1 } } },
    .terms = terms_of_OUT,
    .forward = "dense_forward",
};

static const struct op dense_backward_dw = {
    IDENTITY(dense_backward_dw),
    DENSE,
    .formula = "dw (OUT,IN) = dy (N,OUT)^T * x (N,IN), db (OUT) = column sums of dy",
    .narg = 4,
    .arg = { { "x", ROLE_IN, 2, { 0, 1 } },
             { "dy", ROLE_IN, 2, { 0, 2 } },
             { "dw", ROLE_OUT, 2, { 2, 1 } },
             { "db", ROLE_OUT, 1, { 2 } } },
    .terms = terms_of_N,
    .forward = "dense_forward",
};

static const struct op dense_relu_forward = {
    IDENTITY(dense_relu_forward),
    DENSE,
    .formula = "y (N,OUT) = max(0, x (N,IN) * w (OUT,IN)^T + b (OUT))",
    .narg = 4,
    .arg = { { "x", ROLE_IN, 2, { 0, 1 } },
             { "w", ROLE_IN, 2, { 2, 1 } },
             { "b", ROLE_IN, 1, { 2 } },
             { "y", ROLE_OUT, 2, { 0, 2 } } },
    .terms = terms_of_IN,
};

static const struct op dense_relu_backward_dx = {
    IDENTITY(dense_relu_backward_dx),
    DENSE,
    .formula = "dz (N,IN) = dy (N,OUT) * w (OUT,IN), but 0 where a (N,IN) <= 0",
    .narg = 4,
    .arg = { { "a", ROLE_IN, 2, { 0, 1 } },
             { "w", ROLE_IN, 2, { 2, 1 } },
             { "dy", ROLE_IN, 2, { 0, 2 } },
             { "dz", ROLE_OUT, 2, { 0, 1 } } },
    .terms = terms_of_OUT,
};

#define FORWARD_ARGS .narg = 2, .arg = { { "x", ROLE_IN, 1, { 0 } }, { "y", ROLE_OUT, 1, { 0 } } }
#define BACKWARD_ARGS \
    .narg = 3,        \
    .arg = { { "y", ROLE_IN, 1, { 0 } }, { "dy", ROLE_IN, 1, { 0 } }, { "dx", ROLE_OUT, 1, { 0 } } }

static const struct op relu_forward = {
    IDENTITY(relu_forward),  EACH, FORWARD_ARGS, .formula = "y = max(0, x)", .range = 4, .terms = four_terms,
    .bound = bound_relative,
};

static const struct op relu_backward = {
    IDENTITY(relu_backward),
    EACH,
    BACKWARD_ARGS,
    .formula = "dx = dy where y > 0, else 0",
    .range = 4,
    .terms = four_terms,
    .bound = bound_relative,
    .forward = "relu_forward",
};

static const struct op sigmoid_forward = {
    IDENTITY(sigmoid_forward),
    EACH,
    FORWARD_ARGS,
    .formula = "y = 1 / (1 + exp(-x))",
    .range = 20,
    .terms = eight_terms,
    .bound = bound_relative,
};

static const struct op sigmoid_backward = {
    IDENTITY(sigmoid_backward),
    EACH,
    BACKWARD_ARGS,
    .formula = "dx = dy y (1 - y)",
    .range = 4,
    .terms = four_terms,
    .bound = bound_relative,
    .forward = "sigmoid_forward",
};

static const struct op tanh_forward = {
    IDENTITY(tanh_forward),  EACH, FORWARD_ARGS, .formula = "y = tanh(x)", .range = 8, .terms = eight_terms,
    .bound = bound_relative,
};

static const struct op tanh_backward = {
    IDENTITY(tanh_backward),
    EACH,
    BACKWARD_ARGS,
    .formula = "dx = dy (1 - y) (1 + y)",
    .range = 2,
    .terms = eight_terms,
    .bound = bound_relative,
    .forward = "tanh_forward",
};

static const struct op softmax_xent_forward = {
    IDENTITY(softmax_xent_forward),
    ROWS,
    .formula = "p = softmax(z) by rows, loss = mean of -log p[label]",
    .narg = 4,
    .arg = { { "z", ROLE_IN, 2, { 0, 1 } },
             { "label", ROLE_LABEL, 1, { 0 } },
             { "p", ROLE_OUT, 2, { 0, 1 } },
             { "loss", ROLE_OUT, 0, { 0 } } },
    .terms = eight_terms,
    .bound = bound_softmax_xent,
};

static const struct op softmax_xent_backward = {
    IDENTITY(softmax_xent_backward),
    ROWS,
    .formula = "dz = dloss (p - onehot(label)) / N",
    .narg = 4,
    .arg = { { "p", ROLE_IN, 2, { 0, 1 } },
             { "label", ROLE_LABEL, 1, { 0 } },
             { "dloss", ROLE_IN, 0, { 0 } },
             { "dz", ROLE_OUT, 2, { 0, 1 } } },
    .terms = four_terms,
    .bound = bound_relative,
    .forward = "softmax_xent_forward",
};

static const struct op mse_forward = {
    IDENTITY(mse_forward),
    EACH,
    .formula = "loss = (1/n) sum (y - t)^2",
    .narg = 3,
    .arg = { { "y", ROLE_IN, 1, { 0 } }, { "t", ROLE_IN, 1, { 0 } }, { "loss", ROLE_OUT, 0, { 0 } } },
    .range = 1,
    .terms = terms_mse,
    .bound = bound_relative,
};

static const struct op mse_backward = {
    IDENTITY(mse_backward),
    EACH,
    .formula = "dy = dloss 2 (y - t) / n",
    .narg = 4,
    .arg = { { "y", ROLE_IN, 1, { 0 } },
             { "t", ROLE_IN, 1, { 0 } },
             { "dloss", ROLE_IN, 0, { 0 } },
             { "dy", ROLE_OUT, 1, { 0 } } },
    .range = 1,
    .terms = four_terms,
    .bound = bound_relative,
    .forward = "mse_forward",
};

static const struct op sgd_step = {
    IDENTITY(sgd_step),
    EACH,
    .formula = "w = w - lr dw",
    .narg = 2,
    .arg = { { "dw", ROLE_IN, 1, { 0 } }, { "w", ROLE_INOUT, 1, { 0 } } },
    .range = 1,
    .terms = four_terms,
    .bound = bound_sgd,
};

const struct op *const ops[] = {
    &dense_forward,
    &dense_backward_dx,
    &dense_backward_dw,
    &dense_relu_forward,
    &dense_relu_backward_dx,
    &relu_forward,
    &relu_backward,
    &sigmoid_forward,
    &sigmoid_backward,
    &tanh_forward,
    &tanh_backward,
    &softmax_xent_forward,
    &softmax_xent_backward,
    &mse_forward,
    &mse_backward,
    &sgd_step,
    NULL,
};

/* ---- lookups ---- */

const struct op *op_find(const char *name)
{
    for (const struct op *const *op = ops; *op; op++)
        if (!strcmp((*op)->name, name)) return *op;
    return NULL;
}

size_t op_elements(const struct op *op, int a, const int *size)
{
    const size_t limit = (size_t)1 << 48;
    size_t n = 1;
    for (int d = 0; d < op->arg[a].ndim; d++) {
        size_t extent = (size_t)size[op->arg[a].dim[d]];
        if (extent && n > limit / extent) return 0;
        n *= extent;
    }
    return n;
}

double op_bytes(const struct op *op, const int *size)
{
    double bytes = 0;
    for (int a = 0; a < op->narg; a++)
        bytes += (op->arg[a].role == ROLE_INOUT ? 8.0 : 4.0) * (double)op_elements(op, a, size);
    return bytes;
}

char *op_shape_text(const struct op *op, const int *size, char *text)
{
    char *at = text;
    for (int i = 0; i < op->nsize; i++) at += sprintf(at, i ? "x%d" : "%d", size[i]);
    return text;
}

int op_parse_shape(const struct op *op, const char *text, int *size)
{
    int parsed[MAX_SIZES];
    for (int i = 0; i < op->nsize; i++) {
        char *end;
        long value = strtol(text, &end, 10);
        if (end == text || value < 1 || value > 1 << 24) return 0;
        if (*end != (i + 1 < op->nsize ? 'x' : '\0')) return 0;
        parsed[i] = (int)value;
        text = end + 1;
    }
    memcpy(size, parsed, (size_t)op->nsize * sizeof *size);
    return 1;
}

const struct rung *rung_find(const struct op *op, const char *name)
{
    return rung_in(op->cpu, name);
}

/* the last rung that runs here and whose name sorts at or before `limit` ("04_avx2"); NULL limit: no limit */
static const struct rung *last_usable(const struct op *op, const char *limit)
{
    const struct rung *best = op->cpu;
    for (const struct rung *r = op->cpu; r->name; r++)
        if (!rung_lacks(r->needs) && (!limit || strncmp(r->name, limit, strlen("00_")) <= 0)) best = r;
    return best;
}

const struct rung *rung_best(const struct op *op)
{
    return last_usable(op, NULL);
}

const struct rung *rung_at_height(const struct op *op, const char *height)
{
    if (!strcmp(height, "naive")) return op->cpu;
    if (!strcmp(height, "best")) return rung_best(op);
    const struct rung *named = rung_find(&dense_forward, height);
    return named && !rung_lacks(named->needs) ? last_usable(op, named->name) : NULL;
}
