/* prove.c - the labels of the second zoo are right: shown by differences in long double, which know
 * nothing of the checker.
 *
 * At several points the loss is called and then its gradient, as a program does that trains, both
 * compiled with long double. The gradient starts as 1000 everywhere, so that what adds to it or leaves
 * it out is wrong. Each element is compared with central differences of sixth order at falling steps;
 * the step is taken whose value agrees best with those before and after it, and the disagreement is
 * the error bar. Then the gradient is called again and again, for what is not steady. A right row must
 * agree wherever differences say anything, and in the precision under test, too; a wrong one must not. */
#include "strangers.h"

enum { POINTS = 4, CALLS = 40, LEVELS = 17, MOST = 256 };

static const long double agreement = 1e-7L, poison = 1000;

struct proof {
    int measured, wrong_elements;   /* elements with a useful error bar; wrong ones among them */
    int wrong_points, points;       /* points with a wrong element; points with any measured one */
    int unsteady, writes, unproved; /* calls that differ; x was changed; elements without a useful bar */
    long double worst;              /* of right elements: difference over what is allowed */
    double rounding; /* double's or float's gradient against long double's, over the largest element */
};

/* f: the largest |loss| that was met */
static long double sixth_order(const struct stranger *s, long double *x, size_t i, long double h,
                               long double *f)
{
    static const long double weight[3] = { 45.0L / 60, -9.0L / 60, 1.0L / 60 };
    size_t n = s->row->unit->n;
    int bug = s->row->bug;
    long double kept = x[i], sum = 0;
    for (int k = 1; k <= 3; k++) {
        x[i] = kept + (long double)k * h;
        long double up = s->twin->loss(x, n, &bug);
        x[i] = kept - (long double)k * h;
        long double down = s->twin->loss(x, n, &bug);
        sum += weight[k - 1] * (up - down);
        *f = fmaxl(*f, fabsl(up));
    }
    x[i] = kept;
    return sum / h;
}

/* d loss / d x[i], and how far it may be off: at least what rounding does at that step, of the loss
 * or, where that is small because terms of size 1 cancel in it, of those */
static long double difference(const struct stranger *s, long double *x, size_t i, long double *bar)
{
    unsigned flags = s->row->unit->flags;
    long double d[LEVELS], best = 0, terms = flags & FEW ? 1 : 0;
    *bar = HUGE_VALL;
    for (int k = 0; k < LEVELS; k++) {
        long double h = ldexpl(x[i] != 0 ? fabsl(x[i]) : 1, (flags & WAVES ? -23 : -3) - 2 * k), f = terms;
        d[k] = sixth_order(s, x, i, h, &f);
        if (k < 2) continue;
        long double apart = fmaxl(fabsl(d[k] - d[k - 1]), fabsl(d[k - 1] - d[k - 2]));
        apart = fmaxl(apart, 4 * LDBL_EPSILON * f / h);
        if (apart < *bar) *bar = apart, best = d[k - 1];
    }
    return best;
}

static long double largest(const long double *v, size_t n)
{
    long double most = 0;
    for (size_t k = 0; k < n; k++) most = fmaxl(most, fabsl(v[k]));
    return most;
}

/* the gradient by the code under test, beside the one in long double */
static double rounding(const struct row *r, const double *x, const long double *g)
{
    const struct unit *u = r->unit;
    int bug = r->bug;
    double value[MOST], worst = 0;
    float x32[MOST], g32[MOST];
    if (u->float_loss) {
        for (size_t k = 0; k < u->n; k++) x32[k] = (float)x[k];
        u->float_loss(x32, u->n, &bug);
        u->float_grad(x32, u->n, g32, &bug);
        for (size_t k = 0; k < u->n; k++) value[k] = (double)g32[k];
    } else {
        u->loss(x, u->n, &bug);
        u->grad(x, u->n, value, &bug);
    }
    for (size_t k = 0; k < u->n; k++) worst = fmax(worst, fabs(value[k] - (double)g[k]));
    double most = (double)largest(g, u->n);
    return most > 0 ? worst / most : worst;
}

static int repeats(const struct stranger *s, const long double *x, const long double *g)
{
    int bug = s->row->bug, differ = 0;
    size_t n = s->row->unit->n;
    long double again[MOST];
    for (int call = 0; call < CALLS; call++) {
        for (size_t k = 0; k < n; k++) again[k] = poison;
        if (s->row->unit->flags & CACHES) s->twin->loss(x, n, &bug);
        s->twin->grad(x, n, again, &bug);
        int same = 1; /* but for the order of a sum */
        for (size_t k = 0; k < n; k++)
            same &= fabsl(again[k] - g[k]) <= 1e-13L * largest(g, n) || again[k] == g[k];
        differ += !same;
    }
    return differ;
}

/* What the differences say at the points of one unit, whose rows follow one another and have one loss. */
static struct {
    const struct unit *unit;
    long double d[POINTS][MOST], bar[POINTS][MOST];
} differences;

