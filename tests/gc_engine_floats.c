/* gc_engine_floats.c [SEEDS] - small float programs with corners, as devices and games have them: a gradient
 * that is right is never called wrong and seldom left undecided, a wrong one never passes.
 *
 * Without SEEDS 150 of each, with it that many (10,000: some minutes). */
#include "gc_engine_made.h"

enum slip { NONE, NEGATED, FIVE_PERCENT, THROUGH, SLIPS }; /* through: corners pass what they should stop */
enum { DAILY = 150, LARGEST = 32 };
enum shape { FLOATS, BEHIND_DOUBLES }; /* the interface */

typedef float program(const float *x, float *g, enum slip slip);

struct subject {
    const struct kind *kind;
    enum slip slip;
    enum shape shape;
};

/* Fixed numbers in [-1, 1], the k-th of a program's data. */
static float data(int k)
{
    return (float)((k * 29 + k * k * 13) % 21 - 10) * 0.1f;
}

static float damage(enum slip slip)
{
    return slip == NEGATED ? -1 : slip == FIVE_PERCENT ? 1.05f : 1;
}

/* ---- the programs: they return the loss and write g ---- */

/* 3-5-1 with ReLU, 26 weights, squared error of 5 examples */
static float relu_network(const float *w, float *g, enum slip slip)
{
    float loss = 0, hidden[5];
    memset(g, 0, 26 * sizeof *g);
    for (int e = 0; e < 5; e++) {
        float y = w[25];
        for (int i = 0; i < 5; i++) {
            float a = w[15 + i];
            for (int j = 0; j < 3; j++) a += w[3 * i + j] * data(3 * e + j);
            hidden[i] = a > 0 ? a : 0;
            y += w[20 + i] * hidden[i];
        }
        float off = y - data(40 + e), back = damage(slip) * off;
        loss += 0.5f * off * off;
        g[25] += back;
        for (int i = 0; i < 5; i++) {
            g[20 + i] += back * hidden[i];
            if (!(hidden[i] > 0) && slip != THROUGH) continue;
            g[15 + i] += back * w[20 + i];
            for (int j = 0; j < 3; j++) g[3 * i + j] += back * w[20 + i] * data(3 * e + j);
        }
    }
    return loss;
}

/* a linear classifier of 5 weights: hinges of 9 examples and a little decay */
static float hinges(const float *w, float *g, enum slip slip)
{
    float loss = 0;
    for (int j = 0; j < 5; j++) loss += 0.02f * w[j] * w[j], g[j] = damage(slip) * 0.04f * w[j];
    for (int e = 0; e < 9; e++) {
        float label = e % 3 ? 1.0f : -1.0f, margin = 0;
        for (int j = 0; j < 5; j++) margin += w[j] * data(7 * e + j);
        int is_inside = label * margin < 1;
        if (is_inside) loss += 1 - label * margin;
        if (!is_inside && slip != THROUGH) continue;
        for (int j = 0; j < 5; j++) g[j] -= damage(slip) * label * data(7 * e + j);
    }
    return loss;
}

/* a line of 4 coefficients through 13 points, absolute deviations and an L1 penalty */
static float deviations(const float *w, float *g, enum slip slip)
{
    float loss = 0;
    for (int j = 0; j < 4; j++) {
        loss += 0.1f * fabsf(w[j]);
        g[j] = damage(slip) * (w[j] > 0 ? 0.1f : w[j] < 0 ? -0.1f : 0);
    }
    for (int e = 0; e < 13; e++) {
        float off = 1.5f * data(e + 60);
        for (int j = 0; j < 4; j++) off += w[j] * data(5 * e + j);
        float sign = slip == THROUGH ? 1.0f : off > 0 ? 1.0f : off < 0 ? -1.0f : 0;
        loss += fabsf(off) / 13;
        for (int j = 0; j < 4; j++) g[j] += damage(slip) * sign * data(5 * e + j) / 13;
    }
    return loss;
}

/* largest of windows of 3 among 12, squared */
static float windows(const float *x, float *g, enum slip slip)
{
    float loss = 0;
    memset(g, 0, 12 * sizeof *g);
    for (int i = 0; i < 10; i++) {
        int most = i;
        for (int k = i + 1; k < i + 3; k++)
            if (x[k] > x[most]) most = k;
        float off = x[most] - data(i);
        loss += off * off;
        g[slip == THROUGH ? i : most] += damage(slip) * 2 * off;
    }
    return loss;
}

