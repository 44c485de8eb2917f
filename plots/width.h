/* width.h - how wide text is, so that charts leave room for it. The widths are those of DejaVu Sans, the
 * widest of the fonts that readers are likely to have: what fits in it fits in Helvetica and Arial. */
#ifndef RUNGS_WIDTH_H
#define RUNGS_WIDTH_H

/* In pixels, at that font size; text is UTF-8 */
double width_of(const char *text, double size);

/* Cuts the text, with "…" at its end, until it is at most that wide. */
void width_fit(char *text, double size, double most);

#endif
