/* precision_twin.c - an f32 forward and backward (a fast kernel, say) against an f64 pair that gc_check
 * has passed, at the same float-valued points. f32 code is compared, never differenced: a difference of
 * floats is good to three digits.
 *
 * A tensor may be off by 4 u sqrt(K depth) in norm, u = 2^-24: a dot product of K rounded terms wanders that
 * far (Higham 2002, section 3.1, and the rule of thumb there), once for every layer in sequence. Where every
 * input is GC_LINEAR the sums of absolute values are known (the f64 backward of absolute values) and bound
 * every element for itself. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gc_internal.h"

struct twins {
    const gc_problem *p32, *p64;
    gc_options o;
    gc_result *r;
    struct gc_run f32, f64;
    double allowed; /* in norm */
    double terms;   /* K */
};

static void complain(struct twins *w, const char *format, const char *what, int i)
{
    gc_finding *f = gc_note(w->r, GC_REFERENCE, -1, 0, GC_INCONCLUSIVE);
    gc_text(f->detail, sizeof f->detail, "the pair itself");
    gc_text(f->reason, sizeof f->reason, format, what, i);
}

/* a is that in float, whose gradient may be left out: one that is 0 by cancellation, whatever the input is,
 * has no digit in float that could be compared */
static int same_shape(const gc_tensor *a, const gc_tensor *b)
{
    return a->nd == b->nd && !memcmp(a->dim, b->dim, (size_t)a->nd * sizeof *a->dim) &&
           (a->dt == GC_I32) == (b->dt == GC_I32) && (!(a->flags & GC_GRAD) || b->flags & GC_GRAD);
}

static int are_twins(struct twins *w)
{
    const gc_problem *a = w->p32, *b = w->p64;
    if (a->nin != b->nin || a->nout != b->nout) {
        complain(w,
                 "the two problems have different numbers of tensors; give %s with the same in[] and out[]",
                 "twins", 0);
        return 0;
    }
    for (int i = 0; i < a->nin; i++)
        if (!same_shape(&a->in[i], &b->in[i])) {
            complain(w, "%s %d has another shape, kind or GC_GRAD flag in the f64 problem; make them alike",
                     "input", i);
            return 0;
        }
    for (int i = 0; i < a->nout; i++)
        if (!same_shape(&a->out[i], &b->out[i])) {
            complain(w, "%s %d has another shape in the f64 problem; make them alike", "output", i);
            return 0;
        }
    return 1;
}

/* The longest sum: no longer than the largest tensor without its shortest axis. */
static double longest_sum(const gc_problem *p)
{
    double longest = 1;
    for (int i = 0; i < p->nin + p->nout; i++) {
        const gc_tensor *t = i < p->nin ? &p->in[i] : &p->out[i - p->nin];
        size_t n = gc_elements(t), shortest = t->nd > 1 ? n : 1;
        for (int k = 0; t->nd > 1 && k < t->nd; k++)
            if (t->dim[k] < shortest) shortest = t->dim[k];
        longest = fmax(longest, (double)(n / shortest));
    }
    return longest;
}

/* The f64 twin at the f32 run's point. 0: it refused */
static int follow(struct twins *w)
{
    struct gc_run *a = &w->f32, *b = &w->f64;
    b->point = a->point, b->rounded = a->rounded;
    for (int t = 0; t < w->p32->nin; t++)
        for (size_t i = 0; i < a->nin[t]; i++) {
            double x = gc_get(&a->in[t], i);
            gc_set(&b->in[t], i, x);
            if (b->x[t]) b->x[t][i] = x;
        }
    for (int k = 0; k < w->p32->nout; k++)
        for (size_t i = 0; i < a->nout[k]; i++) {
            b->v[k][i] = gc_get(&a->dout[k], i);
            gc_set(&b->dout[k], i, b->v[k][i]);
        }
    gc_stage(w->r, "f64 forward, point %d", a->point);
    if (w->p64->forward) gc_run_loss(b);
    if (b->refused) return 0;
    gc_stage(w->r, "f64 backward, point %d", a->point);
    return !w->p64->backward || gc_run_gradient(b, b->g);
}

