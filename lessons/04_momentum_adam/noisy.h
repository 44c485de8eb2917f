/* noisy.h - gradients with noise, and four ways to step in them: the quadratic of the page
 * schedule_free.md.
 *
 *   L (1) = 1/2 (x^2 + 9 y^2) from (3, 1)
 *
 * Each gradient is off by a normally distributed error of size 3 in x and in y. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include "../../reference/philox.h"

enum { n = 2, STEPS = 4096 };
enum way { CONSTANT, AVERAGED, SCHEDULE_FREE, DECAYING, WAYS };

static const double curvature[n] = { 1, 9 }, start[n] = { 3, 1 }, rate = 0.1, noise = 3, beta = 0.9;

struct walker {
    enum way way;
    double z[n], x[n], y[n]; /* y: where the gradient is taken; x: what is evaluated */
};

static struct walker begin(enum way way)
{
    struct walker p = { .way = way };
    for (int k = 0; k < n; k++) p.z[k] = p.x[k] = p.y[k] = start[k];
    return p;
}

static double normal(uint64_t seed, uint64_t stream, uint64_t t)
{
    double u = (philox_word(seed, 2 * stream, t) + 0.5) * 0x1p-32,
           v = philox_word(seed, 2 * stream + 1, t) * 0x1p-32;
    return sqrt(-2 * log(u)) * cos(2 * acos(-1) * v);
}

/* step t = 1, 2, ... */
static void step(struct walker *p, uint64_t seed, int t)
{
    double now = p->way == DECAYING ? rate * (1 - (t - 1.0) / STEPS) : rate;
    for (int k = 0; k < n; k++) {
        double g = curvature[k] * p->y[k] + noise * normal(seed, (uint64_t)k, (uint64_t)t);
        p->z[k] -= now * g;
        p->x[k] += (p->way == AVERAGED || p->way == SCHEDULE_FREE ? 1.0 / t : 1) * (p->z[k] - p->x[k]);
        p->y[k] = p->way == SCHEDULE_FREE ? beta * p->x[k] + (1 - beta) * p->z[k] : p->z[k];
    }
}

static inline double loss(const struct walker *p)
{
    return 0.5 * (curvature[0] * p->x[0] * p->x[0] + curvature[1] * p->x[1] * p->x[1]);
}
