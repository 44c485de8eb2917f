/* fit.c - how well a prediction fits the wrong elements; see diagnose.h. */
#include "diagnose.h"

#include <math.h>

#include "gc_internal.h"

double gc_tolerance(const struct gc_view *v, const gc_sample *s, double got, double predicted, double gain)
{
    double scale = fmax(fmax(fabs(got), fabs(predicted)), 1e-3 * v->gmax * fabs(gain));
    double rtol =
        s->wrong ? v->rtol : fmax(v->rtol, 1e-7); /* right ones were only looked at until they agreed */
    return rtol * scale + 10 * s->error_bar * fabs(gain);
}

void gc_fit_add(struct gc_fit *f, double got, double predicted, double tolerance, double size)
{
    if (!(fabs(got - predicted) <= tolerance)) {
        f->misses++;
        return;
    }
    double bits = tolerance > 0 ? log2(size / tolerance) : 40;
    bits = bits > 40 ? 40 : bits > 0 ? bits : 0;
    f->bits += bits;
    f->best = fmax(f->best, bits);
}

int gc_fit_holds(const struct gc_fit *f, int constants, double cost)
{
    return !f->misses && f->bits - constants * f->best - cost >= GC_ENOUGH_BITS;
}

void gc_split(const gc_tensor_result *t, size_t flat, size_t at[GC_MAX_DIMS])
{
    for (int k = t->nd; k-- > 0; flat /= t->dim[k]) at[k] = flat % t->dim[k];
}
