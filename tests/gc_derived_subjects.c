/* gc_derived_subjects.c - random gradients for gc_check_sampled, right in the mean and wrong; see
 * gc_derived_subjects.h. The expectations are known in closed form, or as sums over all outcomes. */
#include "gc_derived_subjects.h"

/* ---- random numbers of a seed: splitmix64 ---- */

uint64_t seed_bits(uint64_t seed, uint64_t k)
{
    uint64_t z = seed + (k + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

double seed_uniform(uint64_t seed, uint64_t k)
{
    return ((double)(seed_bits(seed, k) >> 11) + 0.5) * 0x1p-53;
}

double seed_normal(uint64_t seed, uint64_t k)
{
    return sqrt(-2 * log(seed_uniform(seed, 2 * k))) * cos(6.283185307179586 * seed_uniform(seed, 2 * k + 1));
}

static const double w[N] = { 0.7, -1.1, 0.4, 0.9 };

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

/* ---- normal noise around x: f(z) = sum sin z + z^2 / 10 ---- */

const double around_sigma = 0.7;

static double smooth(double z)
{
    return sin(z) + 0.1 * z * z;
}

double smooth_slope(double z)
{
    return cos(z) + 0.2 * z;
}

double around_expected(const double *x, size_t n, void *ctx)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++)
        sum += exp(-around_sigma * around_sigma / 2) * sin(x[i]) +
               0.1 * (x[i] * x[i] + around_sigma * around_sigma);
    return sum;
}

double around_loss(const double *x, size_t n, uint64_t seed, void *ctx)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) sum += smooth(x[i] + around_sigma * seed_normal(seed, i));
    return sum;
}

void reparameterised(const double *x, size_t n, uint64_t seed, double *g, void *ctx)
{
    (void)ctx;
    EACH g[i] = smooth_slope(x[i] + around_sigma * seed_normal(seed, i));
}

ESTIMATE(antithetic)
{
    (void)ctx;
    EACH g[i] = (smooth_slope(x[i] + around_sigma * seed_normal(seed, i)) +
                 smooth_slope(x[i] - around_sigma * seed_normal(seed, i))) /
                2;
}

void around_score(const double *x, size_t n, uint64_t seed, double *g, void *ctx)
{
    double f = around_loss(x, n, seed, ctx);
    EACH g[i] = f * seed_normal(seed, i) / around_sigma;
}

ESTIMATE(score_baseline)
{
    double f = around_loss(x, n, seed, ctx) - around_expected(x, n, ctx);
    EACH g[i] = f * seed_normal(seed, i) / around_sigma;
}

ESTIMATE(path_forgets_square)
{
    (void)ctx;
    EACH g[i] = cos(x[i] + around_sigma * seed_normal(seed, i));
}

ESTIMATE(path_at_the_mean)
{
    (void)ctx, (void)seed;
    EACH g[i] = smooth_slope(x[i]);
}

ESTIMATE(score_forgets_sigma)
{
    double f = around_loss(x, n, seed, ctx);
    EACH g[i] = f * seed_normal(seed, i);
}

void score_negative(const double *x, size_t n, uint64_t seed, double *g, void *ctx)
{
    around_score(x, n, seed, g, ctx);
    EACH g[i] = -g[i];
}

ESTIMATE(score_other_sample) /* the noise of the score is not that of the loss */
{
    double f = around_loss(x, n, seed, ctx);
    EACH g[i] = f * seed_normal(seed ^ 77, i) / around_sigma;
}

ESTIMATE(one_tenth_off)
{
    reparameterised(x, n, seed, g, ctx);
    g[1] *= 1.1, g[2] *= 1.1;
}

/* ---- mean and logarithm of the deviation, two of each: f = z^2 ---- */

static double scale_expected(const double *x, size_t n, void *ctx)
{
    double sum = 0;
    (void)n, (void)ctx;
    for (int i = 0; i < 2; i++) sum += x[i] * x[i] + exp(2 * x[2 + i]);
    return sum;
}

static double scale_loss(const double *x, size_t n, uint64_t seed, void *ctx)
{
    double sum = 0;
    (void)n, (void)ctx;
    for (size_t i = 0; i < 2; i++) {
        double z = x[i] + exp(x[2 + i]) * seed_normal(seed, i);
        sum += z * z;
    }
    return sum;
}

static void scale_path(const double *x, uint64_t seed, double *g, double of_deviation)
{
    for (size_t i = 0; i < 2; i++) {
        double e = seed_normal(seed, i), z = x[i] + exp(x[2 + i]) * e;
        g[i] = 2 * z, g[2 + i] = of_deviation * 2 * z * exp(x[2 + i]) * e;
    }
}

