/* adam.c - one step of Adam, or of one of its relatives, on n weights. */
#include "op_common.h"
#include "step_bounds.h"
#include "../../gradcheck/gc.h"
#include "../../reference/tensors.h"

#include <math.h>

/* of all; what follows is t, or an operation's own and then t */
enum { LR, BETA1, BETA2, EPS, OWN };

#define ADAM v[LR].real, v[BETA1].real, v[BETA2].real, v[EPS].real

CALLS_REAL(adam_step, s[0], p[0], p[1], p[2], p[3], ADAM, v[OWN].count)
CALLS_REAL(adamw_step, s[0], p[0], p[1], p[2], p[3], ADAM, v[OWN].real, v[OWN + 1].count)
CALLS_REAL(adam_step_many, s[0], p[0], p[1], p[2], p[3], ADAM, v[OWN].count, v[OWN + 1].count)
CALLS_REAL(adamw_clipped_step, s[0], p[0], p[1], p[2], p[3], p[4], ADAM, v[OWN].real, v[OWN + 1].real,
           v[OWN + 2].real, v[OWN + 3].count)
CALLS_REAL(amsgrad_step, s[0], p[0], p[1], p[2], p[3], p[4], ADAM, v[OWN].count)
CALLS_REAL(nadam_step, s[0], p[0], p[1], p[2], p[3], ADAM, v[OWN].real, v[OWN + 1].count)
CALLS_REAL(schedule_free_step, s[0], p[0], p[1], p[2], p[3], p[4], ADAM, v[OWN].real, v[OWN + 1].count,
           v[OWN + 2].count)

/* ---- bounds ---- */

/* of w, of which `squares` divides the mean m: v, or AMSGrad's vmax */
static void bound_of_w(const struct op *op, const double *dw, const double *w, const double *m,
                       const double *squares, size_t n, struct precision d, double *bound)
{
    const struct scalar *s = op->scalar;
    double t = (double)op_scalar(op, "t")->count, lr = s[LR].real;
    double c1 = 1 - pow(s[BETA1].real, t), c2 = 1 - pow(s[BETA2].real, t);
    for (size_t k = 0; k < n; k++) {
        double divisor = sqrt(squares[k] / c2) + s[EPS].real;
        double error = error_of_mean(d, m[k], (1 - s[BETA1].real) * dw[k]);
        bound[k] =
            error_of_update(d, w[k], lr * m[k] / c1 / divisor,
                            error_of_quotient(d, lr * m[k] / c1, lr * error / c1 + 2 * d.tiny, divisor, c2));
    }
}

/* of m and v, arguments 2 and 3, and of what is the largest v */
static void bound_of_means(const struct op *op, const double *dw, const double *mean, int a, size_t n,
                           struct precision d, double *bound)
{
    for (size_t k = 0; k < n; k++)
        bound[k] = a == 2 ? error_of_mean(d, mean[k], (1 - op->scalar[BETA1].real) * dw[k])
                          : error_of_squares(d, mean[k]);
}

static void bound_adam(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                       double *bound)
{
    size_t n = op_elements(op, a, size);
    if (a == 1)
        bound_of_w(op, buf[0], buf[1], buf[2], buf[op->narg - 1], n, d, bound);
    else
        bound_of_means(op, buf[0], buf[a], a, n, d, bound);
}

/* ---- operations ---- */

#define DW_W_M_V                                                                       \
    { "dw", INPUT, 1, { 0 } }, { "w", UPDATED, 1, { 0 } }, { "m", UPDATED, 1, { 0 } }, \
    {                                                                                  \
        "v", SQUARES, 1,                                                               \
        {                                                                              \
            0                                                                          \
        }                                                                              \
    }
#define RATE_BETAS_EPS(rate)                                                    \
    REAL_SCALAR("lr", rate, 0, 1e3), REAL_SCALAR("beta1", 0.9, 0, 1 - 0x1p-20), \
        REAL_SCALAR("beta2", 0.999, 0, 1 - 0x1p-20), REAL_SCALAR("eps", 1e-8, 1e-16, 1)
