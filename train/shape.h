/* shape.h - the shape of one example on its way through a network: channels x rows x columns, or a row of
 * features. */
#ifndef RUNGS_SHAPE_H
#define RUNGS_SHAPE_H

#include <stddef.h>

enum { EXTENTS_TEXT = 40, EXTENTS_MOST = 1 << 24 };

struct shape {
    int channels, rows, cols; /* rows and cols are 0 in a row of features, which has `channels` of them */
};

/* 1..EXTENTS_MOST in a shape that shape_parse or a layer made */
int shape_features(struct shape s);

/* "1x28x28" or "784"; text must hold EXTENTS_TEXT bytes */
const char *shape_text(struct shape s, char *text);

/* The shape that the text says; 0 if it is none, or has more than EXTENTS_MOST features. */
int shape_parse(const char *text, struct shape *s);

#endif
