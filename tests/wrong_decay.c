/* wrong_decay.c - what keeps weights small, as it is done wrongly: every such rung, gradient and trajectory
 * must be rejected. And known answers: exact zeros, the minimum that a proximal step must find, NaN and
 * infinities, lengths whose squares no float holds. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../optimized/check.h"
#include "../reference/reference.h"
#include "wrong_rows.h"

static int failed;

static void expect(int ok, const char *what)
{
    if (!ok) printf("NOT OK  %s\n", what);
    failed += !ok;
}

/* ---- penalties ---- */

#define VALUE(name) static void name(int n, const float *w, float *loss, double lambda)
#define SLOPE(name) static void name(int n, const float *w, const float *dloss, float *dw, double lambda)

VALUE(without_the_half)
{
    l2_penalty_forward_f32(n, w, loss, 2 * lambda);
}

VALUE(length_not_its_square)
{
    l2_penalty_forward_f32(n, w, loss, 2);
    *loss = (float)(lambda / 2) * sqrtf(*loss);
}

VALUE(mean_of_squares)
{
    l2_penalty_forward_f32(n, w, loss, lambda / n);
}

SLOPE(twice_the_slope) /* of lambda sum of w^2 */
{
    l2_penalty_backward_f32(n, w, dloss, dw, 2 * lambda);
}

SLOPE(upstream_forgotten)
{
    const float one = 1;
    l2_penalty_backward_f32(n, w, &one, dw, lambda);
    (void)dloss;
}

VALUE(no_magnitude)
{
    double sum = 0;
    for (int k = 0; k < n; k++) sum += (double)w[k];
    *loss = (float)(lambda * sum);
}

SLOPE(slope_1_at_0)
{
    l1_penalty_backward_f32(n, w, dloss, dw, lambda);
    for (int k = 0; k < n; k++)
        if (w[k] == 0) dw[k] = *dloss * (float)lambda;
}

SLOPE(slope_of_the_square)
{
    l2_penalty_backward_f32(n, w, dloss, dw, lambda);
}

static void exchanged(int n, const float *w, float *loss, double l1, double l2)
{
    elastic_penalty_forward_f32(n, w, loss, l2, l1);
}

static void half_in_the_slope(int n, const float *w, const float *dloss, float *dw, double l1, double l2)
{
    elastic_penalty_backward_f32(n, w, dloss, dw, l1, l2 / 2);
}

/* ---- decay in the step ---- */

#define STEP(name) static void name(int n, const float *dw, float *w, double lr, double wd)

STEP(decay_after_the_step)
{
    sgd_step_f32(n, dw, w, (float)lr);
    weight_decay_step_f32(n, w, lr, wd);
}

STEP(decay_not_times_lr)
{
    sgd_decay_step_f32(n, dw, w, lr, wd / lr);
}

STEP(decay_twice)
{
    sgd_decay_step_f32(n, dw, w, lr, 2 * wd);
}

STEP(decay_halved)
{
    sgd_decay_step_f32(n, dw, w, lr, wd / 2);
}

STEP(decay_forgotten)
{
    sgd_decay_step_f32(n, dw, w, lr, 0 * wd);
}

STEP(growth)
{
    sgd_decay_step_f32(n, dw, w, lr, -wd);
}

STEP(by_a_constant) /* L1's decay */
{
    for (int k = 0; k < n; k++) w[k] -= (float)lr * (dw[k] + (float)wd * (float)((w[k] > 0) - (w[k] < 0)));
}

STEP(exponential) /* the continuous decay, exp(-lr wd) */
{
    for (int k = 0; k < n; k++) w[k] = (float)exp(-lr * wd) * w[k] - (float)lr * dw[k];
}

STEP(tail_not_decayed)
{
    sgd_decay_step_f32(n / 8 * 8, dw, w, lr, wd);
    sgd_step_f32(n % 8, dw + n / 8 * 8, w + n / 8 * 8, (float)lr);
}

static void decayed_by_wd(int n, float *w, double lr, double wd)
{
    weight_decay_step_f32(n, w, 1, wd);
    (void)lr;
}

static void divided(int n, float *w, double lr, double wd) /* the implicit step */
{
    for (int k = 0; k < n; k++) w[k] /= (float)(1 + lr * wd);
}

/* ---- proximal steps ---- */

#define THRESHOLD(name) static void name(int n, float *w, double lr, double lambda)

