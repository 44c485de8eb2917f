/* pattern.c - what wrong elements hold instead of the right values. One row of the table at
 * the end for each pattern. */
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

/* Rounding is what is left of terms that were computed; what never was is 0 to the last bit. */
static int cancels(const struct gc_view *v, struct gc_words *w)
{
    double top = 0;
    (void)w;
    for (int i = 0; i < v->m; i++)
        if (v->s[i]->wrong) top = fmax(top, fabs(v->s[i]->numeric));
    for (int i = 0; i < v->m; i++)
        if (v->s[i]->wrong && !(fabs(v->s[i]->analytic) <= 1e-13 * top)) return 0;
    return !zero(v, w);
}

/* What the forward does not use changes no bit of the loss. Where rounding is left it may be used, and
 * cancel. */
static int should_be_zero(const struct gc_view *v, struct gc_words *w)
{
    int is_unused = 1;
    for (int i = 0; i < v->m; i++) {
        const gc_sample *s = v->s[i];
        if (s->wrong && !(fabs(s->numeric) <= 10 * s->error_bar)) return 0;
        if (s->wrong && fabs(s->numeric) > 0) is_unused = 0;
    }
    if (!is_unused)
        gc_text(w->cause, GC_TEXT,
                "the forward does not use these, or cancels them in a normalisation: a mask (dropout, ReLU, "
                "padding, a pick), or that path, is missing in the backward");
    return 1;
}

/* some are 0 in analytic only, the others in numeric only */
static int other_mask(const struct gc_view *v, struct gc_words *w)
{
    (void)w;
    for (int i = 0; i < v->m; i++) {
        const gc_sample *s = v->s[i];
        if (s->wrong && fabs(s->analytic) > 0 && !(fabs(s->numeric) <= 10 * s->error_bar)) return 0;
    }
    return 1;
}

