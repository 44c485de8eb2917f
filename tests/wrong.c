/* wrong.c - rungs and gradients that are wrong in the ways real ones are: the checks must reject every one.
 *
 * A check that no wrong version fails is not a check. Each row says which operation is done wrongly, how, and
 * a word that the reason must contain. The last rows are right, and must pass. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../optimized/check.h"
#include "../reference/reference.h"
#include "wrong_rows.h"

#define FORWARD(name) \
    static void name(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)

static float dot(int n, const float *a, const float *b)
{
    float sum = 0;
    for (int i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

FORWARD(zeros)
{
    (void)IN, (void)x, (void)w, (void)b;
    memset(y, 0, (size_t)N * (size_t)OUT * sizeof *y);
}

FORWARD(nothing_written)
{
    (void)N, (void)IN, (void)OUT, (void)x, (void)w, (void)b, (void)y;
}

FORWARD(no_tail)
{
    int OUT4 = OUT / 4 * 4;
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT4; o++) y[n * OUT + o] = b[o] + dot(IN, x + n * IN, w + o * IN);
}

FORWARD(sum_in_eights)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) y[n * OUT + o] = b[o] + dot(IN / 8 * 8, x + n * IN, w + o * IN);
}

FORWARD(writes_past_the_end)
{
    dense_forward_f32(N, IN, OUT, x, w, b, y);
    y[N * OUT] = 0;
}

FORWARD(writes_before_the_start)
{
    dense_forward_f32(N, IN, OUT, x, w, b, y);
    y[-1] = 0;
}

FORWARD(reads_past_the_end)
{
    volatile float next = w[OUT * IN];
    (void)next;
    dense_forward_f32(N, IN, OUT, x, w, b, y);
}

FORWARD(accumulates)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) y[n * OUT + o] += b[o] + dot(IN, x + n * IN, w + o * IN);
}

static float as_bf16(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = (bits + 0x8000) & 0xffff0000;
    memcpy(&x, &bits, sizeof bits);
    return x;
}

FORWARD(low_precision)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) {
            float sum = b[o];
            for (int i = 0; i < IN; i++) sum += as_bf16(x[n * IN + i]) * as_bf16(w[o * IN + i]);
            y[n * OUT + o] = sum;
        }
}

/* reads w (IN,OUT): right only if it is square and symmetric, in bounds always */
FORWARD(rows_for_columns)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) {
            float sum = b[o];
            for (int i = 0; i < IN; i++) sum += x[n * IN + i] * w[i * OUT + o];
            y[n * OUT + o] = sum;
        }
}

FORWARD(square_only)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) y[n * OUT + o] = b[o] + dot(N < IN ? N : IN, x + n * IN, w + o * IN);
}

FORWARD(a_nan_at_thirteen)
{
    dense_forward_f32(N, IN, OUT, x, w, b, y);
    if (N == 13) y[N * OUT - 1] = NAN;
}

FORWARD(edits_its_input)
{
    dense_forward_f32(N, IN, OUT, x, w, b, y);
    ((float *)(uintptr_t)x)[0] += 1;
}

FORWARD(drifts_on_later_calls)
{
    static int calls;
    dense_forward_f32(N, IN, OUT, x, w, b, y);
    if (calls++) y[0] *= 1.001f;
}

/* remembers w by its address, as a cache of packed weights might */
FORWARD(stale_weights)
{
    static const float *seen;
    static float kept[1 << 20];
    size_t n = (size_t)IN * (size_t)OUT;
    if (seen != w && n <= sizeof kept / sizeof *kept) {
        memcpy(kept, w, n * sizeof *w);
        seen = w;
    }
    dense_forward_f32(N, IN, OUT, x, n <= sizeof kept / sizeof *kept ? kept : w, b, y);
}

/* within the error bound, but not twice the same: a race looks like this */
FORWARD(other_bits_each_time)
{
    static int calls;
    dense_forward_f32(N, IN, OUT, x, w, b, y);
    if (calls++ % 2) y[0] = nextafterf(y[0], 2 * y[0]);
}

FORWARD(no_bias)
{
    (void)b;
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) y[n * OUT + o] = dot(IN, x + n * IN, w + o * IN);
}

