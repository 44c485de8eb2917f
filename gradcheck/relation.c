/* relation.c - does analytic = base + constant * basis hold at every wrong element? See diagnose.h. */
#include "diagnose.h"

#include <math.h>

#include "gc_internal.h"

static double tolerance(const struct gc_view *v, const gc_sample *s, struct gc_term t, double constant,
                        double top)
{
    double scale = fmax(fmax(fabs(s->analytic), fabs(t.base)), fmax(fabs(constant * t.basis), 1e-3 * top));
    return v->rtol * scale + 10 * s->error_bar * t.gain;
}

static double largest_wrong(const struct gc_view *v)
{
    double top = 0;
    for (int i = 0; i < v->m; i++)
        if (v->s[i]->wrong && gc_is_finite(v->s[i]->analytic)) top = fmax(top, fabs(v->s[i]->analytic));
    return top;
}

static double with_at(const double *with, const gc_sample *s)
{
    return with ? with[s->index] : 1;
}

int gc_constant_holds(const struct gc_view *v, gc_relation rel, const double *with, double constant,
                      int constants, double cost)
{
    struct gc_fit f = { .v = v };
    double top = largest_wrong(v);
    for (int i = 0; i < v->m && !f.misses; i++) {
        const gc_sample *s = v->s[i];
        if (!s->wrong) continue;
        struct gc_term t = rel(s, with_at(with, s), constant);
        gc_fit_add(&f, s->analytic, t.base + constant * t.basis, tolerance(v, s, t, constant, top),
                   fmin(fabs(s->analytic - t.base), fabs(s->analytic - s->numeric)));
    }
    return gc_fit_holds(&f, constants, cost);
}

/* Least squares, weighted by tolerance; the second time round with tolerances that know the constant. */
static double fit(const struct gc_view *v, gc_relation rel, const double *with)
{
    double constant = 0, top = largest_wrong(v);
    for (int round = 0; round < 2; round++) {
        double up = 0, down = 0;
        for (int i = 0; i < v->m; i++) {
            const gc_sample *s = v->s[i];
            if (!s->wrong) continue;
            struct gc_term t = rel(s, with_at(with, s), constant);
            double weight = 1 / tolerance(v, s, t, constant, top), basis = t.basis * weight;
            up += basis * (s->analytic - t.base) * weight;
            down += basis * basis;
        }
        constant = down > 0 ? up / down : 0;
    }
    return constant;
}

double gc_fitted(const struct gc_view *v, gc_relation rel, const double *with, int least)
{
    int wrong = 0;
    for (int i = 0; i < v->m; i++) wrong += v->s[i]->wrong != 0;
    if (wrong < least) return 0;
    double constant = fit(v, rel, with);
    return gc_is_finite(constant) && gc_constant_holds(v, rel, with, constant, 1, 6) ? constant : 0;
}

struct gc_term gc_factor(const gc_sample *s, double with, double c)
{
    (void)with;
    return (struct gc_term){ 0, s->numeric, fabs(c) };
}

double gc_fit_factor(const struct gc_view *v)
{
    return fit(v, gc_factor, NULL);
}

int gc_is_factor(const struct gc_view *v, double c, double cost)
{
    return fabs(fit(v, gc_factor, NULL) / c - 1) < 0.01 && gc_constant_holds(v, gc_factor, NULL, c, 0, cost);
}
