/* mixed.c - what the derivatives of a wrong gradient tell where its numbers alone tell nothing.
 *
 * A gradient's Jacobian is the Hessian of its loss. Entry by entry, those of the analytic gradient (A) are
 * compared with those of the numeric one (H): where both are the same, one of them is 0, or has the other
 * sign, the mistake has a place and a kind. What is said holds to 1e-5 of the row's largest entry, in every
 * wrong row. */
#include <math.h>
#include <string.h>

#include "curvature.h"
#include "diagnose.h"
#include "gc_internal.h"
#include "format.h"

struct look {
    const struct gc_curvature *c;
    const gc_tensor_result *t;
    char wrong[128]; /* rows */
    size_t wrongs;
    double top; /* max |H| */
    /* off the diagonal, in wrong rows: H is not 0, and A is ... */
    size_t nonzero, right, negated, missing;
    size_t extra;    /* H is 0, and A is not */
    size_t at[3][2]; /* the first that is negated, missing, extra */
};

enum { NEGATED, MISSING, EXTRA };

static double a_of(const struct look *l, size_t i, size_t k)
{
    return l->c->a[i * l->c->n + k];
}

static double h_of(const struct look *l, size_t i, size_t k)
{
    return l->c->h[i * l->c->n + k];
}

static double row_top(const struct look *l, const double *matrix, size_t i)
{
    double top = 0;
    for (size_t k = 0; k < l->c->n; k++) top = fmax(top, fabs(matrix[i * l->c->n + k]));
    return top;
}

/* what an entry of row i may be off */
static double entry_tolerance(const struct look *l, size_t i)
{
    return fmax(1e-5 * row_top(l, l->c->h, i), 1e-8 * l->top);
}

static void keep_first(struct look *l, int kind, size_t already, size_t i, size_t k)
{
    if (already) return;
    l->at[kind][0] = i;
    l->at[kind][1] = k;
}

static void count_row(struct look *l, size_t i)
{
    double tolerance = entry_tolerance(l, i), clear = fmax(1e-3 * row_top(l, l->c->a, i), 10 * tolerance);
    double nothing = fmax(4 * l->c->noise, 1e-9 * row_top(l, l->c->h, i)); /* small by chance is not 0 */
    for (size_t k = 0; k < l->c->n; k++) {
        double a = a_of(l, i, k), h = h_of(l, i, k);
        if (k == i) continue;
        if (fabs(h) <= tolerance) {
            if (fabs(h) <= nothing && fabs(a) > clear) keep_first(l, EXTRA, l->extra, i, k), l->extra++;
            continue;
        }
        l->nonzero++;
        l->right += fabs(a - h) <= tolerance;
        if (fabs(h) <= 10 * tolerance) continue;
        if (fabs(a + h) <= tolerance) keep_first(l, NEGATED, l->negated, i, k), l->negated++;
        if (fabs(a) <= tolerance) keep_first(l, MISSING, l->missing, i, k), l->missing++;
    }
}

static void look_open(struct look *l, const struct gc_curvature *c, const gc_tensor_result *t)
{
    double gmax = 0;
    *l = (struct look){ .c = c, .t = t };
    for (size_t i = 0; i < c->n; i++) {
        gmax = fmax(gmax, fabs(c->n0[i]));
        l->top = fmax(l->top, row_top(l, c->h, i));
    }
    for (size_t i = 0; i < c->n; i++) {
        double scale = fmax(fmax(fabs(c->a0[i]), fabs(c->n0[i])), 1e-3 * gmax);
        l->wrong[i] = fabs(c->a0[i] - c->n0[i]) > 1e-6 * scale;
        l->wrongs += l->wrong[i] != 0;
    }
    for (size_t i = 0; i < c->n; i++)
        if (l->wrong[i]) count_row(l, i);
}

/* "analytic[3]" or "analytic[1,0]", "x[5]" */
struct pair {
    char i[GC_INDEX], k[GC_INDEX];
};

static struct pair pair_at(const struct look *l, int kind)
{
    struct pair p;
    gc_index(l->t, l->at[kind][0], p.i);
    gc_index(l->t, l->at[kind][1], p.k);
    return p;
}

