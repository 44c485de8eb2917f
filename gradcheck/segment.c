/* segment.c - the gradient's mean along a segment through the point, against what the loss rises along it.
 *
 *     f(b) - f(a) = integral of g . dx from a to b
 *
 * holds across corners, where g jumps and f does not. So the segment may be as long as the numbers
 * themselves, and the rounding of f, divided by it, is small: a difference in float that has to stay between
 * two corners has no digit left where this has four. The integral is that of the gradient under test, by
 * Simpson's rule on panels that are halved where it does not converge, which is at corners. It says nothing
 * of single points: what the gradient does in a corner is not asked. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>

enum { NODES = 5, PANELS = 64, FURTHER = 12, BESIDE = 64 };

struct panel {
    double t[NODES], f[NODES], g[NODES]; /* ascending; the loss and its slope by the gradient */
    double area, doubt;                  /* of g from t[0] to t[4]; how well it is known */
};

struct segment {
    struct gc_run *run;
    const struct gc_ladder *l;
    double *g[GC_MAX_TENSORS]; /* the gradient on the way */
    struct panel panel[PANELS];
    int panels;
    double area, doubt, size, rise, largest; /* size: the integral of |g . dx|; largest: of |loss| */
};

/* ---- a point on the way ---- */

static int is_moved(const struct segment *s, int t)
{
    return gc_has_gradient(s->run, t) && (s->l->tensor < 0 || s->l->tensor == t);
}

/* in[] = x + t d, in the tensors' types */
static void place(const struct segment *s, double t)
{
    struct gc_run *run = s->run;
    const double *d = s->l->d;
    for (int k = 0; k < run->p->nin; k++) {
        if (!is_moved(s, k)) continue;
        if (!d) gc_set(&run->in[k], s->l->element, run->x[k][s->l->element] + t);
        for (size_t i = 0; d && i < run->nin[k]; i++) gc_set(&run->in[k], i, run->x[k][i] + t * d[i]);
        if (d) d += run->nin[k];
    }
}

/* g . d; and g . what rounding added to the move, which the loss holds beyond t */
static double slope_of(const struct segment *s, double t, double *excess)
{
    struct gc_run *run = s->run;
    const double *d = s->l->d;
    double slope = 0;
    *excess = 0;
    for (int k = 0; k < run->p->nin; k++) {
        if (!is_moved(s, k)) continue;
        size_t first = d ? 0 : s->l->element, end = d ? run->nin[k] : first + 1;
        for (size_t i = first; i < end; i++) {
            double step = d ? d[i] : 1, g = s->g[k][i];
            slope += g * step;
            *excess += g * (gc_get(&run->in[k], i) - (run->x[k][i] + t * step));
        }
        if (d) d += run->nin[k];
    }
    return slope;
}

/* Loss and slope at x + t d. 0: refused, or not finite */
static int visit(struct segment *s, double t, double *f, double *g)
{
    double excess = 0;
    place(s, t);
    *f = gc_run_loss(s->run);
    int ok = gc_is_finite(*f) && gc_run_gradient(s->run, s->g);
    *g = ok ? slope_of(s, t, &excess) : (double)NAN;
    *f -= excess;
    place(s, 0);
    s->run->visits++;
    if (ok && fabs(*f) > s->largest) s->largest = fabs(*f);
    return ok && gc_is_finite(*f) && gc_is_finite(*g);
}

/* ---- the integral ---- */

static double simpson(double width, double a, double b, double c)
{
    return width / 6 * (a + 4 * b + c);
}

static void measure(struct panel *p)
{
    double width = p->t[4] - p->t[0], whole = simpson(width, p->g[0], p->g[2], p->g[4]);
    p->area = simpson(width / 2, p->g[0], p->g[1], p->g[2]) + simpson(width / 2, p->g[2], p->g[3], p->g[4]);
    p->doubt = fabs(p->area - whole);
}

/* From its ends and its middle to five nodes. 0: not finite */
static int fill(struct segment *s, struct panel *p)
{
    for (int k = 1; k < NODES; k += 2) {
        p->t[k] = 0.5 * (p->t[k - 1] + p->t[k + 1]);
        if (!visit(s, p->t[k], &p->f[k], &p->g[k])) return 0;
    }
    measure(p);
    return 1;
}

static struct panel half(const struct panel *p, int which)
{
    struct panel h = { .area = 0 };
    for (int k = 0; k < NODES; k += 2) {
        int from = 2 * which + k / 2;
        h.t[k] = p->t[from], h.f[k] = p->f[from], h.g[k] = p->g[from];
    }
    return h;
}

static int split(struct segment *s, int k)
{
    struct panel old = s->panel[k], left = half(&old, 0), right = half(&old, 1);
    if (!fill(s, &left) || !fill(s, &right)) return 0;
    s->panel[k] = left;
    s->panel[s->panels++] = right;
    return 1;
}

