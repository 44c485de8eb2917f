/* gc_engine_numeric.c - the ladder's error bar holds for every function, point and start that is tried;
 * noise is neither missed nor invented; bounds bound. A ladder that stops at the first agreement is shown
 * to break its bar. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../gradcheck/gc.h"
#include "../gradcheck/gc_internal.h"

static int failures;

static void expect(int ok, const char *what, double got, double limit)
{
    if (ok) return;
    failures++;
    printf("FAIL  %s: %.17g against %.3g\n", what, got, limit);
}

/* ---- functions of one variable, and their derivatives ---- */

struct function {
    const char *name;
    double (*f)(double), (*slope)(double);
    double low, high; /* the points */
    double relative;  /* a bar wider than this, relative to the slope, is not worth having; 0: it may be
                   * anything */
};

static double noise_of(double x, double amplitude) /* the same at the same x, as rounding is */
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return amplitude * (2 * gc_random_unit(3, 3, bits) - 1);
}

#define FUNCTION(name, value, derivative) \
    static double name(double x)          \
    {                                     \
        return value;                     \
    }                                     \
    static double name##_slope(double x)  \
    {                                     \
        return derivative;                \
    }
FUNCTION(constant, 0.3 + 0 * x, 0 * x)
FUNCTION(zero, 0 * x, 0 * x)
FUNCTION(line, 2.7 * x - 0.1, 2.7 + 0 * x)
FUNCTION(square, x *x, 2 * x)
FUNCTION(cubic, x *x *x - x + 1, 3 * x * x - 1)
FUNCTION(fifth, pow(x, 5) - 2 * x * x, 5 * pow(x, 4) - 4 * x)
FUNCTION(exponential, exp(x), exp(x))
FUNCTION(steep, exp(20 * x), 20 * exp(20 * x))
FUNCTION(wave, sin(x), cos(x))
FUNCTION(fast_wave, sin(50 * x), 50 * cos(50 * x))
FUNCTION(faster_wave, sin(1e4 * x), 1e4 * cos(1e4 * x))
FUNCTION(aliased, sin(2048 * 3.14159265358979323846 * x),
         2048 * 3.14159265358979323846 * cos(2048 * 3.14159265358979323846 * x))
FUNCTION(inverse, 1 / x, -1 / (x * x))
FUNCTION(logarithm, log(x), 1 / x)
FUNCTION(root, sqrt(x), 0.5 / sqrt(x))
FUNCTION(step_like, tanh(1e3 * x), 1e3 / (cosh(1e3 * x) * cosh(1e3 * x)))
FUNCTION(bump, exp(-x *x / 2e-6), -x / 1e-6 * exp(-x * x / 2e-6))
FUNCTION(tiny_values, 1e-200 * sin(x), 1e-200 * cos(x))
FUNCTION(large_values, 1e200 * sin(x), 1e200 * cos(x))
FUNCTION(small_slope, 1 + 1e-9 * x, 1e-9 + 0 * x)
FUNCTION(noisy, sin(x) + noise_of(x, 1e-7), cos(x))
FUNCTION(offset, 1e6 + sin(x), cos(x))
FUNCTION(in_float, (double)(sinf((float)x) + 0.5f), cos(x))
FUNCTION(float_within, sin(1.1 * (double)(float)exp((double)(float)x)), 1.1 * exp(x) * cos(1.1 * exp(x)))
FUNCTION(corner, fabs(x - 0.3), x > 0.3 ? 1 : -1)
FUNCTION(corners, fabs(sin(3 * x)), 3 * cos(3 * x) * (sin(3 * x) > 0 ? 1 : -1))

#define ROW(name, low, high, relative)                 \
    {                                                  \
#name, name, name##_slope, low, high, relative \
    }
static const struct function functions[] = {
    ROW(constant, -2, 2, 0),        ROW(zero, -2, 2, 0),
    ROW(line, -2, 2, 1e-9),         ROW(square, 0.1, 2, 1e-9),
    ROW(cubic, 1, 3, 1e-9),         ROW(fifth, -3, -1, 1e-8),
    ROW(exponential, -3, 3, 1e-8),  ROW(steep, -1, 1, 1e-7),
    ROW(wave, -1, 1, 1e-9),         ROW(fast_wave, -1, 1, 0),
    ROW(faster_wave, -1, 1, 0),     ROW(aliased, -1, 1, 0),
    ROW(inverse, 1e-3, 3, 1e-6),    ROW(logarithm, 1e-3, 3, 1e-6),
    ROW(root, 1e-2, 3, 1e-6),       ROW(step_like, -1e-3, 1e-3, 1e-4),
    ROW(bump, -2e-3, 2e-3, 0),      ROW(tiny_values, -1, 1, 1e-9),
    ROW(large_values, -1, 1, 1e-9), ROW(small_slope, -1, 1, 1e-4),
    ROW(noisy, -1, 1, 1e-3),        ROW(offset, -1, 1, 1e-5),
    ROW(in_float, -1, 1, 1e-2),     ROW(float_within, -1, 0.3, 0),
    ROW(corner, -1, 1, 0),          ROW(corners, -1, 1, 0),
};
enum { FUNCTIONS = sizeof functions / sizeof *functions, DRAWS = 2000 };

