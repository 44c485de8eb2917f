/* layout.c - the right values in wrong places: transposed, reversed, shifted, swapped.
 *
 * A layout says where the value of an element went: analytic[went(i)] = numeric[i] for
 * every i that was looked at. */
#include "diagnose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gc_internal.h"

struct layout {
    int order[GC_MAX_DIMS]; /* axes, slowest first */
    unsigned mask;          /* reversed axes       */
    int axis, cyclic;       /* axis -1: flat       */
    size_t step, p, q;
};

/* the flat index where the value of element `flat` is found; NOWHERE if it fell out */
#define NOWHERE SIZE_MAX
typedef size_t (*went)(const struct gc_view *v, const struct layout *l, size_t flat);

static int holds(const struct gc_view *v, const struct layout *l, went to, double cost)
{
    struct gc_fit f = { .v = v };
    for (int i = 0; i < v->m; i++) {
        const gc_sample *s = v->s[i];
        size_t d = to(v, l, s->index);
        if (d == NOWHERE || (isnan(v->analytic[d]) && isnan(v->numeric[d])))
            continue; /* nothing is known there */
        double got = v->analytic[d], there = isnan(v->numeric[d]) ? v->analytic[s->index] : v->numeric[d];
        gc_fit_add(&f, got, s->numeric, gc_tolerance(v, s, got, s->numeric, 1), fabs(got - there));
        if (f.misses) return 0;
    }
    return gc_fit_holds(&f, 0, cost);
}

static size_t join(const gc_tensor_result *t, const size_t at[GC_MAX_DIMS])
{
    size_t flat = 0;
    for (int k = 0; k < t->nd; k++) flat = flat * t->dim[k] + at[k];
    return flat;
}

static char letter(int axis)
{
    return "ijklmnop"[axis];
}

/* ---- axes in another order ---- */

static size_t in_order(const struct gc_view *v, const struct layout *l, size_t flat)
{
    size_t at[GC_MAX_DIMS], to = 0;
    gc_split(v->t, flat, at);
    for (int k = 0; k < v->t->nd; k++) to = to * v->t->dim[l->order[k]] + at[l->order[k]];
    return to;
}

/* the code-th order of nd axes: all of up to four; of more, those that swap two */
static int order_of(int nd, int code, int order[GC_MAX_DIMS])
{
    int left[GC_MAX_DIMS], identity = 1;
    for (int k = 0; k < nd; k++) order[k] = left[k] = k;
    if (nd > 4) {
        int a = code / nd, b = code % nd;
        order[a] = b, order[b] = a;
        return a < b;
    }
    for (int k = 0; k < nd; k++) {
        int rest = nd - k, pick = code % rest;
        code /= rest;
        order[k] = left[pick];
        for (int i = pick; i + 1 < rest; i++) left[i] = left[i + 1];
        identity = identity && order[k] == k;
    }
    return !identity;
}

static void say_order(const struct gc_view *v, const struct layout *l, struct gc_words *w)
{
    char now[4 * GC_MAX_DIMS], shape[24 * GC_MAX_DIMS];
    int used = 0, same = 1, nd = v->t->nd;
    for (int k = 0; k < nd; k++) {
        now[2 * k] = letter(l->order[k]);
        now[2 * k + 1] = k + 1 < nd ? ',' : '\0';
        used += snprintf(shape + used, sizeof shape - (size_t)used, "%s%zu", k ? "," : "",
                         v->t->dim[l->order[k]]);
        same = same && v->t->dim[l->order[k]] == v->t->dim[k];
    }
    static const char plain[] = "i,j,k,l,m,n,o,p";
    if (same)
        gc_text(w->pattern, GC_TEXT, "axes are exchanged: analytic[%s] = numeric[%.*s]", now, 2 * nd - 1,
                plain);
    else
        gc_text(w->pattern, GC_TEXT, "the values lie as if the shape were [%s]: in the order [%s] of [%.*s]",
                shape, now, 2 * nd - 1, plain);
    if (nd == 2)
        gc_text(
            w->cause, GC_TEXT,
            "the gradient is transposed: rows and columns, or the two factors of its product, are exchanged");
}