/* Two panels from a to b, which meet beside the point. 0: not finite */
static int start(struct segment *s, double a, double middle, double b)
{
    double t[2][3] = { { a, 0.5 * (a + middle), middle }, { middle, 0.5 * (middle + b), b } };
    s->largest = 0;
    for (s->panels = 0; s->panels < 2; s->panels++) {
        struct panel *p = &s->panel[s->panels];
        for (int k = 0; k < 3; k++) {
            p->t[2 * k] = t[s->panels][k];
            if (!visit(s, p->t[2 * k], &p->f[2 * k], &p->g[2 * k])) return 0;
        }
        if (!fill(s, p)) return 0;
    }
    s->rise = s->panel[1].f[4] - s->panel[0].f[0];
    return 1;
}

static void add_up(struct segment *s)
{
    s->area = s->doubt = s->size = 0;
    for (int k = 0; k < s->panels; k++) {
        const struct panel *p = &s->panel[k];
        s->area += p->area, s->doubt += p->doubt, s->size += fabs(p->area);
    }
}

static double unit_of(const struct segment *s)
{
    return s->run->r->f32_inside ? 0x1p-24 : 0x1p-53;
}

/* Noise of a difference of two losses: as measured at the point, and in proportion to larger losses */
static double noise_of_rise(const struct segment *s)
{
    double f0 = fabs(s->run->f0), grown = s->largest > f0 && f0 > 0 ? s->largest / f0 : 1;
    return 2 * fmax(s->run->noise * fmin(grown, 1e3), 4 * unit_of(s) * s->largest);
}

/* Halves the panels that are known least and, while the loss rises by something else than the integral, those
 * where it does: a pair of corners may have hidden between nodes. 0: not finite */
static int refine(struct segment *s, double width, double rtol)
{
    for (int further = 0; s->panels < PANELS;) {
        int worst = -1;
        double most = 0;
        add_up(s);
        double noise = noise_of_rise(s), off = fabs(s->rise - s->area);
        int known = s->doubt <= fmax(0.5 * noise, rtol * s->size);
        int differs = off > 4 * (noise + s->doubt) + rtol * s->size;
        if (known && (!differs || further++ >= FURTHER)) break;
        for (int k = 0; k < s->panels; k++) {
            const struct panel *p = &s->panel[k];
            double urge = p->doubt + (known ? fabs(p->f[4] - p->f[0] - p->area) : 0);
            if (urge > most && p->t[4] - p->t[0] > 0x1p-16 * width) worst = k, most = urge;
        }
        if (worst < 0) break;
        if (!split(s, worst)) return 0;
    }
    add_up(s);
    return 1;
}

/* ---- what is asked ---- */

/* NULL: no memory, no gradient, or segments have taken more than half of the check by now */
static struct segment *new_segment(const struct gc_ladder *l)
{
    struct gc_run *run = l->run;
    int is_dear = 2 * run->visits > 2000 + run->r->forwards;
    struct segment *s = run->p->backward && !is_dear ? calloc(1, sizeof *s) : NULL;
    if (!s) return NULL;
    s->run = run, s->l = l;
    int ok = 1;
    for (int t = 0; t < run->p->nin; t++)
        if (run->g[t] && !(s->g[t] = malloc(run->nin[t] * sizeof(double)))) ok = 0;
    if (ok) return s;
    for (int t = 0; t < run->p->nin; t++) free(s->g[t]);
    free(s);
    return NULL;
}

static void free_segment(struct segment *s)
{
    gc_run_loss(s->run); /* out[] at the point again */
    for (int t = 0; t < s->run->p->nin; t++) free(s->g[t]);
    free(s);
}

int gc_mean_slopes(const struct gc_ladder *l, double width, double rtol, double *analytic, double *numeric,
                   double *error)
{
    struct segment *s = new_segment(l);
    if (!s) return 0;
    int ok = start(s, -0.38 * width, 0.07 * width, 0.62 * width) && refine(s, width, rtol);
    *numeric = s->rise / width, *analytic = s->area / width;
    *error = (noise_of_rise(s) + s->doubt + 16 * unit_of(s) * s->size) / width;
    free_segment(s);
    return ok;
}

/* Every input a little off: each corner is passed on one side or the other. */
static void place_beside(struct gc_run *run, uint64_t which, double amount)
{
    for (int t = 0; t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        for (size_t i = 0; i < run->nin[t]; i++) {
            double u = 2 * gc_random_unit(run->o.seed, 7000 + (uint64_t)t + 100 * which, i) - 1;
            double x = run->x[t][i];
            gc_set(&run->in[t], i, x + amount * u * fmax(fabs(x), run->typical[t]));
        }
    }
}

int gc_is_met_beside(const struct gc_ladder *l, double a)
{
    struct segment *s = new_segment(l);
    double low = (double)INFINITY, high = -low, excess;
    if (!s) return 0;
    for (uint64_t k = 0; k < BESIDE; k++) {
        place_beside(s->run, k, 1e-3);
        int ok = gc_run_forward(s->run) && gc_run_gradient(s->run, s->g);
        double slope = ok ? slope_of(s, 0, &excess) : (double)NAN;
        if (gc_is_finite(slope)) low = fmin(low, slope), high = fmax(high, slope);
    }
    place_beside(s->run, 0, 0);
    free_segment(s);
    double room = 0.01 * (high - low);
    return a >= low - room && a <= high + room;
}
