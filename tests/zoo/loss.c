/* loss.c - losses: mean squared error, softmax with cross-entropy, with and without label smoothing. */
#include <string.h>

#include "units.h"

/* ---- mse: loss = mean over n of (y - t)^2; both are inputs ---- */

enum { ROWS = 4, COLS = 3, COUNT = ROWS * COLS };
enum { Y = 1, T = 2 };

enum {
    right,
    two_missing,
    divided_by_rows,
    not_divided,
    half_twice,
    dy_sign,
    squared,
    sign_only,
    upstream_ignored,
    upstream_squared,
    last_skipped,
    dt_zero,
    dt_same_sign,
    dt_of_t,
    target_ignored,
    both_divide_by_rows,
    first_row,
    one_part_in_1e6
};

static int mse_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *y = in[0].data, *t = in[1].data;
    double sum = 0;
    for (int k = 0; k < COUNT; k++) sum += (y[k] - t[k]) * (y[k] - t[k]);
    *(double *)out[0].data = sum / (zoo_mistake(ctx) == both_divide_by_rows ? ROWS : COUNT);
    return 0;
}

static int mse_oracle(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *y = in[0].data, *t = in[1].data;
    double mean = 0;
    (void)ctx;
    for (int k = 0; k < COUNT; k++) mean += (pow(y[k] - t[k], 2) - mean) / (k + 1);
    *(double *)out[0].data = mean;
    return 0;
}

static int mse_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                        gc_tensor *din)
{
    int m = zoo_mistake(ctx);
    const double *y = in[0].data, *t = in[1].data;
    double *dy = din[0].data, *dt = din[1].data, up = *(const double *)dout[0].data;
    double two = m == two_missing ? 1 : m == half_twice ? 0.5 : 2;
    double n = m == divided_by_rows || m == both_divide_by_rows ? ROWS : m == not_divided ? 1 : COUNT;
    (void)out;
    if (m == upstream_ignored) up = 1;
    if (m == upstream_squared) up *= up;
    for (int k = 0; k < COUNT; k++) {
        double diff = y[k] - t[k];
        if (m == squared) diff *= diff;
        if (m == sign_only) diff = diff > 0 ? 1 : -1;
        if (m == target_ignored) diff = y[k];
        dy[k] = up * two * diff / n;
        dt[k] = -dy[k];
        if (m == dy_sign) dy[k] = -dy[k];
        if (m == dt_zero) dt[k] = 0;
        if (m == dt_same_sign) dt[k] = dy[k];
        if (m == dt_of_t) dt[k] = -up * two * t[k] / n;
        if (m == one_part_in_1e6) dt[k] *= 1 + 1e-6;
        if (m == first_row && k >= COLS) dy[k] = dt[k] = 0;
    }
    if (m == last_skipped) dy[COUNT - 1] = 0;
    return 0;
}

static void mse_build(struct zoo_problem *z)
{
    zoo_input(z, "y", GC_GRAD, ZOO_DIMS(ROWS, COLS));
    zoo_input(z, "t", GC_GRAD, ZOO_DIMS(ROWS, COLS));
    zoo_output(z, "loss", 0, NULL);
    z->p.forward = mse_forward;
    z->p.oracle = mse_oracle;
    z->p.backward = mse_backward;
}

/* ---- softmax_xent: loss = mean over rows of -sum q log softmax(z), q = onehot, or smoothed ---- */

enum { N = 5, C = 4 };
enum { Z = 1 };

enum {
    mean_missing = 100,
    mean_twice,
    onehot_missing,
    label_off_by_one,
    sign,
    label_column_only,
    softmax_derivative_too,
    one_row_skipped,
    first_rows_label,
    exp_not_normalised,
    normalised_over_batch,
    one_at_label_not_minus,
    smoothing_forgotten,
    smoothing_over_others,
    smoothing_both,
    both_sum,
    other_up,
    one_logit
};

static const double smoothing = 0.1;

static double target(int smooth, int label, int c)
{
    return smooth ? smoothing / C + (c == label ? 1 - smoothing : 0) : c == label;
}

static void softmax(const double *z, double *p)
{
    double max = z[0], sum = 0;
    for (int c = 1; c < C; c++) max = z[c] > max ? z[c] : max;
    for (int c = 0; c < C; c++) sum += p[c] = exp(z[c] - max);
    for (int c = 0; c < C; c++) p[c] /= sum;
}

