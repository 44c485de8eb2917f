/* location.c - which elements are wrong: a row, a tail, a border, those with negative x ... One row
 * of the table for each kind.
 *
 * A place fits if every element in it is wrong, or could not be told from right, and every
 * element outside is right. */
#include "diagnose.h"

#include <math.h>
#include <string.h>

#include "gc_internal.h"
#include "format.h"

/* wrong by the typical relative error, would this sample have been noticed? */
static int noticeable(const struct gc_view *v, const gc_sample *s)
{
    double size = fmax(fabs(s->analytic), fabs(s->numeric));
    return s->wrong || v->typical * size > 3 * gc_tolerance(v, s, s->analytic, s->numeric, 1);
}

struct location {
    int axis;                /* -1: the flat index                        */
    size_t low, high, loose; /* a range, inclusive; low: a border's width */
    size_t step, rest;
    unsigned sides;      /* of a border */
    const double *value; /* of every element, and where they begin to be wrong */
    double limit;
};

typedef int (*inside)(const struct gc_view *v, const struct location *p, size_t flat);

static double log2_choose(int n, int k)
{
    return (lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0)) / log(2);
}

/* Is exactly this place wrong? bits: how unlikely it must be that as many wrong samples fall into it by
 * accident; plain facts need none. */
static int fits(const struct gc_view *v, const struct location *p, inside in, double bits)
{
    int wrong = 0, right = 0;
    for (int i = 0; i < v->m; i++) {
        const gc_sample *s = v->s[i];
        int is_in = in(v, p, s->index);
        if (is_in ? !s->wrong && noticeable(v, s) : s->wrong) return 0;
        wrong += is_in && s->wrong;
        right += !is_in && noticeable(v, s);
    }
    return wrong && right && log2_choose(wrong + right, wrong) >= bits;
}

int gc_all_wrong(const struct gc_view *v)
{
    for (int i = 0; i < v->m; i++)
        if (!v->s[i]->wrong && noticeable(v, v->s[i])) return 0;
    return 1;
}

/* ---- one element, ranges ---- */

static size_t position(const struct gc_view *v, int axis, size_t flat)
{
    size_t at[GC_MAX_DIMS];
    if (axis < 0) return flat;
    gc_split(v->t, flat, at);
    return at[axis];
}

static int in_range(const struct gc_view *v, const struct location *p, size_t flat)
{
    size_t k = position(v, p->axis, flat);
    return k >= p->low && k <= p->high;
}

/* The smallest range that holds every wrong sample, up to the ends where no right one lies between. loose:
 * where it may begin in truth, as what lies below was not looked at. */
static struct location range_of(const struct gc_view *v, int axis)
{
    size_t size = axis < 0 ? v->n : v->t->dim[axis], after = size;
    struct location p = { .axis = axis, .low = SIZE_MAX };
    for (int i = 0; i < v->m; i++) {
        size_t k = position(v, axis, v->s[i]->index);
        if (!v->s[i]->wrong) continue;
        p.low = k < p.low ? k : p.low;
        p.high = k > p.high ? k : p.high;
    }
    for (int i = 0; i < v->m; i++) {
        size_t k = position(v, axis, v->s[i]->index);
        if (v->s[i]->wrong || !noticeable(v, v->s[i])) continue;
        if (k < p.low && k + 1 > p.loose) p.loose = k + 1;
        if (k > p.high && k < after) after = k;
    }
    if (after == size) p.high = size - 1;
    if (p.loose == 0) p.low = 0;
    return p;
}

static const char *one_element(const struct gc_view *v, struct gc_words *w)
{
    char index[GC_INDEX];
    struct location p = { .axis = -1 };
    int wrong = 0;
    for (int i = 0; i < v->m; i++)
        if (v->s[i]->wrong) p.low = p.high = v->s[i]->index, wrong++;
    if (wrong != 1 || !fits(v, &p, in_range, 0)) return NULL;
    int first = p.low == 0, last = p.low + 1 == v->n;
    gc_text(w->pattern, GC_TEXT, "%s %s is wrong",
            first  ? "the first element"
            : last ? "the last element"
                   : "element",
            gc_index(v->t, p.low, index));
    if (first)
        gc_text(w->cause, GC_TEXT, "a loop begins at 1, or something is written to element 0 by mistake");
    if (last) gc_text(w->cause, GC_TEXT, "a loop ends one too early, or its remainder is wrong");
    return "one element";
}

