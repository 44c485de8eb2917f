/* standing.h - the rank of a function from outside: between which two rungs of its race it is. */
#ifndef RUNGS_STANDING_H
#define RUNGS_STANDING_H

#include "results.h"

enum { STANDING_TEXT = 320 };

/* "mine on 1 thread is between 02_tile and 03_packed: ...", of the rows of one race (row[0..n-1]) and one of
 * them, which was measured. A rung counts with the most threads it was measured with, but no more than `own`
 * has. Times whose intervals overlap do not differ. text holds STANDING_TEXT bytes. */
char *standing_text(const struct row *row, int n, const struct row *own, char *text);

#endif
