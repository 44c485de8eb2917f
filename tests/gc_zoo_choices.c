/* gc_zoo_choices.c - choices inside the checker that no option undoes: what is
 * missed, or blamed, without each.
 *
 * Each scene computes the simpler rule by hand and shows that it is fooled where the checker is not. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "zoo/zoo.h"

enum { SEEDS = 25, ROOM = 1024 };

static int failed;

static void say(int ok, const char *what)
{
    printf("%s  %s\n", ok ? "ok    " : "NOT OK", what);
    failed += !ok;
}

/* ---- a row at a point, called by hand ---- */

struct scene {
    struct zoo_problem z;
    gc_tensor in[GC_MAX_TENSORS], out[GC_MAX_TENSORS], dout[GC_MAX_TENSORS], din[GC_MAX_TENSORS];
    double room[4][GC_MAX_TENSORS][ROOM];
    const double *d; /* a direction, all inputs one after the other */
};

static const struct zoo_case *find(const char *unit, const char *name)
{
    for (int i = 0; i < zoo_cases(); i++) {
        const struct zoo_case *c = zoo_case_at(i);
        if (!strcmp(c->unit, unit) && !strcmp(c->name, name)) return c;
    }
    printf("NOT OK  there is no row %s %s\n", unit, name);
    exit(1);
}

/* inputs drawn, dout from v (NULL: ones), outputs and gradients computed */
static struct scene *stage(const struct zoo_case *c, uint64_t seed, int signs)
{
    struct scene *s = calloc(1, sizeof *s);
    if (!s || !zoo_open(&s->z, c, 1)) exit(1);
    for (int t = 0; t < s->z.p.nin; t++) {
        s->in[t] = s->din[t] = s->z.in[t];
        s->in[t].data = s->room[0][t], s->din[t].data = s->room[1][t];
        for (size_t k = 0; k < zoo_elements(&s->in[t]); k++)
            s->room[0][t][k] = zoo_normal(seed, 1000 * (uint64_t)t + k);
    }
    for (int t = 0; t < s->z.p.nout; t++) {
        s->out[t] = s->dout[t] = s->z.out[t];
        s->out[t].data = s->room[2][t], s->dout[t].data = s->room[3][t];
        for (size_t k = 0; k < zoo_elements(&s->out[t]); k++)
            s->room[3][t][k] = signs ? zoo_normal(seed + 1, 1000 * (uint64_t)t + k) : 1;
    }
    s->z.p.forward(&s->z, s->in, s->out);
    s->z.p.backward(&s->z, s->in, s->out, s->dout, s->din);
    return s;
}

static void strike(struct scene *s)
{
    zoo_close(&s->z);
    free(s);
}

static double loss_along(double h, void *ctx)
{
    struct scene *s = ctx;
    double sum = 0;
    const double *d = s->d;
    double kept[GC_MAX_TENSORS][ROOM];
    memcpy(kept, s->room[0], sizeof kept);
    for (int t = 0; t < s->z.p.nin; t++)
        for (size_t k = 0; k < zoo_elements(&s->in[t]); k++) s->room[0][t][k] += h * *d++;
    s->z.p.forward(&s->z, s->in, s->out);
    memcpy(s->room[0], kept, sizeof kept);
    for (int t = 0; t < s->z.p.nout; t++)
        for (size_t k = 0; k < zoo_elements(&s->out[t]); k++) sum += s->room[2][t][k] * s->room[3][t][k];
    return sum;
}

/* Does one direction, compared with rtol 1e-7, call the gradient right? */
static int direction_passes(struct scene *s, const double *d)
{
    double analytic = 0, error, noise;
    const double *at = d;
    s->d = d;
    for (int t = 0; t < s->z.p.nin; t++)
        for (size_t k = 0; k < zoo_elements(&s->in[t]); k++) analytic += s->room[1][t][k] * *at++;
    noise = gc_noise(loss_along, s, 1e-6, NULL);
    double numeric = gc_diff1(loss_along, s, 0x1p-4, 0, noise, &error);
    return fabs(analytic - numeric) <= 1e-7 * fmax(fabs(analytic), fabs(numeric)) + 10 * error;
}

/* how often the checker, reduced to these tests, catches a row */
static int caught(const struct zoo_case *c, unsigned checks, int points)
{
    int n = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct zoo_problem z;
        if (!zoo_open(&z, c, 1)) exit(1);
        z.o.seed = seed;
        if (checks) z.o.checks = checks;
        if (points) z.o.n_points = points;
        gc_result *r = gc_check(&z.p, &z.o);
        n += r->verdict == GC_FAIL;
        gc_free(r);
        zoo_close(&z);
    }
    return n;
}

/* ---- the scenes ---- */

/* Directions of +1 and -1 move a swapped pair equally half the time, and the error cancels. */
static void sizes_vary(void)
{
    const struct zoo_case *c = find("dense", "dw_two_swapped");
    double d[ROOM] = { 0 };
    int passes = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct scene *s = stage(c, seed, 1);
        size_t from = zoo_elements(&s->in[0]), n = zoo_elements(&s->in[1]);
        for (size_t k = 0; k < n; k++) d[from + k] = zoo_unit(seed, k) < 0.5 ? -1 : 1;
        passes += direction_passes(s, d);
        strike(s);
    }
    say(passes >= SEEDS / 4,
        "one direction of +1 and -1 lets a swapped pair pass for at least a quarter of the seeds");
    say(caught(c, GC_DIRECTION, 0) == SEEDS, "the checker's directions catch it for every seed");
}

