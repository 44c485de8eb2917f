/* gc_report_zoo.c - wrong gradients of the zoo, checked by the engine, get the words that they deserve; and
 * a right one gets none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zoo/zoo.h"

/* the first wrong tensor, parts of its words; "": nothing is wrong, "no": there are no words */
static const struct {
    const char *unit, *name, *pattern, *cause;
} rows[] = {
    { "dense", "right", "", "" },
    { "dense", "dw_mean", "analytic = numeric / 5", "a mean over 5 (axis 0 of x) is taken twice" },
    { "dense", "dw_transposed", "as if the shape were [7,3]", "transposed" },
    { "dense", "dw_last_element_zero", "the last element [2,6] is wrong, and there analytic = 0",
      "one too early" },
    { "dense", "dw_first_row", "only index 0 of 0 to 4 on axis 0 of y reaches the gradient",
      "the sum over axis 0 of y is missing" },
    { "dense", "dw_last_row_skipped", "index 4 of 0 to 4 on axis 0 of y does not reach the gradient",
      "ends one too early" },
    { "dense", "dw_overwritten", "only index 4 of 0 to 4 on axis 0 of y reaches the gradient",
      "= where += belongs" },
    { "dense", "dx_first_output", "only index 0 of 0 to 2 on axis 1 of y", "axis 1 of y is missing" },
    { "dense", "dx_no_tail", "the last 3 of 7 columns are wrong, and there analytic = 0", "whole vectors" },
    { "dense", "upstream_ignored", "does not depend on the upstream gradient", "dout" },
    { "dense", "dx_transposed", "no", "no" },
    { "sigmoid", "without_y", "analytic = numeric / y", "the factor y is missing" },
    { "sigmoid", "without_1_minus_y", "analytic = numeric / (1 - y)", "the factor 1 - y is missing" },
    { "tanh", "not_squared", "analytic = numeric / (1 + y)", "the factor 1 + y is missing" },
    { "relu", "all_pass", "where x < 0 are wrong, and there numeric = 0", "sign of x" },
    { "relu", "guided", "where dy < 0 are wrong", "sign of dy" },
    { "softmax_xent", "onehot_missing", "one element in each row of 4", "one-hot" },
    { "conv2d", "dw_flipped", "numeric[i,j,2-k,1-l]", "flipped" },
    { "conv2d", "dw_channels_swapped", "analytic[j,i,k,l] = numeric[i,j,k,l]", "order" },
    { "dropout", "mask_missing", "where y = 0 are wrong, and there numeric = 0, but analytic is not",
      "mask" },
    { "dropout", "scale_missing", "analytic = 0.75 * numeric", "keep probability" },
    { "decay", "decay_missing", "* w", "of the loss is missing in the gradient" },
    { "layer_norm", "dbeta_is_dgamma", "the gradient of gamma", "share a buffer" },
    { "attention", "residual_missing", "analytic = numeric - dy", "a term of dy is missing" },
};

static const struct zoo_case *find(const char *unit, const char *name)
{
    for (int i = 0; i < zoo_cases(); i++)
        if (!strcmp(zoo_case_at(i)->unit, unit) && !strcmp(zoo_case_at(i)->name, name)) return zoo_case_at(i);
    printf("FAIL the zoo has no %s/%s any more\n", unit, name);
    exit(1);
}

static const gc_tensor_result *first_wrong(const gc_result *r)
{
    for (int t = 0; t < r->ntensors; t++)
        if (r->tensor[t].wrong) return &r->tensor[t];
    return NULL;
}

static int check(size_t k, uint64_t seed)
{
    const struct zoo_case *c = find(rows[k].unit, rows[k].name);
    struct zoo_problem *z = malloc(sizeof *z);
    if (!z || !zoo_open(z, c, 1)) exit(1);
    z->o.seed = seed;
    gc_result *r = gc_check(&z->p, &z->o);
    const gc_tensor_result *t = first_wrong(r);
    int none = !strcmp(rows[k].pattern, "no"), right = !*rows[k].pattern, ok;
    if (right)
        ok = !t;
    else if (none)
        ok = t && !*t->pattern && !*t->cause;
    else
        ok = t && strstr(t->pattern, rows[k].pattern) && strstr(t->cause, rows[k].cause);
    if (!ok) {
        printf("FAIL %s/%s, seed %d: wanted %s; %s\n", c->unit, c->name, (int)seed, rows[k].pattern,
               rows[k].cause);
        gc_print(stdout, r);
    }
    gc_free(r);
    zoo_close(z);
    free(z);
    return !ok;
}

int main(void)
{
    int failures = 0;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        for (uint64_t seed = 1; seed <= 4; seed++) failures += check(k, seed);
    if (!failures) printf("PASS %zu gradients of the zoo, in words\n", sizeof rows / sizeof *rows);
    return failures != 0;
}
