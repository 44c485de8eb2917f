/* gc_report_closer.c - what a look at the derivatives of a wrong gradient tells: each sentence has wrong
 * gradients that get it, over seeds and loss scales, and others, near to them, that must not. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../gradcheck/gc.h"

enum { N = 8, SEEDS = 5 };

/* the mistake in the gradient; a bug has a meaning in its own loss alone */
static int bug;
static double scale;

#define LOSS(name) static double name(const double *x, size_t n, void *ctx)
#define GRAD(name) static void name(const double *x, size_t n, double *g, void *ctx)
#define EACH(i)    for (size_t i = 0; i < n; i++)

/* a chain of pairs, a fixed bias, and a bowl: sum sin(x_i - x_{i+1}) + b_i x_i + x_i^4 / 4 */
static double bias(size_t i)
{
    return 0.1 * (double)(i * i) - 1.1;
}

LOSS(chain)
{
    double sum = 0;
    (void)ctx;
    EACH(i) sum += bias(i) * x[i] + x[i] * x[i] * x[i] * x[i] / 4;
    for (size_t i = 0; i + 1 < n; i++) sum += sin(1.5 * (x[i] - x[i + 1]));
    return scale * sum;
}

GRAD(chain_grad)
{
    (void)ctx;
    EACH(i) g[i] = (bug == 1 ? bias(i + 1) : bias(i)) + x[i] * x[i] * x[i];
    for (size_t i = 0; i + 1 < n; i++) {
        double c = 1.5 * cos(1.5 * (x[i] - x[i + 1]));
        g[i] += c;
        if (bug != 2) g[i + 1] += bug == 3 ? c : -c; /* 2: one side only, 3: the sign of one side */
        if (bug == 4) g[i] -= c, g[i + 1] += 2 * c;  /* 4: the sign of both */
    }
    if (bug == 5)
        g[1] += 0.5 * sin(x[4]), g[4] -= 0.7 * sin(2 * x[1]), g[6] += sin(x[1]); /* strangers meet */
    if (bug == 6) EACH(i) g[i] += 0.2 * x[(i + 3) % n];                          /* linear in x */
    if (bug == 7) EACH(i) g[i] += 0.2 * x[i] * sin(x[(i + 1) % n] * x[i]);       /* nothing simple */
    if (bug == 9 || bug == 10) { /* one cube is added to the next element; of 10 only most of it */
        double cube = x[2] * x[2] * x[2];
        g[2] -= cube, g[3] += bug == 9 ? cube : 0.9 * cube;
    }
    if (bug == 8) g[0] = g[1] = 0, g[2] *= 1 + 0.3 * sin(x[1] + x[3]), g[5] *= 1 + 0.3 * x[4] * x[6];
    EACH(i) g[i] *= scale;
}

/* mean of squares over 12 rows, and a penalty without a mean */
static double row(size_t r, size_t i)
{
    return sin(1.7 * (double)(r * N + i) + 0.3);
}

LOSS(fit)
{
    double sum = 0;
    (void)ctx;
    for (size_t r = 0; r < 12; r++) {
        double y = -cos((double)r);
        EACH(i) y += row(r, i) * x[i];
        sum += log(cosh(y)) / 12;
    }
    for (size_t i = 1; i < n; i++) sum += 0.05 * x[i] * x[i];
    return scale * sum;
}

GRAD(fit_grad)
{
    (void)ctx;
    double all = 0;
    EACH(i) all += x[i];
    EACH(i) g[i] = (i ? 0.1 * x[i] : 0) + (bug == 4 ? 0.1 * (double)(i + 1) * all : 0);
    for (size_t r = 0; r < 12; r++) {
        double y = -cos((double)r);
        EACH(i) y += row(r, i) * x[i];
        /* 1: no mean, 2: another function, 3: no function at all */
        double d = bug == 2 ? atan(y) : tanh(y);
        EACH(i) g[i] += d * (bug == 3 ? tanh(row(r, i) * x[i]) : row(r, i)) / (bug == 1 ? 1 : 12);
    }
    EACH(i) g[i] *= scale;
}

/* factors of x[7] and of the element three further on */
LOSS(shapes)
{
    double sum = 0;
    (void)ctx, (void)n;
    for (size_t i = 0; i < 3; i++) sum += sin(x[i] * exp(x[i + 3]) + 1.3 * (double)i);
    return scale * (sum + cos(x[6] * sqrt(x[7])));
}

GRAD(shapes_grad)
{
    (void)ctx, (void)n;
    for (size_t i = 0; i < 3; i++) {
        double s = exp(x[i + 3]), c = cos(x[i] * s + 1.3 * (double)i);
        g[i] = bug == 1 ? c : bug == 3 ? c * (s + x[6]) : c * s;
        g[i + 3] = c * s * x[i];
    }
    double s = -sin(x[6] * sqrt(x[7]));
    g[6] = bug == 2 ? s : s * sqrt(x[7]);
    g[7] = s * x[6] / (2 * sqrt(x[7]));
    EACH(i) g[i] *= scale;
}

