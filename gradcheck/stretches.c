/* stretches.c - a flat array of several tensors, of which more than one is wrong, each in its own way: the
 * stretches of wrong elements in which analytic is one factor times numeric. A test of a row in pattern.c. */
#include <math.h>
#include <string.h>

#include "diagnose.h"
#include "gc_internal.h"

enum { MOST = 4 };

struct stretch {
    size_t from, to; /* indices, both inclusive */
    double factor;
};

/* Plain numbers are meant exactly. */
static double as_meant(double factor)
{
    double whole = floor(2 * factor + 0.5) / 2;
    return fabs(factor - whole) <= 1e-6 * fabs(whole) ? whole : factor;
}

static int fits(const struct gc_view *v, const gc_sample *s, double factor)
{
    return fabs(s->analytic - factor * s->numeric) <=
           gc_tolerance(v, s, s->analytic, factor * s->numeric, factor);
}

/* The stretch that begins with sample `first`, a wrong one; *next: the sample after it. 0: none that
 * is sure */
static int stretch_at(const struct gc_view *v, int first, struct stretch *found, int *next)
{
    const gc_sample *s = v->s[first];
    struct gc_fit f = { .v = v };
    int i = first;
    if (!(fabs(s->numeric) > 10 * s->error_bar)) return 0;
    found->factor = as_meant(s->analytic / s->numeric);
    found->from = s->index;
    for (; i < v->m && v->s[i]->wrong && fits(v, v->s[i], found->factor); i++) {
        s = v->s[i];
        double predicted = found->factor * s->numeric;
        gc_fit_add(&f, s->analytic, predicted, gc_tolerance(v, s, s->analytic, predicted, found->factor),
                   fabs(s->analytic - s->numeric));
        found->to = s->index;
    }
    *next = i;
    return gc_fit_holds(&f, 1, 2 * log2((double)v->n + 1)); /* the factor, and where it begins and ends */
}

static void name_stretch(const struct stretch *s, char text[GC_TEXT])
{
    char range[GC_NAME];
    gc_text(range, sizeof range, s->from == s->to ? "[%zu]" : "[%zu] to [%zu]", s->from, s->to);
    if (fabs(s->factor) <= 0)
        gc_text(text, GC_TEXT, "= 0 in %s", range);
    else if (fabs(s->factor + 1) <= 0)
        gc_text(text, GC_TEXT, "= -numeric in %s", range);
    else
        gc_text(text, GC_TEXT, "= %.6g * numeric in %s", s->factor, range);
}

static const char *cause_of(double factor)
{
    return fabs(factor) <= 0       ? "never computed"
           : fabs(factor + 1) <= 0 ? "the sign is wrong"
                                   : "a constant factor is wrong";
}

static void say(const struct stretch *found, int count, struct gc_words *w)
{
    size_t used = 0;
    gc_text(w->pattern, GC_TEXT, "analytic ");
    for (int k = 0; k < count; k++) {
        char one[GC_TEXT];
        name_stretch(&found[k], one);
        used = strlen(w->pattern);
        gc_text(w->pattern + used, GC_TEXT - used, "%s%s", k ? ", " : "", one);
    }
    gc_text(w->cause, GC_TEXT,
            "tensors in one array, each wrong in its own way (name them to see each alone): ");
    for (int k = 0; k < count; k++) {
        int said = 0;
        for (int j = 0; j < k; j++) said |= !strcmp(cause_of(found[j].factor), cause_of(found[k].factor));
        used = strlen(w->cause);
        if (!said) gc_text(w->cause + used, GC_TEXT - used, "%s%s", k ? "; " : "", cause_of(found[k].factor));
    }
}

int gc_stretches(const struct gc_view *v, struct gc_words *w)
{
    struct stretch found[MOST];
    int count = 0;
    if (v->t->nd != 1) return 0;
    for (int i = 0; i < v->m;) {
        if (!v->s[i]->wrong) {
            i++;
            continue;
        }
        if (count == MOST || !stretch_at(v, i, &found[count], &i)) return 0;
        count++;
    }
    if (count < 2) return 0;
    say(found, count, w);
    return 1;
}
