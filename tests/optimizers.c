/* optimizers.c - every rung of every optimizer's step, with its own scalars and with each of its sets, passes
 * the checks of step_checks.h. `rungs check` compares one step of each with its oracle. */
#include <stdio.h>
#include <string.h>

#include "step_checks.h"

int main(void)
{
    int failed = 0, passed = 0;
    for (const struct op *const *op = op_all(); *op; op++) {
        if ((*op)->kind != OP_STEP || (*op)->nsize != 1) continue; /* a matrix has checks of its own */
        for (const struct rung *r = (*op)->cpu; r->name; r++) {
            if (rung_lacks(r->needs)) continue;
            for (const struct step_check *c = step_checks + 1; c->name; c++) {
                char reason[STEP_REASON] = "";
                int ok = c->passes(*op, r, reason);
                if (!ok) printf("NOT OK  %s %s, %s: %s\n", (*op)->name, r->name, c->name, reason);
                failed += !ok, passed += ok;
            }
        }
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed || passed < 6 * 11;
}