/* Two rows of 4, each divided by its length (with an eps, as they all have); and log sum exp */
LOSS(normal)
{
    double sum = 0;
    (void)ctx;
    for (size_t r = 0; r < n; r += 4) {
        double length = 1e-5;
        for (size_t i = r; i < r + 4; i++) length += x[i] * x[i];
        for (size_t i = r; i < r + 4; i++) sum += sin(2 * x[i] / sqrt(length) + (double)i);
    }
    return scale * sum;
}

GRAD(normal_grad)
{
    (void)ctx;
    for (size_t r = 0; r < n; r += 4) {
        double length = 1e-5, dot = 0, d[4];
        for (size_t i = r; i < r + 4; i++) length += x[i] * x[i];
        for (size_t i = r; i < r + 4; i++)
            d[i - r] = 2 * cos(2 * x[i] / sqrt(length) + (double)i), dot += d[i - r] * x[i];
        for (size_t i = r; i < r + 4; i++)
            g[i] = (d[i - r] - (bug == 1 ? 0 : x[i] * dot / length)) / sqrt(length) +
                   (bug == 2 ? 0.01 * x[i] : 0);
    }
    EACH(i) g[i] *= scale;
}

LOSS(softmax)
{
    double sum = 0, dot = 0;
    (void)ctx;
    EACH(i) sum += exp(x[i]), dot += x[i] * bias(i);
    return scale * (log(sum) * log(sum) + dot);
}

GRAD(softmax_grad)
{
    double sum = 0;
    (void)ctx;
    EACH(i) sum += exp(x[i]);
    EACH(i)
    g[i] = scale *
           (bias(i) + (bug == 1 ? 0 : 2 * log(sum) * exp(x[i]) / sum) + (bug == 2 ? 0.1 * x[n - 1 - i] : 0));
    for (size_t i = 0; bug == 3 && i < n; i++) { /* sums over the index of what has the sum 0 */
        g[i] = 0;
        EACH(k) g[i] += scale * (double)(i + 1) * (exp(x[k]) / sum - 1 / (double)n);
    }
}

/* four points of the plane on springs: the first, and both coordinates of each, meet the next */
LOSS(springs)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i + 2 < n; i += 2) {
        double length = hypot(x[i + 2] - x[i] - 2, x[i + 3] - x[i + 1] + 1);
        sum += length * length * length;
    }
    return scale * (sum + x[n - 1] * x[n - 1]);
}

GRAD(springs_grad)
{
    (void)ctx;
    EACH(i) g[i] = i == n - 1 ? 2 * x[i] : 0;
    for (size_t i = bug == 2 ? 2 : 0; i + 2 < n; i += 2) { /* 2: both ends of the first spring are left out */
        double u = x[i + 2] - x[i] - 2, v = x[i + 3] - x[i + 1] + 1, by = 3 * hypot(u, v);
        g[i + 2] += by * u, g[i + 3] += by * v;
        if (bug != 1) g[i] -= by * u, g[i + 1] -= by * v; /* 1: one end only */
    }
    if (bug == 3) g[0] = g[1] = 0, g[6] *= 1 + 0.3 * sin(x[7]); /* two mistakes that have nothing in common */
    if (bug == 4) g[7] *= 0.7;
    if (bug == 5) g[7] *= 0.7 + 0.1 * sin(x[2]);
    if (bug == 6) g[0] += 0.3 * x[0];
    if (bug == 7) g[0] += 0.3 * x[0], g[1] -= 0.2 * x[1];
    if (bug == 8) g[0] += 0.3 * x[0] * x[0];
    if (bug == 9) g[0] = -g[0], g[1] = -g[1], g[4] = -g[4], g[5] = -g[5];
    if (bug == 10) EACH(i) g[i] *= 5;
    if (bug == 11) EACH(i) g[i] *= 0.8;
    if (bug == 12) { /* springs that pull twice as much change no sum, either */
        double u = x[2] - x[0] - 2, v = x[3] - x[1] + 1, by = 3 * hypot(u, v);
        g[2] += by * u, g[3] += by * v, g[0] -= by * u, g[1] -= by * v;
    }
    EACH(i) g[i] *= scale;
}

/* three tensors in one array: 3 + 3 + 2 */
GRAD(stretches_grad)
{
    int was = bug;
    bug = 0;
    chain_grad(x, n, g, ctx);
    bug = was;
    for (size_t i = 0; i < 3; i++) g[i] *= bug == 3 ? 1 + 0.1 * (double)i : -1;
    if (bug == 2)
        for (size_t i = 3; i < n; i++) g[i] = 0;
    else
        for (size_t i = 3; i < 6; i++) g[i] *= 2.5;
}