struct at {
    double (*f)(double);
    double x;
};

static double along(double t, void *ctx)
{
    const struct at *at = ctx;
    volatile double x = at->x + t;
    return at->f(x);
}

/* ---- the bar ---- */

typedef double estimate(struct at *at, double h0, double noise, double *error);

static double ladder(struct at *at, double h0, double noise, double *error)
{
    return gc_diff1(along, at, h0, 0, noise, error);
}

/* The wrong version: Richardson steps until two of them agree best, their difference as the error bar. */
static double first_agreement(struct at *at, double h0, double noise, double *error)
{
    double before = (double)NAN, best = before;
    (void)noise;
    *error = (double)INFINITY;
    for (int k = 0; k < 14; k++) {
        double h = ldexp(h0, -k), d[2];
        for (int j = 0; j < 2; j++)
            d[j] = (along(h / (1 + j), at) - along(-h / (1 + j), at)) / (2 * h / (1 + j));
        double here = (4 * d[1] - d[0]) / 3;
        if (fabs(here - before) < *error) *error = fabs(here - before), best = here;
        before = here;
    }
    return best;
}

struct tally {
    int broken, wide;
    double worst;
};

static struct tally draw(const struct function *fn, estimate *slope_of)
{
    struct tally t = { 0 };
    for (uint64_t k = 0; k < DRAWS; k++) {
        double u = gc_random_unit(11, (uint64_t)(fn - functions), k), error;
        struct at at = { fn->f, fn->low + u * (fn->high - fn->low) };
        double h0 = 0x1p-4 * (0.75 + 0.25 * gc_random_unit(12, 1, k));
        double noise = gc_noise(along, &at, 1e-6, NULL), truth = fn->slope(at.x);
        double off = fabs(slope_of(&at, h0, noise, &error) - truth);
        double slack = 0x1p-50 * fabs(truth); /* the truth's own rounding, and that of x + t */
        if (!(off <= error + slack)) t.broken++, t.worst = fmax(t.worst, off / error);
        t.wide += fn->relative > 0 && !(error <= fn->relative * fabs(truth) + 1e-13 * fabs(fn->f(at.x)));
    }
    return t;
}

static void check_bars(void)
{
    int broken_by_wrong = 0;
    for (int i = 0; i < FUNCTIONS; i++) {
        char what[120];
        struct tally t = draw(&functions[i], ladder);
        snprintf(what, sizeof what, "%s: %d of %d error bars are broken; the worst ratio", functions[i].name,
                 t.broken, (int)DRAWS);
        expect(t.broken == 0, what, t.worst, 1);
        snprintf(what, sizeof what, "%s: share of error bars too wide to be of use", functions[i].name);
        expect(t.wide <= DRAWS / 50, what, (double)t.wide / DRAWS, 0.02);
        broken_by_wrong += draw(&functions[i], first_agreement).broken > 0;
    }
    expect(broken_by_wrong > FUNCTIONS / 2, "functions on which two-way agreement breaks its bar",
           broken_by_wrong, FUNCTIONS / 2);
}

/* Nothing to be had: the answer is NaN with an infinite bar, not a number. */
static double undefined(double x)
{
    return x > 0 ? (double)NAN : x;
}

static void check_undefined(void)
{
    struct at at = { undefined, 0 };
    double error, slope = gc_diff1(along, &at, 0.1, 0, 0, &error);
    expect(!gc_is_finite(slope) && !gc_is_finite(error), "slope at the border of what is defined", slope, 0);
    at.f = square, at.x = 3;
    slope = gc_diff1(along, &at, 0.1, 5, 0, NULL); /* a number of levels, no place for the error */
    expect(fabs(slope - 6) < 1e-12, "five levels on x^2 at 3", slope, 6);
    slope = gc_diff1(along, &at, 0.1, 1000, 0, &error);
    expect(fabs(slope - 6) < 1e-9, "a thousand levels on x^2 at 3", slope, 6);
}

/* ---- noise ---- */

