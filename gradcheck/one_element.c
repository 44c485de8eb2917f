/* one_element.c - one element of one gradient, at every point, with its V curve. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 51 };

/* what the child hands to the parent, in shared memory */
struct curve {
    int rows;
    double ladder_h, ladder_error;
    gc_vrow row[MOST_ROWS];
};

struct element {
    const gc_problem *p;
    gc_options o;
    gc_result *r;
    struct curve *curve;
    int tensor;
    size_t index;
};

/* ---- the V curve ---- */

struct line {
    struct gc_run *run;
    int tensor;
    const double *d;
};

static double along(double t, const struct line *l)
{
    return gc_run_loss_at(l->run, l->tensor, l->d, t);
}

static void fill_curve(struct curve *c, const struct line *l, double truth)
{
    double f0 = along(0, l), scale = fabs(truth) > 0 ? fabs(truth) : 1;
    c->rows = 0;
    for (int k = 0; k < MOST_ROWS; k++) {
        double h = ldexp(1, -k), plus = along(h, l), minus = along(-h, l);
        double central = (plus - minus) / (2 * h), wide = (along(2 * h, l) - along(-2 * h, l)) / (4 * h);
        c->row[c->rows++] = (gc_vrow){ .h = h,
                                       .forward = fabs((plus - f0) / h - truth) / scale,
                                       .central = fabs(central - truth) / scale,
                                       .fourth = fabs((4 * central - wide) / 3 - truth) / scale,
                                       .complex_step = (double)NAN,
                                       .forward_f32 = (double)NAN,
                                       .central_f32 = (double)NAN };
    }
}

/* ---- the element ---- */

/* The size of the tensor's gradient: the difference at the element where it says it is
 * largest. d is all zeros. */
static double size_of_gradient(struct gc_run *run, int tensor, double *d)
{
    const double *g = run->g[tensor];
    size_t largest = 0;
    for (size_t i = 1; i < run->nin[tensor]; i++)
        if (fabs(g[i]) > fabs(g[largest])) largest = i;
    double h = (run->in[tensor].dt == GC_F32 ? 5e-3 : 6e-6) * gc_element_size(run, tensor, largest);
    d[largest] = 1;
    double derivative = (gc_run_loss_at(run, tensor, d, h) - gc_run_loss_at(run, tensor, d, -h)) / (2 * h);
    d[largest] = 0;
    return gc_is_finite(derivative) ? fabs(derivative) : 0;
}

static gc_verdict judge(struct gc_run *run, struct gc_ladder *l, double a, double gmax, gc_sample *sample,
                        double *allowed)
{
    gc_verdict v = gc_judge_derivative(l, a, gmax, allowed);
    if (v != GC_PASS && gc_at_kink(l)) {
        sample->kink = 1;
        v = gc_is_legal_at_kink(run, l, a) ? GC_KINK : GC_FAIL;
    }
    sample->wrong = v == GC_FAIL;
    return v;
}

/* What to tell of several points: an error, else an answer, else why there is none. */
static int weight(gc_verdict v)
{
    return v == GC_FAIL ? 3 : v == GC_PASS ? 2 : v == GC_KINK;
}

static void keep(struct element *e, const gc_sample *sample, gc_verdict v, double gmax, double allowed,
                 int point)
{
    gc_tensor_result *t = &e->r->tensor[e->tensor];
    double scale = fmax(fmax(fabs(sample->analytic), fabs(sample->numeric)), 1e-3 * gmax);
    t->verdict = v;
    t->looked = 1;
    t->wrong = v == GC_FAIL;
    t->first = e->index;
    t->worst = t->sample[0] = *sample;
    t->samples = 1;
    t->scale = gmax;
    t->worst_rel = scale > 0 ? fabs(sample->analytic - sample->numeric) / scale : 0;
    t->allowed_rel = scale > 0 ? allowed / scale : allowed;
    e->r->findings = 0; /* the one that stays */
    gc_finding *f = gc_note(e->r, GC_ELEMENTS, e->tensor, point, v);
    f->is_element = 1, f->index = e->index, f->analytic = sample->analytic, f->numeric = sample->numeric;
    f->error_bar = sample->error_bar, f->allowed = allowed;
    gc_text(f->detail, sizeof f->detail, "one element");
    if (v == GC_FAIL)
        gc_text(f->reason, sizeof f->reason, "the gradient by element %zu of %s is wrong", e->index, t->name);
}

