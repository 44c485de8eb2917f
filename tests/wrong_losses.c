/* wrong_losses.c - losses and their gradients that are wrong in the ways real ones are: `rungs
 * check` must reject every one.
 *
 * As wrong.c, for the losses. Each row says which operation is done wrongly, how,
 * and a word of the reason. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/check.h"
#include "../reference/reference.h"
#include "wrong_rows.h"

/* ---- of n elements, for the mean ---- */

#define FORWARD(name) static void name(int n, const float *y, const float *t, float *loss, int reduction)
#define BACKWARD(name) \
    static void name(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction)

FORWARD(mse_halved) /* as if all put 1/2 before the squares */
{
    mse_forward_f32(n, y, t, loss, reduction);
    *loss /= 2;
}

FORWARD(mse_summed)
{
    (void)reduction;
    mse_forward_f32(n, y, t, loss, REDUCE_SUM);
}

FORWARD(mse_of_whole_vectors)
{
    double sum = 0;
    (void)reduction;
    for (int k = 0; k < n / 8 * 8; k++) sum += (double)((y[k] - t[k]) * (y[k] - t[k]));
    *loss = (float)(sum / n);
}

FORWARD(mse_each_mean) /* asked for each element's, gives the mean */
{
    (void)reduction;
    mse_forward_f32(n, y, t, loss, REDUCE_MEAN);
    for (int k = 1; k < n; k++) loss[k] = loss[0];
}

BACKWARD(mse_not_averaged)
{
    (void)reduction;
    mse_backward_f32(n, y, t, dloss, dy, REDUCE_SUM);
}

BACKWARD(mse_first_upstream) /* one upstream number for all elements */
{
    (void)reduction;
    mse_backward_f32(n, y, t, dloss, dy, REDUCE_SUM);
}

FORWARD(mae_root) /* the root of the mean square */
{
    mse_forward_f32(n, y, t, loss, reduction);
    *loss = sqrtf(*loss);
}

BACKWARD(mae_of_the_label) /* the sign turned: t - y */
{
    mae_backward_f32(n, t, y, dloss, dy, reduction);
}

static void huber_not_joined(int n, const float *y, const float *t, float *loss, float delta, int reduction)
{
    double sum = 0;
    (void)reduction;
    for (int k = 0; k < n; k++) {
        float d = fabsf(y[k] - t[k]);
        sum += (double)(d <= delta ? d * d / 2 : delta * d);
    }
    *loss = (float)(sum / n);
}

static void huber_never_clipped(int n, const float *y, const float *t, const float *dloss, float *dy,
                                float delta, int reduction)
{
    (void)delta;
    mse_backward_f32(n, y, t, dloss, dy, reduction);
    for (int k = 0; k < n; k++) dy[k] /= 2;
}

FORWARD(bce_with_epsilon) /* log(y + 1e-7), so that nothing is infinite */
{
    (void)reduction;
    for (int k = 0; k < n; k++) loss[k] = -(t[k] * logf(y[k] + 1e-7f) + (1 - t[k]) * logf(1 - y[k] + 1e-7f));
}

FORWARD(bce_of_hits_only)
{
    double sum = 0;
    (void)reduction;
    for (int k = 0; k < n; k++) sum -= (double)(t[k] * logf(y[k]));
    *loss = (float)(sum / n);
}

BACKWARD(bce_as_of_logits) /* y - t, which is the slope behind a sigmoid */
{
    for (int k = 0; k < n; k++) dy[k] = *dloss * (y[k] - t[k]) / (reduction == REDUCE_MEAN ? (float)n : 1);
}

FORWARD(bce_logits_label_for_both) /* z t where the logit is negative is forgotten */
{
    double sum = 0;
    (void)reduction;
    for (int k = 0; k < n; k++) sum += (double)(fmaxf(y[k], 0) * (1 - t[k]) + log1pf(expf(-fabsf(y[k]))));
    *loss = (float)(sum / n);
}

static void gradient_of_the_sum(int n, const float *y, const float *t, float *loss, float *dy, int reduction)
{
    const float one = 1;
    mse_forward_f32(n, y, t, loss, reduction);
    mse_backward_f32(n, y, t, &one, dy, REDUCE_SUM);
}

