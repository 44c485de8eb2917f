/* mutation.c - mistakes that nobody wrote down: random changes to right gradients,
 * each of which must be caught.
 *
 * A right row of the zoo is drawn, one of its tensors, a kind of change, a place and a size. The change is
 * applied to what the right backward gave. It counts if it moved, at the first point, some element by more
 * than 3e-6 of the element, or of 1e-3 of the tensor's largest: 30 times what the checker allows. What moved
 * less (a swap of equals, a change of zeros) is drawn again. */
#include <stdlib.h>
#include <string.h>

#include "selftest.h"
#include "units.h"

enum kind {
    element_times,
    row_times,
    column_times,
    tensor_times,
    two_swapped,
    rows_swapped,
    rolled,
    reversed,
    tail_dropped,
    neighbour_copied,
    noise_added,
    other_added,
    parameter_added,
    every_third_times,
    clipped,
    transposed,
    few_bits,
    sign_lost,
    large_times,
    negative_times,
    KINDS
};

static const char *const kind_name[KINDS] = {
    "an element times",
    "a row times",
    "a column times",
    "the tensor times",
    "two elements swapped",
    "two rows swapped",
    "rolled by one",
    "reversed",
    "the tail dropped",
    "a neighbour copied",
    "relative noise added",
    "another element added, times",
    "the parameter added, times",
    "every third element times",
    "clipped at half the largest",
    "transposed",
    "rounded to 11 bits",
    "the absolute value",
    "where the parameter is large, times",
    "where the parameter is negative, times",
};

static const double significant = 3e-6;

/* What is done to the gradient, and the largest effect that it had. */
struct zoo_change {
    enum kind kind;
    int tensor;
    size_t a, b; /* places */
    double factor, effect;
    int calls;
    uint64_t seed;
    gc_backward right;
    double *before; /* room for the tensor */
};

static void swap(double *x, double *y)
{
    double kept = *x;
    *x = *y;
    *y = kept;
}

static double largest(const double *g, size_t n)
{
    double max = 0;
    for (size_t k = 0; k < n; k++) max = fabs(g[k]) > max ? fabs(g[k]) : max;
    return max;
}

/* changes of one value alone; x is the parameter */
static double changed_value(const struct zoo_change *c, const gc_tensor *t, const double *g, size_t k,
                            const double *x)
{
    size_t n = zoo_elements(t), last = t->nd ? t->dim[t->nd - 1] : 1, row = t->nd ? n / t->dim[0] : 1;
    double limit = largest(g, n) / 2;
    switch (c->kind) {
    case element_times: return k == c->a ? g[k] * c->factor : g[k];
    case row_times: return k / row == c->a / row ? g[k] * c->factor : g[k];
    case column_times: return k % last == c->a % last ? g[k] * c->factor : g[k];
    case tensor_times: return g[k] * c->factor;
    case every_third_times: return k % 3 == c->a % 3 ? g[k] * c->factor : g[k];
    case tail_dropped: return k >= c->a ? 0 : g[k];
    case neighbour_copied: return k == c->a ? g[(k + 1) % n] : g[k];
    case noise_added: return g[k] * (1 + (c->factor - 1) * (2 * zoo_unit(c->seed, k) - 1));
    case other_added: return k == c->a ? g[k] + c->factor * g[c->b] : g[k];
    case parameter_added: return g[k] + (c->factor - 1) * x[k];
    case clipped: return g[k] > limit ? limit : g[k] < -limit ? -limit : g[k];
    case sign_lost: return fabs(g[k]);
    case large_times: return fabs(x[k]) > largest(x, n) / 2 ? g[k] * c->factor : g[k];
    case negative_times: return x[k] < 0 ? g[k] * c->factor : g[k];
    case few_bits: {
        int exponent;
        double part = frexp(g[k], &exponent);
        return ldexp(nearbyint(part * 2048) / 2048, exponent);
    }
    default: return g[k];
    }
}

/* changes of order */
static void reorder(const struct zoo_change *c, const gc_tensor *t, double *g)
{
    size_t n = zoo_elements(t), row = t->nd ? n / t->dim[0] : 1;
    const double *was = c->before;
    for (size_t k = 0; k < n && c->kind == rolled; k++) g[k] = was[(k + 1) % n];
    for (size_t k = 0; k < n && c->kind == reversed; k++) g[k] = was[n - 1 - k];
    for (size_t k = 0; k < n && c->kind == transposed; k++) g[k] = was[k % (n / row) * row + k / (n / row)];
    if (c->kind == two_swapped) swap(&g[c->a], &g[c->b]);
    for (size_t k = 0; k < row && c->kind == rows_swapped; k++)
        swap(&g[c->a / row * row + k], &g[c->b / row * row + k]);
}

