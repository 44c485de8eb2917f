/* gc_engine_reasons.c - losses whose slope cannot be measured: no right gradient of one is called wrong, and
 * the reason says what the loss does, with numbers that differ. And breaks of a line are found, and told
 * apart. */
#include "../gradcheck/gc_internal.h"
#include "gc_engine_made.h"

enum { SEEDS = 20, N = 6 };

/* ---- losses, their right gradients, and the words of the reason ---- */

static double fake_quantised(const double *x, size_t n, void *ctx)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) sum += floor(8 * x[i]) / 8 + x[i] * x[i];
    return sum;
}

static void twice_x(const double *x, size_t n, double *g, void *ctx)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) g[i] = 2 * x[i];
}

/* sum of a sin x_i around an offset, in float */
static double float_waves(const double *x, size_t n, double amplitude, float offset)
{
    float sum = 0;
    for (size_t i = 0; i < n; i++) sum += (float)(amplitude * sin(x[i]));
    return (double)(sum + offset);
}

static double tenth_at_million(const double *x, size_t n, void *ctx)
{
    (void)ctx;
    return float_waves(x, n, 0.1, 1e6f);
}

static void tenth_cosine(const double *x, size_t n, double *g, void *ctx)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) g[i] = 0.1 * cos(x[i]);
}

static double at_ten_thousand(const double *x, size_t n, void *ctx)
{
    (void)ctx;
    return float_waves(x, n, 1, 1e4f);
}

static double at_million(const double *x, size_t n, void *ctx)
{
    (void)ctx;
    return float_waves(x, n, 1, 1e6f);
}

static double at_hundred_million(const double *x, size_t n, void *ctx)
{
    (void)ctx;
    return float_waves(x, n, 1, 1e8f);
}

static void cosine(const double *x, size_t n, double *g, void *ctx)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) g[i] = cos(x[i]);
}

/* finite where x[0] is at most what it is at the first point, and with a slope on one side only */
static double one_sided(const double *x, size_t n, void *ctx)
{
    double sum = x[0] <= 0.5 ? 0 : (double)NAN;
    (void)ctx;
    for (size_t i = 0; i < n; i++) sum += x[i] * x[i];
    return sum;
}

static const struct reason {
    const char *name, *words;
    gc_scalar loss;
    gc_gradient grad;
    int points; /* 0: as many as usual */
} reasons[] = {
    { "fake quantisation", "jumps", fake_quantised, twice_x, 0 },
    { "floats at 1e4", "in float", at_ten_thousand, cosine, 0 },
    { "floats at 1e6", "in float", at_million, cosine, 0 },
    { "a tenth at 1e6, in float", "piecewise constant or saturated", tenth_at_million, tenth_cosine, 0 },
    { "floats at 1e8", "piecewise constant or saturated", at_hundred_million, cosine, 0 },
    { "finite on one side", "is not finite beside the point", one_sided, twice_x, 1 },
};

static void check_reason(const struct reason *k, uint64_t seed)
{
    double x[N];
    gc_options o = gc_defaults();
    o.seed = seed;
    if (k->points) o.n_points = k->points, o.checks = GC_ELEMENTS;
    made_fill(x, N, seed);
    if (k->points) x[0] = 0.5;
    gc_result *r = gc_check_scalar(k->loss, k->grad, x, N, NULL, &o);
    made_expect(r->verdict == GC_INCONCLUSIVE || r->verdict == GC_PASS, r, "%s, seed %d", k->name, (int)seed);
    made_expect(r->verdict != GC_INCONCLUSIVE || strstr(r->reason, k->words), r, "%s, seed %d: no '%s'",
                k->name, (int)seed, k->words);
    gc_free(r);
}

/* ---- breaks ---- */

static double smooth(double t)
{
    return sin(3 * t) + t * t;
}

static double jump(double t)
{
    return smooth(t) + (t > 0.0123 ? 1e-4 : 0);
}

static double corner(double t)
{
    return smooth(t) + fabs(t - 0.0123);
}

static double curve(double t)
{
    return smooth(t) + (t > 0.0123 ? 3 * (t - 0.0123) * (t - 0.0123) : 0);
}

static double noise(double t)
{
    return smooth(t) + 1e-3 * sin(1e12 * t);
}

static int pair(const struct gc_ladder *l, double *h, double *plus, double *minus)
{
    double (*f)(double) = *(double (**)(double))l->ctx;
    *plus = f(*h), *minus = f(-*h);
    return 1;
}

static const struct line {
    const char *name;
    double (*f)(double);
    enum gc_break_kind kind;
    double height; /* right less left */
} lines[] = { { "smooth", smooth, GC_NO_BREAK, 0 },
              { "jump", jump, GC_JUMP, 1e-4 },
              { "corner", corner, GC_CORNER, 2 },
              { "curve", curve, GC_CURVE, 6 },
              { "noise", noise, GC_NO_BREAK, 0 } };

static void check_line(const struct line *k)
{
    double (*f)(double) = k->f;
    const double unit = 1;
    struct gc_ladder l = { .pair = pair, .ctx = &f, .d = &unit, .f0 = f(0) };
    struct gc_break b = gc_find_break(&l);
    made_expect(b.kind == k->kind, NULL, "%s: kind %d", k->name, (int)b.kind);
    if (k->kind == GC_NO_BREAK || b.kind != k->kind) return;
    made_expect(fabs(b.t - 0.0123) < 1e-3, NULL, "%s: at %g", k->name, b.t);
    made_expect(fabs(b.right - b.left - k->height) < 0.02 * k->height, NULL, "%s: from %g to %g", k->name,
                b.left, b.right);
}

int main(void)
{
    for (size_t k = 0; k < sizeof reasons / sizeof *reasons; k++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++) check_reason(&reasons[k], seed);
    for (size_t k = 0; k < sizeof lines / sizeof *lines; k++) check_line(&lines[k]);
    return made_failures() != 0;
}