ESTIMATE(scale_reparameterised)
{
    (void)n, (void)ctx;
    scale_path(x, seed, g, 1);
}

ESTIMATE(scale_path_missing)
{
    (void)n, (void)ctx;
    scale_path(x, seed, g, 0);
}

static void scale_score(const double *x, uint64_t seed, double *g, double one)
{
    for (size_t i = 0; i < 2; i++) {
        double e = seed_normal(seed, i), z = x[i] + exp(x[2 + i]) * e;
        g[i] = z * z * e / exp(x[2 + i]), g[2 + i] = z * z * (e * e - one);
    }
}

ESTIMATE(scale_score_right)
{
    (void)n, (void)ctx;
    scale_score(x, seed, g, 1);
}

ESTIMATE(scale_score_forgets_one) /* the normal density has 1 / around_sigma before its exponential */
{
    (void)n, (void)ctx;
    scale_score(x, seed, g, 0);
}

/* ---- bits of probability logistic(x): f(b) = (w'b - 1)^2 ---- */

static double bits_value(const int *b)
{
    double sum = -1;
    for (int i = 0; i < N; i++) sum += w[i] * b[i];
    return sum * sum;
}

static double bits_expected(const double *x, size_t n, void *ctx)
{
    double mean = 0;
    (void)ctx;
    for (int outcome = 0; outcome < 1 << N; outcome++) {
        int b[N];
        double p = 1;
        EACH b[i] = outcome >> i & 1, p *= b[i] ? logistic(x[i]) : 1 - logistic(x[i]);
        mean += p * bits_value(b);
    }
    return mean;
}

static double draw_bits(const double *x, size_t n, uint64_t seed, int *b)
{
    EACH b[i] = seed_uniform(seed, i) < logistic(x[i]);
    return bits_value(b);
}

static double bits_loss(const double *x, size_t n, uint64_t seed, void *ctx)
{
    int b[N];
    (void)ctx;
    return draw_bits(x, n, seed, b);
}

ESTIMATE(bits_score)
{
    int b[N];
    double f = draw_bits(x, n, seed, b);
    (void)ctx;
    EACH g[i] = f * (b[i] - logistic(x[i]));
}

/* two samples, each the other's baseline, or of both: that is its own, too */
static void leave_one_out(const double *x, size_t n, uint64_t seed, double *g, int own)
{
    int b[2][N];
    double f[2] = { draw_bits(x, n, seed, b[0]), draw_bits(x, n, ~seed, b[1]) }, mean = (f[0] + f[1]) / 2;
    EACH
    {
        g[i] = 0;
        for (int k = 0; k < 2; k++) g[i] += (f[k] - (own ? mean : f[1 - k])) * (b[k][i] - logistic(x[i])) / 2;
    }
}

ESTIMATE(bits_leave_one_out)
{
    (void)ctx;
    leave_one_out(x, n, seed, g, 0);
}

ESTIMATE(bits_own_baseline)
{
    (void)ctx;
    leave_one_out(x, n, seed, g, 1);
}

ESTIMATE(bits_straight_through)
{
    int b[N];
    double sum = -1;
    (void)ctx;
    draw_bits(x, n, seed, b);
    EACH sum += w[i] * b[i];
    EACH g[i] = 2 * sum * w[i] * logistic(x[i]) * (1 - logistic(x[i]));
}

ESTIMATE(bits_path) /* the slope of a step: 0 */
{
    (void)x, (void)seed, (void)ctx;
    EACH g[i] = 0;
}

/* ---- one of four, of softmax(x) ---- */

static double choice_expected(const double *x, size_t n, void *ctx)
{
    double sum = 0, mean = 0;
    (void)ctx;
    EACH sum += exp(x[i]);
    EACH mean += exp(x[i]) / sum * 3 * w[i];
    return mean;
}

static size_t choose(const double *x, size_t n, uint64_t seed, double *p)
{
    double sum = 0, u = seed_uniform(seed, 0);
    size_t chosen = 0;
    EACH sum += p[i] = exp(x[i]);
    EACH p[i] /= sum;
    while (chosen + 1 < n && u >= p[chosen]) u -= p[chosen++];
    return chosen;
}

static double choice_loss(const double *x, size_t n, uint64_t seed, void *ctx)
{
    double p[N];
    (void)ctx;
    return 3 * w[choose(x, n, seed, p)];
}

ESTIMATE(choice_score)
{
    double p[N];
    size_t k = choose(x, n, seed, p);
    (void)ctx;
    EACH g[i] = 3 * w[k] * ((i == k) - p[i]);
}