THRESHOLD(sign_lost)
{
    for (int k = 0; k < n; k++) w[k] = fabsf(w[k]);
    soft_threshold_f32(n, w, lr, lambda);
}

THRESHOLD(threshold_not_times_lr)
{
    soft_threshold_f32(n, w, 1, lambda);
    (void)lr;
}

THRESHOLD(hard)
{
    for (int k = 0; k < n; k++)
        if (fabsf(w[k]) <= (float)(lr * lambda)) w[k] = 0;
}

THRESHOLD(across_0) /* the subgradient's step */
{
    for (int k = 0; k < n; k++) w[k] -= (float)(lr * lambda) * (float)((w[k] > 0) - (w[k] < 0));
}

THRESHOLD(one_sided)
{
    for (int k = 0; k < n; k++) w[k] = fmaxf(w[k] - (float)(lr * lambda), 0);
}

#define ELASTIC(name) static void name(int n, float *w, double lr, double l1, double l2)

ELASTIC(shrunk_first)
{
    for (int k = 0; k < n; k++) w[k] /= (float)(1 + lr * l2);
    soft_threshold_f32(n, w, lr, l1);
}

ELASTIC(decayed) /* 1 - lr l2 in place of 1 / (1 + lr l2) */
{
    soft_threshold_f32(n, w, lr, l1);
    weight_decay_step_f32(n, w, lr, l2);
}

ELASTIC(without_l2)
{
    soft_threshold_f32(n, w, lr, l1);
    (void)l2;
}

/* ---- max-norm ---- */

#define NORM(name) static void name(int rows, int cols, float *w, double c)

NORM(over_columns)
{
    for (int k = 0; k < cols; k++) {
        double squares = 0;
        for (int row = 0; row < rows; row++) squares += (double)w[row * cols + k] * (double)w[row * cols + k];
        for (int row = 0; row < rows && sqrt(squares) > c; row++)
            w[row * cols + k] *= (float)(c / sqrt(squares));
    }
}

NORM(of_all_rows)
{
    max_norm_f32(1, rows * cols, w, c);
}

NORM(square_of_the_length)
{
    for (int row = 0; row < rows; row++, w += cols) {
        double squares = 0;
        for (int k = 0; k < cols; k++) squares += (double)w[k] * (double)w[k];
        for (int k = 0; k < cols && squares > c; k++) w[k] *= (float)(c / squares);
    }
}

NORM(largest_in_place_of_length)
{
    for (int row = 0; row < rows; row++, w += cols) {
        double most = 0;
        for (int k = 0; k < cols; k++) most = fmax(most, fabs((double)w[k]));
        for (int k = 0; k < cols && most > c; k++) w[k] *= (float)(c / most);
    }
}

NORM(short_rows_too) /* every row gets the length c */
{
    for (int row = 0; row < rows; row++, w += cols) {
        double squares = 0;
        for (int k = 0; k < cols; k++) squares += (double)w[k] * (double)w[k];
        for (int k = 0; k < cols && squares > 0; k++) w[k] *= (float)(c / sqrt(squares));
    }
}

NORM(to_length_1)
{
    for (int row = 0; row < rows; row++, w += cols) {
        double squares = 0;
        for (int k = 0; k < cols; k++) squares += (double)w[k] * (double)w[k];
        for (int k = 0; k < cols && sqrt(squares) > c; k++) w[k] *= (float)(1 / sqrt(squares));
    }
}