int gc_layout_axes(const struct gc_view *v, struct gc_words *w)
{
    static const int codes[] = { 1, 1, 2, 6, 24 };
    int nd = v->t->nd, all = nd > 4 ? nd * nd : codes[nd];
    struct layout l = { 0 };
    for (int code = 0; nd >= 2 && code < all; code++) {
        if (!order_of(nd, code, l.order) || !holds(v, &l, in_order, 5)) continue;
        say_order(v, &l, w);
        return 1;
    }
    return 0;
}

/* ---- axes backwards ---- */

static size_t backwards(const struct gc_view *v, const struct layout *l, size_t flat)
{
    size_t at[GC_MAX_DIMS];
    gc_split(v->t, flat, at);
    for (int k = 0; k < v->t->nd; k++)
        if (l->mask >> k & 1) at[k] = v->t->dim[k] - 1 - at[k];
    return join(v->t, at);
}

/* one axis of two indices */
static int is_one_pair(const gc_tensor_result *t, unsigned mask)
{
    int axis = 0;
    while (mask >> axis > 1) axis++;
    return mask == 1u << axis && t->dim[axis] == 2;
}

int gc_layout_reversed(const struct gc_view *v, struct gc_words *w)
{
    const gc_tensor_result *t = v->t;
    struct layout l = { 0 };
    unsigned long_axes = 0;
    for (int k = 0; k < t->nd; k++) long_axes |= (unsigned)(t->dim[k] > 1) << k;
    for (l.mask = 1; l.mask < 1u << t->nd; l.mask++) {
        if (is_one_pair(t, l.mask)) continue; /* two indices exchanged, says another row */
        char index[32 * GC_MAX_DIMS], plain[2 * GC_MAX_DIMS + 1] = "";
        int used = 0;
        if (l.mask & ~long_axes || !holds(v, &l, backwards, t->nd)) continue;
        for (int k = 0; k < t->nd; k++) {
            plain[2 * k] = letter(k);
            plain[2 * k + 1] = k + 1 < t->nd ? ',' : '\0';
            used += l.mask >> k & 1 ? snprintf(index + used, sizeof index - (size_t)used, "%s%zu-%c",
                                               k ? "," : "", t->dim[k] - 1, letter(k))
                                    : snprintf(index + used, sizeof index - (size_t)used, "%s%c",
                                               k ? "," : "", letter(k));
        }
        gc_text(w->pattern, GC_TEXT, "right values at reversed places: analytic[%s] = numeric[%s]", plain,
                index);
        if (t->nd >= 2 && l.mask == 3u << (t->nd - 2))
            gc_text(w->cause, GC_TEXT,
                    "the kernel is flipped: convolution in one pass, correlation in the other");
        return 1;
    }
    return 0;
}

/* ---- shifted, exchanged ---- */

static size_t shifted(const struct gc_view *v, const struct layout *l, size_t flat)
{
    size_t at[GC_MAX_DIMS], size = l->axis < 0 ? v->n : v->t->dim[l->axis];
    gc_split(v->t, flat, at);
    size_t *k = l->axis < 0 ? &flat : &at[l->axis];
    if (!l->cyclic && (l->step == 1 ? *k + 1 == size : *k == 0)) return NOWHERE;
    *k = (*k + l->step) % size;
    return l->axis < 0 ? flat : join(v->t, at);
}

int gc_layout_shifted(const struct gc_view *v, struct gc_words *w)
{
    for (int axis = v->t->nd > 1 ? -1 : 0; axis < v->t->nd; axis++)
        for (int k = 0; k < 4; k++) {
            size_t size = axis < 0 ? v->n : v->t->dim[axis];
            struct layout l = { .axis = axis, .cyclic = k < 2, .step = k % 2 ? size - 1 : 1 };
            char along[GC_NAME] = "of the flat array";
            if (size < 3 || !holds(v, &l, shifted, 5)) continue;
            if (axis >= 0) gc_text(along, sizeof along, "along axis %d", axis);
            gc_text(w->pattern, GC_TEXT, "right values, %s by one %s %s", l.cyclic ? "rolled" : "shifted",
                    l.step == 1 ? "towards the end" : "towards the start", along);
            return 1;
        }
    return 0;
}

