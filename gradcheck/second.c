/* second.c - second derivatives from gradients.
 *
 * Symmetry: u'Hw = w'Hu, since H is a second derivative of one function; a backward that is no
 * gradient of anything shows here, without any forward. Hessian: the problem's own Hv against the
 * difference of its gradient. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gc_internal.h"

/* Vectors over all inputs with GC_GRAD, one after the other. */
struct bend {
    struct gc_run *run;
    size_t n;
    double *u, *w, *g, *image;     /* image: Hw by one difference */
    double *split[GC_MAX_TENSORS]; /* g, tensor by tensor */
    double rtol;
    const double *move, *weigh; /* of along() */
};

static void note(struct bend *b, unsigned test, gc_verdict verdict, const char *detail, const char *reason)
{
    gc_finding *f = gc_note(b->run->r, test, -1, b->run->point, verdict);
    gc_text(f->detail, sizeof f->detail, "%s", detail);
    gc_text(f->reason, sizeof f->reason, "%s", reason);
}

static size_t count(const struct gc_run *run)
{
    size_t n = 0;
    for (int t = 0; t < run->p->nin; t++)
        if (gc_has_gradient(run, t)) n += run->nin[t];
    return n;
}

static int open_bend(struct bend *b, struct gc_run *run)
{
    *b = (struct bend){ .run = run, .n = count(run), .rtol = run->o.rtol > 0 ? run->o.rtol : 1e-6 };
    double *room = calloc(b->n, 4 * sizeof *room);
    if (!room) return 0;
    b->u = room, b->w = room + b->n, b->g = room + 2 * b->n, b->image = room + 3 * b->n;
    double *at = b->g;
    for (int t = 0; t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        b->split[t] = at, at += run->nin[t];
        if (run->in[t].dt == GC_F32 && run->o.rtol <= 0) b->rtol = 1e-3;
    }
    return 1;
}

static void close_bend(struct bend *b)
{
    if (b->run->p->forward) gc_run_loss(b->run); /* out[] at the point again */
    free(b->u);
}

static void sample(const struct bend *b, int which, double *d)
{
    for (int t = 0; t < b->run->p->nin; t++)
        if (gc_has_gradient(b->run, t)) gc_sample_direction(b->run, t, which, d), d += b->run->nin[t];
}

static void move(const struct bend *b, const double *d, double h)
{
    for (int t = 0; t < b->run->p->nin; t++)
        for (size_t i = 0; b->split[t] && i < b->run->nin[t]; i++)
            gc_set(&b->run->in[t], i, b->run->x[t][i] + (d ? h * *d++ : 0));
}

/* b->g = the gradient at x + h d; 0: refused */
static int gradient_at(struct bend *b, const double *d, double h)
{
    move(b, d, h);
    int fine = 1;
    if (b->run->p->forward) {
        gc_run_loss(b->run);
        fine = !b->run->refused;
    }
    fine = fine && gc_run_gradient(b->run, b->split);
    move(b, NULL, 0);
    return fine;
}

static double along(double t, void *ctx)
{
    struct bend *b = ctx;
    return gradient_at(b, b->move, t) ? gc_dot(b->weigh, b->g, b->n) : (double)NAN;
}

/* weigh'H move, with its error bar. The gradients of functions with corners jump: a ladder that begins below
 * the jumps may know more than one that began among them. */
static double second(struct bend *b, const double *to, const double *weigh, double *error)
{
    int float_loss, f32 = b->rtol > 1e-4;
    b->move = to, b->weigh = weigh;
    gc_stage(b->run->r, "backward, second differences at point %d", b->run->point);
    double noise = gc_noise(along, b, f32 ? 1e-4 : 1e-9, &float_loss), finer_error;
    double value = gc_diff1(along, b, 0x1p-5, f32 ? 8 : 0, noise, error);
    if (f32 || *error <= 1e-6 * fabs(value)) return value;
    double finer = gc_diff1(along, b, 0x1p-13, 8, noise, &finer_error);
    if (!(finer_error < *error) && gc_is_finite(value)) return value;
    *error = finer_error;
    return finer;
}

/* image = H d by one central difference: for sizes and for finding elements, without an error bar */
static int one_difference(struct bend *b, const double *d)
{
    double h = b->rtol > 1e-4 ? 1e-2 : 1e-5;
    if (!gradient_at(b, d, h)) return 0;
    memcpy(b->image, b->g, b->n * sizeof *b->g);
    if (!gradient_at(b, d, -h)) return 0;
    for (size_t i = 0; i < b->n; i++) b->image[i] = (b->image[i] - b->g[i]) / (2 * h);
    return 1;
}

