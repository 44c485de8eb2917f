/* terminal.h - how wide the lines are that a person reads. */
#ifndef RUNGS_TERMINAL_H
#define RUNGS_TERMINAL_H

#include <stdio.h>

/* The columns of a line on that stream: $COLUMNS if it is a number (from 20 up), else what the terminal says,
 * else 80. A file or pipe has no width, unless COLUMNS gives it one: 0. */
int terminal_columns(FILE *to);

/* Writes the text. A line that is too wide is broken at blanks; its other parts begin `indent` columns in. */
void terminal_put(FILE *to, int indent, const char *text);

/* the same for a printf format */
void terminal_print(FILE *to, int indent, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