/* a valve of gains x[0], x[1] that keeps a tank's level, opened between -0.4 and 0.4 only; 25 steps */
static float valve(const float *x, float *g, enum slip slip)
{
    float level = 0, sum = 0, cost = 0, d_level[2] = { 0 }, d_sum[2] = { 0 };
    g[0] = g[1] = 0;
    for (int step = 0; step < 25; step++) {
        float off = 0.7f * data(step / 6) - level, u = x[0] * off + x[1] * sum;
        int is_shut = u > 0.4f || u < -0.4f;
        for (int j = 0; j < 2; j++) {
            float du = (j ? sum : off) - x[0] * d_level[j] + x[1] * d_sum[j];
            if (is_shut && slip != THROUGH) du = 0;
            g[j] -= damage(slip) * 2 * off * d_level[j];
            d_sum[j] -= 0.2f * d_level[j];
            d_level[j] += 0.5f * du - 0.05f * d_level[j];
        }
        cost += off * off;
        sum += 0.2f * off;
        level += 0.5f * (u > 0.4f ? 0.4f : u < -0.4f ? -0.4f : u) - 0.05f * level;
    }
    return cost;
}

static const struct kind {
    const char *name;
    program *run;
    int n;
    float low, high; /* of x */
} kinds[] = { { "a ReLU network", relu_network, 26, -1, 1 },
              { "hinges", hinges, 5, -2.5f, 2.5f },
              { "absolute deviations", deviations, 4, -1, 1 },
              { "largest of windows", windows, 12, -1, 1 },
              { "a valve with an end stop", valve, 2, 0.2f, 0.9f } };

/* ---- the checks ---- */

static float run(const gc_tensor *in, float *g, const struct subject *s, enum slip slip)
{
    float x[LARGEST];
    for (int i = 0; i < s->kind->n; i++) x[i] = (float)gc_get(in, (size_t)i);
    return s->kind->run(x, g, slip);
}

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    float g[LARGEST];
    gc_set(out, 0, (double)run(in, g, ctx, NONE));
    return 0;
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    struct subject *s = ctx;
    float g[LARGEST];
    (void)out, (void)dout;
    run(in, g, s, s->slip);
    for (int i = 0; i < s->kind->n; i++) gc_set(din, (size_t)i, (double)g[i]);
    return 0;
}

static gc_verdict check(struct subject *s, uint64_t seed)
{
    gc_dtype type = s->shape == FLOATS ? GC_F32 : GC_F64;
    double room[LARGEST];
    gc_tensor in = { "x", room, type, 1, { (size_t)s->kind->n }, GC_GRAD },
              out = { .name = "loss", .dt = type };
    for (int i = 0; i < s->kind->n; i++) {
        double u = gc_random_unit(seed, 1, (uint64_t)i), low = (double)s->kind->low;
        gc_set(&in, (size_t)i, low + u * ((double)s->kind->high - low));
    }
    gc_problem p = { .name = s->kind->name, .nin = 1, .nout = 1, .in = &in, .out = &out, .no_upstream = 1 };
    gc_options o = gc_defaults();
    p.forward = forward, p.backward = backward, p.ctx = s;
    o.seed = seed;
    gc_result *r = gc_check(&p, &o);
    gc_verdict v = r->verdict;
    if (s->slip == NONE)
        made_expect(v != GC_FAIL && v != GC_CONTRACT_BROKEN && v != GC_CRASH, r, "a right gradient, seed %d",
                    (int)seed);
    else if (s->slip != THROUGH) /* the corners may be far away */
        made_expect(v != GC_PASS && v != GC_KINK, r, "slip %d, seed %d", (int)s->slip, (int)seed);
    gc_free(r);
    return v;
}

/* How many of the seeds are judged, of a right gradient: at least 95 %; of a wrong one: 95 %, or half where
 * it is wrong beyond corners only, which may be nowhere near. */
static void check_all(struct subject *s, int seeds)
{
    int good = 0, bad = 0;
    for (int seed = 1; seed <= seeds; seed++) {
        gc_verdict v = check(s, (uint64_t)seed);
        good += v == GC_PASS || v == GC_KINK;
        bad += v == GC_FAIL;
    }
    int least = s->slip == THROUGH ? 50 : 95, judged = s->slip == NONE ? good : bad;
    made_expect(100L * judged >= (long)least * seeds, NULL, "%s, shape %d, slip %d: %d of %d are judged",
                s->kind->name, (int)s->shape, (int)s->slip, judged, seeds);
    printf("%s, %s, slip %d: %d good, %d bad of %d\n", s->kind->name,
           s->shape == FLOATS ? "floats" : "behind doubles", (int)s->slip, good, bad, seeds);
}

int main(int argc, char **argv)
{
    int seeds = argc > 1 ? atoi(argv[1]) : DAILY;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int shape = FLOATS; shape <= BEHIND_DOUBLES; shape++)
            for (int slip = NONE; slip < SLIPS; slip++) {
                struct subject s = { &kinds[k], (enum slip)slip, (enum shape)shape };
                check_all(&s, slip == NONE ? seeds : (seeds + 9) / 10);
            }
    return made_failures() != 0 || seeds < 1;
}
