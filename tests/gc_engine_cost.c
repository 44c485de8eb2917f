/* gc_engine_cost.c [SEEDS] - what a check costs, in calls of the forward: independent of the size for
 * directions, about two an element, under 200 to find one wrong element among a million. Without SEEDS two of
 * the networks are checked, once. */
#include "gc_engine_made.h"

enum { MILLION = 1000000 };

struct large {
    size_t wrong; /* this element of the gradient is 0.1 % off; n: none */
    int dead;     /* the loss is a constant */
};

static double loss(const double *x, size_t n, void *ctx)
{
    const struct large *l = ctx;
    double sum = 0;
    if (l->dead) return 0.5;
    for (size_t i = 0; i < n; i++) sum += (1 + (double)(i % 3)) * x[i] / (1 + x[i] * x[i]);
    return sum;
}

static void grad(const double *x, size_t n, double *g, void *ctx)
{
    const struct large *l = ctx;
    for (size_t i = 0; i < n; i++) {
        double q = 1 + x[i] * x[i];
        g[i] = l->dead ? 0 : (1 + (double)(i % 3)) * (1 - x[i] * x[i]) / (q * q);
    }
    if (l->wrong < n) g[l->wrong] *= 1.001;
}

static gc_result *check(size_t n, struct large *l, unsigned checks, uint64_t seed)
{
    double *x = malloc(n * sizeof *x);
    gc_options o = gc_defaults();
    o.checks = checks, o.n_points = 1, o.fork = 0, o.seed = seed;
    if (!x) exit(77);
    made_fill(x, n, seed);
    gc_result *r = gc_check_scalar(loss, grad, x, n, l, &o);
    free(x);
    return r;
}

static void expect_cost(const gc_result *r, size_t most, gc_verdict wanted, const char *what)
{
    made_expect(r->verdict == wanted, r, "%s", what);
    made_expect(r->forwards <= most, r, "%s took %zu calls of the forward, more than %zu", what, r->forwards,
                most);
    printf("%-40s %6zu of %zu calls\n", what, r->forwards, most);
}

static void directions_of_a_million(void)
{
    struct large right = { .wrong = MILLION };
    gc_result *r = check(MILLION, &right, GC_DIRECTION, 1);
    expect_cost(r, 100, GC_PASS, "3 directions, n = 1e6");
    gc_free(r);
    struct large dead = { .wrong = MILLION, .dead = 1 };
    r = check(MILLION, &dead, GC_DIRECTION, 1);
    expect_cost(r, 100, GC_PASS, "3 directions of a constant, n = 1e6");
    gc_free(r);
}

static void one_wrong_of_a_million(void)
{
    static const size_t places[] = { 0, 333333, MILLION - 1 };
    for (int k = 0; k < 3; k++) {
        struct large l = { .wrong = places[k] };
        gc_result *r = check(MILLION, &l, GC_DIRECTION, 3 + (uint64_t)k);
        expect_cost(r, 200, GC_FAIL, "one wrong element, n = 1e6");
        const gc_tensor_result *t = &r->tensor[0];
        made_expect(t->wrong == 1 && t->first == places[k], r,
                    "%zu wrong elements, the first is %zu, not %zu", t->wrong, t->first, places[k]);
        gc_free(r);
    }
}

static void elements(void)
{
    struct large right = { .wrong = 4000 };
    gc_result *r = check(4000, &right, GC_ELEMENTS, 1);
    expect_cost(r, 4 * 4000, GC_PASS, "4000 elements");
    made_expect(r->tensor[0].looked == 4000, r, "%zu elements were looked at", r->tensor[0].looked);
    gc_free(r);
    struct large all_points = { .wrong = MILLION };
    r = check(50000, &all_points, GC_ELEMENTS, 1);
    expect_cost(r, 700, GC_PASS, "a sample of 50000 elements");
    made_expect(r->tensor[0].looked >= 64 && r->tensor[0].looked <= 160, r, "%zu elements were looked at",
                r->tensor[0].looked);
    gc_free(r);
}

/* ---- networks of 5e5 parameters, tanh or ReLU, squares: 3 to 6 layers, one vector or their tensors ---- */

