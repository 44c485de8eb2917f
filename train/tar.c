/* tar.c - tar archives; see tar.h. */
#include "tar.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* A header fills a block, and a member's data as many as they need; the last one ends with zeros. Numbers are
 * octal digits, behind which there is a space or a zero byte. */
enum { BLOCK = 512 };

struct header {
    unsigned char name[100], mode[8], uid[8], gid[8], size[12], time[12], sum[8], type, link[100];
    unsigned char magic[8], owner[32], group[32], device[16], prefix[155], unused[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header is one block");

/* 0 if the field holds anything but a number */
static int octal(const unsigned char *field, size_t n, uint64_t *value)
{
    size_t k = 0, digits = 0;
    *value = 0;
    while (k < n && field[k] == ' ') k++;
    for (; k < n && field[k] >= '0' && field[k] <= '7'; k++, digits++)
        *value = *value * 8 + (uint64_t)(field[k] - '0'); /* 12 digits are 36 bits */
    return digits && (k == n || field[k] == ' ' || field[k] == '\0');
}

/* the sum of the header's bytes, its own field counted as spaces */
static int has_sum(const struct header *h)
{
    const unsigned char *byte = (const unsigned char *)h;
    uint64_t stored, sum = 8 * ' ';
    for (size_t k = 0; k < BLOCK; k++) sum += byte[k];
    for (size_t k = 0; k < sizeof h->sum; k++) sum -= h->sum[k];
    return octal(h->sum, sizeof h->sum, &stored) && stored == sum;
}

static int is_zero(const unsigned char *block, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (block[k]) return 0;
    return 1;
}

/* n bytes, or 0 and a sentence */
static int read_whole(struct source *s, void *into, size_t n, char *error)
{
    if (source_read(s, into, n) == n) return 1;
    if (*s->reason) return error_set(error, "%s", s->reason);
    return error_set(error, "%s is a tar archive that ends too early", s->name);
}

/* what is left of the member, and the zeros behind it */
static int skip_rest(struct source *s, const struct tar_member *m, char *error)
{
    unsigned char block[BLOCK];
    uint64_t blocks = ((uint64_t)m->size + BLOCK - 1) / BLOCK, left = blocks * BLOCK - m->read;
    for (size_t n; left; left -= n) {
        n = left % BLOCK ? left % BLOCK : BLOCK;
        if (!read_whole(s, block, n, error)) return 0;
    }
    return 1;
}

/* Behind the first block of zeros there are only zeros: another such block and, for tapes, more */
static int end(struct source *s, char *error)
{
    unsigned char block[BLOCK];
    size_t n, zeros = 0;
    while ((n = source_read(s, block, BLOCK))) {
        if (!is_zero(block, n)) {
            error_set(error, "%s: something else follows the end of the tar archive", s->name);
            return -1;
        }
        zeros += n;
    }
    if (*s->reason)
        error_set(error, "%s", s->reason);
    else if (zeros < BLOCK)
        error_set(error, "%s is a tar archive that ends too early", s->name);
    else
        return 0;
    return -1;
}

/* "prefix/name"; fields that are full have no zero behind them */
static void join(const struct header *h, char name[TAR_NAME])
{
    int is_ustar = !memcmp(h->magic, "ustar", 5), prefix = is_ustar && *h->prefix;
    snprintf(name, TAR_NAME, "%.*s%s%.*s", prefix ? (int)sizeof h->prefix : 0, (const char *)h->prefix,
             prefix ? "/" : "", (int)sizeof h->name, (const char *)h->name);
    for (; *name; name++)
        if ((unsigned char)*name < ' ' || *name == 127) *name = '?'; /* for sentences */
}

static int take(const struct source *s, const struct header *h, struct tar_member *m, char *error)
{
    uint64_t size;
    if (!has_sum(h))
        return error_set(error, "%s is no tar archive, or damaged: a header's sum is wrong", s->name);
    join(h, m->name);
    if (!octal(h->size, sizeof h->size, &size))
        return error_set(error, "%s: the size of its member %s is not an octal number", s->name, m->name);
    m->is_file = !h->type || h->type == '0';
    if (!m->is_file && (h->type < '1' || h->type > '6'))
        return error_set(error,
                         "%s: its member %s has the type %c, of an extension of tar that is not read; unpack "
                         "it with tar, and remove it",
                         s->name, m->name, h->type > ' ' && h->type < 127 ? h->type : '?');
    m->size = m->is_file ? (size_t)size : 0; /* of a link it is its target's, or 0 */
    return 1;
}

int tar_next(struct source *s, struct tar_member *m, char *error)
{
    struct header h;
    if (!skip_rest(s, m, error)) return -1;
    *m = (struct tar_member){ 0 };
    if (!read_whole(s, &h, BLOCK, error)) return -1;
    if (is_zero((const unsigned char *)&h, BLOCK)) return end(s, error);
    return take(s, &h, m, error) ? 1 : -1;
}

size_t tar_read(struct source *s, struct tar_member *m, void *into, size_t n)
{
    size_t left = m->size - m->read, ask = n < left ? n : left, got = source_read(s, into, ask);
    if (got < ask && !*s->reason) error_set(s->reason, "%s is a tar archive that ends too early", s->name);
    m->read += got;
    return got;
}
