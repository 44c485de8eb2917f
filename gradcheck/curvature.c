/* curvature.c - how the analytic gradient a(x) and the numeric one n(x) of a wrong tensor vary with its
 * elements: the Jacobians A = da/dx and H = dn/dx at the point, and both gradients at two other points.
 *
 * Every number is in units of the loss: what belongs to element i is multiplied by its size. A column of A
 * needs 4 backwards, an entry of H 24 forwards. Most of H is 0: the outputs are linear in the tensor, or its
 * elements do not meet. So the entries of a row are looked at in groups. Where n[i] stays the same, to the
 * noise of the loss, when all elements of a group move at once, each by an amount of its own, they are 0, for
 * 12 forwards. A group that shows something is halved.
 *
 * Small tensors of double alone are looked at, and for half a second at most. H is symmetric if it is right,
 * which shows how far it is to be trusted. */
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
    double *mix;               /* what each element moves in a group, in steps */
    double floor;              /* an entry of H below this is noise    */
    clock_t start;
    int any_empty; /* groups were found to be 0            */
    /* of groups of 2^k elements and more: how many were looked at, and were 0 */
    int tried[8], empty[8];
};

static void put(struct work *w, size_t i, double x)
{
    w->run->x[w->tensor][i] = x;
    gc_set(&w->run->in[w->tensor], i, x);
}

/* n[i] at what the tensor holds now. 0: not finite */
static int numeric(struct work *w, size_t i, double *n)
{
    double d[3], error;
    for (int k = 0; k < 3; k++)
        if (!gc_run_central(w->run, w->tensor, i, 1e-3 * (k + 1), &d[k], &error)) return 0;
    *n = 1.5 * d[0] - 0.6 * d[1] + 0.1 * d[2]; /* exact for polynomials of degree 6 */
    return 1;
}

/* a at what the tensor holds now. 0: not finite, or refused */
static int analytic(struct work *w, double *a)
{
    if (w->run->p->forward && isnan(gc_run_loss(w->run))) return 0; /* as every caller does */
    if (!gc_run_gradient(w->run, w->g)) return 0;
    for (size_t i = 0; i < w->n; i++) {
        a[i] = w->g[w->tensor][i];
        if (!gc_is_finite(a[i])) return 0;
    }
    return 1;
}

static int gradients(struct work *w, double *a, double *n)
{
    int fine = analytic(w, a);
    for (size_t i = 0; i < w->n && fine; i++) fine = numeric(w, i, &n[i]);
    return fine;
}

/* ---- A ---- */

static const double stencil[4] = { 1, -1, 2, -2 }; /* steps; derivative() has their weights */

static double derivative(const double v[4], double h)
{
    return (8 * (v[0] - v[1]) - (v[2] - v[3])) / (12 * h);
}

static int column(struct work *w, struct gc_curvature *c, size_t k, double *room)
{
    double h = step * c->size[k];
    int fine = 1;
    for (int s = 0; s < 4 && fine; s++) {
        put(w, k, w->x[k] + stencil[s] * h);
        fine = analytic(w, room + (size_t)s * w->n);
    }
    put(w, k, w->x[k]);
    for (size_t i = 0; fine && i < w->n; i++) {
        const double v[4] = { room[i], room[w->n + i], room[2 * w->n + i], room[3 * w->n + i] };
        c->a[i * w->n + k] = c->size[i] * c->size[k] * derivative(v, h);
    }
    return fine;
}

/* ---- H ---- */

static int entry(struct work *w, struct gc_curvature *c, size_t i, size_t k)
{
    double v[4], h = step * c->size[k];
    int fine = 1;
    for (int s = 0; s < 4 && fine; s++) {
        put(w, k, w->x[k] + stencil[s] * h);
        fine = numeric(w, i, &v[s]);
    }
    put(w, k, w->x[k]);
    if (fine) c->h[i * w->n + k] = c->size[i] * c->size[k] * derivative(v, h);
    return fine;
}

/* the columns of row i, but for i itself, have the numbers 0 to n - 2 */
static size_t column_at(size_t i, size_t number)
{
    return number < i ? number : number + 1;
}

/* moves these columns of row i by so many steps */
static void put_group(struct work *w, const struct gc_curvature *c, size_t i, size_t from, size_t to,
                      double by)
{
    for (size_t m = from; m < to; m++) {
        size_t k = column_at(i, m);
        put(w, k, w->x[k] + by * step * w->mix[k] * c->size[k]);
    }
}

/* Are the entries of row i 0 in these columns? */
static int shows_nothing(struct work *w, struct gc_curvature *c, size_t i, size_t from, size_t to)
{
    double up, down;
    put_group(w, c, i, from, to, 1);
    int fine = numeric(w, i, &up);
    put_group(w, c, i, from, to, -1);
    fine = fine && numeric(w, i, &down);
    put_group(w, c, i, from, to, 0);
    if (!fine) return 0; /* one by one they may be defined */
    double sum = fabs(up - down) / (2 * step) * c->size[i];
    if (sum > w->floor) return 0;
    c->noise = fmax(c->noise, sum), w->any_empty = 1;
    return 1;
}