/* ---- rules, each 1 where it holds ---- */

static int reaches_too_far(const struct look *l, struct gc_words *w)
{
    if (l->extra < 2) return 0;
    struct pair p = pair_at(l, EXTRA);
    gc_text(w->pattern, GC_TEXT, "analytic%s depends on %s%s and numeric%s does not, one of %zu such pairs",
            p.i, l->t->name, p.k, p.i, l->extra);
    gc_text(
        w->cause, GC_TEXT, "%s",
        l->missing
            ? "the backward pairs elements that the forward does not: an index is wrong, or a stride or "
              "a condition differs"
            : "an index is wrong, a sum takes in too many, or a mask or a bound of the forward is missing "
              "in the backward");
    return 1;
}

static int other_sign(const struct look *l, struct gc_words *w)
{
    if (l->negated < 2 || 4 * l->negated < l->nonzero || l->extra) return 0;
    struct pair p = pair_at(l, NEGATED);
    gc_text(w->pattern, GC_TEXT,
            "what analytic%s has of %s%s is the negative of what numeric%s has, so in %zu of %zu pairs", p.i,
            l->t->name, p.k, p.i, l->negated, l->nonzero);
    gc_text(w->cause, GC_TEXT, "the sign of a term in which these elements meet is wrong");
    return 1;
}

/* the one number that all A / H off the diagonal are; 0: there is none */
static double common_factor(const struct look *l)
{
    double up = 0, down = 0;
    for (size_t i = 0; i < l->c->n; i++)
        for (size_t k = 0; l->wrong[i] && k < l->c->n; k++)
            if (k != i) up += a_of(l, i, k) * h_of(l, i, k), down += h_of(l, i, k) * h_of(l, i, k);
    double factor = down > 0 ? up / down : 0;
    for (size_t i = 0; i < l->c->n; i++)
        for (size_t k = 0; l->wrong[i] && k < l->c->n; k++)
            if (k != i && fabs(a_of(l, i, k) - factor * h_of(l, i, k)) > entry_tolerance(l, i) * fabs(factor))
                return 0;
    return factor;
}

static int is_whole(double x)
{
    return x > 2.5 && x < 1e6 && fabs(x - floor(x + 0.5)) <= 1e-5 * x;
}

static int part_of_a_mean(const struct look *l, struct gc_words *w)
{
    double factor = l->nonzero >= 3 ? common_factor(l) : 0, whole = factor > 1 ? factor : 1 / factor;
    if (!(factor > 0) || !is_whole(whole)) return 0;
    gc_text(w->pattern, GC_TEXT, "what analytic has of other elements is numeric %s %.0f, its own is not",
            factor > 1 ? "*" : "/", whole);
    gc_text(
        w->cause, GC_TEXT,
        factor > 1
            ? "a mean over %.0f, or a scale of 1/%.0f, is missing in the backward, but for a term that has none"
            : "a mean over %.0f, or a scale of 1/%.0f, is taken twice, but for a term that has none",
        whole, whole);
    return 1;
}

/* What A has of a pair (i, k) whose elements meet in the loss: the right share; none, though (k, i) has
 * the right one; as wrong a share as (k, i) has; or anything else. */
enum share { SHARE_RIGHT, SHARE_ONE_SIDED, SHARE_ALIKE, SHARE_OTHER };

static enum share share_of(const struct look *l, size_t i, size_t k)
{
    double tolerance = entry_tolerance(l, i), either = fmax(tolerance, entry_tolerance(l, k));
    if (fabs(a_of(l, i, k) - h_of(l, i, k)) <= tolerance) return SHARE_RIGHT;
    if (fabs(a_of(l, i, k)) <= tolerance && fabs(a_of(l, k, i) - h_of(l, k, i)) <= either)
        return SHARE_ONE_SIDED;
    return l->wrong[k] && fabs(a_of(l, i, k) - a_of(l, k, i)) <= either ? SHARE_ALIKE : SHARE_OTHER;
}

/* Shares are right or missing on one side. Between the coordinates of one point, which has lost terms of
 * its own, they are wrong on both sides alike. */
