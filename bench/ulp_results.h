/* ulp_results.h - measured errors of rungs (optimized/ulp.h) as rows of a result. */
#ifndef RUNGS_ULP_RESULTS_H
#define RUNGS_ULP_RESULTS_H

#include "../optimized/ulp.h"
#include "results/ulp_row.h"

/* One row for each output. low, high: NaN if `step` says which floats were looked at, else the
 * interval and step NaN. */
void ulp_results_add(struct ulp_rows *r, const struct op *op, const struct ulp_rung *rung, double low,
                     double high, double step);

#endif
