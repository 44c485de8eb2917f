/* ulp.c - how exact is a function of one number? Its rungs against double precision, over the floats.
 *
 *   ulp                      every 4099th of the 2^32 floats, and the special ones: what CTest runs
 *   ulp all [operation]      every float: some minutes an operation
 *
 * The error is counted in units in the last place (ulp) of the exact value. Infinity and zero must come out where the
 * exact value rounds to them, a NaN for a NaN and for nothing else. A derivative, whose sum may cancel, is held to the
 * bound of its operation instead, at dy = 1 and over all floats, where `rungs check` takes some of a small range.
 * Wrong versions must be rejected. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../optimized/op.h"

enum {
    BLOCK = 20000, /* more than a thread's piece, so that 04_threads cuts it */
    MAX_RUNGS = 8
};

static double sigmoid(double x)
{
    double e = exp(x > 0 ? -x : x);
    return (x > 0 ? 1 : e) / (1 + e);
}

static double leaky_relu(double x)
{
    return x > 0 ? x : (double)0.01f * x;
}

static double elu(double x)
{
    return x > 0 ? x : expm1(x);
}

static double softplus(double x)
{
    return (x > 0 ? x : 0) + log1p(exp(-fabs(x)));
}

/* x z; 0 at -infinity, where z is 0 */
static double times(double x, double z)
{
    return z == 0 ? 0 : x * z;
}

static double silu(double x)
{
    return times(x, sigmoid(x));
}

static double gelu(double x)
{
    return times(x, erfc(x * -0.70710678118654752) / 2);
}

static double gelu_tanh(double x)
{
    return times(x, sigmoid(1.5957691216057308 * x * (1 + 0.044715 * x * x)));
}

/* Limits in ulp. The naive rung is as exact as the libm it calls, and where it hands libm an argument that is rounded
 * already, or multiplies a subnormal by x, as inexact as that makes it:
 *   silu        exp(-|x|) is subnormal from 87 on, half a last digit off, and times |x| < 110 this is 55 of them
 *   gelu        rounding x / sqrt(2) moves the result by 2 |x| (|x| + 1) UNIT, |x| < 14.5 (see bound_gelu)
 *   gelu_tanh   rounding w moves it by 5 |w| UNIT, |w| < 104 (see bound_gelu_tanh)
 * one UNIT being at most one ulp. */
enum { LIMIT = 2 };

static const struct {
    const char *op;
    double (*exact)(double x);
    double naive_limit;
} function[] = {
    { "sigmoid_forward", sigmoid, 3 },       { "tanh_forward", tanh, 3 },
    { "leaky_relu_forward", leaky_relu, 1 }, { "elu_forward", elu, 3 },
    { "softplus_forward", softplus, 3 },     { "silu_forward", silu, 3 + 55 },
    { "gelu_forward", gelu, 12 + 450 },      { "gelu_tanh_forward", gelu_tanh, 8 + 520 },
};

/* at x */
static const char *const slope[] = { "softplus_backward", "silu_backward", "gelu_backward",
                                     "gelu_tanh_backward" };

/* Beyond its bound, a derivative's naive rung may err by what a subnormal exp is off, half a last digit, when it is
 * multiplied, by at most 11 dw/dx = 301 in gelu_tanh. */
static const double naive_slack = 0.5 * 301 * 0x1p-149;

/* a forward whose error is counted in ulp, or, where `exact` is NULL, a derivative whose error is counted in bounds */
struct subject {
    const struct op *op;
    double (*exact)(double x);
};

struct candidate {
    const char *name;
    any_fn *run;
    double limit, slack; /* slack is added to a derivative's bound */
    double error;        /* the largest so far, and where          */
    float x;
};

struct block {
    int n;
    float x[BLOCK], y[BLOCK];
    double exact[BLOCK], bound[BLOCK];
};

/* the error of an infinity, a NaN or a number where another of them is right */
static const double wrong_kind = (double)INFINITY;

static double error_in_ulp(float y, double exact)
{
    if (isnan(exact) || isnan(y)) return isnan(exact) && isnan(y) ? 0 : wrong_kind;
    if (isinf(exact) || isinf(y)) return (double)y == (double)(float)exact ? 0 : wrong_kind;
    int e = 0;
    (void)frexp(exact, &e);
    return fabs((double)y - exact) / ldexp(1, (exact == 0 || e < -125 ? -125 : e) - 24);
}

