/* shape.c - shapes as text and numbers; see shape.h. */
#include "shape.h"

#include <stdio.h>
#include <stdlib.h>

int shape_features(struct shape s)
{
    return s.channels * (s.rows ? s.rows * s.cols : 1);
}

const char *shape_text(struct shape s, char *text)
{
    if (s.rows)
        snprintf(text, EXTENTS_TEXT, "%dx%dx%d", s.channels, s.rows, s.cols);
    else
        snprintf(text, EXTENTS_TEXT, "%d", s.channels);
    return text;
}

int shape_parse(const char *text, struct shape *s)
{
    long extent[3] = { 0 }, features = 1;
    int n = 0;
    for (;; text++) {
        char *end;
        if (n == 3 || *text < '0' || *text > '9') return 0;
        extent[n] = strtol(text, &end, 10);
        if (extent[n] < 1 || extent[n] > EXTENTS_MOST / features) return 0;
        features *= extent[n++];
        text = end;
        if (!*text) break;
        if (*text != 'x') return 0;
    }
    if (n == 2) return 0;
    *s = (struct shape){ (int)extent[0], (int)extent[1], (int)extent[2] };
    return 1;
}
