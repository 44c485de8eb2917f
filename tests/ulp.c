/* ulp.c - how exact is a function of one number? Its rungs against double precision, over the floats.
 *
 *   ulp            every 4099th of the 2^32 floats, and the special ones: what CTest runs
 *   ulp all        every float: a few minutes
 *
 * The error is counted in units in the last place (ulp) of the exact value. Infinity and zero must come out where the
 * exact value rounds to them, a NaN for a NaN and for nothing else. Two wrong versions must be rejected. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../optimized/op.h"

enum { BLOCK = 1024, MAX_RUNGS = 8 };

typedef void forward_fn(int n, const float *x, float *y);

static double sigmoid(double x)
{
    double e = exp(x > 0 ? -x : x);
    return (x > 0 ? 1 : e) / (1 + e);
}

static const struct {
    const char *op;
    double (*exact)(double x);
} function[] = {
    { "sigmoid_forward", sigmoid },
    { "tanh_forward", tanh },
};

/* ulp; the naive rung is as exact as the libm it calls */
static const double limit = 2, libm_limit = 3;

static double error_in_ulp(float y, double exact)
{
    if (isnan(exact) || isnan(y)) return isnan(exact) && isnan(y) ? 0 : INFINITY;
    if (isinf(exact) || isinf(y)) return (double)y == (double)(float)exact ? 0 : INFINITY;
    int e = 0;
    (void)frexp(exact, &e);
    return fabs((double)y - exact) / ldexp(1, (exact == 0 || e < -125 ? -125 : e) - 24);
}

struct worst {
    double error;
    float x, y;
};

static void look(struct worst *w, int n, const float *x, const float *y, const double *exact)
{
    for (int k = 0; k < n; k++) {
        double error = error_in_ulp(y[k], exact[k]);
        if (!(error <= w->error)) *w = (struct worst){ error, x[k], y[k] };
    }
}

/* every step-th float from the bits `first` on */
static void sweep(forward_fn *const *run, int runs, double (*exact)(double), uint64_t first, uint64_t step,
                  struct worst *w)
{
    float x[BLOCK], y[BLOCK];
    double truth[BLOCK];
    for (uint64_t at = first; at < UINT64_C(1) << 32;) {
        int n = 0;
        for (; n < BLOCK && at < UINT64_C(1) << 32; n++, at += step) {
            uint32_t bits = (uint32_t)at;
            memcpy(&x[n], &bits, sizeof bits);
            truth[n] = exact((double)x[n]);
        }
        for (int r = 0; r < runs; r++) {
            run[r](n, x, y);
            look(&w[r], n, x, y, truth);
        }
    }
}

static void special(forward_fn *run, double (*exact)(double), struct worst *w)
{
    static const float x[] = { 0,
                               -0.0f,
                               INFINITY,
                               -INFINITY,
                               NAN,
                               0x1p-149f,
                               -0x1p-149f,
                               0x1p-126f,
                               0x1.fffffep127f,
                               88.72f,
                               -88.72f,
                               89,
                               -104,
                               -103.97f,
                               0.625f,
                               10,
                               -0x1.fffffep127f };
    enum { N = sizeof x / sizeof *x };
    float y[N];
    double truth[N];
    for (int k = 0; k < N; k++) truth[k] = exact((double)x[k]);
    run(N, x, y);
    look(w, N, x, y, truth);
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

static int rejected(const char *name, forward_fn *run)
{
    struct worst w = { 0, 0, 0 };
    sweep(&run, 1, tanh, 0, 65537, &w);
    special(run, tanh, &w);
    int ok = !(w.error <= libm_limit);
    printf("%s  a wrong tanh (%s): %.3g ulp at %a\n", ok ? "ok    " : "NOT OK", name, w.error, (double)w.x);
    return ok;
}

int main(int argc, char **argv)
{
    uint64_t step = argc > 1 && !strcmp(argv[1], "all") ? 1 : 4099;
    int failed = 0, skipped = 0;
    for (size_t f = 0; f < sizeof function / sizeof *function; f++) {
        const struct op *op = op_find(function[f].op);
        const struct rung *rung[MAX_RUNGS];
        forward_fn *run[MAX_RUNGS];
        struct worst w[MAX_RUNGS] = { { 0, 0, 0 } };
        int runs = 0;
        for (const struct rung *r = op->cpu; r->name; r++) {
            if (rung_lacks(r->needs)) {
                printf("SKIP  %-16s %-14s this machine has no %s\n", op->name, r->name, rung_lacks(r->needs));
                skipped++;
            } else if (runs < MAX_RUNGS) {
                rung[runs] = r, run[runs++] = (forward_fn *)r->run;
            }
        }
        sweep(run, runs, function[f].exact, 0, step, w);
        for (int r = 0; r < runs; r++) {
            special(run[r], function[f].exact, &w[r]);
            int ok = w[r].error <= (r ? limit : libm_limit);
            printf("%s  %-16s %-14s at most %.3f ulp, at %a\n", ok ? "PASS" : "FAIL", op->name, rung[r]->name,
                   w[r].error, (double)w[r].x);
            failed += !ok;
        }
    }
    failed += !rejected("three terms", three_terms) + !rejected("0 for a NaN", no_nan);
    printf("%s of the floats: %d failed, %d skipped\n", step == 1 ? "all" : "every 4099th", failed, skipped);
    return failed ? 1 : 0;
}
