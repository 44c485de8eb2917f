/* selftest.c - every row of the zoo over seeds and loss scales: who is caught, who
 * is blamed, and for what. */
#include <stdlib.h>
#include <string.h>

#include "selftest.h"

static const double default_scales[] = { 1e-8, 1e6, 1, 1e-4 }; /* fast: the first two */
enum { DEFAULT_SEEDS = 25, FAST_SEEDS = 2, DEFAULT_MUTATIONS = 1000, FAST_MUTATIONS = 100 };

/* ---- one check ---- */

static int is_right(const struct zoo_case *c)
{
    return c->expect == GC_PASS || c->expect == GC_INCONCLUSIVE;
}

/* Is this the verdict that the row is owed? */
static int as_expected(gc_verdict expect, gc_verdict v)
{
    switch (expect) {
    case GC_PASS: return v == GC_PASS || v == GC_KINK;
    case GC_INCONCLUSIVE: return v == GC_PASS || v == GC_KINK || v == GC_INCONCLUSIVE;
    default: return v == expect;
    }
}

static const char *mask_names(const struct zoo_case *c, unsigned mask, char *text, size_t room)
{
    struct zoo_problem *z = malloc(sizeof *z);
    text[0] = 0;
    if (z && zoo_open(z, c, 1)) {
        for (int t = 0; t < z->p.nin; t++)
            if (mask >> t & 1)
                snprintf(text + strlen(text), room - strlen(text), "%s%s", text[0] ? ", " : "",
                         z->in[t].name);
        zoo_close(z);
    }
    free(z);
    return text;
}

/* ---- all checks of one row ---- */

/* Notes what was amiss in a check; the first of a row is told. */
static void amiss(FILE *out, struct zoo_row_count *row, double scale, uint64_t seed, const char *what,
                  const char *error)
{
    const struct zoo_case *c = row->c;
    if (row->amiss++) return;
    fprintf(out, "AMISS  %s %s (%s), seed %llu, scale %g: %s: %s\n", c->unit, c->name, c->mistake,
            (unsigned long long)seed, scale, what, error);
}

static void one_check(struct zoo_row_count *row, double scale, uint64_t seed, unsigned checks,
                      struct zoo_totals *t, FILE *out)
{
    char names[GC_TEXT], what[2 * GC_TEXT];
    const struct zoo_case *c = row->c;
    gc_verdict expect = checks ? GC_INCONCLUSIVE : c->expect; /* not all tests apply to all functions */
    struct zoo_outcome o = zoo_run(c, scale, seed, checks, 0);
    unsigned blameless = o.named & ~c->wrong;
    t->checks++;
    if (blameless && !is_right(c)) {
        t->named_right++;
        snprintf(what, sizeof what, "calls %s wrong, which is right",
                 mask_names(c, blameless, names, sizeof names));
        amiss(out, row, scale, seed, what, o.reason);
    }
    if (as_expected(expect, o.verdict)) {
        t->inconclusive += o.verdict == GC_INCONCLUSIVE;
        *(is_right(c) ? &t->passed : &t->caught) += 1;
        if (c->wrong && !(o.named & c->wrong)) t->unnamed++;
        return;
    }
    *(is_right(c) ? &t->false_alarms : &t->missed) += 1;
    snprintf(what, sizeof what, "%s, not %s", gc_verdict_name(o.verdict), gc_verdict_name(expect));
    amiss(out, row, scale, seed, what, o.reason);
}

static int is_large(const struct zoo_case *c)
{
    struct zoo_problem *z = malloc(sizeof *z);
    int large = 0;
    if (z && zoo_open(z, c, 1)) {
        for (int t = 0; t < z->p.nin; t++) large |= zoo_elements(&z->in[t]) > ZOO_LARGE;
        zoo_close(z);
    }
    free(z);
    return large;
}

/* All seeds and scales of a row; rows of a million elements take a second each: one
 * seed, and none if fast. */
static void row_checks(const struct zoo_plan *plan, const struct zoo_case *c, struct zoo_totals *t, FILE *out)
{
    struct zoo_row_count row = { c, 0 };
    int large = is_large(c), seeds = large ? !plan->fast : plan->seeds;
    for (int s = 0; s < plan->scales; s++)
        for (int k = 1; k <= seeds; k++) one_check(&row, plan->scale[s], (uint64_t)k, 0, t, out);
    if (large || !is_right(c)) seeds = 0;
    for (int k = 1; k <= seeds; k++) /* nor do the tests beyond the standard ones blame it */
        one_check(&row, 1, (uint64_t)k, GC_EVERYTHING, t, out);
    if (row.amiss > 1) fprintf(out, "       and %d more times\n", row.amiss - 1);
}

/* The line of a unit is printed when the next one begins. */
struct rows {
    const struct zoo_plan *plan;
    struct zoo_totals *before; /* when the unit began */
};

