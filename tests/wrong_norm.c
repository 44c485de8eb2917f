/* wrong_norm.c - batch normalization as it is done wrongly: rungs and oracles that must be rejected;
 * known answers; and a channel far from 0, of which every rung must keep the digits. The rows
 * without a word are right. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/check.h"
#include "../reference/reference.h"
#include "wrong_rows.h"

/* ---- forward ---- */

#define FORWARD(name)                                                                                       \
    static void name(int N, int C, int HW, const float *x, const float *gamma, const float *beta, float *y, \
                     float *mean, float *var, double eps)
#define FORWARDED N, C, HW, x, gamma, beta, y, mean, var, eps

static size_t elements(int N, int C, int HW)
{
    return (size_t)N * (size_t)C * (size_t)HW;
}

FORWARD(eps_outside_the_root)
{
    batch_norm_forward_f32(FORWARDED);
    for (size_t k = 0; k < elements(N, C, HW); k++) {
        size_t c = k / (size_t)HW % (size_t)C;
        y[k] = gamma[c] * (x[k] - mean[c]) / (sqrtf(var[c]) + (float)eps) + beta[c];
    }
}

FORWARD(unbiased_in_y)
{
    float M = (float)N * (float)HW;
    batch_norm_forward_f32(FORWARDED);
    for (int c = 0; c < C && M > 1; c++) var[c] *= M / (M - 1);
    batch_norm_eval_f32(N, C, HW, x, gamma, beta, mean, var, y, eps);
    for (int c = 0; c < C && M > 1; c++) var[c] *= (M - 1) / M;
}

FORWARD(gamma_forgotten)
{
    float *ones = malloc((size_t)C * sizeof *ones);
    (void)gamma;
    for (int c = 0; c < C; c++) ones[c] = 1;
    batch_norm_forward_f32(N, C, HW, x, ones, beta, y, mean, var, eps);
    free(ones);
}

/* each position of an image by itself */
FORWARD(positions_apart)
{
    batch_norm_forward_f32(FORWARDED);
    for (int c = 0; c < C; c++) {
        float sum = 0;
        for (int n = 0; n < N; n++) sum += x[((size_t)n * (size_t)C + (size_t)c) * (size_t)HW];
        mean[c] = sum / (float)N;
    }
    batch_norm_eval_f32(N, C, HW, x, gamma, beta, mean, var, y, eps);
}

/* each example by itself: layer normalization */
FORWARD(examples_apart)
{
    for (int n = 0; n < N; n++) {
        size_t at = (size_t)n * (size_t)C * (size_t)HW;
        batch_norm_forward_f32(1, C, HW, x + at, gamma, beta, y + at, mean, var, eps);
    }
}

/* E x^2 - (E x)^2 */
FORWARD(variance_in_one_pass)
{
    batch_norm_forward_f32(FORWARDED);
    for (int c = 0; c < C; c++) {
        float squares = 0;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < HW; k++) {
                float v = x[((size_t)n * (size_t)C + (size_t)c) * (size_t)HW + (size_t)k];
                squares += v * v;
            }
        var[c] = squares / ((float)N * (float)HW) - mean[c] * mean[c];
        if (var[c] < 0) var[c] = 0;
    }
    batch_norm_eval_f32(N, C, HW, x, gamma, beta, mean, var, y, eps);
}

/* ---- backward ---- */

#define BACKWARD(name)                                                                            \
    static void name(int N, int C, int HW, const float *x, const float *gamma, const float *mean, \
                     const float *var, const float *dy, float *dx, float *dgamma, float *dbeta, double eps)
#define BACK N, C, HW, x, gamma, mean, var, dy, dx, dgamma, dbeta, eps

BACKWARD(statistics_taken_as_constants)
{
    batch_norm_backward_f32(BACK);
    for (size_t k = 0; k < elements(N, C, HW); k++) {
        size_t c = k / (size_t)HW % (size_t)C;
        dx[k] = gamma[c] * dy[k] / sqrtf(var[c] + (float)eps);
    }
}

