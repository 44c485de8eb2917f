/* gc_derived_sampled.c - gc_check_sampled: random gradients that are right in the mean pass, no oftener
 * than the stated rate is one of them called wrong, wrong ones fail, and what is drawn besides the seed
 * breaks the contract.
 *
 * The expectations are known in closed form, or as sums over all outcomes; every estimate is checked
 * against the expectation and against samples of the loss. */
#include "gc_derived_subjects.h"

#include "../gradcheck/sequential.h"

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
    for (int i = 0; i < subject_count; i++)
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
    for (int i = 0; i < subject_count && subjects[i].right; i++)
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
    double u = seed_uniform(seed, k);
    return kind == 0   ? seed_normal(seed, k)
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
            for (uint64_t k = 0; k < COUNT; k++) gc_moments_add(&m, sample(kind, seed_bits(4321, try), k));
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
    EACH g[i] += smooth_slope(x[i] + around_sigma * seed_normal(seed, i));
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
    EACH g[i] *= seed_uniform(seed, 50) < 1.0 / 3000 ? 3000 : 0;
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
    q.budget = 4096, q.grad = around_score;
    expect_text(&q, GC_INCONCLUSIVE, "raise the budget");
    q.expected = NULL, q.loss = restless, q.grad = reparameterised;
    expect_text(&q, GC_CONTRACT_BROKEN, "the loss of the same seed differs");
    q.loss = NULL;
    expect_text(&q, GC_INCONCLUSIVE, "give expected or loss");
    q.grad = NULL;
    expect_text(&q, GC_INCONCLUSIVE, "give grad");
    q.n = 0;
    expect_text(&q, GC_INCONCLUSIVE, "n is 0");
    q.n = N, q.grad = around_score, q.loss = around_loss, q.width = 2;
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
