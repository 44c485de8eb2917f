/* corner.c - a corner of a function: seen by its one-sided slopes, and what is legal there. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int gc_has_sides(struct gc_run *run, int tensor, size_t i)
{
    struct gc_ladder l;
    gc_run_element(run, tensor, i, &l);
    if (!gc_ladder_sides(&l)) return 0;
    double far = fmax(fabs(l.plus[0] - l.f0), fabs(l.minus[0] - l.f0)) / l.h[0];
    double scale = fmax(far, fmax(fabs(l.left), fabs(l.right)));
    return l.left_error <= 0.01 * scale && l.right_error <= 0.01 * scale;
}

/* ---- conventions ---- */

/* Equal values before (-1) or behind (+1) an element, as far as a window reaches */
int gc_has_equal(const struct gc_run *run, int tensor, size_t i, int side)
{
    enum { FAR = 4096 };
    const double *x = run->x[tensor];
    size_t room = side < 0 ? i : run->nin[tensor] - 1 - i;
    for (size_t k = 1; k <= room && k <= FAR; k++)
        if (x[side < 0 ? i - k : i + k] - x[i] == 0) return 1;
    return 0;
}

/* At zeros: which slope is taken. At ties: which of the equals takes the steeper slope, the one that a
 * maximum gives to a single one of them. */
void gc_count_choice(struct gc_run *run, const struct gc_ladder *l, double a)
{
    struct gc_choices *c = &run->choices;
    double share = (a - l->left) / (l->right - l->left);
    int between = share > 0.01 && share < 0.99;
    if (fabs(run->x[l->tensor][l->element]) <= 0) {
        *(between ? &c->between : share < 0.5 ? &c->left : &c->right) += 1;
        return;
    }
    int steeper = fabs(l->left) > fabs(l->right) ? share < 0.5 : share > 0.5;
    int before = gc_has_equal(run, l->tensor, l->element, -1),
        behind = gc_has_equal(run, l->tensor, l->element, 1);
    if (!before && !behind) return;
    c->shared += between != 0;
    c->first += !between && steeper && !before;
    c->last += !between && steeper && !behind;
}

void gc_say_conventions(struct gc_run *run)
{
    const struct gc_choices *c = &run->choices;
    char zero[GC_TEXT / 2] = "", tie[GC_TEXT / 2] = "";
    if ((c->left > 0) + (c->right > 0) + (c->between > 0) == 1) /* else it is ties among zeros that decide */
        gc_text(zero, sizeof zero, "at corners in 0 the gradient takes %s",
                c->between ? "a slope between the two"
                : c->left  ? "the slope on the left"
                           : "the slope on the right");
    if (c->first || c->last || c->shared) {
        const char *who = c->shared > c->first + c->last ? "all equals share it"
                          : c->first > 2 * c->last       ? "the first of equals gets it"
                          : c->last > 2 * c->first       ? "the last of equals gets it"
                                                         : "one of the equals gets it";
        gc_text(tie, sizeof tie, "at ties %s", who);
    }
    gc_text(run->r->conventions, GC_TEXT, "%s%s%s", zero, *zero && *tie ? "; " : "", tie);
}

/* ---- what is legal at a corner ---- */

enum { NEARBY = 128 }; /* three equals have six orders, and the rarest is to be met */

/* The slope by element at a point a little off in every input, so that every corner is passed on one side
 * or the other. x is changed and put back. */
static double derivative_nearby(struct gc_run *run, int tensor, size_t element, uint64_t k, double *const *x)
{
    for (int t = 0; t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        for (size_t i = 0; i < run->nin[t]; i++) {
            double u = 2 * gc_random_unit(run->o.seed, 5000 + (uint64_t)t + 100 * k, i) - 1;
            run->x[t][i] = x[t][i] + 1e-3 * u * fmax(fabs(x[t][i]), run->typical[t]);
            gc_set(&run->in[t], i, run->x[t][i]);
            run->x[t][i] = gc_get(&run->in[t], i);
        }
    }
    double derivative = (double)NAN, error;
    gc_run_central(run, tensor, element, 1e-6, &derivative, &error);
    for (int t = 0; t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        memcpy(run->x[t], x[t], run->nin[t] * sizeof(double));
        for (size_t i = 0; i < run->nin[t]; i++) gc_set(&run->in[t], i, x[t][i]);
    }
    return derivative;
}

/* A copy of every input with a gradient. 0: no memory */
static int save_inputs(const struct gc_run *run, double **x)
{
    for (int t = 0; t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        if (!(x[t] = malloc(run->nin[t] * sizeof(double)))) return 0;
        memcpy(x[t], run->x[t], run->nin[t] * sizeof(double));
    }
    return 1;
}

/* How far slopes beside the corner lie from the nearer of its two one-sided slopes, at most. */
static double farthest_beside(struct gc_run *run, const struct gc_ladder *l)
{
    double *x[GC_MAX_TENSORS] = { 0 }, farthest = 0;
    if (!save_inputs(run, x)) farthest = (double)INFINITY; /* no memory: nothing is called wrong */
    for (uint64_t k = 0; gc_is_finite(farthest) && k < NEARBY; k++) {
        double derivative = derivative_nearby(run, l->tensor, l->element, k, x);
        double off = fmin(fabs(derivative - l->left), fabs(derivative - l->right));
        if (gc_is_finite(derivative) && off > farthest) farthest = off;
    }
    for (int t = 0; t < run->p->nin; t++) free(x[t]);
    return farthest;
}

int gc_is_legal_at_tie(struct gc_run *run, const struct gc_ladder *l, double a)
{
    double *x[GC_MAX_TENSORS] = { 0 }, low = (double)INFINITY, high = -low;
    int tied = gc_has_equal(run, l->tensor, l->element, -1) || gc_has_equal(run, l->tensor, l->element, 1);
    int ok = tied && save_inputs(run, x);
    for (uint64_t k = 0; ok && k < NEARBY; k++) {
        double derivative = derivative_nearby(run, l->tensor, l->element, k, x);
        if (gc_is_finite(derivative)) low = fmin(low, derivative), high = fmax(high, derivative);
    }
    for (int t = 0; t < run->p->nin; t++) free(x[t]);
    double room = 0.01 * (high - low);
    return ok && high - low > 0.1 * fabs(a) && a >= low - room && a <= high + room;
}

int gc_is_legal_at_kink(struct gc_run *run, const struct gc_ladder *l, double a)
{
    double low = fmin(l->left, l->right), high = fmax(l->left, l->right);
    double room = 1e-6 * (high - low) + 10 * (l->left_error + l->right_error);
    if (a >= low - room && a <= high + room) {
        gc_count_choice(run, l, a);
        return 1;
    }
    /* Where several corners meet each may choose by itself: no interval holds all that is legal. Slopes
     * that are only a little off belong to one corner of a curved function, or to a second corner that is
     * small beside it. */
    double beside = farthest_beside(run, l);
    if (beside > 0.02 * (high - low)) return 1;
    room += 2 * beside;
    return a >= low - room && a <= high + room;
}
