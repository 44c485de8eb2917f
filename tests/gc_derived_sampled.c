/* gc_derived_sampled.c - gc_check_sampled: random gradients that are right in the mean pass, no oftener
 * than the stated rate is one of them called wrong, wrong ones fail, and what is drawn besides the seed
 * breaks the contract.
 *
 * The expectations are known in closed form, or as sums over all outcomes; every estimate is checked
 * against the expectation and against samples of the loss. */
#include "gc_engine_made.h"

#include "../gradcheck/sequential.h"

enum { N = 4 };

/* ---- random numbers of a seed: splitmix64 ---- */

static uint64_t bits(uint64_t seed, uint64_t k)
{
    uint64_t z = seed + (k + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static double uniform(uint64_t seed, uint64_t k)
{
    return ((double)(bits(seed, k) >> 11) + 0.5) * 0x1p-53;
}

static double normal(uint64_t seed, uint64_t k)
{
    return sqrt(-2 * log(uniform(seed, 2 * k))) * cos(6.283185307179586 * uniform(seed, 2 * k + 1));
}

static const double w[N] = { 0.7, -1.1, 0.4, 0.9 };

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

/* ---- normal noise around x: f(z) = sum sin z + z^2 / 10 ---- */

static const double sigma = 0.7;

static double smooth(double z)
{
    return sin(z) + 0.1 * z * z;
}

static double smooth_slope(double z)
{
    return cos(z) + 0.2 * z;
}

static double around_expected(const double *x, size_t n, void *ctx)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++)
        sum += exp(-sigma * sigma / 2) * sin(x[i]) + 0.1 * (x[i] * x[i] + sigma * sigma);
    return sum;
}

static double around_loss(const double *x, size_t n, uint64_t seed, void *ctx)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) sum += smooth(x[i] + sigma * normal(seed, i));
    return sum;
}

#define ESTIMATE(name) static void name(const double *x, size_t n, uint64_t seed, double *g, void *ctx)
#define EACH           for (size_t i = 0; i < n; i++)

ESTIMATE(reparameterised)
{
    (void)ctx;
    EACH g[i] = smooth_slope(x[i] + sigma * normal(seed, i));
}

ESTIMATE(antithetic)
{
    (void)ctx;
    EACH g[i] =
        (smooth_slope(x[i] + sigma * normal(seed, i)) + smooth_slope(x[i] - sigma * normal(seed, i))) / 2;
}

ESTIMATE(score)
{
    double f = around_loss(x, n, seed, ctx);
    EACH g[i] = f * normal(seed, i) / sigma;
}

ESTIMATE(score_baseline)
{
    double f = around_loss(x, n, seed, ctx) - around_expected(x, n, ctx);
    EACH g[i] = f * normal(seed, i) / sigma;
}

ESTIMATE(path_forgets_square)
{
    (void)ctx;
    EACH g[i] = cos(x[i] + sigma * normal(seed, i));
}

ESTIMATE(path_at_the_mean)
{
    (void)ctx, (void)seed;
    EACH g[i] = smooth_slope(x[i]);
}

ESTIMATE(score_forgets_sigma)
{
    double f = around_loss(x, n, seed, ctx);
    EACH g[i] = f * normal(seed, i);
}

ESTIMATE(score_negative)
{
    score(x, n, seed, g, ctx);
    EACH g[i] = -g[i];
}

ESTIMATE(score_other_sample) /* the noise of the score is not that of the loss */
{
    double f = around_loss(x, n, seed, ctx);
    EACH g[i] = f * normal(seed ^ 77, i) / sigma;
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
        double z = x[i] + exp(x[2 + i]) * normal(seed, i);
        sum += z * z;
    }
    return sum;
}

static void scale_path(const double *x, uint64_t seed, double *g, double of_deviation)
{
    for (size_t i = 0; i < 2; i++) {
        double e = normal(seed, i), z = x[i] + exp(x[2 + i]) * e;
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
        double e = normal(seed, i), z = x[i] + exp(x[2 + i]) * e;
        g[i] = z * z * e / exp(x[2 + i]), g[2 + i] = z * z * (e * e - one);
    }
}

