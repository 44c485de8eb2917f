/* optimizer.c - one step of an optimizer on n weights; Adam and its relatives are in adam.c. */
#include "op_common.h"
#include "step_bounds.h"
#include "../../gradcheck/gc.h"

#include <math.h>

enum { LR };

CALLS(sgd_step, s[0], p[0], p[1], v[LR].real)

/* w' = w - lr dw: three roundings at most, none larger than |w'| + 2 lr |dw| >= |w| + lr |dw| */
static void bound_sgd(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                      double *bound)
{
    const double *dw = buf[0], *w = buf[a];
    for (size_t e = 0, n = op_elements(op, a, size); e < n; e++)
        bound[e] = 3 * d.unit * (fabs(w[e]) + 2 * op->scalar[LR].real * fabs(dw[e])) + d.tiny;
}

const struct op op_sgd_step = {
    IDENTITY(sgd_step),
    EACH,
    .kind = OP_STEP,
    .rule = GC_SGD,
    .lesson = "01",
    .formula = "w = w - lr dw",
    ARGS({ "dw", INPUT, 1, { 0 } }, { "w", UPDATED, 1, { 0 } }),
    SCALARS(FLOAT_SCALAR("lr", 0.125, 0, 1e3)), /* a power of two: exact in every precision */
    .range = 1,
    .terms = four_terms,
    .bound = bound_sgd,
};

/* ---- momentum ---- */

enum { MU = 1, DAMPENING, NESTEROV };

CALLS(momentum_step, s[0], p[0], p[1], p[2], v[LR].real, v[MU].real, v[DAMPENING].real, v[NESTEROV].count)

static void bound_momentum(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                           double *bound)
{
    const double *dw = buf[0], *w = buf[1], *m = buf[2];
    const struct scalar *s = op->scalar;
    double lr = s[LR].real, mu = s[MU].real, share = 1 - s[DAMPENING].real;
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) {
        double step = fabs(m[k]), error = error_of_mean(d, m[k], share * dw[k]);
        if (s[NESTEROV].count) error *= mu, step = fabs(dw[k]) + mu * step;
        error += 3 * d.unit * step + 2 * d.tiny; /* mu, the product, the sum */
        bound[k] =
            a == 2 ? error_of_mean(d, m[k], share * dw[k]) : error_of_update(d, w[k], lr * step, lr * error);
    }
}

static void follow_nesterov(struct op *op)
{
    op->rule = op->scalar[NESTEROV].count ? GC_NESTEROV : GC_MOMENTUM;
    op->formula = op->scalar[NESTEROV].count ? "m = mu m + (1 - dampening) dw, w = w - lr (dw + mu m)"
                                             : "m = mu m + (1 - dampening) dw, w = w - lr m";
}

static double flops_momentum(const int *s)
{
    return 5.0 * s[0];
}

const struct op op_momentum_step = {
    IDENTITY(momentum_step),
    WEIGHTS_STEP,
    .flops = flops_momentum,
    .rule = GC_MOMENTUM,
    .follow = follow_nesterov,
    .formula = "m = mu m + (1 - dampening) dw, w = w - lr m",
    ARGS({ "dw", INPUT, 1, { 0 } }, { "w", UPDATED, 1, { 0 } }, { "m", UPDATED, 1, { 0 } }),
    SCALARS(REAL_SCALAR("lr", 0.01, 0, 1e3), REAL_SCALAR("mu", 0.9, 0, 1 - 0x1p-20),
            REAL_SCALAR("dampening", 0, 0, 1), COUNT_SCALAR("nesterov", 0, 0, 1)),
    SETS("nesterov=1", "dampening=0.9"),
    .bound = bound_momentum,
};

/* ---- RMSprop ---- */

enum { ALPHA = 1, RMS_EPS, EPS_INSIDE, CENTERED, RMS_MU };

/* the mean m is there where it is centered, and the velocity b behind it where there is a momentum */
CALLS_REAL(rmsprop_step, s[0], p[0], p[1], p[2], v[CENTERED].count ? p[3] : NULL,
           v[RMS_MU].real > 0 ? p[3 + v[CENTERED].count] : NULL, v[LR].real, v[ALPHA].real, v[RMS_EPS].real,
           v[EPS_INSIDE].count, v[CENTERED].count, v[RMS_MU].real)

