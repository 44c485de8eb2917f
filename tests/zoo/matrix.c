/* matrix.c - which test kills which wrong gradient; and that rows said to be seen by one test alone are. */
#include "contracts.h"
#include "selftest.h"

static const struct {
    unsigned test;
    const char *head;
} column[] = {
    { GC_CONTRACT, "con" }, { GC_DIRECTION, "dir" }, { GC_ELEMENTS, "ele" },  { GC_COMPLEX, "cpx" },
    { GC_KINKS, "kin" },    { GC_ADJOINT, "adj" },   { GC_REFERENCE, "ref" }, { GC_TAYLOR, "tay" },
    { GC_SYMMETRY, "sym" }, { GC_HVP, "hvp" },
};
enum { COLUMNS = sizeof column / sizeof *column };

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

struct sums {
    int kills[COLUMNS], applies[COLUMNS], in_row;
};

static void cell(FILE *out, struct sums *s, int k, gc_verdict v, unsigned ran)
{
    int applies = (ran & column[k].test) != 0;
    fprintf(out, "  %c ", killed(v) ? 'X' : !applies ? ' ' : v == GC_INCONCLUSIVE ? '?' : '.');
    s->in_row += killed(v), s->kills[k] += killed(v), s->applies[k] += applies;
}

static void end_row(FILE *out, struct sums *s)
{
    fprintf(out, " %d\n", s->in_row);
    s->in_row = 0;
}

static void contract_rows(FILE *out, struct sums *s)
{
    for (const struct zoo_contract *z = zoo_contracts; z->name; z++) {
        if (z->expect == GC_PASS || z->slow) continue;
        fprintf(out, "%-21s %-32s", "contract", z->name);
        for (int k = 0; k < COLUMNS; k++) {
            unsigned ran = 0;
            gc_verdict v = zoo_contract_verdict(z, column[k].test, &ran);
            cell(out, s, k, v, ran);
        }
        end_row(out, s);
    }
}

void zoo_matrix(const struct zoo_plan *plan, FILE *out)
{
    struct sums s = { .in_row = 0 };
    heading(out);
    for (int i = 0; i < zoo_cases(); i++) {
        const struct zoo_case *c = zoo_case_at(i);
        if (c->expect == GC_PASS || c->expect == GC_INCONCLUSIVE || !zoo_wanted(plan, c)) continue;
        fprintf(out, "%-21s %-32s", c->unit, c->name);
        for (int k = 0; k < COLUMNS; k++) {
            struct zoo_outcome o = zoo_run(c, 1, 1, column[k].test, 0);
            cell(out, &s, k, o.verdict, o.checks);
        }
        end_row(out, &s);
    }
    if (!plan->unit) contract_rows(out, &s);
    fprintf(out, "%-54s", "kills");
    for (int k = 0; k < COLUMNS; k++) fprintf(out, " %-3d", s.kills[k]);
    fprintf(out, "\n%-54s", "of those it applies to");
    for (int k = 0; k < COLUMNS; k++) fprintf(out, " %-3d", s.applies[k]);
    fprintf(out, "\n\n");
}

/* Without that test the row passes; that all tests together catch it has been seen before. Where elements are
 * drawn at random they may be met by chance: most seeds must miss. */
void zoo_proofs(const struct zoo_plan *plan, struct zoo_totals *t, FILE *out)
{
    for (int i = 0; i < zoo_cases(); i++) {
        const struct zoo_case *c = zoo_case_at(i);
        int missed = 0, seeds = plan->seeds < 5 ? plan->seeds : 5;
        struct zoo_outcome o = { 0 };
        if (!c->only || !zoo_wanted(plan, c)) continue;
        t->proofs++;
        for (int k = seeds; k >= 1; k--) {
            o = zoo_run(c, 1, (uint64_t)k, 0, c->only);
            missed += !killed(o.verdict);
        }
        if (2 * missed > seeds) continue;
        t->unproved++;
        fprintf(out, "AMISS  %s %s: without the test '%s' it is still caught for %d of %d seeds: %s\n",
                c->unit, c->name, gc_test_name(c->only), seeds - missed, seeds, o.reason);
    }
}
