/* loss.c - losses and what flows back from them. N examples, C classes; n elements. */
#include "parts.h"

#include <math.h>

CALLS(softmax_xent_forward, s[0], s[1], p[0], p[1], p[2], p[3])
CALLS(softmax_xent_backward, s[0], s[1], p[0], p[1], p[2], p[3])
CALLS(mse_forward, s[0], p[0], p[1], p[2])
CALLS(mse_backward, s[0], p[0], p[1], p[2], p[3])

/* With s = max_c |z[c] - max|: the rounded exponent shifts exp by s units, exp itself errs by one ulp, the sum by
 * C units, the division by one. log turns the sum's relative error into an absolute one; the mean over N adds N. */
static void bound_softmax_xent(const struct op *op, const int *size, void *const *buf, int a, struct digits d,
                               double *bound)
{
    int N = size[0], C = size[1];
    const double *z = buf[0], *p = buf[2];
    double loss = 0;
    (void)op;
    for (int n = 0; n < N; n++) {
        const double *zn = z + (size_t)n * C;
        double low = zn[0], high = zn[0];
        for (int c = 1; c < C; c++) low = fmin(low, zn[c]), high = fmax(high, zn[c]);
        double spread = high - low, relative = d.unit * (2 * spread + C + 8);
        if (a == 2)
            for (int c = 0; c < C; c++) bound[(size_t)n * C + c] = relative * p[(size_t)n * C + c] + d.tiny;
        double row = log(C) + spread;
        loss += (relative + 3 * d.unit * row + d.unit * (N + 2) * row) / N;
    }
    if (a == 3) *bound = loss;
}

static int terms_mse(const int *s)
{
    return s[0] + 4;
}

static double flops_softmax(const int *s)
{
    return 5.0 * s[0] * s[1]; /* subtract, exp, add, divide, compare */
}

#define LESSON .lesson = "01"
#define ROWS                                                                                   \
    .lesson = "01", .nsize = 2, .size_name = { "N", "C" }, .range = 6, .flops = flops_softmax, \
    .check_shapes = rows_check, .bench_shapes = rows_bench

const struct op op_softmax_xent_forward = {
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

const struct op op_softmax_xent_backward = {
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

const struct op op_mse_forward = {
    IDENTITY(mse_forward),
    LESSON,
    EACH,
    .formula = "loss = (1/n) sum (y - t)^2",
    .narg = 3,
    .arg = { { "y", ROLE_IN, 1, { 0 } }, { "t", ROLE_IN, 1, { 0 } }, { "loss", ROLE_OUT, 0, { 0 } } },
    .range = 1,
    .terms = terms_mse,
    .bound = bound_relative,
};

const struct op op_mse_backward = {
    IDENTITY(mse_backward),
    LESSON,
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