static int changed_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                            gc_tensor *din)
{
    struct zoo_change *c = ((struct zoo_problem *)ctx)->change;
    const gc_tensor *t = &din[c->tensor];
    const double *x = in[c->tensor].data;
    double *g = t->data;
    size_t n = zoo_elements(t);
    if (c->right(ctx, in, out, dout, din)) return 1;
    memcpy(c->before, g, n * sizeof *g);
    for (size_t k = 0; k < n; k++) g[k] = changed_value(c, t, c->before, k, x);
    reorder(c, t, g);
    double gmax = largest(c->before, n);
    for (size_t k = 0; k < n && !c->calls; k++) { /* the first call is at the first random point */
        double scale = fmax(fmax(fabs(g[k]), fabs(c->before[k])), 1e-3 * gmax);
        double effect = scale > 0 ? fabs(g[k] - c->before[k]) / scale : 0;
        if (effect > c->effect) c->effect = effect;
    }
    c->calls = 1;
    return 0;
}

/* ---- drawing ---- */

static size_t pick(uint64_t seed, uint64_t k, size_t n)
{
    return (size_t)(zoo_unit(seed, k) * (double)n);
}

static void draw(struct zoo_change *c, const struct zoo_problem *z, uint64_t seed)
{
    static const double factor[] = { -1,       0,        0.5,      2,        1.1,      1 + 1e-2,
                                     1 - 1e-3, 1 + 1e-4, 1 - 1e-5, 1 + 1e-5, 1 - 4e-6, 1.5 };
    int tensor[GC_MAX_TENSORS], n = 0;
    for (int t = 0; t < z->p.nin; t++)
        if (z->in[t].flags & GC_GRAD) tensor[n++] = t;
    c->seed = seed;
    c->kind = (enum kind)pick(seed, 1, KINDS);
    c->tensor = tensor[pick(seed, 2, (size_t)n)];
    c->factor = factor[pick(seed, 3, sizeof factor / sizeof *factor)];
    c->a = pick(seed, 4, zoo_elements(&z->in[c->tensor]));
    c->b = pick(seed, 5, zoo_elements(&z->in[c->tensor]));
    c->right = z->p.backward;
}

/* Rows whose outputs are rounded so coarsely, beside what an input moves, that 3e-6 of
 * its gradient is not seen. */
static int is_coarse(const char *unit)
{
    return !strcmp(unit, "drowned_bias") || !strcmp(unit, "offset");
}

/* double gradients of at most 1000 elements */
static int usable(const struct zoo_problem *z)
{
    for (int t = 0; t < z->p.nin; t++)
        if (z->in[t].flags & GC_GRAD && (z->in[t].dt != GC_F64 || zoo_elements(&z->in[t]) > 1000)) return 0;
    return z->p.forward && !z->p.accumulate && !z->p.no_upstream && !is_coarse(z->p.name);
}

static int try_change(const struct zoo_case *row, struct zoo_problem *z, uint64_t seed, FILE *out)
{
    struct zoo_change c = { 0 };
    draw(&c, z, seed);
    c.before = zoo_memory(z, zoo_elements(&z->in[c.tensor]) * sizeof(double));
    if (!c.before) return -1;
    z->change = &c;
    z->p.backward = changed_backward;
    z->o.seed = seed;
    gc_result *r = gc_check(&z->p, &z->o);
    int caught = zoo_is_caught(r), counts = c.effect > significant;
    unsigned blameless = zoo_named(r) & ~(1u << c.tensor);
    if (counts && (!caught || blameless))
        fprintf(out, "AMISS  change %llu: %s, %s: %s %.9g at %zu and %zu, effect %.2g: %s, %s\n",
                (unsigned long long)seed, row->unit, z->in[c.tensor].name, kind_name[c.kind], c.factor, c.a,
                c.b, c.effect, blameless ? "a right tensor is called wrong" : gc_verdict_name(r->verdict),
                r->reason);
    gc_free(r);
    return !counts ? -1 : caught && !blameless;
}

int zoo_mutations(uint64_t seed, int count, FILE *out)
{
    struct zoo_problem *z = malloc(sizeof *z);
    int missed = 0, done = 0;
    for (uint64_t k = 0; z && done < count; k++) {
        uint64_t draw_seed = seed * 1000003 + k;
        const struct zoo_case *row = zoo_case_at((int)pick(draw_seed, 0, (size_t)zoo_cases()));
        if (row->expect != GC_PASS || !zoo_open(z, row, 1)) continue;
        int caught = usable(z) ? try_change(row, z, draw_seed, out) : -1;
        zoo_close(z);
        done += caught >= 0;
        missed += caught == 0;
    }
    free(z);
    return z ? missed : count;
}
