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

/* w of Adam and AdamW: c1 = 1 - beta1^t and c2 = 1 - beta2^t err by roundings of beta^t, which is nearly 1 of
 * a small t. The step is divided by c1 and multiplied by the root of c2, so that it errs by their relative
 * errors, 1 / c1 and half of 1 / c2 roundings, of itself. */
void peer_terms_adam(const struct check_case *c, int a, double *terms)
{
    const struct op *op = c->op;
    const double *m = c->oracle[2], *v = c->oracle[3];
    double t = (double)op_scalar(op, "t")->count, c1 = 1 - pow(op_scalar(op, "beta1")->real, t),
           c2 = 1 - pow(op_scalar(op, "beta2")->real, t);
    for (size_t k = 0; is_named(c, a, "w") && k < c->elements[a]; k++) {
        double step = op_scalar(op, "lr")->real * fabs(m[k]) / c1;
        terms[k] = step / (sqrt(v[k] / c2) + op_scalar(op, "eps")->real) * (1 / c1 + 0.5 / c2);
    }
}