#define STEP_COUNT COUNT_SCALAR("t", 3, 1, 1e9)
#define MEANS      "m = beta1 m + (1 - beta1) dw, v = beta2 v + (1 - beta2) dw^2, "

static double flops_adam(const int *s)
{
    return 13.0 * s[0]; /* 3 for m, 4 for v, 6 for w */
}

const struct op op_adam_step = {
    IDENTITY_REAL(adam_step),
    WEIGHTS_STEP,
    .flops = flops_adam,
    .rule = GC_ADAM,
    .formula = MEANS "w = w - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)",
    ARGS(DW_W_M_V),
    SCALARS(RATE_BETAS_EPS(0.001), STEP_COUNT),
    SETS("t=1", "t=1000000"),
    .bound = bound_adam,
};

static double flops_adamw(const int *s)
{
    return 14.0 * s[0];
}

const struct op op_adamw_step = {
    IDENTITY_REAL(adamw_step),
    WEIGHTS_STEP,
    .flops = flops_adamw,
    .rule = GC_ADAMW,
    .formula = MEANS "w = (1 - lr wd) w - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)",
    ARGS(DW_W_M_V),
    SCALARS(RATE_BETAS_EPS(0.001), REAL_SCALAR("wd", 0.01, 0, 1e3), STEP_COUNT),
    SETS("lr=0.1 wd=0.5"),
    .bound = bound_adam,
};

/* 64, 2 and 1 numbers in a layer of 7 tensors; pieces of threads that end in a tensor, and in a bias */
static const int many_check[][MAX_SIZES] = { { 1 },    { 2 },     { 7 },     { 8 },   { 9 },
                                             { 31 },   { 33 },    { 64 },    { 257 }, { 1000 },
                                             { 4099 }, { 33000 }, { 50021 }, { 0 } };
static const int many_bench[][MAX_SIZES] = { { 100000 }, { 1000000 }, { 0 } };

const struct op op_adam_step_many = {
    IDENTITY_REAL(adam_step_many),
    SIZES(GIVEN("n", 1)),
    .kind = OP_STEP,
    .lesson = "04",
    .example = "100000",
    .range = 1,
    .terms = eight_terms,
    .check_shapes = many_check,
    .bench_shapes = many_bench,
    .device_shapes = each_device,
    .flops = flops_adam,
    .rule = GC_ADAM,
    .formula = "of each tensor: " MEANS "w = w - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)",
    ARGS(DW_W_M_V),
    SCALARS(RATE_BETAS_EPS(0.001), STEP_COUNT, COUNT_SCALAR("tensors", 64, 1, TENSORS_MOST)),
    SETS("tensors=1", "tensors=7"),
    .bound = bound_adam,
};

/* ---- with clipping ---- */

enum { MAX_NORM = OWN + 1, CLIP_EPS };

/* The norm loses half of what its sum of squares does (sum_depth), and its root; the factor has 3 roundings,
 * and a gradient 2: so much of each clipped gradient is lost, twice that of its square, and once of the root
 * of those. */
static void bound_adamw_clipped(const struct op *op, const int *size, void *const *buf, int a,
                                struct precision d, double *bound)
{
    const double *dw = buf[0], *w = buf[1], *m = buf[2], *v = buf[3], norm = *(const double *)buf[4];
    const struct scalar *s = op->scalar;
    double lost = (sum_depth(size[0]) / 2 + 6) * d.unit, t = (double)op_scalar(op, "t")->count;
    double c1 = 1 - pow(s[BETA1].real, t), c2 = 1 - pow(s[BETA2].real, t), lr = s[LR].real;
    double scale = fmin(1, s[MAX_NORM].real / (norm + s[CLIP_EPS].real));
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) {
        double clipped = scale * dw[k], added = (1 - s[BETA1].real) * clipped;
        double of_m = error_of_mean(d, m[k], added) + fabs(added) * lost;
        double of_v = error_of_squares(d, v[k]) + 2 * lost * (1 - s[BETA2].real) * clipped * clipped;
        double divisor = sqrt(v[k] / c2) + s[EPS].real, step = lr * m[k] / c1 / divisor;
        double of_step = error_of_quotient(d, lr * m[k] / c1, lr * of_m / c1 + 2 * d.tiny, divisor, c2);
        if (a == 1) bound[k] = error_of_update(d, w[k], step, of_step + lost * fabs(step));
        if (a == 2) bound[k] = of_m;
        if (a == 3) bound[k] = of_v;
        if (a == 4) bound[k] = lost * norm + d.tiny;
    }
}

