/* diagnose.c - from wrong numbers to words: what went wrong with this gradient, and why,
 * as far as the numbers tell.
 *
 * Two questions are asked independently: which elements are wrong (location.c), and what do they
 * hold (pattern.c). An answer is given only when it explains every wrong element; a cause is a
 * suggestion and says so. */
#include "diagnose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gc_internal.h"

/* ---- the view ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int by_index(const void *a, const void *b)
{
    size_t x = (*(const gc_sample *const *)a)->index, y = (*(const gc_sample *const *)b)->index;
    return (x > y) - (x < y);
}

/* Are these the gradients that the samples were compared with, not those of another point? */
static int same_point(const gc_tensor_result *t, const double *analytic)
{
    for (int i = 0; i < t->samples; i++)
        if (memcmp(&analytic[t->sample[i].index], &t->sample[i].analytic, sizeof *analytic) &&
            !(isnan(analytic[t->sample[i].index]) && isnan(t->sample[i].analytic)))
            return 0;
    return 1;
}

static void measure_typical(struct gc_view *v)
{
    double *size = malloc((size_t)v->m * sizeof *size);
    int n = 0;
    for (int i = 0; size && i < v->m; i++) {
        const gc_sample *s = v->s[i];
        double scale = fmax(fmax(fabs(s->analytic), fabs(s->numeric)), 1e-3 * v->gmax);
        if (s->wrong && gc_is_finite(s->analytic)) size[n++] = fabs(s->analytic - s->numeric) / scale;
    }
    if (n) qsort(size, (size_t)n, sizeof *size, by_size);
    v->typical = n ? size[n / 2] : 1;
    free(size);
}

void gc_view_close(struct gc_view *v)
{
    free(v->s);
    free(v->analytic);
    free(v->numeric);
}

/* Does this sample say that its element is wrong, or right? An undecided one does neither. */
static int is_decided(const struct gc_view *v, const gc_sample *s)
{
    if (s->index >= v->n || s->kink || !gc_is_finite(s->numeric)) return 0;
    return s->wrong || fabs(s->analytic - s->numeric) <= gc_tolerance(v, s, s->analytic, s->numeric, 1);
}

int gc_view_open(struct gc_view *v, const gc_result *r, int tensor, const struct gc_evidence *e)
{
    static const struct gc_evidence none;
    const gc_tensor_result *t = &r->tensor[tensor];
    double rtol =
        t->wrong > GC_WRONG_LADDERS ? 1e-6 : 1e-8; /* of numeric; that of analytic is in allowed_rel */
    if (t->allowed_rel > 2e-7 && t->allowed_rel > rtol) rtol = t->allowed_rel;
    *v = (struct gc_view){
        .r = r, .t = t, .n = t->elements, .rtol = rtol < 1e-2 ? rtol : 1e-2, .gmax = t->scale
    };
    v->e = e && e->analytic && same_point(t, e->analytic) ? e : &none;
    if (!t->samples || !t->elements || t->elements > SIZE_MAX / sizeof(double)) return 0;
    v->s = malloc((size_t)t->samples * sizeof *v->s);
    v->analytic = malloc(t->elements * sizeof *v->analytic);
    v->numeric = malloc(t->elements * sizeof *v->numeric);
    if (!v->s || !v->analytic || !v->numeric) return 0;
    for (size_t i = 0; i < v->n; i++) {
        v->analytic[i] = v->e->analytic ? v->e->analytic[i] : (double)NAN;
        v->numeric[i] = (double)NAN;
    }
    for (int i = 0; i < t->samples; i++) {
        const gc_sample *s = &t->sample[i];
        if (!is_decided(v, s)) continue;
        v->s[v->m++] = s;
        v->analytic[s->index] = s->analytic;
        v->numeric[s->index] = s->numeric;
        v->gmax = fmax(v->gmax, fabs(s->numeric));
    }
    qsort(v->s, (size_t)v->m, sizeof *v->s, by_index);
    measure_typical(v);
    return v->m > 0;
}

/* ---- words ---- */