static const struct wrong_row wrong[] = {
    ROW(l2_penalty_forward, without_the_half, "of loss are wrong"),
    ROW(l2_penalty_forward, length_not_its_square, "of loss are wrong"),
    ROW(l2_penalty_forward, mean_of_squares, "of loss are wrong"),
    ROW(l2_penalty_backward, twice_the_slope, "of dw are wrong"),
    ROW(l2_penalty_backward, upstream_forgotten, "of dw are wrong"),
    ROW(l1_penalty_forward, no_magnitude, "of loss are wrong"),
    ROW(l1_penalty_backward, slope_1_at_0, "of dw are wrong"),
    ROW(l1_penalty_backward, slope_of_the_square, "of dw are wrong"),
    ROW(elastic_penalty_forward, exchanged, "of loss are wrong"),
    ROW(elastic_penalty_backward, half_in_the_slope, "of dw are wrong"),
    ROW(sgd_decay_step, decay_after_the_step, "of w are wrong"),
    ROW(sgd_decay_step, decay_not_times_lr, "of w are wrong"),
    ROW(sgd_decay_step, decay_twice, "of w are wrong"),
    ROW(sgd_decay_step, decay_halved, "of w are wrong"),
    ROW(sgd_decay_step, decay_forgotten, "of w are wrong"),
    ROW(sgd_decay_step, growth, "of w are wrong"),
    ROW(sgd_decay_step, by_a_constant, "of w are wrong"),
    ROW(sgd_decay_step, exponential, "of w are wrong"),
    ROW(sgd_decay_step, tail_not_decayed, "of w are wrong"),
    ROW(weight_decay_step, decayed_by_wd, "of w are wrong"),
    ROW(weight_decay_step, divided, "of w are wrong"),
    ROW(soft_threshold, sign_lost, "of w are wrong"),
    ROW(soft_threshold, threshold_not_times_lr, "of w are wrong"),
    ROW(soft_threshold, hard, "of w are wrong"),
    ROW(soft_threshold, across_0, "of w are wrong"),
    ROW(soft_threshold, one_sided, "of w are wrong"),
    ROW(elastic_net, shrunk_first, "of w are wrong"),
    ROW(elastic_net, decayed, "of w are wrong"),
    ROW(elastic_net, without_l2, "of w are wrong"),
    ROW(max_norm, over_columns, "of w are wrong"),
    ROW(max_norm, of_all_rows, "of w are wrong"),
    ROW(max_norm, square_of_the_length, "of w are wrong"),
    ROW(max_norm, largest_in_place_of_length, "of w are wrong"),
    ROW(max_norm, short_rows_too, "of w are wrong"),
    ROW(max_norm, to_length_1, "of w are wrong"),
};

/* ---- oracles that are wrong themselves: gradients and trajectories ---- */

#define ORACLE(name) static void name(const int *s, void *const *p, const struct scalar *v)

ORACLE(slope_twice)
{
    l2_penalty_backward_f64(s[0], p[0], p[1], p[2], 2 * v[0].real);
}

ORACLE(slope_without_lambda)
{
    l2_penalty_backward_f64(s[0], p[0], p[1], p[2], 1 + 0 * v[0].real);
}

ORACLE(slope_never_negative)
{
    double *dw = p[2], up = *(double *)p[1];
    for (int k = 0; k < s[0]; k++) dw[k] = up * v[0].real;
}

ORACLE(l2_part_halved)
{
    elastic_penalty_backward_f64(s[0], p[0], p[1], p[2], v[0].real, v[1].real / 2);
}

ORACLE(l1_part_lost)
{
    elastic_penalty_backward_f64(s[0], p[0], p[1], p[2], 0, v[1].real);
}

ORACLE(step_then_decay)
{
    sgd_step_f64(s[0], p[0], p[1], v[0].real);
    weight_decay_step_f64(s[0], p[1], v[0].real, v[1].real);
}

ORACLE(twice_the_decay)
{
    sgd_decay_step_f64(s[0], p[0], p[1], v[0].real, 2 * v[1].real);
}

ORACLE(not_times_lr)
{
    sgd_decay_step_f64(s[0], p[0], p[1], v[0].real, v[1].real / v[0].real);
}

static const struct wrong_oracle oracles[] = {
    { "l2_penalty_backward", "twice the slope", slope_twice, 0 },
    { "l2_penalty_backward", "no lambda", slope_without_lambda, 0 },
    { "l1_penalty_backward", "no sign", slope_never_negative, 0 },
    { "elastic_penalty_backward", "half of the L2 part", l2_part_halved, 0 },
    { "elastic_penalty_backward", "no L1 part", l1_part_lost, 0 },
    { "sgd_decay_step", "the step before the decay", step_then_decay, 0 },
    { "sgd_decay_step", "twice the decay", twice_the_decay, 0 },
    { "sgd_decay_step", "a decay that is not times lr", not_times_lr, 0 },
};

/* ---- known answers ---- */

static void check_penalties(void)
{
    const double w[2] = { 3, -4 }, half = 0.5;
    double value, dw[2];
    l2_penalty_forward_f64(2, w, &value, 0.25);
    expect(value == 3.125, "0.25/2 (3^2 + 4^2) = 3.125");
    l2_penalty_backward_f64(2, w, &half, dw, 0.25);
    expect(dw[0] == 0.375 && dw[1] == -0.5, "its slope, times 0.5");
    l1_penalty_forward_f64(2, w, &value, 0.25);
    expect(value == 1.75, "0.25 (3 + 4) = 1.75");
    l1_penalty_backward_f64(2, w, &half, dw, 0.25);
    expect(dw[0] == 0.125 && dw[1] == -0.125, "its slope, times 0.5");
    elastic_penalty_forward_f64(2, w, &value, 0.25, 0.5);
    expect(value == 8, "0.25 7 + 0.5/2 25 = 8");
    elastic_penalty_backward_f64(2, w, &half, dw, 0.25, 0.5);
    expect(dw[0] == 0.875 && dw[1] == -1.125, "its slope, times 0.5");
}

