/* complex.c - the complex step: Im f(x + ih) / h, exact to rounding at any tiny h (Squire & Trapp, SIAM
 * Review 40(1), 1998).
 *
 * Where gradient and complex step disagree the ladder is the judge of both: a complex forward with fabs()
 * or a comparison gone wrong is another function, and then it is not the gradient that is wrong. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ARBITRATED = 8 };
static const double tiny = 1e-20, rtol_complex = 1e-12;

struct step {
    struct gc_run *run;
    gc_tensor in[GC_MAX_TENSORS], out[GC_MAX_TENSORS];
    int certain; /* elements of this tensor that the ladder calls wrong too */
    /* how far the gradient moves when x is rounded otherwise; NULL: not known yet */
    double *spread[GC_MAX_TENSORS];
};

/* ---- the complex problem ---- */

static int make_complex(gc_tensor *to, const gc_tensor *like, size_t n, const char *fallback)
{
    *to = *like;
    to->dt = GC_F64;
    to->data = n < SIZE_MAX / 32 ? gc_memory_new(2 * n * sizeof(double)) : NULL;
    if (to->data) gc_memory_name(to->data, like->name ? like->name : fallback);
    return to->data != NULL;
}

static void close_step(struct step *s)
{
    for (int t = 0; t < s->run->p->nin; t++) {
        if (s->run->x[t]) gc_memory_free(s->in[t].data);
        free(s->spread[t]);
    }
    for (int k = 0; k < s->run->p->nout; k++) gc_memory_free(s->out[k].data);
}

static int open_step(struct step *s, struct gc_run *run)
{
    int memory = 1;
    *s = (struct step){ .run = run };
    for (int t = 0; t < run->p->nin; t++) {
        s->in[t] = run->in[t];
        if (!run->x[t]) continue; /* integers are what they are */
        memory = make_complex(&s->in[t], &run->in[t], run->nin[t], "an input") && memory;
        double *pair = s->in[t].data;
        for (size_t i = 0; pair && i < run->nin[t]; i++) pair[2 * i] = run->x[t][i], pair[2 * i + 1] = 0;
    }
    for (int k = 0; k < run->p->nout; k++)
        memory = make_complex(&s->out[k], &run->out[k], run->nout[k], "an output") && memory;
    return memory;
}

/* Im sum v out / h; NaN if refused */
static double derivative(struct step *s, double h)
{
    struct gc_run *run = s->run;
    double sum = 0;
    run->r->forwards++;
    if (run->p->forward_complex(run->p->ctx, s->in, s->out)) return (double)NAN;
    for (int k = 0; k < run->p->nout; k++) {
        const double *pair = s->out[k].data;
        for (size_t i = 0; i < run->nout[k]; i++) sum += run->v[k][i] * pair[2 * i + 1];
    }
    return sum / h;
}

static double derivative_at(struct step *s, int tensor, size_t i)
{
    double *pair = s->in[tensor].data, h = tiny * gc_element_size(s->run, tensor, i);
    pair[2 * i + 1] = h;
    double c = derivative(s, h);
    pair[2 * i] = s->run->x[tensor][i], pair[2 * i + 1] = 0;
    return c;
}

static double derivative_along(struct step *s, int tensor, const double *d)
{
    double *pair = s->in[tensor].data;
    for (size_t i = 0; i < s->run->nin[tensor]; i++) pair[2 * i + 1] = tiny * d[i];
    double c = derivative(s, tiny);
    for (size_t i = 0; i < s->run->nin[tensor]; i++) pair[2 * i + 1] = 0;
    return c;
}

/* ---- is it the same function? ---- */

static gc_finding *note_doubt(struct gc_run *run, int tensor, const char *detail)
{
    gc_finding *f = gc_note(run->r, GC_COMPLEX, tensor, run->point, GC_INCONCLUSIVE);
    gc_text(f->detail, sizeof f->detail, "%s", detail);
    return f;
}

/* The real parts are the forward's values, and nothing is imaginary where the inputs are real. */
static int same_values(struct step *s)
{
    struct gc_run *run = s->run;
    double c = derivative(s, 1);
    (void)gc_run_loss(run); /* run->out holds what the last evaluation left, perhaps of a moved input */
    if (!gc_is_finite(c)) {
        gc_text(note_doubt(run, -1, "values")->reason, GC_TEXT,
                "the complex forward refuses, or gives NaN: check it for -ffast-math, -fcx-limited-range and "
                "functions not meant for complex numbers");
        return 0;
    }
    double off = 0, size = 0;
    for (int k = 0; k < run->p->nout; k++) {
        const double *pair = s->out[k].data;
        for (size_t i = 0; i < run->nout[k]; i++) {
            off = fmax(off, fabs(pair[2 * i] - gc_get(&run->out[k], i)));
            size = fmax(size, fabs(pair[2 * i]));
        }
    }
    if (off <= (run->r->f32_inside ? 1e-4 : 1e-9) * size) return 1;
    gc_text(note_doubt(run, -1, "values")->reason, GC_TEXT,
            "the complex forward is another function: its real parts differ from the forward's outputs by "
            "%.1e of %.3g",
            off, size);
    return 0;
}

