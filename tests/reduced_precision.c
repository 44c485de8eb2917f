/* reduced_precision.c - rungs that have fewer digits than float: they are chosen only by name, and pass
 * no check but their own. */
#include <stdio.h>
#include <string.h>

#include "../optimized/check.h"

static int failed, passed;

static void expect(int ok, const struct op *op, const char *rung, const char *what)
{
    if (!ok) printf("NOT OK: %s %s %s\n", op->name, rung, what);
    failed += !ok;
    passed += ok;
}

/* neither the best rung nor one that is best below a height */
static void never_chosen(const struct op *op)
{
    for (const struct rung *level = op_find("dense_forward")->cpu; level->name; level++) {
        const struct rung *r = rung_at_level(op, level->name);
        if (r) expect(!rung_is_reduced(r->needs), op, r->name, "is chosen by height, and is coarse");
    }
    expect(!rung_is_reduced(rung_best(op)->needs), op, rung_best(op)->name, "is the best, and is coarse");
}

/* It passes with the digits that it claims, and is rejected if it claims more. */
static void held_to_its_digits(const struct op *op, const struct rung *rung)
{
    struct rung exact = *rung, fast20 = *rung;
    exact.needs &= ~(unsigned)(FAST_12 | FAST_20);
    fast20.needs = exact.needs | FAST_20;
    expect(check_rung(op, rung, NULL, 1).verdict == CHECK_PASS, op, rung->name, "is not as good as it says");
    expect(check_rung(op, &exact, NULL, 1).verdict == CHECK_FAIL, op, rung->name, "would pass for exact");
    if (rung->needs & FAST_12)
        expect(check_rung(op, &fast20, NULL, 1).verdict == CHECK_FAIL, op, rung->name,
               "would pass for 20 bits");
}

int main(void)
{
    int skipped = 0;
    for (const struct op *const *op = op_all(); *op; op++) {
        never_chosen(*op);
        for (const struct rung *r = (*op)->cpu; r->name; r++) {
            if (!(r->needs & (FAST_12 | FAST_20))) continue;
            if (rung_lacks(r->needs)) skipped++;
            if (!rung_lacks(r->needs)) held_to_its_digits(*op, r);
        }
    }
    printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
    return failed ? 1 : skipped ? 77 : 0;
}
