/* long_double.c - a gradient in double against the same in long double, at the problem's points: the distance
 * shows a float inside, or digits lost by cancellation. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>

struct comparison {
    const gc_problem *p;
    gc_gradient_long grad;
    void *ctx;
    gc_options o;
    gc_result *r;
    long double *x, *g;
};

/* The distance of the gradients at this point, relative to their length. NaN if one of them is not finite. */
static double distance(const struct comparison *c, const double *x, const double *g, size_t n)
{
    long double gap = 0, length = 0;
    for (size_t i = 0; i < n; i++) c->x[i] = (long double)x[i];
    c->grad(c->x, n, c->g, c->ctx);
    for (size_t i = 0; i < n; i++) {
        long double off = (long double)g[i] - c->g[i];
        gap += off * off;
        length += c->g[i] * c->g[i];
    }
    return length > 0 ? (double)sqrtl(gap / length) : (double)sqrtl(gap);
}

static void note_distance(gc_result *r, int point, double off, double allowed)
{
    gc_verdict v = off <= allowed ? GC_PASS : GC_FAIL; /* a NaN fails */
    gc_finding *f = gc_note(r, GC_REFERENCE, 0, point, v);
    f->analytic = off, f->numeric = 0, f->allowed = allowed;
    gc_text(f->detail, sizeof f->detail, "long double");
    if (v == GC_PASS) return;
    gc_text(f->reason, sizeof f->reason,
            "the gradient in double is %.1e of its length away from the one in long double, more than the "
            "%.1e allowed: it loses digits by cancellation",
            off, allowed);
    gc_text(r->reason, sizeof r->reason, "%s", f->reason);
}

static void compare(void *arg)
{
    struct comparison *c = arg;
    struct gc_run run;
    size_t n = gc_elements(&c->p->in[0]);
    double worst = -1, allowed = fmax(1e-12, 4 * 0x1p-53 * sqrt((double)n));
    c->x = calloc(n, sizeof *c->x), c->g = calloc(n, sizeof *c->g);
    if (c->x && c->g && gc_run_open(&run, c->p, &c->o, c->r)) {
        for (int point = 0; point < c->o.n_points && !run.broken; point++) {
            if (!gc_run_point(&run, point) || run.broken) continue;
            gc_stage(c->r, "the gradient in long double, point %d", point);
            c->r->points++;
            double off = distance(c, run.x[0], run.g[0], n);
            if (!(off <= worst)) note_distance(c->r, point, worst = off, allowed);
        }
        gc_run_close(&run);
    }
    free(c->x), free(c->g);
    if (!c->r->points && c->r->findings)
        gc_text(c->r->reason, sizeof c->r->reason, "%s", c->r->finding[0].reason);
    c->r->verdict = !c->r->points                                    ? GC_INCONCLUSIVE
                    : c->r->finding[0].verdict == GC_CONTRACT_BROKEN ? GC_CONTRACT_BROKEN
                    : worst <= allowed                               ? GC_PASS
                                                                     : GC_FAIL;
}

gc_result *gc_check_long(const gc_problem *problem, gc_gradient_long grad, void *ctx, const gc_options *o)
{
    struct comparison c = { problem, grad, ctx, o ? *o : gc_defaults(), NULL, NULL, NULL };
    c.r = gc_result_new(problem->name, &c.o);
    if (problem->nin != 1 || problem->in[0].dt != GC_F64 || !problem->backward) {
        gc_text(c.r->reason, sizeof c.r->reason,
                "a gradient in long double is compared with that of one input of double: give nin = 1, "
                "GC_F64 and a "
                "backward");
        c.r->verdict = GC_INCONCLUSIVE;
    } else if (c.o.fork) {
        gc_in_child(c.r, c.o.timeout_s, compare, &c);
    } else {
        compare(&c);
    }
    return c.r;
}