/* The element that is off most, in units of what the largest is. */
static size_t worst_of(const double *a, const double *b, size_t n)
{
    size_t worst = 0;
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double off = fabs(a[i] - b[i]);
        if (off <= most) continue;
        worst = i, most = off;
        if (!gc_is_finite(off)) return i;
    }
    return worst;
}

static void fill_tensor(struct twins *w, int t, size_t worst, double rel, int fine)
{
    gc_tensor_result *r = &w->r->tensor[t];
    if (r->looked && rel <= r->worst_rel) return;
    r->looked = w->f32.nin[t];
    r->worst = (gc_sample){
        .index = worst, .analytic = w->f32.g[t][worst], .numeric = w->f64.g[t][worst], .wrong = !fine
    };
    r->worst_rel = rel, r->allowed_rel = w->allowed;
    for (size_t i = 0; i < w->f64.nin[t]; i++) r->scale = fmax(r->scale, fabs(w->f64.g[t][i]));
}

/* In norm. tensor -1: an output. */
static void compare_norm(struct twins *w, int tensor, const char *name, const double *a, const double *b,
                         size_t n)
{
    double rel = gc_rel_norm(a, b, n);
    size_t worst = worst_of(a, b, n);
    int fine = rel <= w->allowed;
    gc_finding *f = gc_note(w->r, GC_REFERENCE, tensor, w->f32.point, fine ? GC_PASS : GC_FAIL);
    gc_text(f->detail, sizeof f->detail, "norm, %.1e", rel);
    f->is_element = tensor >= 0, f->index = worst;
    f->analytic = a[worst], f->numeric = b[worst], f->allowed = w->allowed;
    if (tensor >= 0) fill_tensor(w, tensor, worst, rel, fine);
    if (fine) return;
    gc_text(f->reason, sizeof f->reason,
            "%s in float is off by %.1e of its norm, and %.1e is what rounding can do; the worst element is "
            "%zu: %.9g for %.9g",
            name, rel, w->allowed, worst, a[worst], b[worst]);
}

/* Every element within 4 sqrt(K) u of its own sum of absolute values. */
static void compare_elements(struct twins *w, int t, const double *magnitude)
{
    const double *a = w->f32.g[t], *b = w->f64.g[t];
    double c = fmax(4 * sqrt(w->terms) * 0x1p-24, 8 * 0x1p-24);
    for (size_t i = 0; i < w->f32.nin[t]; i++) {
        double allowed = c * fabs(magnitude[i]) + 0x1p-126;
        if (fabs(a[i] - b[i]) <= allowed) continue;
        gc_finding *f = gc_note(w->r, GC_ELEMENTS, t, w->f32.point, GC_FAIL);
        gc_text(f->detail, sizeof f->detail, "element by magnitudes");
        f->is_element = 1, f->index = i, f->analytic = a[i], f->numeric = b[i], f->allowed = allowed;
        gc_text(f->reason, sizeof f->reason,
                "element %zu of d%s in float is %.9g for %.9g: rounding its sum of products can do %.1e only",
                i, w->r->tensor[t].name, a[i], b[i], allowed);
        return;
    }
    gc_finding *f = gc_note(w->r, GC_ELEMENTS, t, w->f32.point, GC_PASS);
    gc_text(f->detail, sizeof f->detail, "elements by magnitudes");
}

/* Is the gradient a sum of products of inputs and upstream, whose magnitudes can be had by
 * running on absolute values? */
static int has_magnitudes(const gc_problem *p)
{
    for (int t = 0; t < p->nin; t++)
        if (p->in[t].dt == GC_I32 || !(p->in[t].flags & GC_LINEAR)) return 0;
    return 1;
}