/* looks at the element at one point, which is kept if it is the first or the worst */
static void look(struct element *e, struct gc_run *run, double *d, int point)
{
    struct gc_ladder l;
    double allowed, gmax = size_of_gradient(run, e->tensor, d), a = run->g[e->tensor][e->index];
    gc_sample_direction(run, e->tensor, 0, d); /* along one element a jump would look like noise */
    gc_run_noise(run, e->tensor, d);
    memset(d, 0, run->nin[e->tensor] * sizeof *d);
    gc_run_element(run, e->tensor, e->index, &l);
    gc_sample sample = { .index = e->index, .analytic = a, .numeric = l.value, .error_bar = l.error };
    gc_verdict v = judge(run, &l, a, gmax, &sample, &allowed);
    const gc_tensor_result *t = &e->r->tensor[e->tensor];
    double off = fabs(a - l.value), was = fabs(t->worst.analytic - t->worst.numeric);
    e->r->points++;
    if (run->rounded && v != GC_FAIL) return; /* at ties and corners every legal choice passes */
    if (t->samples && !(weight(v) > weight(t->verdict) || (v == t->verdict && off > was))) return;
    keep(e, &sample, v, gmax, allowed, point);
    *e->r->reason = '\0';
    if (v == GC_INCONCLUSIVE) gc_say_uncertain(&l, a, e->r->reason);
    struct line line = { run, e->tensor, d };
    d[e->index] = 1;
    fill_curve(e->curve, &line, a);
    d[e->index] = 0;
    e->curve->ladder_error = fabs(a) > 0 ? l.error / fabs(a) : l.error;
    e->curve->ladder_h = l.chosen_h;
}

static void look_everywhere(void *arg)
{
    struct element *e = arg;
    struct gc_run run;
    if (!gc_run_open(&run, e->p, &e->o, e->r)) {
        e->r->verdict = GC_INCONCLUSIVE;
        if (e->r->findings) gc_text(e->r->reason, sizeof e->r->reason, "%s", e->r->finding[0].reason);
        return;
    }
    double *d = calloc(run.nin[e->tensor], sizeof *d);
    for (int point = 0; d && point <= e->o.n_points && !run.broken; point++)
        if (gc_run_point(&run, point) && !run.broken) look(e, &run, d, point);
    free(d);
    e->r->checks = GC_ELEMENTS;
    e->r->verdict = run.broken     ? GC_CONTRACT_BROKEN
                    : e->r->points ? e->r->tensor[e->tensor].verdict
                                   : GC_INCONCLUSIVE;
    for (int i = 0; i < e->r->findings && !*e->r->reason; i++)
        if (e->r->finding[i].verdict == e->r->verdict)
            gc_text(e->r->reason, sizeof e->r->reason, "%s", e->r->finding[i].reason);
    gc_run_close(&run);
}

/* ---- the entry ---- */

/* Why there is nothing to look at; NULL: there is. */
static const char *lacks(const struct element *e)
{
    const gc_problem *p = e->p;
    if (!p->forward || !p->backward) return "one element is looked at by forward and backward: give both";
    if (e->tensor < 0 || e->tensor >= p->nin || !(p->in[e->tensor].flags & GC_GRAD))
        return "the problem has no input of this number with the flag GC_GRAD";
    if (e->index >= gc_elements(&p->in[e->tensor])) return "the tensor has no element of this number";
    return e->curve ? NULL : "out of memory for the V curve";
}

gc_result *gc_check_element(const gc_problem *problem, int tensor, size_t element, const gc_options *options,
                            gc_vrow *row, int max, int *rows, double *ladder_h, double *ladder_error)
{
    struct element e = { problem, options ? *options : gc_defaults(), NULL, NULL, tensor, element };
    e.r = gc_result_new(problem->name, &e.o);
    e.curve = gc_shared_new(sizeof *e.curve);
    const char *reason = lacks(&e);
    *rows = 0;
    if (reason) {
        gc_text(e.r->reason, sizeof e.r->reason, "%s", reason);
        e.r->verdict = GC_INCONCLUSIVE;
    } else if (e.o.fork) {
        gc_in_child(e.r, e.o.timeout_s, look_everywhere, &e);
    } else {
        look_everywhere(&e);
    }
    if (e.curve) {
        *rows = e.curve->rows < max ? e.curve->rows : max;
        memcpy(row, e.curve->row, (size_t)*rows * sizeof *row);
        *ladder_h = e.curve->ladder_h, *ladder_error = e.curve->ladder_error;
    }
    gc_shared_free(e.curve, sizeof *e.curve);
    return e.r;
}