BACKWARD(examples_counted_alone) /* M = N */
{
    float *up = malloc(elements(N, C, HW) * sizeof *up); /* dx may be dy */
    memcpy(up, dy, elements(N, C, HW) * sizeof *up);
    batch_norm_backward_f32(BACK);
    for (size_t k = 0; k < elements(N, C, HW); k++) {
        size_t c = k / (size_t)HW % (size_t)C;
        float s = 1 / sqrtf(var[c] + (float)eps), z = (x[k] - mean[c]) * s;
        dx[k] = gamma[c] * s * (up[k] - dbeta[c] / (float)N - z * dgamma[c] / (float)N);
    }
    free(up);
}

BACKWARD(dgamma_of_x) /* not of z */
{
    batch_norm_backward_f32(BACK);
    for (int c = 0; c < C; c++) dgamma[c] *= sqrtf(var[c] + (float)eps);
}

/* ---- running statistics ---- */

#define UPDATE(name)                                                                                      \
    static void name(int C, const float *mean, const float *var, float *running_mean, float *running_var, \
                     double momentum, uint64_t count, uint64_t unbiased)

UPDATE(momentum_of_the_old)
{
    batch_norm_update_f32(C, mean, var, running_mean, running_var, 1 - momentum, count, unbiased);
}

UPDATE(always_biased)
{
    (void)unbiased;
    batch_norm_update_f32(C, mean, var, running_mean, running_var, momentum, count, 0);
}

UPDATE(mean_corrected_too)
{
    batch_norm_update_f32(C, mean, var, running_mean, running_var, momentum, count, unbiased);
    for (int c = 0; c < C; c++) running_mean[c] += (float)(momentum / ((double)count - 1)) * mean[c];
}

static const struct wrong_row rows[] = {
    ROW(batch_norm_forward, eps_outside_the_root, "of y are wrong"),
    ROW(batch_norm_forward, unbiased_in_y, "of y are wrong"),
    ROW(batch_norm_forward, gamma_forgotten, "of y are wrong"),
    ROW(batch_norm_forward, positions_apart, "are wrong"),
    ROW(batch_norm_forward, examples_apart, "are wrong"),
    ROW(batch_norm_backward, statistics_taken_as_constants, "of dx are wrong"),
    ROW(batch_norm_backward, examples_counted_alone, "of dx are wrong"),
    ROW(batch_norm_backward, dgamma_of_x, "of dgamma are wrong"),
    ROW(batch_norm_update, momentum_of_the_old, "are wrong"),
    ROW(batch_norm_update, always_biased, "of running_var are wrong"),
    ROW(batch_norm_update, mean_corrected_too, "of running_mean are wrong"),
    ROW(batch_norm_forward, batch_norm_forward_f32, NULL),
    ROW(batch_norm_backward, batch_norm_backward_f32, NULL),
    ROW(batch_norm_update, batch_norm_update_f32, NULL),
};

/* ---- oracles: a gradient that takes mean or var as a constant is none of this forward ---- */

static void oracle_without(const int *s, void *const *p, double eps, int mean, int var)
{
    const double *x = p[0], *gamma = p[1], *m = p[2], *v = p[3], *dy = p[4], M = (double)s[0] * s[2];
    double *dx = p[5], *dgamma = p[6], *dbeta = p[7];
    batch_norm_backward_f64(s[0], s[1], s[2], x, gamma, m, v, dy, dx, dgamma, dbeta, eps);
    for (size_t k = 0; k < elements(s[0], s[1], s[2]); k++) {
        size_t c = k / (size_t)s[2] % (size_t)s[1];
        double root = 1 / sqrt(v[c] + eps), z = (x[k] - m[c]) * root;
        dx[k] = gamma[c] * root * (dy[k] - (mean ? 0 : dbeta[c] / M) - (var ? 0 : z * dgamma[c] / M));
    }
}

static void mean_is_a_constant(const int *s, void *const *p, const struct scalar *v)
{
    oracle_without(s, p, v[0].real, 1, 0);
}

static void var_is_a_constant(const int *s, void *const *p, const struct scalar *v)
{
    oracle_without(s, p, v[0].real, 0, 1);
}

static void another_eps(const int *s, void *const *p, const struct scalar *v)
{
    oracle_without(s, p, 2 * v[0].real, 0, 0);
}

static void right(const int *s, void *const *p, const struct scalar *v)
{
    oracle_without(s, p, v[0].real, 0, 0);
}

static const struct wrong_oracle oracles[] = {
    { "batch_norm_backward", "mean as a constant", mean_is_a_constant, 0 },
    { "batch_norm_backward", "var as a constant", var_is_a_constant, 0 },
    { "batch_norm_backward", "twice the eps", another_eps, 0 },
    { "batch_norm_backward", "the formula once more", right, 1 },
};

