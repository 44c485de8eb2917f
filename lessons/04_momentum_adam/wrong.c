/* wrong.c - wrong optimizers descend, too: Adam and nine versions with one slip each train the network of
 * lesson 1's spirals for 300 steps at rate 0.01; the loss is the median of five seeds. Beside it, the verdict
 * of the trajectory check, which needs five steps and no network.
 */
#include <stdlib.h>
#include "../spread.h"
#include "../01_mlp_backprop/spirals.h"
#include "../../gradcheck/gc.h"

static const double beta1 = 0.9, beta2 = 0.999, eps = 1e-8, rate = 0.01;
enum { STEPS = 300, SEEDS = 5 };

typedef void step_fn(int n, const double *dw, double *w, double *m, double *v, double lr, int t);

static void right(int n, const double *dw, double *w, double *m, double *v, double lr, int t)
{
    adam_step_f64(n, dw, w, m, v, lr, beta1, beta2, eps, (uint64_t)t);
}

static void uncorrected(int n, const double *dw, double *w, double *m, double *v, double lr, int t)
{
    (void)t;
    adam_step_f64(n, dw, w, m, v, lr, beta1, beta2, eps, 1000000000);
}

static void counted_from_2(int n, const double *dw, double *w, double *m, double *v, double lr, int t)
{
    right(n, dw, w, m, v, lr, t + 1);
}

static void betas_exchanged(int n, const double *dw, double *w, double *m, double *v, double lr, int t)
{
    adam_step_f64(n, dw, w, m, v, lr, beta2, beta1, eps, (uint64_t)t);
}

static void one_beta(int n, const double *dw, double *w, double *m, double *v, double lr, int t)
{
    adam_step_f64(n, dw, w, m, v, lr, beta1, beta1, eps, (uint64_t)t);
}

static void no_momentum(int n, const double *dw, double *w, double *m, double *v, double lr, int t)
{
    adam_step_f64(n, dw, w, m, v, lr, 0, beta2, eps, (uint64_t)t);
}

/* w = w - lr m hat / below, with m from before this step if `old` */
#define OWN(name, old, below)                                                                    \
    static void name(int n, const double *dw, double *w, double *m, double *v, double lr, int t) \
    {                                                                                            \
        const double c1 = 1 - pow(beta1, t), c2 = 1 - pow(beta2, t);                             \
        (void)c2;                                                                                \
        for (int k = 0; k < n; k++) {                                                            \
            double before = m[k];                                                                \
            m[k] = beta1 * m[k] + (1 - beta1) * dw[k];                                           \
            v[k] = beta2 * v[k] + (1 - beta2) * dw[k] * dw[k];                                   \
            w[k] -= lr * ((old) ? before : m[k]) / c1 / (below);                                 \
        }                                                                                        \
    }

OWN(eps_inside, 0, sqrt(v[k] / c2 + eps))
OWN(eps_hat, 0, (sqrt(v[k]) + eps) / sqrt(c2))
OWN(no_root, 0, v[k] / c2 + eps)
OWN(old_m, 1, sqrt(v[k] / c2) + eps)

static const struct version {
    const char *name;
    step_fn *step;
} versions[] = {
    { "right", right },
    { "no bias correction", uncorrected },
    { "t counted from 2", counted_from_2 },
    { "eps inside the root", eps_inside },
    { "eps beside the uncorrected root", eps_hat },
    { "betas exchanged", betas_exchanged },
    { "beta1 for both", one_beta },
    { "no momentum", no_momentum },
    { "m from before the step", old_m },
    { "no square root", no_root },
};
enum { VERSIONS = sizeof versions / sizeof *versions };

static double loss_and_gradient(const double *param, double *dparam)
{
    static double act[POINTS * NEURONS], dact[POINTS * NEURONS], p[POINTS * 2];
    double loss;
    mlp_forward_f64(LAYERS, size, POINTS, param, x, label, act, p, &loss);
    mlp_backward_f64(LAYERS, size, POINTS, param, x, label, act, p, dact, dparam);
    return loss;
}

/* the median loss after so many steps */
static double loss_after(step_fn *step, int steps)
{
    double loss[SEEDS];
    for (int s = 0; s < SEEDS; s++) {
        double param[PARAMS], dparam[PARAMS], m[PARAMS] = { 0 }, v[PARAMS] = { 0 };
        start_weights(s + 1, param);
        for (int t = 1; t <= steps; t++) {
            loss_and_gradient(param, dparam);
            step(PARAMS, dparam, param, m, v, rate, t);
        }
        loss[s] = loss_and_gradient(param, dparam);
    }
    spread_sort(SEEDS, loss);
    return loss[SEEDS / 2];
}

static int under_test(void *ctx, int t, size_t n, const void *g, void *w, void *s0, void *s1)
{
    (*(step_fn *const *)ctx)((int)n, g, w, s0, s1, rate, t);
    return 0;
}

int main(void)
{
    int wrong = 0;
    make_spirals();
    printf("%-33s loss %.4f\n", "before the first step", loss_after(right, 0));
    for (int i = 0; i < VERSIONS; i++) {
        step_fn *step = versions[i].step;
        gc_optimizer opt = { .name = versions[i].name, .dt = GC_F64, .step = under_test, .rule = GC_ADAM };
        opt.lr = rate, opt.b1 = beta1, opt.b2 = beta2, opt.eps = eps, opt.ctx = &step;
        gc_result *r = gc_check_optimizer(&opt, NULL);
        printf("%-33s loss %.4f  five steps: %s\n", versions[i].name, loss_after(step, STEPS),
               gc_verdict_name(r->verdict));
        if (r->verdict != GC_PASS) printf("      %s\n", r->reason);
        wrong += (r->verdict == GC_PASS) != (step == right);
        gc_free(r);
    }
    return wrong != 0;
}