static double flops_adamw_clipped(const int *s)
{
    return 17.0 * s[0]; /* 2 for the sum, 1 for the factor, 14 for the step */
}

/* one weight is shorter than max_norm; around the widths of vectors, and several pieces of a gradient */
static const int clipped_check[][MAX_SIZES] = { { 1 },  { 2 },   { 7 },    { 8 },    { 9 },     { 17 },
                                                { 33 }, { 127 }, { 1000 }, { 4099 }, { 16385 }, { 0 } };

const struct op op_adamw_clipped_step = {
    IDENTITY_REAL(adamw_clipped_step),
    SIZES(GIVEN("n", 1)),
    .example = "1000",
    .check_shapes = clipped_check,
    .bench_shapes = each_bench,
    .device_shapes = each_device,
    .flops = flops_adamw_clipped,
    .lesson = "04",
    .formula = "norm = sqrt(sum of dw^2), dw' = dw min(1, max_norm / (norm + clip_eps)), then AdamW by dw'",
    ARGS(DW_W_M_V, { "norm", OUTPUT, 0, { 0 } }),
    SCALARS(RATE_BETAS_EPS(0.001), REAL_SCALAR("wd", 0.01, 0, 1e3), REAL_SCALAR("max_norm", 1, 1e-6, 1e6),
            REAL_SCALAR("clip_eps", 1e-6, 0, 1), STEP_COUNT),
    .range = 1,
    .terms = eight_terms,
    .bound = bound_adamw_clipped,
};

static double flops_amsgrad(const int *s)
{
    return 14.0 * s[0];
}

const struct op op_amsgrad_step = {
    IDENTITY_REAL(amsgrad_step),
    WEIGHTS_STEP,
    .flops = flops_amsgrad,
    .rule = GC_AMSGRAD,
    .formula = MEANS "vmax = max(vmax, v), "
                     "w = w - lr (m / (1 - beta1^t)) / (sqrt(vmax / (1 - beta2^t)) + eps)",
    ARGS(DW_W_M_V, { "vmax", SQUARES, 1, { 0 } }),
    SCALARS(RATE_BETAS_EPS(0.001), STEP_COUNT),
    .bound = bound_adam,
};

/* ---- NAdam ---- */

static double nadam_mu(const struct scalar *s, double t)
{
    return s[BETA1].real * (1 - 0.5 * pow(0.96, t * s[OWN].real));
}

/* what the gradient and its mean are multiplied with in step t */
static void nadam_factors(const struct scalar *s, double *of_dw, double *of_m)
{
    double product = 1, t = (double)s[OWN + 1].count, mu = nadam_mu(s, t), next = nadam_mu(s, t + 1);
    for (double k = 1; k <= t && product > 0x1p-60; k++) product *= nadam_mu(s, k);
    *of_dw = (1 - mu) / (1 - product);
    *of_m = next / (1 - product * next);
}

static void bound_nadam(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                        double *bound)
{
    const double *dw = buf[0], *w = buf[1], *m = buf[2], *v = buf[3];
    const struct scalar *s = op->scalar;
    double c2 = 1 - pow(s[BETA2].real, (double)s[OWN + 1].count), lr = s[LR].real, of_dw, of_m;
    size_t n = op_elements(op, a, size);
    if (a > 1) {
        bound_of_means(op, dw, buf[a], a, n, d, bound);
        return;
    }
    nadam_factors(s, &of_dw, &of_m);
    for (size_t k = 0; k < n; k++) {
        double divisor = sqrt(v[k] / c2) + s[EPS].real;
        double terms = of_dw * fabs(dw[k]) + of_m * fabs(m[k]);
        double error = of_m * error_of_mean(d, m[k], (1 - s[BETA1].real) * dw[k]) + 3 * d.unit * terms;
        bound[k] = error_of_update(d, w[k], lr * terms / divisor,
                                   error_of_quotient(d, lr * terms, lr * error + 2 * d.tiny, divisor, c2));
    }
}