/* ---- of rows ---- */

#define ROWS_FORWARD(name)                                                                         \
    static void name(int N, int C, const float *z, const int *label, float *loss, float smoothing, \
                     int reduction)
#define ROWS_BACKWARD(name)                                                                         \
    static void name(int N, int C, const float *z, const int *label, const float *dloss, float *dz, \
                     float smoothing, int reduction)

static float high_of(int C, const float *z)
{
    float high = z[0];
    for (int c = 1; c < C; c++) high = fmaxf(high, z[c]);
    return high;
}

ROWS_FORWARD(no_sum_over_classes) /* log of one term, not of the sum */
{
    float total = 0;
    int count = 0;
    (void)smoothing, (void)reduction;
    for (int n = 0; n < N; n++) {
        if (label[n] < 0) continue;
        total += high_of(C, z + n * C) - z[n * C + label[n]];
        count++;
    }
    *loss = count ? total / (float)count : 0;
}

ROWS_FORWARD(mean_over_all_rows) /* rows without a label counted */
{
    xent_forward_f32(N, C, z, label, loss, smoothing, REDUCE_SUM);
    if (reduction == REDUCE_MEAN) *loss /= (float)N;
}

ROWS_FORWARD(mean_over_all_logits)
{
    xent_forward_f32(N, C, z, label, loss, smoothing, reduction);
    *loss /= (float)C;
}

ROWS_FORWARD(none_is_class_0)
{
    int *some = malloc((size_t)N * sizeof *some);
    for (int n = 0; some && n < N; n++) some[n] = label[n] < 0 ? 0 : label[n];
    if (some) xent_forward_f32(N, C, z, some, loss, smoothing, reduction);
    free(some);
}

ROWS_FORWARD(reads_before_the_row) /* z[-1] where there is no label, and leaves it out */
{
    volatile float seen = 0;
    for (int n = 0; n < N; n++) seen = z[n * C + label[n]];
    (void)seen;
    xent_forward_f32(N, C, z, label, loss, smoothing, reduction);
}

ROWS_FORWARD(neighbours_label)
{
    int *other = malloc((size_t)N * sizeof *other);
    for (int n = 0; other && n < N; n++) other[n] = label[n] < 0 ? -1 : (label[n] + 1) % C;
    if (other) xent_forward_f32(N, C, z, other, loss, smoothing, reduction);
    free(other);
}

ROWS_FORWARD(smoothing_for_the_others) /* e spread over C - 1 classes, the label's own left out */
{
    xent_forward_f32(N, C, z, label, loss, C > 1 ? smoothing * (float)C / (float)(C - 1) : 0, reduction);
}

ROWS_FORWARD(smoothing_forgotten)
{
    (void)smoothing;
    xent_forward_f32(N, C, z, label, loss, 0, reduction);
}

ROWS_FORWARD(nothing_for_no_label) /* asked for each row's loss, leaves a row without a label unwritten */
{
    for (int n = 0; n < N; n++)
        if (label[n] >= 0) xent_forward_f32(1, C, z + n * C, label + n, loss + n, smoothing, reduction);
}

ROWS_BACKWARD(over_the_classes) /* 1/C for 1/N */
{
    (void)reduction;
    xent_backward_f32(N, C, z, label, dloss, dz, smoothing, REDUCE_SUM);
    for (int k = 0; k < N * C; k++) dz[k] /= (float)C;
}

ROWS_BACKWARD(over_all_rows)
{
    (void)reduction;
    xent_backward_f32(N, C, z, label, dloss, dz, smoothing, REDUCE_SUM);
    for (int k = 0; k < N * C; k++) dz[k] /= (float)N;
}

ROWS_BACKWARD(turned_around) /* onehot - p */
{
    xent_backward_f32(N, C, z, label, dloss, dz, smoothing, reduction);
    for (int k = 0; k < N * C; k++) dz[k] = -dz[k];
}

ROWS_BACKWARD(onehot_off_by_one)
{
    int *other = malloc((size_t)N * sizeof *other);
    for (int n = 0; other && n < N; n++) other[n] = label[n] < 0 ? -1 : (label[n] + 1) % C;
    if (other) xent_backward_f32(N, C, z, other, dloss, dz, smoothing, reduction);
    free(other);
}

