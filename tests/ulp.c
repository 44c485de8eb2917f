/* ulp.c - are the rungs of functions of one number as exact as they should be, over the floats?
 *
 *   ulp                      every 4099th of the 2^32 floats, and the special ones: what CTest runs
 *
 * optimized/ulp.h is the engine; `rungs ulp OP --exhaustive` takes every float. Here are the limits, in ulp
 * for values and in bounds for derivatives and coarse rungs; wrong versions, which must be rejected; and the
 * engine's oracle against long double. */
#include "../optimized/ulp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP = 4099, WRONG_STEP = 65537, MAX_RUNGS = 32, SHAKES = 20000 };

static int failed, skipped;

/* ---- the functions, once more ---- */

static long double sigmoidl(long double x)
{
    long double e = expl(x > 0 ? -x : x);
    return (x > 0 ? 1 : e) / (1 + e);
}

/* x z; 0 at an infinity, where z is 0 */
static long double timesl(long double x, long double z)
{
    return z == 0 ? 0 : x * z;
}

static long double gaussl(long double x)
{
    return expl(-x * x / 2) * 0.398942280401432677939946059934L;
}

static long double normall(long double x)
{
    return erfcl(x * -0.707106781186547524400844362105L) / 2;
}

static long double wl(long double x)
{
    return 1.595769121605730711759784239737L * x * (1 + 0.044715L * x * x);
}

static long double relu(long double x)
{
    return x <= 0 ? 0 : x;
}

static long double relu_derivative(long double x)
{
    return x > 0;
}

static long double leaky_relu(long double x)
{
    return x > 0 ? x : x / 100;
}

static long double leaky_relu_derivative(long double x)
{
    return x > 0 ? 1 : 0.01L;
}

static long double elu(long double x)
{
    return x > 0 ? x : expm1l(x);
}

static long double elu_derivative(long double x)
{
    return x > 0 ? 1 : expl(x);
}

static long double sigmoid_derivative(long double x)
{
    return sigmoidl(x) * sigmoidl(-x);
}

static long double tanh_derivative(long double x)
{
    return 4 * sigmoid_derivative(2 * x);
}

static long double softplus(long double x)
{
    return relu(x) + log1pl(expl(-fabsl(x)));
}

static long double silu(long double x)
{
    return timesl(x, sigmoidl(x));
}

static long double silu_derivative(long double x)
{
    return sigmoidl(x) + timesl(x, sigmoid_derivative(x));
}

static long double gelu(long double x)
{
    return timesl(x, normall(x));
}

static long double gelu_derivative(long double x)
{
    return normall(x) + timesl(x, gaussl(x));
}

static long double gelu_tanh(long double x)
{
    return timesl(x, sigmoidl(wl(x)));
}

static long double gelu_tanh_derivative(long double x)
{
    return sigmoidl(wl(x)) +
           timesl(x * 1.595769121605730711759784239737L * (1 + 0.134145L * x * x), sigmoid_derivative(wl(x)));
}

/* Limits in ulp. The naive rung is as exact as the libm it calls, and where it hands libm an argument that is
 * rounded already, or multiplies a subnormal by x, as inexact as that makes it:
 *   silu        exp(-|x|) is subnormal from 87 on, half a last digit off, and times
 *               |x| < 110 this is 55 of them
 *   gelu        rounding x / sqrt(2) moves the result by 2 |x| (|x| + 1) UNIT, |x| < 14.5 (see bound_gelu)
 *   gelu_tanh   rounding w moves it by 5 |w| UNIT, |w| < 104 (see bound_gelu_tanh)
 * one UNIT being at most one ulp. The double oracle errs in the same way, with 2^-53
 * for UNIT: 2^-29 of it. */
enum { LIMIT = 2 };