/* What a step divides by, and the smallest and the largest that rounding can make of it: v - m^2 errs by the
 * errors of both and two roundings, which may be all of it. */
struct divisor {
    double low, is, high;
};

static struct divisor divisor_of(const struct scalar *s, double v, double m, double dw, struct precision d)
{
    double inside = s[EPS_INSIDE].count ? s[RMS_EPS].real : 0, outside = s[RMS_EPS].real - inside, error = 0;
    if (s[CENTERED].count) {
        double of_m = error_of_mean(d, m, (1 - s[ALPHA].real) * dw);
        error = error_of_squares(d, v) + of_m * (2 * fabs(m) + of_m) + 2 * d.unit * (v + m * m);
    }
    double spread = v - m * m;
    return (struct divisor){ sqrt(fmax(spread - error, 0) + inside) + outside,
                             sqrt(fmax(spread, 0) + inside) + outside,
                             sqrt(fmax(spread + error, 0) + inside) + outside };
}

static void bound_rmsprop(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                          double *bound)
{
    const double *dw = buf[0], *w = buf[1], *v = buf[2];
    const struct scalar *s = op->scalar;
    const double *m = s[CENTERED].count ? buf[3] : NULL;
    const double *b = s[RMS_MU].real > 0 ? buf[3 + s[CENTERED].count] : NULL;
    double lr = s[LR].real;
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) {
        struct divisor under = divisor_of(s, v[k], m ? m[k] : 0, dw[k], d);
        double step = fabs(dw[k]) / under.is;
        double error = error_of_quotient(d, dw[k], d.tiny, under.low, 1) +
                       fmax(fabs(dw[k]) / under.low - step, step - fabs(dw[k]) / under.high);
        double of_b = b ? mean_with(d, b[k], step, error) : 0;
        if (a == 2)
            bound[k] = error_of_squares(d, v[k]);
        else if (a == 1)
            bound[k] = b ? error_of_update(d, w[k], lr * b[k], lr * (of_b + 3 * d.unit * fabs(b[k])))
                         : error_of_update(d, w[k], lr * step, lr * error);
        else if (m && a == 3)
            bound[k] = error_of_mean(d, m[k], (1 - s[ALPHA].real) * dw[k]);
        else
            bound[k] = of_b;
    }
}

static double flops_rmsprop(const int *s)
{
    return 9.0 * s[0]; /* 4 for v, 5 for w */
}

static double flops_centered(const int *s)
{
    return 14.0 * s[0]; /* 3 for m, 2 to subtract its square */
}

static double flops_moving(const int *s)
{
    return 11.0 * s[0]; /* 2 for b */
}

static double flops_centered_moving(const int *s)
{
    return 16.0 * s[0];
}

static void follow_rmsprop(struct op *op)
{
    static const char *const formulas[2][2][2] = {
        { { "v = alpha v + (1 - alpha) dw^2, w = w - lr dw / (sqrt(v) + eps)",
            "v = alpha v + (1 - alpha) dw^2, b = mu b + dw / (sqrt(v) + eps), w = w - lr b" },
          { "v = alpha v + (1 - alpha) dw^2, m = alpha m + (1 - alpha) dw, "
            "w = w - lr dw / (sqrt(v - m^2) + eps)",
            "v = alpha v + (1 - alpha) dw^2, m = alpha m + (1 - alpha) dw, "
            "b = mu b + dw / (sqrt(v - m^2) + eps), w = w - lr b" } },
        { { "v = alpha v + (1 - alpha) dw^2, w = w - lr dw / sqrt(v + eps)",
            "v = alpha v + (1 - alpha) dw^2, b = mu b + dw / sqrt(v + eps), w = w - lr b" },
          { "v = alpha v + (1 - alpha) dw^2, m = alpha m + (1 - alpha) dw, "
            "w = w - lr dw / sqrt(v - m^2 + eps)",
            "v = alpha v + (1 - alpha) dw^2, m = alpha m + (1 - alpha) dw, "
            "b = mu b + dw / sqrt(v - m^2 + eps), w = w - lr b" } },
    };
    static const struct arg m = { "m", UPDATED, 1, { 0 } }, b = { "b", UPDATED, 1, { 0 } };
    const uint64_t inside = op->scalar[EPS_INSIDE].count, centered = op->scalar[CENTERED].count;
    const int moves = op->scalar[RMS_MU].real > 0;
    op->rule = inside ? GC_RMSPROP_INSIDE : GC_RMSPROP;
    op->formula = formulas[inside][centered][moves];
    op->flops =
        centered ? (moves ? flops_centered_moving : flops_centered) : (moves ? flops_moving : flops_rmsprop);
    op->narg = 3;
    if (centered) op->arg[op->narg++] = m;
    if (moves) op->arg[op->narg++] = b;
}

