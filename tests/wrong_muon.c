/* wrong_muon.c - Muon as it is done wrongly: rungs that the error bound must reject, oracles whose
 * trajectories must be; a few that are right stand between them. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../base/memory.h"
#include "../optimized/check.h"
#include "../reference/muon.h"
#include "../reference/reference.h"
#include "wrong_rows.h"

static int failed;

/* ---- wrong versions of the operations ---- */

#define STEP(name)                                                                                  \
    static void name(int rows, int cols, const float *dw, float *w, float *m, double lr, double mu, \
                     uint64_t nesterov, double wd, int adjust, int coefficients, uint64_t steps, double eps)
#define REST coefficients, steps, eps

STEP(no_scale_for_the_shape)
{
    double in_right = muon_rate(rows, cols, 1, adjust), decay = wd * in_right;
    muon_step_f32(rows, cols, dw, w, m, lr / in_right, mu, nesterov, decay, adjust, REST);
}

STEP(decay_with_the_adjusted_rate)
{
    muon_step_f32(rows, cols, dw, w, m, lr, mu, nesterov, wd * muon_rate(rows, cols, 1, adjust), adjust,
                  REST);
}

STEP(decay_in_the_gradient)
{
    float *g = memory_need((size_t)(rows * cols), sizeof *g);
    for (int e = 0; e < rows * cols; e++) g[e] = dw[e] + (float)wd * w[e];
    muon_step_f32(rows, cols, g, w, m, lr, mu, nesterov, 0, adjust, REST);
    free(g);
}

STEP(decay_forgotten)
{
    (void)wd;
    muon_step_f32(rows, cols, dw, w, m, lr, mu, nesterov, 0, adjust, REST);
}

STEP(without_nesterov)
{
    (void)nesterov;
    muon_step_f32(rows, cols, dw, w, m, lr, mu, 0, wd, adjust, REST);
}

STEP(always_nesterov)
{
    (void)nesterov;
    muon_step_f32(rows, cols, dw, w, m, lr, mu, 1, wd, adjust, REST);
}

STEP(momentum_without_its_share) /* m = mu m + dw: what PyTorch's page says, not its code */
{
    for (int e = 0; e < rows * cols; e++) m[e] /= (float)(1 - mu);
    muon_step_f32(rows, cols, dw, w, m, lr, mu, nesterov, wd, adjust, REST);
    for (int e = 0; e < rows * cols; e++) m[e] /= (float)(1 - mu);
}

STEP(momentum_forgotten)
{
    float *own = memory_need((size_t)(rows * cols), sizeof *own);
    memcpy(own, m, (size_t)(rows * cols) * sizeof *own);
    muon_step_f32(rows, cols, dw, w, own, lr, mu, nesterov, wd, adjust, REST);
    free(own);
}

STEP(uphill)
{
    muon_step_f32(rows, cols, dw, w, m, -lr, mu, nesterov, -wd, adjust, REST);
}

STEP(rows_and_columns_exchanged) /* the layout of other frameworks: in x out */
{
    muon_step_f32(cols, rows, dw, w, m, lr, mu, nesterov, wd, adjust, REST);
}

STEP(other_coefficients)
{
    (void)coefficients;
    muon_step_f32(rows, cols, dw, w, m, lr, mu, nesterov, wd, adjust, MUON_JORDAN, steps, eps);
}

#define ITERATION(name)                                                                              \
    static void name(int rows, int cols, const float *x, float *y, int coefficients, uint64_t steps, \
                     double eps)

ITERATION(one_step_fewer)
{
    newton_schulz_f32(rows, cols, x, y, coefficients, steps - 1, eps);
}

ITERATION(one_step_more)
{
    newton_schulz_f32(rows, cols, x, y, coefficients, steps + 1, eps);
}

/* Polar Express's margin where it is not wanted, or none where it is: a larger or smaller eps does it */
ITERATION(divided_by_more)
{
    double norm = 0, more = coefficients == MUON_POLAR ? 1 / 1.02 : 1.02;
    for (int e = 0; e < rows * cols; e++) norm += (double)x[e] * (double)x[e];
    norm = sqrt(norm) * muon_margin(coefficients);
    newton_schulz_f32(rows, cols, x, y, coefficients, steps, eps + norm * (more - 1));
}

ITERATION(last_row_forgotten)
{
    newton_schulz_f32(rows, cols, x, y, coefficients, steps, eps);
    memcpy(y + (size_t)(rows - 1) * (size_t)cols, x + (size_t)(rows - 1) * (size_t)cols,
           (size_t)cols * sizeof *y);
}

ITERATION(left_as_a_transpose)
{
    float *t = memory_need((size_t)(rows * cols), sizeof *t);
    newton_schulz_f32(rows, cols, x, t, coefficients, steps, eps);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++)
            if (rows > cols)
                y[j * rows + i] = t[i * cols + j];
            else
                y[i * cols + j] = t[i * cols + j];
    free(t);
}