/* what an index of this axis is called */
static void name_axis(const gc_tensor_result *t, int axis, int many, char word[GC_NAME])
{
    if (axis < 0 || t->nd == 1)
        gc_text(word, GC_NAME, "element%s", many ? "s" : "");
    else if (t->nd == 2)
        gc_text(word, GC_NAME, "%s%s", axis ? "column" : "row", many ? "s" : "");
    else
        gc_text(word, GC_NAME, "ind%s of axis %d%s", many ? "ices" : "ex", axis,
                axis == t->nd - 3 ? " (channel)" : "");
}

static const char *say_single(struct gc_words *w, const char *word, size_t at, size_t size)
{
    if (at + 1 == size || at == 0)
        gc_text(w->pattern, GC_TEXT, "the %s %s is wrong", at ? "last" : "first", word);
    else
        gc_text(w->pattern, GC_TEXT, "%s %zu of 0 to %zu is wrong", word, at, size - 1);
    if (at + 1 == size)
        gc_text(w->cause, GC_TEXT, "a loop over the %zu ends one too early, or its remainder is wrong", size);
    if (at == 0)
        gc_text(w->cause, GC_TEXT, "a loop over the %zu begins at 1, or the first is treated apart", size);
    return at + 1 == size ? "last" : at ? "slice" : "first";
}

/* the widest vector whose remainder begins in the range's loose end: 32, 16, 8 or 4; 0 if none */
static size_t remainder_of(const struct location *p, size_t size)
{
    for (size_t q = 32; q >= 4; q /= 2)
        if (size % q && size - size % q >= p->loose && size - size % q <= p->low) return q;
    return 0;
}

static const char *say_range(struct gc_words *w, const char *words, const struct location *p, size_t size)
{
    size_t q = p->high + 1 == size && p->low ? remainder_of(p, size) : 0;
    char from[GC_NAME];
    if (q) {
        gc_text(w->pattern, GC_TEXT, "the last %zu of %zu %s are wrong", size % q, size, words);
        gc_text(w->cause, GC_TEXT,
                "the remainder of %zu after steps of %zu is handled wrongly, or a loop ends too early", size,
                q);
        return "tail";
    }
    if (p->low == 1 && p->high + 1 == size) {
        gc_text(w->pattern, GC_TEXT, "the %s from the second on are wrong", words);
        gc_text(w->cause, GC_TEXT, "something kept from the first is not reset for the next");
        return "from the second on";
    }
    gc_text(from, sizeof from, p->loose < p->low ? "about %zu" : "%zu", p->loose);
    if (p->high + 1 == size && p->low) {
        gc_text(w->pattern, GC_TEXT, "the %s from %s on (of %zu) are wrong", words, from, size);
        gc_text(w->cause, GC_TEXT, "a loop, a block or a launch grid ends at %s", from);
        return "end";
    }
    gc_text(w->pattern, GC_TEXT, "the %s %zu to %zu (of 0 to %zu) are wrong", words, p->low, p->high,
            size - 1);
    return "slice";
}

static const char *slab(const struct gc_view *v, struct gc_words *w)
{
    for (int axis = v->t->nd == 1 ? -1 : 0; axis < v->t->nd; axis++) {
        struct location p = range_of(v, axis);
        size_t size = axis < 0 ? v->n : v->t->dim[axis];
        char word[GC_NAME];
        if (!fits(v, &p, in_range, 0)) continue;
        name_axis(v->t, axis, p.low != p.high, word);
        return p.low == p.high ? say_single(w, word, p.low, size) : say_range(w, word, &p, size);
    }
    return NULL;
}

/* the flat index from some element on: a kernel that sees the tensor as one array */
static const char *flat_end(const struct gc_view *v, struct gc_words *w)
{
    struct location p = range_of(v, -1);
    return p.high + 1 == v->n && fits(v, &p, in_range, 8) ? say_range(w, "elements, counted flat,", &p, v->n)
                                                          : NULL;
}

/* ---- borders ---- */

enum { TOP = 1, BOTTOM = 2, LEFT = 4, RIGHT = 8 };

