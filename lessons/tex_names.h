/* tex_names.h - what pieces formulas are made of, and the signs that have a name. */
#ifndef RUNGS_TEX_NAMES_H
#define RUNGS_TEX_NAMES_H

#include <stddef.h>

/* what a piece is to its neighbours: it decides about blanks between them */
enum tex_kind {
    TEX_PLAIN,
    TEX_PREFIX,   /* belongs to what follows: the d of a derivative, a sign    */
    TEX_RELATION, /* a blank on both sides: + - = <                            */
    TEX_OPEN,
    TEX_CLOSE,
    TEX_COMMA,
    TEX_NAME,    /* log, max: a blank behind it, unless a parenthesis follows */
    TEX_LARGE,   /* a sum: its scripts go under and over it                   */
    TEX_FRACTION /* in one line: in parentheses beside a factor               */
};

struct tex_name {
    const char *name, *text;
    enum tex_kind kind;
};

/* The row of a command, `n` letters without the backslash; NULL if there is none. */
const struct tex_name *tex_name_find(const char *name, size_t n);

#endif
