/* direction.c - directional derivatives, one tensor at a time; a wrong one is traced to an element by
 * bisection. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double gc_natural_size(const double *g, const double *d, size_t n)
{
    double largest = 0, sum = 0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(g[i] * d[i]));
    for (size_t i = 0; i < n && largest > 0; i++) { /* squares of numbers up to 1 do not overflow */
        double part = g[i] * d[i] / largest;
        sum += part * part;
    }
    return largest * sqrt(sum);
}

/* ---- bisection ---- */

struct search {
    struct gc_run *run;
    int tensor;
    const double *d;
    double *masked; /* d on [from, to), 0 elsewhere */
    double h;       /* the step at which the whole direction's ladder settled */
    double least;   /* a difference below this is noise */
};

/* analytic - numeric along d on [from, to): two central differences and the Richardson step, without a
 * ladder */
static double difference(const struct search *s, size_t from, size_t to)
{
    struct gc_run *run = s->run;
    memset(s->masked, 0, run->nin[s->tensor] * sizeof(double));
    memcpy(s->masked + from, s->d + from, (to - from) * sizeof(double));
    double slope[2];
    for (int k = 0; k < 2; k++) {
        double h = 2 * s->h / (1 + k);
        double plus = gc_run_loss_at(run, s->tensor, s->masked, h);
        double minus = gc_run_loss_at(run, s->tensor, s->masked, -h);
        slope[k] = (plus - minus) / (2 * h);
    }
    double numeric = (4 * slope[1] - slope[0]) / 3;
    return gc_dot(run->g[s->tensor] + from, s->d + from, to - from) - numeric;
}

/* Halves [0, n) while one half holds the larger part of the disagreement `whole`. */
static size_t bisect(const struct search *s, double whole)
{
    size_t from = 0, to = s->run->nin[s->tensor];
    while (to - from > 1) {
        size_t middle = from + (to - from) / 2;
        double left = difference(s, from, middle), right = whole - left;
        if (!gc_is_finite(left)) break;
        int go_left = fabs(left) >= fabs(right);
        double chosen = go_left ? left : right;
        if (!(fabs(chosen) > s->least)) break;
        if (go_left)
            to = middle;
        else
            from = middle;
        whole = chosen;
    }
    return from;
}

/* The element and what lies beside it: in memory, and along each axis. */
static void look_around(struct gc_run *run, int tensor, size_t i)
{
    const gc_tensor *t = &run->in[tensor];
    size_t n = run->nin[tensor], stride = n;
    gc_look_at(run, tensor, i);
    for (int k = 0; k < t->nd; k++) {
        stride /= t->dim[k];
        size_t at = i / stride % t->dim[k];
        if (at) gc_look_at(run, tensor, i - stride);
        if (at + 1 < t->dim[k]) gc_look_at(run, tensor, i + stride);
    }
    for (size_t step = 1; step <= 4; step++) {
        if (i >= step) gc_look_at(run, tensor, i - step);
        if (n - i > step) gc_look_at(run, tensor, i + step);
    }
}

static void trace(struct gc_run *run, const struct gc_ladder *l, double a, double allowed)
{
    int tensor = l->tensor;
    double *masked = malloc(run->nin[tensor] * sizeof *masked);
    if (!masked) return; /* the direction's verdict stands without an element's name */
    struct search s = { run, tensor, l->d, masked, l->chosen_h, 2 * l->noise / l->chosen_h };
    if (s.least < 1e-3 * allowed) s.least = 1e-3 * allowed;
    gc_stage(run->r, "forward, bisection of %s", run->r->tensor[tensor].name);
    look_around(run, tensor, bisect(&s, a - l->value));
    free(masked);
}

/* ---- one direction ---- */

static void say_wrong(const struct gc_ladder *l, double a, gc_finding *f)
{
    gc_text(f->why, sizeof f->why,
            "along a random direction the gradient of %s says %.6g, the forward %.6g +- %.0e: more than the "
            "%.0e allowed",
            l->run->r->tensor[l->tensor].name, a, l->value, l->error, f->allowed);
}

