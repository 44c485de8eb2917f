/* tex_box.h - rectangles of characters, from which formulas are put together for a terminal.
 *
 * A box has rows and columns, and one row that continues the line of text: its axis. A fraction's axis is its
 * bar. Functions take boxes over and free them. Out of memory: memory.h's sentence, and the end.
 */
#ifndef RUNGS_TEX_BOX_H
#define RUNGS_TEX_BOX_H

#include <stdint.h>

struct cell {
    uint32_t letter; /* 0: the right half of a wide character */
    uint32_t mark;   /* a combining character on it, or 0     */
};

struct box {
    int width, height, axis;
    struct cell *at; /* [height][width] */
};

struct box box_text(const char *utf8);

/* a, then b on the same axis */
struct box box_beside(struct box a, struct box b);

/* b under a, both in the middle; the axis is that of a */
struct box box_under(struct box a, struct box b);

/* a over a bar over b; the axis is the bar */
struct box box_fraction(struct box a, struct box b);

/* base with `below` at its lower right and `above` at its upper right; either may be empty */
struct box box_scripts(struct box base, struct box below, struct box above);

/* base with `below` under it and `above` over it, as those of a sum */
struct box box_limits(struct box base, struct box below, struct box above);

/* a under a root sign */
struct box box_root(struct box a);

/* a between fences of its height: each one of ( ) [ ] { } | and the two floors, or "." for none */
struct box box_fenced(uint32_t left, struct box a, uint32_t right);

/* puts a combining character on every letter */
struct box box_marked(struct box a, uint32_t mark);

/* The rows as text, each ended by a line end but the last; blanks at their ends are left out. Free it. */
char *box_string(const struct box *b);

void box_free(struct box *b);

/* how many columns that UTF-8 text takes: 2 for each Chinese character, 0 for combining characters */
int text_columns(const char *utf8);

#endif
