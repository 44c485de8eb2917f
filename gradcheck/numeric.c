/* numeric.c - derivatives with error bars, noise, sums, bounds. Pure functions of their arguments and of the
 * function given. */
#include "gc_internal.h"

#include <math.h>
#include <string.h>

int gc_is_finite(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (bits >> 52 & 0x7ff) != 0x7ff;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* ---- the ladder ---- */

enum { LEVELS = 15, UP = 8, DOWN = 30 };

/* Evaluates one more level, above all others or below. */
static void level(struct gc_ladder *l, double h, int above)
{
    if (l->levels == GC_MAX_LEVELS) return;
    double plus, minus;
    if (!l->pair(l, &h, &plus, &minus)) plus = minus = (double)NAN;
    int at = l->levels;
    if (above) {
        at = 0;
        size_t bytes = (size_t)l->levels * sizeof(double);
        memmove(l->h + 1, l->h, bytes);
        memmove(l->plus + 1, l->plus, bytes);
        memmove(l->minus + 1, l->minus, bytes);
    }
    l->h[at] = h;
    l->plus[at] = plus;
    l->minus[at] = minus;
    l->levels++;
}

/* Combines the values of levels k and k + 1, whose errors go with h^power, so that the leading one
 * cancels. */
static double cancel(const struct gc_ladder *l, int k, double coarse, double fine, int power)
{
    double ratio = l->h[k] / l->h[k + 1];
    if (power == 2) ratio *= ratio;
    return ratio > 1.5 ? (ratio * fine - coarse) / (ratio - 1) : (double)NAN;
}

static double central(const struct gc_ladder *l, int k)
{
    return (l->plus[k] - l->minus[k]) / (2 * l->h[k]);
}

static double one_sided(const struct gc_ladder *l, int k, int side)
{
    return side > 0 ? (l->plus[k] - l->f0) / l->h[k] : (l->f0 - l->minus[k]) / l->h[k];
}

/* side 0: the central difference, +1 and -1: the one-sided ones, each with its leading error cancelled. */
static double extrapolated(const struct gc_ladder *l, int k, int side)
{
    if (!side) return cancel(l, k, central(l, k), central(l, k + 1), 2);
    return cancel(l, k, one_sided(l, k, side), one_sided(l, k + 1, side), 1);
}

/* Does the even part of f, (f(h) + f(-h)) / 2 - f(0), shrink from level k to k + 1? It does as h^2 for
 * smooth functions and as h at a corner. Where it stays, something finer than h happens near 0 that these
 * levels step over. */
static int is_resolved(const struct gc_ladder *l, int k)
{
    double coarse = fabs(l->plus[k] - l->f0 + (l->minus[k] - l->f0));
    double fine = fabs(l->plus[k + 1] - l->f0 + (l->minus[k + 1] - l->f0));
    double rounding = 0x1p-53 * (fabs(l->plus[k + 1]) + fabs(l->minus[k + 1]) + 2 * fabs(l->f0));
    return fine <= 0.75 * coarse || fine <= 16 * (l->noise + rounding);
}

struct rung {
    double value, bar; /* bar infinite: no value here */
};

/* A quarter of the disagreement with a level two steps away. Where values converge it is no more than that
 * with the neighbour; where they scatter, as among corners, two neighbours agree by accident and it is
 * what remains. */
static double farther(const struct gc_ladder *l, int k, int away, double value, int side)
{
    if (k + away < 0 || k + away + 1 >= l->levels) return 0;
    double off = 0.25 * fabs(extrapolated(l, k + away, side) - value);
    return gc_is_finite(off) ? off : 0;
}

/* What level k says: its value, and how well that agrees with both its neighbours', noise included. */
static struct rung rung_at(const struct gc_ladder *l, int k, int side)
{
    struct rung none = { (double)NAN, (double)INFINITY }, r;
    if (k < 1 || k + 2 >= l->levels) return none;
    r.value = extrapolated(l, k, side);
    double up = fabs(r.value - extrapolated(l, k - 1, side));
    double down = fabs(r.value - extrapolated(l, k + 1, side));
    if (!gc_is_finite(up) || !gc_is_finite(down)) return none;
    if (!is_resolved(l, k) || !is_resolved(l, k + 1)) return none;
    r.bar =
        larger(larger(up, down), larger(farther(l, k, -2, r.value, side), farther(l, k, 2, r.value, side)));
    double amplify = side ? 4 : 2; /* of noise / h of the finer level, by extrapolated() */
    r.bar += amplify * l->noise / l->h[k + 1];
    return r;
}

static int is_firm(struct rung r)
{
    return r.bar <= 0.05 * fabs(r.value);
}

static int agree(struct rung a, struct rung b)
{
    return fabs(a.value - b.value) <= 10 * (a.bar + b.bar);
}

/* Two firm rungs below that agree with each other and not with rung k: the function varies faster than k's
 * steps, and the agreement there was an accident. */
static int is_refuted(const struct rung *rung, int k, int levels)
{
    for (int j = k + 1; j + 1 < levels; j++)
        if (is_firm(rung[j]) && is_firm(rung[j + 1]) && agree(rung[j], rung[j + 1]) &&
            !agree(rung[j], rung[k]))
            return 1;
    return 0;
}

/* The level with the least bar. 0: there is none. */
static int settle(const struct gc_ladder *l, int side, double *value, double *error, double *h)
{
    struct rung rung[GC_MAX_LEVELS];
    *error = (double)INFINITY;
    for (int k = 0; k < l->levels; k++) rung[k] = rung_at(l, k, side);
    for (int k = 0; k < l->levels; k++) {
        if (!(rung[k].bar < *error) || is_refuted(rung, k, l->levels)) continue;
        *value = rung[k].value, *error = rung[k].bar;
        *h = l->h[k + 1];
    }
    return gc_is_finite(*error);
}

static int moves(double f, double f0)
{
    return gc_is_finite(f) && f - f0 != 0;
}

/* Values that are flat to the last bit although they move on both sides farther out: the function is a
 * staircase, of low precision inside, and its smallest step is noise. (On one side alone it may be a unit
 * that is switched off.) */
static void see_stairs(struct gc_ladder *l)
{
    int above = 0, below = 0;
    for (int k = 0; k + 1 < l->levels; k++) {
        above = above || moves(l->plus[k], l->f0), below = below || moves(l->minus[k], l->f0);
        if (!above || !below || moves(l->plus[k + 1], l->f0) || moves(l->minus[k + 1], l->f0)) continue;
        double up = fabs(l->plus[k] - l->f0), down = fabs(l->minus[k] - l->f0);
        if (gc_is_finite(up) && gc_is_finite(down)) l->noise = larger(l->noise, larger(up, down));
    }
}

int gc_ladder_flat(const struct gc_ladder *l)
{
    for (int k = 0; k < l->levels; k++)
        if (l->plus[k] - l->f0 != 0 || l->minus[k] - l->f0 != 0) return 0;
    return 1;
}

static void settle_center(struct gc_ladder *l)
{
    l->value = (double)NAN;
    see_stairs(l);
    settle(l, 0, &l->value, &l->error, &l->chosen_h);
}

static int within(const struct gc_ladder *l, double relative)
{
    return l->error <= larger(l->good, relative * fabs(l->value));
}

/* Would noise alone make the bar of a level at h wider than the one there is? */
static int is_drowned(const struct gc_ladder *l, double h)
{
    return 2 * l->noise / h > l->error;
}

/* Before the climb ends: does the slope at a far smaller step, no multiple of the others, agree, as far as
 * noise lets it? Agreement of all the steps so far may be that of a wave sampled at its period, or of a
 * grid that halves with them. Returns the noise that would explain the disagreement, 0 if there is none. */
static double unexplained(const struct gc_ladder *l)
{
    double h = l->h[l->levels - 1] / 117.3, plus, minus;
    if (h < l->least_h) return 0;
    if (!l->pair(l, &h, &plus, &minus)) return 0;
    double off = fabs((plus - minus) / (2 * h) - l->value);
    double allowed = 1e-6 * fabs(l->value) + 10 * (l->error + l->noise / h);
    return gc_is_finite(off) && off > allowed ? off * h : 0;
}

/* Below the planned levels while the bar is poor and noise leaves room: functions with a fine scale, near
 * kinks. */
static void go_down(struct gc_ladder *l, double doubt)
{
    for (int k = 0; k < DOWN && (doubt > 0 || !within(l, 1e-6)); k++) {
        double h = l->h[l->levels - 1] / 2;
        if (h < l->least_h || l->levels == GC_MAX_LEVELS || (doubt <= 0 && is_drowned(l, h))) break;
        level(l, h, 0);
        settle_center(l);
        if (doubt > 0) doubt = unexplained(l);
    }
    if (!(doubt > 0)) return;
    l->noise = larger(l->noise, doubt);
    settle_center(l);
}

/* Above them where noise is all the bar there is: functions with a coarse scale. */
static void go_up(struct gc_ladder *l)
{
    for (int k = 0; k < UP && !within(l, 1e-4) && l->chosen_h >= l->h[2] && !gc_ladder_flat(l); k++) {
        if (2 * l->noise / l->chosen_h < 0.3 * l->error) return;
        level(l, l->h[0] * 2, 1);
        settle_center(l);
    }
}

void gc_ladder_climb(struct gc_ladder *l, double h0, int levels)
{
    int adaptive = levels == 0;
    double doubt = 0;
    if (adaptive) levels = LEVELS;
    l->value = (double)NAN, l->error = (double)INFINITY;
    for (int k = 0; k < levels; k++) {
        level(l, ldexp(h0, -k), 0);
        if (!adaptive || doubt > 0 || l->levels < 4) continue;
        settle_center(l);
        if (!within(l, l->enough > 0 ? l->enough : 1e-9) && !is_drowned(l, ldexp(h0, -k - 1))) continue;
        doubt = unexplained(l);
        if (!(doubt > 0)) break;
    }
    settle_center(l);
    if (!adaptive) return;
    if (l->levels == LEVELS && !(doubt > 0)) doubt = unexplained(l);
    go_down(l, doubt);
    if (gc_is_finite(l->error)) go_up(l);
}

int gc_ladder_sides(struct gc_ladder *l)
{
    while (l->levels < LEVELS && l->h[l->levels - 1] > l->least_h) level(l, l->h[l->levels - 1] / 2, 0);
    see_stairs(l);
    double h;
    int right = settle(l, 1, &l->right, &l->right_error, &h);
    int left = settle(l, -1, &l->left, &l->left_error, &h);
    if (!right) l->right = (double)NAN;
    if (!left) l->left = (double)NAN;
    return left && right;
}

struct plain_line {
    gc_line f;
    void *ctx;
};

static int plain_pair(const struct gc_ladder *l, double *h, double *plus, double *minus)
{
    const struct plain_line *line = l->ctx;
    *plus = line->f(*h, line->ctx);
    *minus = line->f(-*h, line->ctx);
    return 1;
}

double gc_diff1(gc_line f, void *ctx, double h0, int levels, double noise, double *error)
{
    struct plain_line line = { f, ctx };
    struct gc_ladder l = { .pair = plain_pair, .ctx = &line, .noise = noise, .f0 = f(0, ctx) };
    if (levels > GC_MAX_LEVELS) levels = GC_MAX_LEVELS;
    gc_ladder_climb(&l, h0, levels);
    if (error) *error = l.error;
    return l.value;
}

/* ---- noise ---- */

enum { TABLE = 12, ORDERS = 8 };

int gc_is_float(double x)
{
    return (double)(float)x == x;
}

/* Overwrites the n + 1 differences in f by their n differences. Returns their root mean square times
 * sqrt(factor), which scales white noise of deviation s to s; *signs: changes of sign between neighbours. */
static double difference(double *f, int n, double factor, int *signs)
{
    double sum = 0;
    *signs = 0;
    for (int i = 0; i < n; i++) {
        f[i] = f[i + 1] - f[i];
        sum += f[i] * f[i];
        if (i && (f[i] < 0) != (f[i - 1] < 0)) (*signs)++;
    }
    return sqrt(factor * sum / n);
}

/* Deviation of the noise in values of f at equal steps, by More and Wild's table: the first order of
 * differences from which on three orders agree and signs change, as they do for noise and not for a smooth
 * function. Where none does, the smallest order's: noise is in all of them. */
static double table(const double *values)
{
    double f[TABLE], sigma[ORDERS + 1], factor = 1, least = (double)INFINITY;
    int signs[ORDERS + 1];
    double size = 0; /* differences are taken of values near 1: none underflows */
    for (int i = 0; i < TABLE; i++) size = larger(size, fabs(values[i]));
    if (size <= 0) return 0;
    for (int i = 0; i < TABLE; i++) f[i] = values[i] / size;
    for (int k = 1; k <= ORDERS; k++) {
        factor *= k / (2.0 * (2 * k - 1)); /* (k!)^2 / (2k)! */
        sigma[k] = difference(f, TABLE - k, factor, &signs[k]);
        if (k >= 2 && sigma[k] < least) least = sigma[k];
    }
    for (int k = 1; k + 2 <= ORDERS; k++) {
        double low = sigma[k], high = sigma[k];
        for (int j = k + 1; j <= k + 2; j++) {
            low = sigma[j] < low ? sigma[j] : low;
            high = larger(high, sigma[j]);
        }
        if (high <= 4 * low && signs[k]) return sigma[k] * size;
    }
    return least * size;
}

struct table {
    double value[TABLE], spread;         /* spread: of the first, called twice */
    int is_float, varies, finite, moves; /* moves: how often neighbours differ */
};

static struct table tabulate(gc_line f, void *ctx, double from, double h)
{
    struct table t = { .value = { f(from, ctx) } };
    t.spread = fabs(f(from, ctx) - t.value[0]);
    t.is_float = gc_is_float(t.value[0]), t.finite = gc_is_finite(t.value[0]);
    for (int i = 1; i < TABLE; i++) {
        t.value[i] = f(from + i * h, ctx);
        t.finite = t.finite && gc_is_finite(t.value[i]);
        t.is_float = t.is_float && gc_is_float(t.value[i]);
        t.varies = t.varies || t.value[i] - t.value[0] != 0;
        t.moves += t.value[i] - t.value[i - 1] != 0;
    }
    return t;
}

/* 3 deviations: all of uniform noise (1.7), 99.7 % of normal noise */
static double deviations(const struct table *t)
{
    return t->finite ? 3 * table(t->value) : 0;
}

static double rise(const struct table *t)
{
    return t->value[TABLE - 1] - t->value[0];
}

/* What looks like noise at steps h may be a function that varies within them. At far finer steps it is then a
 * line, wherever one looks, and somewhere one so much steeper that it explains what was taken for noise; a
 * staircase and noise itself are not. Returns the noise at the finer steps, or what it was. */
static double without_structure(gc_line f, void *ctx, double h, const struct table *coarse, double noise)
{
    static const double place[] = { 0, 3.71, 7.37 };
    const double finer = 1.3e-3;
    double left = 4 * 0x1p-53 * fabs(coarse->value[0]), steepest = 0;
    for (int j = 0; j < 3; j++) {
        struct table t = tabulate(f, ctx, place[j] * h, finer * h);
        left = larger(left, deviations(&t));
        if (!t.finite || t.moves < TABLE - 1 || left > 1e-3 * noise) return noise;
        steepest = larger(steepest, fabs(rise(&t) - rise(coarse) * finer));
    }
    int explains = steepest > 4 * left && steepest / (TABLE - 1) > 0.01 * noise * finer;
    return explains ? left : noise;
}

double gc_noise(gc_line f, void *ctx, double h, int *f32_inside)
{
    struct table t = tabulate(f, ctx, 0, h);
    double size = fabs(t.value[0]), noise = deviations(&t);
    int f32 = t.is_float && t.varies;
    if (f32_inside) *f32_inside = f32;
    if (!f32 && noise > 1e4 * 0x1p-53 * size && !(t.spread > 0))
        noise = without_structure(f, ctx, h, &t, noise);
    return larger(larger(noise, t.spread), 4 * (f32 ? 0x1p-24 : 0x1p-53) * size);
}

/* ---- sums ---- */

double gc_dot(const double *a, const double *b, size_t n)
{
    struct gc_sum sum = { 0, 0 };
    for (size_t i = 0; i < n; i++) gc_sum_add(&sum, a[i] * b[i]);
    return gc_sum_of(&sum);
}

double gc_natural_size(const double *g, const double *d, size_t n)
{
    double largest = 0, sum = 0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(g[i] * d[i]));
    for (size_t i = 0; i < n && largest > 0; i++) { /* squares of numbers up to 1 do not overflow */
        double part = g[i] * d[i] / largest;
        sum += part * part;
    }
    return largest * sqrt(sum);
}

/* ---- bounds ---- */

double gc_dot_bound(size_t K, double sum_abs, double u)
{
    double ku = (double)K * u;
    return ku < 1 ? ku / (1 - ku) * sum_abs : (double)INFINITY;
}

double gc_rel_norm(const double *a, const double *b, size_t n)
{
    double size = 0; /* squares are taken of numbers up to 1: none overflows */
    for (size_t i = 0; i < n; i++) {
        if (!gc_is_finite(a[i]) || !gc_is_finite(b[i])) return (double)NAN;
        size = larger(size, larger(fabs(a[i]), fabs(b[i])));
    }
    if (size <= 0) return 0;
    double difference2 = 0, b2 = 0;
    for (size_t i = 0; i < n; i++) {
        double d = a[i] / size - b[i] / size, bi = b[i] / size;
        difference2 += d * d;
        b2 += bi * bi;
    }
    return sqrt(difference2) / sqrt(b2);
}
