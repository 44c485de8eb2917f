/* nearest.h - what somebody may have meant who mistyped a name: for "did you mean ...?". */
#ifndef RUNGS_NEAREST_H
#define RUNGS_NEAREST_H

#include <stddef.h>

/* A list of names: n of them, each `stride` bytes after the one before. */
struct name_list {
    const char *const *first;
    size_t n, stride;
};

enum { NEAREST_TEXT = 400 };

/* Writes into near (NEAREST_TEXT bytes) what may have been meant by `text`: "'dense_forward' or
 * 'dense_backward_dx'". These are the names that begin with it, after their number if they have one ("avx"
 * for "04_avx2"); else those that have it as a part ("xent" for "softmax_xent"); else the nearest by edit
 * distance, at most 3 and half its letters. NULL if none. */
const char *nearest_name(const char *text, struct name_list names, char *near);

#endif