ESTIMATE(scale_score_right)
{
    (void)n, (void)ctx;
    scale_score(x, seed, g, 1);
}

ESTIMATE(scale_score_forgets_one) /* the normal density has 1 / sigma before its exponential */
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
    EACH b[i] = uniform(seed, i) < logistic(x[i]);
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
    double sum = 0, u = uniform(seed, 0);
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
    EACH sum += w[i] * x[i] * (uniform(seed, i) < keep) / keep;
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
    EACH g[i] = 2 * dropped(x, n, seed) * w[i] * (uniform(seed, i) < keep) / keep;
}

ESTIMATE(dropout_forgets_keep)
{
    (void)ctx;
    EACH g[i] = 2 * dropped(x, n, seed) * w[i] * (uniform(seed, i) < keep);
}

ESTIMATE(dropout_other_mask)
{
    (void)ctx;
    EACH g[i] = 2 * dropped(x, n, seed) * w[i] * (uniform(seed ^ 99, i) < keep) / keep;
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
    return example(x, n, (size_t)(6 * uniform(seed, 0)), &r);
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
    of_example(x, n, (size_t)(6 * uniform(seed, 0)), 1, g);
}

ESTIMATE(batch_sum)
{
    (void)ctx;
    of_example(x, n, (size_t)(6 * uniform(seed, 0)), 6, g);
}

ESTIMATE(batch_skips_one)
{
    (void)ctx;
    of_example(x, n, (size_t)(5 * uniform(seed, 0)), 1, g);
}

/* ---- the table ---- */

struct subject {
    const char *name;
    gc_scalar expected;
    gc_sampled_loss loss;
    gc_sampled_gradient grad;
    int right;
};

#define OF(problem, grad, right)                               \
    {                                                          \
#grad, problem##_expected, problem##_loss, grad, right \
    }