static int xent(int smooth, const gc_tensor *in, gc_tensor *out, double rows)
{
    const double *z = in[0].data;
    const int32_t *label = in[1].data;
    double p[C], loss = 0;
    for (int n = 0; n < N; n++) {
        if (label[n] < 0 || label[n] >= C) return 1;
        softmax(z + n * C, p);
        for (int c = 0; c < C; c++) loss -= target(smooth, label[n], c) * log(p[c]);
    }
    *(double *)out[0].data = loss / rows;
    return 0;
}

static int xent_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    return xent(0, in, out, zoo_mistake(ctx) == both_sum ? 1 : N);
}

static int smooth_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    return xent(zoo_mistake(ctx) != smoothing_both, in, out, N);
}

/* log(sum exp z) - sum q z: another formula than the forward's */
static int oracle(int smooth, const gc_tensor *in, gc_tensor *out)
{
    const double *z = in[0].data;
    const int32_t *label = in[1].data;
    double loss = 0;
    for (int n = 0; n < N; n++) {
        double sum = 0, dot = 0;
        for (int c = 0; c < C; c++) {
            sum += exp(z[n * C + c]);
            dot += target(smooth, label[n], c) * z[n * C + c];
        }
        loss += (log(sum) - dot) / N;
    }
    *(double *)out[0].data = loss;
    return 0;
}

static int xent_oracle(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    (void)ctx;
    return oracle(0, in, out);
}

static int smooth_oracle(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    (void)ctx;
    return oracle(1, in, out);
}

static double column_sum(const double *z, int c)
{
    double sum = 0;
    for (int n = 0; n < N; n++) sum += exp(z[n * C + c]);
    return sum;
}

static double logit_derivative(int m, int smooth, const double *p, int label, int c)
{
    double q = target(smooth, m == label_off_by_one ? (label + 1) % C : label, c);
    if (m == smoothing_forgotten || m == smoothing_both) q = target(0, label, c);
    if (m == smoothing_over_others) q = c == label ? 1 - smoothing : smoothing / (C - 1);
    if (m == onehot_missing) return p[c];
    if (m == label_column_only && c != label) return 0;
    if (m == softmax_derivative_too) return (p[c] - q) * p[c] * (1 - p[c]);
    if (m == one_at_label_not_minus) return p[c] + q;
    if (m == sign) return q - p[c];
    return p[c] - q;
}

static int backward(int smooth, int m, const gc_tensor *in, const gc_tensor *dout, gc_tensor *din)
{
    const double *z = in[0].data;
    const int32_t *label = in[1].data;
    double *dz = din[0].data, up = *(const double *)dout[0].data, p[C];
    double rows = m == mean_missing || m == both_sum ? 1 : m == mean_twice ? N * N : N;
    if (m == other_up) up = 1;
    for (int n = 0; n < N; n++) {
        softmax(z + n * C, p);
        for (int c = 0; c < C; c++) {
            if (m == exp_not_normalised) p[c] = exp(z[n * C + c]);
            if (m == normalised_over_batch) p[c] = exp(z[n * C + c]) / column_sum(z, c);
            dz[n * C + c] =
                up / rows * logit_derivative(m, smooth, p, label[m == first_rows_label ? 0 : n], c);
            if (m == one_row_skipped && n == N - 1) dz[n * C + c] = 0;
        }
    }
    if (m == one_logit) dz[6] *= 1 + 1e-4;
    return 0;
}

static int xent_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                         gc_tensor *din)
{
    (void)out;
    return backward(0, zoo_mistake(ctx), in, dout, din);
}

static int smooth_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                           gc_tensor *din)
{
    (void)out;
    return backward(1, zoo_mistake(ctx), in, dout, din);
}

/* logits from -2 to 2, labels that differ between the first two rows */
static int fill(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    double *z = in[0].data;
    int32_t *label = in[1].data;
    (void)ctx;
    seed += 1000 * (uint64_t)point;
    for (int k = 0; k < N * C; k++) z[k] = 4 * zoo_unit(seed, (uint64_t)k) - 2;
    for (int n = 0; n < N; n++) label[n] = (int)(C * zoo_unit(seed, (uint64_t)(N * C + n)));
    label[1] = (label[0] + 1) % C;
    return 0;
}

static void xent_build(struct zoo_problem *z)
{
    zoo_input(z, "z", GC_GRAD, ZOO_DIMS(N, C));
    zoo_input(z, "label", 0, ZOO_DIMS(N))->dt = GC_I32;
    zoo_output(z, "loss", 0, NULL);
    z->p.fill = fill;
    z->p.forward = xent_forward;
    z->p.oracle = xent_oracle;
    z->p.backward = xent_backward;
}