static int in_border(const struct gc_view *v, const struct location *p, size_t flat)
{
    const gc_tensor_result *t = v->t;
    size_t at[GC_MAX_DIMS] = { 0 }, column = t->dim[t->nd - 1], row = t->nd > 1 ? t->dim[t->nd - 2] : 0;
    gc_split(t, flat, at);
    if (p->sides & LEFT && at[t->nd - 1] < p->low) return 1;
    if (p->sides & RIGHT && at[t->nd - 1] + p->low >= column) return 1;
    if (t->nd == 1) return 0;
    return (p->sides & TOP && at[t->nd - 2] < p->low) || (p->sides & BOTTOM && at[t->nd - 2] + p->low >= row);
}

static const char *border(const struct gc_view *v, struct gc_words *w)
{
    const gc_tensor_result *t = v->t;
    for (size_t width = 1; width <= 3; width++)
        for (unsigned sides = 15; sides > 0; sides--) {
            struct location p = { .low = width, .sides = sides };
            if (t->nd < 1 || (t->nd == 1 && sides != (LEFT | RIGHT)) || !fits(v, &p, in_border, 4)) continue;
            gc_text(w->pattern, GC_TEXT, "the border of width %zu (%s%s%s%s) is wrong", width,
                    sides & TOP ? " top" : "", sides & BOTTOM ? " bottom" : "", sides & LEFT ? " left" : "",
                    sides & RIGHT ? " right" : "");
            char *blank = strstr(w->pattern, "( ");
            if (blank) memmove(blank + 1, blank + 2, strlen(blank + 2) + 1);
            if (t->nd > 1) /* in a flat array it may be any two formulas */
                gc_text(w->cause, GC_TEXT,
                        "padding: the backward's bounds at the border are not the forward's");
            return "border";
        }
    return NULL;
}

/* ---- regular places ---- */

static const char *one_in_each_row(const struct gc_view *v, struct gc_words *w)
{
    const gc_tensor_result *t = v->t;
    size_t columns = t->nd > 1 ? t->dim[t->nd - 1] : 0, row = 0;
    if (columns < 3 || v->n / columns < 3 || (size_t)v->m != v->n) return NULL;
    for (int i = 0; i < v->m; i++)
        if (v->s[i]->wrong && v->s[i]->index / columns != row++) return NULL;
    if (row != v->n / columns) return NULL;
    gc_text(w->pattern, GC_TEXT, "one element in each row of %zu is wrong", columns);
    gc_text(w->cause, GC_TEXT, "the element that a label or a maximum picks in each row is handled wrongly");
    return "one in each row";
}

static int in_comb(const struct gc_view *v, const struct location *p, size_t flat)
{
    return (position(v, p->axis, flat) % p->step == p->rest) == !p->sides;
}

static const char *comb(const struct gc_view *v, struct gc_words *w)
{
    char word[GC_NAME];
    for (int axis = v->t->nd - 1; axis >= -1; axis--)
        for (size_t step = 2; step <= 32; step += step < 4 ? 1 : step)
            for (size_t k = 0; k < 2 * step; k++) {
                struct location p = { .axis = axis, .step = step, .rest = k / 2, .sides = k % 2 };
                if (!fits(v, &p, in_comb, 12)) continue;
                name_axis(v->t, axis, 1, word);
                gc_text(w->pattern, GC_TEXT, "the %s %s%zu, %zu, %zu, ... are wrong", word,
                        p.sides ? "other than " : "", p.rest, p.rest + step, p.rest + 2 * step);
                gc_text(w->cause, GC_TEXT,
                        v->t->nd == 1
                            ? "a stride of %zu, or a lane of a vector of %zu, is handled wrongly; or in "
                              "records of so many numbers the formula of one is wrong"
                            : "a stride of %zu, or a lane of a vector of %zu, is handled wrongly",
                        step, step);
                return "comb";
            }
    return NULL;
}

/* rest: 0 diagonal, 1 above it, 2 below it; sides: the diagonal belongs to it */
static int in_triangle(const struct gc_view *v, const struct location *p, size_t flat)
{
    size_t at[GC_MAX_DIMS];
    gc_split(v->t, flat, at);
    size_t row = at[v->t->nd - 2], column = at[v->t->nd - 1];
    if (row == column) return p->rest == 0 || p->sides;
    return p->rest == 0 ? 0 : (p->rest == 1) == (column > row);
}