static void compare_magnitudes(struct twins *w)
{
    struct gc_run *b = &w->f64;
    double *magnitude[GC_MAX_TENSORS] = { NULL };
    int fine = 1;
    for (int t = 0; t < w->p64->nin; t++) {
        if (b->g[t]) fine &= !!(magnitude[t] = calloc(b->nin[t], sizeof(double)));
        for (size_t i = 0; i < b->nin[t]; i++) gc_set(&b->in[t], i, fabs(b->x[t][i]));
    }
    for (int k = 0; k < w->p64->nout; k++)
        for (size_t i = 0; i < b->nout[k]; i++) gc_set(&b->dout[k], i, fabs(b->v[k][i]));
    if (w->p64->forward) gc_run_loss(b);
    fine = fine && !b->refused && gc_run_gradient(b, magnitude);
    for (int t = 0; t < w->p64->nin; t++) {
        if (fine && magnitude[t]) compare_elements(w, t, magnitude[t]);
        free(magnitude[t]);
    }
}

static void compare(struct twins *w)
{
    for (int k = 0; w->p32->forward && w->p64->forward && k < w->p32->nout; k++) {
        const gc_tensor *out = &w->f32.out[k];
        double *a = calloc(2 * w->f32.nout[k], sizeof *a), *b = a + w->f32.nout[k];
        if (!a) continue;
        for (size_t i = 0; i < w->f32.nout[k]; i++) a[i] = gc_get(out, i), b[i] = gc_get(&w->f64.out[k], i);
        compare_norm(w, -1, out->name ? out->name : "the output", a, b, w->f32.nout[k]);
        free(a);
    }
    for (int t = 0; t < w->p32->nin; t++) {
        char name[GC_NAME + 8];
        if (!w->f32.g[t] || !w->f64.g[t]) continue;
        gc_text(name, sizeof name, "d%s", w->r->tensor[t].name);
        compare_norm(w, t, name, w->f32.g[t], w->f64.g[t], w->f32.nin[t]);
    }
    if (w->p64->backward && has_magnitudes(w->p64)) compare_magnitudes(w);
}

static void look(struct twins *w)
{
    for (int point = 0; point <= w->o.n_points; point++) {
        if (!gc_run_point(&w->f32, point)) continue;
        if (w->p32->forward) gc_run_loss(&w->f32); /* out[] at the point */
        if (!follow(w)) {
            complain(w, "the f64 %s refuses a point that the f32 problem takes (point %d)", "problem", point);
            continue;
        }
        w->r->points++;
        compare(w);
    }
}

static void work(void *arg)
{
    struct twins *w = arg;
    if (!are_twins(w)) return;
    w->terms = longest_sum(w->p32);
    int depth = w->p32->depth > 1 ? w->p32->depth : 1;
    w->allowed = w->o.rtol > 0 ? w->o.rtol : fmax(1e-6, 4 * 0x1p-24 * sqrt(w->terms * depth));
    if (!gc_run_open(&w->f64, w->p64, &w->o, w->r)) return;
    if (gc_run_open(&w->f32, w->p32, &w->o, w->r)) {
        look(w);
        gc_run_close(&w->f32);
    }
    gc_run_close(&w->f64);
}

gc_result *gc_check_precision_twin(const gc_problem *f32, const gc_problem *f64, const gc_options *o)
{
    struct twins w = { .p32 = f32, .p64 = f64, .o = o ? *o : gc_defaults() };
    w.r = gc_result_new(f32->name ? f32->name : "twin", &w.o);
    if (w.r->verdict == GC_CRASH) return w.r;
    w.r->checks = GC_REFERENCE | GC_ELEMENTS;
    if (w.o.n_points < 1) w.o.n_points = 1;
    if (w.o.fork)
        gc_in_child(w.r, w.o.timeout_s, work, &w);
    else
        work(&w);
    gc_settle(w.r);
    return w.r;
}