/* the coupled step by three ways: itself, the penalty's gradient in the loss's, decay and then the step */
static void check_agreement(void)
{
    const double dw[3] = { 0.5, -2, 0 }, one = 1;
    double coupled[3] = { 1, -0.25, 3 }, in_the_loss[3] = { 1, -0.25, 3 }, apart[3] = { 1, -0.25, 3 }, sum[3];
    sgd_decay_step_f64(3, dw, coupled, 0.1, 0.3);
    l2_penalty_backward_f64(3, in_the_loss, &one, sum, 0.3);
    for (int k = 0; k < 3; k++) sum[k] += dw[k];
    sgd_step_f64(3, sum, in_the_loss, 0.1);
    weight_decay_step_f64(3, apart, 0.1, 0.3);
    sgd_step_f64(3, dw, apart, 0.1);
    for (int k = 0; k < 3; k++)
        expect(fabs(coupled[k] - in_the_loss[k]) <= 1e-15 && fabs(coupled[k] - apart[k]) <= 1e-15,
               "L2 in the loss, coupled and decoupled decay agree for SGD");
}

static double objective(double u, double w, double lr, double l1, double l2)
{
    return (u - w) * (u - w) / 2 + lr * (l1 * fabs(u) + l2 / 2 * u * u);
}

/* the minimum of what a proximal step minimises, by trying a grid that has 0 on it */
static void check_proximal(void)
{
    const double lr = 0.5, l1 = 0.4, l2 = 0.3;
    for (int i = -60; i <= 60; i++) {
        double w = i / 50.0, soft = w, net = w;
        soft_threshold_f64(1, &soft, lr, l1);
        elastic_net_f64(1, &net, lr, l1, l2);
        for (int j = -1300; j <= 1300; j++) {
            double u = j / 1000.0;
            expect(objective(soft, w, lr, l1, 0) <= objective(u, w, lr, l1, 0) + 1e-15, "L1's minimum");
            expect(objective(net, w, lr, l1, l2) <= objective(u, w, lr, l1, l2) + 1e-15,
                   "the elastic net's minimum");
        }
    }
}

/* at the threshold and within, the result is 0 and nothing near it; what is not finite stays so */
static int has_zeros(const struct op *op, const struct rung *r)
{
    enum { N = 37 };
    int ok = 1;
    float w[N];
    for (int k = 0; k < N; k++) w[k] = (float)(k % 9 - 4) / 16; /* -0.25 to 0.25 */
    op_call(op, r->run, (const int[MAX_SIZES]){ N }, (void *const[]){ w });
    for (int k = 0; k < N; k++) ok &= w[k] == 0;
    for (int k = 0; k < N; k++) w[k] = k % 3 == 0 ? NAN : k % 3 == 1 ? INFINITY : -INFINITY;
    op_call(op, r->run, (const int[MAX_SIZES]){ N }, (void *const[]){ w });
    for (int k = 0; k < N; k++) ok &= k % 3 == 0 ? isnan(w[k]) : w[k] == (k % 3 == 1 ? INFINITY : -INFINITY);
    return ok;
}

THRESHOLD(nearly_zero) /* within its bound, and yet no zero */
{
    soft_threshold_f32(n, w, lr, lambda);
    for (int k = 0; k < n; k++)
        if (w[k] == 0) w[k] = 1e-12f;
}

THRESHOLD(below_the_threshold_only)
{
    for (int k = 0; k < n; k++)
        w[k] = fabsf(w[k]) < (float)(lr * lambda) ? 0
                                                  : w[k] - copysignf((float)(lr * lambda) * 0.9999999f, w[k]);
}

THRESHOLD(nan_to_zero)
{
    for (int k = 0; k < n; k++) w[k] = copysignf(fmaxf(fabsf(w[k]) - (float)(lr * lambda), 0), w[k]);
}

