/* judge.c - is this gradient that slope? One comparison, its verdict, and what is noted of it. */
#include "gc_internal.h"

#include <math.h>

/* ---- one comparison ---- */

static double scale_of(double a, double n, double gmax)
{
    double scale = 1e-3 * gmax;
    if (fabs(a) > scale) scale = fabs(a);
    if (fabs(n) > scale) scale = fabs(n);
    return scale;
}

gc_verdict gc_judge(double a, double n, double error, double gmax, double rtol, double *allowed)
{
    *allowed = (double)INFINITY;
    if (!gc_is_finite(a)) return GC_FAIL;
    if (!gc_is_finite(n) || !gc_is_finite(error) || !gc_is_finite(gmax)) return GC_INCONCLUSIVE;
    double scale = scale_of(a, n, gmax);
    *allowed = rtol * scale + 10 * error;
    if (10 * error > 0.01 * scale) return GC_INCONCLUSIVE;
    return fabs(a - n) <= *allowed ? GC_PASS : GC_FAIL;
}

void gc_measure_again(struct gc_ladder *l)
{
    static const double start[] = { 0.83, 0.61 };
    double spread = 0, bar = l->error;
    for (int k = 0; k < 2; k++) {
        struct gc_ladder again = *l;
        again.levels = 0;
        gc_ladder_climb(&again, start[k] * l->h[0], 0);
        if (!gc_is_finite(again.value) || !gc_is_finite(again.error)) continue;
        spread = fmax(spread, fabs(again.value - l->value));
        bar = fmax(bar, again.error);
    }
    l->error = fmax(bar, spread);
}

/* A corner closer than noise lets steps come: the one-sided slopes differ by more than their bars, and a
 * is one of them or lies between. */
static int is_one_sided(struct gc_ladder *l, double a)
{
    if (!gc_ladder_sides(l)) return 0;
    double bars = l->left_error + l->right_error;
    double low = fmin(l->left, l->right), high = fmax(l->left, l->right);
    return high - low > bars && a >= low - bars && a <= high + bars;
}

/* Does the loss move by much more than its noise when the steps grow beyond the ladder's? */
static int moves_visibly(const struct gc_ladder *l)
{
    static const double wide[] = { 0.4, 1.1, 2.9 };
    for (int k = 0; k < 3; k++) {
        double h = wide[k] * gc_derivative_unit(l), plus, minus;
        if (!l->pair(l, &h, &plus, &minus)) continue;
        double moved = fmax(fabs(plus - l->f0), fabs(minus - l->f0));
        if (gc_is_finite(moved) && moved > 16 * l->noise) return 1;
    }
    return 0;
}

/* ---- a loss that rounds to a plateau ---- */

enum { WIDE = 14 }; /* pairs of steps beyond those that moved nothing */

/* Are these changes of the loss small whole numbers of one quantum, as those of 1 - (nearly 1) are? */
static int are_quanta(const double *change, int n)
{
    double least = 0;
    for (int i = 0; i < n; i++)
        if (change[i] > 0 && (least <= 0 || change[i] < least)) least = change[i];
    for (int parts = 1; parts <= 4 && least > 0; parts++) { /* the least seen may be several quanta */
        double quantum = least / parts, seen[4] = { 0 };
        int whole = 0, broken = 0;
        for (int i = 0; i < n && !broken; i++) {
            double k = change[i] / quantum, nearest = nearbyint(k);
            if (k > 1e5) continue; /* too many to tell */
            broken = fabs(k - nearest) > 1e-3;
            int known = nearest <= 0;
            for (int j = 0; j < whole; j++) known = known || fabs(seen[j] - nearest) < 0.5;
            if (!known && whole < 4) seen[whole++] = nearest;
        }
        if (!broken && whole >= 3) return 1;
    }
    return 0;
}

/* The loss is the same at the steps that the ladder chose: because a term inside it, as large as the loss
 * is elsewhere or of which a few last digits are left, rounds what moves away? That is no slope of 0. */
