/* errata.c - what article 000 prints about momentum and Adam, each formula's value as printed, and the true
 * one.
 *
 *   hand       the section "By hand": the gradients 3 and 2.5 of x, rate 0.5; for momentum rate 1/3, which is
 *              0.25 of the sum's convention, and momentum 0.25
 *   constant   a gradient of 1 in every step, beta1 = 0.9, beta2 = 0.999
 */
#include "../../reference/reference.h"
#include "../errata.h"

enum { MANY = 100000 };

static const double beta1 = 0.9, beta2 = 0.999, eps = 1e-8, hand[2] = { 3, 2.5 };

struct moments {
    double m, v, w;
};

/* after `steps` steps with these gradients; or with 1 if g is NULL, and then w is that of the last step
 * alone */
static struct moments truth(const double *g, int steps, double lr)
{
    const double one = 1;
    struct moments s = { 0, 0, 0 };
    for (int t = 1; t <= steps; t++) {
        if (!g) s.w = 0;
        adam_step_f64(1, g ? &g[t - 1] : &one, &s.w, &s.m, &s.v, lr, beta1, beta2, eps, (uint64_t)t);
    }
    return s;
}

/* m = beta1 m + (1 - beta1) (g - m), and v likewise */
static struct moments printed(const double *g, int steps)
{
    struct moments s = { 0, 0, 0 };
    for (int t = 1; t <= steps; t++) {
        double dw = g ? g[t - 1] : 1;
        s.m = beta1 * s.m + (1 - beta1) * (dw - s.m);
        s.v = beta2 * s.v + (1 - beta2) * (dw * dw - s.v);
    }
    return s;
}

/* m = m + (1 - beta1) (g - m), and v likewise: what was meant */
static struct moments correct(const double *g, int steps)
{
    struct moments s = { 0, 0, 0 };
    for (int t = 1; t <= steps; t++) {
        double dw = g ? g[t - 1] : 1;
        s.m += (1 - beta1) * (dw - s.m);
        s.v += (1 - beta2) * (dw * dw - s.v);
    }
    return s;
}

/* how far a step goes, in units of the rate, after so many that nothing is corrected any more */
static double step_of(struct moments s)
{
    return s.m / (sqrt(s.v) + eps);
}

static void momentum(void)
{
    const double rate = 1.0 / 3, mu = 0.25, start = 3, dw = 3;
    double w = start, m = 0, v = (1 - mu) * dw;
    momentum_step_f64(1, &dw, &w, &m, rate, mu, mu, 0);
    errata_right("000 4.4", "v = gamma v + (1 - gamma) dJ/dw", v, m);
    errata_row("000 4.4", "w_new = w_old + v", start + v, w, start - rate * v, "climbs, without a rate");
}

int main(void)
{
    const double rate = 0.5;
    struct moments two = truth(hand, 2, rate), one = truth(hand, 1, rate), ever = truth(NULL, MANY, 1);
    errata_head();
    momentum();
    errata_row("000 3.3, 4.4", "m = b1 m + (1 - b1) (g - m), m_2", printed(hand, 2).m, two.m,
               correct(hand, 2).m, "m is subtracted twice");
    errata_row("000 3.3, 4.4", "the same, m of constant g = 1", printed(NULL, MANY).m, ever.m,
               correct(NULL, MANY).m, "half of g");
    errata_row("000 3.3, 4.4", "v = b2 v + (1 - b2) (g^2 - v), v_2", printed(hand, 2).v, two.v,
               correct(hand, 2).v, "v is subtracted twice");
    errata_row("000 3.3, 4.4", "the same, v of constant g = 1", printed(NULL, MANY).v, ever.v,
               correct(NULL, MANY).v, "half of g^2");
    errata_row("000 3.3, 4.4", "a step of constant g, in rates", step_of(printed(NULL, MANY)), -ever.w,
               step_of(correct(NULL, MANY)), "the root of 1/2");
    errata_right("000 3.3, 4.4", "m^ = m / (1 - b1^t), t = 1", one.m / (1 - beta1), hand[0]);
    errata_right("000 3.3, 4.4", "v^ = v / (1 - b2^t), t = 1", one.v / (1 - beta2), hand[0] * hand[0]);
    errata_right("000 3.3, 4.4", "w_new = w_old - rate m^ / (sqrt(v^) + eps)",
                 one.w - rate * (two.m / (1 - beta1 * beta1)) / (sqrt(two.v / (1 - beta2 * beta2)) + eps),
                 two.w);
    errata_right("000 3.3", "Db = -rate m^ / (sqrt(v^) + eps), t = 1",
                 -rate * hand[0] / (sqrt(hand[0] * hand[0]) + eps), one.w);
    return errata_end();
}
