/* step_checks.c - what a right step of an optimizer does; see step_checks.h. */
#include "step_checks.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/error.h"
#include "../gradcheck/gc.h"
#include "../optimized/gradients.h"
#include "../reference/philox.h"

enum { DW, W };

/* ---- an optimizer on its way ---- */

void walk_begin(struct walk *walk, const struct op *op, any_fn *run, int n)
{
    memset(walk, 0, sizeof *walk);
    walk->op = op, walk->run = run, walk->n = n;
    memcpy(walk->scalar, op->scalar, sizeof walk->scalar);
}

void walk_set(struct walk *walk, const char *name, double value)
{
    for (int i = 0; i < walk->op->nscalar; i++) {
        if (strcmp(walk->scalar[i].name, name) != 0) continue;
        walk->scalar[i].real = walk->scalar[i].kind == SCALAR_REAL ? value : 0;
        walk->scalar[i].count = walk->scalar[i].kind == SCALAR_COUNT ? (uint64_t)value : 0;
    }
}

double walk_get(const struct walk *walk, const char *name)
{
    for (int i = 0; i < walk->op->nscalar; i++)
        if (!strcmp(walk->scalar[i].name, name)) return walk->scalar[i].real;
    return 0;
}

void walk_step(struct walk *walk, int t, const float *dw)
{
    const int size[MAX_SIZES] = { walk->n };
    void *buf[MAX_ARGS];
    for (int k = 0; k < walk->n; k++) walk_put(walk, DW, k, dw[k]);
    for (int a = 0; a < walk->op->narg; a++)
        buf[a] = walk->run ? (void *)walk->arg[a] : (void *)walk->wide[a];
    walk_set(walk, "t", t);
    if (walk->run)
        walk->op->call(walk->run, size, buf, walk->scalar);
    else
        walk->op->f64(size, buf, walk->scalar);
}

double walk_value(const struct walk *walk, int a, int k)
{
    return walk->run ? (double)walk->arg[a][k] : walk->wide[a][k];
}

void walk_put(struct walk *walk, int a, int k, float value)
{
    walk->arg[a][k] = value;
    walk->wide[a][k] = (double)value;
}

static void start(struct walk *walk)
{
    float w[WALK];
    philox_uniform(1, 99, (size_t)walk->n, -1, 1, w);
    for (int k = 0; k < walk->n; k++) walk_put(walk, W, k, w[k]);
}

static int fails(char *reason, const char *what, const struct walk *walk, int a, int k, double expected)
{
    snprintf(reason, STEP_REASON, "%s: %s[%d] is %.9g, not %.9g", what, walk->op->arg[a].name, k,
             walk_value(walk, a, k), expected);
    return 0;
}

/* ---- the checks ---- */

/* within the bound that follows from the rounding of one step, whatever the states are */
static int one_step(const struct op *op, const struct rung *rung, char *reason)
{
    struct check c = check_rung(op, rung, NULL, 1);
    snprintf(reason, STEP_REASON, "%.399s", c.reason);
    return c.verdict == CHECK_PASS;
}

/* five steps in float from states of 0, as the gradient checker's rule says: gradients at random, of 0, of
 * 1e-7, of 1e4, around eps; the first step in closed form */
static int five_steps(const struct op *op, const struct rung *rung, char *reason)
{
    gc_options o = gc_defaults();
    gc_result *r[GRADIENT_RESULTS];
    o.fork = 0;
    gradient_check(op, rung, op->check_shapes[0], &o, r);
    int passed = gc_exit_code(r[0]) == 0;
    snprintf(reason, STEP_REASON, "%.399s", r[0]->reason);
    gc_free(r[0]);
    return passed;
}

/* Five steps, each with another rate. Gradients all have one sign, so that nothing cancels: a weight may be
 * off by some roundings of its way, among them those of 1 - beta, and of itself. */
static int changing_rate(const struct op *op, const struct rung *rung, char *reason)
{
    static const double factor[] = { 1, 0.5, 2, 0.25, 1 };
    struct walk got, want;
    double way[WALK] = { 0 }, betas = 0;
    walk_begin(&got, op, rung->run, WALK), walk_begin(&want, op, NULL, WALK);
    start(&got), start(&want);
    for (int i = 0; i < op->nscalar; i++)
        if (strstr("beta1 beta2 alpha rho mu", op->scalar[i].name)) betas += 1 / (1 - op->scalar[i].real);
    for (int t = 1; t <= 5; t++) {
        float dw[WALK];
        philox_uniform(2, (uint64_t)t, WALK, 0.5F, 1.5F, dw);
        walk_set(&got, "lr", factor[t - 1] * op_scalar(op, "lr")->real);
        walk_set(&want, "lr", factor[t - 1] * op_scalar(op, "lr")->real);
        double before[WALK];
        for (int k = 0; k < WALK; k++) before[k] = walk_value(&want, W, k);
        walk_step(&got, t, dw), walk_step(&want, t, dw);
        for (int k = 0; k < WALK; k++) {
            double right = walk_value(&want, W, k);
            way[k] += fabs(right - before[k]);
            double allowed = 0x1p-24 * ((64 + betas) * way[k] + 2 * t * (fabs(right) + way[k]));
            if (!(fabs(walk_value(&got, W, k) - right) <= allowed))
                return fails(reason, "with a rate that changes", &got, W, k, right);
        }
    }
    return 1;
}