static void row(int i, const void *ctx, struct zoo_totals *t, FILE *out)
{
    const struct rows *rows = ctx;
    const struct zoo_case *c = zoo_case_at(i);
    if (!zoo_wanted(rows->plan, c)) return;
    *(is_right(c) ? &t->right_rows : &t->wrong_rows) += 1;
    row_checks(rows->plan, c, t, out);
}

static void unit_line(const char *unit, const struct zoo_totals *b, const struct zoo_totals *t, FILE *out)
{
    if (t->checks == b->checks) return;
    fprintf(out, "%-28s %3d wrong %2d right  %5d checks  %d missed, %d blamed\n", unit,
            t->wrong_rows - b->wrong_rows, t->right_rows - b->right_rows, t->checks - b->checks,
            t->missed - b->missed, t->false_alarms + t->named_right - b->false_alarms - b->named_right);
}

static void begin_row(int i, const void *ctx, const struct zoo_totals *t, FILE *out)
{
    const struct rows *rows = ctx;
    if (!i || !strcmp(zoo_case_at(i)->unit, zoo_case_at(i - 1)->unit)) return;
    unit_line(zoo_case_at(i - 1)->unit, rows->before, t, out);
    *rows->before = *t;
}

static void all_checks(const struct zoo_plan *plan, struct zoo_totals *t, FILE *out)
{
    struct zoo_totals before = *t;
    struct rows rows = { plan, &before };
    int n = zoo_cases();
    zoo_work(&(struct zoo_work){ n, &rows, row, begin_row }, t, out);
    unit_line(zoo_case_at(n - 1)->unit, &before, t, out);
}

enum { CHANGES = 20 }; /* per task */

static void changes(int i, const void *ctx, struct zoo_totals *t, FILE *out)
{
    int left = ((const struct zoo_plan *)ctx)->mutations - CHANGES * i;
    t->mutations += left < CHANGES ? left : CHANGES;
    t->mutations_missed += zoo_mutations((uint64_t)i + 1, left < CHANGES ? left : CHANGES, out);
}

/* ---- the whole ---- */

static struct zoo_plan plan_of(const struct zoo_options *o)
{
    struct zoo_plan p = { o->seeds, o->scales, o->scale, o->unit, o->mutations, o->fast };
    if (p.seeds <= 0) p.seeds = o->fast ? FAST_SEEDS : DEFAULT_SEEDS;
    if (!p.scale || p.scales <= 0) {
        p.scale = default_scales;
        p.scales = o->fast ? 2 : 4;
    }
    if (p.mutations == 0) p.mutations = o->fast ? FAST_MUTATIONS : DEFAULT_MUTATIONS;
    return p;
}

static int print_totals(FILE *out, const struct zoo_totals *t)
{
    int amiss = t->missed + t->false_alarms + t->named_right + t->pointers_missed + t->unproved +
                t->mutations_missed + t->others_missed;
    amiss += t->others > 0 && t->contract_alone == 0;
    fprintf(out, "\n%d wrong gradients: %d checks, %d caught, %d missed\n", t->wrong_rows,
            t->caught + t->missed, t->caught, t->missed);
    fprintf(out, "%d right gradients: %d checks, %d passed (%d of them inconclusive), %d false alarms\n",
            t->right_rows, t->passed + t->false_alarms, t->passed, t->inconclusive, t->false_alarms);
    fprintf(out, "right tensors called wrong: %d times;  failures that name no tensor: %d\n", t->named_right,
            t->unnamed);
    fprintf(out, "the same by two pointers, a loss and its gradient: %d checks, %d amiss\n", t->pointers,
            t->pointers_missed);
    fprintf(out, "rows that one test alone must see: %d, of which %d are not as said\n", t->proofs,
            t->unproved);
    fprintf(out, "random changes to right gradients: %d, %d missed\n", t->mutations, t->mutations_missed);
    fprintf(out, "contracts and optimizers, broken and kept: %d, %d not as they should be\n", t->others,
            t->others_missed);
    if (t->others) fprintf(out, "broken contracts that only the contract test sees: %d\n", t->contract_alone);
    fprintf(out, "%s\n", amiss ? "FAIL" : "PASS");
    return amiss != 0;
}

int zoo_selftest(const struct zoo_options *options, FILE *out)
{
    struct zoo_options none = { 0 };
    struct zoo_plan plan = plan_of(options ? options : &none);
    struct zoo_totals totals = { 0 };
    all_checks(&plan, &totals, out);
    if (!totals.wrong_rows && !totals.right_rows) {
        fprintf(out, "there is no unit '%s' in the zoo\n", plan.unit ? plan.unit : "");
        return 1;
    }
    zoo_pointers(&plan, &totals, out);
    zoo_proofs(&plan, &totals, out);
    if (!options || !options->quiet) zoo_matrix(&plan, &totals, out);
    int tasks = (plan.mutations + CHANGES - 1) / CHANGES;
    if (plan.mutations > 0 && !plan.unit)
        zoo_work(&(struct zoo_work){ .n = tasks, .ctx = &plan, .task = changes }, &totals, out);
    if (!plan.unit && !(options && options->gradients_only)) zoo_others(&totals, out);
    return print_totals(out, &totals);
}