ITERATION(a_hundredth_off) /* of one element */
{
    newton_schulz_f32(rows, cols, x, y, coefficients, steps, eps);
    y[rows * cols - 1] *= 1.01F;
}

static const struct wrong_row rows[] = {
    ROW(newton_schulz, one_step_fewer, "of y are wrong"),
    ROW(newton_schulz, one_step_more, "of y are wrong"),
    ROW_WITH(newton_schulz, "coefficients=polar", one_step_more, "of y are wrong"),
    ROW(newton_schulz, divided_by_more, "of y are wrong"),
    ROW_WITH(newton_schulz, "coefficients=polar", divided_by_more, "of y are wrong"),
    ROW(newton_schulz, last_row_forgotten, "of y are wrong"),
    ROW(newton_schulz, left_as_a_transpose, "of y are wrong"),
    ROW(newton_schulz, a_hundredth_off, "of y are wrong"),
    ROW(muon_step, no_scale_for_the_shape, "of w are wrong"),
    ROW_WITH(muon_step, "adjust=match_rms_adamw", no_scale_for_the_shape, "of w are wrong"),
    ROW(muon_step, decay_with_the_adjusted_rate, "of w are wrong"),
    ROW_WITH(muon_step, "adjust=match_rms_adamw", decay_with_the_adjusted_rate, "of w are wrong"),
    ROW(muon_step, decay_in_the_gradient, "are wrong"),
    ROW(muon_step, decay_forgotten, "of w are wrong"),
    ROW(muon_step, without_nesterov, "of w are wrong"),
    ROW_WITH(muon_step, "nesterov=0", without_nesterov, NULL),
    ROW_WITH(muon_step, "nesterov=0", always_nesterov, "of w are wrong"),
    ROW(muon_step, momentum_without_its_share, "of m are wrong"),
    ROW(muon_step, momentum_forgotten, "of m are wrong"),
    ROW(muon_step, uphill, "of w are wrong"),
    ROW(muon_step, rows_and_columns_exchanged, "of w are wrong"),
    ROW_WITH(muon_step, "coefficients=polar", other_coefficients, "of w are wrong"),
    ROW_WITH(muon_step, "coefficients=classical", other_coefficients, "of w are wrong"),
    ROW(muon_step, other_coefficients, NULL),
    ROW_WITH(muon_step, "steps=3 mu=0 wd=0", muon_step_f32, NULL),
};

/* ---- oracles that are wrong themselves, whose trajectories of a row must be rejected ---- */

enum { LR, MU, NESTEROV, WD, ADJUST, COEFFICIENTS, STEPS, EPS };

static void step_with(const int *s, void *const *p, const struct scalar *v)
{
    muon_step_f64(s[0], s[1], p[0], p[1], p[2], v[LR].real, v[MU].real, v[NESTEROV].count, v[WD].real,
                  (int)v[ADJUST].count, (int)v[COEFFICIENTS].count, v[STEPS].count, v[EPS].real);
}

static const struct {
    const char *what, *set;
    int scalar;    /* which one the wrong oracle has otherwise; -1: it has none */
    double factor; /* and how much so */
} oracles[] = {
    { "right", "", -1, 1 },
    { "right, without Nesterov", "nesterov=0", -1, 1 },
    { "right, Polar Express", "coefficients=polar adjust=match_rms_adamw", -1, 1 },
    { "a rate larger by a millionth", "", LR, 1.000001 },
    { "a mean of another length", "", MU, 1.00001 },
    { "decay larger by a thousandth", "", WD, 1.001 },
    { "eps larger by a thousandth", "", EPS, 1.001 },
    { "without Nesterov", "", NESTEROV, 0 },
    { "a step more", "", STEPS, 1.2 },
    { "coefficients of Jordan", "coefficients=polar", COEFFICIENTS, 0 },
    { "the rate of Jordan", "adjust=match_rms_adamw", ADJUST, 0 },
};
static size_t current;

static void wrong_step(const int *s, void *const *p, const struct scalar *v)
{
    struct scalar own[MAX_SCALARS];
    memcpy(own, v, sizeof own);
    if (oracles[current].scalar >= 0) {
        struct scalar *changed = &own[oracles[current].scalar];
        changed->real *= oracles[current].factor;
        changed->count = (uint64_t)lround((double)changed->count * oracles[current].factor);
    }
    step_with(s, p, own);
}

static void check_oracles(void)
{
    char error[ERROR_TEXT];
    for (current = 0; current < sizeof oracles / sizeof *oracles; current++) {
        struct op op = *op_with(op_find("muon_step"), oracles[current].set, error);
        op.f64 = wrong_step;
        struct check c = check_gradient(&op, 1);
        int ok = c.verdict == (oracles[current].scalar < 0 ? CHECK_PASS : CHECK_FAIL);
        printf("%s  trajectory: %s: %s\n", ok ? "ok    " : "NOT OK", oracles[current].what, c.reason);
        failed += !ok;
    }
}

int main(void)
{
    failed += wrong_rows(rows, LENGTH(rows));
    check_oracles();
    printf("%d failed\n", failed);
    return failed ? 1 : 0;
}
