/* ratio.c - is analytic a constant factor times numeric? One wrong element at one point is some number times
 * numeric whatever the mistake, and in float a few of them are. So the wrong elements, if they are few, are
 * measured at other points, too: what holds at all of them is a factor, and what does not is none. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "diagnose.h"
#include "gc_internal.h"

enum { FEW = 8, POINTS = 6, LADDER_CALLS = 60 };

static const double most_seconds = 0.5;

struct points {
    struct gc_run *run;
    int tensor, count; /* of sample */
    size_t n;
    double *x, *d;             /* n: the tensor's own numbers, a direction */
    double *g[GC_MAX_TENSORS]; /* room for the gradients of all tensors */
    double f0;                 /* of run */
    clock_t start;
    gc_sample sample[FEW * POINTS];
};

static void put(struct points *p, size_t i, double x)
{
    gc_set(&p->run->in[p->tensor], i, x);
    p->run->x[p->tensor][i] = gc_get(&p->run->in[p->tensor], i);
}

static int points_open(struct points *p)
{
    int fine = (p->x = malloc(p->n * sizeof *p->x)) && (p->d = malloc(p->n * sizeof *p->d));
    for (int t = 0; t < p->run->p->nin; t++)
        if (p->run->g[t]) fine = fine && (p->g[t] = malloc(p->run->nin[t] * sizeof(double))) != NULL;
    if (fine) memcpy(p->x, p->run->x[p->tensor], p->n * sizeof *p->x);
    return fine;
}

static void points_close(struct points *p)
{
    for (int t = 0; t < p->run->p->nin; t++) free(p->g[t]);
    free(p->x);
    free(p->d);
}

/* Is there time for one more ladder, of a forward that takes so many seconds? */
static int has_time(const struct points *p, double seconds)
{
    return (double)(clock() - p->start) / CLOCKS_PER_SEC + LADDER_CALLS * seconds < most_seconds;
}

/* The wrong elements with the tensor moved by a third of its size; corners say nothing. */
static void look_at(struct points *p, int which)
{
    struct gc_run *run = p->run;
    const gc_tensor_result *t = &run->r->tensor[p->tensor];
    gc_sample_direction(run, p->tensor, 20 + which, p->d);
    for (size_t i = 0; i < p->n; i++) put(p, i, p->x[i] + p->d[i] / 3);
    clock_t before = clock();
    run->f0 = gc_run_loss(run);
    double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
    if (gc_is_finite(run->f0) && gc_run_gradient(run, p->g))
        for (int k = 0; k < t->samples; k++) {
            const gc_sample *at = &t->sample[k];
            struct gc_ladder l;
            if (!at->wrong || at->kink || !has_time(p, seconds)) continue;
            gc_run_element(run, p->tensor, at->index, &l);
            gc_sample s = { .index = at->index, .analytic = p->g[p->tensor][at->index], .numeric = l.value };
            s.error_bar = l.error, s.wrong = 1;
            int tells = gc_is_finite(s.analytic) && gc_is_known(&l) && !gc_at_kink(&l);
            if (tells) p->sample[p->count++] = s;
        }
    for (size_t i = 0; i < p->n; i++) put(p, i, p->x[i]);
    run->f0 = p->f0;
}

/* what all samples together say, those of the check and these */
static enum gc_ratio judge(struct points *p, struct gc_view *v, struct gc_words *w)
{
    const gc_sample **all = realloc(v->s, (size_t)(v->m + p->count) * sizeof *all);
    struct gc_fit f = { .v = v };
    if (!all) return GC_RATIO_UNKNOWN;
    v->s = all;
    for (int k = 0; k < p->count; k++) v->s[v->m++] = &p->sample[k];
    if (gc_find_factor(v, w)) {
        size_t used = strlen(w->pattern);
        gc_text(w->pattern + used, GC_TEXT - used, ", here and at points beside");
        return GC_RATIO_CONSTANT;
    }
    double factor = gc_fit_factor(v);
    for (int i = 0; i < v->m; i++) {
        const gc_sample *s = v->s[i];
        double predicted = factor * s->numeric;
        if (s->wrong)
            gc_fit_add(&f, s->analytic, predicted, gc_tolerance(v, s, s->analytic, predicted, factor),
                       fabs(s->analytic - s->numeric));
    }
    return f.misses ? GC_RATIO_VARIES : GC_RATIO_UNKNOWN;
}

enum gc_ratio gc_find_ratio(struct gc_run *run, int tensor, struct gc_words *w)
{
    struct points p = { .run = run, .tensor = tensor, .n = run->nin[tensor], .f0 = run->f0 };
    struct gc_view v;
    enum gc_ratio found = GC_RATIO_UNKNOWN;
    size_t wrong = run->r->tensor[tensor].wrong;
    p.start = clock();
    w->pattern[0] = w->cause[0] = '\0';
    if (wrong > FEW) return GC_RATIO_VARIES; /* as many would have shown a factor at the first point */
    if (!wrong || !run->p->forward || !run->p->backward || run->large) return found;
    if (points_open(&p)) {
        for (int k = 0; k < POINTS && has_time(&p, 0); k++) look_at(&p, k);
        if (gc_view_open(&v, run->r, tensor, NULL)) found = judge(&p, &v, w);
        gc_view_close(&v);
        gc_run_loss(run); /* out[] at the point again */
    }
    points_close(&p);
    return found;
}