/* A direction through a corner says nothing about the gradient, but one along which ties stay ties may. */
static gc_verdict at_corner(struct gc_run *run, int tensor)
{
    gc_verdict v = gc_look_keyed(run, tensor, GC_DIRECTION);
    run->directions[tensor].kinks += v == GC_KINK;
    run->directions[tensor].decided += v == GC_PASS;
    return v;
}

static gc_verdict look_along(struct gc_run *run, int tensor, int which, const double *d)
{
    struct gc_ladder l;
    char detail[GC_NAME];
    double allowed, a = gc_dot(run->g[tensor], d, run->nin[tensor]);
    double size = gc_natural_size(run->g[tensor], d, run->nin[tensor]);
    gc_stage(run->r, "forward, direction %d of %s, point %d", which, run->r->tensor[tensor].name, run->point);
    gc_run_slope(run, tensor, d, &l);
    gc_verdict v = gc_judge_slope(&l, a, size, &allowed);
    if (v != GC_PASS && gc_at_kink(&l)) return at_corner(run, tensor);
    run->directions[tensor].decided += v == GC_PASS;
    if (v == GC_INCONCLUSIVE) {
        gc_doubt(&run->directions[tensor], &l, GC_DIRECTION, a, allowed);
        return v;
    }
    gc_text(detail, sizeof detail, "direction %d", which);
    gc_finding *f = gc_note_slope(&l, GC_DIRECTION, v, a, allowed, detail);
    if (f && v == GC_FAIL) say_wrong(&l, a, f);
    int all_are_looked_at = run->o.checks & GC_ELEMENTS && run->nin[tensor] <= run->o.max_elem;
    if (v == GC_FAIL && !all_are_looked_at) trace(run, &l, a, allowed);
    return v;
}

void gc_test_direction(struct gc_run *run)
{
    for (int t = 0; t < run->p->nin; t++) {
        if (!run->g[t] || run->bad[t] || run->r->tensor[t].wrong) continue;
        double *d = malloc(run->nin[t] * sizeof *d);
        if (!d) {
            gc_text(gc_note(run->r, GC_DIRECTION, t, run->point, GC_INCONCLUSIVE)->why, GC_TEXT,
                    "there is no memory for a direction of %s", run->r->tensor[t].name);
            continue;
        }
        for (int which = 0; which < run->o.n_dir && !run->suspect[t]; which++) {
            gc_draw_direction(run, t, which, d);
            gc_verdict v = look_along(run, t, which, d);
            run->suspect[t] = v == GC_FAIL;
            run->failed[t] = v == GC_FAIL ? which + 1 : 0;
        }
        free(d);
    }
}

void gc_reconsider_direction(struct gc_run *run, int tensor)
{
    size_t n = run->nin[tensor];
    gc_finding *f = gc_find(run->r, GC_DIRECTION, tensor);
    if (!run->failed[tensor] || !f || f->verdict != GC_FAIL || run->samples[tensor] < n) return;
    double *d = malloc(n * sizeof *d), explained = 0;
    if (!d) return;
    gc_draw_direction(run, tensor, run->failed[tensor] - 1, d);
    for (size_t k = 0; k < n; k++) {
        const gc_sample *s = &run->sample[tensor][k];
        explained += (fabs(s->analytic - s->numeric) + 10 * s->error_bar) * fabs(d[s->index]);
        if (s->wrong || s->kink) explained = (double)INFINITY;
    }
    free(d);
    if (!(fabs(f->analytic - f->numeric) > 2 * explained + f->allowed)) return;
    f->verdict = GC_INCONCLUSIVE;
    gc_text(f->why, GC_TEXT,
            "every element of d%s agrees, yet along a random direction the slope is %.6g and not %.6g: the "
            "forward is not "
            "differentiable here",
            run->r->tensor[tensor].name, f->numeric, f->analytic);
}