static int norm_is(const struct rung *r, const float in[4], const float out[4])
{
    char error[ERROR_TEXT];
    int ok = 1;
    float w[4];
    memcpy(w, in, sizeof w);
    op_call(op_with(op_find("max_norm"), "c=5", error), r->run, (const int[MAX_SIZES]){ 2, 2 },
            (void *const[]){ w });
    for (int k = 0; k < 4; k++)
        ok &= isnan(out[k]) ? isnan(w[k]) : fabsf(w[k] - out[k]) <= 4e-7f * fabsf(out[k]);
    return ok;
}

/* a row as long as c and a longer one; squares beyond float and below it; a NaN, and the row below it */
static int has_norms(const struct rung *r)
{
    return norm_is(r, (float[]){ 3, 4, 6, -8 }, (float[]){ 3, 4, 3, -4 }) &&
           norm_is(r, (float[]){ 3e30f, 4e30f, 0, 0 }, (float[]){ 3, 4, 0, 0 }) &&
           norm_is(r, (float[]){ 3e-30f, 4e-30f, 1e-45f, 0 }, (float[]){ 3e-30f, 4e-30f, 1e-45f, 0 }) &&
           norm_is(r, (float[]){ NAN, 9, 30, 40 }, (float[]){ NAN, 9, 3, 4 });
}

NORM(squares_in_float)
{
    for (int row = 0; row < rows; row++, w += cols) {
        float squares = 0;
        for (int k = 0; k < cols; k++) squares += w[k] * w[k];
        for (int k = 0; k < cols && sqrtf(squares) > (float)c; k++) w[k] *= (float)c / sqrtf(squares);
    }
}

NORM(nan_as_length)
{
    for (int row = 0; row < rows; row++, w += cols) {
        double squares = 0;
        for (int k = 0; k < cols; k++) squares += (double)w[k] * (double)w[k];
        for (int k = 0; k < cols && !(sqrt(squares) <= c); k++) w[k] *= (float)fmin(1, c / sqrt(squares));
        if (isnan(squares)) w[0] = 0;
    }
}

#define OWN(op, function)                           \
    &(const struct rung)                            \
    {                                               \
#function, RUN(op, function), NEED_NONE, "" \
    }

static void check_special(void)
{
    char error[ERROR_TEXT];
    const struct op *soft = op_with(op_find("soft_threshold"), "lr=0.5,lambda=0.5", error);
    const struct op *net = op_with(op_find("elastic_net"), "lr=0.5,l1=0.5", error);
    for (const struct rung *r = soft->cpu; r->name; r++)
        if (!rung_lacks(r->needs)) expect(has_zeros(soft, r), r->name);
    for (const struct rung *r = net->cpu; r->name; r++)
        if (!rung_lacks(r->needs)) expect(has_zeros(net, r), r->name);
    for (const struct rung *r = op_find("max_norm")->cpu; r->name; r++)
        if (!rung_lacks(r->needs)) expect(has_norms(r), r->name);
    expect(!has_zeros(soft, OWN(soft_threshold, nearly_zero)), "no zero was taken for one");
    expect(!has_zeros(soft, OWN(soft_threshold, below_the_threshold_only)), "the threshold itself");
    expect(!has_zeros(soft, OWN(soft_threshold, nan_to_zero)), "a NaN became 0");
    expect(!has_norms(OWN(max_norm, squares_in_float)), "infinite squares");
    expect(!has_norms(OWN(max_norm, nan_as_length)), "a row with a NaN was changed");
}

/* rates and decays at which little or nothing of w is left: the bound must hold there too */
static void check_strong(void)
{
    static const char *const set[] = { "lr=1,wd=1", "lr=0.5,wd=1.8", "lr=1,wd=2", "lr=0,wd=1", "lr=10,wd=3" };
    char error[ERROR_TEXT];
    for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
        const struct op *op = op_with(op_find("sgd_decay_step"), set[i], error);
        for (const struct rung *r = op->cpu; r->name; r++) {
            struct check c = check_rung(op, r, NULL, 1);
            if (c.verdict == CHECK_FAIL) printf("%s\n", c.reason);
            expect(c.verdict != CHECK_FAIL, set[i]);
        }
        if (op_scalar(op, "lr")->real > 0) expect(check_gradient(op, 1).verdict == CHECK_PASS, set[i]);
    }
}

int main(void)
{
    check_penalties();
    check_agreement();
    check_proximal();
    check_special();
    check_strong();
    failed += wrong_rows(wrong, LENGTH(wrong)) + wrong_oracles(oracles, LENGTH(oracles));
    printf("%d failed\n", failed);
    return failed ? 1 : 0;
}
