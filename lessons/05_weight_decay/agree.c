/* agree.c - coupled against decoupled decay, step by step: the same for SGD, and for nothing else.
 *
 * The loss is J(w) = 5 (w1 - 1)^2 + 0.05 (w2 - 1)^2, its minimum (1, 1); decay 0.1; from (3, 3). With L2 in
 * the loss the minimum is at a / (a + 0.1) for curvatures a = 10 and 0.1: (0.9901, 0.5).
 */
#include <math.h>
#include <stdio.h>
#include "../../reference/reference.h"

enum { n = 2, MARKS = 6 };
enum kind { SGD, MOMENTUM, ADAM };

static const double curvature[n] = { 10, 0.1 }, wd = 0.1, lr = 0.05, mu = 0.9;
static const int mark[MARKS] = { 1, 2, 10, 100, 1000, 20000 };

static void slope(const double *w, double *dw)
{
    for (int k = 0; k < n; k++) dw[k] = curvature[k] * (w[k] - 1);
}

static void add_decay(const double *w, double decay, double *dw)
{
    const double one = 1;
    double own[n];
    l2_penalty_backward_f64(n, w, &one, own, decay);
    for (int k = 0; k < n; k++) dw[k] += own[k];
}

static void run(const char *name, enum kind kind, int coupled, double decay)
{
    double w[n] = { 3, 3 }, dw[n], m[n] = { 0 }, v[n] = { 0 };
    int at = 0;
    printf("  %-32s", name);
    for (int t = 1; t <= mark[MARKS - 1]; t++) {
        slope(w, dw);
        if (coupled)
            add_decay(w, decay, dw);
        else
            weight_decay_step_f64(n, w, lr, decay);
        if (kind == SGD) sgd_step_f64(n, dw, w, lr);
        if (kind == MOMENTUM) momentum_step_f64(n, dw, w, m, lr, mu, 0, 0);
        if (kind == ADAM) adam_step_f64(n, dw, w, m, v, lr, 0.9, 0.999, 1e-8, (uint64_t)t);
        if (t == mark[at]) at++, printf(" %7.4f", w[1]);
    }
    printf("   %7.4f\n", w[0]);
}

int main(void)
{
    printf("  %-32s", "w2 after steps");
    for (int k = 0; k < MARKS; k++) printf(" %7d", mark[k]);
    puts("   w1, end");
    run("SGD, coupled", SGD, 1, wd), run("SGD, decoupled", SGD, 0, wd);
    run("momentum 0.9, coupled", MOMENTUM, 1, wd), run("momentum 0.9, decoupled", MOMENTUM, 0, wd);
    run("momentum 0.9, decoupled, 10 wd", MOMENTUM, 0, wd / (1 - mu));
    run("Adam, coupled", ADAM, 1, wd), run("Adam, decoupled", ADAM, 0, wd);
    return 0;
}
