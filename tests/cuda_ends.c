/* cuda_ends.c [MODULE] - CUDA rungs where numbers end: zeros, subnormals, infinities, NaNs, the largest
 * floats, and where an exp ends, for activations; rows of them, far from 0, and long, for softmax.
 * RUNGS_CUDA names the device.
 *
 * An activation must be within its bound of the double oracle, infinite where that rounds to infinity and
 * a NaN where that is one, nowhere else. A row of softmax may err by what bound_softmax says, with d =
 * max - x counting to 110 at most: beyond 104 exp is 0 in float. MODULE has wrong rungs (cuda_wrong.cu),
 * which must be rejected. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/device.h"
#include "../base/memory.h"
#include "../reference/philox.h"

static float *float_buffer(size_t n)
{
    return memory_need(n, sizeof(float));
}

static double *double_buffer(size_t n)
{
    return memory_need(n, sizeof(double));
}

/* From 255 on every activation and derivative is 0, 1, x, or a part of x: its bound, made for
 * smaller numbers, says less than that. A NaN has none: there only the exact value is right, or what
 * few digits make of it. */
static int is_right(float x, float got, double exact, double bound, struct precision d)
{
    if (isnan(exact) || isnan(got)) return isnan(exact) && isnan(got);
    if (fabs(exact) > (double)FLT_MAX) return (double)got == copysign((double)INFINITY, exact);
    if (!isfinite(x) && d.unit <= 0x1p-24) return got == (float)exact;
    if (!(fabsf(x) < 255)) bound = 8 * d.unit * fabs(exact) + d.tiny;
    return fabs((double)got - exact) <= bound;
}

/* ---- activations ---- */

static const float special[] = { 0,     0x1p-149f, 0x1p-140f, 0x1p-126f, 1e-30f,  0x1p-24f, 0.5f,  1,
                                 1.28f, 5,         9,         10.2f,     11.1f,   14.5f,    17.4f, 40,
                                 60,    86.9f,     87.4f,     88.7f,     88.8f,   103.97f,  104,   110,
                                 255,   7e4f,      1e13f,     1.85e19f,  FLT_MAX, INFINITY };
enum { SPECIAL = sizeof special / sizeof *special, VALUES = 2 * SPECIAL + 1 };

/* the operation's inputs, as floats that the oracle sees as well; outputs NaN */
static void fill(const struct op *op, void **host, void **wide)
{
    const struct op *forward = op->forward ? op_find(op->forward) : NULL;
    for (int a = 0; a < op->narg; a++) host[a] = float_buffer(VALUES), wide[a] = double_buffer(VALUES);
    for (int k = 0; k < VALUES; k++)
        ((double *)wide[0])[k] =
            k == 2 * SPECIAL ? (double)NAN : (double)(k < SPECIAL ? special[k] : -special[k - SPECIAL]);
    if (forward && !strcmp(op->arg[0].name, "y"))
        op_f64(forward, (const int[]){ VALUES }, (void *const[]){ wide[0], wide[0] });
    for (int k = 0; k < VALUES; k++) {
        ((float *)host[0])[k] = (float)((double *)wide[0])[k];
        ((double *)wide[0])[k] = (double)((float *)host[0])[k];
        for (int a = 1; a < op->narg; a++) {
            ((float *)host[a])[k] = op->arg[a].access == ARG_IN ? 1 : NAN;
            ((double *)wide[a])[k] = 1;
        }
    }
}

/* the number of wrong elements, told if `loud` */
static int wrong_elements(const struct device *d, const struct op *op, const struct rung *r, int loud)
{
    void *host[MAX_ARGS], *wide[MAX_ARGS];
    double *bound = double_buffer(VALUES);
    const int size[MAX_SIZES] = { VALUES };
    char error[DEVICE_ERROR];
    int wrong = 0;
    fill(op, host, wide);
    op_f64(op, size, wide);
    if (!device_call(d, op, r, size, host, error))
        printf("FAIL  %s %s: %s\n", op->name, r->name, error), wrong++;
    for (int a = 1; a < op->narg && !wrong; a++) {
        if (op->arg[a].access != ARG_OUT) continue;
        op_bound(op, size, wide, a, r->needs, bound);
        for (int k = 0; k < VALUES; k++) {
            float x = ((float *)host[0])[k], got = ((float *)host[a])[k];
            double exact = ((double *)wide[a])[k];
            if (is_right(x, got, exact, bound[k], rung_precision(r->needs))) continue;
            wrong++;
            if (loud)
                printf("FAIL  %s %s: %s is %g at %g, expected %g +- %.1e\n", op->name, r->name,
                       op->arg[a].name, (double)got, (double)x, exact, bound[k]);
        }
    }
    for (int a = 0; a < op->narg; a++) free(host[a]), free(wide[a]);
    free(bound);
    return wrong;
}

/* ---- rows of softmax ---- */

enum { ROWS = 3 };

