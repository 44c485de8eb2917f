/* soft_check.c - checks every rung that needs AVX-512, and that wrong ones are rejected. Linked with the soft
 * build of optimized/ (see soft_avx512.h) it runs wherever there is AVX2; linked with the real one, where
 * there is AVX-512. RUNGS_CHECK_EVERY=3 in the environment takes every third shape, as an emulator is a
 * hundred times slower. Exit 0: all right, 1: something is wrong, 77: nothing was checked. */
#include <stdio.h>
#include <stdlib.h>

#include "../optimized/check.h"
#include "soft_wrong.h"

static int count[3]; /* by verdict */

static struct check check_shapes(const struct op *op, const struct rung *rung)
{
    const char *text = getenv("RUNGS_CHECK_EVERY");
    int every = text ? atoi(text) : 1;
    struct check all = { .verdict = CHECK_PASS };
    for (int i = 0; *op->check_shapes[i] && all.verdict == CHECK_PASS; i++) {
        if (every > 1 && i % every) continue;
        struct check one = check_rung(op, rung, op->check_shapes[i], 1);
        one.shapes += all.shapes;
        if (one.worst < all.worst) one.worst = all.worst;
        all = one;
    }
    return all;
}

static void check(const struct op *op, const struct rung *rung, enum verdict wanted)
{
    static const char *const word[] = { "PASS", "FAIL", "SKIP" };
    struct check c = check_shapes(op, rung);
    enum verdict verdict = c.verdict == CHECK_SKIP ? CHECK_SKIP
                           : c.verdict == wanted   ? CHECK_PASS
                                                   : CHECK_FAIL;
    count[verdict]++;
    if (wanted == CHECK_FAIL)
        printf("%s  a wrong %s (it %s) %s: %s\n", word[verdict], op->name, rung->idea,
               verdict == CHECK_PASS ? "is rejected" : "was not rejected", c.reason);
    else
        printf("%s  %-24s %-14s %3d shapes   worst error %.2g of the allowed%s%s\n", word[verdict], op->name,
               rung->name, c.shapes, c.worst, *c.reason ? ": " : "", c.reason);
    fflush(stdout);
}

int main(void)
{
    for (const struct op *const *op = op_all(); *op; op++)
        for (const struct rung *r = (*op)->cpu; r->name; r++)
            if (r->needs & NEED_AVX512) check(*op, r, CHECK_PASS);
    for (const struct rung *r = soft_wrong; r->name; r++) check(op_find("relu_forward"), r, CHECK_FAIL);
    printf("%d passed, %d failed, %d skipped\n", count[CHECK_PASS], count[CHECK_FAIL], count[CHECK_SKIP]);
    return count[CHECK_FAIL] ? 1 : count[CHECK_SKIP] ? 77 : 0;
}
