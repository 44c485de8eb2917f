/* others.c - what is wrong but no gradient of a problem in the tables: broken calling
 * contracts, optimizers. */
#include <string.h>

#include "contracts.h"
#include "optimizers.h"
#include "selftest.h"

static void tell(struct zoo_totals *t, int amiss, const gc_result *r, const char *kind, const char *name,
                 const char *mistake, FILE *out)
{
    t->others++;
    t->others_missed += amiss;
    if (amiss)
        fprintf(out, "AMISS  %s %s (%s): %s: %s\n", kind, name, mistake, gc_verdict_name(r->verdict),
                r->reason);
}

gc_verdict zoo_contract_verdict(const struct zoo_contract *z, unsigned checks, unsigned *ran)
{
    gc_options o = gc_defaults();
    o.checks = checks;
    if (z->slow) o.timeout_s = 1;
    gc_result *r = gc_check(&z->problem, &o);
    gc_verdict v = r->verdict;
    if (ran) *ran = r->checks;
    gc_free(r);
    return v;
}

static void contract(const struct zoo_contract *z, struct zoo_totals *t, FILE *out)
{
    gc_options o = gc_defaults();
    if (z->slow) o.timeout_s = 1;
    gc_result *r = gc_check(&z->problem, &o);
    tell(t, r->verdict != z->expect || (z->word && !strstr(r->reason, z->word)), r, "contract", z->name,
         z->mistake, out);
    gc_free(r);
    if (z->expect != GC_CONTRACT_BROKEN) return;
    gc_verdict without = zoo_contract_verdict(z, GC_STANDARD & ~GC_CONTRACT, NULL);
    t->contract_alone += without == GC_PASS || without == GC_KINK;
}

static void optimizer(const struct zoo_optimizer *z, struct zoo_totals *t, FILE *out)
{
    gc_options o = gc_defaults();
    gc_result *r = gc_check_optimizer(&z->opt, &o);
    tell(t, zoo_is_caught(r) != z->wrong, r, "optimizer", z->name, z->mistake, out);
    gc_free(r);
}

int zoo_contract_count(void)
{
    int n = 0;
    while (zoo_contracts[n].name) n++;
    return n;
}

/* the contracts, and behind them the optimizers */
static void one(int i, const void *ctx, struct zoo_totals *t, FILE *out)
{
    int contracts = zoo_contract_count();
    (void)ctx;
    if (i < contracts)
        contract(&zoo_contracts[i], t, out);
    else
        optimizer(&zoo_optimizers[i - contracts], t, out);
}

void zoo_others(struct zoo_totals *t, FILE *out)
{
    int n = zoo_contract_count();
    for (const struct zoo_optimizer *z = zoo_optimizers; z->name; z++) n++;
    zoo_work(&(struct zoo_work){ .n = n, .task = one }, t, out);
}
