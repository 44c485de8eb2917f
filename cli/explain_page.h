/* explain_page.h - the parts of the HTML page of explain_html.c. */
#ifndef RUNGS_EXPLAIN_PAGE_H
#define RUNGS_EXPLAIN_PAGE_H

#include "explain.h"

/* Text with HTML's own characters escaped; what is not UTF-8 becomes '?'. */
void page_text(FILE *out, const char *text);

/* Numbers the sectors of 32 bytes at which the lanes' accesses begin, as they come; -1 for a lane whose
 * address is negative: it is idle. How many there are. */
int explain_sectors(const long at[EXPLAIN_LANES], int which[EXPLAIN_LANES]);

/* The worst request: 32 lanes coloured by sector, or 32 banks with the lanes that want a word of each. */
void page_picture(FILE *out, const struct explain_access *a);

/* The two threads of each race in the kernel, side by side. */
void page_races(FILE *out, const struct explain_report *r, int kernel);

#endif