static int is_saturated(const struct gc_ladder *l, double a)
{
    double change[2 * WIDE], moves = fabs(a) * l->h[0];
    int n = 0;
    for (int k = 0; k < WIDE; k++) {
        double h = 0.07 * pow(1.3717, k) * gc_derivative_unit(l), plus, minus;
        if (!l->pair(l, &h, &plus, &minus) || !gc_is_finite(plus - minus)) continue;
        change[n++] = fabs(plus - l->f0), change[n++] = fabs(minus - l->f0);
    }
    double rounding = 4 * 0x1p-53 * l->run->largest; /* of a term as large as the loss is elsewhere */
    if (fabs(l->f0) <= 256 * rounding && moves <= rounding) return 1;
    double least = (double)INFINITY;
    for (int i = 0; i < n; i++)
        if (change[i] > 0) least = fmin(least, change[i]);
    return n && moves <= least && are_quanta(change, n);
}

/* The loss is the same at the ladder's steps because a float rounds away what moves: the gradient times the
 * widest of them is less than a float's step at the loss. */
static int is_rounded_away(const struct gc_ladder *l, double a)
{
    const struct gc_run *run = l->run;
    double widest = 0;
    for (int k = l->levels - 1; k >= 0 && l->plus[k] - l->f0 == 0 && l->minus[k] - l->f0 == 0; k--)
        widest = l->h[k];
    return !run->wide && fabs(a) * widest <= 0x1p-23 * fabs(l->f0);
}

/* ---- what cannot be told from nothing ---- */

/* A slope of nothing but the rounding of the loss, and a gradient as small: is there nothing to be seen?
 * A gradient that is only the rounding of its own sums is another number at every point beside this one;
 * one that stays what it is, or a loss that moves, is one that cannot be measured. */
static int is_nothing(const struct gc_ladder *l, double a)
{
    double unit = gc_derivative_unit(l), size = l->run->size;
    if (l->error * unit > 1e-9 * size || fabs(a) > 10 * l->error || fabs(l->value) > 10 * l->error) return 0;
    int is_least = fabs(a) * unit <= 0x1p-53 * size; /* below one rounding of the loss */
    return (is_least || !gc_is_steady(l->run, l->tensor, l->d, l->element, a)) && !moves_visibly(l);
}

int gc_at_kink(struct gc_ladder *l)
{
    if (!gc_ladder_sides(l)) return 0;
    double gap = fabs(l->right - l->left), size = fmax(fabs(l->left), fabs(l->right));
    return gap > 10 * (l->left_error + l->right_error) && gap > 1e-6 * size;
}

static int is_float(const struct gc_ladder *l)
{
    const struct gc_run *run = l->run;
    return run->r->f32_inside || (l->tensor >= 0 && run->in[l->tensor].dt == GC_F32);
}

/* Where steps between corners leave no digits the gradient's mean over a longer way is compared with the
 * loss's. Then l->value is a, plus the difference of the means, and l->error their bar. */
static gc_verdict judge_along_segment(struct gc_ladder *l, double a, double gmax, double *allowed,
                                      gc_verdict v)
{
    static const double width[] = { 1, 0.24, 0.057 };
    double analytic, numeric, error, rtol = gc_rtol(l->run, l->tensor);
    double least =
        is_float(l) ? 1e-3 : 0.1; /* of the mean: a is no part of what was measured, as on a plateau */
    gc_verdict mean = GC_INCONCLUSIVE;
    double drowned = 2 * l->run->noise / gc_derivative_unit(l); /* a slope that noise alone makes */
    int is_few = !l->run->wide && !l->run->r->f32_inside; /* values: there is no slope to compare with */
    if (is_few || drowned > 0.01 * scale_of(a, 0, gmax) || gc_at_kink(l)) return v;
    for (int k = 0; k < 3 && mean == GC_INCONCLUSIVE; k++) {
        if (!gc_mean_slopes(l, width[k] * gc_derivative_unit(l), 1e-4, &analytic, &numeric, &error)) continue;
        if (fabs(a) > 0 && fabs(a) < least * fabs(analytic)) continue;
        mean = gc_judge(analytic, numeric, error, gmax, rtol, allowed);
    }
    if (mean != GC_PASS) return v;
    if (v == GC_FAIL && !gc_is_met_beside(l, a)) return v;
    l->value = a + (numeric - analytic), l->error = error;
    *allowed = rtol * scale_of(a, l->value, gmax) + 10 * error;
    return GC_PASS;
}