/* sqrt(sum (a b)^2): a product before its terms cancel */
static double natural_size(const double *a, const double *b, size_t n)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++) squares += a[i] * b[i] * (a[i] * b[i]);
    return sqrt(squares);
}

/* An error bar that is large beside H, but only rounding beside the gradient, belongs to an H of zero. */
static gc_verdict judge(struct bend *b, double left, double right, double error, const double *weigh,
                        double *allowed)
{
    double scale = fmax(fmax(fabs(left), fabs(right)), 1e-3 * natural_size(weigh, b->image, b->n));
    *allowed = b->rtol * scale + 10 * error;
    if (!gc_is_finite(left) || !gc_is_finite(right) || !gc_is_finite(error)) return GC_INCONCLUSIVE;
    gradient_at(b, NULL, 0);
    int rounding = error <= b->rtol * natural_size(weigh, b->g, b->n);
    if (10 * error > 0.01 * scale && !rounding) return GC_INCONCLUSIVE;
    return fabs(left - right) <= *allowed ? GC_PASS : GC_FAIL;
}

static int usable(struct bend *b)
{
    for (int t = 0; t < b->run->p->nin; t++)
        if (b->run->bad[t]) return 0;
    return 1;
}

static void look_symmetric(struct bend *b, int which)
{
    double left_error, right_error, allowed;
    sample(b, which, b->u);
    sample(b, which + b->run->o.n_dir, b->w);
    double left = second(b, b->w, b->u, &left_error), right = second(b, b->u, b->w, &right_error);
    if (!one_difference(b, b->w)) left = (double)NAN;
    gc_verdict v = judge(b, left, right, left_error + right_error, b->u, &allowed);
    gc_finding *f = gc_note(b->run->r, GC_SYMMETRY, -1, b->run->point, v);
    gc_text(f->detail, sizeof f->detail, "directions %d", which + 1);
    f->analytic = left, f->numeric = right, f->error_bar = left_error + right_error, f->allowed = allowed;
    if (v == GC_FAIL)
        gc_text(f->reason, sizeof f->reason,
                "u'Hw = %.9g but w'Hu = %.9g +- %.0e: the backward is not the gradient of any function, so "
                "at least one of its "
                "parts is wrong",
                left, right, f->error_bar);
    if (v == GC_INCONCLUSIVE)
        gc_text(
            f->reason, sizeof f->reason,
            "differences of the gradient are good to %.0e of %.3g only: it is noisy, or jumps near the point",
            f->error_bar, left);
}

void gc_test_symmetry(struct gc_run *run)
{
    struct bend b;
    if (!open_bend(&b, run)) {
        note(&b, GC_SYMMETRY, GC_INCONCLUSIVE, "memory", "out of memory for second differences");
        return;
    }
    for (int which = 0; which < run->o.n_dir && usable(&b); which++) look_symmetric(&b, which);
    close_bend(&b);
}

/* ---- the problem's own hessian ---- */

static void free_all(gc_tensor *v, gc_tensor *dv)
{
    for (int t = 0; t < GC_MAX_TENSORS; t++) gc_memory_free(v[t].data), gc_memory_free(dv[t].data);
}

/* v = d and dv = NaN, with the shapes of the inputs */
static int make_all(struct gc_run *run, const double *d, gc_tensor *v, gc_tensor *dv)
{
    for (int t = 0; t < run->p->nin; t++) {
        char name[GC_NAME + 8];
        size_t bytes = run->nin[t] * gc_size_of(run->in[t].dt);
        v[t] = dv[t] = run->p->in[t];
        v[t].data = dv[t].data = NULL;
        if (!gc_has_gradient(run, t)) continue;
        v[t].data = gc_memory_new(bytes), dv[t].data = gc_memory_new(bytes);
        if (!v[t].data || !dv[t].data) return 0;
        gc_text(name, sizeof name, "v of %s", run->r->tensor[t].name);
        gc_memory_name(v[t].data, name);
        gc_text(name, sizeof name, "Hv of %s", run->r->tensor[t].name);
        gc_memory_name(dv[t].data, name);
        for (size_t i = 0; i < run->nin[t]; i++) gc_set(&v[t], i, *d++), gc_set(&dv[t], i, (double)NAN);
    }
    return 1;
}

