/* progress.h - one line that shows how far long work has come: a bar on a terminal, nothing in a log. */
#ifndef RUNGS_PROGRESS_H
#define RUNGS_PROGRESS_H

#include <stdio.h>

/* What draws in the place of the bar and the lines: both get their text, without a line end. */
struct progress_painter {
    void (*show)(void *context, double done, const char *text);
    void (*line)(void *context, const char *text);
    void *context;
};

struct progress {
    FILE *to;
    int terminal;                           /* a person is looking                */
    int shown;                              /* columns of the bar on the screen  */
    double next;                            /* when the bar is drawn again         */
    const struct progress_painter *painter; /* NULL: none */
};

void progress_begin(struct progress *p, FILE *to);

/* Draws the bar, `done` being 0..1, and the text behind it; ten times a second at most. */
void progress_show(struct progress *p, double done, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prints a line for good, on a terminal and in a log alike; the bar makes room for it. */
void progress_line(struct progress *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* From now on painter, which must outlive it, or NULL, draws. */
void progress_paint(struct progress *p, const struct progress_painter *painter);

/* Takes the bar away. */
void progress_end(struct progress *p);

/* "0:07", "12:30" or "1:02:03"; text must hold 32 bytes */
const char *progress_time(double seconds, char *text);

#endif