/* least squares with weights rounded to eighths, as fake quantisation does, and a little decay that is not */
static double rounded(double w)
{
    return floor(8 * w + 0.5) / 8;
}

static double off_row(size_t r, const double *x, size_t n)
{
    double y = -cos((double)r);
    EACH(i) y += row(r, i) * rounded(x[i]);
    return y;
}

LOSS(rounding)
{
    double sum = 0;
    (void)ctx;
    for (size_t r = 0; r < 12; r++) sum += off_row(r, x, n) * off_row(r, x, n) / 12;
    for (size_t i = 4; i < n; i++) sum += 0.05 * x[i] * x[i];
    return scale * sum;
}

/* 1: straight through, as in training; 2, 3, 4: and twice as much, with the wrong sign, of half of the rows;
 * 5: between the jumps it is right but for the decay */
GRAD(rounding_grad)
{
    double by = bug == 2 ? 2 : bug == 3 ? -1 : bug == 5 ? 0 : 1;
    (void)ctx;
    EACH(i) g[i] = i < 4 ? 0 : (bug == 5 ? 0.2 : 0.1) * x[i];
    for (size_t r = 0; r < (bug == 4 ? 6 : 12); r++)
        EACH(i) g[i] += by * 2 * off_row(r, x, n) * row(r, i) / 12;
    EACH(i) g[i] *= scale;
}

/* no weight is rounded, and some are not used; or a branch adds a constant at one place */
LOSS(unused)
{
    double sum = 0;
    (void)ctx;
    EACH(i) sum += i < 4 ? sin(x[i]) : bug == 2 ? (x[i] > 0.4) + (x[i] > 1.1) : 0;
    return scale * sum;
}

GRAD(unused_grad)
{
    (void)ctx;
    EACH(i) g[i] = scale * cos(x[i]);
}

/* digits */
GRAD(coarse_grad)
{
    EACH(i)
    {
        double y[N], up, down, h = bug == 2 ? 1e-2 : 1e-3;
        memcpy(y, x, n * sizeof *y);
        y[i] = x[i] + h, up = chain(y, n, ctx);
        y[i] = bug == 2 ? x[i] - h : x[i], down = chain(y, n, ctx);
        g[i] = (up - down) / (bug == 2 ? 2 * h : h);
    }
    int was = bug;
    bug = 0;
    if (was > 2) chain_grad(x, n, g, ctx);
    bug = was;
    EACH(i)
    g[i] = bug == 3   ? (double)(float)g[i] * 1
           : bug == 4 ? floor(g[i] * 1e4 + 0.5) / 1e4
           : bug == 5 ? g[i] * (1 + 1e-5 * cos((double)i))
                      : g[i];
    if (bug == 3) g[0] = (double)(float)(g[0] * (1 + 1e-6));
}