ROWS_BACKWARD(p_alone) /* the label forgotten */
{
    int count = 0;
    for (int n = 0; n < N; n++) count += label[n] >= 0;
    xent_backward_f32(N, C, z, label, dloss, dz, smoothing, reduction);
    for (int n = 0; n < N; n++)
        if (label[n] >= 0) dz[n * C + label[n]] += *dloss / (float)count;
}

ROWS_BACKWARD(a_gradient_without_a_label)
{
    int *some = malloc((size_t)N * sizeof *some);
    for (int n = 0; some && n < N; n++) some[n] = label[n] < 0 ? 0 : label[n];
    if (some) xent_backward_f32(N, C, z, some, dloss, dz, smoothing, reduction);
    free(some);
}

ROWS_BACKWARD(first_rows_upstream)
{
    (void)reduction;
    xent_backward_f32(N, C, z, label, dloss, dz, smoothing, REDUCE_SUM);
}

/* the softmax written over z before the row's label is looked up: right elsewhere, wrong in place */
static void label_read_late(int N, int C, const float *z, const int *label, float *loss, float *dz,
                            float smoothing, int reduction)
{
    double total = 0;
    int count = 0;
    for (int n = 0; n < N; n++) count += label[n] >= 0;
    for (int n = 0; n < N; n++) {
        const float one = reduction == REDUCE_MEAN && count ? 1 / (float)count : 1, *row = z + n * C;
        float each = 0, high = high_of(C, row), sum = 0;
        if (label[n] < 0) {
            memset(dz + n * C, 0, (size_t)C * sizeof *dz);
            continue;
        }
        for (int c = 0; c < C; c++) sum += expf(row[c] - high);
        xent_backward_f32(1, C, row, label + n, &one, dz + n * C, smoothing, REDUCE_SUM);
        each = logf(sum) + high - row[label[n]];
        total += (double)each;
    }
    *loss = (float)(reduction == REDUCE_MEAN && count ? total / count : total);
}

static void soft_sum_taken_to_be_1(int N, int C, const float *z, const float *t, const float *dloss,
                                   float *dz, int reduction)
{
    for (int n = 0; n < N; n++) {
        const float *row = z + n * C, high = high_of(C, row);
        float sum = 0, up = *dloss / (reduction == REDUCE_MEAN ? (float)N : 1);
        for (int c = 0; c < C; c++) sum += expf(row[c] - high);
        for (int c = 0; c < C; c++) dz[n * C + c] = up * (expf(row[c] - high) / sum - t[n * C + c]);
    }
}

static void soft_without_log_sum(int N, int C, const float *z, const float *t, float *loss, int reduction)
{
    double total = 0;
    for (int k = 0; k < N * C; k++) total += (double)(t[k] * (high_of(C, z + k / C * C) - z[k]));
    *loss = (float)(reduction == REDUCE_MEAN ? total / N : total);
}