enum { MOST_LAYERS = 6, WIDEST = 784 };

struct architecture {
    const char *name;
    int layers, relu, most; /* calls of the forward */
    size_t width[MOST_LAYERS + 1];
};

static const struct architecture architectures[] = {
    { "tanh, 3 layers", 3, 0, 200, { 784, 512, 192, 10 } },
    { "ReLU, 3 layers", 3, 1, 200, { 784, 512, 192, 10 } },
    { "tanh, 4 layers", 4, 0, 210, { 784, 448, 256, 128, 10 } },
    { "ReLU, 4 layers", 4, 1, 210, { 784, 448, 256, 128, 10 } },
    { "tanh, 6 layers", 6, 0, 280, { 784, 400, 256, 192, 128, 64, 10 } },
    { "ReLU, 6 layers", 6, 1, 280, { 784, 400, 256, 192, 128, 64, 10 } },
};

enum { NETWORKS = (int)(sizeof architectures / sizeof *architectures) };

struct mlp {
    const struct architecture *a;
    double in[WIDEST], unit[MOST_LAYERS][WIDEST], slope[2][WIDEST];
    size_t wrong; /* this parameter's gradient is 1 % off */
};

static size_t parameters(const struct architecture *a)
{
    size_t n = 0;
    for (int k = 0; k < a->layers; k++) n += (a->width[k] + 1) * a->width[k + 1];
    return n;
}

/* w: rows of a layer's weights, then its biases */
static double mlp_loss(const double *w, size_t n, void *ctx)
{
    struct mlp *m = ctx;
    const size_t *width = m->a->width;
    const double *from = m->in;
    double loss = 0;
    (void)n;
    for (int k = 0; k < m->a->layers; k++) {
        const double *b = w + width[k] * width[k + 1];
        for (size_t o = 0; o < width[k + 1]; o++, w += width[k]) {
            double sum = b[o];
            for (size_t i = 0; i < width[k]; i++) sum += w[i] * from[i];
            m->unit[k][o] = !m->a->relu ? tanh(sum) : sum > 0 || k + 1 == m->a->layers ? sum : 0;
        }
        w = b + width[k + 1], from = m->unit[k];
    }
    for (size_t o = 0; o < width[m->a->layers]; o++) loss += (from[o] - 0.5) * (from[o] - 0.5);
    return loss;
}

static double unit_slope(const struct mlp *m, int k, double y)
{
    return !m->a->relu ? 1 - y * y : y > 0 || k + 1 == m->a->layers;
}

static void mlp_grad(const double *w, size_t n, double *g, void *ctx)
{
    struct mlp *m = ctx;
    const size_t *width = m->a->width;
    int layers = m->a->layers;
    mlp_loss(w, n, m);
    for (size_t o = 0; o < width[layers]; o++) m->slope[layers % 2][o] = 2 * (m->unit[layers - 1][o] - 0.5);
    size_t at = n;
    for (int k = layers - 1; k >= 0; k--) {
        const double *from = k ? m->unit[k - 1] : m->in, *up = m->slope[(k + 1) % 2];
        double *down = m->slope[k % 2];
        size_t b = at - width[k + 1], first = b - width[k] * width[k + 1];
        for (size_t i = 0; k && i < width[k]; i++) down[i] = 0;
        for (size_t o = 0; o < width[k + 1]; o++) {
            double d = up[o] * unit_slope(m, k, m->unit[k][o]);
            g[b + o] = d;
            for (size_t i = 0; i < width[k]; i++) {
                g[first + o * width[k] + i] = d * from[i];
                if (k) down[i] += d * w[first + o * width[k] + i];
            }
        }
        at = first;
    }
    if (m->wrong < n) g[m->wrong] *= 1.01;
}

/* Weights that keep the sizes of the units: He's, or smaller ones for tanh; biases of a tenth. */
static void draw(double *w, const struct architecture *a, uint64_t seed)
{
    made_fill(w, parameters(a), seed);
    for (int k = 0; k < a->layers; k++) {
        size_t weights = a->width[k] * a->width[k + 1];
        double size = sqrt((a->relu ? 6 : 3) / (double)a->width[k]);
        for (size_t i = 0; i < weights; i++) w[i] *= size;
        for (size_t i = 0; i < a->width[k + 1]; i++) w[weights + i] *= 0.1;
        w += weights + a->width[k + 1];
    }
}

