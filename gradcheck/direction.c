/* direction.c - directional derivatives, one tensor at a time; a wrong one is traced to an element by
 * bisection. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- bisection ---- */

struct search {
    struct gc_run *run;
    int tensor;
    const double *d;
    double *masked; /* d on [from, to), 0 elsewhere */
    double h;
    int richardson; /* the step h is too wide for a plain central difference */
    double least;   /* a difference below this is noise */
};

static double central(const struct search *s, double h)
{
    double plus = gc_run_loss_at(s->run, s->tensor, s->masked, h);
    double minus = gc_run_loss_at(s->run, s->tensor, s->masked, -h);
    return (plus - minus) / (2 * h);
}

/* analytic - numeric along d on [from, to), without a ladder */
static double difference(const struct search *s, size_t from, size_t to)
{
    memset(s->masked, 0, s->run->nin[s->tensor] * sizeof(double));
    memcpy(s->masked + from, s->d + from, (to - from) * sizeof(double));
    double numeric = central(s, s->h);
    if (s->richardson) numeric = (4 * numeric - central(s, 2 * s->h)) / 3;
    return gc_dot(s->run->g[s->tensor] + from, s->d + from, to - from) - numeric;
}

/* A step at which noise is 1/20 of the disagreement `whole` and, if the ladder's first steps say so, the
 * h^2 of a central difference is too; else the step of the ladder, with a Richardson step. */
static void choose_step(struct search *s, const struct gc_ladder *l, double whole)
{
    double h = 20 * l->noise / fabs(whole), first = l->h[0];
    double off = fabs((l->plus[0] - l->minus[0]) / (2 * first) - l->value);
    s->richardson = !(h <= l->chosen_h && 20 * off * (h / first) * (h / first) <= fabs(whole));
    s->h = s->richardson ? l->chosen_h : h > 1e-3 * l->chosen_h ? h : 1e-3 * l->chosen_h;
    s->least = 2 * l->noise / s->h;
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
    for (size_t step = 1; step <= 2; step++) {
        if (i >= step) gc_look_at(run, tensor, i - step);
        if (n - i > step) gc_look_at(run, tensor, i + step);
    }
}

static void trace(struct gc_run *run, const struct gc_ladder *l, double a, double allowed)
{
    int tensor = l->tensor;
    double *masked = malloc(run->nin[tensor] * sizeof *masked);
    if (!masked) return; /* the direction's verdict stands without an element's name */
    struct search s = { .run = run, .tensor = tensor, .d = l->d, .masked = masked };
    choose_step(&s, l, a - l->value);
    if (s.least < 1e-3 * allowed) s.least = 1e-3 * allowed;
    gc_stage(run->r, "forward, bisection of %s", run->r->tensor[tensor].name);
    look_around(run, tensor, bisect(&s, a - l->value));
    free(masked);
}

/* ---- one direction ---- */

