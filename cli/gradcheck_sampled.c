/* gradcheck_sampled.c - rungs gradcheck sampled: a random gradient of a shared object, whose mean should be
 * the gradient of an expected loss. */
#include "gradcheck_derived.h"

#include <string.h>

static const char *path, *x_path, *grad_name, *expected_name, *loss_name;
static double alarms, width;
static int n, budget;
static double *x_data;
static gc_sampled sampled;

static int open_sampled(struct subject *s, char *error)
{
    const struct derived_name names[] = { { &grad_name, &sampled.grad },
                                          { &expected_name, &sampled.expected },
                                          { &loss_name, &sampled.loss },
                                          { NULL, NULL } };
    (void)s;
    return derived_load(path, names, error);
}

int sampled_work(struct subject *s, const struct settings *set, struct outcome *out)
{
    gc_options o = outcome_options(set, out);
    sampled.name = s->name, sampled.x = x_data;
    outcome_keep(out, gc_check_sampled(&sampled, &o));
    return 1;
}

int sampled_parse(int argc, char **argv, struct subject *s, struct settings *set)
{
    static char verb[64];
    path = x_path = grad_name = expected_name = loss_name = NULL;
    n = 0, budget = 1 << 22;
    alarms = 1e-3, width = 0.05;
    x_data = NULL;
    const struct option_row options[] = {
        { "--grad", OPTION_TEXT, &grad_name, 0, 0,
          "void NAME(const double *x, size_t n, uint64_t seed, double *g, void *ctx)" },
        { "--n", OPTION_INT, &n, 1, 1e8, "how many numbers x has" },
        { "--expected", OPTION_TEXT, &expected_name, 0, 0,
          "the expected loss, where it is known: double NAME(const double *x, size_t n, void *ctx)" },
        { "--loss", OPTION_TEXT, &loss_name, 0, 0,
          "else one sample of it: double NAME(const double *x, size_t n, uint64_t seed, void *ctx)" },
        { "--alarms", OPTION_REAL, &alarms, 1e-9, 0.4, "how often a right gradient may be called wrong" },
        { "--width", OPTION_REAL, &width, 1e-6, 1, "how well a PASS knows the mean, of the gradient's size" },
        { "--budget", OPTION_INT, &budget, 1, 2e9, "samples at most" },
        { "--x", OPTION_TEXT, &x_path, 0, 0, "a file of n numbers: the point to check at, and around" },
        { 0 },
    };
    snprintf(verb, sizeof verb, "%s", argv[0]);
    const struct manual manual = {
        verb,
        "a random gradient (score function, reparameterised, minibatch): is its mean right?",
        "rungs gradcheck sampled LIB.so --grad G --n N --expected F [options]\n"
        "rungs gradcheck sampled LIB.so --grad G --n N --loss L [options]",
        "G writes an estimate of the gradient, from random numbers that it draws of the seed alone:\n"
        "\n"
        "    void G(const double *x, size_t n, uint64_t seed, double *g, void *ctx);\n"
        "    double F(const double *x, size_t n, void *ctx);\n"
        "    double L(const double *x, size_t n, uint64_t seed, void *ctx);\n"
        "\n"
        "Over many seeds the mean of g should be the gradient of the expected loss: F, or the mean of L, of which\n"
        "differences are taken seed by seed. Samples are drawn until intervals of the mean are as narrow as --width\n"
        "(PASS), or one of them excludes what is right (FAIL; not before 16384 samples, so that what happens in one\n"
        "of 2400 is seen). They hold for all elements, points and looks together, but for --alarms of the checks.\n"
        "Where --budget or --timeout ends first the verdict is INCONCLUSIVE.",
        "rungs gradcheck sampled ./policy.so --grad reinforce --n 4 --loss reward\n"
        "rungs gradcheck sampled ./policy.so --grad reinforce --n 4 --expected value --width 0.01 --alarms 1e-6",
        options,
        1,
        1,
        NULL,
    };
    int code = derived_read(&manual, argc, argv, s, set, &path);
    if (code >= 0) return code;
    s->open = open_sampled;
    if (!grad_name || !n || !expected_name == !loss_name)
        return args_refuse(
            verb, "it needs --grad, --n and either --expected or --loss; `rungs %s --help` shows how", verb);
    sampled =
        (gc_sampled){ .n = (size_t)n, .false_alarms = alarms, .width = width, .budget = (uint64_t)budget };
    snprintf(s->name, sizeof s->name, "%s", grad_name);
    return derived_settle(verb, set, path, x_path, (size_t)n, &x_data);
}
