/* softmax_rows.c - rows of softmax that `rungs check` does not draw: far from 0, of infinities and
 * NaNs, 100 000 long, in place.
 *
 * Every rung against double precision. A row's result is exp(x - m) / sum; with d = m - x, rounding
 * the difference moves exp by d UNIT, exp and the division err by a few ulp, the sum by at most C
 * UNIT (see bound_softmax). Beyond d = 104 exp is 0 in float, so d counts to 110 at most. Wrong
 * versions must be rejected. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/op.h"
#include "../reference/philox.h"
#include "../reference/reference.h"

#define UNIT 0x1p-24
#define TINY 0x1p-149

enum { ROWS = 3 };

struct row_case {
    const char *what;
    int C;
    float range, shift; /* x from (shift - range, shift + range) */
    int at;             /* of the middle row's special number, if it is not 0 */
    float special;
};

static const struct row_case rows[] = {
    { "one number", 1, 6, 0, 0, 0 },
    { "a tail of every length, 1", 17, 6, 0, 0, 0 },
    { "far below 0", 13, 6, -1000, 0, 0 },
    { "far below 0, a tail", 37, 6, -1000, 0, 0 },
    { "far above 0", 37, 6, 1000, 0, 0 },
    { "a wide range", 50, 200, 0, 0, 0 },
    { "the largest floats", 37, 0x1.fffffep127f, 0, 0, 0 },
    { "-infinity in a vector", 37, 6, 0, 2, -INFINITY },
    { "-infinity in a tail", 37, 6, 0, 36, -INFINITY },
    { "infinity in a tail", 37, 6, 0, 36, INFINITY },
    { "a NaN in a vector", 37, 6, 0, 2, NAN },
    { "a NaN in a tail", 37, 6, 0, 36, NAN },
    { "a NaN in a short row", 5, 6, 0, 4, NAN },
    { "a long row", 100000, 6, 0, 0, 0 },
};

static void fill(const struct row_case *c, uint64_t seed, float *x)
{
    size_t n = (size_t)ROWS * (size_t)c->C;
    philox_uniform(seed, 1, n, -1, 1, x);
    for (size_t k = 0; k < n; k++) x[k] = x[k] * c->range + c->shift;
    if (c->at) x[c->C + c->at] = c->special;
}

/* 1 if y is within `bound` of the exact value, or both are NaN */
static int near(float y, double exact, double bound)
{
    return isnan(exact) ? isnan(y) : fabs((double)y - exact) <= bound;
}

/* the index of the first wrong element, -1 if there is none */
static int wrong_in_forward(softmax_forward_fn *run, const struct row_case *c, int in_place)
{
    int n = ROWS * c->C, bad = -1;
    float *x = memory_need((size_t)n, sizeof *x), *y = memory_need((size_t)n, sizeof *y);
    double *wide = memory_need((size_t)n, sizeof *wide), *exact = memory_need((size_t)n, sizeof *exact);
    fill(c, 1, x);
    for (int k = 0; k < n; k++) wide[k] = (double)x[k], y[k] = in_place ? x[k] : NAN;
    softmax_forward_f64(ROWS, c->C, wide, exact);
    run(ROWS, c->C, in_place ? y : x, y);
    for (int r = 0; r < ROWS; r++) {
        const double *row = wide + r * c->C;
        double high = row[0];
        for (int k = 1; k < c->C; k++) high = fmax(high, row[k]);
        for (int k = 0; k < c->C && bad < 0; k++) {
            double d = high - row[k], e = exact[r * c->C + k];
            if (!near(y[r * c->C + k], e, UNIT * (2 * fmin(d, 110) + c->C + 8) * e + TINY))
                bad = r * c->C + k;
        }
    }
    free(x), free(y), free(wide), free(exact);
    return bad;
}

/* dx may be dy; y is a distribution */
static int wrong_in_backward(softmax_backward_fn *run, const struct row_case *c, int in_place)
{
    int n = ROWS * c->C, bad = -1;
    float *y = memory_need((size_t)n, sizeof *y), *dy = memory_need((size_t)n, sizeof *dy);
    float *dx = memory_need((size_t)n, sizeof *dx);
    double *buf[3], *bound = memory_need((size_t)n, sizeof *bound);
    const struct op *op = op_find("softmax_backward");
    fill(c, 1, y);
    softmax_forward_f32(ROWS, c->C, y, y);
    fill(c, 2, dy);
    for (int i = 0; i < 3; i++) buf[i] = memory_need((size_t)n, sizeof **buf);
    for (int k = 0; k < n; k++) {
        buf[0][k] = (double)y[k], buf[1][k] = (double)dy[k];
        dx[k] = in_place ? dy[k] : NAN;
    }
    softmax_backward_f64(ROWS, c->C, buf[0], buf[1], buf[2]);
    op->bound(op, (const int[]){ ROWS, c->C }, (void *const *)buf, 2, rung_precision(NEED_NONE), bound);
    run(ROWS, c->C, y, in_place ? dx : dy, dx);
    for (int k = n - 1; k >= 0; k--)
        if (!near(dx[k], buf[2][k], bound[k])) bad = k;
    free(y), free(dy), free(dx), free(bound);
    for (int i = 0; i < 3; i++) free(buf[i]);
    return bad;
}