/* ---- the gradient's own rounding ---- */

/* The gradient where x is moved by about a unit in its last place: what it moves by is rounding, not
 * error. */
static void measure_spread(struct step *s)
{
    struct gc_run *run = s->run;
    double *moved[GC_MAX_TENSORS] = { 0 };
    int known = 1;
    for (int t = 0; t < run->p->nin; t++) {
        if (!run->g[t]) continue;
        known = known && (moved[t] = calloc(run->nin[t], sizeof(double)));
        for (size_t i = 0; i < run->nin[t]; i++) {
            int up = gc_random_bits(run->o.seed, 8000 + (uint64_t)t, i) & 1;
            gc_set(&run->in[t], i, run->x[t][i] * (up ? 1 + 0x1p-52 : 1 - 0x1p-53));
        }
    }
    known = known && gc_is_finite(gc_run_loss(run)) && gc_run_gradient(run, moved);
    for (int t = 0; t < run->p->nin; t++) {
        if (!run->g[t]) continue;
        for (size_t i = 0; i < run->nin[t]; i++) {
            gc_set(&run->in[t], i, run->x[t][i]);
            if (known) moved[t][i] = fabs(moved[t][i] - run->g[t][i]);
        }
        s->spread[t] = moved[t];
    }
    gc_run_loss(run); /* out[] as it was */
}

/* sqrt(sum (spread d)^2): rounding of a directional derivative; of an element with d NULL */
static double rounding(struct step *s, int tensor, size_t i, const double *d)
{
    if (!s->spread[tensor]) measure_spread(s);
    if (!s->spread[tensor]) return 0;
    return d ? gc_natural_size(s->spread[tensor], d, s->run->nin[tensor]) : s->spread[tensor][i];
}

/* ---- comparing ---- */

static double tolerance(const struct gc_run *run, int tensor, double a, double c, double gmax, double unit)
{
    double rtol = gc_rtol(run, tensor), scale = fmax(fmax(fabs(a), fabs(c)), 1e-3 * gmax);
    if (run->o.rtol <= 0 && rtol <= 1e-7) rtol = rtol_complex;
    return rtol * scale + 16 * 0x1p-53 * run->size / unit;
}

/* The ladder decides between a and c: GC_FAIL if the gradient is wrong, GC_INCONCLUSIVE if the complex
 * forward is, GC_KINK if neither need be. */
static gc_verdict arbitrate(struct step *s, int tensor, size_t i, const double *d, double a, double c,
                            int *seen_by_ladder)
{
    struct gc_ladder l;
    double allowed;
    *seen_by_ladder = 1;
    if (!s->run->p->forward) return GC_FAIL;
    if (d)
        gc_run_derivative(s->run, tensor, d, &l);
    else
        gc_run_element(s->run, tensor, i, &l);
    double size = fmax(fabs(a), fabs(c));
    int a_agrees = gc_judge(a, l.value, l.error, size, gc_rtol(s->run, tensor), &allowed) == GC_PASS;
    int c_agrees = gc_judge(c, l.value, l.error, size, gc_rtol(s->run, tensor), &allowed) == GC_PASS;
    *seen_by_ladder = !a_agrees;
    if (c_agrees) return GC_FAIL; /* beyond what the ladder sees the complex step is exact */
    if (gc_at_kink(&l)) return GC_KINK;
    if (!a_agrees) return GC_KINK; /* the other tests tell of it */
    return GC_INCONCLUSIVE;
}

static void say_other_function(struct step *s, int tensor, double a, double c)
{
    s->run->other_function = 1;
    gc_text(note_doubt(s->run, tensor, "another function")->reason, GC_TEXT,
            "the complex forward is not the same function: its derivative by %s is %.6g, gradient and "
            "differences say %.6g; look for fabs, conj and comparisons of complex numbers",
            s->run->r->tensor[tensor].name, c, a);
}

