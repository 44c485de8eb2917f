/* same_name.c - the same name, other numbers: what frameworks call by one name and compute in different
 * ways, each with our own step and one option changed. The sizes of steps at rate 1, in double.
 */
#include <math.h>
#include <stdio.h>
#include "../../reference/reference.h"

static void say(const char *name, double step)
{
    printf("  %-58s %.7g\n", name, step + 0);
}

/* ---- Adam ---- */

static const double beta1 = 0.9, beta2 = 0.999;

static double adam(double g, double eps, uint64_t t)
{
    double w = 0, m = 0, v = 0;
    adam_step_f64(1, &g, &w, &m, &v, 1, beta1, beta2, eps, t);
    return -w;
}

/* eps beside the root of the uncorrected v: eps / sqrt(1 - beta2^t) beside that of the corrected */
static double adam_hat(double g, double eps)
{
    return adam(g, eps / sqrt(1 - beta2), 1);
}

/* the corrections 1 - beta in float, of whose digits the subtraction leaves few */
static double adam_float(void)
{
    const float c1 = 1 - 0.9f, c2 = 1 - 0.999f;
    double g = 1, w = 0, m = 0, v = 0;
    adam_step_f64(1, &g, &w, &m, &v, 1, beta1, beta2, 1e-8, 1);
    return m / (double)c1 / (sqrt(v / (double)c2) + 1e-8);
}

static void first_steps(void)
{
    const uint64_t uncorrected = 1000000000;
    puts("Adam, first step");
    say("gradient 1, eps 1e-8", adam(1, 1e-8, 1));
    say("gradient 1, eps 1e-7 beside the uncorrected root", adam_hat(1, 1e-7));
    say("gradient 1, 1 - beta^t in float", adam_float());
    say("gradient 1, no bias correction", adam(1, 1e-8, uncorrected));
    say("gradient 1e-8, eps 1e-8", adam(1e-8, 1e-8, 1));
    say("gradient 1e-8, eps 1e-8 beside the uncorrected root", adam_hat(1e-8, 1e-8));
    say("gradient 1e-7, eps 1e-7", adam(1e-7, 1e-7, 1));
    say("gradient 1e-7, eps 1e-7 beside the uncorrected root", adam_hat(1e-7, 1e-7));
}

/* ---- NAdam ---- */

static double nadam(double momentum_decay)
{
    double g = 1, w = 0, m = 0, v = 0;
    nadam_step_f64(1, &g, &w, &m, &v, 1, beta1, beta2, 1e-8, momentum_decay, 1);
    return -w;
}

static void nadams(void)
{
    puts("NAdam, first step, gradient 1");
    say("momentum_decay 0.004", nadam(0.004));
    say("momentum_decay 1", nadam(1));
    say("the same mu in every step: momentum_decay 1e6", nadam(1e6));
}

/* ---- RMSprop, AdaGrad ---- */

static double rmsprop(double g, double alpha, double eps, uint64_t inside)
{
    double w = 0, v = 0;
    rmsprop_step_f64(1, &g, &w, &v, NULL, NULL, 1, alpha, eps, inside, 0, 0);
    return -w;
}

static double adagrad(double start)
{
    double g = 1, w = 0, v = start;
    adagrad_step_f64(1, &g, &w, &v, 1, 0, 1e-10, 1);
    return -w;
}

static void without_momentum(void)
{
    puts("RMSprop, first step");
    say("gradient 1, alpha 0.99", rmsprop(1, 0.99, 1e-8, 0));
    say("gradient 1, alpha 0.9", rmsprop(1, 0.9, 1e-8, 0));
    say("gradient 1e-4, alpha 0.9, eps 1e-7", rmsprop(1e-4, 0.9, 1e-7, 0));
    say("gradient 1e-4, alpha 0.9, eps 1e-7 inside the root", rmsprop(1e-4, 0.9, 1e-7, 1));
    puts("AdaGrad, first step, gradient 1");
    say("squares summed from 0", adagrad(0));
    say("squares summed from 0.1", adagrad(0.1));
}

/* ---- momentum 0.9: a gradient of 1, then of 0 at a tenth of the rate ---- */

static double second_step(double dampening, int rate_inside)
{
    const double one = 1, none = 0;
    double w = 0, m = 0, rate = 0.1;
    momentum_step_f64(1, &one, &w, &m, 1, 0.9, dampening, 0);
    if (rate_inside) m /= rate; /* the velocity is rate times m, and keeps the rate that it was made with */
    w = 0;
    momentum_step_f64(1, &none, &w, &m, rate, 0.9, dampening, 0);
    return -w;
}

static double first_step(double dampening, int as_pytorch)
{
    const double one = 1;
    double w = 0, m = 0;
    if (as_pytorch) dampening = 0; /* its first step sets m to the gradient, undampened */
    momentum_step_f64(1, &one, &w, &m, 1, 0.9, dampening, 0);
    return -w;
}

static void momenta(void)
{
    puts("momentum 0.9, gradient 1");
    say("first step", first_step(0, 0));
    say("first step, dampening 0.9", first_step(0.9, 0));
    say("first step, dampening 0.9, m starts as the gradient", first_step(0.9, 1));
    puts("the rate falls to 0.1, and the gradient is 0");
    say("the rate multiplies m when it is used", second_step(0, 0));
    say("the rate is inside the velocity", second_step(0, 1));
}

/* ---- clipping (3, 4) to norm 5, which it has ---- */

static double clipped(double eps)
{
    double g[2] = { 3, 4 }, norm;
    clip_norm_f64(2, g, &norm, 5, eps);
    return g[0];
}

static void clips(void)
{
    puts("(3, 4) clipped to norm 5: the first number");
    say("eps 1e-6", clipped(1e-6));
    say("eps 0", clipped(0));
}

int main(void)
{
    first_steps();
    nadams();
    without_momentum();
    momenta();
    clips();
    return 0;
}
