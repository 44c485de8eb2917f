/* muon.c - Muon's step on a matrix, and the iteration in it.
 *
 * ---- the error bound ----
 *
 * With all roundings of a sum of n products up, and all sums so, what is left after five steps of a matrix
 * of 60 rows is as large as the result: a bound that rejects nothing. So roundings are taken for what they
 * are, independent and as often up as down; then
 *
 *   |sum of n products as computed - sum| <= LAMBDA u sqrt(n) |x||y|        (1)
 *
 * in any order, except with a probability of 2 exp(-LAMBDA^2 / 2), as no part of a sum of products is
 * above the product of the lengths (Higham and Mary, A New Approach to Probabilistic Rounding Error
 * Analysis, SIAM J. Sci. Comput. 41(5), 2019). With LAMBDA = 8 that is 3e-14 for each element of a check.
 *
 * A step X -> p(X) takes an error E, in the bases of X's singular vectors, to one whose elements are those
 * of E times (p(s) - p(t)) / (s - t) or (p(s) + p(t)) / (s + t), s and t singular values of X (Noferini, A
 * formula for the Frechet derivative of a generalized matrix function, SIAM J. Matrix Anal. Appl. 38(2),
 * 2017). So with G the largest of these, an element of the result is off by a sum of errors of elements
 * before it, with factors whose squares add up to G^2 at most: independent ones within (1) give one within
 * G times (1), and the squares of several such add up. G is that of all steps that are still to come, at
 * the singular values of this very matrix. Products of two errors are left out. */
#include "op_common.h"
#include "../../base/memory.h"
#include "../../gradcheck/gc.h"
#include "../../reference/muon.h"
#include "../singular_values.h"

#include <math.h>
#include <stdlib.h>

enum { LAMBDA = 8 };

/* what both operations share: the iteration and its scalars */
struct iteration {
    int coefficients;
    uint64_t steps;
    double eps;
};

static double value_at(struct muon_triple p, double s)
{
    return s * (p.a + s * s * (p.b + s * s * p.c));
}

static double slope_at(struct muon_triple p, double s)
{
    return p.a + s * s * (3 * p.b + s * s * 5 * p.c);
}

/* ---- what becomes of errors in the steps to come ---- */

static double largest(int k, const double *s)
{
    double most = 0;
    for (int i = 0; i < k; i++) most = fmax(most, s[i]);
    return most;
}

/* The largest factor of an error: f and s are the values, and the singular values that they came from, of
 * the short side's k; slope the derivatives. Beside a row that is longer than k there are directions with
 * s = 0. */
static double largest_factor(int k, int n, const double *s, const double *f, const double *slope)
{
    double most = 0, top = largest(k, s);
    for (int i = 0; i < k; i++) {
        most = fmax(most, fabs(slope[i]));
        if (n > k && s[i] > 0) most = fmax(most, fabs(f[i] / s[i]));
        for (int j = 0; j < i; j++) {
            if (s[i] + s[j] > 0) most = fmax(most, fabs((f[i] + f[j]) / (s[i] + s[j])));
            if (fabs(s[i] - s[j]) > 1e-6 * top) most = fmax(most, fabs((f[i] - f[j]) / (s[i] - s[j])));
        }
    }
    return most;
}

struct growth {
    double factor; /* of an error by chance                                               */
    double scale;  /* of a relative error that all singular values share: max |s f'(s)| */
};

/* from step `from` on; s (k): the singular values there */
static struct growth growth_of(const struct iteration *it, uint64_t from, int k, int n, const double *s)
{
    double *f = memory_need(2 * (size_t)k, sizeof *f), *slope = f + k;
    struct growth g = { 0, 0 };
    for (int i = 0; i < k; i++) {
        f[i] = s[i], slope[i] = 1;
        for (uint64_t step = from; step < it->steps; step++) {
            struct muon_triple p = muon_triple(it->coefficients, step);
            slope[i] *= slope_at(p, f[i]);
            f[i] = value_at(p, f[i]);
        }
        g.scale = fmax(g.scale, fabs(s[i] * slope[i]));
    }
    g.factor = largest_factor(k, n, s, f, slope);
    free(f);
    return g;
}

/* ---- the roundings of one step ---- */

struct lengths {
    double row, column,
        element; /* the longest row and column, the largest element; of the short side's rows */
};

