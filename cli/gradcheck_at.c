/* gradcheck_at.c - --at: one element of one gradient, at every point, with its V curve. */
#include "gradcheck.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../gradcheck/gc_internal.h"

/* ---- the index ---- */

/* "2,1,0", or one number that counts through the whole tensor; 0 with why set */
static int read_index(const char *text, const gc_tensor *t, size_t *flat, char *why)
{
    size_t index[GC_MAX_DIMS], n = gc_elements(t);
    int count = 0;
    for (const char *p = text; count < GC_MAX_DIMS;) {
        char *end;
        if (*p < '0' || *p > '9')
            return WHY_NOT(why, "--at %.60s: it must be whole numbers like 2,1,0", text);
        index[count++] = strtoull(p, &end, 10);
        if (!*end) break;
        if (*end != ',' || count == GC_MAX_DIMS)
            return WHY_NOT(why, "--at %.60s: it must be whole numbers like 2,1,0", text);
        p = end + 1;
    }
    if (count == 1 && t->nd != 1) {
        *flat = index[0];
        return *flat < n ? 1 : WHY_NOT(why, "--at %s: %s has %zu elements, counted from 0", text, t->name, n);
    }
    if (count != t->nd) return WHY_NOT(why, "--at %.60s: %s has %d indexes", text, t->name, t->nd);
    *flat = 0;
    for (int k = 0; k < count; k++) {
        if (index[k] >= t->dim[k])
            return WHY_NOT(why, "--at %.60s: index %d of %s ends at %zu", text, k + 1, t->name,
                           t->dim[k] - 1);
        *flat = *flat * t->dim[k] + index[k];
    }
    return 1;
}

/* ---- the element ---- */

struct element {
    const struct subject *s;
    gc_options o;
    struct outcome *out;
    gc_result *r;
    int tensor;
    size_t index;
};

struct line {
    struct gc_run *run;
    int tensor;
    const double *d;
};

static double along(double t, void *ctx)
{
    const struct line *l = ctx;
    return gc_run_loss_at(l->run, l->tensor, l->d, t);
}

static void fill_vcurve(struct outcome *out, struct line *l, double truth)
{
    double f0 = along(0, l), scale = fabs(truth) > 0 ? fabs(truth) : 1;
    out->vrows = 0;
    for (int k = 0; k <= 50 && out->vrows < OUTCOME_ROWS; k++) {
        double h = ldexp(1, -k), plus = along(h, l), minus = along(-h, l);
        double central = (plus - minus) / (2 * h), wide = (along(2 * h, l) - along(-2 * h, l)) / (4 * h);
        gc_vrow *row = &out->vrow[out->vrows++];
        *row = (gc_vrow){ .h = h,
                          .forward = fabs((plus - f0) / h - truth) / scale,
                          .central = fabs(central - truth) / scale,
                          .fourth = fabs((4 * central - wide) / 3 - truth) / scale,
                          .complex_step = NAN,
                          .forward_f32 = NAN,
                          .central_f32 = NAN };
    }
}

/* looks at the element at one point; its finding stays if it is the worst */
static void look(struct element *e, struct gc_run *run, const double *d, int point)
{
    struct line l = { run, e->tensor, d };
    double size = fabs(run->x[e->tensor][e->index]), h0 = ldexp(size > 1 ? size : 1, -4), error, allowed;
    double a = run->g[e->tensor][e->index], noise = gc_run_noise(run, e->tensor, d);
    double n = gc_diff1(along, &l, h0, 0, noise, &error);
    gc_verdict v = gc_judge(a, n, error, fabs(n), e->o.rtol > 0 ? e->o.rtol : 1e-7, &allowed);
    gc_tensor_result *t = &e->r->tensor[e->tensor];
    e->r->points++;
    if (point > 0 && v <= t->verdict) return;
    gc_sample sample = { e->index, a, n, error, v == GC_FAIL, 0 };
    t->verdict = v;
    t->looked = 1;
    t->wrong = v == GC_FAIL;
    t->first = e->index;
    t->worst = t->sample[0] = sample;
    t->samples = 1;
    t->scale = fabs(n);
    double scale = fmax(fabs(a), fabs(n));
    t->worst_rel = scale > 0 ? fabs(a - n) / scale : 0;
    t->allowed_rel = scale > 0 ? allowed / scale : allowed;
    fill_vcurve(e->out, &l, a);
    e->out->ladder_error = scale > 0 ? error / scale : error;
    e->out->ladder_h = h0;
}

static void look_everywhere(void *arg)
{
    struct element *e = arg;
    struct gc_run run;
    gc_problem p = e->s->problem;
    if (!gc_run_open(&run, &p, &e->o, e->r)) return;
    double *d = calloc(run.nin[e->tensor], sizeof *d);
    if (d) {
        d[e->index] = 1;
        for (int point = 0; point < e->o.n_points; point++)
            if (gc_run_point(&run, point)) look(e, &run, d, point);
    }
    free(d);
    gc_run_close(&run);
    gc_tensor_result *t = &e->r->tensor[e->tensor];
    e->r->verdict = e->r->points ? t->verdict : GC_INCONCLUSIVE;
    e->r->checks = GC_ELEMENTS;
    if (e->r->verdict == GC_FAIL)
        gc_text(e->r->why, sizeof e->r->why, "the gradient by element %zu of %s is wrong", e->index, t->name);
}

int subject_at_work(struct subject *s, const struct settings *set, struct outcome *out)
{
    struct element e = { .s = s, .o = outcome_options(set, out), .out = out, .tensor = -1 };
    for (int i = 0; i < s->problem.nin; i++) {
        if (!(s->in[i].flags & GC_GRAD)) continue;
        if (e.tensor >= 0)
            return WHY_NOT(out->why, "--at needs --only: %s has more than one gradient", s->name);
        e.tensor = i;
    }
    if (e.tensor < 0) return WHY_NOT(out->why, "%s has no input with a gradient", s->name);
    if (!s->problem.forward || !s->problem.backward)
        return WHY_NOT(out->why, "--at needs a forward and a backward; %s has only one", s->name);
    if (!read_index(set->at, &s->in[e.tensor], &e.index, out->why)) return 0;
    e.r = gc_result_new(s->name, &e.o);
    if (set->o.fork)
        gc_in_child(e.r, set->o.timeout_s, look_everywhere, &e);
    else
        look_everywhere(&e);
    outcome_keep(out, e.r);
    return 1;
}