static int one_side_only(const struct look *l, struct gc_words *w)
{
    struct look first = *l; /* of the pairs that are missing, the first of one side */
    size_t count[4] = { 0 };
    for (size_t i = 0; i < l->c->n; i++)
        for (size_t k = 0; l->wrong[i] && k < l->c->n; k++) {
            if (k == i || fabs(h_of(l, i, k)) <= 10 * entry_tolerance(l, i)) continue;
            enum share share = share_of(l, i, k);
            if (share == SHARE_ONE_SIDED) keep_first(&first, MISSING, count[share], i, k);
            count[share]++;
        }
    if (count[SHARE_ONE_SIDED] < 2 || count[SHARE_RIGHT] < 2 || count[SHARE_OTHER] || l->extra) return 0;
    if (count[SHARE_ALIKE] > count[SHARE_ONE_SIDED]) return 0;
    struct pair p = pair_at(&first, MISSING);
    gc_text(
        w->pattern, GC_TEXT,
        "analytic%s does not depend on %s%s, but analytic%s does on %s%s, as it should: so %zu of %zu pairs",
        p.i, l->t->name, p.k, p.k, l->t->name, p.i, count[SHARE_ONE_SIDED], l->nonzero);
    gc_text(w->cause, GC_TEXT, "a term that two elements share is missing in the gradient of one of them");
    return 1;
}

/* ---- what is lost here and found there ---- */

/* Are analytic and numeric of the wrong elements alike in their sum, which is not 0? */
static int has_right_sum(const struct look *l, const double *a, const double *n)
{
    double off = 0, sum = 0, sizes = 0;
    for (size_t i = 0; i < l->c->n; i++) {
        if (!l->wrong[i]) continue;
        off += (a[i] - n[i]) / l->c->size[i], sum += n[i] / l->c->size[i];
        sizes += fmax(fabs(a[i]), fabs(n[i])) / l->c->size[i];
    }
    return fabs(off) <= 1e-7 * sizes && fabs(sum) > 1e-3 * sizes;
}

/* Is a - n the same if all elements are moved alike? Then it is a term of their differences, and its sum
 * is 0. */
static int depends_on_differences(const struct look *l)
{
    double top = 0, off = 0;
    for (size_t i = 0; i < l->c->n; i++) {
        double sum = 0, sizes = 0;
        for (size_t k = 0; l->wrong[i] && k < l->c->n; k++) {
            double d = (a_of(l, i, k) - h_of(l, i, k)) / (l->c->size[i] * l->c->size[k]);
            sum += d, sizes += fabs(d);
        }
        top = fmax(top, sizes), off = fmax(off, fabs(sum));
    }
    return off <= 1e-3 * top;
}

/* What is missing in some is in others to the last digit, at every point. */
static int is_moved(const struct look *l)
{
    const struct gc_curvature *c = l->c;
    if (l->wrongs < 2 || !c->is_elsewhere[0] || !c->is_elsewhere[1]) return 0;
    return has_right_sum(l, c->a0, c->n0) && has_right_sum(l, c->a_at[0], c->n_at[0]) &&
           has_right_sum(l, c->a_at[1], c->n_at[1]);
}

static int sum_is_right(const struct look *l, struct gc_words *w)
{
    if (!is_moved(l) || depends_on_differences(l)) return 0;
    gc_text(w->pattern, GC_TEXT,
            "the sum of these %zu elements is right at every point: what some lack, others have too much of",
            l->wrongs);
    return 1; /* by a wrong index, or by wrong weights: no cause */
}

static int is_zero_everywhere(const struct gc_curvature *c, size_t i)
{
    int zero = !(fabs(c->a0[i]) > 0);
    for (int k = 0; k < 2; k++) zero = zero && c->is_elsewhere[k] && !(fabs(c->a_at[k][i]) > 0);
    return zero;
}

/* Do the other wrong elements have few right shares with those that are 0, though numeric has shares
 * there? Then they may lack what is missing there; else each is wrong in a way of its own. */