static const struct function {
    const char *name;
    long double (*exact)(long double x), (*derivative)(long double x);
    double naive_limit;
} function[] = {
    { "relu", relu, relu_derivative, 0 },
    { "leaky_relu", leaky_relu, leaky_relu_derivative, 1 },
    { "elu", elu, elu_derivative, 3 },
    { "sigmoid", sigmoidl, sigmoid_derivative, 3 },
    { "tanh", tanhl, tanh_derivative, 3 },
    { "softplus", softplus, sigmoidl, 3 },
    { "silu", silu, silu_derivative, 3 + 55 },
    { "gelu", gelu, gelu_derivative, 12 + 450 },
    { "gelu_tanh", gelu_tanh, gelu_tanh_derivative, 8 + 520 },
};

/* of "tanh_with_derivative": the row of tanh; NULL if there is none */
static const struct function *function_of(const struct op *op)
{
    static const char *const end[] = { "_forward", "_backward", "_with_derivative" };
    for (size_t f = 0; f < sizeof function / sizeof *function; f++) {
        size_t n = strlen(function[f].name);
        for (int e = 0; e < 3; e++)
            if (!strncmp(op->name, function[f].name, n) && !strcmp(op->name + n, end[e])) return &function[f];
    }
    return NULL;
}

/* ---- the rungs ---- */

static void tell(int ok, const struct op *op, int i, const struct ulp_rung *r, enum ulp_measure m)
{
    int out[ULP_OUTPUTS];
    ulp_outputs(op, out);
    printf("%s  %-20s %-2s %-14s at most %.3f %s, at %a\n", ok ? "PASS" : "FAIL", op->name,
           op->arg[out[i]].name, r->name, r->peak[i][m].error, m == ULP_ERROR ? "ulp" : "of its bound",
           (double)r->peak[i][m].at);
    if (r->limit[i].error > 0) printf("      it is wrong at %g\n", (double)r->limit[i].at);
    failed += !ok;
}

/* a value in ulp, a derivative and what a coarse rung makes in bounds */
static int within_limits(const struct op *op, const struct ulp_rung *r, double limit, int quiet)
{
    int out[ULP_OUTPUTS], outputs = ulp_outputs(op, out), all = 1;
    for (int i = 0; i < outputs; i++) {
        enum ulp_measure m = ulp_has(op, out[i], r->needs, ULP_BOUND) ? ULP_BOUND : ULP_ERROR;
        int ok = r->peak[i][m].error <= (m == ULP_BOUND ? 1 : limit) && r->limit[i].error <= 0;
        if (!quiet) tell(ok, op, i, r, m);
        all = all && ok;
    }
    return all;
}

static void judge(const struct op *op)
{
    struct ulp_rung rung[MAX_RUNGS];
    const struct function *f = function_of(op);
    int count = 0;
    if (!f) {
        printf("FAIL  %s has no row in tests/ulp.c\n", op->name);
        failed++;
        return;
    }
    for (const struct rung *r = op->cpu; r->name; r++) {
        if (count == MAX_RUNGS) printf("FAIL  %s has too many rungs\n", op->name), failed++;
        if (count == MAX_RUNGS) return;
        if (rung_lacks(r->needs)) {
            printf("SKIP  %-20s %-14s this machine has no %s\n", op->name, r->name, rung_lacks(r->needs));
            skipped++;
        } else {
            rung[count++] = (struct ulp_rung){ .name = r->name, .run = r->run, .needs = r->needs };
        }
    }
    ulp_sweep(op, rung, count, STEP, NULL);
    ulp_special(op, rung, count);
    for (int i = 0; i < count; i++)
        within_limits(op, &rung[i], rung[i].run == op->cpu->run ? f->naive_limit : LIMIT, 0);
    fflush(stdout);
}

/* ---- the oracle ---- */