ESTIMATE(choice_forgets_sum)
{
    double p[N];
    size_t k = choose(x, n, seed, p);
    (void)ctx;
    EACH g[i] = 3 * w[k] * (i == k);
}

/* ---- dropout: f = (sum w m x / keep - 1)^2 ---- */

static const double keep = 0.8;

static double dropout_expected(const double *x, size_t n, void *ctx)
{
    double mean = -1, variance = 0;
    (void)ctx;
    EACH mean += w[i] * x[i], variance += w[i] * x[i] * w[i] * x[i] * (1 / keep - 1);
    return mean * mean + variance;
}

static double dropped(const double *x, size_t n, uint64_t seed)
{
    double sum = -1;
    EACH sum += w[i] * x[i] * (seed_uniform(seed, i) < keep) / keep;
    return sum;
}

static double dropout_loss(const double *x, size_t n, uint64_t seed, void *ctx)
{
    (void)ctx;
    return dropped(x, n, seed) * dropped(x, n, seed);
}

ESTIMATE(dropout)
{
    (void)ctx;
    EACH g[i] = 2 * dropped(x, n, seed) * w[i] * (seed_uniform(seed, i) < keep) / keep;
}

ESTIMATE(dropout_forgets_keep)
{
    (void)ctx;
    EACH g[i] = 2 * dropped(x, n, seed) * w[i] * (seed_uniform(seed, i) < keep);
}

ESTIMATE(dropout_other_mask)
{
    (void)ctx;
    EACH g[i] = 2 * dropped(x, n, seed) * w[i] * (seed_uniform(seed ^ 99, i) < keep) / keep;
}

/* ---- minibatches of one: the mean of six squares ---- */

static double example(const double *x, size_t n, size_t k, double *residual)
{
    double r = -0.3 * (double)k;
    EACH r += sin((double)(3 * k + i + 1)) * x[i];
    *residual = r;
    return r * r;
}

static double batch_expected(const double *x, size_t n, void *ctx)
{
    double sum = 0, r;
    (void)ctx;
    for (size_t k = 0; k < 6; k++) sum += example(x, n, k, &r);
    return sum / 6;
}

static double batch_loss(const double *x, size_t n, uint64_t seed, void *ctx)
{
    double r;
    (void)ctx;
    return example(x, n, (size_t)(6 * seed_uniform(seed, 0)), &r);
}

static void of_example(const double *x, size_t n, size_t k, double times, double *g)
{
    double r;
    example(x, n, k, &r);
    EACH g[i] = times * 2 * r * sin((double)(3 * k + i + 1));
}

ESTIMATE(batch)
{
    (void)ctx;
    of_example(x, n, (size_t)(6 * seed_uniform(seed, 0)), 1, g);
}

ESTIMATE(batch_sum)
{
    (void)ctx;
    of_example(x, n, (size_t)(6 * seed_uniform(seed, 0)), 6, g);
}

ESTIMATE(batch_skips_one)
{
    (void)ctx;
    of_example(x, n, (size_t)(5 * seed_uniform(seed, 0)), 1, g);
}

/* ---- the table ---- */

#define OF(problem, grad, right)                               \
    {                                                          \
#grad, problem##_expected, problem##_loss, grad, right \
    }
const struct subject subjects[] = {
    OF(around, reparameterised, 1),
    OF(around, antithetic, 1),
    OF(around, around_score, 1),
    OF(around, score_baseline, 1),
    OF(scale, scale_reparameterised, 1),
    OF(scale, scale_score_right, 1),
    OF(bits, bits_score, 1),
    OF(bits, bits_leave_one_out, 1),
    OF(choice, choice_score, 1),
    OF(dropout, dropout, 1),
    OF(batch, batch, 1),
    OF(around, path_forgets_square, 0),
    OF(around, path_at_the_mean, 0),
    OF(around, score_forgets_sigma, 0),
    OF(around, score_negative, 0),
    OF(around, score_other_sample, 0),
    OF(around, one_tenth_off, 0),
    OF(scale, scale_path_missing, 0),
    OF(scale, scale_score_forgets_one, 0),
    OF(bits, bits_own_baseline, 0),
    OF(bits, bits_straight_through, 0),
    OF(bits, bits_path, 0),
    OF(choice, choice_forgets_sum, 0),
    OF(dropout, dropout_forgets_keep, 0),
    OF(dropout, dropout_other_mask, 0),
    OF(batch, batch_sum, 0),
    OF(batch, batch_skips_one, 0),
};

const int subject_count = sizeof subjects / sizeof *subjects;
