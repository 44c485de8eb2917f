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

int main(void)
{
    directions_of_a_million();
    one_wrong_of_a_million();
    elements();
    return made_failures() != 0;
}
