/* pointers.c - the zoo through the two-pointer entry: what most users have, a loss and
 * its gradient of one vector.
 *
 * A row's differentiated inputs become the vector, its outputs a weighted sum. Names of tensors, upstream
 * gradients and callbacks beside the two are gone, and the wrong gradients must be caught all the same. */
#include <stdlib.h>
#include <string.h>

#include "selftest.h"
#include "units.h"

struct pointers {
    struct zoo_problem z;
    gc_tensor in[GC_MAX_TENSORS], out[GC_MAX_TENSORS], dout[GC_MAX_TENSORS], din[GC_MAX_TENSORS];
    double *room, *x;
    size_t n;
};

static int is_part(const gc_tensor *t)
{
    return (t->flags & GC_GRAD) != 0;
}

/* between the vector and the inputs, or their gradients */
static void scatter(const struct pointers *p, const double *x)
{
    for (int t = 0; t < p->z.p.nin; t++) {
        size_t n = zoo_elements(&p->in[t]);
        if (!is_part(&p->in[t])) continue;
        memcpy(p->in[t].data, x, n * sizeof *x);
        x += n;
    }
}

static void gather(const struct pointers *p, const gc_tensor *from, double *x)
{
    for (int t = 0; t < p->z.p.nin; t++) {
        size_t n = zoo_elements(&from[t]);
        if (!is_part(&from[t])) continue;
        memcpy(x, from[t].data, n * sizeof *x);
        x += n;
    }
}

static double loss(const double *x, size_t n, void *ctx)
{
    struct pointers *p = ctx;
    double sum = 0;
    (void)n;
    scatter(p, x);
    if (p->z.p.forward(&p->z, p->in, p->out)) return zoo_nan();
    for (int t = 0; t < p->z.p.nout; t++) {
        const double *y = p->out[t].data, *dy = p->dout[t].data;
        size_t elements = zoo_elements(&p->out[t]);
        for (size_t k = 0; k < elements; k++) sum += y[k] * dy[k];
    }
    return sum;
}

static void gradient(const double *x, size_t n, double *g, void *ctx)
{
    struct pointers *p = ctx;
    loss(x, n, ctx);
    for (int t = 0; t < p->z.p.nin; t++)
        if (is_part(&p->din[t])) memset(p->din[t].data, 0, zoo_elements(&p->din[t]) * sizeof(double));
    p->z.p.backward(&p->z, p->in, p->out, p->dout, p->din);
    gather(p, p->din, g);
}

/* ---- one row ---- */

static double *place(gc_tensor *to, const gc_tensor *like, double *room)
{
    *to = *like;
    to->data = room;
    return room + zoo_elements(like);
}

static int open_pointers(struct pointers *p, const struct zoo_case *c, uint64_t seed)
{
    size_t room = 0;
    memset(p, 0, sizeof *p);
    if (!zoo_open(&p->z, c, 1)) return 0;
    for (int t = 0; t < p->z.p.nin; t++) room += 3 * zoo_elements(&p->z.in[t]);
    for (int t = 0; t < p->z.p.nout; t++) room += 2 * zoo_elements(&p->z.out[t]);
    double *at = p->room = calloc(room, sizeof *at);
    if (!at) return 0;
    for (int t = 0; t < p->z.p.nin; t++) {
        at = place(&p->in[t], &p->z.in[t], at);
        at = place(&p->din[t], &p->z.in[t], at);
        p->n += is_part(&p->in[t]) ? zoo_elements(&p->in[t]) : 0;
    }
    for (int t = 0; t < p->z.p.nout; t++) {
        at = place(&p->out[t], &p->z.out[t], at);
        at = place(&p->dout[t], &p->z.out[t], at);
        for (size_t k = 0; k < zoo_elements(&p->out[t]); k++)
            ((double *)p->dout[t].data)[k] = zoo_normal(seed, 100000 * (uint64_t)(t + 1) + k);
    }
    p->x = at;
    return 1;
}

static void close_pointers(struct pointers *p)
{
    free(p->room);
    zoo_close(&p->z);
}

/* The point: the row's own third, where the inputs are large, or normal numbers, positive
 * ones where they must be. */
static void draw(struct pointers *p, uint64_t seed)
{
    for (int t = 0; t < p->z.p.nin; t++)
        for (size_t k = 0; k < zoo_elements(&p->in[t]) && p->in[t].dt == GC_F64; k++) {
            double z = zoo_normal(seed + 7, 100000 * (uint64_t)t + k);
            ((double *)p->in[t].data)[k] = p->in[t].flags & GC_POSITIVE ? exp(z) : z;
        }
    if (p->z.p.fill) p->z.p.fill(&p->z, 2, seed, p->in);
    gather(p, p->in, p->x);
}

/* Has the row a loss and a gradient in double, wrong in a way that these two alone can show? */
static int applies(const struct pointers *p, const struct zoo_case *c)
{
    unsigned others = GC_COMPLEX | GC_ADJOINT | GC_REFERENCE | GC_SYMMETRY | GC_HVP;
    if (c->only & others || p->z.p.hessian || !p->z.p.forward || p->z.p.no_upstream || p->n > ZOO_LARGE)
        return 0;
    for (int t = 0; t < p->z.p.nin; t++)
        if (p->in[t].dt == GC_F32) return 0;
    return 1;
}

static void one_row(const struct zoo_case *c, uint64_t seed, struct zoo_totals *t, FILE *out)
{
    struct pointers *p = malloc(sizeof *p);
    if (p && open_pointers(p, c, seed) && applies(p, c)) {
        gc_options o = gc_defaults();
        o.fork = 0;
        o.seed = seed;
        draw(p, seed);
        gc_result *r = gc_check_scalar(loss, gradient, p->x, p->n, p, &o);
        int right = c->expect == GC_PASS || c->expect == GC_INCONCLUSIVE, blamed = zoo_is_caught(r);
        int amiss = blamed == right || (c->expect == GC_PASS && r->verdict == GC_INCONCLUSIVE);
        t->pointers++;
        t->pointers_missed += amiss;
        if (amiss)
            fprintf(out, "AMISS  by two pointers: %s %s (%s), seed %d: %s: %s\n", c->unit, c->name,
                    c->mistake, (int)seed, gc_verdict_name(r->verdict), r->reason);
        gc_free(r);
    }
    if (p) close_pointers(p);
    free(p);
}

static void row(int i, const void *ctx, struct zoo_totals *t, FILE *out)
{
    const struct zoo_plan *plan = ctx;
    int seeds = plan->seeds < 5 ? plan->seeds : 5; /* the same mathematics once more */
    for (int k = 1; k <= seeds && zoo_wanted(plan, zoo_case_at(i)); k++)
        one_row(zoo_case_at(i), (uint64_t)k, t, out);
}

void zoo_pointers(const struct zoo_plan *plan, struct zoo_totals *t, FILE *out)
{
    zoo_work(&(struct zoo_work){ .n = zoo_cases(), .ctx = plan, .task = row }, t, out);
}
