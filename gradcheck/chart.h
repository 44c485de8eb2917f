/* chart.h - the files of a chart, the look of all charts, and the call of gnuplot; used by plot.c. */
#ifndef GC_CHART_H
#define GC_CHART_H

#include <stdio.h>

#include "../base/file.h"

enum { GC_PATH = 1024 };

struct gc_chart {
    char base
        [GC_PATH]; /* never begins with a character that gnuplot or a program could take for something else */
    int width;
    struct file_out dat_file, gp_file;
    FILE *dat, *gp; /* of these two */
};

/* Begins base.dat and base.gp, which appear when they are whole, and writes the look into
 * the script. 0: cannot. */
int gc_chart_open(struct gc_chart *c, const char *base, int width, int height);

/* Puts both files in place whole, or not at all; then draws. Returns what gc_plot_... return. */
int gc_chart_close(struct gc_chart *c);

/* 'text' for gnuplot, cut to so many pixels in a font of that size; nothing in it can end the quotes. */
void gc_chart_quote(FILE *f, const char *text, int size, int most);

/* Title, and a second line in grey. */
void gc_chart_title(struct gc_chart *c, const char *title, const char *below);

/* All places are pixels of the SVG from its upper left corner; the PNG is one and a half times as large.
 * Given by margins and labels, for gnuplot puts axis names and keys elsewhere in each. */

/* Where the axes are, and their names */
void gc_chart_area(struct gc_chart *c, int left, int top, int right, int bottom, const char *x,
                   const char *y);

/* An entry of the key, with numbers from 0 to 15: a line and a point ("ls 3"; "": none), and
 * the name right of them */
void gc_chart_key(struct gc_chart *c, int number, int x, int y, const char *line, const char *point,
                  const char *name);

/* A number and the blank after it; "nan", which the script takes for missing, for what is none. */
void gc_chart_number(FILE *dat, double x);

#endif