/* [0] stays, [k] comes from [n - k]: a transform with its conjugate */
static size_t mirror(const struct gc_view *v, const struct layout *l, size_t flat)
{
    (void)l;
    return flat ? v->n - flat : 0;
}

int gc_layout_mirrored(const struct gc_view *v, struct gc_words *w)
{
    const struct layout l = { 0 };
    if (v->n < 4 || v->t->nd > 1 || !holds(v, &l, mirror, 3)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic[i] = numeric[(%zu - i) mod %zu]", v->n, v->n);
    return 1;
}

static size_t neighbour(const struct gc_view *v, const struct layout *l, size_t flat)
{
    (void)l;
    return (flat ^ 1) < v->n ? flat ^ 1 : flat;
}

int gc_layout_neighbours(const struct gc_view *v, struct gc_words *w)
{
    const struct layout l = { 0 };
    (void)w;
    return v->n > 2 && holds(v, &l, neighbour, 3);
}

static size_t exchanged(const struct gc_view *v, const struct layout *l, size_t flat)
{
    size_t at[GC_MAX_DIMS];
    gc_split(v->t, flat, at);
    size_t *k = l->axis < 0 ? &flat : &at[l->axis];
    *k = *k == l->p ? l->q : *k == l->q ? l->p : *k;
    return l->axis < 0 ? flat : join(v->t, at);
}

/* Are the wrong elements those with just two indices on this axis? */
static int two_on(const struct gc_view *v, int axis, struct layout *l)
{
    int found = 0;
    l->axis = axis;
    for (int i = 0; i < v->m; i++) {
        size_t at[GC_MAX_DIMS], k = v->s[i]->index;
        if (!v->s[i]->wrong) continue;
        if (axis >= 0) gc_split(v->t, k, at), k = at[axis];
        if (found == 0) l->p = k, found = 1;
        if (found == 1 && k != l->p) l->q = k, found = 2;
        if (found == 2 && k != l->p && k != l->q) return 0;
    }
    return found == 2;
}

int gc_layout_swapped(const struct gc_view *v, struct gc_words *w)
{
    for (int axis = -1; axis < (v->t->nd > 1 ? v->t->nd : 0); axis++) {
        struct layout l = { 0 };
        if (!two_on(v, axis, &l) || !holds(v, &l, exchanged, 0)) continue;
        if (axis < 0) {
            gc_text(w->pattern, GC_TEXT, "two elements are exchanged: those at flat %zu and %zu", l.p, l.q);
        } else {
            gc_text(w->pattern, GC_TEXT, "indices %zu and %zu of axis %d are exchanged", l.p, l.q, axis);
        }
        return 1;
    }
    return 0;
}

/* ---- any other order ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int gc_layout_anyhow(const struct gc_view *v, struct gc_words *w)
{
    struct gc_fit f = { .v = v };
    const gc_sample *widest = NULL; /* of the error bars */
    size_t n = 0, room = (size_t)v->m;
    double *a = malloc(2 * room * sizeof *a), *b = a ? a + room : NULL;
    (void)w;
    for (int i = 0; a && i < v->m; i++) {
        const gc_sample *s = v->s[i];
        if (!s->wrong) continue;
        if (!gc_is_finite(s->analytic)) f.misses++;
        if (!widest || s->error_bar > widest->error_bar) widest = s;
        a[n] = s->analytic, b[n++] = s->numeric;
    }
    if (n > 1 && !f.misses) {
        qsort(a, n, sizeof *a, by_size);
        qsort(b, n, sizeof *b, by_size);
        for (size_t i = 0; i < n; i++)
            gc_fit_add(&f, a[i], b[i], gc_tolerance(v, widest, a[i], b[i], 1), fabs(a[i]));
    }
    free(a);
    return n > 1 && gc_fit_holds(&f, 0, lgamma((double)n + 1) / log(2));
}