static struct lengths lengths_of(int rows, int cols, const double *x)
{
    struct lengths l = { 0, 0, 0 };
    for (int i = 0; i < rows; i++) {
        double sum = 0;
        for (int j = 0; j < cols; j++) {
            double e = x[(size_t)i * (size_t)cols + (size_t)j];
            sum += e * e;
            l.element = fmax(l.element, fabs(e));
        }
        l.row = fmax(l.row, sqrt(sum));
    }
    for (int j = 0; j < cols; j++) {
        double sum = 0;
        for (int i = 0; i < rows; i++) {
            double e = x[(size_t)i * (size_t)cols + (size_t)j];
            sum += e * e;
        }
        l.column = fmax(l.column, sqrt(sum));
    }
    if (rows > cols) return (struct lengths){ l.column, l.row, l.element };
    return l;
}

/* What a step's own roundings do to an element of its result, in units: what chance leaves, and what it
 * does not. X (k,n) has the lengths l and no singular value above `top`. A row of A = X X^T is no longer
 * than l.row top, one of A A than l.row top^3, and one of X's factor a I + b A + c A A than `factor`. A is
 * symmetric, and what is computed once may stand in two places: sqrt 2. That the coefficients are rounded
 * is not by chance. */
struct own {
    double chance, common;
};

static struct own own_error(struct muon_triple p, int k, int n, struct lengths l, double top)
{
    double a = fabs(p.a), b = fabs(p.b), c = fabs(p.c), square = top * top;
    double factor = a + (b + c * square) * l.row * top;
    double in_gram = sqrt(2.0 * (n + 1)) * l.row * l.row * (b + 2 * c * square) * top;
    double in_square = sqrt(2.0 * (k + 1)) * l.row * l.row * square * c * top;
    double in_factor = 4 * (a + (b + c * square) * l.row * l.row) * top;
    double in_product = sqrt(k + 1.0) * factor * l.column + 2 * a * l.element;
    return (struct own){ sqrt(in_gram * in_gram + in_square * in_square + in_factor * in_factor +
                              in_product * in_product),
                         top * (a + square * (b + square * c)) };
}

/* what an argument comes with: the most that an element errs by chance, and the length of an error that
 * all share */
struct before {
    double chance, common;
};

/* How far an element of newton_schulz(x) in float may be off. Of the norm, sum_depth / 2 roundings are
 * left, all in one direction at worst; it scales the singular values. */
static double iteration_error(const struct iteration *it, int rows, int cols, const double *x,
                              struct before input, struct precision d)
{
    int k = rows < cols ? rows : cols, n = rows < cols ? cols : rows;
    size_t elements = (size_t)k * (size_t)n;
    double *at = memory_need(elements, sizeof *at), *s = memory_need((size_t)k, sizeof *s), sum = 0;
    for (size_t e = 0; e < elements; e++) sum += x[e] * x[e];
    double below = muon_margin(it->coefficients) * sqrt(sum) + it->eps;
    newton_schulz_f64(rows, cols, x, at, it->coefficients, 0, it->eps);
    singular_values(rows, cols, at, s);
    struct growth all = growth_of(it, 0, k, n, s);
    struct lengths l = lengths_of(rows, cols, at);
    double chance = pow(all.factor * ((input.chance + d.tiny) / below + 2 * d.unit * l.element), 2);
    double common =
        all.factor * input.common / below + all.scale * (sum_depth((double)elements) / 2 + 3) * d.unit;
    for (uint64_t step = 0; step < it->steps; step++) {
        struct muon_triple p = muon_triple(it->coefficients, step);
        struct own own = own_error(p, k, n, l, largest(k, s));
        for (int i = 0; i < k; i++) s[i] = fabs(value_at(p, s[i]));
        double factor = growth_of(it, step + 1, k, n, s).factor;
        chance += pow(factor * own.chance * d.unit, 2);
        common += factor * own.common * d.unit + d.tiny;
        newton_schulz_f64(rows, cols, x, at, it->coefficients, step + 1, it->eps);
        l = lengths_of(rows, cols, at);
    }
    free(at), free(s);
    return LAMBDA * sqrt(chance) + common;
}

/* ---- the iteration ---- */

enum { COEFFICIENTS, STEPS, EPS };

CALLS(newton_schulz, s[0], s[1], p[0], p[1], (int)v[COEFFICIENTS].count, v[STEPS].count, v[EPS].real)