const struct op op_rmsprop_step = {
    IDENTITY_REAL(rmsprop_step),
    WEIGHTS_STEP,
    .flops = flops_rmsprop,
    .rule = GC_RMSPROP,
    .follow = follow_rmsprop,
    .formula = "v = alpha v + (1 - alpha) dw^2, w = w - lr dw / (sqrt(v) + eps)",
    ARGS({ "dw", INPUT, 1, { 0 } }, { "w", UPDATED, 1, { 0 } }, { "v", SQUARES, 1, { 0 } }),
    SCALARS(REAL_SCALAR("lr", 0.01, 0, 1e3), REAL_SCALAR("alpha", 0.99, 0, 1 - 0x1p-20),
            REAL_SCALAR("eps", 1e-8, 1e-16, 1), COUNT_SCALAR("eps_inside", 0, 0, 1),
            COUNT_SCALAR("centered", 0, 0, 1), REAL_SCALAR("mu", 0, 0, 1 - 0x1p-20)),
    SETS("eps_inside=1", "centered=1", "mu=0.9", "centered=1 mu=0.9"),
    .bound = bound_rmsprop,
};

/* ---- AdaGrad ---- */

enum { LR_DECAY = 1, GRAD_EPS, GRAD_T };

CALLS_REAL(adagrad_step, s[0], p[0], p[1], p[2], v[LR].real, v[LR_DECAY].real, v[GRAD_EPS].real,
           v[GRAD_T].count)

static void bound_adagrad(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                          double *bound)
{
    const double *dw = buf[0], *w = buf[1], *v = buf[2];
    const struct scalar *s = op->scalar;
    double lr = s[LR].real / (1 + (double)(s[GRAD_T].count - 1) * s[LR_DECAY].real);
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) {
        double divisor = sqrt(v[k]) + s[GRAD_EPS].real;
        bound[k] = a == 2 ? error_of_squares(d, v[k])
                          : error_of_update(d, w[k], lr * dw[k] / divisor,
                                            error_of_quotient(d, lr * dw[k], d.tiny, divisor, 1));
    }
}

static double flops_adagrad(const int *s)
{
    return 7.0 * s[0]; /* 2 for v, 5 for w */
}

const struct op op_adagrad_step = {
    IDENTITY_REAL(adagrad_step),
    WEIGHTS_STEP,
    .flops = flops_adagrad,
    .rule = GC_ADAGRAD,
    .formula = "v = v + dw^2, w = w - lr / (1 + (t - 1) lr_decay) dw / (sqrt(v) + eps)",
    ARGS({ "dw", INPUT, 1, { 0 } }, { "w", UPDATED, 1, { 0 } }, { "v", SQUARES, 1, { 0 } }),
    SCALARS(REAL_SCALAR("lr", 0.01, 0, 1e3), REAL_SCALAR("lr_decay", 0, 0, 1),
            REAL_SCALAR("eps", 1e-10, 1e-16, 1), COUNT_SCALAR("t", 3, 1, 1e9)),
    SETS("lr_decay=0.1"),
    .bound = bound_adagrad,
};

/* ---- Adadelta ---- */

enum { RHO = 1, DELTA_EPS };

CALLS_REAL(adadelta_step, s[0], p[0], p[1], p[2], p[3], v[LR].real, v[RHO].real, v[DELTA_EPS].real)

/* The step is sqrt(u + eps) / sqrt(v' + eps) dw with the u from before it, which follows from u':
 *
 *   u' = rho u + (1 - rho) q (u + eps),  q = dw^2 / (v' + eps)
 *
 * It errs by half of v's error and 10 roundings, 13 units; its square by twice that and two products. */