/* A "rung" that hands the engine's own oracle, at x[k], to be compared with long double there. */
static double largest_oracle_error(const struct function *f, const struct op *op)
{
    int out[ULP_OUTPUTS], outputs = ulp_outputs(op, out);
    double largest = 0;
    for (uint64_t at = 0; at < UINT64_C(1) << 32; at += WRONG_STEP) {
        uint32_t bits = (uint32_t)at;
        float x;
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x)) continue;
        double wide = (double)x, y[2];
        op_f64(op, (const int[]){ 1 }, (void *const[]){ &wide, &y[0], &y[1] });
        for (int i = 0; i < outputs; i++) {
            int derivative = ulp_is_derivative(op, out[i]), e;
            long double exact = (derivative ? f->derivative : f->exact)((long double)x);
            (void)frexpl(exact, &e);
            double ulp = derivative ? 0x1p-23 : ldexp(1, (exact == 0 || e < -125 ? -125 : e) - 24);
            largest = fmax(largest, (double)fabsl((long double)y[i] - exact) / ulp);
        }
    }
    return largest;
}

static void judge_oracle(const struct function *f)
{
    char name[64];
    snprintf(name, sizeof name, "%s_with_derivative", f->name);
    double error = largest_oracle_error(f, op_find(name)), limit = 0x1p-29 * (f->naive_limit + 10);
    int ok = error <= limit;
    printf("%s  the oracle of %-11s is at most %.2g ulp off, limit %.2g\n", ok ? "PASS" : "FAIL", f->name,
           error, limit);
    failed += !ok;
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
    for (int k = 0; k < n; k++) y[k] = (float)((double)x[k] * (double)sigmoidl((long double)x[k]));
}

static void no_low_part(int n, const float *x, float *y) /* x^2 rounded to float before exp */
{
    for (int k = 0; k < n; k++)
        y[k] = x[k] < -2 && x[k] > -12
                   ? (float)((double)gelu((long double)x[k]) * exp((double)x[k] * (double)x[k] / 2) *
                             exp(-(double)(x[k] * x[k] / 2)))
                   : (float)(double)gelu((long double)x[k]);
}

static void log_of_sum(int n, const float *x, float *y)
{
    for (int k = 0; k < n; k++) y[k] = logf(1 + expf(x[k]));
}

static void derivative_inf_times_zero(int n, const float *x, const float *dy, float *dx)
{
    for (int k = 0; k < n; k++) {
        double s = (double)sigmoidl((long double)x[k]);
        dx[k] = dy[k] * (float)(s * (1 + (double)x[k] * (double)sigmoidl((long double)-x[k])));
    }
}

static void derivative_without_density(int n, const float *x, const float *dy, float *dx) /* far out */
{
    for (int k = 0; k < n; k++)
        dx[k] = dy[k] * (float)(erfc((double)x[k] * -0.70710678118654752) / 2 +
                                (fabsf(x[k]) < 9 ? (double)x[k] * exp((double)x[k] * (double)x[k] / -2) *
                                                       0.39894228040143268
                                                 : 0));
}

static void derivative_of_next(int n, const float *x, float *y,
                               float *s) /* right but for a shift by one number */
{
    for (int k = 0; k < n; k++) {
        y[k] = tanhf(x[k]);
        s[k] = (float)tanh_derivative((long double)x[k + (k + 1 < n)]);
    }
}

static void derivative_at_x(int n, const float *x, float *y,
                            float *s) /* 1 - x^2 for 1 - y^2 where x is small */
{
    for (int k = 0; k < n; k++) {
        y[k] = tanhf(x[k]);
        s[k] = fabsf(x[k]) < 0.05f ? 1 - x[k] * x[k] : (float)tanh_derivative((long double)x[k]);
    }
}

static void wrong_at_infinity(int n, const float *x, float *y, float *s)
{
    for (int k = 0; k < n; k++) {
        y[k] = (float)silu((long double)x[k]);
        s[k] = (float)sigmoidl((long double)x[k]) + x[k] * (float)sigmoid_derivative((long double)x[k]);
    }
}

static void twelve_bits(int n, const float *x, float *y) /* sold as a rung of twelve bits: has ten */
{
    for (int k = 0; k < n; k++) y[k] = tanhf(x[k]) * (1 + 0x1p-8f);
}

