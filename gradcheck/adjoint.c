/* adjoint.c - for an input in which the outputs are affine: <A y, v> = <y, A'v>, without a
 * step and in any precision.
 *
 * A y = f(y) - f(0), and A'v is what the backward gives. Both sides are compared relative to norm(A y)
 * norm(v), not to the product itself, which may cancel. That f is affine at all is tested first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gc_internal.h"

struct map {
    struct gc_run *run;
    int tensor;
    size_t outputs;                   /* of all out tensors together */
    double *y, *z, *sum;              /* test vectors, in the shape of the input */
    double *at0, *aty, *atz, *at_sum; /* f(0), f(y) ..., all outputs in one row */
    double *v;
    double rtol;
};

static double norm(const double *a, size_t n)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++) squares += a[i] * a[i];
    return sqrt(squares);
}

/* f at the input's value x (NULL: 0); the input is put back by the caller. 0: refused */
static int apply(struct map *m, double *x, double *to)
{
    struct gc_run *run = m->run;
    gc_tensor *in = &run->in[m->tensor];
    for (size_t i = 0; i < run->nin[m->tensor]; i++) {
        gc_set(in, i, x ? x[i] : 0);
        if (x) x[i] = gc_get(in, i); /* as the type holds it */
    }
    gc_run_loss(run);
    if (run->refused) return 0;
    for (int k = 0; k < run->p->nout; k++)
        for (size_t i = 0; i < run->nout[k]; i++) *to++ = gc_get(&run->out[k], i);
    return 1;
}

static gc_finding *note(struct map *m, gc_verdict verdict, const char *detail)
{
    gc_finding *f = gc_note(m->run->r, GC_ADJOINT, m->tensor, m->run->point, verdict);
    gc_text(f->detail, sizeof f->detail, "%s", detail);
    return f;
}

/* f(y + z) - f(y) - f(z) + f(0) = 0 */
static int is_affine(struct map *m)
{
    double size = norm(m->at_sum, m->outputs) + norm(m->aty, m->outputs) + norm(m->atz, m->outputs) +
                  norm(m->at0, m->outputs);
    double off = 0;
    for (size_t k = 0; k < m->outputs; k++) {
        double one = fabs(m->at_sum[k] - m->aty[k] - m->atz[k] + m->at0[k]);
        if (!(one <= off)) off = one; /* a NaN stays */
    }
    if (off <= m->rtol * size) return 1;
    gc_text(note(m, GC_FAIL, "is it linear?")->reason, GC_TEXT,
            "the outputs are not affine in %s: f(y+z) - f(y) - f(z) + f(0) is off by %.1e of the outputs' "
            "size; mend the "
            "forward, or drop the flag GC_LINEAR",
            m->run->r->tensor[m->tensor].name, off / size);
    return 0;
}

/* <A x, v> for x = y on [from, to), 0 elsewhere; NaN if refused. Overwrites z and atz. */
static double product(struct map *m, size_t from, size_t to)
{
    double dot = 0;
    memset(m->z, 0, m->run->nin[m->tensor] * sizeof *m->z);
    memcpy(m->z + from, m->y + from, (to - from) * sizeof *m->z);
    if (!apply(m, m->z, m->atz)) return (double)NAN;
    for (size_t k = 0; k < m->outputs; k++) dot += m->v[k] * (m->atz[k] - m->at0[k]);
    return dot;
}

/* <y, A'v> - <A y, v> on [from, to) */
static double disagreement(struct map *m, size_t from, size_t to)
{
    return gc_dot(m->y + from, m->run->g[m->tensor] + from, to - from) - product(m, from, to);
}

/* The element that disagrees: halves [0, n) and keeps the half that disagrees more. */
static size_t bisect(struct map *m, double whole)
{
    size_t from = 0, to = m->run->nin[m->tensor];
    while (to - from > 1) {
        size_t middle = from + (to - from) / 2;
        double left = disagreement(m, from, middle);
        if (fabs(left) >= fabs(whole - left))
            to = middle, whole = left;
        else
            from = middle, whole -= left;
    }
    return from;
}

