/* channel.h - how a student's function calls what it is handed, when that runs in another process: a stub in
 * the student's process writes the arguments here, asks, and takes the results. All that is handed has the
 * same few stubs, so that an address or a name says nothing about it. This file, and behind it the header of
 * the exercise, are compiled in front of the student's.
 */
#ifndef RUNGS_CHANNEL_H
#define RUNGS_CHANNEL_H

#include <stddef.h>
#include <string.h>

enum { CHANNEL_SIZES = 8, CHANNEL_SCALARS = 8, CHANNEL_ARRAYS = 8, CHANNEL_BYTES = 1 << 22 };

struct channel {
    void (*ask)(struct channel *c); /* comes back when the results are here                       */
    int which;                      /* of the functions that are handed                           */
    int size[CHANNEL_SIZES];
    double scalar[CHANNEL_SCALARS];
    int arrays;
    size_t at[CHANNEL_ARRAYS], bytes[CHANNEL_ARRAYS]; /* array k: bytes[k] of them, at data + at[k]  */
    _Alignas(16) unsigned char data[CHANNEL_BYTES];
};

static inline void channel_begin(struct channel *c, int which)
{
    c->which = which;
    c->arrays = 0;
}

/* One array more, with what it has now. Too many bytes are not copied: whoever is asked refuses them. */
static inline void channel_put(struct channel *c, const void *from, size_t bytes)
{
    int k = c->arrays++;
    c->at[k] = k ? (c->at[k - 1] + c->bytes[k - 1] + 15) / 16 * 16 : 0;
    c->bytes[k] = bytes;
    if (bytes <= CHANNEL_BYTES && c->at[k] <= CHANNEL_BYTES - bytes) memcpy(c->data + c->at[k], from, bytes);
}

static inline void channel_get(const struct channel *c, int k, void *to)
{
    memcpy(to, c->data + c->at[k], c->bytes[k]);
}

#endif
