/* results.h - what a race and the roofs gave, as rows of a result. */
#ifndef RUNGS_ROWS_H
#define RUNGS_ROWS_H

#include "race.h"
#include "results/row.h"
#include "roof.h"

/* One row for each roof that was measured */
void results_add_roofs(struct rows *r, const struct roofs *roofs);

/* One row for a contestant after its race. If its time lies below what the roof allows, it gets a FAIL row:
 * re-measure the roof before you call this. quick marks the row as not fit for quoting. */
void results_add_result(struct rows *r, const struct contestant *c, const struct op *op, const int *size,
                        int cold, const struct roofs *roofs, int quick);

/* Says the percentages of all results anew, from roofs that have been measured again
 * since: counts thread counts. */
void results_refresh(struct rows *r, const struct roofs *roofs, int counts);

/* 1 if the contestant was measured faster than its roof allows */
int results_above_roof(const struct contestant *c, const struct op *op, const int *size, int cold,
                       const struct roofs *roofs);

#endif
