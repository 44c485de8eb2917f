/* report.h - roofs and races as text for people. */
#ifndef RUNGS_REPORT_H
#define RUNGS_REPORT_H

#include "results.h"

/* "1.234 ms", four digits; text holds 24 bytes */
char *report_seconds(double seconds, char *text);

/* "y at x = -20 is -1.9e-06, not 2.06e-09 (2e+06 times their bound)"; text holds 160 bytes */
char *report_worst(const struct special *worst, char *text);

void report_roofs(const struct roofs *r);

/* The table of one race: rows first..first+n-1, all of one problem and cache state. `speed` in it is GFLOP/s,
 * or GB/s where memory is the limit; below it are listed who shows no difference from whom, and which peers,
 * starred, are less exact than the rungs. */
void report_race(const struct rows *r, int first, int n, const struct check_case *problem);

#endif