/* an infinite x has no bound, but one right answer */
static double error_in_bounds(float x, float y, double exact, double bound)
{
    if (isnan(exact) || isnan(y)) return isnan(exact) && isnan(y) ? 0 : wrong_kind;
    double difference = fabs((double)y - exact);
    return isinf(x) ? (difference > 0 ? wrong_kind : 0) : difference / bound;
}

static void find_exact(const struct subject *s, struct block *b)
{
    static double x[BLOCK], dy[BLOCK];
    void *const buf[] = { x, dy, b->exact };
    for (int k = 0; k < b->n; k++) x[k] = (double)b->x[k], dy[k] = 1;
    if (s->exact) {
        for (int k = 0; k < b->n; k++) b->exact[k] = s->exact(x[k]);
    } else {
        s->op->f64(&b->n, buf);
        s->op->bound(s->op, &b->n, buf, 2, rung_digits(NEED_NONE), b->bound);
    }
}

static void look(const struct subject *s, struct candidate *c, struct block *b)
{
    static float dy[BLOCK];
    void *const forward[] = { b->x, b->y }, *const backward[] = { b->x, dy, b->y };
    for (int k = 0; k < b->n; k++) dy[k] = 1;
    s->op->call(c->run, &b->n, s->exact ? forward : backward);
    for (int k = 0; k < b->n; k++) {
        double error = s->exact ? error_in_ulp(b->y[k], b->exact[k])
                                : error_in_bounds(b->x[k], b->y[k], b->exact[k], b->bound[k] + c->slack);
        if (!(error <= c->error)) c->error = error, c->x = b->x[k];
    }
}

/* every step-th float */
static void sweep(const struct subject *s, struct candidate *c, int count, uint64_t step)
{
    static struct block b;
    for (uint64_t at = 0; at < UINT64_C(1) << 32;) {
        for (b.n = 0; b.n < BLOCK && at < UINT64_C(1) << 32; b.n++, at += step) {
            uint32_t bits = (uint32_t)at;
            memcpy(&b.x[b.n], &bits, sizeof bits);
        }
        find_exact(s, &b);
        for (int i = 0; i < count; i++) look(s, &c[i], &b);
    }
}

/* limits of float, and where the functions change their method or end, on both sides of 0 */
static void special(const struct subject *s, struct candidate *c, int count)
{
    static const float x[] = { 0,      INFINITY, NAN,    0x1p-149f, 0x1p-126f, 0x1.fffffep127f,
                               88.72f, 89,       104,    103.97f,   0.625f,    0.8125f,
                               10,     95,       108.6f, 110,       13.5f,     14.2f,
                               14.5f,  10.2f,    10.6f,  11,        1.28f,     0.75f };
    enum { N = sizeof x / sizeof *x };
    static struct block b;
    b.n = 2 * N;
    for (int k = 0; k < N; k++) b.x[k] = x[k], b.x[N + k] = -x[k];
    find_exact(s, &b);
    for (int i = 0; i < count; i++) look(s, &c[i], &b);
}

static int failed, skipped;

/* every rung of the subject's operation */
static void judge(const struct subject *s, double naive_limit, uint64_t step)
{
    struct candidate c[MAX_RUNGS];
    int count = 0;
    for (const struct rung *r = s->op->cpu; r->name && count < MAX_RUNGS; r++) {
        int naive = r == s->op->cpu;
        double limit = s->exact ? (naive ? naive_limit : LIMIT) : 1;
        if (rung_lacks(r->needs)) {
            printf("SKIP  %-18s %-14s this machine has no %s\n", s->op->name, r->name, rung_lacks(r->needs));
            skipped++;
        } else {
            c[count++] = (struct candidate){ r->name, r->run, limit, naive ? naive_slack : 0, 0, 0 };
        }
    }
    sweep(s, c, count, step);
    special(s, c, count);
    for (int i = 0; i < count; i++) {
        int ok = c[i].error <= c[i].limit;
        printf("%s  %-18s %-14s at most %.3f %s, at %a\n", ok ? "PASS" : "FAIL", s->op->name, c[i].name,
               c[i].error, s->exact ? "ulp" : "of its bound", (double)c[i].x);
        failed += !ok;
    }
    fflush(stdout);
}

/* ---- wrong versions ---- */

static void three_terms(int n, const float *x, float *y) /* a Taylor polynomial where it no longer fits */
{
    for (int k = 0; k < n; k++)
        y[k] = fabsf(x[k]) < 0.25f ? x[k] - x[k] * x[k] * x[k] / 3 + 2 * powf(x[k], 5) / 15 : tanhf(x[k]);
}

