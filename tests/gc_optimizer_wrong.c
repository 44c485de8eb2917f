/* gc_optimizer_wrong.c - every wrong optimizer of the zoo is caught for every seed, for the reason that it is
 * wrong; every right one passes, and the rules agree with their closed-form first steps. Its argument is how
 * many seeds; five are enough to see a change, 25 to call something an accident (tests/rare.cmake). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zoo/optimizers.h"

/* In this process where the mistake allows it: thousands of children take their time under a sanitizer. */
static int amiss(const struct zoo_optimizer *z, uint64_t seed)
{
    gc_options o = gc_defaults();
    o.seed = seed;
    o.fork =
        seed == 1 || (z->word && strstr(z->word, " of g")) || (z->word && strstr(z->word, "past the end"));
    gc_result *r = gc_check_optimizer(&z->opt, &o);
    int passed = r->verdict == GC_PASS && r->findings > 0;
    int bad = z->wrong ? passed || !strstr(r->reason, z->word) : !passed;
    if (bad)
        printf("seed %d: %s (%s): %s, %s\n", (int)seed, z->name, z->mistake, gc_verdict_name(r->verdict),
               r->reason);
    gc_free(r);
    return bad;
}

static gc_optimizer right_sgd(void)
{
    const struct zoo_optimizer *z = zoo_optimizers;
    while (z->wrong || z->opt.rule != GC_SGD) z++;
    return z->opt;
}

/* Numbers that no rule can work with get a sentence, not a verdict about the step. */
static int complaints(void)
{
    gc_optimizer bad[4] = { right_sgd(), right_sgd(), right_sgd(), right_sgd() };
    int amiss = 0;
    bad[0].lr = 0;
    bad[1].step = NULL;
    bad[2].dt = GC_I32;
    bad[3].rule = GC_OWN_RULE;
    for (int i = 0; i < 4; i++) {
        gc_result *r = gc_check_optimizer(&bad[i], NULL);
        if (r->verdict != GC_INCONCLUSIVE || !r->reason[0]) {
            printf("bad numbers %d: %s\n", i, gc_verdict_name(r->verdict));
            amiss++;
        }
        gc_free(r);
    }
    return amiss;
}

/* Without weight decay its mistakes cannot show, and the report says so. */
static int untested(void)
{
    gc_optimizer opt = right_sgd();
    gc_result *with = gc_check_optimizer(&opt, NULL);
    opt.wd = 0;
    gc_result *without = gc_check_optimizer(&opt, NULL);
    int bad = with->conventions[0] || !strstr(without->conventions, "weight decay is not tested");
    if (bad) printf("untested decay: '%s', '%s'\n", with->conventions, without->conventions);
    gc_free(with), gc_free(without);
    return bad;
}

static int refuse(void *ctx, int t, size_t n, const void *g, void *w, void *s0, void *s1)
{
    (void)ctx, (void)n, (void)g, (void)w, (void)s0, (void)s1;
    return t == 3;
}

static int refusal(void)
{
    gc_optimizer opt = right_sgd();
    opt.step = refuse;
    gc_result *r = gc_check_optimizer(&opt, NULL);
    int bad = r->verdict == GC_PASS || !strstr(r->reason, "t = 3");
    if (bad) printf("a step that refuses: %s, %s\n", gc_verdict_name(r->verdict), r->reason);
    gc_free(r);
    return bad;
}

int main(int argc, char **argv)
{
    const int seeds = argc > 1 ? atoi(argv[1]) : 5;
    int bad = complaints() + refusal() + untested(), wrong = 0, right = 0;
    for (const struct zoo_optimizer *z = zoo_optimizers; z->name; z++) {
        if (z->wrong)
            wrong++;
        else
            right++;
        for (uint64_t seed = 1; seed <= (uint64_t)seeds; seed++) bad += amiss(z, seed);
    }
    printf("%d wrong and %d right optimizers, %d seeds: %d amiss\n", wrong, right, seeds, bad);
    return bad || seeds < 1 || wrong < 20 || right < 10;
}