int gc_hessian_along(struct gc_run *run, const double *d, double *hd, double *curve)
{
    gc_tensor v[GC_MAX_TENSORS] = { { .name = NULL } }, dv[GC_MAX_TENSORS] = { { .name = NULL } };
    int fine = make_all(run, d, v, dv);
    gc_stage(run->r, "hessian, point %d", run->point);
    fine = fine && run->p->hessian(run->p->ctx, run->in, run->dout, v, dv) == 0;
    *curve = 0;
    for (int t = 0; fine && t < run->p->nin; t++)
        for (size_t i = 0; dv[t].data && i < run->nin[t]; i++) {
            double value = gc_get(&dv[t], i);
            *curve += *d++ * value;
            if (hd) *hd++ = value;
        }
    free_all(v, dv);
    return fine;
}

/* Where a and b are farthest apart: at a NaN, if there is one. */
static size_t worst_of(const double *a, const double *b, size_t n)
{
    size_t worst = 0;
    for (size_t i = 0; i < n; i++) {
        if (!gc_is_finite(a[i])) return i;
        if (fabs(a[i] - b[i]) > fabs(a[worst] - b[worst])) worst = i;
    }
    return worst;
}

/* The part of the input t: u = random there, 0 elsewhere; weighs Hw as given against the difference. */
static void look_hessian(struct bend *b, int t, const double *given, double gmax)
{
    struct gc_run *run = b->run;
    size_t from = (size_t)(b->split[t] - b->g), n = run->nin[t], worst = from;
    double error, allowed;
    memset(b->u, 0, b->n * sizeof *b->u);
    gc_sample_direction(run, t, 50, b->u + from);
    double numeric = second(b, b->w, b->u, &error), analytic = gc_dot(b->u + from, given + from, n);
    gc_verdict v = judge(b, analytic, numeric, error, b->u, &allowed);
    if (!gc_is_finite(analytic)) v = GC_FAIL;
    worst += worst_of(given + from, b->image + from, n);
    if (v == GC_PASS && !(fabs(given[worst] - b->image[worst]) <= (b->rtol > 1e-4 ? 5e-2 : 1e-3) * gmax))
        v = GC_FAIL;
    gc_finding *f = gc_note(run->r, GC_HVP, t, run->point, v);
    gc_text(f->detail, sizeof f->detail, "Hv of %s", run->r->tensor[t].name);
    f->analytic = analytic, f->numeric = numeric, f->error_bar = error, f->allowed = allowed;
    if (v == GC_FAIL) {
        f->is_element = 1, f->index = worst - from, f->analytic = given[worst], f->numeric = b->image[worst];
        gc_text(f->reason, sizeof f->reason,
                "the hessian times v is %.9g at element %zu of %s, where the gradient's difference is %.9g "
                "(a sum over all of "
                "%s: %.9g, difference %.9g +- %.0e)",
                given[worst], worst - from, run->r->tensor[t].name, b->image[worst], run->r->tensor[t].name,
                analytic, numeric, error);
    }
    if (v == GC_INCONCLUSIVE)
        gc_text(
            f->reason, sizeof f->reason,
            "differences of the gradient are good to %.0e of %.3g only: it is noisy, or jumps near the point",
            error, numeric);
}

static void look_hessians(struct bend *b, double *given)
{
    struct gc_run *run = b->run;
    double curve, gmax = 0;
    sample(b, 60, b->w);
    if (!gc_hessian_along(run, b->w, given, &curve)) {
        note(b, GC_HVP, GC_INCONCLUSIVE, "refused",
             "the hessian refused the point, or memory for its vectors ran out");
        return;
    }
    if (!one_difference(b, b->w)) {
        note(b, GC_HVP, GC_INCONCLUSIVE, "refused", "forward or backward refuse points beside this one");
        return;
    }
    for (size_t i = 0; i < b->n; i++) gmax = fmax(gmax, fabs(b->image[i]));
    for (int t = 0; t < run->p->nin; t++)
        if (b->split[t]) look_hessian(b, t, given, gmax);
}

void gc_test_hvp(struct gc_run *run)
{
    struct bend b;
    int fine = open_bend(&b, run);
    double *given = fine ? calloc(b.n, sizeof *given) : NULL;
    if (!given)
        note(&b, GC_HVP, GC_INCONCLUSIVE, "memory", "out of memory for second differences");
    else if (usable(&b))
        look_hessians(&b, given);
    free(given);
    if (fine) close_bend(&b);
}