static void smooth_build(struct zoo_problem *z)
{
    xent_build(z);
    z->p.forward = smooth_forward;
    z->p.oracle = smooth_oracle;
    z->p.backward = smooth_backward;
}

#define MSE(name, tensors, words)                                 \
    {                                                             \
        "mse", #name, words, mse_build, name, tensors, GC_FAIL, 0 \
    }
#define MSE_BREACH(name, tensors, words)                                     \
    {                                                                        \
        "mse", #name, words, mse_build, name, tensors, GC_CONTRACT_BROKEN, 0 \
    }
#define XENT(name, words)                                             \
    {                                                                 \
        "softmax_xent", #name, words, xent_build, name, Z, GC_FAIL, 0 \
    }
#define XENT_BREACH(name, words)                                                 \
    {                                                                            \
        "softmax_xent", #name, words, xent_build, name, Z, GC_CONTRACT_BROKEN, 0 \
    }
#define SMOOTH(name, words)                                                \
    {                                                                      \
        "label_smoothing", #name, words, smooth_build, name, Z, GC_FAIL, 0 \
    }

static const struct zoo_case rows[] = {
    { "mse", "right", "nothing", mse_build, right, 0, GC_PASS, 0 },
    MSE(two_missing, Y | T, "the 2 of the square is missing"),
    MSE(divided_by_rows, Y | T, "divided by the batch size where the forward divides by all elements"),
    MSE(not_divided, Y | T, "the mean's 1/n is missing"),
    MSE(half_twice, Y | T, "a half instead of a two"),
    MSE(dy_sign, Y, "dy = t - y"),
    MSE(squared, Y | T, "the difference squared"),
    MSE(sign_only, Y | T, "the derivative of the absolute error"),
    MSE_BREACH(upstream_ignored, Y | T, "the upstream gradient taken as 1"),
    MSE_BREACH(upstream_squared, Y | T, "the upstream gradient multiplied in twice"),
    MSE(last_skipped, Y, "the last element left at zero"),
    MSE(dt_zero, T, "the target is taken for a constant"),
    MSE(dt_same_sign, T, "dt = dy instead of -dy"),
    MSE(dt_of_t, T, "dt from t instead of t - y"),
    MSE(target_ignored, Y | T, "y instead of y - t"),
    MSE(first_row, Y | T, "only the first row"),
    MSE(one_part_in_1e6, T, "dt too large by 1e-6"),
    { "mse", "both_divide_by_rows", "forward and backward both divide by the batch size", mse_build,
      both_divide_by_rows, 0, GC_FAIL, GC_REFERENCE },
    { "softmax_xent", "right", "nothing", xent_build, right, 0, GC_PASS, 0 },
    XENT(mean_missing, "the mean's 1/N is missing"),
    XENT(mean_twice, "1/N applied twice"),
    XENT(onehot_missing, "p without the -1 at the label"),
    XENT(label_off_by_one, "the -1 at the next class: labels counted from 1"),
    XENT(sign, "onehot - p"),
    XENT(label_column_only, "only the label's logit gets a gradient"),
    XENT(softmax_derivative_too, "(p - onehot) p (1 - p): the softmax differentiated again"),
    XENT(one_row_skipped, "the last row skipped"),
    XENT(first_rows_label, "the first row's label for all rows"),
    XENT(exp_not_normalised, "exp(z) where p belongs"),
    XENT(normalised_over_batch, "the softmax over the batch instead of the classes"),
    XENT(one_at_label_not_minus, "p + onehot"),
    XENT_BREACH(other_up, "the upstream gradient taken as 1"),
    XENT(one_logit, "one logit wrong by 1e-4"),
    { "softmax_xent", "both_sum", "forward and backward both sum where the mean is meant", xent_build,
      both_sum, 0, GC_FAIL, GC_REFERENCE },
    { "label_smoothing", "right", "nothing", smooth_build, right, 0, GC_PASS, 0 },
    SMOOTH(smoothing_forgotten, "the hard label in the backward"),
    SMOOTH(smoothing_over_others, "eps shared by the C - 1 other classes, by the forward among all C"),
    { "label_smoothing", "smoothing_both", "smoothing forgotten in both passes", smooth_build, smoothing_both,
      0, GC_FAIL, GC_REFERENCE },
};

const struct zoo_table zoo_loss = ZOO_TABLE(rows);
