/* paths.h - three valleys, and walks down into them: for the programs that draw and count steps.
 *
 *   ravine       L = 1/2 (x^2 + 25 y^2)               from (-5, 1) to (0, 0); kappa = 25
 *   turned       the same ravine, turned by 45 degrees, and its start with it
 *   Rosenbrock   L = (1 - x)^2 + 100 (y - x^2)^2      from (-1.2, 1) to (1, 1), through a bent valley
 */
#include <math.h>
#include <stdio.h>
#include "../../reference/reference.h"

struct valley {
    const char *name;
    double start[2];
    double (*loss)(const double *w);
    void (*slope)(const double *w, double *dw);
};

enum { RAVINE_A = 1, RAVINE_B = 25 };

static double ravine_loss(const double *w)
{
    return (RAVINE_A * w[0] * w[0] + RAVINE_B * w[1] * w[1]) / 2;
}

static void ravine_slope(const double *w, double *dw)
{
    dw[0] = RAVINE_A * w[0];
    dw[1] = RAVINE_B * w[1];
}

/* (x, y) -> along the ravine and across it, and a gradient there -> by x and y: the same turn, to and fro */
static void turn(const double *in, double *out, int back)
{
    double r = sqrt(0.5), sign = back ? -1 : 1;
    out[0] = r * (in[0] + sign * in[1]);
    out[1] = r * (in[1] - sign * in[0]);
}

static double turned_loss(const double *w)
{
    double straight[2];
    turn(w, straight, 0);
    return ravine_loss(straight);
}

static void turned_slope(const double *w, double *dw)
{
    double straight[2], d[2];
    turn(w, straight, 0);
    ravine_slope(straight, d);
    turn(d, dw, 1);
}

static double rosenbrock_loss(const double *w)
{
    double off = w[1] - w[0] * w[0];
    return (1 - w[0]) * (1 - w[0]) + 100 * off * off;
}

static void rosenbrock_slope(const double *w, double *dw)
{
    double off = w[1] - w[0] * w[0];
    dw[0] = -2 * (1 - w[0]) - 400 * w[0] * off;
    dw[1] = 200 * off;
}

static const struct valley ravine = { "ravine", { -5, 1 }, ravine_loss, ravine_slope },
                           turned = { "the ravine, turned by 45 degrees",
                                      { -4.242640687119285, -2.82842712474619 },
                                      turned_loss,
                                      turned_slope },
                           rosenbrock = { "Rosenbrock", { -1.2, 1 }, rosenbrock_loss, rosenbrock_slope };

/* mu of ADAM is its beta1; beta2 is 0.999 */
enum kind { SGD, HEAVY_BALL, NESTEROV, ADAM, KINDS };
static const char *const kind_name[KINDS] = { "gradient descent", "heavy ball", "Nesterov", "Adam" };

struct walker {
    enum kind kind;
    double rate, mu, w[2], m[2], v[2];
};

static struct walker at_start(const struct valley *l, enum kind kind, double rate, double mu)
{
    return (struct walker){ .kind = kind, .rate = rate, .mu = mu, .w = { l->start[0], l->start[1] } };
}

/* step t = 1, 2, ... */
static void step(const struct valley *l, struct walker *k, int t)
{
    double dw[2];
    l->slope(k->w, dw);
    if (k->kind == ADAM)
        adam_step_f64(2, dw, k->w, k->m, k->v, k->rate, k->mu, 0.999, 1e-8, (uint64_t)t);
    else
        momentum_step_f64(2, dw, k->w, k->m, k->rate, k->mu, 0, k->kind == NESTEROV);
}

/* steps until the loss is a millionth of the start's and stays below for SETTLE steps; `most` if that takes
 * longer */
static int steps_needed(const struct valley *l, enum kind kind, double rate, double mu, int most)
{
    enum { SETTLE = 2000 };
    struct walker k = at_start(l, kind, rate, mu);
    double begin = l->loss(k.w);
    int below = 0;
    for (int t = 1; t < most + SETTLE; t++) {
        step(l, &k, t);
        double loss = l->loss(k.w);
        if (!(loss < 1e3 * begin)) break; /* it diverges, or is NaN */
        below = loss <= begin / 1e6 ? below + 1 : 0;
        if (below == SETTLE) return t - SETTLE + 1;
    }
    return most;
}

/* the fewest steps of all rates, powers of 2^(1/8), and all mu, 0, 0.1, ..., 0.9, 0.95; where it took them */
static int fewest_steps(const struct valley *l, enum kind kind, double *rate, double *mu)
{
    int fewest = 10000;
    for (int i = 0; i <= (kind == SGD ? 0 : 10); i++)
        for (int k = 8; k >= -88; k--) {
            double momentum = i < 10 ? i / 10.0 : 0.95, step_size = pow(2, k / 8.0);
            int steps = steps_needed(l, kind, step_size, momentum, fewest);
            if (steps < fewest) fewest = steps, *rate = step_size, *mu = momentum;
        }
    return fewest;
}
