/* sheets.h - numbers of two dimensions as grey pictures: a sheet holds tiles of rows x cols numbers, all of
 * them on one scale, which is written above it. Where a sheet has numbers below 0, 0 is the grey in the
 * middle between black and white; else 0 is black. */
#ifndef RUNGS_SHEETS_H
#define RUNGS_SHEETS_H

#include <stdio.h>

enum { SHEETS_MOST = 40, SHEET_TITLE = 100, SHEET_ACROSS = 16 };

struct sheet {
    char title[SHEET_TITLE];
    int tiles, rows, cols;
    const float *value; /* (tiles, rows, cols), finite */
};

/* Draws n sheets below each other, NAME.svg and NAME.png in the folder out. 0 after a sentence: see draw.h.
 */
int sheets_draw(const struct sheet *sheet, int n, const char *heading, const char *name, const char *out);

/* The same numbers as text, for lessons: a block for each sheet, with two empty lines behind it, and in it
 * the rows of the picture, numbers separated by commas. A place without a tile is nan. */
void sheets_write(FILE *file, const struct sheet *sheet, int n);

#endif