static void note_wrong(struct step *s, int tensor, size_t i, const double *d, double a, double c,
                       double allowed)
{
    struct gc_run *run = s->run;
    gc_finding *f = gc_note(run->r, GC_COMPLEX, tensor, run->point, GC_FAIL);
    gc_text(f->detail, sizeof f->detail, d ? "a direction" : "element %zu", i);
    f->is_element = !d, f->index = i, f->analytic = a, f->numeric = c, f->allowed = allowed;
    f->error_bar = 0x1p-52 * fabs(c);
    gc_text(f->reason, GC_TEXT,
            "the complex step, exact to rounding, gives %.16g where the gradient of %s says %.16g", c,
            run->r->tensor[tensor].name, a);
}

/* GC_PASS, or what the arbiter says. */
static gc_verdict compare(struct step *s, int tensor, size_t i, const double *d, double c, double gmax)
{
    struct gc_run *run = s->run;
    double a = d ? gc_dot(run->g[tensor], d, run->nin[tensor]) : run->g[tensor][i];
    double unit = d ? 1 : gc_element_size(run, tensor, i);
    double allowed = tolerance(run, tensor, a, c, gmax, unit);
    if (fabs(a - c) <= allowed) return GC_PASS;
    allowed += 20 * rounding(s, tensor, i, d);
    if (fabs(a - c) <= allowed) return GC_PASS;
    int seen = 1;
    gc_verdict v = s->certain >= ARBITRATED ? GC_FAIL : arbitrate(s, tensor, i, d, a, c, &seen);
    if (v == GC_FAIL) note_wrong(s, tensor, i, d, a, c, allowed);
    s->certain += v == GC_FAIL && seen;
    if (v == GC_FAIL && seen && !d) gc_sample_wrong(run, tensor, i, c, 0x1p-52 * fabs(c));
    if (v == GC_INCONCLUSIVE) say_other_function(s, tensor, a, c);
    return v;
}

static void look_at_elements(struct step *s, int tensor, const size_t *index, size_t count)
{
    double *c = malloc(count * sizeof *c), gmax = 0;
    int arbitrated = 0;
    s->certain = 0;
    if (!c) return;
    for (size_t k = 0; k < count; k++) {
        c[k] = derivative_at(s, tensor, index ? index[k] : k);
        if (gc_is_finite(c[k])) gmax = fmax(gmax, fabs(c[k]));
    }
    for (size_t k = 0; k < count; k++) {
        size_t i = index ? index[k] : k;
        if (!gc_is_finite(c[k])) continue;
        if (compare(s, tensor, i, NULL, c[k], gmax) == GC_PASS || s->certain >= ARBITRATED) continue;
        if (++arbitrated == 2 * ARBITRATED) break;
    }
    free(c);
}

static void look_at_tensor(struct step *s, int tensor)
{
    struct gc_run *run = s->run;
    size_t n = run->nin[tensor], index[GC_MOST_CHOSEN];
    size_t most = run->r->points == 1 ? run->o.max_elem : 64;
    gc_stage(run->r, "complex forward, %s, point %d", run->r->tensor[tensor].name, run->point);
    if (n <= most) {
        look_at_elements(s, tensor, NULL, n);
        return;
    }
    look_at_elements(s, tensor, index, gc_choose_elements(run, tensor, index));
    double *d = malloc(n * sizeof *d);
    if (!d) return;
    gc_sample_direction(run, tensor, 50, d);
    double c = derivative_along(s, tensor, d);
    if (gc_is_finite(c)) compare(s, tensor, 0, d, c, 1e3 * gc_natural_size(run->g[tensor], d, n));
    free(d);
}

void gc_test_complex(struct gc_run *run)
{
    struct step s;
    if (run->other_function) return;
    gc_run_noise(run, -1, NULL);
    gc_stage(run->r, "complex forward, point %d", run->point);
    if (!open_step(&s, run)) {
        gc_text(note_doubt(run, -1, "memory")->reason, GC_TEXT, "out of memory for the complex step");
    } else if (!run->p->forward || (gc_is_finite(gc_run_loss(run)) && same_values(&s))) {
        for (int t = 0; t < run->p->nin; t++) {
            if (!run->g[t] || run->bad[t]) continue;
            look_at_tensor(&s, t);
            gc_note(run->r, GC_COMPLEX, t, run->point, GC_PASS);
        }
    }
    close_step(&s);
}

void gc_complex_done(struct gc_run *run)
{
    for (int i = 0; run->other_function && i < run->r->findings; i++) {
        gc_finding *f = &run->r->finding[i];
        if (f->test != GC_COMPLEX || f->verdict != GC_FAIL) continue;
        f->verdict = GC_INCONCLUSIVE;
        gc_text(f->reason, GC_TEXT,
                "the complex forward is not the same function, as other derivatives show, so its %.16g is no "
                "proof against "
                "%.16g",
                f->numeric, f->analytic);
    }
}
