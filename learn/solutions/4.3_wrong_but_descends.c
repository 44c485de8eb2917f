/* 4.3 wrong_but_descends - not a curve, but a single impulse: one gradient, then none. What Adam does then is
 * known in closed form, step by step, and every mistake changes some of it: m and v decay by their own betas,
 * the corrections grow by the same betas, eps shows where a gradient is as small as it is, and a weight
 * without a gradient does not move.
 */
#include <math.h>

typedef void optimizer_fn(int n, const double *dw, double *w, double lr, double beta1, double beta2,
                          double eps, int t);

enum { MOST = 3, STEPS = 6 };

static const double lr = 0.1, eps = 1e-3;

/* what step t takes from w, where the first gradient was g and all others 0 */
static double after_a_blow(double g, double beta1, double beta2, int t)
{
    double m = (1 - beta1) * pow(beta1, t - 1) * g / (1 - pow(beta1, t));
    double v = (1 - beta2) * pow(beta2, t - 1) * g * g / (1 - pow(beta2, t));
    return lr * m / (sqrt(v) + eps);
}

/* Written so that NaN is wrong. */
static int is_near(double a, double b)
{
    return fabs(a - b) <= 1e-5 * fabs(b);
}

static int answers_a_blow(optimizer_fn *step, double beta1, double beta2)
{
    static const double blow[MOST] = { 1, -1e-3, 0 }; /* the middle one is of the size of eps */
    static const double none[MOST] = { 0 };
    double w[MOST] = { 0.5, -0.25, 2 };
    for (int t = 1; t <= STEPS; t++) {
        const double before[MOST] = { w[0], w[1], w[2] };
        step(MOST, t == 1 ? blow : none, w, lr, beta1, beta2, eps, t);
        if (w[2] != before[2]) return 0;
        for (int k = 0; k < 2; k++)
            if (!is_near(before[k] - w[k], after_a_blow(blow[k], beta1, beta2, t))) return 0;
    }
    return 1;
}

int wrong_but_descends(optimizer_fn *step)
{
    return !answers_a_blow(step, 0.5, 0.8) || !answers_a_blow(step, 0.8, 0.5);
}
