/* kink.c - corners of a function: found by one-sided slopes, judged by what is legal there, and avoided by
 * directions along which ties stay ties. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int gc_at_kink(struct gc_ladder *l)
{
    if (!gc_ladder_sides(l)) return 0;
    double gap = fabs(l->right - l->left), size = fmax(fabs(l->left), fabs(l->right));
    return gap > 10 * (l->left_error + l->right_error) && gap > 1e-6 * size;
}

int gc_has_sides(struct gc_run *run, int tensor, size_t i)
{
    struct gc_ladder l;
    gc_run_element(run, tensor, i, &l);
    if (!gc_ladder_sides(&l)) return 0;
    double far = fmax(fabs(l.plus[0] - l.f0), fabs(l.minus[0] - l.f0)) / l.h[0];
    double scale = fmax(far, fmax(fabs(l.left), fabs(l.right)));
    return l.left_error <= 0.01 * scale && l.right_error <= 0.01 * scale;
}

/* ---- what is legal at a corner ---- */

enum { NEARBY = 128 }; /* three equals have six orders, and the rarest is to be met */

/* The slope by element at a point a little off in every input, so that every corner is passed on one side
 * or the other. x is changed and put back. */
static double slope_nearby(struct gc_run *run, int tensor, size_t element, uint64_t k, double *const *x)
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
    double slope = (double)NAN, error;
    gc_run_central(run, tensor, element, 1e-6, &slope, &error);
    for (int t = 0; t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        memcpy(run->x[t], x[t], run->nin[t] * sizeof(double));
        for (size_t i = 0; i < run->nin[t]; i++) gc_set(&run->in[t], i, x[t][i]);
    }
    return slope;
}

/* How far slopes beside the corner lie from the nearer of its two one-sided slopes, at most. */
static double farthest_beside(struct gc_run *run, const struct gc_ladder *l)
{
    double *x[GC_MAX_TENSORS] = { 0 }, farthest = 0;
    for (int t = 0; t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        x[t] = malloc(run->nin[t] * sizeof(double));
        if (x[t])
            memcpy(x[t], run->x[t], run->nin[t] * sizeof(double));
        else
            farthest = (double)INFINITY; /* no memory: nothing is called wrong */
    }
    for (uint64_t k = 0; gc_is_finite(farthest) && k < NEARBY; k++) {
        double slope = slope_nearby(run, l->tensor, l->element, k, x);
        double off = fmin(fabs(slope - l->left), fabs(slope - l->right));
        if (gc_is_finite(slope) && off > farthest) farthest = off;
    }
    for (int t = 0; t < run->p->nin; t++) free(x[t]);
    return farthest;
}

/* ---- conventions ---- */

