/* train_dashboard.h - a training on a terminal: loss and accuracy so far as curves, how far it is, and its
 * last lines, drawn again some times a second. */
#ifndef RUNGS_CLI_TRAIN_DASHBOARD_H
#define RUNGS_CLI_TRAIN_DASHBOARD_H

#include "../base/progress.h"
#include "../train/curve.h"

struct dashboard;

/* In the place of the bar and the lines of p, until progress_end. NULL where p's stream is no terminal that
 * can show it: then the lines come as ever. title: the first line. A lack of memory ends the program. */
struct dashboard *dashboard_begin(struct progress *p, const char *title);
void dashboard_end(struct dashboard *d); /* NULL is allowed */

/* The next point of the curves; NULL is allowed */
void dashboard_add(struct dashboard *d, const struct curve_row *row);

#endif
