/* gc_engine_verdicts.c - losses that are hard to measure, each with its right gradient and wrong ones:
 * which verdicts are true of each. No seed and no loss scale may lead to another. */
#include "gc_engine_made.h"

enum { SEEDS = 12, LARGEST = 12, MISTAKEN = 3 };
enum slip { NONE, NEGATED, DROPPED }; /* dropped: 0, or without its finer part */

#define BIT(verdict) (1u << (verdict))
enum {
    GOOD = BIT(GC_PASS) | BIT(GC_KINK),
    BAD = BIT(GC_FAIL),
    OPEN = BIT(GC_INCONCLUSIVE),
};

struct subject {
    double scale;
    enum slip slip;
};

typedef double value(const double *x, size_t n);
typedef void slopes(const double *x, size_t n, enum slip slip, double *g);

static double sign_of(enum slip slip)
{
    return slip == NONE ? 1 : slip == NEGATED ? -1 : 0;
}

/* ---- a large constant beside what varies ---- */

static double waves_at(const double *x, size_t n, double offset)
{
    double sum = offset;
    for (size_t i = 0; i < n; i++) sum += (1 + 0.1 * (double)i) * sin(x[i]);
    return sum;
}

static void drowned_grad(const double *x, size_t n, enum slip slip, double *g)
{
    for (size_t i = 0; i < n; i++) g[i] = sign_of(slip) * (1 + 0.1 * (double)i) * cos(x[i]);
}

static double drowned(const double *x, size_t n)
{
    return waves_at(x, n, 1e15);
}

static double deep(const double *x, size_t n)
{
    return waves_at(x, n, 1e14);
}

static double wet(const double *x, size_t n)
{
    return waves_at(x, n, 1e6);
}

/* Its slope is 0, and all that is left of the gradient is the rounding of a sum that cancels. */
static double centred(const double *x, size_t n)
{
    double mean = 0, sum = 3;
    for (size_t i = 0; i < n; i++) mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) sum += x[i] - mean;
    return sum;
}

static void centred_grad(const double *x, size_t n, enum slip slip, double *g)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += sin(x[i]);
    for (size_t i = n; i-- > 0;) sum -= sin(x[i]);
    for (size_t i = 0; i < n; i++) g[i] = slip == NONE ? sum : slip == NEGATED ? 1 : 1e-3;
}

/* ---- structure finer than the usual steps ---- */

static double fine_waves(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += sin(x[i] / 1e-6);
    return sum;
}

static void fine_waves_grad(const double *x, size_t n, enum slip slip, double *g)
{
    for (size_t i = 0; i < n; i++) g[i] = sign_of(slip) * cos(x[i] / 1e-6) / 1e-6;
}

static double octaves(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 19; k++) sum += sin(ldexp(x[i], k)) / (1 + k);
    return sum;
}

static void octaves_grad(const double *x, size_t n, enum slip slip, double *g)
{
    for (size_t i = 0; i < n; i++) {
        g[i] = 0;
        for (int k = 0; k < (slip == DROPPED ? 18 : 19); k++)
            g[i] += (slip == NEGATED ? -1 : 1) * ldexp(cos(ldexp(x[i], k)), k) / (1 + k);
    }
}

static double rippled(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * x[i] + 1e-8 * sin(x[i] / 1e-7);
    return sum;
}

static void rippled_grad(const double *x, size_t n, enum slip slip, double *g)
{
    for (size_t i = 0; i < n; i++)
        g[i] = (slip == NEGATED ? -2 : 2) * x[i] + (slip == DROPPED ? 0 : 0.1 * cos(x[i] / 1e-7));
}

/* ---- sizes from 1e-12 to 1e9 ---- */

static const double unit_of[4] = { 1e9, 1e-12, 1e-6, 1 };

static double sizes_apart(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double here = x[i] * 1e6 / unit_of[i % 4], next = x[(i + 1) % n] * 1e6 / unit_of[(i + 1) % 4];
        sum += here * here + sin(here) * next;
    }
    return sum;
}