/* A derivative takes only rows of finite numbers whose squares are finite */
static int is_for_backward(const struct row_case *c)
{
    return !c->at && c->range < 1e30f;
}

/* the number of cases that a rung gets wrong; says which if `loud` */
static int failures(any_fn *run, int backward, const char *name, int loud)
{
    int failed = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int in_place = 0; in_place < 2; in_place++) {
            const struct row_case *c = &rows[i];
            if (backward && !is_for_backward(c)) continue;
            int bad = backward ? wrong_in_backward((softmax_backward_fn *)run, c, in_place)
                               : wrong_in_forward((softmax_forward_fn *)run, c, in_place);
            if (bad < 0) continue;
            failed++;
            if (loud)
                printf("FAIL  %-14s %s%s: row %d, element %d\n", name, c->what, in_place ? ", in place" : "",
                       bad / c->C, bad % c->C);
        }
    return failed;
}

/* ---- wrong versions ---- */

static void without_max(int N, int C, const float *x, float *y)
{
    for (int n = 0; n < N; n++, x += C, y += C) {
        float sum = 0;
        for (int c = 0; c < C; c++) sum += y[c] = expf(x[c]);
        for (int c = 0; c < C; c++) y[c] /= sum;
    }
}

/* as if the empty lanes of a tail, zeros, took part in the maximum */
static void max_with_zero(int N, int C, const float *x, float *y)
{
    for (int n = 0; n < N; n++, x += C, y += C) {
        float m = 0, sum = 0;
        for (int c = 0; c < C; c++) m = fmaxf(m, x[c]);
        for (int c = 0; c < C; c++) sum += y[c] = expf(x[c] - m);
        for (int c = 0; c < C; c++) y[c] /= sum;
    }
}

/* a NaN is overwritten by what comes from exp's limits */
static void no_nan(int N, int C, const float *x, float *y)
{
    softmax_forward_f32(N, C, x, y);
    for (int k = 0; k < N * C; k++) y[k] = isnan(y[k]) ? 0 : y[k];
}

/* writes y before it has read all of x */
static void not_in_place(int N, int C, const float *x, float *y)
{
    for (int k = 0; k < N * C; k++) y[k] = 0;
    softmax_forward_f32(N, C, x, y);
}

static void backward_not_in_place(int N, int C, const float *y, const float *dy, float *dx)
{
    for (int k = 0; k < N * C; k++) dx[k] = 0;
    softmax_backward_f32(N, C, y, dy, dx);
}

static const struct {
    const char *name;
    any_fn *run;
    int backward;
} wrong[] = {
    { "no maximum", RUN(softmax_forward, without_max), 0 },
    { "a maximum of 0 or more", RUN(softmax_forward, max_with_zero), 0 },
    { "0 for a NaN", RUN(softmax_forward, no_nan), 0 },
    { "not in place", RUN(softmax_forward, not_in_place), 0 },
    { "backward not in place", RUN(softmax_backward, backward_not_in_place), 1 },
};

int main(void)
{
    static const char *const name[] = { "softmax_forward", "softmax_backward" };
    int failed = 0;
    for (int backward = 0; backward < 2; backward++)
        for (const struct rung *r = op_find(name[backward])->cpu; r->name; r++) {
            const char *lacks = rung_lacks(r->needs);
            int bad = lacks ? 0 : failures(r->run, backward, r->name, 1);
            if (lacks) printf("SKIP  %s %s: this machine has no %s\n", name[backward], r->name, lacks);
            if (!lacks) printf("%s  %s %s\n", bad ? "FAIL" : "PASS", name[backward], r->name);
            failed += bad;
        }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int bad = failures(wrong[i].run, wrong[i].backward, wrong[i].name, 0);
        printf("%s  a wrong softmax (%s): %d cases fail\n", bad ? "ok    " : "NOT OK", wrong[i].name, bad);
        failed += !bad;
    }
    return failed ? 1 : 0;
}