static int upstream_ignored(const struct gc_view *v, struct gc_words *w)
{
    (void)w;
    if (!v->e->ones) return 0;
    for (int i = 0; i < v->m; i++) {
        double a = v->s[i]->analytic;
        if (!(fabs(a - v->e->ones[v->s[i]->index]) <= 1e-14 * fabs(a))) return 0;
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

/* ---- factors ---- */

static int negated(const struct gc_view *v, struct gc_words *w)
{
    (void)w;
    return gc_is_factor(v, -1, 2);
}

/* the first axis of this size in the problem's tensors of so many axes or more, in
 * words; "" if there is none */
static void whose_size(const struct gc_view *v, size_t size, int axes, char text[GC_TEXT])
{
    text[0] = '\0';
    for (int i = 0; i < v->r->ntensors && !*text; i++) {
        const gc_tensor_result *t = &v->r->tensor[i];
        for (int k = 0; t->nd >= axes && k < t->nd && !*text; k++)
            if (t->dim[k] == size) gc_text(text, GC_TEXT, "axis %d of %s", k, t->name);
        if (!*text && t->elements == size && t->nd > 1) gc_text(text, GC_TEXT, "the elements of %s", t->name);
    }
}

/* Adds what else a factor of 2 or 1/2 may come from in this problem. */
static void add_sizes_of_two(const struct gc_view *v, const char *mean, const char *scale,
                             char cause[GC_TEXT])
{
    char whose[GC_TEXT];
    size_t used = strlen(cause);
    whose_size(v, 2, 1, whose);
    if (*whose) gc_text(cause + used, GC_TEXT - used, ", or a mean over 2 (%s) is %s", whose, mean);
    used = strlen(cause);
    whose_size(v, 4, 2, whose);
    if (*whose) gc_text(cause + used, GC_TEXT - used, ", or a scale 1/sqrt(4) (%s) is %s", whose, scale);
}

static int doubled(const struct gc_view *v, struct gc_words *w)
{
    if (!gc_is_factor(v, 2, 2)) return 0;
    gc_text(w->cause, GC_TEXT, "it is added twice, or a square's 2 is there without the 1/2 in front");
    add_sizes_of_two(v, "missing", "missing", w->cause);
    return 1;
}

static int halved(const struct gc_view *v, struct gc_words *w)
{
    if (!gc_is_factor(v, 0.5, 2)) return 0;
    gc_text(w->cause, GC_TEXT, "the 2 of a square's derivative is missing, or a 1/2 is there twice");
    add_sizes_of_two(v, "taken twice", "applied twice", w->cause);
    return 1;
}

/* Is it this size to this power? Then whose size it is, if the problem has such a size. */
static int is_size(const struct gc_view *v, double c, double power, int known, size_t *size,
                   char whose[GC_TEXT])
{
    double real = pow(c, 1 / power);
    if (!(real > 2.5 && real < 1e9)) return 0;
    *size = (size_t)(real + 0.5);
    whose_size(v, *size, 1, whose);
    if (known != (*whose != '\0') || (!known && *size > 4096)) return 0;
    return gc_is_factor(v, pow((double)*size, power), known ? 6 : 12);
}

/* A number that is no size of the problem, or the whole root of one, is as well a scale that someone
 * chose, such as a temperature: nothing in the numbers tells which. */
static void add_scale(int known, double power, size_t size, char cause[GC_TEXT])
{
    double factor = pow((double)size, power), large = factor > 1 ? factor : 1 / factor;
    size_t used = strlen(cause);
    if (!known)
        gc_text(cause + used, GC_TEXT - used, "; or a scale of %g is %s", large,
                factor > 1 ? "there twice" : "missing");
    else if (fabs(large - floor(large + 0.5)) < 1e-9 && fabs(power) < 1)
        gc_text(cause + used, GC_TEXT - used, ", or a constant factor of %g is wrong", large);
}

/* Whole numbers, their inverses and the roots of both are sizes; those of the problem come first. */
static int factor_size(const struct gc_view *v, struct gc_words *w)
{
    static const struct {
        double power;
        const char *form, *cause;
    } forms[] = {
        { 1, "%zu * numeric", "a mean over %zu%s is missing in the backward: divide by it" },
        { -1, "numeric / %zu", "a mean over %zu%s is taken twice, or in the backward only" },
        { 0.5, "sqrt(%zu) * numeric", "a scale 1/sqrt(%zu)%s of the forward is missing in the backward" },
        { -0.5, "numeric / sqrt(%zu)", "a scale 1/sqrt(%zu)%s is applied twice, or in the backward only" },
    };
    double c = fabs(gc_fit_factor(v));
    for (int known = 1; known >= 0; known--)
        for (size_t i = 0; i < (known ? 4 : 2); i++) {
            char form[GC_NAME], whose[GC_TEXT], said[GC_TEXT];
            size_t size;
            if (!is_size(v, c, forms[i].power, known, &size, whose)) continue;
            gc_text(said, sizeof said, known ? " (%s)" : "%s", whose);
            gc_text(form, sizeof form, forms[i].form, size);
            gc_text(w->pattern, GC_TEXT, "analytic = %s", form);
            if (!gc_all_wrong(v)) {
                gc_text(
                    w->cause, GC_TEXT,
                    "a constant factor of these elements alone is wrong: look for %zu, or a mean over so many",
                    size);
                return 1;
            }
            gc_text(w->cause, GC_TEXT, forms[i].cause, size, said);
            add_scale(known, forms[i].power, size, w->cause);
            size_t used = strlen(w->cause);
            if (!known && i == 0 &&
                (size == 3 || size == 4 || size == 9)) /* keep / (1 - keep) of usual keeps */
                gc_text(w->cause + used, GC_TEXT - used,
                        "; or 1/(1 - keep) stands for dropout's 1/keep, keep = %g",
                        (double)size / (double)(size + 1));
            return 1;
        }
    return 0;
}

static int factor_keep(const struct gc_view *v, struct gc_words *w)
{
    static const double keeps[] = { 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95 };
    for (size_t i = 0; i < sizeof keeps / sizeof *keeps; i++) {
        const double keep = keeps[i];
        const struct {
            double factor;
            const char *how;
        } slips[] = { { keep, "the backward does not scale by 1/keep, but the forward does" },
                      { 1 / keep,
                        "the backward scales by 1/keep and the forward does not, or it does so twice" },
                      { keep * keep, "the backward scales by keep instead of 1/keep" },
                      { keep / (1 - keep), "the backward scales by 1/(1 - keep) instead of 1/keep" } };
        for (size_t k = 0; k < sizeof slips / sizeof *slips; k++) {
            if (!gc_is_factor(v, slips[k].factor, 10)) continue;
            gc_text(w->pattern, GC_TEXT, "analytic = %.6g * numeric", slips[k].factor);
            gc_text(w->cause, GC_TEXT,
                    "a constant factor is wrong: look for %.6g or its inverse %.6g; if %g is dropout's keep "
                    "probability: %s",
                    slips[k].factor, 1 / slips[k].factor, keep, slips[k].how);
            return 1;
        }
    }
    return 0;
}

static int factor_any(const struct gc_view *v, struct gc_words *w)
{
    double c = gc_fitted(v, gc_factor, NULL, 2);
    if (!(fabs(c) > 0)) return 0;
    if (fabs(c - 1) < 1e-3) {
        gc_text(w->pattern, GC_TEXT, "analytic = (1 %c %.3g) * numeric", c > 1 ? '+' : '-', fabs(c - 1));
        gc_text(w->cause, GC_TEXT, "a constant has too few digits, or is a float");
    } else {
        gc_text(w->pattern, GC_TEXT, "analytic = %.6g * numeric", c);
        gc_text(w->cause, GC_TEXT, "a constant factor is wrong: look for %.6g or its inverse %.6g", c, 1 / c);
    }
    return 1;
}

/* the right gradient, of another tensor */
static int of_another(const struct gc_view *v, struct gc_words *w)
{
    for (int j = 0; j < v->r->ntensors; j++) {
        const gc_tensor_result *t = &v->r->tensor[j];
        struct gc_fit f = { .v = v };
        if (t == v->t || t->elements != v->n) continue;
        for (int i = 0; i < t->samples && !f.misses; i++) {
            const gc_sample *s = &t->sample[i];
            double got = v->analytic[s->index];
            if (isnan(got) || !gc_is_finite(s->numeric)) continue;
            double tolerance =
                1e-7 * fmax(fmax(fabs(got), fabs(s->numeric)), 1e-3 * t->scale) + 10 * s->error_bar;
            gc_fit_add(&f, got, s->numeric, tolerance, fabs(got));
        }
        if (!gc_fit_holds(&f, 0, 4)) continue;
        gc_text(w->pattern, GC_TEXT, "analytic is the gradient of %s", t->name);
        return 1;
    }
    return 0;
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
    enum { PLACED, FACTOR, WHOLE, SPECIFIC } kind; /* FACTOR: PLACED, a constant times numeric */
} patterns[] = {
    { "NaN", not_a_number, "analytic is not finite",
      "never written (buffers begin as NaN), 0/0, or a log or division of 0", PLACED },
    { "zero", zero, "analytic = 0, but numeric is not",
      "it is never computed, or the path to the loss is cut", PLACED },
    { "should be zero", should_be_zero, "numeric = 0, but analytic is not",
      "the forward does not use these: a mask (dropout, ReLU, padding, a pick) is missing in the backward",
      PLACED },
    { "other mask", other_mask, "either analytic or numeric is 0, and the other is not",
      "the backward's mask or index is another one than the forward's: inverted, shifted or drawn again",
      PLACED },
    { "upstream ignored", upstream_ignored, "analytic does not depend on the upstream gradient",
      "dout is not multiplied in: this is the gradient of the plain sum of the outputs", WHOLE },
    { "sign", negated, "analytic = -numeric", "the sign is wrong", FACTOR },
    { "factor 2", doubled, "analytic = 2 * numeric", "", FACTOR },
    { "factor 1/2", halved, "analytic = numeric / 2", "", FACTOR },
    { "size", factor_size, "", "", FACTOR },
    { "keep", factor_keep, "", "", FACTOR },
    { "factor", factor_any, "", "", FACTOR },
    { "cancels", cancels, "analytic = 0 but for rounding, and numeric is not",
      "it is computed, but its terms cancel: an index is wrong in its sum, or what is added is taken away again",
      PLACED },
    { "absolute", gc_term_absolute, "", "the sign is lost: fabs, or the square root of a square", PLACED },
    { "clipped", clipped, "", "the gradient is clipped, or saturates in a small type", WHOLE },
    { "decimals", gc_coarse_decimals, "",
      "it has too few digits: rounded on its way, or printed and read again", WHOLE },
    { "float", gc_coarse_float, "every element of analytic is a float",
      "the gradient is computed, or kept, in float: it has too few digits", WHOLE },
    { "axes", gc_layout_axes, "", "the gradient's axes are in the wrong order", WHOLE },
    { "reversed", gc_layout_reversed, "", "an index runs backwards", WHOLE },
    { "mirrored", gc_layout_mirrored, "",
      "the sign of a transform's imaginary part is wrong, or an index runs backwards", WHOLE },
    { "shifted", gc_layout_shifted, "", "an index is off by one", WHOLE },
    { "neighbours", gc_layout_neighbours, "each even element and the odd one after it are exchanged",
      "interleaved pairs are written in the wrong order", WHOLE },
    { "swapped", gc_layout_swapped, "", "two indices are mixed up", WHOLE },
    { "another's", of_another, "", "two gradients share a buffer, or the wrong pointer is passed", WHOLE },
    { "running sum", running_sum, "", "an accumulator is not reset from one row to the next", WHOLE },
    { "sum along", sum_along, "",
      "a reduction is spread over the axis instead of being taken element by element", WHOLE },
    { "projection", gc_projection, "", "", SPECIFIC },
    { "constant difference", gc_term_difference, "",
      "a constant is added that the loss has not, or one is missing", SPECIFIC },
    { "weight decay", gc_term_weight_decay, "", "", SPECIFIC },
    { "L1", gc_term_l1_penalty, "", "", SPECIFIC },
    { "own value", gc_term_only_value, "", "", SPECIFIC },
    { "plus value", gc_term_plus_value, "", "", SPECIFIC },
    { "times value", gc_term_times_value, "", "", SPECIFIC },
    { "over value", gc_term_over_value, "", "", SPECIFIC },
    { "times 1 - value", gc_term_times_one_minus, "", "", SPECIFIC },
    { "over 1 - value", gc_term_over_one_minus, "", "", SPECIFIC },
    { "over 1 + value", gc_term_over_one_plus, "", "", SPECIFIC },
    { "function of a value", gc_function_of_value, "", "", SPECIFIC },
    { "squared", gc_term_squared, "",
      "the upstream gradient is multiplied in twice, or a square is one too many", SPECIFIC },
    { "stretches", gc_stretches, "", "", WHOLE },
    { "anyhow", gc_layout_anyhow, "the right values in other places",
      "the gradient's index is computed wrongly", WHOLE },
};

enum { PATTERNS = sizeof patterns / sizeof *patterns };

static const char *find(const struct gc_view *v, struct gc_words *w, int factors_only)
{
    for (int i = 0; i < PATTERNS; i++) {
        w->pattern[0] = w->cause[0] = '\0';
        if ((factors_only && patterns[i].kind != FACTOR) || !patterns[i].test(v, w)) continue;
        if (!*w->pattern) gc_text(w->pattern, GC_TEXT, "%s", patterns[i].pattern);
        if (!*w->cause) gc_text(w->cause, GC_TEXT, "%s", patterns[i].cause);
        return patterns[i].name;
    }
    w->pattern[0] = w->cause[0] = '\0';
    return NULL;
}

const char *gc_find_pattern(const struct gc_view *v, struct gc_words *w)
{
    return find(v, w, 0);
}

const char *gc_find_factor(const struct gc_view *v, struct gc_words *w)
{
    return find(v, w, 1);
}

static int kind_of(const char *name)
{
    for (int i = 0; i < PATTERNS; i++)
        if (!strcmp(patterns[i].name, name)) return patterns[i].kind;
    return PLACED;
}

int gc_pattern_is_whole(const char *name)
{
    return kind_of(name) == WHOLE;
}

int gc_pattern_is_factor(const char *name)
{
    return kind_of(name) == FACTOR;
}

int gc_pattern_is_specific(const char *name)
{
    return kind_of(name) == SPECIFIC;
}