static void bound_adadelta(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                           double *bound)
{
    const double *dw = buf[0], *w = buf[1], *v = buf[2], *u = buf[3];
    const struct scalar *s = op->scalar;
    double lr = s[LR].real, rho = s[RHO].real, eps = s[DELTA_EPS].real;
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) {
        double q = dw[k] * dw[k] / (v[k] + eps), share = rho + (1 - rho) * q;
        double before = share > 0 ? fmax(0, (u[k] - (1 - rho) * q * eps) / share) : 0;
        double root = sqrt(v[k] + eps), step = sqrt((before + eps) * q);
        double error = 13 * d.unit * step + d.tiny * (2 + 1 / root);
        if (a == 1) bound[k] = error_of_update(d, w[k], lr * step, lr * error);
        if (a == 2) bound[k] = error_of_squares(d, v[k]);
        if (a == 3) bound[k] = error_of_squares(d, u[k]) + (1 - rho) * (2 * step + error) * error;
    }
}

static double flops_adadelta(const int *s)
{
    return 16.0 * s[0]; /* 4 for v, 6 for the step, 4 for u, 2 for w */
}

const struct op op_adadelta_step = {
    IDENTITY_REAL(adadelta_step),
    WEIGHTS_STEP,
    .flops = flops_adadelta,
    .rule = GC_ADADELTA,
    .formula = "v = rho v + (1 - rho) dw^2, step = sqrt(u + eps) / sqrt(v + eps) dw, "
               "u = rho u + (1 - rho) step^2, w = w - lr step",
    ARGS({ "dw", INPUT, 1, { 0 } }, { "w", UPDATED, 1, { 0 } }, { "v", SQUARES, 1, { 0 } },
         { "u", SQUARES, 1, { 0 } }),
    SCALARS(REAL_SCALAR("lr", 1, 0, 1e3), REAL_SCALAR("rho", 0.9, 0, 1 - 0x1p-20),
            REAL_SCALAR("eps", 1e-6, 1e-16, 1)),
    .bound = bound_adadelta,
};

/* ---- Lion ---- */

enum { LION_BETA1 = 1, LION_BETA2, LION_WD };

CALLS(lion_step, s[0], p[0], p[1], p[2], v[LR].real, v[LION_BETA1].real, v[LION_BETA2].real, v[LION_WD].real)

/* Where beta1 m + (1 - beta1) dw is within its rounding of 0, its sign is anyone's, and the step errs by all
 * it has between -lr and lr. The m from before the step is (m' - (1 - beta2) dw) / beta2. */
static void bound_lion(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                       double *bound)
{
    const double *dw = buf[0], *w = buf[1], *m = buf[2];
    const struct scalar *s = op->scalar;
    double lr = s[LR].real, beta1 = s[LION_BETA1].real, beta2 = s[LION_BETA2].real;
    for (size_t k = 0, n = op_elements(op, a, size); k < n; k++) {
        double before = (m[k] - (1 - beta2) * dw[k]) / beta2, added = (1 - beta1) * dw[k];
        double mix = beta1 * before + added, lost = 1e-15 * (fabs(m[k]) + fabs(dw[k])) / beta2;
        int any_sign = dw[k] != 0 && fabs(mix) <= error_of_mean(d, mix, added) + lost;
        bound[k] = a == 2 ? error_of_mean(d, m[k], (1 - beta2) * dw[k])
                          : error_of_update(d, w[k], lr, any_sign ? 2 * lr : 0);
    }
}

static double flops_lion(const int *s)
{
    return 9.0 * s[0]; /* 3 for the sign, 3 for w, 3 for m */
}

const struct op op_lion_step = {
    IDENTITY(lion_step),
    WEIGHTS_STEP,
    .flops = flops_lion,
    .rule = GC_LION,
    .formula = "w = (1 - lr wd) w - lr sign(beta1 m + (1 - beta1) dw), m = beta2 m + (1 - beta2) dw",
    ARGS({ "dw", INPUT, 1, { 0 } }, { "w", UPDATED, 1, { 0 } }, { "m", UPDATED, 1, { 0 } }),
    SCALARS(REAL_SCALAR("lr", 1e-4, 0, 1e3), REAL_SCALAR("beta1", 0.9, 0, 1 - 0x1p-20),
            REAL_SCALAR("beta2", 0.99, 0x1p-10, 1 - 0x1p-20), REAL_SCALAR("wd", 0, 0, 1e3)),
    SETS("wd=0.1"),
    .bound = bound_lion,
};