static const struct {
    gc_scalar loss;
    gc_gradient grad;
    int bug;
    const char *pattern,
        *cause; /* parts; "" for a cause: there is none. A pattern that begins with ! must not be there */
    int one_scale;
} rows[] = {
    { chain, chain_grad, 1, "does not depend on x", "linear in x is missing, or the sign", 0 },
    { chain, chain_grad, 2, "does not depend on x[", "two elements share", 0 },
    { chain, chain_grad, 3, "is the negative of what", "the sign", 0 },
    { chain, chain_grad, 4, "is the negative of what", "the sign", 0 },
    { chain, chain_grad, 5, "depends on x[", "a mask or a bound of the forward", 0 },
    { chain, chain_grad, 6, "depends on x[", "a mask or a bound of the forward", 0 },
    { chain, chain_grad, 7, "!negative", "", 0 },
    { chain, chain_grad, 7, "!symmetric", "", 0 },
    { chain, chain_grad, 7, "!linear", "", 0 },
    { chain, chain_grad, 8, "= 0 at every point", "never computed", 0 },
    { chain, chain_grad, 9, "the sum of these 2 elements is right", "!index", 0 },
    { chain, chain_grad, 10, "!the sum of these", "", 0 },
    { fit, fit_grad, 1, "numeric * 12", "a mean over 12", 0 },
    { fit, fit_grad, 2, "another function", "", 0 },
    { fit, fit_grad, 4, "is linear in x", "quadratic in x is missing, or its formula", 0 },
    { fit, fit_grad, 3, "!another function", "", 0 },
    { shapes, shapes_grad, 1, "", "the factor exp(x[i+3]) is missing", 0 },
    { shapes, shapes_grad, 2, "", "the factor sqrt(x[7]) is missing", 0 },
    { shapes, shapes_grad, 3, "!goes with", "", 0 },
    { normal, normal_grad, 1, "a multiple of x in each row of 4", "a projection", 0 },
    { normal, normal_grad, 2, "0.01 * x", "weight decay", 1 },
    { softmax, softmax_grad, 1, "* exp(x)", "a term of exp(x)", 0 },
    { softmax, softmax_grad, 2, "!exp(x)", "", 0 },
    { softmax, softmax_grad, 3, "= 0 but for rounding", "its terms cancel", 0 },
    { springs, springs_grad, 1, "does not depend on x[", "two elements share", 0 },
    { springs, springs_grad, 2, "= 0 at every point", "never computed", 0 },
    { springs, springs_grad, 3, "= 0 at every point", "!never computed", 0 },
    { springs, springs_grad, 4, "= 0.7 * numeric, here and at points beside", "a constant factor", 0 },
    { springs, springs_grad, 5, "!at points beside", "the formula of these", 0 },
    { springs, springs_grad, 6, "= numeric + 0.3 * x",
      "weight decay, or another term of each element's own square", 1 },
    { springs, springs_grad, 7, "+ a number of its own times x", "own square", 0 },
    { springs, springs_grad, 8, "!times x", "!own square", 0 },
    { springs, springs_grad, 9, "= -numeric", "the sign is wrong", 0 },
    { springs, springs_grad, 10, "= 5 * numeric",
      "a mean over 5 is missing in the backward: divide by it; or a scale of 5 is there twice", 0 },
    { springs, springs_grad, 12, "!the sum of these", "!index", 0 },
    { springs, springs_grad, 11, "= 0.8 * numeric", "a constant factor is wrong: look for 0.8", 0 },
    { chain, stretches_grad, 1, "= -numeric in [0] to [2], = 2.5 * numeric in [3] to [5]",
      "the sign is wrong; a constant factor is wrong", 0 },
    { chain, stretches_grad, 2, "= -numeric in [0] to [2], = 0 in [3] to [7]",
      "the sign is wrong; never computed", 0 },
    { chain, stretches_grad, 3, "!numeric in", "", 0 },
    { rounding, rounding_grad, 1, "analytic that across many",
      "a straight-through estimate of a rounded forward", 0 },
    { rounding, rounding_grad, 2, "!across many", "!straight-through", 0 },
    { rounding, rounding_grad, 3, "!across many", "!straight-through", 0 },
    { rounding, rounding_grad, 4, "!across many", "!straight-through", 0 },
    { rounding, rounding_grad, 5, "!across many", "!straight-through", 0 },
    { unused, unused_grad, 1, "numeric = 0, but analytic is not", "a mask (dropout", 0 },
    { unused, unused_grad, 2, "!across many", "!straight-through", 0 },
    { chain, coarse_grad, 1, "forward difference quotient of step 0.001", "digits", 1 },
    { chain, coarse_grad, 2, "central difference quotient of step 0.01", "digits", 1 },
    { chain, coarse_grad, 3, "is a float", "float", 1 },
    { chain, coarse_grad, 4, "rounded to 4 decimals", "digits", 1 },
    { chain, coarse_grad, 5, "!quotient", "", 1 },
    { chain, coarse_grad, 5, "!decimals", "", 1 },
};

static int is_said(const char *text, const char *part)
{
    return *part == '!' ? !strstr(text, part + 1) : strstr(text, part) != NULL;
}

static int check(size_t k, uint64_t seed)
{
    double x[N];
    gc_options o = gc_defaults();
    o.seed = seed, o.fork = 0;
    bug = rows[k].bug;
    for (size_t i = 0; i < N; i++) x[i] = 0.2 + 1.3 * gc_random_unit(seed, 7, i);
    gc_result *r = gc_check_scalar(rows[k].loss, rows[k].grad, x, N, NULL, &o);
    const gc_tensor_result *t = &r->tensor[0];
    int bad =
        r->verdict != GC_FAIL || !is_said(t->pattern, rows[k].pattern) || !is_said(t->cause, rows[k].cause);
    if (bad)
        printf("FAIL  row %zu (bug %d), seed %d, scale %g: %s, '%s', '%s'; should be '%s', '%s'\n", k, bug,
               (int)seed, scale, gc_verdict_name(r->verdict), t->pattern, t->cause, rows[k].pattern,
               rows[k].cause);
    gc_free(r);
    bug = 0;
    return bad;
}

int main(void)
{
    static const double scales[] = { 1, 1e-6 };
    int failures = 0;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        for (uint64_t run = 0; run < 2 * SEEDS; run++) {
            scale = scales[run % 2];
            if (run % 2 == 0 || !rows[k].one_scale) failures += check(k, 1 + run / 2);
        }
    printf("%d failures\n", failures);
    return failures != 0;
}