/* how eps follows where the gradient is multiplied by a factor, so that nothing else changes; 0: it cannot */
static double eps_with(int rule, double factor)
{
    switch (rule) {
    case GC_ADAM:
    case GC_ADAMW:
    case GC_AMSGRAD:
    case GC_NADAM:
    case GC_RMSPROP:
    case GC_ADAGRAD:
    case GC_SCHEDULE_FREE:
    case GC_LION: return factor;
    case GC_RMSPROP_INSIDE: return factor * factor;
    default: return 0;
    }
}

/* A power of two changes no digit. Where the gradient is divided by its own size, weights must not notice it,
 * to the last bit, and decay apart from the gradient does not either; where it is not, they follow it. */
static int scale_of_gradient(const struct op *op, const struct rung *rung, char *reason)
{
    const double factor = 1024, eps = eps_with(op->rule, factor);
    struct walk one, other;
    int linear = op->rule == GC_SGD || op->rule == GC_MOMENTUM || op->rule == GC_NESTEROV;
    if (!linear && eps == 0) return 1; /* Adadelta's eps is also where its steps begin */
    walk_begin(&one, op, rung->run, WALK), walk_begin(&other, op, rung->run, WALK);
    if (!linear) start(&one), start(&other);
    walk_set(&other, "eps", eps * walk_get(&one, "eps"));
    for (int t = 1; t <= 3; t++) {
        float dw[WALK], scaled[WALK];
        philox_uniform(3, (uint64_t)t, WALK, -1, 1, dw);
        for (int k = 0; k < WALK; k++) scaled[k] = (float)factor * dw[k];
        walk_step(&one, t, dw), walk_step(&other, t, scaled);
        for (int k = 0; k < WALK; k++) {
            double right = walk_value(&one, W, k) * (linear ? factor : 1);
            if (walk_value(&other, W, k) != right)
                return fails(reason, "with a gradient 1024 times as large", &other, W, k, right);
        }
    }
    return 1;
}

/* one step far from the first, where a power in float has no digits left: 0.999999^1000000 is 0.37 */
static int large_t(const struct op *op, const struct rung *rung, char *reason)
{
    char error[ERROR_TEXT];
    if (!op_scalar(op, "t") || !op_scalar(op, "beta2")) return 1;
    return one_step(op_with(op, "t=1000000 beta2=0.999999 beta1=0.99999", error), rung, reason);
}

/* A first gradient below the normal numbers, 2^-128. Its square is 0 in float; times a rate of 0.001 and a
 * share of 0.1 it has 6 bits left. */
static int subnormal_gradient(const struct op *op, const struct rung *rung, char *reason)
{
    struct walk got, want;
    float dw[WALK];
    walk_begin(&got, op, rung->run, WALK), walk_begin(&want, op, NULL, WALK);
    for (int k = 0; k < WALK; k++) dw[k] = (k % 2 ? -1.F : 1.F) * 0x1p-128F;
    walk_step(&got, 1, dw), walk_step(&want, 1, dw);
    for (int a = W; a < op->narg; a++)
        for (int k = 0; k < WALK; k++) {
            double right = walk_value(&want, a, k), error = fabs(walk_value(&got, a, k) - right);
            if (!(error <= 0.02 * fabs(right) + 0x1p-147))
                return fails(reason, "with a subnormal gradient", &got, a, k, right);
        }
    return 1;
}

/* A NaN among the gradients makes its own weight NaN, and an infinity leaves something of its element not
 * finite: neither may be lost. All others are what they are without them. */
static int nan_spreads(const struct op *op, const struct rung *rung, char *reason)
{
    enum { AT_NAN = 5, AT_INFINITY = 17 };
    struct walk with, without;
    float dw[WALK];
    walk_begin(&with, op, rung->run, WALK), walk_begin(&without, op, rung->run, WALK);
    start(&with), start(&without);
    philox_uniform(4, 1, WALK, -1, 1, dw);
    walk_step(&without, 1, dw);
    dw[AT_NAN] = NAN, dw[AT_INFINITY] = INFINITY;
    walk_step(&with, 1, dw);
    if (!isnan(walk_value(&with, W, AT_NAN)))
        return fails(reason, "with a gradient of NaN", &with, W, AT_NAN, (double)NAN);
    int finite = 1;
    for (int a = W; a < op->narg; a++) {
        finite &= isfinite(walk_value(&with, a, AT_INFINITY)) != 0;
        for (int k = 0; k < WALK; k++)
            if (k != AT_NAN && k != AT_INFINITY && walk_value(&with, a, k) != walk_value(&without, a, k))
                return fails(reason, "beside a gradient of NaN", &with, a, k, walk_value(&without, a, k));
    }
    return finite ? fails(reason, "with an infinite gradient", &with, W, AT_INFINITY, (double)INFINITY) : 1;
}

const struct step_check step_checks[] = {
    { "one step", one_step },
    { "five steps", five_steps },
    { "changing rate", changing_rate },
    { "scale", scale_of_gradient },
    { "large t", large_t },
    { "subnormal", subnormal_gradient },
    { "NaN", nan_spreads },
    { NULL, NULL },
};