/* A forward that is solved to a tolerance jumps a little wherever its solver takes another step, and between
 * the jumps its slope is a little off. Are there such jumps, and do they explain the difference between a
 * slope and the gradient, whose mean along a segment is right? */
static int is_solved(const struct gc_ladder *l, double a, double gmax)
{
    double analytic, numeric, error, size = fmax(l->run->size, fabs(l->f0)), off = fabs(a - l->value);
    double scale = scale_of(a, l->value, gmax);
    struct gc_run *run = l->run;
    if (l->tensor < 0 || run->nin[l->tensor] > run->o.max_elem) return 0; /* it takes hundreds of calls */
    if (off <= run->excused * scale) return 1;
    if (off > 0.05 * scale || (run->unbroken >= GC_APPEALS && !(run->jump > 0))) return 0;
    struct gc_break b = gc_find_break(l);
    double jump = b.kind == GC_JUMP ? fabs(b.right - b.left) : 0, width = gc_derivative_unit(l);
    if (jump > GC_TOLERANCE * size) return 0;
    run->unbroken += !(jump > 0);
    run->jump = fmax(run->jump, jump); /* here none may be found, as they are too many */
    if (!(run->jump > 0) || !gc_mean_slopes(l, width, 0.02 * off / scale, &analytic, &numeric, &error))
        return 0;
    double left = fabs(analytic - numeric);
    if (left > 4 * run->jump / width + 10 * error || left > 0.5 * off) return 0;
    run->excused = fmax(run->excused, off / scale);
    return 1;
}

/* In float a corner at the point may hide in the rounding: at points that nobody drew there often is one. */
static int may_hide_corner(const struct gc_ladder *l, int is_close)
{
    const struct gc_run *run = l->run;
    if (run->upheld >= GC_APPEALS) return 0;
    return is_float(l) && (is_close || run->rounded || run->own);
}

gc_verdict gc_judge_derivative(struct gc_ladder *l, double a, double gmax, double *allowed)
{
    double rtol = gc_rtol(l->run, l->tensor);
    gc_verdict v = gc_judge(a, l->value, l->error, gmax, rtol, allowed);
    int is_close = fabs(a - l->value) < 1000 * l->error;
    if (v == GC_FAIL && is_close) {
        gc_measure_again(l);
        v = gc_judge(a, l->value, l->error, gmax, rtol, allowed);
        if (v == GC_FAIL && is_one_sided(l, a)) v = GC_INCONCLUSIVE;
    }
    if (v == GC_FAIL && may_hide_corner(l, is_close)) {
        v = judge_along_segment(l, a, gmax, allowed, v);
        l->run->upheld += v == GC_FAIL;
    }
    if (v == GC_FAIL && gc_is_finite(a) && fabs(l->value) <= 0 &&
        (is_rounded_away(l, a) || is_saturated(l, a)))
        v = GC_INCONCLUSIVE;
    if (v == GC_FAIL && gc_is_finite(a) && gc_is_finite(l->value) && is_solved(l, a, gmax))
        return GC_INCONCLUSIVE;
    if (v != GC_INCONCLUSIVE || !gc_is_finite(l->value) || !gc_is_finite(l->error)) return v;
    if (fabs(a) <= 0 && fabs(l->value) <= 0 && gc_ladder_flat(l)) return GC_PASS;
    return is_nothing(l, a) ? GC_PASS : judge_along_segment(l, a, gmax, allowed, v);
}

/* ---- what is noted ---- */

gc_finding *gc_note_derivative(const struct gc_ladder *l, unsigned test, gc_verdict verdict, double a,
                               double allowed, const char *detail)
{
    gc_result *r = l->run->r;
    double off = fabs(a - l->value) / allowed;
    gc_finding *f = gc_find(r, test, l->tensor);
    int same = f && f->verdict == verdict;
    if (same && !(off > fabs(f->analytic - f->numeric) / f->allowed)) return NULL;
    if (f && gc_rank(verdict) < gc_rank(f->verdict)) return NULL;
    if (!same) f = gc_note(r, test, l->tensor, l->run->point, verdict);
    f->point = l->run->point;
    f->is_element = !l->d, f->index = l->element;
    f->analytic = a, f->numeric = l->value, f->error_bar = l->error, f->allowed = allowed;
    gc_text(f->detail, sizeof f->detail, "%s", detail);
    f->reason[0] = 0;
    return f;
}