/* The sum of a softmax is 1: with dy = 1 its gradient is 0, and so is that of the row that has none. */
static void upstream_varies(void)
{
    const struct zoo_case *c = find("softmax", "always_zero");
    double d[ROOM];
    struct scene *s = stage(c, 1, 0);
    for (int k = 0; k < ROOM; k++) d[k] = zoo_normal(3, (uint64_t)k);
    say(direction_passes(s, d), "with an upstream gradient of ones, no gradient at all passes for softmax's");
    strike(s);
    s = stage(c, 1, 1);
    say(!direction_passes(s, d), "with one of random signs and sizes it does not");
    strike(s);
    say(caught(c, GC_DIRECTION, 0) == SEEDS, "the checker's upstream gradients catch it for every seed");
}

/* One direction for all tensors together: the small gradient drowns in the large one. */
static void tensors_apart(void)
{
    const struct zoo_case *c = find("drowned_bias", "wrong");
    double d[ROOM];
    int passes = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct scene *s = stage(c, seed, 1);
        for (int k = 0; k < ROOM; k++) d[k] = zoo_normal(seed + 5, (uint64_t)k);
        passes += direction_passes(s, d);
        strike(s);
    }
    say(passes >= SEEDS * 3 / 5,
        "one direction through all tensors lets a small tensor's wrong sign pass for most seeds");
    say(caught(c, GC_DIRECTION, 0) == SEEDS, "a direction for each tensor catches it for every seed");
}

static void several_points(void)
{
    const struct zoo_case *c = find("regime", "wrong");
    say(caught(c, GC_STANDARD & ~(unsigned)GC_KINKS, 1) == 0,
        "one point misses what is wrong in another regime");
    say(caught(c, GC_STANDARD & ~(unsigned)GC_KINKS, 0) == SEEDS, "three points catch it for every seed");
}

/* Where a unit is saturated, what moves its output is rounding. Without a noise estimate
 * the ladder believes that. */
static void noise_counts(void)
{
    double d[ROOM];
    int blamed[2] = { 0, 0 };
    for (uint64_t seed = 1; seed <= 4 * SEEDS; seed++) {
        struct scene *s = stage(find("steep_tanh", "right"), seed, 1);
        double analytic = 0, error;
        for (size_t k = 0; k < zoo_elements(&s->in[0]); k++) {
            d[k] = zoo_normal(seed + 7, k);
            analytic += d[k] * s->room[1][0][k];
        }
        s->d = d;
        for (int with = 0; with < 2; with++) {
            double noise = with ? gc_noise(loss_along, s, 1e-6, NULL) : 0;
            double numeric = gc_diff1(loss_along, s, 0x1p-4, 0, noise, &error);
            blamed[with] += !(fabs(analytic - numeric) <= 1e-7 * fabs(analytic) + 10 * error);
        }
        strike(s);
    }
    say(blamed[0] > 0, "the ladder without a noise estimate blames right code where tanh is saturated");
    say(blamed[1] == 0, "with it, none");
}

/* The usual rule, a central difference at 1e-6 and a relative tolerance of 1e-5, blames float inside. */
static void error_bars(void)
{
    int blamed = 0;
    double d[ROOM];
    const struct zoo_case *c = find("float_exp_inside", "right");
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct scene *s = stage(c, seed, 1);
        double analytic = 0;
        for (size_t k = 0; k < zoo_elements(&s->in[0]); k++) {
            d[k] = zoo_normal(seed + 9, k);
            analytic += d[k] * s->room[1][0][k];
        }
        s->d = d;
        double numeric = (loss_along(1e-6, s) - loss_along(-1e-6, s)) / 2e-6;
        blamed += !(fabs(analytic - numeric) <= 1e-5 * fabs(analytic));
        strike(s);
    }
    say(blamed > SEEDS / 2,
        "a plain central difference blames right code that computes in float for most seeds");
    say(caught(c, 0, 0) == 0, "the checker never does");
}

static void bisection(void)
{
    struct zoo_problem z;
    if (!zoo_open(&z, find("many", "one_among_many"), 1)) exit(1);
    z.o.checks = GC_DIRECTION;
    gc_result *r = gc_check(&z.p, &z.o);
    const gc_tensor_result *t = &r->tensor[0];
    say(r->verdict == GC_FAIL && t->wrong == 1 && t->first == ZOO_WRONG_ELEMENT,
        "bisection names the one wrong element of 6000");
    say(r->forwards < 1000, "with fewer forward calls than there are elements");
    gc_free(r);
    zoo_close(&z);
}

int main(void)
{
    sizes_vary();
    upstream_varies();
    tensors_apart();
    several_points();
    noise_counts();
    error_bars();
    bisection();
    return failed ? 1 : 0;
}