static void bound_iteration(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                            double *bound)
{
    const struct scalar *s = op->scalar;
    struct iteration it = { (int)s[COEFFICIENTS].count, s[STEPS].count, s[EPS].real };
    double error = iteration_error(&it, size[0], size[1], buf[0], (struct before){ 0, 0 }, d);
    for (size_t e = 0, n = op_elements(op, a, size); e < n; e++) bound[e] = error;
}

/* Five steps: of A = X X^T and A A, which are symmetric, half; the product with X in full. A rung that
 * computes them in full is no faster for it, and one that does not would be faster than the machine. */
static double flops_iteration(const int *s)
{
    double k = s[0] < s[1] ? s[0] : s[1], n = s[0] < s[1] ? s[1] : s[0];
    return 5 * (3 * k * k * n + k * k * k);
}

static int terms_of_iteration(const int *s)
{
    return 5 * (2 * (s[0] < s[1] ? s[0] : s[1]) + (s[0] < s[1] ? s[1] : s[0]));
}

/* one row, one column, square, wide, tall, odd; more rows than a block of the symmetric products, more
 * columns than a product takes at a time */
static const int muon_check[][MAX_SIZES] = { { 1, 1 },    { 1, 7 },     { 9, 1 },    { 2, 2 },   { 2, 3 },
                                             { 5, 3 },    { 4, 8 },     { 8, 4 },    { 7, 7 },   { 16, 16 },
                                             { 17, 33 },  { 33, 17 },   { 31, 64 },  { 65, 30 }, { 1, 1100 },
                                             { 1100, 1 }, { 3, 700 },   { 1100, 5 }, { 64, 64 }, { 97, 65 },
                                             { 70, 100 }, { 130, 140 }, { 0 } };

static const int muon_bench[][MAX_SIZES] = { { 64, 64 },     { 10, 256 },    { 64, 512 },
                                             { 256, 512 },   { 512, 784 },   { 784, 512 },
                                             { 1024, 1024 }, { 1024, 4096 }, { 0 } };

static const char *const coefficient_words[] = {
    [MUON_JORDAN] = "jordan", [MUON_POLAR] = "polar", [MUON_CLASSICAL] = "classical", NULL
};
static const char *const adjust_words[] = {
    [MUON_ORIGINAL] = "original", [MUON_MATCH_RMS_ADAMW] = "match_rms_adamw", NULL
};

#define WORD_SCALAR(name, value, last, words)                     \
    {                                                             \
        name, "int", SCALAR_COUNT, 0, (value), 0, (last), (words) \
    }
#define ITERATION_SCALARS                                                        \
    WORD_SCALAR("coefficients", MUON_JORDAN, MUON_CLASSICAL, coefficient_words), \
        COUNT_SCALAR("steps", 5, 1, 100), REAL_SCALAR("eps", 1e-7, 1e-30, 1)

#define MUON                                                                                          \
    SIZES(GIVEN("rows", 1), GIVEN("cols", 1)), .example = "256x512", .lesson = "04", .range = 1,      \
                                               .flops = flops_iteration, .terms = terms_of_iteration, \
                                               .check_shapes = muon_check, .bench_shapes = muon_bench

const struct op op_newton_schulz = {
    IDENTITY(newton_schulz),
    MUON,
    .kind = OP_PRODUCT,
    .formula = "y = X after X = x / (|x| + eps), then 5 x: A = X X^T, X = a X + (b A + c A A) X",
    ARGS({ "x", INPUT, 2, { 0, 1 } }, { "y", OUTPUT, 2, { 0, 1 } }),
    SCALARS(ITERATION_SCALARS),
    SETS("coefficients=polar", "coefficients=classical steps=9"),
    .bound = bound_iteration,
};

/* ---- the step ---- */

enum { LR, MU, NESTEROV, WD, ADJUST, OF_ITERATION };

CALLS_REAL(muon_step, s[0], s[1], p[0], p[1], p[2], v[LR].real, v[MU].real, v[NESTEROV].count, v[WD].real,
           (int)v[ADJUST].count, (int)v[OF_ITERATION + COEFFICIENTS].count, v[OF_ITERATION + STEPS].count,
           v[OF_ITERATION + EPS].real)

/* m' errs by at most 4 units of its two terms, which are no more than |m'| + 2 (1 - mu) |dw|; u by that
 * and as much of its own. Of all these, those of mu and 1 - mu, once each for m and for u, are the same
 * for all elements. */
