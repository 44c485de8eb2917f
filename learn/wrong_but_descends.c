/* wrong_but_descends.c - exercise 4.3: Adam in four ways, ten optimizers that are nearly Adam, and tests that
 * do not tell them apart. With each a network learns.
 */
#include "judged.h"

#include <math.h>

#include "../reference/reference.h"
#include "wrong_but_descends.h"

enum { MOST_WEIGHTS = 64 };

struct rates {
    double lr, beta1, beta2, eps;
};

/* what an optimizer keeps, in the memory that is 0 before its first call */
struct kept {
    double m[MOST_WEIGHTS], v[MOST_WEIGHTS], most[MOST_WEIGHTS];
};

typedef void kept_fn(int n, const double *dw, double *w, struct kept *s, struct rates r, int t);

static double correction(double beta, int t)
{
    return 1 - pow(beta, t);
}

/* the two running means of element k */
static void means(struct kept *s, int k, double dw, double beta1, double beta2)
{
    s->m[k] = beta1 * s->m[k] + (1 - beta1) * dw;
    s->v[k] = beta2 * s->v[k] + (1 - beta2) * dw * dw;
}

/* w = w - lr `up` / `below`, element by element, from the new means M and V, the old mean OLD and the
 * gradient G; all with the betas B1 and B2 */
#define ADAM(name, first, second, gradient, up, below)                                            \
    static void name(int n, const double *dw, double *w, struct kept *s, struct rates r, int t)   \
    {                                                                                             \
        const double B1 = (first), B2 = (second), C1 = correction(B1, t), C2 = correction(B2, t); \
        (void)C1, (void)C2;                                                                       \
        for (int k = 0; k < n; k++) {                                                             \
            const double W = w[k], G = dw[k], OLD = s->m[k];                                      \
            (void)W, (void)G, (void)OLD;                                                          \
            means(s, k, (gradient), B1, B2);                                                      \
            const double M = s->m[k], V = s->v[k];                                                \
            (void)M;                                                                              \
            s->most[k] = fmax(s->most[k], V);                                                     \
            w[k] -= r.lr * (up) / (below);                                                        \
        }                                                                                         \
    }

ADAM(adam, r.beta1, r.beta2, G, M / C1, sqrt(V / C2) + r.eps)
ADAM(folded, r.beta1, r.beta2, G, M *sqrt(C2) / C1, sqrt(V) + r.eps * sqrt(C2))
ADAM(uncorrected, r.beta1, r.beta2, G, M, sqrt(V) + r.eps)
ADAM(eps_inside, r.beta1, r.beta2, G, M / C1, sqrt(V / C2 + r.eps))
ADAM(eps_hat, r.beta1, r.beta2, G, M *sqrt(C2) / C1, sqrt(V) + r.eps)
ADAM(swapped, r.beta2, r.beta1, G, M / C1, sqrt(V / C2) + r.eps)
ADAM(old_mean, r.beta1, r.beta2, G, OLD / C1, sqrt(V / C2) + r.eps)
ADAM(no_momentum, r.beta1, r.beta2, G, G, sqrt(V / C2) + r.eps)
ADAM(coupled, r.beta1, r.beta2, G + 1e-3 * W, M / C1, sqrt(V / C2) + r.eps)
ADAM(never_falls, r.beta1, r.beta2, G, M / C1, sqrt(s->most[k] / C2) + r.eps)

static void from_two(int n, const double *dw, double *w, struct kept *s, struct rates r, int t)
{
    adam(n, dw, w, s, r, t + 1);
}

static void in_float(int n, const double *dw, double *w, struct kept *s, struct rates r, int t)
{
    for (int k = 0; k < n; k++) {
        float g = (float)dw[k], own = (float)w[k], m = (float)s->m[k], v = (float)s->v[k], w32 = own;
        adam_step_f32(1, &g, &w32, &m, &v, r.lr, r.beta1, r.beta2, r.eps, (uint64_t)t);
        s->m[k] = (double)m, s->v[k] = (double)v;
        w[k] += (double)w32 - (double)own; /* w itself keeps its digits */
    }
}

/* sums in place of means: m / (1 - beta1) and v / (1 - beta2) */
static void of_sums(int n, const double *dw, double *w, struct kept *s, struct rates r, int t)
{
    const double c1 = correction(r.beta1, t) / (1 - r.beta1), c2 = correction(r.beta2, t) / (1 - r.beta2);
    for (int k = 0; k < n; k++) {
        s->m[k] = r.beta1 * s->m[k] + dw[k];
        s->v[k] = r.beta2 * s->v[k] + dw[k] * dw[k];
        w[k] -= r.lr * (s->m[k] / c1) / (sqrt(s->v[k] / c2) + r.eps);
    }
}

/* one v for all weights, as a rate for each layer has it */
static void one_scale(int n, const double *dw, double *w, struct kept *s, struct rates r, int t)
{
    double mean = 0;
    for (int k = 0; k < n; k++) means(s, k, dw[k], r.beta1, r.beta2), mean += s->v[k] / n;
    for (int k = 0; k < n; k++)
        w[k] -= r.lr * (s->m[k] / correction(r.beta1, t)) / (sqrt(mean / correction(r.beta2, t)) + r.eps);
}