static void sizes_apart_grad(const double *x, size_t n, enum slip slip, double *g)
{
    memset(g, 0, n * sizeof *g);
    for (size_t i = 0; i < n; i++) {
        double u = 1e6 / unit_of[i % 4], here = x[i] * u, v = 1e6 / unit_of[(i + 1) % 4];
        g[i] += u * (2 * here + cos(here) * x[(i + 1) % n] * v);
        g[(i + 1) % n] += v * sin(here);
    }
    g[1] *= slip == NEGATED ? -1 : slip == DROPPED ? 1.5 : 1;
}

/* y = cos(y / 2 + x), iterated until it moves by less than 1e-12: jumps, not structure */
static double solve(double x)
{
    double y = 0, before;
    do before = y, y = cos(y / 2 + x);
    while (fabs(y - before) > 1e-12);
    return y;
}

static double solved(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += solve(x[i]);
    return sum;
}

static void solved_grad(const double *x, size_t n, enum slip slip, double *g)
{
    for (size_t i = 0; i < n; i++) {
        double s = sin(solve(x[i]) / 2 + x[i]);
        g[i] = sign_of(slip) * -s / (1 + s / 2);
    }
}

/* ---- losses that round to a plateau ---- */

static double plateau(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += 1 - tanh(14 * x[i] * x[i] + 14);
    return sum;
}

static void plateau_grad(const double *x, size_t n, enum slip slip, double *g)
{
    for (size_t i = 0; i < n; i++) {
        double c = cosh(14 * x[i] * x[i] + 14);
        g[i] = slip == DROPPED ? 1e-3 : -28 * x[i] / (c * c);
    }
}

/* softmax cross-entropy of class 2, sure of itself */
static double sure(const double *x, size_t n)
{
    double top = 40 * x[0], sum = 0;
    for (size_t i = 1; i < n; i++) top = fmax(top, 40 * x[i]);
    for (size_t i = 0; i < n; i++) sum += exp(40 * x[i] - top);
    return log(sum) - (40 * x[2] - top);
}

static void sure_grad(const double *x, size_t n, enum slip slip, double *g)
{
    double top = 40 * x[0], sum = 0;
    for (size_t i = 1; i < n; i++) top = fmax(top, 40 * x[i]);
    for (size_t i = 0; i < n; i++) sum += exp(40 * x[i] - top);
    for (size_t i = 0; i < n; i++)
        g[i] = 40 * (exp(40 * x[i] - top) / sum - (i == 2)) + (slip == DROPPED ? 1e-3 : 0);
}

/* ---- order statistics: at the rounded point three are equal, and one has the gradient ---- */

static size_t of_rank(const double *x, size_t n, size_t wanted)
{
    for (size_t i = 0; i < n; i++) {
        size_t rank = 0;
        for (size_t j = 0; j < n; j++) rank += x[j] < x[i] || (j < i && !(x[j] > x[i]));
        if (rank == wanted) return i;
    }
    return 0;
}

static double middle(const double *x, size_t n)
{
    double q = x[of_rank(x, n, n / 2)];
    return q * q + 3 * q;
}

static void middle_grad(const double *x, size_t n, enum slip slip, double *g)
{
    size_t at = of_rank(x, n, n / 2);
    memset(g, 0, n * sizeof *g);
    g[slip == DROPPED ? of_rank(x, n, n / 2 + 1) : at] = (slip == NEGATED ? -1 : 1) * (2 * x[at] + 3);
}

/* ---- forwards that leave behind what their backward uses ---- */

static double left_behind[LARGEST], left_before[LARGEST];

static double caching(const double *x, size_t n)
{
    double sum = 0;
    memcpy(left_before, left_behind, sizeof left_before);
    for (size_t i = 0; i < n; i++) sum += left_behind[i] = tanh(x[i]);
    return sum;
}