/* ---- a channel far from 0: of 10,000 + x, x in (-2, 2), a float has 11 bits of x ---- */

enum { FAR = 300 };

/* 1 if y, mean and var are as the bounds allow */
static int is_far_right(any_fn *run, int N, int C, int HW)
{
    const struct op *op = op_find("batch_norm_forward");
    const int size[MAX_SIZES] = { N, C, HW };
    float x[FAR], gamma[FAR], beta[FAR], y[FAR], mean[FAR], var[FAR];
    double in[3][FAR], out[3][FAR], bound[FAR];
    for (int k = 0; k < FAR; k++) {
        x[k] = 1e4f + 2 * sinf((float)(k * k)), gamma[k] = 1 + (float)k / FAR, beta[k] = (float)k / FAR;
        in[0][k] = (double)x[k], in[1][k] = (double)gamma[k], in[2][k] = (double)beta[k];
    }
    void *const wide[] = { in[0], in[1], in[2], out[0], out[1], out[2] };
    float *const got[] = { y, mean, var };
    op_f64(op, size, wide);
    op_call(op, run, size, (void *const[]){ x, gamma, beta, y, mean, var });
    int ok = 1;
    for (int a = 3; a < 6; a++) {
        op_bound(op, size, wide, a, NEED_NONE, bound);
        for (size_t k = 0, n = op_elements(op, a, size); k < n; k++)
            ok &= fabs((double)got[a - 3][k] - out[a - 3][k]) <= bound[k];
    }
    return ok;
}

static int check_far(void)
{
    int failed = 0;
    for (const struct rung *r = op_find("batch_norm_forward")->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        int ok = is_far_right(r->run, 20, 5, 3) && is_far_right(r->run, 15, 20, 1) &&
                 is_far_right(r->run, 2, 3, 50);
        printf("%s  a channel far from 0: %s\n", ok ? "ok    " : "NOT OK", r->name);
        failed += !ok;
    }
    int ok = !is_far_right((any_fn *)variance_in_one_pass, 20, 5, 3);
    printf("%s  a channel far from 0: variance_in_one_pass is rejected\n", ok ? "ok    " : "NOT OK");
    return failed + !ok;
}

/* ---- known answers, worked out by hand ---- */

static int is_near(double got, double wanted, const char *what)
{
    int ok = fabs(got - wanted) <= 1e-12;
    if (!ok) printf("NOT OK  %s: %.17g, must be %.17g\n", what, got, wanted);
    return ok;
}

static int check_known(void)
{
    const double x[] = { 0, 2 }, far[] = { 9999, 10001 }, gamma = 3, beta = 0.5;
    double y[2], mean, var, running_mean = 0, running_var = 1;
    batch_norm_forward_f64(2, 1, 1, x, &gamma, &beta, y, &mean, &var, 0);
    int ok = is_near(mean, 1, "mean of 0, 2") & is_near(var, 1, "var of 0, 2") &
             is_near(y[0], -2.5, "y of 0") & is_near(y[1], 3.5, "y of 2");
    batch_norm_update_f64(1, &mean, &var, &running_mean, &running_var, 0.5, 2, 1);
    ok &= is_near(running_mean, 0.5, "running mean") & is_near(running_var, 1.5, "running var, unbiased");
    running_var = 1;
    batch_norm_update_f64(1, &mean, &var, &running_mean, &running_var, 0.5, 2, 0);
    ok &= is_near(running_var, 1, "running var, biased");
    running_var = 1, var = 0;
    batch_norm_update_f64(1, &mean, &var, &running_mean, &running_var, 0.5, 1, 1);
    ok &= is_near(running_var, 0.5, "running var of one number");
    batch_norm_forward_f64(2, 1, 1, far, &gamma, &beta, y, &mean, &var, 0);
    ok &= is_near(y[0], -2.5, "y of 9999") & is_near(y[1], 3.5, "y of 10001");
    return !ok;
}

int main(void)
{
    int failed = wrong_rows(rows, LENGTH(rows)) + wrong_oracles(oracles, LENGTH(oracles)) + check_far() +
                 check_known();
    printf("%d failed\n", failed);
    return failed ? 1 : 0;
}