static void check_noise(double (*f)(double), const char *name, double low, double high, int f32)
{
    int out = 0, inside = 0;
    double least = (double)INFINITY, most = 0;
    for (uint64_t k = 0; k < 500; k++) {
        struct at at = { f, -1 + 1.2 * gc_random_unit(21, 1, k) };
        int flag;
        double noise = gc_noise(along, &at, 1e-6, &flag);
        out += !(noise >= low && noise <= high);
        inside += flag;
        least = fmin(least, noise), most = fmax(most, noise);
    }
    char what[120];
    snprintf(what, sizeof what, "%s: noise from %.2e to %.2e, share outside what it is", name, least, most);
    expect(out <= 10, what, out / 500.0, 0.02);
    snprintf(what, sizeof what, "%s: taken for float inside in a share of", name);
    expect(f32 ? inside == 500 : inside == 0, what, inside / 500.0, f32);
}

static double halves(double x) /* floats, and constant: no reason to think that there are floats inside */
{
    return 0.5 + 0 * x;
}

static int calls;

static double drifting(double x) /* another value at every call */
{
    return sin(x) + 1e-5 * calls++;
}

static void check_all_noise(void)
{
    check_noise(wave, "sin", 0, 1e-14, 0);
    check_noise(noisy, "sin + 1e-7 noise", 5e-8, 1e-6, 0);
    check_noise(offset, "1e6 + sin", 4e-10, 4e-9, 0);
    check_noise(in_float, "sin in float", 1e-8, 2e-6, 1);
    check_noise(halves, "1/2", 0, 1e-14, 0);
    check_noise(drifting, "a drift of 1e-5 a call", 9e-6, 1e-3, 0);
}

/* ---- bounds ---- */

static void check_bounds(void)
{
    double u = 0x1p-24, worst = 0;
    for (uint64_t draw_number = 0; draw_number < 200; draw_number++) {
        float sum = 0;
        double exact = 0, sum_abs = 0;
        size_t K = 1 + gc_random_bits(5, 1, draw_number) % 3000;
        for (size_t k = 0; k < K; k++) {
            float a = (float)gc_random_unit(6, draw_number, 2 * k),
                  b = (float)gc_random_unit(6, draw_number, 2 * k + 1);
            sum += a * b;
            exact += (double)a * (double)b;
            sum_abs += fabs((double)a * (double)b);
        }
        worst = fmax(worst, fabs((double)sum - exact) / gc_dot_bound(K, sum_abs, u));
    }
    expect(worst <= 1 && worst > 1e-3, "errors of float dot products in units of their bound", worst, 1);
    expect(!gc_is_finite(gc_dot_bound((size_t)1 << 25, 1, u)), "no bound for K u > 1",
           gc_dot_bound((size_t)1 << 25, 1, u), 0);
    const double a[] = { 3e300, 4e300 }, b[] = { 3e300, 4e300 + 5e288 }, z[] = { 0, 0 },
                 n[] = { 0, (double)NAN };
    expect(fabs(gc_rel_norm(b, a, 2) - 1e-12) < 1e-15, "relative norm of huge vectors", gc_rel_norm(b, a, 2),
           1e-12);
    expect(gc_rel_norm(z, z, 2) <= 0, "relative norm of zeros", gc_rel_norm(z, z, 2), 0);
    expect(!gc_is_finite(gc_rel_norm(a, z, 2)), "norm relative to zero", gc_rel_norm(a, z, 2), 0);
    expect(!gc_is_finite(gc_rel_norm(n, z, 2)) && !gc_is_finite(gc_rel_norm(z, n, 2)), "norm with NaN", 0, 0);
    expect(!gc_is_finite((double)NAN) && !gc_is_finite(-(double)INFINITY) && gc_is_finite(1.7e308) &&
               gc_is_finite(5e-324),
           "finite", 0, 0);
}

/* Uniform in mean and spread, and without memory of the neighbour or the stream. */
static void check_random(void)
{
    enum { N = 100000 };
    double mean = 0, neighbour = 0, stream = 0;
    for (uint64_t k = 0; k < N; k++) {
        double r = gc_random_unit(1, 2, k) - 0.5;
        mean += r, neighbour += r * (gc_random_unit(1, 2, k + 1) - 0.5),
            stream += r * (gc_random_unit(1, 3, k) - 0.5);
    }
    double deviation = sqrt(N / 12.0), product = sqrt(N) / 12;
    expect(fabs(mean) < 4 * deviation, "sum of random numbers", mean, 4 * deviation);
    expect(fabs(neighbour) < 4 * product, "correlation with the neighbour", neighbour, 4 * product);
    expect(fabs(stream) < 4 * product, "correlation with the next stream", stream, 4 * product);
}

int main(void)
{
    check_bars();
    check_undefined();
    check_all_noise();
    check_bounds();
    check_random();
    printf("%d failures\n", failures);
    return failures != 0;
}