FORWARD(one_wrong_element)
{
    dense_forward_f32(N, IN, OUT, x, w, b, y);
    if (N * OUT > 1000) y[777] += 1e-3f;
}

FORWARD(crashes)
{
    static volatile uintptr_t nowhere = 16;
    dense_forward_f32(N, IN, OUT, x, w, b, y);
    if (N > 4) *(volatile int *)nowhere = 1;
}

FORWARD(never_ends)
{
    dense_forward_f32(N, IN, OUT, x, w, b, y);
    for (volatile int forever = 1; forever;) continue;
}

FORWARD(leaves_the_program)
{
    dense_forward_f32(N, IN, OUT, x, w, b, y);
    if (N > 4) _Exit(0);
}

FORWARD(relu_of_the_product_only) /* the bias after the ReLU instead of before */
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) {
            float sum = dot(IN, x + n * IN, w + o * IN);
            y[n * OUT + o] = (sum > 0 ? sum : 0) + b[o];
        }
}

static void mask_forgotten(int N, int IN, int OUT, const float *a, const float *w, const float *dy, float *dz)
{
    (void)a;
    dense_backward_dx_f32(N, IN, OUT, w, dy, dz);
}

static void weights_as_they_lie(int N, int IN, int OUT, const float *w, const float *dy, float *dx)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < IN; i++) {
            float sum = 0;
            for (int o = 0; o < OUT; o++) sum += dy[n * OUT + o] * w[i * OUT + o];
            dx[n * IN + i] = sum;
        }
}

static void mean_over_the_batch(int N, int IN, int OUT, const float *x, const float *dy, float *dw, float *db)
{
    dense_backward_dw_f32(N, IN, OUT, x, dy, dw, db);
    for (int k = 0; k < OUT * IN; k++) dw[k] /= (float)N;
}

#define DENSE_SGD(name) \
    static void name(int N, int IN, int OUT, const float *x, const float *dy, float *w, float lr)

DENSE_SGD(up_the_hill)
{
    dense_sgd_step_f32(N, IN, OUT, x, dy, w, -lr);
}

DENSE_SGD(last_example_forgotten)
{
    dense_sgd_step_f32(N - 1, IN, OUT, x, dy, w, lr);
}

DENSE_SGD(mean_of_the_batch)
{
    dense_sgd_step_f32(N, IN, OUT, x, dy, w, lr / (float)N);
}

DENSE_SGD(weights_overwritten) /* the gradient's product, with the scale, but not added to what was there */
{
    memset(w, 0, (size_t)IN * (size_t)OUT * sizeof *w);
    dense_sgd_step_f32(N, IN, OUT, x, dy, w, lr);
}

DENSE_SGD(rate_twice) /* on the product, and on what was there */
{
    for (size_t k = 0; k < (size_t)IN * (size_t)OUT; k++) w[k] *= 1 - lr;
    dense_sgd_step_f32(N, IN, OUT, x, dy, w, lr);
}

DENSE_SGD(sum_in_double) /* right */
{
    for (size_t o = 0; o < (size_t)OUT; o++)
        for (size_t i = 0; i < (size_t)IN; i++) {
            double sum = 0;
            for (size_t n = 0; n < (size_t)N; n++)
                sum += (double)dy[n * (size_t)OUT + o] * (double)x[n * (size_t)IN + i];
            w[o * (size_t)IN + i] -= lr * (float)sum;
        }
}

static void db_of_the_last_example(int N, int IN, int OUT, const float *x, const float *dy, float *dw,
                                   float *db)
{
    dense_backward_dw_f32(N, IN, OUT, x, dy, dw, db);
    memcpy(db, dy + (size_t)(N - 1) * (size_t)OUT, (size_t)OUT * sizeof *db);
}

static void derivative_one_at_the_kink(int n, const float *y, const float *dy, float *dx)
{
    for (int k = 0; k < n; k++) dx[k] = y[k] >= 0 ? dy[k] : 0;
}

static void without_max(int N, int C, const float *z, const int *label, float *p, float *loss)
{
    float total = 0; /* right for small logits; the wrong part here is the loss of one row */
    for (int n = 0; n < N; n++) {
        float sum = 0;
        for (int c = 0; c < C; c++) sum += p[n * C + c] = expf(z[n * C + c]);
        for (int c = 0; c < C; c++) p[n * C + c] /= sum;
        total -= logf(p[n * C + (label[n] + (n == 3)) % C]);
    }
    *loss = total / (float)N;
}

