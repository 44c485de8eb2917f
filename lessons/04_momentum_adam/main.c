/* main.c - the numbers of the section "By hand": two steps of three optimizers down a ravine.
 *
 *   L (1) = 1/2 (x^2 + 9 y^2), w = (x, y) from (3, 1): dw (2) = (x, 9 y)
 *
 * cc main.c librungs_reference.a -lm compiles it on its own.
 */
#include <math.h>
#include <stdio.h>
#include "../../reference/reference.h"

enum { n = 2 };

static const double curvature[n] = { 1, 9 }, start[n] = { 3, 1 };
static const double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;

static void show(const char *name, const double *v)
{
    printf("  %-8s %8.4f %8.4f\n", name, v[0], v[1]);
}

static void begin(const char *name, double *w)
{
    puts(name);
    for (int k = 0; k < n; k++) w[k] = start[k];
    show("w", w);
}

static void gradient(const double *w, double *dw)
{
    for (int k = 0; k < n; k++) dw[k] = curvature[k] * w[k];
    show("dw", dw);
}

static void sgd(void)
{
    double w[n], dw[n];
    begin("gradient descent, rate 0.2", w);
    for (int t = 1; t <= 2; t++) {
        gradient(w, dw);
        sgd_step_f64(n, dw, w, 0.2);
        show("w", w);
    }
}

static void heavy_ball(void)
{
    double w[n], dw[n], m[n] = { 0 };
    begin("heavy ball, rate 0.25, mu 0.25", w);
    for (int t = 1; t <= 2; t++) {
        gradient(w, dw);
        momentum_step_f64(n, dw, w, m, 0.25, 0.25, 0, 0);
        show("m", m), show("w", w);
    }
}

static void adam(void)
{
    double w[n], dw[n], m[n] = { 0 }, v[n] = { 0 }, before[n], corrected[n], root[n], step[n];
    begin("Adam, rate 0.5, beta1 0.9, beta2 0.999", w);
    for (int t = 1; t <= 2; t++) {
        gradient(w, dw);
        for (int k = 0; k < n; k++) before[k] = w[k];
        adam_step_f64(n, dw, w, m, v, 0.5, beta1, beta2, eps, (uint64_t)t);
        for (int k = 0; k < n; k++) {
            corrected[k] = m[k] / (1 - pow(beta1, t));
            root[k] = sqrt(v[k] / (1 - pow(beta2, t)));
            step[k] = before[k] - w[k];
        }
        show("m", m), show("v", v), show("m hat", corrected), show("root", root), show("step", step),
            show("w", w);
    }
}

int main(void)
{
    sgd();
    heavy_ball();
    adam();
    return 0;
}
