/* draw.h - one chart: the files that its gnuplot script reads, and the call of gnuplot.
 *
 * A chart consists of NAME.var (gnuplot assignments), NAME.dat and NAME.lab (tab separated blocks: lines, and
 * the labels beside them) in a working folder, and becomes NAME.svg and NAME.png in the output folder.
 */
#ifndef RUNGS_DRAW_H
#define RUNGS_DRAW_H

#include <stdio.h>

enum { DRAW_PATH = 4096, DRAW_NAME = 240 };

struct draw {
    char name[DRAW_NAME];
    FILE *var, *dat, *lab; /* write to these; NULL: could not be opened */
};

/* Makes the working folder, and finds the scripts. 0 after a sentence. All sentences begin with the verb;
 * that about a gnuplot that is missing ends with what the user can do without one ("" or "; ..."). */
int draw_begin(const char *verb, const char *without);

/* Removes the working folder. */
void draw_end(void);

/* "STEM_CHART_OP", or with a shape "STEM_CHART_OP_SHAPE", as the name of a file; name
 * holds DRAW_NAME bytes. */
void draw_name(char *name, const char *stem, const char *chart, const char *op, const char *shape);

/* 0 after a sentence */
int draw_open(struct draw *d, const char *name);

/* Runs plots/SCRIPT.gp; both pictures appear whole or not at all. 0 after a sentence: gnuplot is missing, or
 * says that something is wrong. */
int draw_close(struct draw *d, const char *script, const char *out);

/* How the program ends after one of these zeros: a picture cannot be written, gnuplot is
 * missing, or no process starts. */
int draw_exit_code(void);

/* name = 'text' for gnuplot; what could end the quotes is replaced */
void draw_text(FILE *var, const char *name, const char *text);

/* One cell of a data file: tabs, newlines and quotes become spaces */
void draw_cell(FILE *dat, const char *text, char end);

#endif