static double flops_nadam(const int *s)
{
    return 15.0 * s[0]; /* 3 for m, 4 for v, 8 for w */
}

const struct op op_nadam_step = {
    IDENTITY_REAL(nadam_step),
    WEIGHTS_STEP,
    .flops = flops_nadam,
    .rule = GC_NADAM,
    .formula = MEANS "mu(t) = beta1 (1 - 0.96^(t momentum_decay) / 2), P(t) = mu(1) ... mu(t), "
                     "w = w - lr ((1 - mu(t)) / (1 - P(t)) dw + mu(t+1) / (1 - P(t+1)) m) / "
                     "(sqrt(v / (1 - beta2^t)) + eps)",
    ARGS(DW_W_M_V),
    SCALARS(RATE_BETAS_EPS(0.002), REAL_SCALAR("momentum_decay", 0.004, 0, 1e6), STEP_COUNT),
    SETS("momentum_decay=0"),
    .bound = bound_nadam,
};

/* ---- schedule-free ---- */

/* All values before the step are at most `range`: they cannot be told from those after it. */
static void bound_schedule_free(const struct op *op, const int *size, void *const *buf, int a,
                                struct precision d, double *bound)
{
    const double *dw = buf[0], *z = buf[2], *v = buf[3], *x = buf[4];
    const struct scalar *s = op->scalar;
    double t = (double)s[OWN + 2].count, warmup = (double)s[OWN + 1].count, range = (double)op->range;
    double lr = s[LR].real * fmin(1, t / fmax(warmup, 1)), wd = s[OWN].real, mix = 1 - s[BETA1].real;
    double c2 = 1 - pow(s[BETA2].real, t);
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) {
        double divisor = sqrt(v[k] / c2) + s[EPS].real, g = fabs(dw[k]);
        double step = g / divisor + wd * range;
        double error_of_step = error_of_quotient(d, g, d.tiny, divisor, c2) + 4 * d.unit * step + 2 * d.tiny;
        double error_of_z = error_of_update(d, z[k], lr * step, lr * error_of_step);
        double error_of_x = error_of_z + error_of_update(d, x[k], fabs(z[k]) + range, 0);
        if (a == 1) bound[k] = error_of_z + error_of_x + error_of_update(d, x[k], mix * fabs(z[k] - x[k]), 0);
        if (a == 2) bound[k] = error_of_z;
        if (a == 3) bound[k] = error_of_squares(d, v[k]);
        if (a == 4) bound[k] = error_of_x;
    }
}

static double flops_schedule_free(const int *s)
{
    return 18.0 * s[0]; /* 4 for v, 8 for z, 3 for x, 3 for w */
}

const struct op op_schedule_free_step = {
    IDENTITY_REAL(schedule_free_step),
    WEIGHTS_STEP,
    .flops = flops_schedule_free,
    .rule = GC_SCHEDULE_FREE,
    .formula = "v = beta2 v + (1 - beta2) dw^2, rate = lr min(1, t / warmup), "
               "z = z - rate (dw / (sqrt(v / (1 - beta2^t)) + eps) + wd w), c = rate^2 / sum of rate^2, "
               "x = (1 - c) x + c z, w = beta1 x + (1 - beta1) z",
    ARGS({ "dw", INPUT, 1, { 0 } }, { "w", UPDATED, 1, { 0 } }, { "z", UPDATED, 1, { 0 } },
         { "v", SQUARES, 1, { 0 } }, { "x", UPDATED, 1, { 0 } }),
    SCALARS(RATE_BETAS_EPS(0.0025), REAL_SCALAR("wd", 0, 0, 1e3), COUNT_SCALAR("warmup", 0, 0, 1e9),
            STEP_COUNT),
    SETS("wd=0.1", "warmup=4"),
    .bound = bound_schedule_free,
};
