/* frame.h - a page of text on a terminal that is drawn again and again in its place, as large as the
 * terminal is at that moment.
 *
 *     struct frame f;
 *     if (frame_begin(&f, stdout))
 *         for (...) {
 *             FILE *page = frame_page(&f);
 *             fprintf(page, ...); // lines; those beyond f.rows, and what is beyond f.columns, are left out
 *             frame_show(&f);
 *         }
 *
 * The terminal stays an ordinary one: nothing has to be undone, however the program ends. */
#ifndef RUNGS_FRAME_H
#define RUNGS_FRAME_H

#include <stddef.h>
#include <stdio.h>

struct frame {
    FILE *to, *page;
    int rows, columns; /* that a page may have now */
    int shown;         /* 1: a page of that size is on the screen */
    char *text;
    size_t bytes;
};

/* 0 if that stream is no terminal whose cursor can be moved: a file, a pipe, or TERM is dumb, empty or
 * missing */
int frame_begin(struct frame *f, FILE *to);

/* The next page, empty; NULL where there is no memory for one, and then there is none to show. */
FILE *frame_page(struct frame *f);
void frame_show(struct frame *f);

#endif
