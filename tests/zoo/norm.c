/* norm.c - layer normalisation and softmax: the chain rule through a mean, a variance, a sum. */
#include <string.h>

#include "units.h"

/* ---- layer_norm: y = gamma (x - mean) / sqrt(var + eps) + beta, over each row ---- */

enum { N = 4, D = 6 };
enum { X = 1, GAMMA = 2, BETA = 4 };

static const double eps = 1e-2; /* large enough to be seen where it is misplaced */

enum {
    right,
    mean_chain_missing,
    variance_chain_missing,
    both_chains_missing,
    eps_outside_root,
    eps_forgotten,
    bessel,
    gamma_missing,
    gamma_last,
    rstd_missing,
    rstd_squared,
    variance_sign,
    statistics_of_row_0,
    dgamma_from_x,
    dgamma_first_row,
    dgamma_centred_only,
    dgamma_with_gamma,
    dbeta_mean,
    dbeta_last_row,
    dbeta_is_dgamma,
    upstream_ignored,
    mean_over_batch
};

static void statistics(const double *x, double *mean, double *var)
{
    *mean = *var = 0;
    for (int d = 0; d < D; d++) *mean += x[d] / D;
    for (int d = 0; d < D; d++) *var += (x[d] - *mean) * (x[d] - *mean) / D;
}

static int norm_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data, *gamma = in[1].data, *beta = in[2].data;
    double *y = out[0].data, mean, var;
    (void)ctx;
    for (int n = 0; n < N; n++) {
        statistics(x + n * D, &mean, &var);
        for (int d = 0; d < D; d++)
            y[n * D + d] = gamma[d] * (x[n * D + d] - mean) / sqrt(var + eps) + beta[d];
    }
    return 0;
}

/* one row of dx; h is xhat, the normalised x */
static void norm_row(int m, double rstd, const double *gamma, const double *h, const double *dy, double *dx)
{
    double dh[D], a = 0, b = 0;
    for (int d = 0; d < D; d++) {
        dh[d] = dy[d] * (m == gamma_missing || m == gamma_last ? 1 : gamma[d]);
        a += dh[d] / (m == bessel ? D - 1 : D);
        b += dh[d] * h[d] / (m == bessel ? D - 1 : D);
    }
    if (m == mean_chain_missing || m == both_chains_missing) a = 0;
    if (m == variance_chain_missing || m == both_chains_missing) b = 0;
    if (m == variance_sign) b = -b;
    for (int d = 0; d < D; d++) {
        dx[d] = (dh[d] - a - h[d] * b) * (m == rstd_missing ? 1 : m == rstd_squared ? rstd * rstd : rstd);
        if (m == gamma_last) dx[d] *= gamma[d];
    }
}

static double reciprocal_deviation(int m, double var)
{
    return m == eps_forgotten      ? 1 / sqrt(var)
           : m == eps_outside_root ? 1 / (sqrt(var) + eps)
                                   : 1 / sqrt(var + eps);
}

/* takes out the mean of each column of dx: batch normalisation's way */
static void centre_columns(double *dx)
{
    for (int d = 0; d < D; d++) {
        double mean = 0;
        for (int n = 0; n < N; n++) mean += dx[n * D + d] / N;
        for (int n = 0; n < N; n++) dx[n * D + d] -= mean;
    }
}

static int norm_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                         gc_tensor *din)
{
    int m = zoo_mistake(ctx);
    const double *x = in[0].data, *gamma = in[1].data, *given = dout[0].data;
    double *dx = din[0].data, *dgamma = din[1].data, *dbeta = din[2].data, mean, var, h[D], dy[D];
    (void)out;
    memset(dgamma, 0, D * sizeof *dgamma);
    memset(dbeta, 0, D * sizeof *dbeta);
    for (int n = 0; n < N; n++) {
        statistics(x + (m == statistics_of_row_0 ? 0 : n) * D, &mean, &var);
        double rstd = reciprocal_deviation(m, var), exact = 1 / sqrt(var + eps);
        for (int d = 0; d < D; d++) {
            double hat = (x[n * D + d] - mean) * exact;
            h[d] = (x[n * D + d] - mean) * rstd;
            dy[d] = m == upstream_ignored ? 1 : given[n * D + d];
            if (m == dgamma_from_x) hat = x[n * D + d];
            if (m == dgamma_centred_only) hat = x[n * D + d] - mean;
            if (m == dgamma_with_gamma) hat *= gamma[d];
            if (m != dgamma_first_row || n == 0) dgamma[d] += dy[d] * hat;
            if (m != dbeta_last_row || n == N - 1) dbeta[d] += dy[d] / (m == dbeta_mean ? N : 1);
        }
        norm_row(m, rstd, gamma, h, dy, dx + n * D);
    }
    if (m == dbeta_is_dgamma) memcpy(dbeta, dgamma, D * sizeof *dbeta);
    if (m == mean_over_batch) centre_columns(dx);
    return 0;
}

static void norm_build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD, ZOO_DIMS(N, D));
    zoo_input(z, "gamma", GC_GRAD | GC_LINEAR, ZOO_DIMS(D));
    zoo_input(z, "beta", GC_GRAD | GC_LINEAR, ZOO_DIMS(D));
    zoo_output(z, "y", ZOO_DIMS(N, D));
    z->p.forward = norm_forward;
    z->p.backward = norm_backward;
}

/* ---- softmax: y = exp(x) / sum exp(x), over each row. With dy all ones the gradient is zero: that hides
 * much, and is why the checker's dy has random signs and sizes. ---- */

enum { ROWS = 3, COLS = 5 };

enum {
    always_zero = 100,
    sum_missing,
    diagonal_only,
    sum_of_dy,
    sum_over_batch,
    sign,
    y_missing,
    y_twice,
    first_row_only,
    sum_without_last,
    temperature
};