static int others_lack_them(const struct look *l, const char *is_zero)
{
    size_t shares = 0, right = 0;
    for (size_t i = 0; i < l->c->n; i++)
        for (size_t k = 0; l->wrong[i] && !is_zero[i] && k < l->c->n; k++) {
            if (!is_zero[k] || fabs(h_of(l, i, k)) <= 10 * entry_tolerance(l, i)) continue;
            right += fabs(a_of(l, i, k) - h_of(l, i, k)) <= entry_tolerance(l, i);
            shares++;
        }
    return 2 * right < shares;
}

static int some_are_zero(const struct look *l, struct gc_words *w)
{
    size_t zeros = 0, first = 0;
    char is_zero[sizeof l->wrong] = { 0 };
    for (size_t i = 0; i < l->c->n; i++)
        if (l->wrong[i] && is_zero_everywhere(l->c, i)) {
            if (!zeros) first = i;
            is_zero[i] = 1, zeros++;
        }
    if (!zeros || zeros == l->wrongs) return 0;
    char index[GC_INDEX];
    gc_text(w->pattern, GC_TEXT,
            "analytic%s = 0 at every point, but numeric is not, so %zu of %zu wrong elements",
            gc_index(l->t, first, index), zeros, l->wrongs);
    if (others_lack_them(l, is_zero))
        gc_text(
            w->cause, GC_TEXT,
            "they are never computed, or their path to the loss is cut; the others need what is missing there");
    return 1;
}

/* ---- the difference as a function of x ---- */

static double difference_top(const struct look *l)
{
    double top = 0;
    for (size_t i = 0; i < l->c->n; i++) top = fmax(top, fabs(l->c->a0[i] - l->c->n0[i]));
    return top;
}