/* Does it pay to look at 2^kind elements as one? */
static int pays(const struct work *w, int kind)
{
    return w->tried[kind] < 4 || 24 * (w->empty[kind] << kind) > 12 * w->tried[kind];
}

/* row i of H in these columns; what is not written is 0 */
static int part_of_row(struct work *w, struct gc_curvature *c, size_t i, size_t from, size_t to)
{
    size_t count = to - from, middle = from + count / 2;
    int kind = 0;
    if (count <= 1) return !count || entry(w, c, i, column_at(i, from));
    while (count >> (kind + 1)) kind++;
    if (pays(w, kind)) {
        int empty = shows_nothing(w, c, i, from, to);
        w->tried[kind]++, w->empty[kind] += empty;
        if (empty) return 1;
    }
    return part_of_row(w, c, i, from, middle) && part_of_row(w, c, i, middle, to);
}

static int row(struct work *w, struct gc_curvature *c, size_t i)
{
    memset(c->h + i * w->n, 0, w->n * sizeof *c->h);
    return entry(w, c, i, i) && part_of_row(w, c, i, 0, w->n - 1);
}

static int too_slow(const struct work *w, size_t done)
{
    double seconds = (double)(clock() - w->start) / CLOCKS_PER_SEC / (double)done;
    return seconds * (double)w->n > most_seconds; /* at the first row it shows already */
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

/* Is H symmetric, as it must be, and more than the noise of entries that stand alone? */
static int is_true(const struct work *w, struct gc_curvature *c)
{
    double top = 0, off = c->noise;
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->n; k++) {
            double h = c->h[i * c->n + k];
            if (!gc_is_finite(h)) return 0;
            top = fmax(top, fabs(h));
            off = fmax(off, fabs(h - c->h[k * c->n + i]));
        }
    c->noise = off;
    return off <= 1e-6 * top && !(w->any_empty && top > 0 && top <= w->floor);
}

static int is_zero(const double *x, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (fabs(x[k]) > 0) return 0;
    return 1;
}

/* H came out as 0, and groups showed rounding: is it 0 to the last bit, entry by entry? */
static int is_linear(struct work *w, struct gc_curvature *c)
{
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; k < w->n; k++)
            if (!entry(w, c, i, k) || fabs(c->h[i * w->n + k]) > 0) return 0;
    c->noise = 0;
    return 1;
}

static int are_finite(const double *x, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!gc_is_finite(x[k])) return 0;
    return 1;
}

static void prepare(struct work *w, struct gc_curvature *c)
{
    const struct gc_run *run = w->run;
    memcpy(w->x, run->x[w->tensor], w->n * sizeof *w->x);
    for (size_t i = 0; i < w->n; i++) {
        c->size[i] = gc_element_size(run, w->tensor, i), c->x[i] = w->x[i];
        w->mix[i] = 0.5 + gc_random_unit(run->o.seed, 800, i);
        if (gc_random_bits(run->o.seed, 801, i) & 1) w->mix[i] = -w->mix[i];
    }
    /* rounding of the loss, which numeric() divides by 1e-3 of a size and H by a step; more noise than that
     * is to be measured entry by entry */
    w->floor = 2e3 * 4 * 0x1p-53 * run->size / step;
}

static int measure(struct work *w, struct gc_curvature *c)
{
    double *room = malloc(4 * w->n * sizeof *room);
    prepare(w, c);
    int fine = room != NULL && gradients(w, c->a0, c->n0);
    for (size_t i = 0; i < w->n && fine; i++) c->a0[i] *= c->size[i], c->n0[i] *= c->size[i];
    for (size_t i = 0; i < w->n && fine; i++) fine = row(w, c, i) && !too_slow(w, i + 1);
    if (fine && is_zero(c->h, w->n * w->n) && c->noise > 0) fine = is_linear(w, c);
    fine = fine && is_true(w, c);
    for (size_t k = 0; k < w->n && fine; k++) fine = column(w, c, k, room) && !too_slow(w, w->n);
    fine = fine && are_finite(c->a, w->n * w->n);
    for (int k = 0; k < 2 && fine; k++) c->is_elsewhere[k] = elsewhere(w, c, k, room);
    free(room);
    for (size_t i = 0; i < w->n; i++) put(w, i, w->x[i]);
    return fine;
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
    int fine = at && (w.x = malloc(2 * n * sizeof *w.x)) != NULL;
    for (int t = 0; t < run->p->nin; t++)
        if (run->g[t]) fine = fine && (w.g[t] = malloc(run->nin[t] * sizeof(double))) != NULL;
    if (fine) {
        w.mix = w.x + n;
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
