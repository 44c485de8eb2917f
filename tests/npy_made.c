/* npy_made.c - see npy_made.h. */
#include "npy_made.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

void made_add(struct made *m, const void *bytes, size_t n)
{
    m->bytes = realloc(m->bytes, m->n + n + 1);
    if (!m->bytes) exit(1);
    if (n) memcpy(m->bytes + m->n, bytes, n);
    m->n += n;
}

static void add_number(struct made *m, uint64_t x, int bytes)
{
    for (int b = 0; b < bytes; b++)
        made_add(m, &(unsigned char){ (unsigned char)(b < 8 ? x >> 8 * b : 0) }, 1);
}

void made_npy(struct made *m, int version, const char *header)
{
    made_add(m, "\x93NUMPY", 6);
    add_number(m, (uint64_t)version, 1);
    add_number(m, 0, 1);
    add_number(m, strlen(header) + 1, version == 1 ? 2 : 4);
    made_add(m, header, strlen(header));
    made_add(m, "\n", 1);
}

/* deflated, without a header of its own */
static struct made packed(const struct made *from)
{
    struct made to = { 0 };
    z_stream z = { .next_in = from->bytes, .avail_in = (unsigned)from->n };
    if (deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) exit(1);
    size_t room = deflateBound(&z, (uLong)from->n);
    to.bytes = malloc(room);
    if (!to.bytes) exit(1);
    z.next_out = to.bytes, z.avail_out = (unsigned)room;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) exit(1);
    to.n = z.total_out;
    deflateEnd(&z);
    return to;
}

/* what both the local header and the directory have, from the version on */
static void add_facts(struct made *m, const char *name, const struct made *member, uint32_t sizes[2],
                      int is_deflated, int more)
{
    add_number(m, 45, 2);
    add_number(m, 0, 2);
    add_number(m, is_deflated ? 8 : 0, 2);
    add_number(m, 0x00210000, 4); /* 1980-01-01 */
    add_number(m, crc32(0, member->bytes, (unsigned)member->n), 4);
    add_number(m, sizes[0], 4);
    add_number(m, sizes[1], 4);
    add_number(m, strlen(name), 2);
    add_number(m, (uint64_t)more, 2);
}

void made_zip(struct made *m, int members, const char *const *name, const struct made *member,
              int is_deflated)
{
    struct made directory = { 0 };
    for (int k = 0; k < members; k++) {
        struct made bytes = { 0 };
        size_t at = m->n;
        if (is_deflated)
            bytes = packed(&member[k]);
        else
            made_add(&bytes, member[k].bytes, member[k].n);
        uint32_t sizes[2] = { (uint32_t)bytes.n, (uint32_t)member[k].n },
                 none[2] = { UINT32_MAX, UINT32_MAX };
        made_add(m, "PK\3\4", 4);
        add_facts(m, name[k], &member[k], none, is_deflated, 20);
        made_add(m, name[k], strlen(name[k]));
        add_number(m, 1, 2);
        add_number(m, 16, 2);
        add_number(m, sizes[1], 8);
        add_number(m, sizes[0], 8);
        made_add(m, bytes.bytes, bytes.n);
        made_add(&directory, "PK\1\2\x2d\3", 6);
        add_facts(&directory, name[k], &member[k], sizes, is_deflated, 0);
        add_number(&directory, 0, 8);
        add_number(&directory, 0, 2);
        add_number(&directory, at, 4);
        made_add(&directory, name[k], strlen(name[k]));
        free(bytes.bytes);
    }
    size_t from = m->n;
    made_add(m, directory.bytes, directory.n);
    made_add(m, "PK\5\6\0\0\0\0", 8);
    add_number(m, (uint64_t)members, 2);
    add_number(m, (uint64_t)members, 2);
    add_number(m, directory.n, 4);
    add_number(m, from, 4);
    add_number(m, 0, 2);
    free(directory.bytes);
}
