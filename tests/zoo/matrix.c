/* matrix.c - which test kills which wrong gradient; and that rows said to be seen by one test alone are. */
#include "contracts.h"
#include "selftest.h"

static const struct {
    unsigned test;
    const char *head;
} column[ZOO_TESTS] = {
    { GC_CONTRACT, "con" }, { GC_DIRECTION, "dir" }, { GC_ELEMENTS, "ele" },  { GC_COMPLEX, "cpx" },
    { GC_KINKS, "kin" },    { GC_ADJOINT, "adj" },   { GC_REFERENCE, "ref" }, { GC_TAYLOR, "tay" },
    { GC_SYMMETRY, "sym" }, { GC_HVP, "hvp" },
};
enum { COLUMNS = ZOO_TESTS };

static int killed(gc_verdict v)
{
    return v == GC_FAIL || v == GC_CONTRACT_BROKEN || v == GC_CRASH;
}

static void heading(FILE *out)
{
    fprintf(out, "\nWhich test alone kills which wrong gradient: X kills, ? cannot tell, . lets pass, blank "
                 "does not apply\n\n");
    fprintf(out, "%-21s %-32s", "unit", "mistake");
    for (int k = 0; k < COLUMNS; k++) fprintf(out, " %s", column[k].head);
    fprintf(out, "  kills\n");
}

/* one test's verdict on a row; 1 if it kills */
static int cell(FILE *out, struct zoo_totals *t, int k, gc_verdict v, unsigned ran)
{
    int applies = (ran & column[k].test) != 0;
    fprintf(out, "  %c ", killed(v) ? 'X' : !applies ? ' ' : v == GC_INCONCLUSIVE ? '?' : '.');
    t->kills[k] += killed(v), t->applies[k] += applies;
    return killed(v);
}

static void contract_row(const struct zoo_contract *z, struct zoo_totals *t, FILE *out)
{
    int kills = 0;
    if (z->expect == GC_PASS || z->slow) return;
    fprintf(out, "%-21s %-32s", "contract", z->name);
    for (int k = 0; k < COLUMNS; k++) {
        unsigned ran = 0;
        gc_verdict v = zoo_contract_verdict(z, column[k].test, &ran);
        kills += cell(out, t, k, v, ran);
    }
    fprintf(out, " %d\n", kills);
}

static void case_row(const struct zoo_plan *plan, const struct zoo_case *c, struct zoo_totals *t, FILE *out)
{
    int kills = 0;
    if (c->expect == GC_PASS || c->expect == GC_INCONCLUSIVE || !zoo_wanted(plan, c)) return;
    fprintf(out, "%-21s %-32s", c->unit, c->name);
    for (int k = 0; k < COLUMNS; k++) {
        struct zoo_outcome o = zoo_run(c, 1, 1, column[k].test, 0);
        kills += cell(out, t, k, o.verdict, o.checks);
    }
    fprintf(out, " %d\n", kills);
}

/* the cases, and behind them the contracts */
static void row(int i, const void *ctx, struct zoo_totals *t, FILE *out)
{
    if (i < zoo_cases())
        case_row(ctx, zoo_case_at(i), t, out);
    else
        contract_row(&zoo_contracts[i - zoo_cases()], t, out);
}

void zoo_matrix(const struct zoo_plan *plan, struct zoo_totals *t, FILE *out)
{
    int contracts = plan->unit ? 0 : zoo_contract_count();
    heading(out);
    zoo_work(&(struct zoo_work){ .n = zoo_cases() + contracts, .ctx = plan, .task = row }, t, out);
    fprintf(out, "%-54s", "kills");
    for (int k = 0; k < COLUMNS; k++) fprintf(out, " %-3d", t->kills[k]);
    fprintf(out, "\n%-54s", "of those it applies to");
    for (int k = 0; k < COLUMNS; k++) fprintf(out, " %-3d", t->applies[k]);
    fprintf(out, "\n\n");
}

/* Without that test the row passes; that all tests together catch it has been seen before. Where elements
 * are drawn at random they may be met by chance: most seeds must miss. */
static void proof(int i, const void *ctx, struct zoo_totals *t, FILE *out)
{
    const struct zoo_plan *plan = ctx;
    const struct zoo_case *c = zoo_case_at(i);
    int missed = 0, seeds = plan->seeds < 5 ? plan->seeds : 5;
    struct zoo_outcome o = { 0 };
    if (!c->only || !zoo_wanted(plan, c)) return;
    t->proofs++;
    for (int k = seeds; k >= 1; k--) {
        o = zoo_run(c, 1, (uint64_t)k, 0, c->only);
        missed += !killed(o.verdict);
    }
    if (2 * missed > seeds) return;
    t->unproved++;
    fprintf(out, "AMISS  %s %s: without the test '%s' it is still caught for %d of %d seeds: %s\n", c->unit,
            c->name, gc_test_name(c->only), seeds - missed, seeds, o.reason);
}

void zoo_proofs(const struct zoo_plan *plan, struct zoo_totals *t, FILE *out)
{
    zoo_work(&(struct zoo_work){ .n = zoo_cases(), .ctx = plan, .task = proof }, t, out);
}