static void upstream_ignored(int N, int C, const float *p, const int *label, const float *dloss, float *dz)
{
    const float one = 1;
    (void)dloss;
    softmax_xent_backward_f32(N, C, p, label, &one, dz);
}

static void uphill(int n, const float *dw, float *w, float lr)
{
    for (int k = 0; k < n; k++) w[k] += lr * dw[k];
}

static void in_two_passes(int n, const float *x, float *y) /* right, unless y is x */
{
    sigmoid_forward_f32(n, x, y);
    for (int k = 0; k < n; k++) y[k] *= x[k];
}

/* y with a relative error of 2^-bits */
static void sigmoid_of(int n, const float *x, float *y, int bits)
{
    sigmoid_forward_f32(n, x, y);
    for (int k = 0; k < n; k++) y[k] += ldexpf(y[k], -bits);
}

static void nine_bits(int n, const float *x, float *y)
{
    sigmoid_of(n, x, y, 8);
}

static void twelve_bits(int n, const float *x, float *y)
{
    sigmoid_of(n, x, y, 12);
}

static void derivative_of_a_forward_only(int n, const float *x, float *y, float *s)
{
    tanh_forward_f32(n, x, y);
    for (int k = 0; k < n; k++) s[k] = 1 - y[k];
}

#define DIGITS(op, function, fast, word)                      \
    {                                                         \
#op, { #function, RUN(op, function), fast, "" }, word \
    }
#define RIGHT(op)                                                        \
    {                                                                    \
#op, { "the reference", RUN(op, op##_f32), NEED_NONE, "" }, NULL \
    }

static const struct wrong_row rows[] = {
    ROW(dense_forward, zeros, "wrong"),
    ROW(dense_forward, nothing_written, "nan"),
    ROW(dense_forward, no_tail, "nan"),
    ROW(dense_forward, sum_in_eights, "wrong"),
    ROW(dense_forward, writes_past_the_end, "past its end"),
    ROW(dense_forward, writes_before_the_start, "outside y"),
    ROW(dense_forward, reads_past_the_end, "past its end"),
    ROW(dense_forward, accumulates, "nan"),
    ROW(dense_forward, low_precision, "wrong"),
    ROW(dense_forward, rows_for_columns, "wrong"),
    ROW(dense_forward, square_only, "wrong"),
    ROW(dense_forward, a_nan_at_thirteen, "nan"),
    ROW(dense_forward, edits_its_input, "writes to its input x"),
    ROW(dense_forward, drifts_on_later_calls, "at 1x1x1"),
    ROW(dense_forward, stale_weights, "wrong"),
    ROW(dense_forward, other_bits_each_time, "different bits"),
    ROW(dense_forward, no_bias, "wrong"),
    ROW(dense_forward, one_wrong_element, "1 of"),
    ROW(dense_forward, crashes, "crashes with signal"),
    ROW(dense_forward, never_ends, "ran for over"),
    ROW(dense_forward, leaves_the_program, "ended the process"),
    ROW(dense_relu_forward, relu_of_the_product_only, "wrong"),
    ROW(dense_relu_backward_dx, mask_forgotten, "wrong"),
    ROW(dense_backward_dx, weights_as_they_lie, "wrong"),
    ROW(dense_backward_dw, mean_over_the_batch, "wrong"),
    ROW(dense_backward_dw, db_of_the_last_example, "of db"),
    ROW(dense_sgd_step, up_the_hill, "of w are wrong"),
    ROW(dense_sgd_step, last_example_forgotten, "of w are wrong"),
    ROW(dense_sgd_step, mean_of_the_batch, "of w are wrong"),
    ROW(dense_sgd_step, weights_overwritten, "of w are wrong"),
    ROW(dense_sgd_step, rate_twice, "of w are wrong"),
    ROW(dense_sgd_step, sum_in_double, NULL),
    ROW(relu_backward, derivative_one_at_the_kink, "wrong"),
    ROW(softmax_xent_forward, without_max, "of loss"),
    ROW(softmax_xent_backward, upstream_ignored, "wrong"),
    ROW(sgd_step, uphill, "wrong"),
    ROW(silu_forward, in_two_passes, "written over x"),
    ROW(tanh_with_derivative, derivative_of_a_forward_only, "of s"),
    ROW(sigmoid_forward, twelve_bits, "wrong"),
    DIGITS(sigmoid_forward, twelve_bits, FAST_20, "wrong"),
    DIGITS(sigmoid_forward, twelve_bits, FAST_12, NULL),
    DIGITS(sigmoid_forward, nine_bits, FAST_12, "wrong"),
    RIGHT(dense_forward),
    RIGHT(dense_backward_dx),
    RIGHT(dense_backward_dw),
    RIGHT(softmax_xent_forward),
};

