/* picture.c - the memory of a picture; see picture.h. */
#include "picture.h"

#include <stdlib.h>

int picture_make(struct picture *p, const char *name, size_t channels, size_t rows, size_t cols, char *error)
{
    *p = (struct picture){ 0 };
    if (!rows || !cols) return error_set(error, "%s has no pixels", name);
    if (rows > PICTURE_MOST || cols > PICTURE_MOST / channels / rows)
        return error_set(error, "%s is an image of %zux%zu pixels; at most %d bytes are read", name, rows,
                         cols, PICTURE_MOST);
    p->pixel = calloc(channels * rows, cols);
    if (!p->pixel) return error_set(error, "out of memory for %s", name);
    p->channels = (int)channels;
    p->rows = (int)rows;
    p->cols = (int)cols;
    return 1;
}

void picture_free(struct picture *p)
{
    free(p->pixel);
    *p = (struct picture){ 0 };
}
