/* pattern.c - what wrong elements hold instead of the right values. One row of the table at the end for each pattern. */
#include "diagnose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gc_internal.h"

/* ---- values that speak for themselves ---- */

static int not_a_number(const struct gc_view *v, struct gc_words *w)
{
    int bad = 0, wrong = 0;
    for (int i = 0; i < v->m; i++) {
        wrong += v->s[i]->wrong;
        bad += v->s[i]->wrong && !gc_is_finite(v->s[i]->analytic);
    }
    if (bad < wrong && bad)
        gc_text(w->pattern, GC_TEXT, "%d of the %d wrong elements are not finite in analytic", bad, wrong);
    return bad > 0;
}

static int zero(const struct gc_view *v, struct gc_words *w)
{
    (void)w;
    for (int i = 0; i < v->m; i++)
        if (v->s[i]->wrong && !(fabs(v->s[i]->analytic) <= 0)) return 0;
    return 1;
}

static int should_be_zero(const struct gc_view *v, struct gc_words *w)
{
    (void)w;
    for (int i = 0; i < v->m; i++)
        if (v->s[i]->wrong && !(fabs(v->s[i]->numeric) <= 10 * v->s[i]->error_bar)) return 0;
    return 1;
}

static int upstream_ignored(const struct gc_view *v, struct gc_words *w)
{
    (void)w;
    if (!v->ones) return 0;
    for (int i = 0; i < v->m; i++) {
        double a = v->s[i]->analytic;
        if (!(fabs(a - v->ones[v->s[i]->index]) <= 1e-14 * fabs(a))) return 0;
    }
    return !zero(v, w);
}