static void bound_of_w(const struct op *op, const int *size, const double *dw, const double *w,
                       const double *m, struct precision d, double *bound)
{
    const struct scalar *s = op->scalar;
    struct iteration it = { (int)s[OF_ITERATION + COEFFICIENTS].count, s[OF_ITERATION + STEPS].count,
                            s[OF_ITERATION + EPS].real };
    size_t n = op_elements(op, 1, size);
    double *u = memory_need(n, sizeof *u), mu = s[MU].real, squares = 0;
    struct before input = { 0, 0 };
    for (size_t e = 0; e < n; e++) {
        double terms = fabs(m[e]) + 2 * (1 - mu) * fabs(dw[e]);
        u[e] = s[NESTEROV].count ? mu * m[e] + (1 - mu) * dw[e] : m[e];
        input.chance = fmax(input.chance, 8 * d.unit * terms + 8 * d.tiny);
        squares += terms * terms;
    }
    input.common = 2 * d.unit * sqrt(squares);
    double rate = muon_rate(size[0], size[1], s[LR].real, (int)s[ADJUST].count);
    double error = iteration_error(&it, size[0], size[1], u, input, d);
    for (size_t e = 0; e < n; e++)
        bound[e] = rate * error + 6 * d.unit * (fabs(w[e]) + 2 * rate) + 4 * d.tiny;
    free(u);
}

static void bound_muon(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                       double *bound)
{
    const double *dw = buf[0], *w = buf[1], *m = buf[2], mu = op->scalar[MU].real;
    if (a == 1) bound_of_w(op, size, dw, w, m, d, bound);
    if (a == 2)
        for (size_t e = 0, n = op_elements(op, a, size); e < n; e++)
            bound[e] = 4 * d.unit * (fabs(m[e]) + 2 * (1 - mu) * fabs(dw[e])) + 4 * d.tiny;
}

/* The same step of a single row, which has one singular value: its length, and all of it goes through the
 * polynomials as a number does. */
static void step_of_a_row(const struct scalar *v, size_t n, const double *dw, double *w, double *m)
{
    const struct scalar *it = v + OF_ITERATION;
    double mu = v[MU].real, squares = 0;
    for (size_t e = 0; e < n; e++) {
        m[e] += (1 - mu) * (dw[e] - m[e]);
        w[e] *= 1 - v[LR].real * v[WD].real;
        double u = v[NESTEROV].count ? dw[e] + mu * (m[e] - dw[e]) : m[e];
        squares += u * u;
    }
    double below = muon_margin((int)it[COEFFICIENTS].count) * sqrt(squares) + it[EPS].real,
           s = sqrt(squares) / below;
    double rate = muon_rate(1, (int)n, v[LR].real, (int)v[ADJUST].count), end = s;
    for (uint64_t step = 0; step < it[STEPS].count; step++)
        end = value_at(muon_triple((int)it[COEFFICIENTS].count, step), end);
    for (size_t e = 0; e < n && squares > 0; e++) {
        double u = v[NESTEROV].count ? dw[e] + mu * (m[e] - dw[e]) : m[e];
        w[e] -= rate * end * u / sqrt(squares);
    }
}

const struct op op_muon_step = {
    IDENTITY_REAL(muon_step),
    MUON,
    .kind = OP_STEP,
    .rule = GC_OWN_RULE,
    .of_a_row = step_of_a_row,
    .formula = "m = mu m + (1 - mu) dw, u = mu m + (1 - mu) dw (or m without nesterov), "
               "w = (1 - lr wd) w - lr f(rows, cols) newton_schulz(u)",
    ARGS({ "dw", INPUT, 2, { 0, 1 } }, { "w", UPDATED, 2, { 0, 1 } }, { "m", UPDATED, 2, { 0, 1 } }),
    SCALARS(REAL_SCALAR("lr", 0.02, 0, 1e3), REAL_SCALAR("mu", 0.95, 0, 1 - 0x1p-20),
            COUNT_SCALAR("nesterov", 1, 0, 1), REAL_SCALAR("wd", 0.1, 0, 1e3),
            WORD_SCALAR("adjust", MUON_ORIGINAL, MUON_MATCH_RMS_ADAMW, adjust_words), ITERATION_SCALARS),
    SETS("nesterov=0 adjust=match_rms_adamw", "coefficients=polar"),
    .bound = bound_muon,
};
