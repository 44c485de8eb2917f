/* formula.c - is a formula of the text true? Both of its sides on random inputs; see lesson.h. */
#include "lesson.h"

#include <math.h>
#include <stdio.h>

/* one draw; 0 with a sentence in r->reason */
static int sides_agree(const struct formula *f, double limit, struct formula_result *r)
{
    double lhs[MAX_SIDE], rhs[MAX_SIDE], largest = 0;
    int n = f->lhs(lhs), m = f->rhs(rhs);
    if (n != m || n < 1 || n > MAX_SIDE) {
        snprintf(r->reason, sizeof r->reason, "the left side has %d elements, the right side %d", n, m);
        return 0;
    }
    for (int k = 0; k < n; k++) largest = fmax(largest, fmax(fabs(lhs[k]), fabs(rhs[k])));
    if (!(largest > 0)) {
        snprintf(r->reason, sizeof r->reason, "both sides are zero or NaN everywhere: this proves nothing");
        return 0;
    }
    for (int k = 0; k < n; k++) {
        double difference = fabs(lhs[k] - rhs[k]) / largest;
        if (!(difference <= limit)) { /* written so that NaN fails */
            snprintf(r->reason, sizeof r->reason, "element %d: the left side is %.9g, the right side %.9g", k,
                     lhs[k], rhs[k]);
            return 0;
        }
        r->worst = fmax(r->worst, difference);
    }
    return 1;
}

static double limit_of(const struct formula *f)
{
    return f->limit > 0 ? f->limit : FORMULA_LIMIT;
}

struct formula_result formula_check(const struct lesson *l, const struct formula *f, uint64_t seed)
{
    struct formula_result r = { .right = 1 };
    for (uint64_t round = 0; round < FORMULA_ROUNDS && r.right; round++) {
        l->draw(seed * FORMULA_ROUNDS + round);
        r.right = sides_agree(f, limit_of(f), &r);
    }
    return r;
}

int formulas_print(const struct lesson *l, uint64_t seed)
{
    int wrong = 0, n = 0;
    for (const struct formula *f = l->formula; f->id; f++, n++) {
        struct formula_result r = formula_check(l, f, seed);
        if (r.right)
            printf("PASS  %-20s worst difference %.1e   allowed %.0e\n", f->id, r.worst, limit_of(f));
        else
            printf("FAIL  %-20s %s\n", f->id, r.reason);
        wrong += !r.right;
    }
    printf("%d formulas, both sides evaluated on %d random inputs each: %d wrong\n", n, FORMULA_ROUNDS,
           wrong);
    return wrong;
}
