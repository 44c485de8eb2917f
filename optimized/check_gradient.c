/* check_gradient.c - a backward in double against its forward, by the gradient checker: differences with an
 * error bar, the complex step where there is one, ties and kinks, and the rules of the call. */
#include "check.h"

#include <stdio.h>

#include "gradients.h"

enum { SMALL = 4000 }; /* flops; the reference has no blocks or tails, so small shapes show all it does */

static const gc_tensor_result *worst_of(const gc_result *r)
{
    const gc_tensor_result *worst = NULL;
    for (int t = 0; t < r->ntensors; t++)
        if (r->tensor[t].checked &&
            (!worst || r->tensor[t].verdict > worst->verdict ||
             (r->tensor[t].verdict == worst->verdict && r->tensor[t].worst_rel > worst->worst_rel)))
            worst = &r->tensor[t];
    return worst;
}

static void add(struct check *all, const struct op *op, const int *size, const gc_result *r)
{
    const gc_tensor_result *worst = worst_of(r);
    char shape[SHAPE_TEXT], cause[100];
    all->shapes++;
    if (worst && worst->worst_rel > all->worst) all->worst = worst->worst_rel;
    if (gc_exit_code(r) == 0) return;
    all->verdict = CHECK_FAIL;
    op_shape_text(op, size, shape);
    snprintf(cause, sizeof cause, "%.99s", worst ? worst->cause : "");
    if (worst && worst->verdict == GC_FAIL && op->forward)
        snprintf(all->reason, sizeof all->reason,
                 "at %s element %zu of d%.40s is %.15g, its forward says %.15g%s%s", shape,
                 worst->worst.index, worst->name, worst->worst.analytic, worst->worst.numeric,
                 *cause ? "; " : "", cause);
    else
        snprintf(all->reason, sizeof all->reason, "at %s %s: %.180s", shape, gc_verdict_name(r->verdict),
                 r->reason);
}

struct check check_gradient(const struct op *op, uint64_t seed)
{
    struct check result = { .verdict = CHECK_PASS };
    gc_options o = gc_defaults();
    o.seed = seed;
    o.fork = 0;                /* the reference: it does not crash */
    if (op->kind == OP_STEP) { /* of sizes of its own */
        gc_result *r[GRADIENT_RESULTS];
        gradient_check(op, NULL, op->check_shapes[0], &o, r);
        add(&result, op, op->check_shapes[0], r[0]);
        gc_free(r[0]);
        return result;
    }
    if (!op->forward) {
        result.verdict = CHECK_SKIP;
        snprintf(result.reason, sizeof result.reason, "it is not the gradient of a listed operation");
        return result;
    }
    for (const int(*size)[MAX_SIZES] = op->check_shapes; **size && result.verdict == CHECK_PASS; size++) {
        gc_result *r[GRADIENT_RESULTS];
        if (op->flops(*size) > SMALL) continue;
        for (int i = 0, n = gradient_check(op, NULL, *size, &o, r); i < n; i++) {
            if (result.verdict == CHECK_PASS) add(&result, op, *size, r[i]);
            gc_free(r[i]);
        }
    }
    return result;
}