/* Every wrong one has the same size and the sign of numeric, which is larger; the right ones are smaller. */
static int clipped(const struct gc_view *v, struct gc_words *w)
{
    double limit = 0;
    int wrong = 0, right = 0;
    for (int i = 0; i < v->m && !wrong; i++)
        if (v->s[i]->wrong) limit = fabs(v->s[i]->analytic), wrong = 1;
    wrong = 0;
    for (int i = 0; i < v->m; i++) {
        const gc_sample *s = v->s[i];
        int over = fabs(s->numeric) > limit && s->numeric * s->analytic > 0;
        if (s->wrong ? !over || !(fabs(fabs(s->analytic) - limit) <= 1e-6 * limit)
                     : fabs(s->numeric) > limit * (1 + 1e-6) + 10 * s->error_bar)
            return 0;
        wrong += s->wrong;
        right += !s->wrong;
    }
    if (wrong < 3 || right < 1 || !(limit > 0)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic is cut to +-%.6g where numeric is larger", limit);
    return 1;
}

/* ---- analytic = base + constant x basis, at every wrong element ---- */

struct term {
    double base, basis, gain; /* gain: of an error of numeric in base and in basis together */
};

typedef struct term (*relation)(const struct gc_view *v, const gc_sample *s, double constant);

static double term_tolerance(const struct gc_view *v, const gc_sample *s, struct term t, double constant,
                             double top)
{
    double scale = fmax(fmax(fabs(s->analytic), fabs(t.base)), fmax(fabs(constant * t.basis), 1e-3 * top));
    return v->rtol * scale + 10 * s->error_bar * t.gain;
}

static double largest_wrong(const struct gc_view *v)
{
    double top = 0;
    for (int i = 0; i < v->m; i++)
        if (v->s[i]->wrong && gc_is_finite(v->s[i]->analytic)) top = fmax(top, fabs(v->s[i]->analytic));
    return top;
}

static int constant_holds(const struct gc_view *v, relation rel, double constant, int constants, double cost)
{
    struct gc_fit f = { .v = v };
    double top = largest_wrong(v);
    for (int i = 0; i < v->m && !f.misses; i++) {
        const gc_sample *s = v->s[i];
        if (!s->wrong) continue;
        struct term t = rel(v, s, constant);
        gc_fit_add(&f, s->analytic, t.base + constant * t.basis, term_tolerance(v, s, t, constant, top),
                   fmin(fabs(s->analytic - t.base), fabs(s->analytic - s->numeric)));
    }
    return gc_fit_holds(&f, constants, cost);
}

/* Least squares, weighted by tolerance; the second time round with tolerances that know the constant. */
static double fit_constant(const struct gc_view *v, relation rel)
{
    double constant = 0, top = largest_wrong(v);
    for (int round = 0; round < 2; round++) {
        double up = 0, down = 0;
        for (int i = 0; i < v->m; i++) {
            const gc_sample *s = v->s[i];
            if (!s->wrong) continue;
            struct term t = rel(v, s, constant);
            double weight = 1 / term_tolerance(v, s, t, constant, top), basis = t.basis * weight;
            up += basis * (s->analytic - t.base) * weight;
            down += basis * basis;
        }
        constant = down > 0 ? up / down : 0;
    }
    return constant;
}

/* 0 if no constant does it */
static double fitted(const struct gc_view *v, relation rel)
{
    double constant = fit_constant(v, rel);
    return gc_is_finite(constant) && constant_holds(v, rel, constant, 1, 3) ? constant : 0;
}

static struct term factor_of(const struct gc_view *v, const gc_sample *s, double c)
{
    (void)v;
    return (struct term){ 0, s->numeric, fabs(c) };
}

static struct term size_of(const struct gc_view *v, const gc_sample *s, double c)
{
    (void)v;
    return (struct term){ 0, fabs(s->numeric), fabs(c) };
}

static struct term square_of(const struct gc_view *v, const gc_sample *s, double c)
{
    (void)v;
    return (struct term){ 0, s->numeric * s->numeric, fabs(2 * c * s->numeric) };
}

static struct term plus_constant(const struct gc_view *v, const gc_sample *s, double c)
{
    (void)v, (void)c;
    return (struct term){ s->numeric, 1, 1 };
}

static struct term plus_x(const struct gc_view *v, const gc_sample *s, double c)
{
    (void)c;
    return (struct term){ s->numeric, v->x[s->index], 1 };
}

static struct term plus_sign(const struct gc_view *v, const gc_sample *s, double c)
{
    double x = v->x[s->index];
    (void)c;
    return (struct term){ s->numeric, (x > 0) - (x < 0), 1 };
}

static struct term only_x(const struct gc_view *v, const gc_sample *s, double c)
{
    (void)c;
    return (struct term){ 0, v->x[s->index], 0 };
}

static struct term times_x(const struct gc_view *v, const gc_sample *s, double c)
{
    double x = v->x[s->index];
    return (struct term){ 0, x * s->numeric, fabs(c * x) };
}

static struct term over_x(const struct gc_view *v, const gc_sample *s, double c)
{
    double x = v->x[s->index];
    return (struct term){ 0, s->numeric / x, fabs(c / x) };
}

/* ---- factors ---- */

static int is_factor(const struct gc_view *v, double c, double cost)
{
    double free_one = fit_constant(v, factor_of);
    return fabs(free_one / c - 1) < 0.01 && constant_holds(v, factor_of, c, 0, cost);
}

static int negated(const struct gc_view *v, struct gc_words *w)
{
    (void)w;
    return is_factor(v, -1, 2);
}

static int doubled(const struct gc_view *v, struct gc_words *w)
{
    (void)w;
    return is_factor(v, 2, 2);
}

static int halved(const struct gc_view *v, struct gc_words *w)
{
    (void)w;
    return is_factor(v, 0.5, 2);
}

/* Calls it a size of the problem: N, 1/N, and their roots. Says whose size it is. */
static int size_is(const struct gc_view *v, size_t size, const char *whose, struct gc_words *w)
{
    static const struct {
        double power;
        const char *form, *cause;
    } forms[] = {
        { 1, "%zu", "a mean over %zu (%s) is missing in the backward: divide by it" },
        { -1, "1/%zu", "a mean over %zu (%s) is taken twice in the backward, or only there" },
        { 0.5, "sqrt(%zu)", "a scale 1/sqrt(%zu) (%s) of the forward is missing in the backward" },
        { -0.5, "1/sqrt(%zu)", "a scale 1/sqrt(%zu) (%s) is applied twice in the backward, or only there" },
    };
    for (size_t i = 0; size > 2 && i < sizeof forms / sizeof *forms; i++) {
        char number[GC_NAME];
        if (!is_factor(v, pow((double)size, forms[i].power), 8)) continue;
        gc_text(number, sizeof number, forms[i].form, size);
        gc_text(w->pattern, GC_TEXT, "analytic = %s x numeric", number);
        gc_text(w->cause, GC_TEXT, forms[i].cause, size, whose);
        return 1;
    }
    return 0;
}

static int factor_size(const struct gc_view *v, struct gc_words *w)
{
    char whose[GC_TEXT];
    for (int i = 0; i < v->r->ntensors; i++) {
        const gc_tensor_result *t = &v->r->tensor[i];
        for (int k = 0; k < t->nd; k++) {
            gc_text(whose, sizeof whose, "axis %d of %s", k, t->name);
            if (size_is(v, t->dim[k], whose, w)) return 1;
        }
    }
    for (int i = 0; i < v->r->ntensors; i++) {
        gc_text(whose, sizeof whose, "the elements of %s", v->r->tensor[i].name);
        if (size_is(v, v->r->tensor[i].elements, whose, w)) return 1;
    }
    return 0;
}

static int factor_keep(const struct gc_view *v, struct gc_words *w)
{
    for (int percent = 5; percent < 100; percent += 5) {
        double keep = percent / 100.0;
        int more = is_factor(v, 1 / keep, 8);
        if (!more && !is_factor(v, keep, 8)) continue;
        gc_text(w->pattern, GC_TEXT, more ? "analytic = numeric / %g" : "analytic = %g x numeric", keep);
        gc_text(w->cause, GC_TEXT, "if %g is dropout's keep probability: the backward scales by 1/keep %s",
                keep,
                more ? "and the forward does not, or it scales twice" : "nowhere, but the forward does");
        return 1;
    }
    return 0;
}

static int factor_any(const struct gc_view *v, struct gc_words *w)
{
    double c = fitted(v, factor_of);
    if (!(fabs(c) > 0)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic = %.6g x numeric", c);
    gc_text(w->cause, GC_TEXT, "a constant factor is wrong: look for %.6g or its inverse %.6g", c, 1 / c);
    return 1;
}

static int absolute(const struct gc_view *v, struct gc_words *w)
{
    double c = fitted(v, size_of);
    if (!(fabs(c) > 0)) return 0;
    if (fabs(c - 1) < 1e-6)
        gc_text(w->pattern, GC_TEXT, "analytic = |numeric|");
    else
        gc_text(w->pattern, GC_TEXT, "analytic = %.6g x |numeric|", c);
    return 1;
}

static int squared(const struct gc_view *v, struct gc_words *w)
{
    double c = fitted(v, square_of);
    if (!(fabs(c) > 0)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic = %.6g x numeric squared", c);
    return 1;
}

/* ---- differences, and the tensor's own values ---- */

static int difference(const struct gc_view *v, struct gc_words *w)
{
    double c = fitted(v, plus_constant);
    if (!(fabs(c) > 0)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic = numeric %c %.6g", c > 0 ? '+' : '-', fabs(c));
    return 1;
}

/* a term that the backward has and the loss has not, or the reverse */
static int penalty(const struct gc_view *v, struct gc_words *w, relation rel, const char *of,
                   const char *name)
{
    double c = v->x ? fitted(v, rel) : 0;
    if (!(fabs(c) > 0)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic = numeric %c %.6g x %s", c > 0 ? '+' : '-', fabs(c), of);
    gc_text(w->cause, GC_TEXT,
            c > 0 ? "%s with coefficient %.6g is in the gradient but not in the loss"
                  : "%s with coefficient %.6g is in the loss but missing in the gradient",
            name, fabs(c));
    return 1;
}

static int weight_decay(const struct gc_view *v, struct gc_words *w)
{
    return penalty(v, w, plus_x, v->t->name, "weight decay");
}

static int l1_penalty(const struct gc_view *v, struct gc_words *w)
{
    char of[GC_NAME + 8];
    gc_text(of, sizeof of, "sign(%s)", v->t->name);
    return penalty(v, w, plus_sign, of, "an L1 penalty");
}

static int own_value(const struct gc_view *v, struct gc_words *w)
{
    double c = v->x ? fitted(v, only_x) : 0;
    if (!(fabs(c) > 0)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic = %.6g x %s, whatever numeric is", c, v->t->name);
    return 1;
}

static int times_value(const struct gc_view *v, struct gc_words *w)
{
    double c = v->x ? fitted(v, times_x) : 0;
    if (!(fabs(c) > 0)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic = %.6g x %s x numeric", c, v->t->name);
    return 1;
}

static int over_value(const struct gc_view *v, struct gc_words *w)
{
    double c = v->x ? fitted(v, over_x) : 0;
    if (!(fabs(c) > 0)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic = %.6g x numeric / %s", c, v->t->name);
    return 1;
}

/* ---- sums ---- */

/* analytic[k, ...] = numeric[0, ...] + ... + numeric[k, ...] */
static int running_sum(const struct gc_view *v, struct gc_words *w)
{
    struct gc_fit f = { .v = v };
    size_t row = v->t->nd && v->t->dim[0] > 1 ? v->n / v->t->dim[0] : v->n;
    if ((size_t)v->m != v->n || row == v->n) return 0;
    for (int i = 0; i < v->m && !f.misses; i++) {
        const gc_sample *s = v->s[i];
        double before = s->index >= row ? v->analytic[s->index - row] : 0, predicted = before + s->numeric;
        gc_fit_add(&f, s->analytic, predicted, gc_tolerance(v, s, s->analytic, predicted, 1),
                   fabs(s->analytic - s->numeric));
    }
    if (!gc_fit_holds(&f, 0, 2)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic is the running sum of numeric along axis 0");
    return 1;
}

/* Everywhere along the axis, the sum (or mean) of numeric along it */
static int is_sum(const struct gc_view *v, int axis, int mean)
{
    struct gc_fit f = { .v = v };
    size_t size = v->t->dim[axis], stride = 1;
    for (int k = axis + 1; k < v->t->nd; k++) stride *= v->t->dim[k];
    for (int i = 0; i < v->m && !f.misses; i++) {
        const gc_sample *s = v->s[i];
        size_t first = s->index - s->index / stride % size * stride;
        double sum = 0, sizes = 0, by = mean ? (double)size : 1;
        for (size_t k = 0; k < size; k++) {
            sum += v->numeric[first + k * stride];
            sizes += fabs(v->numeric[first + k * stride]);
        }
        double tolerance = (v->rtol * sizes + 10 * (double)size * s->error_bar) / by;
        gc_fit_add(&f, s->analytic, sum / by, tolerance, fabs(s->analytic - s->numeric));
    }
    return gc_fit_holds(&f, 0, 4);
}

static int sum_along(const struct gc_view *v, struct gc_words *w)
{
    if ((size_t)v->m != v->n) return 0;
    for (int axis = 0; axis < v->t->nd; axis++)
        for (int mean = 0; mean < 2; mean++) {
            if (v->t->dim[axis] < 2 || !is_sum(v, axis, mean)) continue;
            gc_text(w->pattern, GC_TEXT,
                    "analytic is the %s of numeric along axis %d, the same for all its %zu indices",
                    mean ? "mean" : "sum", axis, v->t->dim[axis]);
            return 1;
        }
    return 0;
}

/* ---- the table: the first that fits is the answer, so the plainest stand first ---- */

static const struct {
    const char *name;
    int (*test)(const struct gc_view *v, struct gc_words *w); /* may write words of its own */
    const char *pattern, *cause;
    int whole; /* says all there is to say about where */
} patterns[] = {
    { "not a number", not_a_number, "analytic is not finite",
      "never written (buffers begin as NaN), 0/0, or log or division of 0", 0 },
    { "zero", zero, "analytic = 0, but numeric is not",
      "it is never computed, or the path to the loss is cut", 0 },
    { "should be zero", should_be_zero, "numeric = 0, but analytic is not",
      "the forward does not use these: a mask (dropout, ReLU, padding, a pick) is missing in the backward",
      0 },
    { "upstream ignored", upstream_ignored, "analytic does not depend on the upstream gradient",
      "dout is not multiplied in: this is the gradient of the plain sum of the outputs", 1 },
    { "sign", negated, "analytic = -numeric", "the sign is wrong", 0 },
    { "factor 2", doubled, "analytic = 2 x numeric",
      "added twice, or the 2 of a square without the 1/2 in front of it", 0 },
    { "factor 1/2", halved, "analytic = numeric / 2",
      "the 2 of a square's derivative is missing, or a 1/2 is there twice", 0 },
    { "size", factor_size, "", "", 0 },
    { "keep", factor_keep, "", "", 0 },
    { "factor", factor_any, "", "", 0 },
    { "absolute", absolute, "", "the sign is lost: fabs, or a square root of a square", 0 },
    { "clipped", clipped, "", "the gradient is clipped, or saturates in a small type", 1 },
    { "axes", gc_layout_axes, "", "the gradient's axes are in the wrong order", 1 },
    { "reversed", gc_layout_reversed, "", "an index runs backwards", 1 },
    { "shifted", gc_layout_shifted, "", "an index is off by one", 1 },
    { "neighbours", gc_layout_neighbours, "each even element and the odd one after it are exchanged",
      "interleaved pairs are written in the wrong order", 1 },
    { "swapped", gc_layout_swapped, "", "two indices are mixed up", 1 },
    { "running sum", running_sum, "", "an accumulator is not reset from one row to the next", 1 },
    { "sum along", sum_along, "",
      "a reduction is spread over the axis instead of being taken element by element", 1 },
    { "constant difference", difference, "", "a constant is added that the loss has not, or one is missing",
      0 },
    { "weight decay", weight_decay, "", "", 0 },
    { "L1", l1_penalty, "", "", 0 },
    { "squared", squared, "", "the upstream gradient is multiplied in twice, or a square is one too many",
      0 },
    { "own value", own_value, "",
      "the value stands where its gradient should, or only a penalty's gradient is there", 0 },
    { "times value", times_value, "", "the value itself is multiplied in once too often", 0 },
    { "over value", over_value, "", "a multiplication by the value itself is missing", 0 },
    { "anyhow", gc_layout_anyhow, "the right values in other places",
      "the gradient's index is computed wrongly", 1 },
};

enum { PATTERNS = sizeof patterns / sizeof *patterns };

const char *gc_find_pattern(const struct gc_view *v, struct gc_words *w)
{
    for (int i = 0; i < PATTERNS; i++) {
        w->pattern[0] = w->cause[0] = '\0';
        if (!patterns[i].test(v, w)) continue;
        if (!*w->pattern) gc_text(w->pattern, GC_TEXT, "%s", patterns[i].pattern);
        if (!*w->cause) gc_text(w->cause, GC_TEXT, "%s", patterns[i].cause);
        return patterns[i].name;
    }
    w->pattern[0] = w->cause[0] = '\0';
    return NULL;
}

int gc_pattern_is_whole(const char *name)
{
    for (int i = 0; i < PATTERNS; i++)
        if (!strcmp(patterns[i].name, name)) return patterns[i].whole;
    return 0;
}