static void measure_unit(const struct stranger *s)
{
    if (differences.unit == s->row->unit) return;
    differences.unit = s->row->unit;
    for (int point = 0; point < POINTS; point++) {
        double x64[MOST];
        long double x[MOST];
        stranger_point(s->row->unit, (uint64_t)point + 1, x64);
        for (size_t k = 0; k < s->row->unit->n; k++) x[k] = (long double)x64[k];
        for (size_t k = 0; k < s->row->unit->n; k++)
            differences.d[point][k] = difference(s, x, k, &differences.bar[point][k]);
    }
}

static void prove_point(const struct stranger *s, int point, struct proof *p)
{
    int bug = s->row->bug, wrong = 0, measured = 0;
    size_t n = s->row->unit->n;
    double x64[MOST];
    long double x[MOST], kept[MOST], g[MOST];
    const long double *d = differences.d[point], *bar = differences.bar[point];
    stranger_point(s->row->unit, (uint64_t)point + 1, x64);
    for (size_t k = 0; k < n; k++) kept[k] = x[k] = (long double)x64[k], g[k] = poison;
    s->twin->loss(x, n, &bug);
    s->twin->grad(x, n, g, &bug);
    for (size_t k = 0; k < n; k++) p->writes += x[k] != kept[k], x[k] = kept[k];
    p->unsteady += repeats(s, x, g);
    for (size_t k = 0; k < n; k++) {
        long double scale = fmaxl(fabsl(d[k]), isfinite(g[k]) ? fabsl(g[k]) : 0);
        long double allowed = agreement * scale + 4 * bar[k], apart = fabsl(g[k] - d[k]);
        if (!(bar[k] <= 1e-2L * scale || bar[k] <= 1e-12L * largest(d, n))) {
            p->unproved++;
            continue;
        }
        measured++;
        int is_wrong = !(apart <= allowed);
        wrong += is_wrong;
        if (!is_wrong && allowed > 0) p->worst = fmaxl(p->worst, apart / allowed);
    }
    p->measured += measured, p->wrong_elements += wrong;
    p->points += measured > 0, p->wrong_points += wrong > 0;
    p->rounding = fmax(p->rounding, rounding(s->row, x64, g));
}

/* NULL, or what speaks against the label */
static const char *against(const struct row *r, int right, const struct proof *p)
{
    int shown = p->wrong_points + p->unsteady + p->writes;
    unsigned flags = r->unit->flags;
    if (right) {
        if (shown) return "it is not right";
        if (!(flags & (FEW | DROWNED)) && p->unproved) return "some of its elements cannot be measured";
        if (!p->measured) return "nothing of it was measured";
        if (p->rounding > (r->unit->float_loss || flags & SINGLE ? 1e-3 : 1e-7))
            return "the precision under test loses it";
        return NULL;
    }
    if (!shown && !(r->cause & PRECISION)) return "it is not wrong";
    if (!shown && !(p->rounding > 1e-6)) return "it has all its digits";
    if (!(flags & SELDOM) && !p->unsteady && !p->writes && p->wrong_points &&
        4 * p->wrong_points < 3 * p->points)
        return "it is wrong at few points only";
    return NULL;
}

/* the same for what needs no measurement */
static const char *against_row(const struct stranger *s)
{
    if (strcmp(s->twin->name, s->row->unit->name)) return "its twin is another's";
    if (s->row->part == THIRD) return NULL;
    return (s->row->part == KEPT) == (s->place % 3 == 2) ? NULL
                                                         : "not every third row of its field is kept apart";
}

static void tell(FILE *out, const struct stranger *s, const char *why, const struct proof *p)
{
    fprintf(
        out,
        "%s  %s/%s/%s: %s: %d of %d elements wrong, at %d of %d points; %d not measured, %d calls differ, %d writes; "
        "worst %.1Le of what is allowed, rounding %.1e\n",
        why ? "FAIL" : "ok  ", s->field, s->row->unit->name, s->row->name, why ? why : "as it says",
        p->wrong_elements, p->measured, p->wrong_points, p->points, p->unproved, p->unsteady, p->writes,
        p->worst, p->rounding);
}

int strangers_prove(const char *only, FILE *out)
{
    if (LDBL_MANT_DIG < DBL_MANT_DIG + 8) {
        fprintf(out, "skipped: long double has no more digits than double here\n");
        return 77;
    }
    int bad = 0, right = 0, wrong = 0, refused = 0;
    for (int i = 0; i < strangers(); i++) {
        struct stranger s = stranger_at(i);
        struct proof p = { 0 };
        int is_right = s.row->cause == NOTHING;
        if (only && strcmp(only, s.row->unit->name)) continue;
        measure_unit(&s);
        for (int point = 0; point < POINTS; point++) prove_point(&s, point, &p);
        const char *why = against_row(&s);
        if (!why) why = against(s.row, is_right, &p);
        right += is_right, wrong += !is_right;
        bad += why != NULL;
        refused += against(s.row, !is_right, &p) != NULL; /* with the labels exchanged */
        if (why || only) tell(out, &s, why, &p);
    }
    fprintf(out, "%d right and %d wrong gradients: differences in long double disprove %d labels\n", right,
            wrong, bad);
    fprintf(out, "with right and wrong exchanged they disprove %d of %d\n", refused, right + wrong);
    return bad || !refused || refused != right + wrong;
}