#define WRONG(op, function, word)                                    \
    {                                                                \
        op, { #function, (any_fn *)(function), NEED_NONE, "" }, word \
    }

static const struct wrong_row rows[] = {
    WRONG("mse_forward", mse_halved, "of loss"),
    WRONG("mse_forward", mse_summed, "of loss"),
    WRONG("mse_forward", mse_of_whole_vectors, "of loss"),
    WRONG("mse_forward reduction=none", mse_each_mean, "of loss"),
    WRONG("mse_backward", mse_not_averaged, "wrong"),
    WRONG("mse_backward reduction=none", mse_first_upstream, "wrong"),
    WRONG("mse_with_gradient", gradient_of_the_sum, "of dy"),
    WRONG("mae_forward", mae_root, "of loss"),
    WRONG("mae_backward", mae_of_the_label, "wrong"),
    WRONG("huber_forward", huber_not_joined, "of loss"),
    WRONG("huber_backward", huber_never_clipped, "wrong"),
    WRONG("bce_forward reduction=none", bce_with_epsilon, "of loss"),
    WRONG("bce_forward", bce_of_hits_only, "of loss"),
    WRONG("bce_backward", bce_as_of_logits, "wrong"),
    WRONG("bce_logits_forward", bce_logits_label_for_both, "of loss"),
    WRONG("xent_forward", no_sum_over_classes, "of loss"),
    WRONG("xent_forward", mean_over_all_rows, "of loss"),
    WRONG("xent_forward", mean_over_all_logits, "of loss"),
    WRONG("xent_forward", none_is_class_0, "of loss"),
    WRONG("xent_forward", reads_before_the_row, "before its start"),
    WRONG("xent_forward", neighbours_label, "of loss"),
    WRONG("xent_forward smoothing=0.1", smoothing_for_the_others, "of loss"),
    WRONG("xent_forward smoothing=0.1", smoothing_forgotten, "of loss"),
    WRONG("xent_forward reduction=none", nothing_for_no_label, "of loss"),
    WRONG("xent_backward", over_the_classes, "wrong"),
    WRONG("xent_backward", over_all_rows, "wrong"),
    WRONG("xent_backward", turned_around, "wrong"),
    WRONG("xent_backward", onehot_off_by_one, "wrong"),
    WRONG("xent_backward", p_alone, "wrong"),
    WRONG("xent_backward", a_gradient_without_a_label, "wrong"),
    WRONG("xent_backward reduction=none", first_rows_upstream, "wrong"),
    WRONG("xent_with_gradient", label_read_late, "written over"),
    WRONG("xent_soft_backward", soft_sum_taken_to_be_1, "wrong"),
    WRONG("xent_soft_forward", soft_without_log_sum, "of loss"),
};

/* ---- gradients: the oracle itself may be wrong, and only its forward would know ---- */

static void huber_derivative_of_squares(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    const double half = 0.5 * *(double *)p[2];
    mse_backward_f64(s[0], p[0], p[1], &half, p[3], REDUCE_MEAN);
}

static void bce_of_logits(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    bce_logits_backward_f64(s[0], p[0], p[1], p[2], p[3], REDUCE_MEAN);
}

static void mae_turned(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    mae_backward_f64(s[0], p[1], p[0], p[2], p[3], REDUCE_MEAN);
}

static void mean_for_each(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    bce_logits_backward_f64(s[0], p[0], p[1], p[2], p[3], REDUCE_NONE);
    for (int k = 0; k < s[0]; k++) ((double *)p[3])[k] /= s[0];
}

static void all_rows_counted(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    xent_backward_f64(s[0], s[1], p[0], p[1], p[2], p[3], 0, REDUCE_SUM);
    for (int k = 0; k < s[0] * s[1]; k++) ((double *)p[3])[k] /= s[0];
}

static void unsmoothed(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    xent_backward_f64(s[0], s[1], p[0], p[1], p[2], p[3], 0, REDUCE_MEAN);
}

static void soft_summing_to_1(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    const double *t = p[1];
    double *dz = p[3];
    xent_soft_backward_f64(s[0], s[1], p[0], p[1], p[2], p[3], REDUCE_SUM);
    for (int n = 0; n < s[0]; n++) {
        double sum = 0;
        for (int c = 0; c < s[1]; c++) sum += t[n * s[1] + c];
        for (int c = 0; c < s[1]; c++) dz[n * s[1] + c] /= sum;
    }
}

static const struct wrong_oracle gradients[] = {
    { "huber_backward", "never clipped", huber_derivative_of_squares, 0 },
    { "bce_backward", "y - t", bce_of_logits, 0 },
    { "mae_backward", "t - y", mae_turned, 0 },
    { "bce_logits_backward reduction=none", "the mean's", mean_for_each, 0 },
    { "xent_backward", "all rows counted", all_rows_counted, 0 },
    { "xent_backward smoothing=0.1", "not smoothed", unsmoothed, 0 },
    { "xent_soft_backward reduction=sum", "divided by the labels' sum", soft_summing_to_1, 0 },
};

int main(void)
{
    check_shape_seconds = 20;
    int failed = wrong_rows(rows, LENGTH(rows)) + wrong_oracles(gradients, LENGTH(gradients));
    printf("%d passed, %d failed\n", (int)(LENGTH(rows) + LENGTH(gradients)) - failed, failed);
    return failed ? 1 : 0;
}