static void caching_grad(const double *x, size_t n, enum slip slip, double *g)
{
    (void)x;
    for (size_t i = 0; i < n; i++) g[i] = sign_of(slip) * (1 - left_behind[i] * left_behind[i]);
    if (slip == DROPPED) /* what the last forward but one left behind */
        for (size_t i = 0; i < n; i++) g[i] = 1 - left_before[i] * left_before[i];
}

/* ---- all of them ---- */

static const struct kind {
    const char *name;
    value *f;
    slopes *grad;
    size_t n;
    double size;                 /* x in [-size, size) */
    unsigned verdicts[MISTAKEN]; /* that are true, for each slip; 0: it is none here */
} kinds[] = {
    { "1e15 + waves", drowned, drowned_grad, 6, 1, { OPEN, OPEN, OPEN | GOOD } },
    { "1e14 + waves", deep, drowned_grad, 8, 1, { OPEN, OPEN, OPEN } },
    { "1e6 + waves", wet, drowned_grad, 8, 1, { GOOD, BAD, BAD } },
    { "waves of a millionth", fine_waves, fine_waves_grad, 3, 1, { GOOD, BAD, BAD } },
    { "sizes apart", sizes_apart, sizes_apart_grad, 4, 1e-6, { GOOD, BAD, BAD } },
    { "19 octaves", octaves, octaves_grad, 4, 1, { GOOD, BAD, BAD } },
    { "a ripple of 1e-8", rippled, rippled_grad, 3, 1, { GOOD, BAD, BAD } },
    { "solved to 1e-12", solved, solved_grad, 5, 1, { GOOD | OPEN, BAD, BAD } },
    { "a plateau", plateau, plateau_grad, 3, 0.6, { GOOD | OPEN, 0, BAD } },
    { "a sure answer", sure, sure_grad, 5, 1, { GOOD | OPEN, 0, BAD } },
    { "the median", middle, middle_grad, 9, 1, { GOOD, BAD, BAD } },
    { "a cache", caching, caching_grad, 5, 1, { GOOD, BAD, BAD | BIT(GC_CONTRACT_BROKEN) } },
    { "slopes that cancel", centred, centred_grad, 7, 1, { GOOD, BAD, BAD } },
};

static const struct kind *kind_now;

static double loss(const double *x, size_t n, void *ctx)
{
    return ((const struct subject *)ctx)->scale * kind_now->f(x, n);
}

static void gradient(const double *x, size_t n, double *g, void *ctx)
{
    const struct subject *s = ctx;
    kind_now->grad(x, n, s->slip, g);
    for (size_t i = 0; i < n; i++) g[i] *= s->scale;
}

static void check(enum slip slip, double scale, uint64_t seed)
{
    static const char *const slips[MISTAKEN] = { "right", "negated", "dropped" };
    struct subject s = { scale, slip };
    double x[LARGEST];
    gc_options o = gc_defaults();
    o.seed = seed, o.fork = 0;
    made_fill(x, kind_now->n, seed);
    for (size_t i = 0; i < kind_now->n; i++) {
        x[i] *= kind_now->size;
        if (kind_now->f == sizes_apart) x[i] *= unit_of[i % 4];
    }
    gc_result *r = gc_check_scalar(loss, gradient, x, kind_now->n, &s, &o);
    made_expect(kind_now->verdicts[slip] >> r->verdict & 1, r, "%s, %s, scale %g, seed %d is called %s",
                kind_now->name, slips[slip], scale, (int)seed, gc_verdict_name(r->verdict));
    int told = strstr(r->calls, "just after") != NULL, cached = kind_now->f == caching && slip != DROPPED;
    made_expect(told == cached, r, "%s, %s: how it must be called is told as '%s'", kind_now->name,
                slips[slip], r->calls);
    gc_free(r);
}

int main(void)
{
    static const double scales[] = { 1, 1e-6 };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int slip = NONE; slip < MISTAKEN; slip++)
            for (int s = 0; s < 2; s++)
                for (uint64_t seed = 1; seed <= SEEDS && kinds[k].verdicts[slip]; seed++) {
                    kind_now = &kinds[k];
                    check((enum slip)slip, scales[s], seed);
                }
    return made_failures() != 0;
}