static int constant_difference(const struct look *l, struct gc_words *w)
{
    if (!(l->top > 1e-4 * difference_top(l))) return 0; /* nothing here depends on x */
    for (size_t i = 0; i < l->c->n; i++)
        for (size_t k = 0; l->wrong[i] && k < l->c->n; k++)
            if (fabs(a_of(l, i, k) - h_of(l, i, k)) > entry_tolerance(l, i)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic - numeric does not depend on %s", l->t->name);
    gc_text(
        w->cause, GC_TEXT,
        "a term that is linear in %s is missing, or the sign or the formula of it is wrong: a target, a label, "
        "a shortcut",
        l->t->name);
    return 1;
}

/* Is v(x + move) - v(x) = M move, for v = a - n (sign -1) or n alone (sign 0), at both other points? */
static int is_linear(const struct look *l, int difference)
{
    const struct gc_curvature *c = l->c;
    for (int p = 0; p < 2; p++) {
        if (!c->is_elsewhere[p]) return 0;
        for (size_t i = 0; i < c->n; i++) {
            double predicted = 0, sizes = 0;
            for (size_t k = 0; k < c->n; k++) {
                double entry = difference ? a_of(l, i, k) - h_of(l, i, k) : h_of(l, i, k);
                predicted += entry * c->move[p][k];
                sizes += (fabs(a_of(l, i, k)) + fabs(h_of(l, i, k))) * fabs(c->move[p][k]);
            }
            double was = difference ? c->a0[i] - c->n0[i] : c->n0[i];
            double is = difference ? c->a_at[p][i] - c->n_at[p][i] : c->n_at[p][i];
            if (fabs(is - was - predicted) > 1e-7 * (fabs(c->a0[i]) + fabs(c->n0[i]) + sizes)) return 0;
        }
    }
    return 1;
}

/* analytic - numeric of row i, over x[i], where it is the same at all points: a term of x[i] squared; 0
 * where it is not */
static double own_coefficient(const struct look *l, size_t i)
{
    const struct gc_curvature *c = l->c;
    double coefficient = (c->a0[i] - c->n0[i]) / c->x[i];
    for (int p = 0; p < 2; p++) {
        if (!c->is_elsewhere[p]) return 0;
        double x = c->x[i] + c->move[p][i] * c->size[i];
        double allowed = 1e-7 * (fabs(c->a_at[p][i]) + fabs(c->n_at[p][i]) + fabs(coefficient * x));
        if (!(fabs(c->a_at[p][i] - c->n_at[p][i] - coefficient * x) <= allowed)) return 0;
    }
    return coefficient / c->size[i];
}

static int own_square(const struct look *l, struct gc_words *w)
{
    double first = 0;
    int same = 1;
    for (size_t i = 0; i < l->c->n; i++) {
        double coefficient = l->wrong[i] ? own_coefficient(l, i) : 0;
        if (!l->wrong[i]) continue;
        if (!(fabs(coefficient) > 0)) return 0;
        if (!(fabs(first) > 0)) first = coefficient;
        same = same && fabs(coefficient - first) <= 1e-5 * fabs(first);
    }
    char times[GC_NAME];
    gc_text(times, sizeof times, same ? "%.6g *" : "a number of its own times", fabs(first));
    gc_text(w->pattern, GC_TEXT, "analytic = numeric %c %s %s", same && first < 0 ? '-' : '+', times,
            l->t->name);
    gc_text(
        w->cause, GC_TEXT,
        same
            ? "weight decay, or another term of each element's own square, is in the gradient or in the loss only"
            : "a term of each element's own square is in the gradient or in the loss only, or its factor is wrong");
    return 1;
}

static int linear_difference(const struct look *l, struct gc_words *w)
{
    if (!is_linear(l, 1)) return 0;
    gc_text(w->pattern, GC_TEXT, "analytic - numeric is linear in %s", l->t->name);
    gc_text(w->cause, GC_TEXT,
            is_linear(l, 0)
                ? "the loss is quadratic in %s, and the formula of its gradient, or an index in it, "
                  "is wrong"
                : "a term of the loss that is quadratic in %s is missing, or its formula is wrong",
            l->t->name);
    return 1;
}

/* ---- the ratio as a function of one element ---- */

/* The only element that analytic / numeric of row i depends on, and d log(ratio) / dx there; 0: none, or
 * more than one. */
static int depends_on_one(const struct look *l, size_t i, size_t *on, double *rate)
{
    const struct gc_curvature *c = l->c;
    double a = c->a0[i], n = c->n0[i], top = 0;
    int found = 0;
    if (!(fabs(a) > 0) || !(fabs(n) > 0)) return 0;
    for (size_t k = 0; k < c->n; k++) top = fmax(top, fmax(fabs(a_of(l, i, k) / a), fabs(h_of(l, i, k) / n)));
    for (size_t k = 0; k < c->n; k++) {
        double d = a_of(l, i, k) / a - h_of(l, i, k) / n;
        if (fabs(d) <= 2e-5 * top) continue;
        *on = k, *rate = d / c->size[k];
        found++;
    }
    return found == 1;
}

/* Is analytic / numeric at the two other points what x^power (or exp(power x)) makes of it? */
static int ratio_follows(const struct look *l, size_t i, size_t on, double power, int exponential)
{
    const struct gc_curvature *c = l->c;
    for (int p = 0; p < 2; p++) {
        if (!c->is_elsewhere[p]) return 0;
        double move = c->move[p][on] * c->size[on], x = c->x[on];
        double by = exponential ? exp(power * move) : pow(fabs((x + move) / x), power);
        double was = c->a0[i] / c->n0[i], is = c->a_at[p][i] / c->n_at[p][i];
        if (!(fabs(fabs(is) - fabs(was) * by) <= 1e-6 * fabs(is))) return 0;
    }
    return 1;
}

struct factor {
    double power;
    int exponential;
    size_t on;
};

/* the power of x, or of exp(x), nearest to a rate; 0: there is none that holds */
static int read_factor(const struct look *l, size_t i, size_t on, double rate, struct factor *f)
{
    for (int exponential = 0; exponential < 2; exponential++) {
        double power = exponential ? rate : rate * l->c->x[on], half = floor(2 * power + 0.5) / 2;
        if (fabs(half) < 0.25 || fabs(half) > 6 || fabs(power - half) > 1e-3 * fabs(half)) continue;
        if (!ratio_follows(l, i, on, half, exponential)) continue;
        f->power = half, f->exponential = exponential, f->on = on;
        return 1;
    }
    return 0;
}

/* "sqrt(x[4])", "1/x[i+3]", "exp(-2*x[4])": the factor that makes numeric of analytic */
static void name_factor(const struct look *l, const struct factor *f, int same_element, long shift,
                        char text[GC_TEXT])
{
    char index[GC_INDEX], on[GC_TEXT];
    double power = -f->power;
    if (same_element)
        gc_text(on, sizeof on, "%s%s", l->t->name, gc_index(l->t, f->on, index));
    else
        gc_text(on, sizeof on, shift ? "%s[i%+ld]" : "%s[i]", l->t->name, shift);
    if (f->exponential && fabs(fabs(power) - 1) < 0.1)
        gc_text(text, GC_TEXT, "exp(%s%s)", power < 0 ? "-" : "", on);
    else if (f->exponential)
        gc_text(text, GC_TEXT, "exp(%g*%s)", power, on);
    else if (fabs(fabs(power) - 1) < 0.1)
        gc_text(text, GC_TEXT, "%s%s", power < 0 ? "1/" : "", on);
    else if (fabs(fabs(power) - 0.5) < 0.1)
        gc_text(text, GC_TEXT, "%ssqrt(%s)", power < 0 ? "1/" : "", on);
    else
        gc_text(text, GC_TEXT, "%s^%g", on, power);
}

static int one_factor(const struct look *l, struct gc_words *w)
{
    struct factor first = { 0 }, f;
    int same_element = 1, same_shift = 1;
    size_t rows = 0, first_row = 0;
    for (size_t i = 0; i < l->c->n; i++) {
        size_t on = 0;
        double rate = 0;
        if (!l->wrong[i]) continue;
        if (!depends_on_one(l, i, &on, &rate) || !read_factor(l, i, on, rate, &f)) return 0;
        if (!rows++) first = f, first_row = i;
        if (fabs(f.power - first.power) > 0.1 || f.exponential != first.exponential) return 0;
        same_element = same_element && on == first.on;
        same_shift = same_shift && on - i == first.on - first_row;
    }
    if (!rows || !(same_element || same_shift)) return 0;
    char factor[GC_TEXT];
    int by_element = same_element && (rows > 1 || first.on != first_row);
    name_factor(l, &first, by_element, (long)first.on - (long)first_row, factor);
    gc_text(w->pattern, GC_TEXT, "numeric / analytic goes with %s", factor);
    gc_text(w->cause, GC_TEXT,
            first.exponential ? "the factor %s is missing, or the sign of an exponent is wrong"
                              : "the factor %s is missing, or its inverse is one too many",
            factor);
    return 1;
}

/* ---- whose gradient is it? ---- */

static int of_another_function(const struct look *l, struct gc_words *w)
{
    const struct gc_curvature *c = l->c;
    double top = 0, off = 0, mixed = 0;
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->n; k++) {
            double a = c->a[i * c->n + k];
            top = fmax(top, fabs(a));
            off = fmax(off, fabs(a - c->a[k * c->n + i]));
            if (i != k && (l->wrong[i] || l->wrong[k])) mixed = fmax(mixed, fabs(a));
        }
    if (!(mixed > 1e-3 * top) || off > 1e-6 * top) return 0;
    gc_text(w->pattern, GC_TEXT,
            "analytic is the gradient of another function of %s: its derivatives are symmetric", l->t->name);
    return 1; /* which function that is, nobody here can know: no cause */
}

/* ---- the table: the most exact stand first ---- */

static int (*const mixed_rules[])(const struct look *l, struct gc_words *w) = {
    one_factor, reaches_too_far,   other_sign,   part_of_a_mean, one_side_only,       constant_difference,
    own_square, linear_difference, sum_is_right, some_are_zero,  of_another_function,
};

int gc_find_by_curvature(struct gc_run *run, int tensor, struct gc_words *w)
{
    struct gc_curvature c;
    struct look l;
    int found = 0;
    w->pattern[0] = w->cause[0] = '\0';
    if (gc_curvature_open(&c, run, tensor)) {
        look_open(&l, &c, &run->r->tensor[tensor]);
        for (size_t i = 0; l.wrongs && !found && i < sizeof mixed_rules / sizeof *mixed_rules; i++)
            found = mixed_rules[i](&l, w);
    }
    gc_curvature_close(&c);
    return found;
}
