/* judge.c - one row is checked: whether it is caught, and which of its inputs are named. */
#include <stdlib.h>
#include <string.h>

#include "selftest.h"

int zoo_is_caught(const gc_result *r)
{
    return r->verdict == GC_FAIL || r->verdict == GC_CONTRACT_BROKEN || r->verdict == GC_CRASH;
}

/* Bit i: the gradient of input i is called wrong. */
unsigned zoo_named(const gc_result *r)
{
    unsigned named = 0;
    for (int t = 0; t < r->ntensors; t++)
        if (r->tensor[t].verdict == GC_FAIL || r->tensor[t].verdict == GC_CONTRACT_BROKEN) named |= 1u << t;
    return named;
}

struct zoo_outcome zoo_run(const struct zoo_case *c, double scale, uint64_t seed, unsigned checks,
                           unsigned without)
{
    struct zoo_outcome o = { GC_CRASH, 0, 0, "out of memory for the problem" };
    struct zoo_problem *z = malloc(sizeof *z);
    if (z && zoo_open(z, c, scale)) {
        z->o.seed = seed;
        if (checks) z->o.checks = checks;
        z->o.checks &= ~without;
        gc_result *r = gc_check(&z->p, &z->o);
        o.verdict = r->verdict;
        o.named = zoo_named(r);
        o.checks = r->checks;
        snprintf(o.reason, sizeof o.reason, "%s", r->reason);
        gc_free(r);
        zoo_close(z);
    }
    free(z);
    return o;
}

int zoo_wanted(const struct zoo_plan *plan, const struct zoo_case *c)
{
    return !plan->unit || !strcmp(plan->unit, c->unit);
}
