/* straight_through.c - is analytic the slope of a staircase, and numeric that of its treads?
 *
 * A forward that rounds (floor, round, fake quantisation) is constant between its jumps, or has there the
 * slope of what is not rounded. A straight-through backward ignores the rounding: its gradient belongs to the
 * forward without it, which differences of this one never show. Across many jumps they do meet: along an
 * element the integral of that gradient stays within one jump of the loss. */
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "diagnose.h"
#include "gc_internal.h"

enum { GAPS = 64, POINTS = 2 * GAPS + 1, ENOUGH_ELEMENTS = 3, HALVINGS = 12 };
enum { LEAST_JUMPS = 6, MOST_JUMPS = GAPS / 2, RANGE = 8 }; /* range: of the integral, in jumps */

static const double most_seconds = 0.5;
static const double widths[] = { 16, 8, 4, 2, 1, 0.5, 0.25 }, usual_width = 2; /* of the element's size */

struct stairs {
    struct gc_run *run;
    int tensor;
    size_t element;
    double step, f[POINTS];    /* the loss at every step, the point a little left of the middle */
    double *g[GC_MAX_TENSORS]; /* room for the gradients of all tensors */
    clock_t start;
};

static int has_time(const struct stairs *s)
{
    return (double)(clock() - s->start) / CLOCKS_PER_SEC < most_seconds;
}

/* ---- the loss on the way ---- */

static double place_of(const struct stairs *s, double k)
{
    return (k - 0.47 * (POINTS - 1)) * s->step;
}

static double loss_at(const struct stairs *s, double t)
{
    struct gc_run *run = s->run;
    gc_set(&run->in[s->tensor], s->element, run->x[s->tensor][s->element] + t);
    return gc_run_loss(run);
}

/* 0: not finite somewhere, or it takes too long */
static int sample(struct stairs *s, double width)
{
    s->step = width * gc_element_size(s->run, s->tensor, s->element) / (POINTS - 1);
    for (int k = 0; k < POINTS; k++) {
        s->f[k] = loss_at(s, place_of(s, k));
        if (!gc_is_finite(s->f[k]) || !has_time(s)) return 0;
    }
    return 1;
}

static double rounding_of(const struct stairs *s)
{
    return 64 * 0x1p-53 * fmax(fabs(s->run->f0), s->run->size);
}

/* Does nearly all of the change in this gap happen in one of its halves? */
static int may_jump(const struct stairs *s, int gap)
{
    const double *f = s->f + 2 * gap;
    double a = fabs(f[1] - f[0]), b = fabs(f[2] - f[1]);
    return fmax(a, b) > rounding_of(s) && fmin(a, b) < 0.2 * fmax(a, b);
}

static int count_jumps(const struct stairs *s)
{
    int jumps = 0;
    for (int gap = 0; gap < GAPS; gap++) jumps += may_jump(s, gap);
    return jumps;
}

/* Half of the change is left when the gap is some thousand times narrower: no slope does that. */
static int does_jump(const struct stairs *s, int gap)
{
    double a = place_of(s, 2 * gap), b = place_of(s, 2 * gap + 2), at_a = s->f[2 * gap],
           at_b = s->f[2 * gap + 2];
    double whole = fabs(at_b - at_a);
    for (int i = 0; i < HALVINGS; i++) {
        double m = 0.5 * (a + b), f = loss_at(s, m);
        if (fabs(f - at_a) > fabs(at_b - f))
            b = m, at_b = f;
        else
            a = m, at_a = f;
    }
    return fabs(at_b - at_a) > 0.5 * whole;
}

static int all_jump(const struct stairs *s)
{
    for (int gap = 0; gap < GAPS; gap++)
        if (may_jump(s, gap) && (!has_time(s) || !does_jump(s, gap))) return 0;
    return 1;
}

/* ---- the gradient beside it ---- */

enum meeting { UNKNOWN, APART, TOGETHER };

/* Does the integral of the gradient stay within a jump of the loss? It is told where it goes far beyond. */
static enum meeting follow(struct stairs *s)
{
    double jump = 0, integral = 0, range = 0, off = 0;
    for (int k = 0; k + 1 < POINTS; k++) jump = fmax(jump, fabs(s->f[k + 1] - s->f[k]));
    for (int gap = 0; gap < GAPS; gap++) {
        int middle = 2 * gap + 1;
        loss_at(s, place_of(s, middle));
        if (!gc_run_gradient(s->run, s->g) || !has_time(s)) return UNKNOWN;
        integral += 2 * s->step * s->g[s->tensor][s->element];
        range = fmax(range, fabs(integral));
        off = fmax(off, fabs(s->f[middle + 1] - s->f[0] - integral));
    }
    if (!(range > RANGE * jump)) return UNKNOWN;
    return off <= 1.1 * jump ? TOGETHER : APART;
}

/* At the widest range in which jumps can be told apart and there are enough of them. */
static enum meeting look_at(struct stairs *s)
{
    enum meeting found = UNKNOWN;
    for (size_t k = 0; k < sizeof widths / sizeof *widths && found == UNKNOWN; k++) {
        if (!sample(s, widths[k])) continue;
        int jumps = count_jumps(s);
        if (jumps >= LEAST_JUMPS && jumps <= MOST_JUMPS && all_jump(s)) found = follow(s);
    }
    return found;
}

/* ---- the question ---- */

/* Is there a wrong element along which nothing moves, as between jumps? */
static int is_level(const gc_tensor_result *t)
{
    for (int k = 0; k < t->samples; k++)
        if (t->sample[k].wrong && fabs(t->sample[k].numeric) <= t->sample[k].error_bar) return 1;
    return 0;
}

static enum meeting look_at_all(struct stairs *s, const gc_tensor_result *t)
{
    int together = 0, asked = is_level(t);
    for (int k = 0; k < t->samples && together < ENOUGH_ELEMENTS && has_time(s); k++) {
        if (!t->sample[k].wrong || t->sample[k].kink) continue;
        s->element = t->sample[k].index;
        if (!asked++ && (!sample(s, usual_width) || count_jumps(s) < LEAST_JUMPS)) {
            loss_at(s, 0);
            return UNKNOWN;
        }
        enum meeting found = look_at(s);
        loss_at(s, 0); /* the element, and out[], at the point again */
        if (found == APART) return APART;
        together += found == TOGETHER;
    }
    return together ? TOGETHER : UNKNOWN;
}

int gc_find_straight_through(struct gc_run *run, int tensor, struct gc_words *w)
{
    const gc_tensor_result *t = &run->r->tensor[tensor];
    struct stairs s = { .run = run, .tensor = tensor, .start = clock() };
    int fine = run->p->forward && run->p->backward && !run->large;
    enum meeting found = UNKNOWN;
    w->pattern[0] = w->cause[0] = '\0';
    for (int k = 0; k < run->p->nin && fine; k++)
        if (run->g[k]) fine = (s.g[k] = malloc(run->nin[k] * sizeof(double))) != NULL;
    if (fine) found = look_at_all(&s, t);
    for (int k = 0; k < run->p->nin; k++) free(s.g[k]);
    if (found != TOGETHER) return 0;
    gc_text(w->pattern, GC_TEXT,
            "the forward jumps: numeric is its slope between the jumps, analytic that across many of them");
    gc_text(
        w->cause, GC_TEXT,
        "a straight-through estimate of a rounded forward (fake quantisation), which is not its gradient: "
        "leave the rounding out of both passes, where differences can judge it, and check again");
    return 1;
}