#define STEP(function) ((any_fn *)(0 ? (kept_fn *)0 : (function)))
static const struct version optimizers[] = {
    { "Adam", "", 0, STEP(adam), 0 },
    { "folded", "the corrections are in the rate and in eps", 0, STEP(folded), 0 },
    { "in float", "it has seven digits", 0, STEP(in_float), 0 },
    { "of sums", "m and v are kept without the factors 1 - beta", 0, STEP(of_sums), 0 },
    { "no correction", "m and v are not divided by 1 - beta^t", 1, STEP(uncorrected), 0 },
    { "t from 2", "the correction takes t + 1 for t", 1, STEP(from_two), 0 },
    { "eps inside", "eps is added under the root", 1, STEP(eps_inside), 0 },
    { "eps before the correction", "eps is added before the root of c2 divides", 1, STEP(eps_hat), 0 },
    { "betas swapped", "beta1 and beta2 are exchanged", 1, STEP(swapped), 0 },
    { "old m", "w moves by m before it is updated", 1, STEP(old_mean), 0 },
    { "no momentum", "w moves by the gradient, not by m", 1, STEP(no_momentum), 0 },
    { "coupled decay", "a thousandth of w is added to the gradient", 1, STEP(coupled), 0 },
    { "v never falls", "the largest v so far divides, as in AMSGrad", 1, STEP(never_falls), 0 },
    { "one scale", "one v, the mean over the weights, serves all of them", 1, STEP(one_scale), 0 },
    { 0 },
};

static int is_share(double beta)
{
    return beta >= 0 && beta < 1;
}

static const char *serve(const struct version *v, struct handed *h)
{
    const int n = h->size[0], t = h->size[1];
    const struct rates r = { h->scalar[0], h->scalar[1], h->scalar[2], h->scalar[3] };
    if (n < 1 || n > MOST_WEIGHTS) return "steps with over 64 weights, or none";
    if (t < 1) return "begins with a t that is not 1";
    if (!is_share(r.beta1) || !is_share(r.beta2)) return "steps with a beta that is not in [0, 1)";
    const size_t bytes = (size_t)n * sizeof(double);
    if (h->arrays != 2 || h->bytes[0] != bytes || h->bytes[1] != bytes) return "steps with the wrong arrays";
    if (t == 1) memset(h->state, 0, sizeof(struct kept));
    ((kept_fn *)v->run)(n, h->array[0], h->array[1], h->state, r, t);
    return NULL;
}

/* ---- tests that look at too little ---- */

enum { MOST = 3, STEPS = 6 };

/* a trajectory, compared with the reference's */
struct trajectory {
    int n, steps, is_constant; /* 1: every gradient is the first */
    double eps, tolerance;
};

static int differs(optimizer_fn *step, struct trajectory p)
{
    const double lr = 0.1, beta1 = 0.5, beta2 = 0.8;
    double own[MOST] = { 1, 2, 3 }, w[MOST] = { 1, 2, 3 }, m[MOST] = { 0 }, v[MOST] = { 0 }, dw[MOST];
    for (int t = 1; t <= p.steps; t++) {
        for (int k = 0; k < p.n; k++) dw[k] = (p.is_constant ? 1 : cos(t * t) / (t * t)) * (k + 0.1);
        step(p.n, dw, own, lr, beta1, beta2, p.eps, t);
        adam_step_f64(p.n, dw, w, m, v, lr, beta1, beta2, p.eps, (uint64_t)t);
        for (int k = 0; k < p.n; k++)
            if (!(fabs(own[k] - w[k]) <= p.tolerance)) return 1;
    }
    return 0;
}

static int nothing(optimizer_fn *step)
{
    (void)step;
    return 0;
}

static int everything(optimizer_fn *step)
{
    (void)step;
    return 1;
}

static int first_step(optimizer_fn *step)
{
    return differs(step, (struct trajectory){ MOST, 1, 0, 0.1, 1e-5 });
}

static int without_eps(optimizer_fn *step)
{
    return differs(step, (struct trajectory){ MOST, STEPS, 0, 1e-12, 1e-5 });
}

static int same_gradient(optimizer_fn *step)
{
    return differs(step, (struct trajectory){ MOST, STEPS, 1, 0.1, 1e-5 });
}

static int one_weight(optimizer_fn *step)
{
    return differs(step, (struct trajectory){ 1, STEPS, 0, 0.1, 1e-5 });
}

static int loose(optimizer_fn *step)
{
    return differs(step, (struct trajectory){ MOST, STEPS, 0, 0.1, 1e-2 });
}

static int too_exact(optimizer_fn *step)
{
    return differs(step, (struct trajectory){ MOST, STEPS, 0, 0.1, 1e-12 });
}

#define WRONG(...) WRONG_JUDGE("wrong_but_descends", __VA_ARGS__)
static const struct mistake wrong[] = {
    WRONG(nothing, "accuses nothing", "it accepts every optimizer"),
    WRONG(everything, "accuses everything", "it accuses every optimizer"),
    WRONG(first_step, "first step", "the first step has no past"),
    WRONG(without_eps, "no eps", "where eps is negligible its place does not show"),
    WRONG(same_gradient, "one gradient", "the mean of equal gradients is that gradient, whatever the betas"),
    WRONG(one_weight, "one weight", "with one weight a single scale is right"),
    WRONG(loose, "loose", "a tolerance of a tenth of a step lets small slips through"),
    WRONG(too_exact, "too exact", "it requires more digits than float has"),
    { 0 },
};

const struct judged judged_optimizers = { "learn/wrong_but_descends.h", optimizers, serve,
                                          wrong_but_descends_entry,     wrong,      1 };