/* causes that neither the place nor the pattern knows alone */
static const struct {
    const char *location, *pattern, *cause;
} together[] = {
    { "from the second on", "factor 2", "the sum of one is not reset, or is added once more for the next" },
    { "from the second on", "zero", "only the first is computed: a loop or a block ends after it" },
    { "one in each row", "constant difference",
      "the one-hot target is missing or has the wrong sign: subtract 1 (over N) at the label" },
    { "tail", "zero", "the loop in whole vectors leaves its remainder out" },
    { "tail", "NaN", "the loop in whole vectors leaves its remainder unwritten" },
    { "border", "zero", "the border is left out: the backward's bounds do not match the forward's padding" },
};

/* Is this place told as that of a loop's bounds? */
static int is_of_loop(const char *location)
{
    static const char *const loops[] = {
        "one element", "first", "last", "end", "tail", "from the second on"
    };
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++)
        if (!strcmp(location, loops[i])) return 1;
    return 0;
}

static const char vague[] =
    "the formula of these elements is wrong: a term is missing, or = where += belongs";

int gc_is_vague(const char *cause)
{
    return !*cause || strstr(cause, vague) != NULL;
}

/* A story about a loop needs more than a place where numbers are wrong: numbers that were never computed,
 * or a whole row or column. Numbers with a pattern of their own tell more, others a formula that differs. */
static const char *cause_of(const struct gc_view *v, const char *location, const char *pattern,
                            struct gc_words *at, const struct gc_words *what)
{
    for (size_t i = 0; location && pattern && i < sizeof together / sizeof *together; i++)
        if (!strcmp(location, together[i].location) && !strcmp(pattern, together[i].pattern))
            return together[i].cause;
    if (!location || (pattern && gc_pattern_is_specific(pattern))) return what->cause;
    int is_left_out = pattern && (!strcmp(pattern, "zero") || !strcmp(pattern, "NaN"));
    int is_remainder = v->t->nd >= 2 && !strcmp(location, "tail"); /* of rows in whole vectors */
    if (pattern && gc_pattern_is_factor(pattern) && !is_remainder && *what->cause) return what->cause;
    if (is_of_loop(location) && !is_left_out && !is_remainder) {
        if (pattern) return *what->cause ? what->cause : at->cause;
        if (v->t->nd < 2 && *at->cause) return vague;
    }
    if (is_of_loop(location) && is_left_out && v->t->nd < 2) { /* an end of a flat array is often a tensor */
        char loop[GC_TEXT];
        gc_text(loop, sizeof loop, "%s", at->cause);
        gc_text(at->cause, GC_TEXT, *loop ? "%s; or %s" : "%s%s", what->cause, loop);
    }
    return *at->cause ? at->cause : what->cause;
}

/* 1 if every wrong sample stands at a corner of the function */
static int only_corners(const gc_tensor_result *t)
{
    int wrong = 0;
    for (int i = 0; i < t->samples; i++) {
        wrong += t->sample[i].wrong != 0;
        if (t->sample[i].wrong && !t->sample[i].kink) return 0;
    }
    return wrong > 0;
}

void gc_diagnose_from(gc_result *r, int tensor, const struct gc_evidence *e)
{
    gc_tensor_result *t = &r->tensor[tensor];
    struct gc_view v = { 0 };
    struct gc_words at = { "", "" }, what = { "", "" };
    t->pattern[0] = t->cause[0] = '\0';
    if (only_corners(t)) {
        gc_text(t->pattern, sizeof t->pattern,
                "only at corners of the function, and there outside the slopes on both sides");
        gc_text(t->cause, sizeof t->cause, "likely: the case of a tie, or of exactly 0, is handled wrongly");
    } else if (t->wrong && gc_view_open(&v, r, tensor, e)) {
        const char *pattern = gc_find_pattern(&v, &what);
        int whole = pattern && gc_pattern_is_whole(pattern);
        const char *location = whole ? NULL : gc_find_location(&v, &at);
        const char *cause = cause_of(&v, location, pattern, &at, &what);
        if (location && pattern)
            gc_text(t->pattern, sizeof t->pattern, "only %s, and there %s", at.pattern, what.pattern);
        else if (location)
            gc_text(t->pattern, sizeof t->pattern, "only %s", at.pattern);
        else if (pattern && !whole && !gc_all_wrong(&v))
            gc_text(t->pattern, sizeof t->pattern, "scattered elements, and there %s", what.pattern);
        else if (pattern)
            gc_text(t->pattern, sizeof t->pattern, "%s", what.pattern);
        if (*cause) gc_text(t->cause, sizeof t->cause, "likely: %s", cause);
    }
    gc_view_close(&v);
}
