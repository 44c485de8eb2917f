/* main.c - the numbers of the section "By hand": two weights, their penalties, and one step by each rule.
 *
 *   w (2), dw (2) -> penalties, gradients, w after a step of SGD and of Adam; soft threshold; max-norm
 *
 * cc main.c librungs_reference.a -lm compiles it on its own.
 */
#include <stdio.h>
#include <string.h>
#include "../../reference/reference.h"

enum { n = 2 };

static const double w0[n] = { 2, -0.5 }, dw[n] = { 0.4, 0.2 }, lr = 0.1, lambda = 0.5, one = 1;

static void show(const char *name, int count, const double *v)
{
    printf("  %-16s", name);
    for (int k = 0; k < count; k++) printf(" %8.4f", v[k] + 0.0); /* no -0 */
    putchar('\n');
}

static void penalties(void)
{
    double value, g[n];
    puts("two weights, lambda 0.5");
    show("w", n, w0), show("dw of the loss", n, dw);
    l2_penalty_forward_f64(n, w0, &value, lambda), l2_penalty_backward_f64(n, w0, &one, g, lambda);
    show("L2", 1, &value), show("its gradient", n, g);
    l1_penalty_forward_f64(n, w0, &value, lambda), l1_penalty_backward_f64(n, w0, &one, g, lambda);
    show("L1", 1, &value), show("its gradient", n, g);
}

static void steps(void)
{
    const double keep = 1 - lr * lambda;
    double w[n], sum[n], m[n] = { 0 }, v[n] = { 0 };
    puts("a step at rate 0.1");
    memcpy(w, w0, sizeof w), sgd_decay_step_f64(n, dw, w, lr, lambda);
    show("SGD, coupled", n, w);
    memcpy(w, w0, sizeof w), weight_decay_step_f64(n, w, lr, lambda);
    show("decay's factor", 1, &keep), show("decay alone", n, w);
    sgd_step_f64(n, dw, w, lr);
    show("SGD, decoupled", n, w);
    memcpy(w, w0, sizeof w), l2_penalty_backward_f64(n, w, &one, sum, lambda);
    for (int k = 0; k < n; k++) sum[k] += dw[k];
    show("dw and decay", n, sum);
    adam_step_f64(n, sum, w, m, v, lr, 0.9, 0.999, 1e-8, 1);
    show("Adam, coupled", n, w);
    memset(m, 0, sizeof m), memset(v, 0, sizeof v), memcpy(w, w0, sizeof w);
    adamw_step_f64(n, dw, w, m, v, lr, 0.9, 0.999, 1e-8, lambda, 1);
    show("Adam, decoupled", n, w);
}

static void proximal(void)
{
    const double divisor = 1 + lr * lambda;
    double w[3] = { 2, -0.5, 0.03 }, g[3];
    puts("L1 alone, three weights, steps of 0.05");
    show("w", 3, w);
    for (int step = 1; step <= 4; step++) {
        l1_penalty_backward_f64(3, w, &one, g, lambda), sgd_step_f64(3, g, w, lr);
        show(step == 1   ? "by slope, 1 step"
             : step == 2 ? "2 steps"
             : step == 3 ? "3 steps"
                         : "4 steps",
             3, w);
    }
    double soft[3] = { 2, -0.5, 0.03 }, net[3] = { 2, -0.5, 0.03 };
    soft_threshold_f64(3, soft, lr, lambda), elastic_net_f64(3, net, lr, lambda, lambda);
    show("soft threshold", 3, soft), show("divisor", 1, &divisor), show("elastic net", 3, net);
}

static void norms(void)
{
    double rows[4] = { 3, 4, 1, 2 };
    puts("max-norm 2.5, two rows");
    show("before", 4, rows);
    max_norm_f64(2, 2, rows, 2.5);
    show("after", 4, rows);
}

int main(void)
{
    penalties();
    steps();
    proximal();
    norms();
    return 0;
}