static void writes_nothing(int n, const float *x, float *y)
{
    (void)n;
    (void)x;
    (void)y;
}

static void cut_to_twelve(int n, const float *x,
                          float *y) /* right, as a rung of twelve bits: flushes, and cuts */
{
    for (int k = 0; k < n; k++) {
        uint32_t bits;
        float t = tanhf(x[k]);
        memcpy(&bits, &t, sizeof bits);
        bits &= fabsf(t) < 0x1p-126f ? 0x80000000u : isnan(t) ? ~0U : ~0xfffU;
        memcpy(&y[k], &bits, sizeof bits);
    }
}

static const struct {
    const char *op, *what;
    any_fn *run;
    unsigned needs;
} wrong[] = {
    { "tanh_forward", "three terms", RUN(tanh_forward, three_terms), 0 },
    { "tanh_forward", "writes nothing", RUN(tanh_forward, writes_nothing), 0 },
    { "tanh_forward", "0 for a NaN", RUN(tanh_forward, no_nan), 0 },
    { "tanh_forward", "eight bits sold as twelve", RUN(tanh_forward, twelve_bits), FAST_12 },
    { "gelu_forward", "1 + erf cancels", RUN(gelu_forward, erf_cancels), 0 },
    { "gelu_forward", "exp of a rounded square", RUN(gelu_forward, no_low_part), 0 },
    { "silu_forward", "-infinity times 0", RUN(silu_forward, inf_times_zero), 0 },
    { "softplus_forward", "log(1 + e)", RUN(softplus_forward, log_of_sum), 0 },
    { "silu_backward", "infinity times 0", RUN(silu_backward, derivative_inf_times_zero), 0 },
    { "gelu_backward", "no density beyond 9", RUN(gelu_backward, derivative_without_density), 0 },
    { "tanh_with_derivative", "the next one's slope", RUN(tanh_with_derivative, derivative_of_next), 0 },
    { "tanh_with_derivative", "the slope at x", RUN(tanh_with_derivative, derivative_at_x), 0 },
    { "silu_with_derivative", "infinity times 0", RUN(silu_with_derivative, wrong_at_infinity), 0 },
};

static void reject(size_t i)
{
    const struct op *op = op_find(wrong[i].op);
    struct ulp_rung r[] = { { .name = "00_naive", .run = op->cpu->run },
                            { .name = wrong[i].what, .run = wrong[i].run, .needs = wrong[i].needs } };
    ulp_sweep(op, r, 2, WRONG_STEP, NULL);
    ulp_special(op, r, 2);
    int ok = !within_limits(op, &r[1], 3, 1);
    printf("%s  a wrong %s (%s)\n", ok ? "ok    " : "NOT OK", wrong[i].op, r[1].name);
    failed += !ok;
}

/* What is right must not be rejected; its largest error is that of the last number before
 * the next in twelve bits. */
static void accept(void)
{
    const struct op *op = op_find("tanh_forward");
    struct ulp_rung r = { .name = "cut to twelve",
                          .run = RUN(tanh_forward, cut_to_twelve),
                          .needs = FAST_12 };
    ulp_sweep(op, &r, 1, WRONG_STEP, NULL);
    ulp_special(op, &r, 1);
    double bits = ulp_bits(r.peak[0][ULP_ERROR].error);
    int ok = within_limits(op, &r, 0, 0) && bits > 10.9 && bits < 11.1;
    printf("%s  it has %.2f bits\n", ok ? "ok    " : "NOT OK", bits);
    failed += !ok;
}

int main(void)
{
    int out[ULP_OUTPUTS];
    for (const struct op *const *op = ops; *op; op++)
        if (ulp_outputs(*op, out)) judge(*op);
    for (size_t f = 0; f < sizeof function / sizeof *function; f++) judge_oracle(&function[f]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) reject(i);
    accept();
    printf("every %dth of the floats: %d failed, %d skipped\n", STEP, failed, skipped);
    return failed ? 1 : 0;
}
