/* gc_contract_breakers.c - code that breaks the rules of the call, or dies, is told so for every seed, with
 * the word that names its mistake; code that keeps them passes. */
#include <stdio.h>
#include <string.h>

#include "zoo/contracts.h"

enum { SEEDS = 25 };

static int amiss(const struct zoo_contract *z, uint64_t seed, unsigned checks)
{
    gc_options o = gc_defaults();
    o.seed = seed;
    o.checks = checks;
    if (z->slow) o.timeout_s = 1;
    gc_result *r = gc_check(&z->problem, &o);
    int bad = r->verdict != z->expect || (z->word && !strstr(r->reason, z->word));
    if (bad)
        printf("seed %d: %s (%s): %s, %s\n", (int)seed, z->name, z->mistake, gc_verdict_name(r->verdict),
               r->reason);
    gc_free(r);
    return bad;
}

int main(void)
{
    int bad = 0, broken = 0, kept = 0;
    for (const struct zoo_contract *z = zoo_contracts; z->name; z++) {
        broken += z->expect != GC_PASS;
        kept += z->expect == GC_PASS;
        bad += amiss(z, 1, GC_STANDARD);
        for (uint64_t seed = 1; seed <= (z->slow ? 2 : SEEDS); seed++) bad += amiss(z, seed, GC_CONTRACT);
    }
    printf("%d broken contracts and %d kept ones, %d seeds: %d amiss\n", broken, kept, SEEDS, bad);
    return bad || broken < 12 || kept < 3;
}