static const char *triangle(const struct gc_view *v, struct gc_words *w)
{
    static const char *const names[] = { "diagonal", "part above the diagonal", "part below the diagonal" };
    for (size_t k = 0; v->t->nd >= 2 && k < 5; k++) {
        struct location p = { .rest = (k + 1) / 2, .sides = k && k % 2 == 0 };
        if (!fits(v, &p, in_triangle, 8)) continue;
        gc_text(w->pattern, GC_TEXT, "the %s%s is wrong", names[p.rest], p.sides ? ", and itself," : "");
        gc_text(w->cause, GC_TEXT,
                p.rest ? "a mask like that of causal attention differs between forward and backward"
                       : "the term of an element with itself, such as p (1 - p) of softmax, is wrong");
        return "triangle";
    }
    return NULL;
}

/* ---- by the values of the tensor, of outputs, of upstream gradients ---- */

enum { BELOW, ABOVE, SMALL, LARGE };

static int in_values(const struct gc_view *v, const struct location *p, size_t flat)
{
    (void)v;
    double value = p->value[flat];
    switch (p->rest) {
    case BELOW: return value <= p->limit;
    case ABOVE: return value >= p->limit;
    case SMALL: return fabs(value) <= p->limit;
    default: return fabs(value) >= p->limit;
    }
}

/* the wrong value furthest from where the kind of values begins */
static double limit_of(const struct gc_view *v, const double *values, size_t kind)
{
    int upper = kind == BELOW || kind == SMALL;
    double limit = upper ? -HUGE_VAL : HUGE_VAL;
    for (int i = 0; i < v->m; i++) {
        double x = values[v->s[i]->index], value = kind >= SMALL ? fabs(x) : x;
        if (v->s[i]->wrong) limit = upper ? fmax(limit, value) : fmin(limit, value);
    }
    return limit;
}

/* do the values change their sign just where the wrong ones begin? */
static int at_zero(const struct gc_view *v, const struct location *p)
{
    for (int i = 0; i < v->m; i++) {
        double x = p->value[v->s[i]->index];
        if (v->s[i]->wrong || !noticeable(v, v->s[i])) continue;
        if (p->rest == BELOW ? x > p->limit && x < 0 : x < p->limit && x > 0) return 0;
    }
    return p->rest == BELOW ? p->limit <= 0 : p->rest == ABOVE && p->limit >= 0;
}

static void say_values(const struct gc_view *v, struct gc_words *w, const struct location *p,
                       const char *name)
{
    static const char *const forms[] = { "%s <=", "%s >=", "|%s| <=", "|%s| >=" };
    char condition[GC_NAME + 8];
    if (at_zero(v, p)) {
        gc_text(w->pattern, GC_TEXT, "the elements where %s %c 0 are wrong", name,
                p->rest == BELOW ? '<' : '>');
        gc_text(w->cause, GC_TEXT, "a mask or branch by the sign of %s differs between forward and backward",
                name);
        return;
    }
    if (p->rest == SMALL && p->limit <= 0) {
        gc_text(w->pattern, GC_TEXT, "the elements where %s = 0 are wrong", name);
        return;
    }
    gc_text(condition, sizeof condition, forms[p->rest], name);
    gc_text(w->pattern, GC_TEXT, "the elements where %s %.4g are wrong", condition, p->limit);
    gc_text(w->cause, GC_TEXT,
            "a saturation, a clip or a branch by the size of %s differs between forward and backward", name);
}

static const char *by_value(const struct gc_view *v, struct gc_words *w)
{
    for (int i = 0; i < v->e->companions; i++)
        for (size_t kind = BELOW; kind <= LARGE; kind++) {
            const struct gc_companion *of = &v->e->companion[i];
            struct location p = { .rest = kind, .value = of->value, .limit = limit_of(v, of->value, kind) };
            if (!fits(v, &p, in_values, 14)) continue;
            say_values(v, w, &p, of->name);
            return "by value";
        }
    return NULL;
}

/* ---- the table: the plainest first ---- */

static const char *(*const locations[])(const struct gc_view *v, struct gc_words *w) = {
    one_element, slab, border, triangle, one_in_each_row, by_value, comb, flat_end,
};

const char *gc_find_location(const struct gc_view *v, struct gc_words *w)
{
    if (v->t->nd < 1 || gc_all_wrong(v)) return NULL;
    for (size_t i = 0; i < sizeof locations / sizeof *locations; i++) {
        const char *name = locations[i](v, w);
        if (name) return name;
    }
    return NULL;
}
