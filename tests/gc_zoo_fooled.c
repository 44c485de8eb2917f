/* gc_zoo_fooled.c - the self-test must not be fooled: it is run on checkers that are worse than the real one,
 * and must say so of each. The linker lets __wrap_gc_check() below take the place of gc_check(). */
#include <string.h>

#include "zoo/zoo.h"

gc_result *__real_gc_check(const gc_problem *p, const gc_options *o); /* names that ld's --wrap makes */
gc_result *__wrap_gc_check(const gc_problem *p, const gc_options *given);

enum kind {
    real,
    always_passes,
    always_fails,
    blames_all_tensors,
    loose,
    fewer_tests,
    one_point,
    never_sure,
    KINDS
};

static const char *const words[KINDS] = {
    "the checker itself",          "a checker that passes everything",
    "one that fails everything",   "one that blames every tensor",
    "one with a tolerance of 1 %", "one without the tests of elements and kinks",
    "one that looks at one point", "one that is never sure",
};

static enum kind kind;

gc_result *__wrap_gc_check(const gc_problem *p, const gc_options *given)
{
    gc_options o = *given;
    if (kind == loose) o.rtol = 1e-2;
    if (kind == fewer_tests) o.checks &= ~(unsigned)(GC_ELEMENTS | GC_KINKS);
    if (kind == one_point) o.n_points = 1;
    gc_result *r = __real_gc_check(p, &o);
    if (kind == always_passes) r->verdict = GC_PASS;
    if (kind == always_fails) r->verdict = GC_FAIL;
    if (kind == never_sure) r->verdict = GC_INCONCLUSIVE;
    if (kind == blames_all_tensors && r->verdict == GC_FAIL)
        for (int t = 0; t < r->ntensors; t++) r->tensor[t].verdict = GC_FAIL;
    return r;
}

int main(void)
{
    static const double one = 1;
    struct zoo_options o = {
        .seeds = 1, .scale = &one, .scales = 1, .fast = 1, .mutations = -1, .quiet = 1, .gradients_only = 1
    };
    int failed = 0;
    for (kind = real; kind < KINDS; kind++) {
        FILE *sink = fopen("/dev/null", "w");
        if (!sink) return 77;
        int says_no = zoo_selftest(&o, sink) != 0, ok = says_no == (kind != real);
        fclose(sink);
        printf("%s  %s\n", ok ? "ok    " : "NOT OK", words[kind]);
        failed += !ok;
    }
    return failed ? 1 : 0;
}
