/* terms.c - terms and factors that wrong elements have too many or too few of: analytic against numeric, with
 * the tensor's own values, others that go with its elements, and functions of them. Tests of rows in
 * pattern.c. */
#include "diagnose.h"

#include <math.h>

#include "gc_internal.h"

/* ---- relations: analytic = base + constant * basis ---- */

static struct gc_term size_of(const gc_sample *s, double with, double c)
{
    (void)with;
    return (struct gc_term){ 0, fabs(s->numeric), fabs(c) };
}

static struct gc_term square_of(const gc_sample *s, double with, double c)
{
    (void)with;
    return (struct gc_term){ 0, s->numeric * s->numeric, fabs(2 * c * s->numeric) };
}

static struct gc_term plus(const gc_sample *s, double with, double c)
{
    (void)c;
    return (struct gc_term){ s->numeric, with, 1 };
}

static struct gc_term plus_sign(const gc_sample *s, double with, double c)
{
    (void)c;
    return (struct gc_term){ s->numeric, (with > 0) - (with < 0), 1 };
}

static struct gc_term only(const gc_sample *s, double with, double c)
{
    (void)s, (void)c;
    return (struct gc_term){ 0, with, 0 };
}

static struct gc_term times(const gc_sample *s, double with, double c)
{
    return (struct gc_term){ 0, with * s->numeric, fabs(c * with) };
}

static struct gc_term over(const gc_sample *s, double with, double c)
{
    return (struct gc_term){ 0, s->numeric / with, fabs(c / with) };
}

static struct gc_term times_rest(const gc_sample *s, double with, double c)
{
    return times(s, 1 - with, c);
}

static struct gc_term over_rest(const gc_sample *s, double with, double c)
{
    return over(s, 1 - with, c);
}

static struct gc_term over_more(const gc_sample *s, double with, double c)
{
    return over(s, 1 + with, c);
}

/* "1.5 * ", "-", "" and so on: a factor in front of something */
static const char *before(double c, char text[GC_NAME])
{
    gc_text(text, GC_NAME, fabs(c - 1) < 1e-6 ? "" : fabs(c + 1) < 1e-6 ? "-" : "%.6g * ", c);
    return text;
}

/* "+ 0.01 * ", "- ": a term after something */
static const char *after(double c, char text[GC_NAME])
{
    gc_text(text, GC_NAME, fabs(fabs(c) - 1) < 1e-6 ? "%c " : "%c %.6g * ", c > 0 ? '+' : '-', fabs(c));
    return text;
}

int gc_term_absolute(const struct gc_view *v, struct gc_words *w)
{
    char factor[GC_NAME];
    double c = gc_fitted(v, size_of, NULL, 3);
    if (!(fabs(c) > 0)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic = %s|numeric|", before(c, factor));
    return 1;
}

int gc_term_squared(const struct gc_view *v, struct gc_words *w)
{
    char factor[GC_NAME];
    double c = gc_fitted(v, square_of, NULL, 3);
    if (!(fabs(c) > 0)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic = %snumeric squared", before(c, factor));
    return 1;
}

/* ---- differences, and the values that go with the elements ---- */

int gc_term_difference(const struct gc_view *v, struct gc_words *w)
{
    double c = gc_fitted(v, plus, NULL, 3);
    if (!(fabs(c) > 0)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic = numeric %c %.6g", c > 0 ? '+' : '-', fabs(c));
    return 1;
}

/* A term of the tensor's own values. Its coefficient and sign are those of the code only where the upstream
 * gradient is one known number. */
static int penalty(const struct gc_view *v, struct gc_words *w, gc_relation rel, const char *of,
                   const char *name)
{
    char factor[GC_NAME];
    double c = v->e->x ? gc_fitted(v, rel, v->e->x, 4) : 0, u = v->e->upstream;
    if (!(fabs(c) > 0)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic = numeric %s%s", after(c, factor), of);
    if (fabs(u) > 0)
        gc_text(w->cause, GC_TEXT,
                c / u > 0 ? "%s with coefficient %.6g is in the gradient and not in the loss, or too large"
                          : "%s with coefficient %.6g of the loss is missing in the gradient, or too small",
                name, fabs(c / u));
    else
        gc_text(w->cause, GC_TEXT, "%s is in the gradient or in the loss only, or its coefficients differ",
                name);
    return 1;
}

int gc_term_weight_decay(const struct gc_view *v, struct gc_words *w)
{
    return penalty(v, w, plus, v->t->name, "weight decay, or another such term,");
}

int gc_term_l1_penalty(const struct gc_view *v, struct gc_words *w)
{
    char of[GC_NAME + 8];
    gc_text(of, sizeof of, "sign(%s)", v->t->name);
    return penalty(v, w, plus_sign, of, "an L1 penalty");
}

/* One of the relations with the tensor's own values or another array of its size: the outputs, their upstream
 * gradients, other inputs */
struct kind {
    gc_relation rel;
    const char *pattern, *cause; /* %s: the factor with its star, then the name; the name */
};

static int with_values(const struct gc_view *v, struct gc_words *w, const struct kind *kind, int outputs_only)
{
    char factor[GC_NAME];
    for (int i = 0; i < v->e->companions; i++) {
        const struct gc_companion *of = &v->e->companion[i];
        double c = outputs_only && !of->is_output ? 0 : gc_fitted(v, kind->rel, of->value, 3);
        if (!(fabs(c) > 0)) continue;
        gc_text(w->pattern, GC_TEXT, kind->pattern, kind->rel == plus ? after(c, factor) : before(c, factor),
                of->name);
        gc_text(w->cause, GC_TEXT, kind->cause, of->name);
        return 1;
    }
    return 0;
}

int gc_term_only_value(const struct gc_view *v, struct gc_words *w)
{
    static const struct kind kind = { only, "analytic = %s%s, whatever numeric is",
                                      "%s stands where the gradient should, or a term beside it is missing" };
    return with_values(v, w, &kind, 0);
}

int gc_term_plus_value(const struct gc_view *v, struct gc_words *w)
{
    static const struct kind kind = { plus, "analytic = numeric %s%s",
                                      "a term of %s is missing, wrong, or one too many" };
    return with_values(v, w, &kind, 0);
}

int gc_term_times_value(const struct gc_view *v, struct gc_words *w)
{
    static const struct kind kind = { times, "analytic = %snumeric * %s",
                                      "%s is multiplied in once too often" };
    return with_values(v, w, &kind, 0);
}

int gc_term_over_value(const struct gc_view *v, struct gc_words *w)
{
    static const struct kind kind = { over, "analytic = %snumeric / %s", "the factor %s is missing" };
    return with_values(v, w, &kind, 0);
}

int gc_term_times_one_minus(const struct gc_view *v, struct gc_words *w)
{
    static const struct kind kind = { times_rest, "analytic = %snumeric * (1 - %s)",
                                      "1 - %s is multiplied in once too often" };
    return with_values(v, w, &kind, 1);
}

int gc_term_over_one_minus(const struct gc_view *v, struct gc_words *w)
{
    static const struct kind kind = { over_rest, "analytic = %snumeric / (1 - %s)",
                                      "the factor 1 - %s is missing" };
    return with_values(v, w, &kind, 1);
}

int gc_term_over_one_plus(const struct gc_view *v, struct gc_words *w)
{
    static const struct kind kind = { over_more, "analytic = %snumeric / (1 + %s)",
                                      "the factor 1 + %s is missing" };
    return with_values(v, w, &kind, 1);
}