/* Equal values before (-1) or behind (+1) an element, as far as a window reaches */
static int has_equal(const struct gc_run *run, int tensor, size_t i, int side)
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
static void count_choice(struct gc_run *run, const struct gc_ladder *l, double a)
{
    struct gc_choices *c = &run->choices;
    double share = (a - l->left) / (l->right - l->left);
    int between = share > 0.01 && share < 0.99;
    if (fabs(run->x[l->tensor][l->element]) <= 0) {
        *(between ? &c->between : share < 0.5 ? &c->left : &c->right) += 1;
        return;
    }
    int steeper = fabs(l->left) > fabs(l->right) ? share < 0.5 : share > 0.5;
    int before = has_equal(run, l->tensor, l->element, -1), behind = has_equal(run, l->tensor, l->element, 1);
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

int gc_is_legal_at_kink(struct gc_run *run, const struct gc_ladder *l, double a)
{
    double low = fmin(l->left, l->right), high = fmax(l->left, l->right);
    double room = 1e-6 * (high - low) + 10 * (l->left_error + l->right_error);
    if (a >= low - room && a <= high + room) {
        count_choice(run, l, a);
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

/* ---- value-keyed directions ---- */

/* STILL: zeros stay, for units with a corner in 0. MOVING: zeros are a value like any other, for ties of
 * zeros. */
enum { STILL = 2, MOVING = 4 };

/* The same number for the same value, wherever it stands. */
static double keyed(const struct gc_run *run, double x, uint64_t which, double typical)
{
    uint64_t bits;
    if (fabs(x) <= 0) x = 0; /* -0 is 0 */
    if (which < STILL && fabs(x) <= 0) return 0;
    memcpy(&bits, &x, sizeof bits);
    double size = (0.5 + gc_random_unit(run->o.seed, 600 + which, bits)) * fmax(fabs(x), typical);
    return gc_random_bits(run->o.seed, 650 + which, bits) & 1 ? size : -size;
}

static int draw_keyed(const struct gc_run *run, int tensor, uint64_t which, double typical, double *d)
{
    int moves = 0;
    int positive = run->in[tensor].flags & GC_POSITIVE;
    for (size_t i = 0; i < run->nin[tensor]; i++) {
        d[i] = keyed(run, run->x[tensor][i], which, positive ? 0 : typical);
        moves = moves || fabs(d[i]) > 0;
    }
    return moves;
}

/* Every element agrees and lies at no corner: then it is the function that has no gradient, for the sum of
 * right slopes is the slope of any direction where there is one. */
static int elements_contradict(struct gc_run *run, int tensor, const double *d)
{
    enum { FEW = 64 };
    int looked = 0;
    for (size_t i = 0; i < run->nin[tensor]; i++) {
        if (fabs(d[i]) <= 0) continue;
        struct gc_ladder l;
        double allowed;
        if (++looked > FEW) return 0;
        gc_run_element(run, tensor, i, &l);
        if (gc_judge_slope(&l, run->g[tensor][i], 0, &allowed) != GC_PASS || gc_at_kink(&l)) return 0;
    }
    return 1;
}

static gc_verdict look_along_keyed(struct gc_run *run, int tensor, uint64_t which, unsigned test, double *d)
{
    struct gc_ladder l;
    double allowed;
    if (!draw_keyed(run, tensor, which, run->typical[tensor], d)) return GC_KINK;
    double a = gc_dot(run->g[tensor], d, run->nin[tensor]);
    gc_run_slope(run, tensor, d, &l);
    gc_verdict v = gc_judge_slope(&l, a, gc_natural_size(run->g[tensor], d, run->nin[tensor]), &allowed);
    if (v != GC_PASS && gc_at_kink(&l)) return GC_KINK;
    if (v == GC_INCONCLUSIVE || (v == GC_FAIL && elements_contradict(run, tensor, d))) return GC_INCONCLUSIVE;
    gc_finding *f = gc_note_slope(&l, test, v, a, allowed, "value-keyed direction");
    if (v == GC_FAIL) run->suspect[tensor] = 1;
    if (f && v == GC_FAIL)
        gc_text(f->why, GC_TEXT,
                "where equal values of %s move together the gradient says %.6g, the forward %.6g +- %.0e: no "
                "convention at "
                "ties or zeros explains that",
                run->r->tensor[tensor].name, a, l.value, l.error);
    return v;
}

gc_verdict gc_look_keyed(struct gc_run *run, int tensor, unsigned test)
{
    double *d = malloc(run->nin[tensor] * sizeof *d);
    gc_verdict v = GC_KINK;
    for (uint64_t which = 0; d && which < MOVING && v != GC_FAIL; which++) {
        gc_verdict now = look_along_keyed(run, tensor, which, test, d);
        if (now == GC_PASS || now == GC_FAIL) v = now;
    }
    free(d);
    return v;
}

/* All inputs together, equal values alike in all of them: the way out where two inputs are tied. */
static void look_joint(struct gc_run *run, int which)
{
    size_t n = 0;
    double typical = 0, a = 0, size = 0, allowed;
    for (int t = 0; t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        if (!run->g[t] || run->bad[t]) return;
        n += run->nin[t], typical = fmax(typical, run->typical[t]);
    }
    double *d = malloc(n * sizeof *d), *at = d;
    for (int t = 0; d && t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        draw_keyed(run, t, (uint64_t)which, typical, at);
        a += gc_dot(run->g[t], at, run->nin[t]);
        size = hypot(size, gc_natural_size(run->g[t], at, run->nin[t]));
        at += run->nin[t];
    }
    struct gc_ladder l;
    if (!d) return;
    gc_run_slope(run, -1, d, &l);
    gc_verdict v = gc_judge_slope(&l, a, size, &allowed);
    if (v == GC_PASS || (v == GC_FAIL && !gc_at_kink(&l))) {
        gc_finding *f = gc_note_slope(&l, GC_KINKS, v, a, allowed, "all inputs, value-keyed");
        if (f && v == GC_FAIL)
            gc_text(f->why, GC_TEXT,
                    "where equal values of all inputs move together the gradients say %.6g, the forward %.6g "
                    "+- %.0e: no "
                    "convention at ties or zeros explains that",
                    a, l.value, l.error);
    }
    free(d);
}

/* Gradients halfway between the two slopes agree with a central difference and are not seen as corners: a
 * few elements in 0 and a few ties are looked at for that. */
static void look_for_halves(struct gc_run *run, int tensor)
{
    enum { FEW = 4 };
    int zeros = 0, ties = 0;
    for (size_t i = 0; i < run->nin[tensor] && i < 1024 && (zeros < FEW || ties < FEW); i++) {
        int zero = fabs(run->x[tensor][i]) <= 0;
        if (zero ? zeros == FEW : ties == FEW || !has_equal(run, tensor, i, 1)) continue;
        *(zero ? &zeros : &ties) += 1;
        struct gc_ladder l;
        double a = run->g[tensor][i];
        gc_run_element(run, tensor, i, &l);
        if (gc_at_kink(&l) && fabs(a - l.value) < 0.01 * fabs(l.right - l.left)) count_choice(run, &l, a);
    }
}

/* ---- the test ---- */

static void look_at_tensor(struct gc_run *run, int tensor, int *cornered)
{
    enum { MOST = 256 };
    gc_stage(run->r, "forward, rounded values of %s", run->r->tensor[tensor].name);
    gc_verdict v = gc_look_keyed(run, tensor, GC_KINKS);
    *cornered += v == GC_KINK;
    size_t most = run->o.max_elem < MOST ? run->o.max_elem : MOST;
    if (!run->r->tensor[tensor].wrong) gc_look_at_all(run, tensor, most);
    look_for_halves(run, tensor);
}

void gc_test_kinks(struct gc_run *run)
{
    int cornered = 0, gradients = 0;
    for (int t = 0; t < run->p->nin; t++) {
        gradients += gc_has_gradient(run, t);
        if (run->g[t] && !run->bad[t]) look_at_tensor(run, t, &cornered);
    }
    if (!cornered || gradients == 1) return;
    look_joint(run, STILL - 1);
    look_joint(run, STILL);
}