static void no_nan(int n, const float *x, float *y)
{
    for (int k = 0; k < n; k++) y[k] = x[k] >= 0 ? tanhf(x[k]) : x[k] < 0 ? -tanhf(-x[k]) : 0;
}

static void erf_cancels(int n, const float *x, float *y)
{
    for (int k = 0; k < n; k++) y[k] = x[k] / 2 * (1 + erff(x[k] * 0.70710678f));
}

static void inf_times_zero(int n, const float *x, float *y) /* right but for -infinity */
{
    for (int k = 0; k < n; k++) y[k] = (float)((double)x[k] * sigmoid((double)x[k]));
}

static void no_low_part(int n, const float *x, float *y) /* x^2 rounded to float before exp */
{
    for (int k = 0; k < n; k++)
        y[k] = x[k] < -2 && x[k] > -12 ? (float)(gelu((double)x[k]) * exp((double)x[k] * (double)x[k] / 2) *
                                                 exp(-(double)(x[k] * x[k] / 2)))
                                       : (float)gelu((double)x[k]);
}

static void log_of_sum(int n, const float *x, float *y)
{
    for (int k = 0; k < n; k++) y[k] = logf(1 + expf(x[k]));
}

static void slope_inf_times_zero(int n, const float *x, const float *dy, float *dx)
{
    for (int k = 0; k < n; k++) {
        double s = sigmoid((double)x[k]);
        dx[k] = dy[k] * (float)(s * (1 + (double)x[k] * sigmoid(-(double)x[k])));
    }
}

static void slope_without_density(int n, const float *x, const float *dy, float *dx) /* far out */
{
    for (int k = 0; k < n; k++)
        dx[k] = dy[k] * (float)(erfc((double)x[k] * -0.70710678118654752) / 2 +
                                (fabsf(x[k]) < 9 ? (double)x[k] * exp((double)x[k] * (double)x[k] / -2) *
                                                       0.39894228040143268
                                                 : 0));
}

static const struct {
    const char *op, *what;
    double (*exact)(double x); /* NULL for a derivative */
    any_fn *run;
} wrong[] = {
    { "tanh_forward", "three terms", tanh, RUN(tanh_forward, three_terms) },
    { "tanh_forward", "0 for a NaN", tanh, RUN(tanh_forward, no_nan) },
    { "gelu_forward", "1 + erf cancels", gelu, RUN(gelu_forward, erf_cancels) },
    { "gelu_forward", "exp of a rounded square", gelu, RUN(gelu_forward, no_low_part) },
    { "silu_forward", "-infinity times 0", silu, RUN(silu_forward, inf_times_zero) },
    { "softplus_forward", "log(1 + e)", softplus, RUN(softplus_forward, log_of_sum) },
    { "silu_backward", "infinity times 0", NULL, RUN(silu_backward, slope_inf_times_zero) },
    { "gelu_backward", "no density beyond 9", NULL, RUN(gelu_backward, slope_without_density) },
};

static void reject(size_t i)
{
    struct subject s = { op_find(wrong[i].op), wrong[i].exact };
    struct candidate c = { wrong[i].what, wrong[i].run, s.exact ? 3 : 1, 0, 0, 0 };
    sweep(&s, &c, 1, 65537);
    special(&s, &c, 1);
    int ok = !(c.error <= c.limit);
    printf("%s  a wrong %s (%s): %.3g %s at %a\n", ok ? "ok    " : "NOT OK", wrong[i].op, c.name, c.error,
           s.exact ? "ulp" : "of its bound", (double)c.x);
    failed += !ok;
}

int main(int argc, char **argv)
{
    uint64_t step = argc > 1 && !strcmp(argv[1], "all") ? 1 : 4099;
    const char *only = argc > 2 ? argv[2] : NULL;
    int found = 0;
    for (size_t f = 0; f < sizeof function / sizeof *function; f++) {
        if (only && strcmp(only, function[f].op)) continue;
        judge(&(struct subject){ op_find(function[f].op), function[f].exact }, function[f].naive_limit, step);
        found++;
    }
    for (size_t f = 0; f < sizeof slope / sizeof *slope; f++) {
        if (only && strcmp(only, slope[f])) continue;
        judge(&(struct subject){ op_find(slope[f]), NULL }, 1, step);
        found++;
    }
    if (!found) {
        fprintf(stderr, "ulp: no function of one number is called %s; see `rungs list`\n", only);
        return 64;
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) reject(i);
    printf("%s of the floats: %d failed, %d skipped\n", step == 1 ? "all" : "every 4099th", failed, skipped);
    return failed ? 1 : 0;
}