/* Gradients: the oracle itself may be wrong, and only the complex step would know. */

static void half_the_gradient(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    dense_backward_dx_f64(s[0], s[1], s[2], p[0], p[1], p[2]);
    for (int k = 0; k < s[0] * s[1]; k++) ((double *)p[2])[k] /= 2;
}

static void db_of_the_first_example(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    dense_backward_dw_f64(s[0], s[1], s[2], p[0], p[1], p[2], p[3]);
    memcpy(p[3], p[1], (size_t)s[2] * sizeof(double));
}

static void derivative_at_x(const int *s, void *const *p, const struct scalar *v) /* takes y for x */
{
    (void)v;
    double *y = p[0], *dy = p[1], *dx = p[2];
    for (int k = 0; k < s[0]; k++) {
        double e = 1 / (1 + exp(-y[k]));
        dx[k] = dy[k] * e * (1 - e);
    }
}

static void mse_without_two(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    double *dy = p[3];
    mse_backward_f64(s[0], p[0], p[1], p[2], dy, REDUCE_MEAN);
    for (int k = 0; k < s[0]; k++) dy[k] /= 2;
}

static void one_part_in_1e9(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    tanh_backward_f64(s[0], p[0], p[1], p[2]);
    ((double *)p[2])[0] *= 1 + 1e-9;
}

static const struct {
    const char *op;
    void (*f64)(const int *size, void *const *buf, const struct scalar *v);
} gradients[] = {
    { "dense_backward_dx", half_the_gradient }, { "dense_backward_dw", db_of_the_first_example },
    { "sigmoid_backward", derivative_at_x },    { "mse_backward", mse_without_two },
    { "tanh_backward", one_part_in_1e9 },
};

/* A slow oracle is no fault of its rung's, and a rung may take longer at a shape where the oracle does. */

static void sleep_over_a_second(void)
{
    nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 100000000 }, NULL);
}

static void slow_relu_oracle(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    sleep_over_a_second();
    relu_forward_f64(s[0], p[0], p[1]);
}

static void slow_relu(int n, const float *x, float *y)
{
    static int calls;
    if (!calls++) sleep_over_a_second();
    relu_forward_f32(n, x, y);
}

static int check_slow_oracle(void)
{
    const struct rung rung = { .name = "slow", .run = (any_fn *)slow_relu };
    struct op slow = *op_find("relu_forward");
    slow.f64 = slow_relu_oracle;
    check_shape_seconds = 1;
    struct check c = check_rung(&slow, &rung, (const int[MAX_SIZES]){ 5 }, 1);
    printf("%s  a slow oracle %s\n", c.verdict == CHECK_PASS ? "ok   " : "NOT OK", c.reason);
    return c.verdict == CHECK_PASS;
}

int main(void)
{
    int failed = 0, n = (int)(sizeof rows / sizeof *rows), g = (int)(sizeof gradients / sizeof *gradients);
    check_shape_seconds = 2;
    failed += wrong_rows(rows, LENGTH(rows));
    for (int i = 0; i < g; i++) {
        struct op wrong = *op_find(gradients[i].op);
        wrong.f64 = gradients[i].f64;
        struct check c = check_gradient(&wrong, 1);
        printf("%s  %-22s gradient %d                 %s\n", c.verdict == CHECK_FAIL ? "ok   " : "NOT OK",
               wrong.name, i, c.reason);
        failed += c.verdict != CHECK_FAIL;
    }
    failed += !check_slow_oracle();
    printf("%d passed, %d failed\n", n + g + 1 - failed, failed);
    return failed ? 1 : 0;
}