static const struct subject subjects[] = {
    OF(around, reparameterised, 1),
    OF(around, antithetic, 1),
    OF(around, score, 1),
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

enum { SUBJECTS = sizeof subjects / sizeof *subjects };

static gc_result *check(const struct subject *s, int samples_of_loss, double alarms, double width,
                        uint64_t budget, uint64_t seed)
{
    gc_options o = gc_defaults();
    gc_sampled q = { .name = s->name, .n = N, .grad = s->grad, .false_alarms = alarms, .width = width };
    if (samples_of_loss)
        q.loss = s->loss;
    else
        q.expected = s->expected;
    q.budget = budget;
    o.fork = 0, o.seed = seed, o.n_points = 1, o.timeout_s = 3600;
    return gc_check_sampled(&q, &o);
}

/* ---- right and wrong ---- */

static void verdicts(int seeds)
{
    int undecided = 0, right = 0, wrong = 0;
    for (int i = 0; i < SUBJECTS; i++)
        for (int mode = 0; mode < 2; mode++)
            for (uint64_t seed = 1; seed <= (uint64_t)(mode ? (seeds + 2) / 3 : seeds); seed++) {
                const struct subject *s = &subjects[i];
                gc_result *r =
                    check(s, mode, 0, s->right ? 0.2 : 0.01, (uint64_t)1 << (s->right ? 17 : 20), seed);
                gc_verdict unwanted = s->right ? GC_FAIL : GC_PASS;
                made_expect(r->verdict != unwanted && r->verdict != GC_CONTRACT_BROKEN, r,
                            "%s, mode %d, seed %d", s->name, mode, (int)seed);
                undecided += r->verdict == GC_INCONCLUSIVE;
                if (s->right)
                    right++;
                else
                    made_expect(r->verdict == GC_FAIL, r, "%s, mode %d, seed %d", s->name, mode, (int)seed),
                        wrong++;
                gc_free(r);
            }
    printf("%d checks of right gradients, %d of wrong ones, %d inconclusive\n", right, wrong, undecided);
    made_expect(undecided * 10 <= right, NULL, "%d of %d right gradients are inconclusive", undecided, right);
}

/* A rate of false alarms that is stated as 40 % is at most that. Narrow intervals are asked for, so that
 * every check looks as often as the budget allows. */
static void false_alarms(int seeds)
{
    int alarms = 0, checks = 0;
    for (int i = 0; i < SUBJECTS && subjects[i].right; i++)
        for (int seed = 100; seed < 100 + 3 * seeds; seed++) {
            gc_result *r = check(&subjects[i], 0, 0.4, 1e-4, 1 << 15, (uint64_t)seed);
            alarms += r->verdict == GC_FAIL, checks++;
            gc_free(r);
        }
    double most = 0.4 * checks + 4 * sqrt(0.4 * 0.6 * checks);
    made_expect(alarms <= most, NULL, "%d of %d right gradients are called wrong, at a stated rate of 0.4",
                alarms, checks);
    printf("%d of %d right gradients are called wrong, where 40 %% may be\n", alarms, checks);
}

/* ---- intervals ---- */

/* Samples of mean 0: normal, exponential, rare bits, and squares of exponentials, whose skewness is 6.6 */
static double sample(int kind, uint64_t seed, uint64_t k)
{
    double u = uniform(seed, k);
    return kind == 0   ? normal(seed, k)
           : kind == 1 ? -log(u) - 1
           : kind == 2 ? (u < 0.05) - 0.05
                       : log(u) * log(u) - 2;
}

/* Of intervals that may miss the mean in 2 % of the cases no more do; of those half as wide many do. */
static void coverage(void)
{
    enum { TRIES = 4000, COUNT = 1024 };
    const double rate = 0.02, width = gc_normal_quantile(rate / 2);
    for (int kind = 0; kind < 4; kind++) {
        int missed = 0, missed_by_half = 0;
        for (uint64_t try = 0; try < TRIES; try++) {
            struct gc_moments m = { 0 };
            for (uint64_t k = 0; k < COUNT; k++) gc_moments_add(&m, sample(kind, bits(4321, try), k));
            missed += fabs(m.mean) > gc_half_interval(&m, width);
            missed_by_half += fabs(m.mean) > gc_half_interval(&m, width) / 2;
        }
        double most = rate * TRIES + 4 * sqrt(rate * TRIES);
        made_expect(missed <= most, NULL, "kind %d: %d of %d intervals miss the mean", kind, missed, TRIES);
        made_expect(missed_by_half > most, NULL, "kind %d: intervals half as wide miss %d times", kind,
                    missed_by_half);
    }
}

/* ---- contract and words ---- */

static int state;

ESTIMATE(has_state)
{
    reparameterised(x, n, seed + (uint64_t)state++, g, ctx);
}

ESTIMATE(leaves_one)
{
    reparameterised(x, n - 1, seed, g, ctx);
}

ESTIMATE(adds)
{
    (void)ctx;
    EACH g[i] += smooth_slope(x[i] + sigma * normal(seed, i));
}

ESTIMATE(edits)
{
    reparameterised(x, n, seed, g, ctx);
    ((double *)(uintptr_t)x)[0] = 1;
}

ESTIMATE(is_nan_at_times)
{
    reparameterised(x, n, seed, g, ctx);
    if (seed % 512 == 3) g[0] = (double)NAN;
}

static double restless(const double *x, size_t n, uint64_t seed, void *ctx)
{
    return around_loss(x, n, seed + (uint64_t)state++, ctx);
}

/* once in 3000 samples, 3000 times as large: no interval of so few samples can be trusted */
ESTIMATE(rare)
{
    reparameterised(x, n, seed, g, ctx);
    EACH g[i] *= uniform(seed, 50) < 1.0 / 3000 ? 3000 : 0;
}

static void expect_text(const gc_sampled *q, gc_verdict wanted, const char *words)
{
    gc_options o = gc_defaults();
    for (o.fork = 0; o.fork < 2; o.fork++) {
        gc_result *r = gc_check_sampled(q, &o);
        made_expect(r->verdict == wanted, r, "'%s', fork %d: another verdict", words, o.fork);
        const char *report = gc_report(r);
        made_expect(strstr(report, words) != NULL, r, "the report does not say '%s': %s", words, report);
        gc_free(r);
    }
}

static void texts(void)
{
    gc_sampled q = { .name = "q", .n = N, .expected = around_expected, .budget = 1 << 17 };
    static const struct {
        gc_sampled_gradient grad;
        gc_verdict verdict;
        const char *words;
    } tests[] = {
        { has_state, GC_CONTRACT_BROKEN, "draw all random numbers from the seed" },
        { leaves_one, GC_CONTRACT_BROKEN, "element 3 of the gradient is NaN" },
        { adds, GC_CONTRACT_BROKEN, "it is added to, or never written" },
        { edits, GC_CONTRACT_BROKEN, "writes to" },
        { is_nan_at_times, GC_FAIL, "the gradient holds NaN" },
        { rare, GC_INCONCLUSIVE, "so skewed" },
        { score_negative, GC_FAIL, "the mean is -1 times the gradient" },
        { reparameterised, GC_PASS, "is called wrong in at most 0.001 of the checks" },
    };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        q.grad = tests[i].grad, q.budget = q.grad == rare ? 60000 : 1 << 17;
        expect_text(&q, tests[i].verdict, tests[i].words);
    }
    q.budget = 4096, q.grad = score;
    expect_text(&q, GC_INCONCLUSIVE, "raise the budget");
    q.expected = NULL, q.loss = restless, q.grad = reparameterised;
    expect_text(&q, GC_CONTRACT_BROKEN, "the loss of the same seed differs");
    q.loss = NULL;
    expect_text(&q, GC_INCONCLUSIVE, "give expected or loss");
    q.grad = NULL;
    expect_text(&q, GC_INCONCLUSIVE, "give grad");
    q.n = 0;
    expect_text(&q, GC_INCONCLUSIVE, "n is 0");
    q.n = N, q.grad = score, q.loss = around_loss, q.width = 2;
    expect_text(&q, GC_INCONCLUSIVE, "width must be");
    q.width = 0, q.false_alarms = 0.7;
    expect_text(&q, GC_INCONCLUSIVE, "false_alarms must be");
}

