/* wrong_rows.h - tables of wrong versions: rungs that `check_rung` must reject for the right reason, and
 * oracles whose gradient or trajectory `check_gradient` must reject. Right versions stand beside them and
 * must pass, so that a check which rejects everything does not. */
#ifndef RUNGS_WRONG_ROWS_H
#define RUNGS_WRONG_ROWS_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../optimized/check.h"

struct wrong_row {
    const char *op; /* with its set, if it has one: "mse_forward reduction=none" */
    struct rung rung;
    const char *word; /* of the reason; NULL: must pass */
};

#define ROW(op, function, word)                                    \
    {                                                              \
#op, { #function, RUN(op, function), NEED_NONE, "" }, word \
    }

/* The same with a set: "muon_step", "nesterov=0" */
#define ROW_WITH(op, set, function, word)                                  \
    {                                                                      \
#op " " set, { #function, RUN(op, function), NEED_NONE, "" }, word \
    }

struct wrong_oracle {
    const char *op, *what;
    void (*f64)(const int *size, void *const *buf, const struct scalar *v);
    int is_right;
};

#define LENGTH(table) (sizeof(table) / sizeof *(table))

/* Both print a line for each and return how many are not as they must be. */
static inline int wrong_rows(const struct wrong_row *rows, size_t n)
{
    int failed = 0;
    for (const struct wrong_row *r = rows; r < rows + n; r++) {
        struct check c = check_rung(op_find_with(r->op), &r->rung, NULL, 1);
        int ok = r->word ? c.verdict == CHECK_FAIL && strstr(c.reason, r->word) : c.verdict == CHECK_PASS;
        printf("%s  %-27s %-30s %s\n", ok ? "ok    " : "NOT OK", r->op, r->rung.name, c.reason);
        failed += !ok;
    }
    return failed;
}

static inline int wrong_oracles(const struct wrong_oracle *oracles, size_t n)
{
    int failed = 0;
    for (const struct wrong_oracle *o = oracles; o < oracles + n; o++) {
        struct op op = *op_find_with(o->op);
        op.f64 = o->f64;
        struct check c = check_gradient(&op, 1);
        int ok = c.verdict == (o->is_right ? CHECK_PASS : CHECK_FAIL);
        printf("%s  %-27s %s: %s\n", ok ? "ok    " : "NOT OK", op.name, o->what, c.reason);
        failed += !ok;
    }
    return failed;
}

#endif
