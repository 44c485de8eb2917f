/* main.c - the numbers of the section "By hand": the loss of three classes, of one yes or
 * no, and of three numbers.
 *
 *   z (1,3), label -> p (1,3), L, dz (1,3)        y (3), t (3) -> L, dy (3) by three conventions
 *
 * cc main.c librungs_reference.a -lm compiles it on its own.
 */
#include <math.h>
#include <stdio.h>
#include "../../reference/reference.h"

enum { C = 3, LABEL = 1, n = 3 };

static void show(const char *name, int count, const double *v)
{
    printf("  %-8s", name);
    for (int k = 0; k < count; k++) printf(" %8.4f", v[k]);
    putchar('\n');
}

static void classes(void)
{
    const double z[C] = { 2, 1, -1 };
    const int label = LABEL;
    double e[C], sum = 0, p[C], loss, dz[C];
    puts("three classes, label 1");
    for (int c = 0; c < C; c++) sum += e[c] = exp(z[c] - z[0]);
    softmax_forward_f64(1, C, z, p);
    xent_with_gradient_f64(1, C, z, &label, &loss, dz, 0, REDUCE_MEAN);
    show("z", C, z), show("e", C, e), show("sum", 1, &sum), show("p", C, p), show("L", 1, &loss),
        show("dz", C, dz);
    xent_with_gradient_f64(1, C, z, &label, &loss, dz, 0.1, REDUCE_MEAN);
    puts("the label smoothed by 0.1");
    show("L", 1, &loss), show("dz", C, dz);
}

/* the same output judged by cross-entropy and by a square */
static void yes_or_no(void)
{
    const double z = -2, t = 1, one = 1;
    double p, loss, dp, dz;
    puts("yes or no, the answer is yes");
    sigmoid_forward_f64(1, &z, &p);
    show("z", 1, &z), show("p", 1, &p);
    bce_logits_with_gradient_f64(1, &z, &t, &loss, &dz, REDUCE_MEAN);
    show("L bce", 1, &loss), show("dz bce", 1, &dz);
    mse_forward_f64(1, &p, &t, &loss, REDUCE_MEAN);
    mse_backward_f64(1, &p, &t, &one, &dp, REDUCE_MEAN);
    sigmoid_backward_f64(1, &p, &dp, &dz);
    show("L mse", 1, &loss), show("dz mse", 1, &dz);
}

static void numbers(void)
{
    const double y[n] = { 2, 1, -1 }, t[n] = { 1.5, 1, 1 }, half = 0.5;
    double loss, each[n], dy[n];
    puts("three numbers");
    show("y", n, y), show("t", n, t);
    mse_forward_f64(n, y, t, each, REDUCE_NONE);
    show("squares", n, each);
    mse_with_gradient_f64(n, y, t, &loss, dy, REDUCE_SUM);
    show("L sum", 1, &loss), show("dy sum", n, dy);
    loss *= half;
    mse_backward_f64(n, y, t, &half, dy, REDUCE_SUM);
    show("L half", 1, &loss), show("dy half", n, dy);
    mse_with_gradient_f64(n, y, t, &loss, dy, REDUCE_MEAN);
    show("L mean", 1, &loss), show("dy mean", n, dy);
    mae_with_gradient_f64(n, y, t, &loss, dy, REDUCE_MEAN);
    show("L mae", 1, &loss), show("dy mae", n, dy);
    huber_forward_f64(n, y, t, each, 1, REDUCE_NONE);
    show("hubers", n, each);
    huber_with_gradient_f64(n, y, t, &loss, dy, 1, REDUCE_MEAN);
    show("L huber", 1, &loss), show("dy huber", n, dy);
}

int main(void)
{
    classes();
    yes_or_no();
    numbers();
    return 0;
}