/* ---- the statistics alone ---- */

static void statistics(void)
{
    static const double p[] = { 0.158655253931457, 0.0227501319481792, 0.00134989803163009,
                                2.866515718791939e-7 };
    static const double z[] = { 1, 2, 3, 5 };
    for (int k = 0; k < 4; k++)
        made_expect(fabs(gc_normal_quantile(p[k]) - z[k]) < 1e-9, NULL, "the quantile of %g is %.12g", p[k],
                    gc_normal_quantile(p[k]));
    struct gc_moments m = { 0 };
    static const double sample[] = { 1, 4, -2, 9, 3.5 };
    double mean = 3.1, second = 0, third = 0;
    for (int k = 0; k < 5; k++) {
        double d = sample[k] - mean;
        gc_moments_add(&m, sample[k]);
        second += d * d, third += d * d * d;
    }
    made_expect(fabs(m.mean - mean) < 1e-12 && fabs(m.second - second) < 1e-10 &&
                    fabs(m.third - third) < 1e-9,
                NULL, "moments %g %g %g", m.mean, m.second, m.third);
    double sum = 0; /* of the shares of all looks */
    for (int k = 0; k < 100000; k++) sum += 6 / (9.8696044010893586 * (k + 1.0) * (k + 1.0));
    made_expect(sum < 1 && sum > 0.9999, NULL, "the looks share %g", sum);
    made_expect(gc_look_width(0.01, 5, 3) > gc_look_width(0.01, 5, 2), NULL, "later looks are no wider");
    struct gc_moments many = { 1e6, 0, 1e6, 0 }, few = { 30, 0, 30, 0 }, skewed = { 1e4, 0, 1e4, 1e6 };
    made_expect(gc_half_interval(&few, 3) * sqrt(30) > gc_half_interval(&many, 3) * 1000, NULL,
                "few samples are no wider");
    made_expect(fabs(gc_half_interval(&many, 3) - 3e-3) < 1e-6, NULL, "a million give %g",
                gc_half_interval(&many, 3));
    made_expect(isinf(gc_half_interval(&skewed, 3)), NULL, "a skewness of 100 is borne by 1e4 samples");
}

/* gc_derived_sampled [SEEDS] */
int main(int argc, char **argv)
{
    int seeds = argc > 1 ? atoi(argv[1]) : 4;
    statistics();
    coverage();
    verdicts(seeds);
    false_alarms(seeds);
    texts();
    return made_failures() != 0;
}
