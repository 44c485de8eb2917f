/* breaks.c - where the loss along a line breaks: jumps, has a corner, or a curvature that jumps.
 *
 * It is sampled at equal steps. A cubic through the four samples left of each gap and one through the four on
 * its right meet in the gap, unless the loss breaks there: then the gap is halved until the break is found,
 * and the two cubics say what it is. The steps grow finer until breaks are few enough to be told apart. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>

enum { SIDE = 32, SAMPLES = 2 * SIDE + 1, ARM = 4, WIDTHS = 7 };

struct samples {
    const struct gc_ladder *l;
    double step, f[SAMPLES];
    double rounding; /* of one value */
};

static double at(const struct samples *s, int k)
{
    return (k - SIDE) * s->step;
}

static double loss_at(const struct samples *s, double t)
{
    double h = fabs(t), plus, minus;
    if (!(h > 0)) return s->l->f0;
    if (!s->l->pair(s->l, &h, &plus, &minus)) return (double)NAN;
    return t > 0 ? plus : minus;
}

/* 0: not finite somewhere */
static int sample(struct samples *s, double step)
{
    s->step = step, s->rounding = 0;
    for (int k = 0; k <= SIDE; k++) {
        double h = k * step, plus = s->l->f0, minus = s->l->f0;
        if (k && !s->l->pair(s->l, &h, &plus, &minus)) return 0;
        if (!gc_is_finite(plus) || !gc_is_finite(minus)) return 0;
        s->f[SIDE + k] = plus, s->f[SIDE - k] = minus;
        s->rounding = fmax(s->rounding, 0x1p-53 * fmax(fabs(plus), fabs(minus)));
    }
    return 1;
}

/* The cubic through samples k to k + 3 at t; derivative: 0 to 2 of them. */
static double cubic(const struct samples *s, int k, double t, int derivative)
{
    double d1[3], d2[2], d3, u = (t - at(s, k)) / s->step;
    for (int i = 0; i < 3; i++) d1[i] = s->f[k + i + 1] - s->f[k + i];
    for (int i = 0; i < 2; i++) d2[i] = d1[i + 1] - d1[i];
    d3 = d2[1] - d2[0];
    if (derivative == 0)
        return s->f[k] + u * d1[0] + u * (u - 1) / 2 * d2[0] + u * (u - 1) * (u - 2) / 6 * d3;
    if (derivative == 1)
        return (d1[0] + (2 * u - 1) / 2 * d2[0] + (3 * u * u - 6 * u + 2) / 6 * d3) / s->step;
    return (d2[0] + (u - 1) * d3) / (s->step * s->step);
}

/* Of the cubic on the right of gap k less that on its left, at t */
static double mismatch(const struct samples *s, int k, double t, int derivative)
{
    return cubic(s, k + 1, t, derivative) - cubic(s, k - ARM + 1, t, derivative);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How badly the two cubics beside gap k foretell the samples beyond them: not at all where the gap has the
 * break, for then each lies on one side of it. */
static double misses(const struct samples *s, int k)
{
    double left = k >= ARM ? fabs(cubic(s, k - ARM + 1, at(s, k - ARM), 0) - s->f[k - ARM]) : 0;
    int last = k + ARM + 1;
    double right = last < SAMPLES ? fabs(cubic(s, k + 1, at(s, last), 0) - s->f[last]) : 0;
    return left + right;
}

/* The gap of the break that a mismatch at gap k, at most two gaps off, belongs to. */
static int settle_gap(const struct samples *s, int k)
{
    int best = k;
    for (int j = k - 2; j <= k + 2; j++)
        if (j >= ARM - 1 && j + ARM < SAMPLES && misses(s, j) < misses(s, best)) best = j;
    return best;
}

/* The gap that stands out, nearest to the point if several do alike. -1: none does, or too many do */
static int choose_gap(const struct samples *s)
{
    double off[SAMPLES], sorted[SAMPLES];
    int n = 0, best = -1;
    for (int k = ARM - 1; k + ARM < SAMPLES; k++)
        off[n++] = fabs(mismatch(s, k, at(s, k) + 0.5 * s->step, 0));
    for (int i = 0; i < n; i++) sorted[i] = off[i];
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    double quiet = fmax(sorted[n / 2], 64 * s->rounding), least = fmax(30 * quiet, 0.1 * sorted[n - 1]);
    for (int i = 1; i + 1 < n; i++) {
        if (!(off[i] >= off[i - 1] && off[i] >= off[i + 1] && off[i] > least)) continue;
        int k = settle_gap(s, i + ARM - 1);
        if (misses(s, k) > 0.2 * off[i]) continue; /* another break is near */
        if (best < 0 || abs(k - SIDE) < abs(best - SIDE)) best = k;
    }
    return best;
}

/* Halves the gap towards the break: where the value is the left cubic's, the break is on the right. */
static double find(const struct samples *s, int k)
{
    double a = at(s, k), b = at(s, k + 1);
    for (int i = 0; i < 40; i++) {
        double m = 0.5 * (a + b), f = loss_at(s, m);
        if (!(m > a && m < b) || !gc_is_finite(f)) break;
        if (fabs(f - cubic(s, k - ARM + 1, m, 0)) <= fabs(f - cubic(s, k + 1, m, 0)))
            a = m;
        else
            b = m;
    }
    return 0.5 * (a + b);
}

/* What the mismatch at the break amounts to within one step: the largest of its three terms is its kind. */
static enum gc_break_kind kind_of(const double mismatch[3], double step)
{
    double jump = fabs(mismatch[0]), corner = fabs(mismatch[1]) * step,
           curve = 0.5 * fabs(mismatch[2]) * step * step;
    if (jump > 0.5 * fmax(corner, curve)) return GC_JUMP;
    return corner > 0.3 * curve ? GC_CORNER : GC_CURVE;
}

struct gc_break gc_find_break(const struct gc_ladder *l)
{
    struct gc_break b = { .kind = GC_NO_BREAK };
    struct samples s = { .l = l };
    double width = 0.45 * gc_derivative_unit(l);
    for (int i = 0; i < WIDTHS; i++, width *= 0.17) {
        if (width / SIDE < l->least_h || !sample(&s, width / SIDE)) continue;
        int k = choose_gap(&s);
        if (k < 0) continue;
        double off[3];
        b.t = find(&s, k);
        for (int j = 0; j < 3; j++) off[j] = mismatch(&s, k, b.t, j);
        b.kind = kind_of(off, s.step);
        int order = b.kind == GC_JUMP ? 0 : b.kind == GC_CORNER ? 1 : 2;
        b.left = cubic(&s, k - ARM + 1, b.t, order), b.right = cubic(&s, k + 1, b.t, order);
        return b;
    }
    return b;
}
