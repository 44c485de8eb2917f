/* definition.h - a function or table by its name, in the text of a C file as clang-format leaves it. */
#ifndef RUNGS_DEFINITION_H
#define RUNGS_DEFINITION_H

#include <stddef.h>

struct definition {
    const char *comment; /* its comment, attributes and first line: where the paragraph begins */
    const char *at;      /* its first line                                                     */
    size_t length;       /* from `comment` to behind its last line                              */
};

/* The first definition with a body whose first line has `name` as a whole word and which ends with a line
 * that starts with '}'. 0 if there is none. */
int definition_find(const char *source, const char *name, struct definition *found);

#endif