/* 1: both sides agree for this y */
static int agrees(struct map *m, const char *detail)
{
    struct gc_run *run = m->run;
    size_t n = run->nin[m->tensor];
    double left = 0, squares = 0, magnitude = 0;
    for (size_t k = 0; k < m->outputs; k++) {
        double image = m->aty[k] - m->at0[k];
        left += m->v[k] * image;
        squares += image * image;
        magnitude += fabs(m->v[k]) * (fabs(m->aty[k]) + fabs(m->at0[k])); /* what f(y) - f(0) cancels */
    }
    double u = m->rtol > 1e-9 ? 0x1p-24 : 0x1p-53;
    double right = gc_dot(m->y, run->g[m->tensor], n), scale = sqrt(squares) * norm(m->v, m->outputs);
    double allowed = m->rtol * fmax(scale, norm(m->y, n) * norm(run->g[m->tensor], n)) + 4 * u * magnitude;
    int fine = fabs(left - right) <= allowed;
    gc_finding *f = note(m, fine ? GC_PASS : GC_FAIL, detail);
    f->analytic = right, f->numeric = left, f->allowed = allowed;
    if (fine) return 1;
    size_t i = bisect(m, right - left);
    double exact = product(m, i, i + 1) / m->y[i], given = run->g[m->tensor][i];
    f->is_element = 1, f->index = i, f->analytic = given, f->numeric = exact;
    gc_text(f->reason, sizeof f->reason,
            "<A y, v> = %.9g but <y, A'v> = %.9g for y in the shape of %s: the backward is not the transpose "
            "of the forward; "
            "at element %zu it gives %.9g for %.9g",
            left, right, run->r->tensor[m->tensor].name, i, given, exact);
    return 0;
}

static void look(struct map *m)
{
    struct gc_run *run = m->run;
    size_t n = run->nin[m->tensor];
    for (int which = 0; which < run->o.n_dir; which++) {
        gc_sample_direction(run, m->tensor, which, m->y);
        gc_sample_direction(run, m->tensor, which + run->o.n_dir, m->z);
        if (!which) memcpy(m->y, run->x[m->tensor], n * sizeof *m->y);
        for (size_t i = 0; i < n; i++) m->sum[i] = m->y[i] + m->z[i];
        if (!apply(m, NULL, m->at0) || !apply(m, m->y, m->aty) || !apply(m, m->z, m->atz) ||
            !apply(m, m->sum, m->at_sum)) {
            gc_text(
                note(m, GC_INCONCLUSIVE, "refused")->reason, GC_TEXT,
                "the forward refuses some values of %s, but a linear map takes all: drop the flag GC_LINEAR",
                run->r->tensor[m->tensor].name);
            return;
        }
        if (!is_affine(m) || !agrees(m, which ? "random y" : "y = x")) return;
    }
}

static void test_tensor(struct gc_run *run, int tensor)
{
    struct map m = { .run = run, .tensor = tensor };
    size_t n = run->nin[tensor];
    int f32 = run->in[tensor].dt == GC_F32;
    for (int k = 0; k < run->p->nout; k++) m.outputs += run->nout[k], f32 |= run->out[k].dt == GC_F32;
    m.rtol = run->o.rtol > 0 ? run->o.rtol : f32 ? 1e-5 : 1e-12;
    double *room = calloc(3 * n + 5 * m.outputs, sizeof *room), *at = room;
    if (!room) {
        gc_text(note(&m, GC_INCONCLUSIVE, "memory")->reason, GC_TEXT, "out of memory for the adjoint test");
        return;
    }
    m.y = at, m.z = at += n, m.sum = at += n, m.at0 = at += n;
    m.aty = at += m.outputs, m.atz = at += m.outputs, m.at_sum = at += m.outputs, m.v = at += m.outputs;
    for (int k = 0; k < run->p->nout; k++)
        for (size_t i = 0; i < run->nout[k]; i++) *at++ = run->v[k][i];
    gc_stage(run->r, "forward, adjoint test of %s, point %d", run->r->tensor[tensor].name, run->point);
    look(&m);
    for (size_t i = 0; i < n; i++) gc_set(&run->in[tensor], i, run->x[tensor][i]);
    gc_run_loss(run); /* out[] at the point again */
    free(room);
}

void gc_test_adjoint(struct gc_run *run)
{
    for (int t = 0; t < run->p->nin; t++)
        if (run->g[t] && run->in[t].flags & GC_LINEAR && !run->bad[t]) test_tensor(run, t);
}