static void say_wrong(const struct gc_ladder *l, double a, gc_finding *f)
{
    gc_text(f->reason, sizeof f->reason,
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

static void in_proportion(const struct gc_run *run, int tensor, double *d)
{
    for (size_t i = 0; i < run->nin[tensor]; i++) {
        double size = fmax(fabs(run->x[tensor][i]), run->typical[tensor]);
        d[i] *= fabs(run->x[tensor][i]) / size;
    }
}

/* The slope along d and its verdict. Elements much smaller than the typical one may be to blame if the
 * widest step leaves the function's domain without an answer, or if the slope is not even known in its own
 * size: each then moves in proportion to itself, if that tells more. */
static gc_verdict judge_along(struct gc_run *run, int tensor, double *d, struct gc_ladder *l, double *a,
                              double *allowed)
{
    size_t n = run->nin[tensor];
    struct gc_ladder wide;
    gc_verdict v, first = GC_PASS;
    double a_wide = 0, allowed_wide = 0;
    for (int again = 0;; again++) {
        *a = gc_dot(run->g[tensor], d, n);
        gc_run_derivative(run, tensor, d, l);
        v = gc_judge_derivative(l, *a, gc_natural_size(run->g[tensor], d, n), allowed);
        if (again) break;
        int left = v == GC_INCONCLUSIVE && !(gc_is_finite(l->plus[0]) && gc_is_finite(l->minus[0]));
        int decided = v == GC_PASS || (v == GC_FAIL && gc_is_known(l));
        if (!left && (decided || !gc_use_own_sizes(run, tensor, 1))) return v;
        wide = *l, a_wide = *a, allowed_wide = *allowed, first = v;
        in_proportion(run, tensor, d);
    }
    if (first != GC_FAIL || v == GC_PASS || gc_is_known(l)) return v;
    gc_use_own_sizes(run, tensor, 0);
    *l = wide, *a = a_wide, *allowed = allowed_wide;
    return first;
}

static gc_verdict look_along(struct gc_run *run, int tensor, int which, double *d)
{
    struct gc_ladder l;
    char detail[GC_NAME];
    double allowed, a;
    gc_stage(run->r, "forward, direction %d of %s, point %d", which, run->r->tensor[tensor].name, run->point);
    gc_verdict v = judge_along(run, tensor, d, &l, &a, &allowed);
    if (v != GC_PASS && gc_at_kink(&l)) return at_corner(run, tensor);
    run->directions[tensor].decided += v == GC_PASS;
    if (v == GC_INCONCLUSIVE) {
        gc_doubt(&run->directions[tensor], &l, GC_DIRECTION, a, allowed);
        return v;
    }
    gc_text(detail, sizeof detail, "direction %d", which);
    gc_finding *f = gc_note_derivative(&l, GC_DIRECTION, v, a, allowed, detail);
    if (f && v == GC_FAIL) say_wrong(&l, a, f);
    int all_are_looked_at = run->o.checks & GC_ELEMENTS && run->nin[tensor] <= run->o.max_elem;
    if (v == GC_FAIL && !all_are_looked_at) trace(run, &l, a, allowed);
    return v;
}

/* Along one direction of all inputs together. */
static gc_verdict look_along_all(struct gc_run *run)
{
    struct gc_ladder l;
    size_t n = 0;
    double a = 0, size = 0, allowed;
    for (int t = 0; t < run->p->nin; t++)
        if (gc_has_gradient(run, t)) n += run->nin[t];
    double *d = malloc(n * sizeof *d), *at = d;
    if (!d) return GC_FAIL; /* each tensor is then looked at, or lacks memory, too */
    for (int t = 0; t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        gc_sample_direction(run, t, 0, at);
        a += gc_dot(run->g[t], at, run->nin[t]);
        size = hypot(size, gc_natural_size(run->g[t], at, run->nin[t]));
        at += run->nin[t];
    }
    gc_stage(run->r, "forward, direction of all inputs, point %d", run->point);
    gc_run_derivative(run, -1, d, &l);
    gc_verdict v = gc_judge_derivative(&l, a, size, &allowed);
    if (v == GC_PASS) gc_note_derivative(&l, GC_DIRECTION, v, a, allowed, "all inputs");
    free(d);
    return v;
}

static int any_bad(const struct gc_run *run)
{
    for (int t = 0; t < run->p->nin; t++)
        if (run->bad[t] || run->r->tensor[t].wrong) return 1;
    return 0;
}

void gc_test_direction(struct gc_run *run)
{
    int directions = gc_directions_planned(run);
    if (run->large && run->r->points > 1 && !any_bad(run) && look_along_all(run) != GC_FAIL) return;
    for (int t = 0; t < run->p->nin; t++) {
        if (!run->g[t] || run->bad[t] || run->r->tensor[t].wrong) continue;
        double *d = malloc(run->nin[t] * sizeof *d);
        if (!d) {
            gc_text(gc_note(run->r, GC_DIRECTION, t, run->point, GC_INCONCLUSIVE)->reason, GC_TEXT,
                    "out of memory for a direction of %s", run->r->tensor[t].name);
            continue;
        }
        for (int which = 0; which < directions && !run->suspect[t]; which++) {
            gc_sample_direction(run, t, which, d);
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
    gc_sample_direction(run, tensor, run->failed[tensor] - 1, d);
    for (size_t k = 0; k < n; k++) {
        const gc_sample *s = &run->sample[tensor][k];
        explained += (fabs(s->analytic - s->numeric) + 10 * s->error_bar) * fabs(d[s->index]);
        if (s->wrong || s->kink) explained = (double)INFINITY;
    }
    free(d);
    if (!(fabs(f->analytic - f->numeric) > 2 * explained + f->allowed)) return;
    f->verdict = GC_INCONCLUSIVE;
    gc_text(f->reason, GC_TEXT,
            "every element of d%s agrees, yet along a random direction the slope is %.6g and not %.6g: the "
            "forward is not "
            "differentiable here",
            run->r->tensor[tensor].name, f->numeric, f->analytic);
}
