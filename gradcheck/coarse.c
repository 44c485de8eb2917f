/* coarse.c - a gradient with too few digits: rounded to decimals, computed in float, or a difference
 * quotient. Tests of rows in pattern.c, and one that calls the loss. */
#include <math.h>
#include <stdlib.h>

#include "diagnose.h"
#include "gc_internal.h"

/* Is x the double nearest to a whole number of parts of 1, as 1000 parts are three decimals? */
static int has_parts(double x, double parts)
{
    double count = floor(x * parts + 0.5);
    return fabs(count) < 1e12 && fabs(x - count / parts) <= 4e-16 * fabs(x);
}

int gc_coarse_decimals(const struct gc_view *v, struct gc_words *w)
{
    double parts = 1;
    for (int decimals = 1; decimals <= 12; decimals++) {
        int hits = 0, misses = 0;
        parts *= 10;
        for (int i = 0; i < v->m && !misses; i++) {
            const gc_sample *s = v->s[i];
            if (!has_parts(s->analytic, parts)) misses++;
            /* rounded or cut off, and to more than a digit */
            if (s->wrong && fabs(s->analytic - s->numeric) > 1.01 / parts + 10 * s->error_bar) misses++;
            hits += fabs(s->analytic) > 9.5 / parts;
        }
        if (misses || hits < 3) continue;
        gc_text(w->pattern, GC_TEXT, "analytic is rounded to %d decimal%s", decimals,
                decimals > 1 ? "s" : "");
        return 1;
    }
    return 0;
}

int gc_coarse_float(const struct gc_view *v, struct gc_words *w)
{
    int hits = 0;
    (void)w;
    for (int i = 0; i < v->m; i++) {
        const gc_sample *s = v->s[i];
        double off = fabs(s->analytic - s->numeric);
        if (!gc_is_float(s->analytic)) return 0;
        if (s->wrong && off > 1e-3 * fmax(fabs(s->numeric), v->gmax)) return 0;
        hits += fabs(s->analytic) > 0 && !has_parts(s->analytic, 256);
    }
    return hits >= 2 && !v->r->f32_inside;
}

/* ---- a difference quotient ---- */

enum { LARGEST = 1000 }; /* nobody differences more by hand */

/* The quotient by element i: forward, backward or central (kind 0, 1, 2), its step h or h |x|. */
static double quotient(struct gc_run *run, int tensor, size_t i, double h, int kind, double *d)
{
    double from = kind == 0 ? 0 : -h, to = kind == 1 ? 0 : h;
    for (size_t k = 0; k < run->nin[tensor]; k++) d[k] = k == i;
    double plus = gc_run_loss_at(run, tensor, d, to), minus = gc_run_loss_at(run, tensor, d, from);
    return (plus - minus) / (to - from);
}

/* How many of up to 4 wrong elements hold just this quotient, to `slack` of how wrong they are; -1: one does
 * not. */
static int hits(struct gc_run *run, int tensor, double step, int kind, int relative, double slack, double *d)
{
    const gc_tensor_result *t = &run->r->tensor[tensor];
    int found = 0;
    for (int i = 0; i < t->samples && found < 4; i++) {
        const gc_sample *s = &t->sample[i];
        if (!s->wrong || s->kink) continue;
        if (!(fabs(s->analytic - s->numeric) <= 0.1 * fabs(s->numeric))) return -1;
        double h = relative ? step * fabs(run->x[tensor][s->index]) : step;
        double q = h > 0 ? quotient(run, tensor, s->index, h, kind, d) : (double)NAN;
        double noise = 4e-16 * (fabs(run->f0) + run->size) / h;
        if (!(fabs(q - s->analytic) <= slack * fabs(s->analytic - s->numeric) + noise)) return -1;
        if (!(fabs(s->analytic - s->numeric) > 100 * noise)) return -1;
        found++;
    }
    return found;
}

int gc_find_quotient(struct gc_run *run, int tensor, struct gc_words *w)
{
    static const char *const kinds[] = { "forward", "backward", "central" };
    int is_fit = run->in[tensor].dt == GC_F64 && !run->r->f32_inside && run->nin[tensor] <= LARGEST;
    double *d = is_fit ? malloc(run->nin[tensor] * sizeof *d) : NULL;
    int found = 0;
    for (int digits = 2; d && run->p->forward && digits <= 10 && !found; digits++)
        for (int k = 0; k < 12 && !found; k++) {
            int kind = k % 3, relative = k / 3 % 2;
            double step = pow(10, -digits) * (k < 6 ? 1 : 0.5);
            found = hits(run, tensor, step, kind, relative, 1e-3, d) >= 2 &&
                    hits(run, tensor, step / 3, kind, relative, 0.3, d) <
                        0; /* else it is no matter of the step */
            if (!found) continue;
            gc_text(w->pattern, GC_TEXT, "analytic is a %s difference quotient of step %g%s", kinds[kind],
                    step, relative ? " |x|" : "");
            gc_text(w->cause, GC_TEXT,
                    "a difference quotient has too few digits for this; write the derivative down");
        }
    free(d);
    if (found && run->p->forward) gc_run_loss(run);
    return found;
}
