/* chunks.h - work for threads, cut by its size alone: the same chunks, and so the same bits, for
 * any number of threads. */
#ifndef RUNGS_CHUNKS_H
#define RUNGS_CHUNKS_H

#include "ladder_tables.h"

enum { MAX_CHUNKS = 256 };

/* Items of `width` elements each are taken so many at a time, in multiples of `step`: PIECE elements or more,
 * and no more than MAX_CHUNKS chunks. */
static inline int items_in_a_chunk(int items, int width, int step)
{
    int least = width < PIECE ? PIECE / width : 1, share = items / MAX_CHUNKS + 1;
    int many = (least > share ? least : share) - 1;
    return (many / step + 1) * step;
}

static inline int chunks_of(int items, int in_a_chunk)
{
    return items / in_a_chunk + (items % in_a_chunk > 0);
}

#endif
