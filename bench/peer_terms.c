/* peer_terms.c - the terms of losses' gradients as programs write them that use a library: p - onehot(label),
 * s - t. The difference cancels where the loss is small, and a rung in float keeps its digits there. */
#include <math.h>
#include <string.h>

#include "../optimized/check.h"
#include "peer_library.h"

static int is_named(const struct check_case *c, int a, const char *name)
{
    return !strcmp(c->op->arg[a].name, name);
}

/* |dloss|; 1 if the operation has none */
static double upstream(const struct check_case *c)
{
    for (int a = 0; a < c->op->narg; a++)
        if (is_named(c, a, "dloss")) return fabs((double)*(float *)c->input[a]);
    return 1;
}

/* of a row: p + onehot(label), each times share */
static void row_terms(int C, const float *z, int label, double share, double *terms)
{
    double high = (double)z[0], sum = 0;
    for (int k = 1; k < C; k++) high = fmax(high, (double)z[k]);
    for (int k = 0; k < C; k++) sum += terms[k] = exp((double)z[k] - high);
    for (int k = 0; k < C; k++) terms[k] *= share / sum;
    terms[label] += share;
}

void peer_terms_xent(const struct check_case *c, int a, double *terms)
{
    const int *label = c->input[1], N = c->size[0], C = c->size[1];
    int count = 0;
    for (int n = 0; n < N; n++) count += label[n] >= 0;
    for (int n = 0; is_named(c, a, "dz") && n < N; n++) {
        size_t at = (size_t)n * (size_t)C;
        if (label[n] >= 0)
            row_terms(C, (const float *)c->input[0] + at, label[n], upstream(c) / count, terms + at);
    }
}

void peer_terms_bce_logits(const struct check_case *c, int a, double *terms)
{
    const float *z = c->input[0], *t = c->input[1];
    int n = c->size[0];
    for (int k = 0; is_named(c, a, "dy") && k < n; k++)
        terms[k] = (1 / (1 + exp(-(double)z[k])) + fabs((double)t[k])) / n;
}