static void softmax_row(const double *x, double *y)
{
    double max = x[0], sum = 0;
    for (int c = 1; c < COLS; c++) max = x[c] > max ? x[c] : max;
    for (int c = 0; c < COLS; c++) sum += y[c] = exp(x[c] - max);
    for (int c = 0; c < COLS; c++) y[c] /= sum;
}

static int softmax_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    (void)ctx;
    for (int n = 0; n < ROWS; n++)
        softmax_row((const double *)in[0].data + n * COLS, (double *)out[0].data + n * COLS);
    return 0;
}

static void softmax_derivatives(int m, const double *y, const double *dy, const double *below, double *dx)
{
    double dot = 0;
    for (int c = 0; c < (m == sum_without_last ? COLS - 1 : COLS); c++)
        dot += m == sum_of_dy ? dy[c] / COLS : m == sum_over_batch ? below[c] : y[c] * dy[c];
    for (int c = 0; c < COLS; c++) {
        double scale = m == y_missing ? 1 : m == y_twice ? y[c] * y[c] : m == temperature ? y[c] / 2 : y[c];
        dx[c] = scale * (dy[c] - (m == sum_missing ? 0 : dot));
        if (m == diagonal_only) dx[c] = dy[c] * y[c] * (1 - y[c]);
        if (m == sign) dx[c] = -dx[c];
        if (m == always_zero) dx[c] = 0;
    }
}

static int softmax_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                            gc_tensor *din)
{
    int m = zoo_mistake(ctx);
    const double *y = out[0].data, *dy = dout[0].data;
    double *dx = din[0].data, below[COLS] = { 0 };
    (void)in;
    for (int k = 0; k < ROWS * COLS; k++) below[k % COLS] += y[k] * dy[k];
    for (int n = 0; n < ROWS; n++) {
        softmax_derivatives(m, y + n * COLS, dy + n * COLS, below, dx + n * COLS);
        if (m == first_row_only && n > 0) memset(dx + n * COLS, 0, COLS * sizeof *dx);
    }
    return 0;
}

static void softmax_build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD, ZOO_DIMS(ROWS, COLS));
    zoo_output(z, "y", ZOO_DIMS(ROWS, COLS));
    z->p.forward = softmax_forward;
    z->p.backward = softmax_backward;
}

#define NORM(name, tensors, words)                                        \
    {                                                                     \
        "layer_norm", #name, words, norm_build, name, tensors, GC_FAIL, 0 \
    }
#define NORM_BREACH(name, tensors, words)                                            \
    {                                                                                \
        "layer_norm", #name, words, norm_build, name, tensors, GC_CONTRACT_BROKEN, 0 \
    }
#define SOFTMAX(name, words)                                        \
    {                                                               \
        "softmax", #name, words, softmax_build, name, X, GC_FAIL, 0 \
    }

static const struct zoo_case rows[] = {
    { "layer_norm", "right", "nothing", norm_build, right, 0, GC_PASS, 0 },
    NORM(mean_chain_missing, X, "the chain through the mean is missing"),
    NORM(variance_chain_missing, X, "the chain through the variance is missing"),
    NORM(both_chains_missing, X, "mean and variance taken for constants"),
    NORM(eps_outside_root, X, "1/(sqrt(var) + eps) in the backward"),
    NORM(eps_forgotten, X, "1/sqrt(var) in the backward"),
    NORM(bessel, X, "D - 1 in the backward, D in the forward"),
    NORM(gamma_missing, X, "gamma missing in dx"),
    NORM(gamma_last, X, "gamma multiplied in after the means"),
    NORM(rstd_missing, X, "1/sqrt(var + eps) missing"),
    NORM(rstd_squared, X, "1/(var + eps)"),
    NORM(variance_sign, X, "the variance's chain with the wrong sign"),
    NORM(statistics_of_row_0, X | GAMMA, "mean and variance of the first row for all rows"),
    NORM(dgamma_from_x, GAMMA, "dgamma from x instead of the normalised x"),
    NORM(dgamma_first_row, GAMMA, "dgamma of the first row alone"),
    NORM(dgamma_centred_only, GAMMA, "dgamma from x - mean"),
    NORM(dgamma_with_gamma, GAMMA, "gamma multiplied into dgamma"),
    NORM(dbeta_mean, BETA, "dbeta averaged over the batch"),
    NORM(dbeta_last_row, BETA, "dbeta of the last row alone"),
    NORM(dbeta_is_dgamma, BETA, "dgamma's buffer given back as dbeta"),
    NORM_BREACH(upstream_ignored, X | GAMMA | BETA, "dy taken as 1"),
    NORM(mean_over_batch, X, "dx centred over the batch, as batch normalisation does"),
    { "softmax", "right", "nothing", softmax_build, right, 0, GC_PASS, 0 },
    SOFTMAX(always_zero, "no gradient; right for dy = 1"),
    SOFTMAX(sum_missing, "y dy: the sum over the row is missing"),
    SOFTMAX(diagonal_only, "y (1 - y) dy: the off-diagonal of the Jacobian is missing"),
    SOFTMAX(sum_of_dy, "the mean of dy where sum y dy belongs"),
    SOFTMAX(sum_over_batch, "the sum over the batch too"),
    SOFTMAX(sign, "the wrong sign"),
    SOFTMAX(y_missing, "the outer factor y is missing"),
    SOFTMAX(y_twice, "y^2 for y"),
    SOFTMAX(first_row_only, "only the first row"),
    SOFTMAX(sum_without_last, "the sum ends one class early"),
    SOFTMAX(temperature, "a temperature of 2 that the forward does not have"),
};

const struct zoo_table zoo_norm = ZOO_TABLE(rows);
