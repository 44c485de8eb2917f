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

/* Begins base.dat and base.gp, which appear when they are whole, and writes the look into the script. 0: cannot. */
int gc_chart_open(struct gc_chart *c, const char *base, int width, int height);

/* Puts both files in place whole, or not at all; then draws. Returns what gc_plot_... return. */
int gc_chart_close(struct gc_chart *c);

/* 'text' for gnuplot, cut to so many characters; nothing in it can end the quotes. */
void gc_chart_quote(FILE *f, const char *text, int most);

/* Title, and a second line in grey. */
void gc_chart_title(struct gc_chart *c, const char *title, const char *below);

/* A number and the blank after it; "nan", which the script takes for missing, for what is none. */
void gc_chart_number(FILE *dat, double x);

#endif