static const struct row_case {
    const char *what;
    int C;
    float range, shift; /* x from (shift - range, shift + range)           */
    int from, to;       /* the middle row's special numbers, if from < to  */
    float special;
} row_cases[] = {
    { "one number", 1, 6, 0, 0, 0, 0 },
    { "far below 0", 37, 6, -1000, 0, 0, 0 },
    { "far above 0", 37, 6, 1000, 0, 0, 0 },
    { "far below 0, a block", 1100, 6, -1000, 0, 0, 0 },
    { "a wide range", 50, 200, 0, 0, 0, 0 },
    { "the largest floats", 37, FLT_MAX, 0, 0, 0, 0 },
    { "a first -infinity", 37, 6, 0, 0, 1, -INFINITY },
    { "a last -infinity", 37, 6, 0, 36, 37, -INFINITY },
    { "half a row of -infinity", 1100, 6, 0, 0, 550, -INFINITY },
    { "a row of -infinity", 37, 6, 0, 0, 37, -INFINITY },
    { "a last +infinity", 37, 6, 0, 36, 37, INFINITY },
    { "a +infinity in a block", 1100, 6, 0, 7, 8, INFINITY },
    { "two +infinities", 1100, 6, 0, 7, 9, INFINITY },
    { "a NaN in a four", 37, 6, 0, 6, 7, NAN },
    { "a last NaN", 37, 6, 0, 36, 37, NAN },
    { "a NaN in a block", 1100, 6, 0, 1099, 1100, NAN },
    { "a row of NaN", 5, 6, 0, 0, 5, NAN },
    { "a long row", 100000, 6, 0, 0, 0, 0 },
};

/* the number of wrong elements of a row */
static int wrong_in_row(int C, const double *x, const double *exact, const float *y)
{
    double high = x[0];
    int wrong = 0;
    for (int k = 1; k < C; k++) high = fmax(high, x[k]);
    for (int k = 0; k < C; k++) {
        double units = 4 * fmin(high - x[k], 110) + C + 6 * log2(C) + 12;
        wrong += isnan(exact[k]) ? !isnan(y[k])
                                 : !(fabs((double)y[k] - exact[k]) <= 0x1p-24 * units * exact[k] + 0x1p-149);
    }
    return wrong;
}

static int wrong_rows(const struct device *d, const struct op *op, const struct rung *r,
                      const struct row_case *c)
{
    size_t n = (size_t)ROWS * (size_t)c->C;
    float *x = float_buffer(n), *y = float_buffer(n);
    double *wide = double_buffer(n), *exact = double_buffer(n);
    const int size[MAX_SIZES] = { ROWS, c->C };
    char error[DEVICE_ERROR];
    int wrong = 0;
    philox_uniform(1, 1, n, -1, 1, x);
    for (size_t k = 0; k < n; k++) x[k] = x[k] * c->range + c->shift, y[k] = NAN;
    for (int k = c->from; k < c->to; k++) x[c->C + k] = c->special;
    for (size_t k = 0; k < n; k++) wide[k] = (double)x[k];
    op_f64(op, size, (void *const[]){ wide, exact });
    if (!device_call(d, op, r, size, (void *const[]){ x, y }, error)) {
        printf("FAIL  %s %s: %s\n", op->name, r->name, error);
        wrong++;
    }
    for (size_t at = 0; at < n && !wrong; at += (size_t)c->C)
        wrong = wrong_in_row(c->C, wide + at, exact + at, y + at);
    free(x), free(y), free(wide), free(exact);
    return wrong;
}

static int wrong_softmax(const struct device *d, const struct op *op, const struct rung *r, int loud)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof row_cases / sizeof *row_cases; i++) {
        if (!wrong_rows(d, op, r, &row_cases[i])) continue;
        wrong++;
        if (loud) printf("FAIL  %s %s: %s\n", op->name, r->name, row_cases[i].what);
    }
    return wrong;
}

/* ---- all ladders, and the wrong rungs ---- */

static int is_activation(const struct op *op)
{
    static const char *const name[] = {
#define ACTIVATION(f, ...) #f "_forward", #f "_backward", #f "_with_derivative",
#define ACTIVATION_WITH    ACTIVATION
#include "../optimized/ops/activations.h"
    };
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (!strcmp(op->name, name[i])) return 1;
    return 0;
}

/* what is wrong with a rung; -1: nothing here is about its operation */
static int wrong_with(const struct device *d, const struct op *op, const struct rung *r, int loud)
{
    if (is_activation(op)) return wrong_elements(d, op, r, loud);
    if (!strcmp(op->name, "softmax_forward")) return wrong_softmax(d, op, r, loud);
    return -1;
}

static int failed;

static void check_ladders(const struct device *d)
{
    int passed = 0;
    for (const struct op *const *op = ops; *op; op++)
        for (const struct rung *r = device_ladder(d, *op); r && r->name; r++) {
            int wrong = device_lacks(d, r) ? -1 : wrong_with(d, *op, r, 1);
            passed += wrong == 0;
            failed += wrong > 0;
        }
    printf("%d rungs right, %d wrong\n", passed, failed);
    failed += !passed;
}

static void reject_wrong(const struct device *d)
{
    static const char *const wrong[][2] = {
        { "relu_forward", "zero_for_nan" },        { "softplus_forward", "log_of_sum" },
        { "silu_forward", "infinity_times_zero" }, { "softmax_forward", "maximum_of_zero" },
        { "softmax_forward", "no_maximum" },       { "softmax_forward", "zero_for_nan" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct op *op = op_find(wrong[i][0]);
        int bad = wrong_with(d, op, rung_in(device_ladder(d, op), wrong[i][1]), 0);
        printf("%s  a wrong %s (%s): %d cases fail\n", bad > 0 ? "ok    " : "NOT OK", wrong[i][0],
               wrong[i][1], bad);
        failed += bad <= 0;
    }
}

int main(int argc, char **argv)
{
    char error[DEVICE_ERROR];
    const struct device *d = device_open(argc > 1 ? argv[1] : NULL, error);
    if (!d) return fprintf(stderr, "cuda_ends: %s\n", error), 77;
    (argc > 1 ? reject_wrong : check_ladders)(d);
    d->module->close();
    return failed ? 1 : 0;
}