static gc_result *check_mlp(struct mlp *m, int in_parts, int thorough, uint64_t seed)
{
    static const char *const name[] = {
        "W1", "b1", "W2", "b2", "W3", "b3", "W4", "b4", "W5", "b5", "W6", "b6"
    };
    size_t n = parameters(m->a);
    const size_t *width = m->a->width;
    gc_tensor part[2 * MOST_LAYERS];
    double *w = malloc(n * sizeof *w);
    gc_options o = gc_defaults();
    o.fork = 0, o.seed = seed, o.thorough = thorough;
    if (!w) exit(77);
    draw(w, m->a, seed);
    made_fill(m->in, width[0], seed + 1);
    for (int k = 0; k < m->a->layers; k++) {
        part[2 * k] = (gc_tensor){ name[2 * k], NULL, GC_F64, 2, { width[k + 1], width[k] }, 0 };
        part[2 * k + 1] = (gc_tensor){ name[2 * k + 1], NULL, GC_F64, 1, { width[k + 1] }, 0 };
    }
    gc_result *r = in_parts ? gc_check_tensors(mlp_loss, mlp_grad, w, n, part, 2 * m->a->layers, m, &o)
                            : gc_check_scalar(mlp_loss, mlp_grad, w, n, m, &o);
    free(w);
    return r;
}

static void network(const struct architecture *a, uint64_t seeds)
{
    static struct mlp m;
    char what[80];
    m = (struct mlp){ .a = a, .wrong = parameters(a) };
    for (uint64_t seed = 1; seed <= seeds; seed++)
        for (int in_parts = 0; in_parts <= 1; in_parts++) {
            gc_result *r = check_mlp(&m, in_parts, 0, seed);
            snprintf(what, sizeof what, "%zu parameters, %s, %s", m.wrong, a->name,
                     in_parts ? "its tensors" : "one vector");
            expect_cost(r, (size_t)(in_parts ? a->most : 200), GC_PASS, what);
            made_expect(r->backwards <= 20 && r->repeats == 7, r, "%zu backwards, %d repeats", r->backwards,
                        r->repeats);
            gc_free(r);
        }
    m.wrong = 123456;
    gc_result *r = check_mlp(&m, 1, 0, 1);
    made_expect(r->verdict == GC_FAIL && r->tensor[0].first == m.wrong, r,
                "%s: one wrong weight is not found", a->name);
    gc_free(r);
}

static void thorough(void)
{
    static struct mlp m;
    m = (struct mlp){ .a = &architectures[0], .wrong = parameters(&architectures[0]) };
    gc_result *r = check_mlp(&m, 0, 1, 1);
    made_expect(r->verdict == GC_PASS && r->forwards > 400, r, "thorough: %zu forwards", r->forwards);
    gc_free(r);
}

static void one_direction(void)
{
    double *x = malloc(MILLION * sizeof *x);
    struct large right = { .wrong = MILLION };
    gc_options o = gc_defaults();
    o.checks = GC_DIRECTION, o.n_points = 1, o.n_dir = 1, o.fork = 0;
    if (!x) exit(77);
    made_fill(x, MILLION, 5);
    gc_result *r = gc_check_scalar(loss, grad, x, MILLION, &right, &o);
    expect_cost(r, 60, GC_PASS, "1 direction, n = 1e6");
    gc_free(r);
    free(x);
}

int main(int argc, char **argv)
{
    uint64_t seeds = argc > 1 ? (uint64_t)atoi(argv[1]) : 0;
    for (int k = 0; k < NETWORKS; k++)
        if (seeds || k % 3 == 1) network(&architectures[k], seeds ? seeds : 1);
    one_direction();
    thorough();
    directions_of_a_million();
    one_wrong_of_a_million();
    elements();
    return made_failures() != 0;
}
