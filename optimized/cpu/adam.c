/* adam.c - the CPU ladders of Adam and its relatives. */
#include "../op.h"
#include "../../reference/reference.h"
#include "ladder_tables.h"
#include "ladders.h"

#include <math.h>

/* ---- Adam, 01_folded: one division per element ----
 *
 * Changed: with c1 = 1 - beta1^t and c2 = 1 - beta2^t,
 *
 *   lr (m / c1) / (sqrt(v / c2) + eps) = (lr sqrt(c2) / c1) m / (sqrt(v) + eps sqrt(c2)),
 *
 * so that the corrections go into two constants of the step; and the arrays are said not to overlap, so that
 * the compiler makes vectors. Relieves: the divider, which two of three divisions leave. */
static void folded(int n, const float *restrict dw, float *restrict w, float *restrict m, float *restrict v,
                   double lr, double beta1, double beta2, double eps, uint64_t t)
{
    const double root = sqrt(1 - pow(beta2, (double)t));
    const float rate = (float)(lr * root / (1 - pow(beta1, (double)t))), small = (float)(eps * root);
    const float keep_m = (float)beta1, add_m = (float)(1 - beta1), keep_v = (float)beta2,
                add_v = (float)(1 - beta2);
    for (int k = 0; k < n; k++) {
        m[k] = keep_m * m[k] + add_m * dw[k];
        v[k] = keep_v * v[k] + add_v * dw[k] * dw[k];
        w[k] -= rate * m[k] / (sqrtf(v[k]) + small);
    }
}

const struct rung adam_step_cpu[] = {
    NAIVE(adam_step),
    { "01_folded", RUN(adam_step, folded), NEED_NONE,
      "the corrections in two constants: one division per element" },
    { 0 },
};

const struct rung adamw_step_cpu[] = {
    NAIVE(adamw_step),
    { 0 },
};

const struct rung amsgrad_step_cpu[] = {
    NAIVE(amsgrad_step),
    { 0 },
};

const struct rung nadam_step_cpu[] = {
    NAIVE(nadam_step),
    { 0 },
};

const struct rung schedule_free_step_cpu[] = {
    NAIVE(schedule_free_step),
    { 0 },
};
