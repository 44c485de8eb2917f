/* ulp_results.c - what ulp.c measured, as rows; see ulp_results.h. */
#include "ulp_results.h"

#include <math.h>
#include <stdio.h>

void ulp_results_add(struct ulp_rows *r, const struct op *op, const struct ulp_rung *rung, double low,
                     double high, double step)
{
    int out[ULP_OUTPUTS], outputs = ulp_outputs(op, out);
    for (int i = 0; i < outputs; i++) {
        const struct ulp_peak *peak = rung->peak[i];
        int bounded = ulp_has(op, out[i], rung->needs, ULP_BOUND);
        struct ulp_row *row = ulp_rows_new(r);
        *row = (struct ulp_row){ .low = low, .high = high, .step = step };
        snprintf(row->op, sizeof row->op, "%s", op->name);
        snprintf(row->rung, sizeof row->rung, "%s", rung->name);
        snprintf(row->argument, sizeof row->argument, "%s", op->arg[out[i]].name);
        row->ulp = peak[ULP_ERROR].error;
        row->bits = row->ulp > 0 ? ulp_bits(row->ulp) : nan("");
        row->at = (double)peak[ULP_ERROR].at;
        row->bound_fraction = bounded ? peak[ULP_BOUND].error : nan("");
        row->bound_at = bounded ? (double)peak[ULP_BOUND].at : nan("");
        row->wrong_at_limit = rung->limit[i].error > 0;
        row->limit = (double)rung->limit[i].at;
    }
}
