/* curvature.c - how the analytic gradient a(x) and the numeric one n(x) of a wrong tensor vary with its
 * elements: the Jacobians A = da/dx and H = dn/dx at the point, and both gradients at two other points.
 *
 * Every number is in units of the loss: what belongs to element i is multiplied by its size. Column k needs 4
 * backwards and 24 n forwards, so small tensors of double alone are looked at, and for half a second at
 * most. H is symmetric if it is right, which shows how far it is to be trusted. */
#include "curvature.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gc_internal.h"

enum { LARGEST = 128 };

static const double most_seconds = 0.5;

static const double step = 2e-3; /* of an element's size */

struct work {
    struct gc_run *run;
    int tensor;
    size_t n;
    double *g[GC_MAX_TENSORS]; /* room for the gradients of all tensors */
    double *x;                 /* the tensor's own numbers             */
    clock_t start;
};

static void put(struct work *w, size_t i, double x)
{
    w->run->x[w->tensor][i] = x;
    gc_set(&w->run->in[w->tensor], i, x);
}

/* a and n at what the tensor holds now. 0: not finite, or refused */
static int gradients(struct work *w, double *a, double *n)
{
    if (w->run->p->forward && isnan(gc_run_loss(w->run))) return 0; /* as every caller does */
    if (!gc_run_gradient(w->run, w->g)) return 0;
    for (size_t i = 0; i < w->n; i++) {
        a[i] = w->g[w->tensor][i];
        if (!gc_is_finite(a[i])) return 0;
        double d[3], error;
        for (int k = 0; k < 3; k++)
            if (!gc_run_central(w->run, w->tensor, i, 1e-3 * (k + 1), &d[k], &error)) return 0;
        n[i] = 1.5 * d[0] - 0.6 * d[1] + 0.1 * d[2]; /* exact for polynomials of degree 6 */
    }
    return 1;
}

/* column k of A and of H */
static int column(struct work *w, struct gc_curvature *c, size_t k, double *room)
{
    static const double at[4] = { 1, -1, 2, -2 };
    double *a[4], *n[4], h = step * c->size[k];
    int fine = 1;
    for (int s = 0; s < 4; s++) a[s] = room + (size_t)s * w->n, n[s] = room + (size_t)(s + 4) * w->n;
    for (int s = 0; s < 4 && fine; s++) {
        put(w, k, w->x[k] + at[s] * h);
        fine = gradients(w, a[s], n[s]);
    }
    put(w, k, w->x[k]);
    for (size_t i = 0; fine && i < w->n; i++) {
        double unit = c->size[i] * c->size[k] / (12 * h);
        c->a[i * w->n + k] = unit * (8 * (a[0][i] - a[1][i]) - (a[2][i] - a[3][i]));
        c->h[i * w->n + k] = unit * (8 * (n[0][i] - n[1][i]) - (n[2][i] - n[3][i]));
    }
    return fine;
}

/* both gradients with the whole tensor moved by a quarter of its size */
static int elsewhere(struct work *w, struct gc_curvature *c, int which, double *d)
{
    gc_sample_direction(w->run, w->tensor, which, d);
    for (size_t i = 0; i < w->n; i++) {
        c->move[which][i] = 0.25 * d[i] / c->size[i];
        put(w, i, w->x[i] + 0.25 * d[i]);
    }
    int fine = gradients(w, c->a_at[which], c->n_at[which]);
    for (size_t i = 0; i < w->n; i++) put(w, i, w->x[i]);
    for (size_t i = 0; i < w->n; i++) c->a_at[which][i] *= c->size[i], c->n_at[which][i] *= c->size[i];
    return fine;
}

/* Is H symmetric, as it must be? */
static int is_true(struct gc_curvature *c)
{
    double top = 0, off = 0;
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->n; k++) {
            double h = c->h[i * c->n + k];
            if (!gc_is_finite(h) || !gc_is_finite(c->a[i * c->n + k])) return 0;
            top = fmax(top, fabs(h));
            off = fmax(off, fabs(h - c->h[k * c->n + i]));
        }
    c->noise = off;
    return off <= 1e-6 * top;
}

static int measure(struct work *w, struct gc_curvature *c)
{
    double *room = malloc(8 * w->n * sizeof *room);
    int fine = room != NULL;
    memcpy(w->x, w->run->x[w->tensor], w->n * sizeof *w->x);
    for (size_t i = 0; i < w->n; i++) c->size[i] = gc_element_size(w->run, w->tensor, i), c->x[i] = w->x[i];
    fine = fine && gradients(w, c->a0, c->n0);
    for (size_t i = 0; i < w->n && fine; i++) c->a0[i] *= c->size[i], c->n0[i] *= c->size[i];
    for (size_t k = 0; k < w->n && fine; k++) {
        fine = column(w, c, k, room);
        double seconds = (double)(clock() - w->start) / CLOCKS_PER_SEC / (double)(k + 1);
        if (seconds * (double)w->n > most_seconds) fine = 0; /* at the first column it shows already */
    }
    for (int k = 0; k < 2 && fine; k++) c->is_elsewhere[k] = elsewhere(w, c, k, room);
    free(room);
    for (size_t i = 0; i < w->n; i++) put(w, i, w->x[i]);
    return fine && is_true(c);
}

static int can_be_seen(const struct gc_run *run, int tensor)
{
    size_t n = run->nin[tensor];
    return run->p->forward && run->p->backward && n >= 2 && n <= LARGEST && run->in[tensor].dt == GC_F64 &&
           !run->r->f32_inside;
}

int gc_curvature_open(struct gc_curvature *c, struct gc_run *run, int tensor)
{
    size_t n = run->nin[tensor];
    struct work w = { .run = run, .tensor = tensor, .n = n, .start = clock() };
    *c = (struct gc_curvature){ .n = n };
    if (!can_be_seen(run, tensor)) return 0;
    double *at = c->memory = malloc((2 * n * n + 10 * n) * sizeof *at);
    int fine = at && (w.x = malloc(n * sizeof *w.x)) != NULL;
    for (int t = 0; t < run->p->nin; t++)
        if (run->g[t]) fine = fine && (w.g[t] = malloc(run->nin[t] * sizeof(double))) != NULL;
    if (fine) {
        double **vector[] = { &c->size,    &c->x,       &c->a0,      &c->n0,      &c->a_at[0],
                              &c->a_at[1], &c->n_at[0], &c->n_at[1], &c->move[0], &c->move[1] };
        c->a = at, c->h = at + n * n;
        for (size_t k = 0; k < 10; k++) *vector[k] = at + 2 * n * n + k * n;
        fine = measure(&w, c);
    }
    for (int t = 0; t < run->p->nin; t++) free(w.g[t]);
    free(w.x);
    return fine;
}

void gc_curvature_close(struct gc_curvature *c)
{
    free(c->memory);
}
