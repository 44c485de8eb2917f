/* gc_engine_cost.c - what a check costs, in calls of the forward: independent of the size for directions,
 * about two an element, and under 200 to find one wrong element among a million. */
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

/* ---- a network of 5e5 parameters: 784-512-192-10, tanh, squares ---- */

enum { LAYERS = 3, PARAMETERS = 784 * 512 + 512 + 512 * 192 + 192 + 192 * 10 + 10 };

static const size_t width[LAYERS + 1] = { 784, 512, 192, 10 };

struct mlp {
    double in[784], unit[LAYERS][512], slope[2][512];
    size_t wrong; /* this parameter's gradient is 1 % off */
};

/* w: rows of a layer's weights, then its biases */
static double mlp_loss(const double *w, size_t n, void *ctx)
{
    struct mlp *m = ctx;
    const double *from = m->in;
    double loss = 0;
    (void)n;
    for (int k = 0; k < LAYERS; k++) {
        const double *b = w + width[k] * width[k + 1];
        for (size_t o = 0; o < width[k + 1]; o++, w += width[k]) {
            double sum = b[o];
            for (size_t i = 0; i < width[k]; i++) sum += w[i] * from[i];
            m->unit[k][o] = tanh(sum);
        }
        w = b + width[k + 1], from = m->unit[k];
    }
    for (size_t o = 0; o < width[LAYERS]; o++) loss += (from[o] - 0.5) * (from[o] - 0.5);
    return loss;
}

static void mlp_grad(const double *w, size_t n, double *g, void *ctx)
{
    struct mlp *m = ctx;
    mlp_loss(w, n, m);
    for (size_t o = 0; o < width[LAYERS]; o++) m->slope[LAYERS % 2][o] = 2 * (m->unit[LAYERS - 1][o] - 0.5);
    size_t at = n;
    for (int k = LAYERS - 1; k >= 0; k--) {
        const double *from = k ? m->unit[k - 1] : m->in, *up = m->slope[(k + 1) % 2];
        double *down = m->slope[k % 2];
        size_t b = at - width[k + 1], first = b - width[k] * width[k + 1];
        for (size_t i = 0; k && i < width[k]; i++) down[i] = 0;
        for (size_t o = 0; o < width[k + 1]; o++) {
            double d = up[o] * (1 - m->unit[k][o] * m->unit[k][o]);
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

static gc_result *check_mlp(struct mlp *m, int parts, int thorough, uint64_t seed)
{
    static const gc_tensor part[2 * LAYERS] = {
        { "W1", NULL, GC_F64, 2, { 512, 784 }, 0 }, { "b1", NULL, GC_F64, 1, { 512 }, 0 },
        { "W2", NULL, GC_F64, 2, { 192, 512 }, 0 }, { "b2", NULL, GC_F64, 1, { 192 }, 0 },
        { "W3", NULL, GC_F64, 2, { 10, 192 }, 0 },  { "b3", NULL, GC_F64, 1, { 10 }, 0 },
    };
    double *w = malloc(PARAMETERS * sizeof *w);
    gc_options o = gc_defaults();
    o.fork = 0, o.seed = seed, o.thorough = thorough;
    if (!w) exit(77);
    made_fill(w, PARAMETERS, seed);
    made_fill(m->in, 784, seed + 1);
    for (size_t i = 0; i < PARAMETERS; i++) w[i] *= i < 784 * 512 ? 0.06 : 0.1;
    gc_result *r = parts ? gc_check_tensors(mlp_loss, mlp_grad, w, PARAMETERS, part, parts, m, &o)
                         : gc_check_scalar(mlp_loss, mlp_grad, w, PARAMETERS, m, &o);
    free(w);
    return r;
}

static void network(void)
{
    static struct mlp m;
    for (uint64_t seed = 1; seed <= 2; seed++)
        for (int parts = 0; parts <= 2 * LAYERS; parts += 2 * LAYERS) {
            m.wrong = PARAMETERS;
            gc_result *r = check_mlp(&m, parts, 0, seed);
            expect_cost(r, 200, GC_PASS,
                        parts ? "MLP of 5e5 parameters, 6 tensors" : "MLP of 5e5 parameters");
            made_expect(r->backwards <= 20 && r->repeats == 7, r, "%zu backwards, %d repeats", r->backwards,
                        r->repeats);
            gc_free(r);
        }
    m.wrong = 123456;
    gc_result *r = check_mlp(&m, 2 * LAYERS, 0, 1);
    made_expect(r->verdict == GC_FAIL && r->tensor[0].first == m.wrong, r, "one wrong weight is not found");
    gc_free(r);
    m.wrong = PARAMETERS;
    r = check_mlp(&m, 0, 1, 1);
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

int main(void)
{
    one_direction();
    network();
    directions_of_a_million();
    one_wrong_of_a_million();
    elements();
    return made_failures() != 0;
}
