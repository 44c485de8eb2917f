/* tar_made.c - made-up tar archives; see tar_made.h. */
#include "tar_made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 512, SIZE = 124, SUM = 148, TYPE = 156, MAGIC = 257 };

/* n bytes more, all zero */
static unsigned char *grow(struct tar_made *t, size_t n)
{
    unsigned char *bigger = realloc(t->bytes, t->n + n);
    if (!bigger) {
        puts("FAIL: out of memory");
        exit(1);
    }
    t->bytes = bigger;
    memset(bigger + t->n, 0, n);
    t->n += n;
    return bigger + t->n - n;
}

void tar_sum(unsigned char *header)
{
    unsigned sum = 0;
    memset(header + SUM, ' ', 8);
    for (int k = 0; k < BLOCK; k++) sum += header[k];
    snprintf((char *)header + SUM, 8, "%06o", sum);
}

void tar_add(struct tar_made *t, const char *name, char type, const unsigned char *bytes, size_t n)
{
    unsigned char *header = grow(t, BLOCK);
    snprintf((char *)header, 100, "%s", name);
    snprintf((char *)header + SIZE, 12, "%011zo", n);
    header[TYPE] = (unsigned char)type;
    memcpy(header + MAGIC, "ustar\00000", 8);
    tar_sum(header);
    unsigned char *data = grow(t, (n + BLOCK - 1) / BLOCK * BLOCK);
    if (n) memcpy(data, bytes, n);
}

void tar_end(struct tar_made *t)
{
    grow(t, 2 * BLOCK);
}

void tar_byte(struct tar_made *t, unsigned char byte)
{
    *grow(t, 1) = byte;
}

size_t tar_header(const struct tar_made *t, size_t member)
{
    size_t at = 0;
    for (; member; member--)
        at += BLOCK + (strtoull((const char *)t->bytes + at + SIZE, NULL, 8) + BLOCK - 1) / BLOCK * BLOCK;
    return at;
}
