/* own_made.c - see own_made.h. */
#include "own_made.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "data_made.h"

void made_text(struct made *m, const char *text)
{
    made_add(m, text, strlen(text));
}

static void add_big(struct made *m, uint32_t x)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        made_add(m, &(unsigned char){ (unsigned char)(x >> shift) }, 1);
}

/* length, name, contents, and the CRC-32 of name and contents */
static void add_chunk(struct made *m, const char *name, const struct made *contents)
{
    add_big(m, (uint32_t)contents->n);
    const size_t from = m->n;
    made_add(m, name, 4);
    made_add(m, contents->bytes, contents->n);
    add_big(m, (uint32_t)crc32(0, m->bytes + from, (unsigned)(m->n - from)));
}

void made_png(struct made *m, unsigned cols, unsigned rows, int bits, int color, const unsigned char *data,
              size_t row_bytes, const unsigned char *palette, unsigned colors)
{
    struct made header = { 0 }, plain = { 0 }, packed = { 0 }, none = { 0 }, table = { 0 };
    made_add(m, "\x89PNG\r\n\x1a\n", 8);
    add_big(&header, cols);
    add_big(&header, rows);
    made_add(&header, (const unsigned char[]){ (unsigned char)bits, (unsigned char)color, 0, 0, 0 }, 5);
    add_chunk(m, "IHDR", &header);
    made_add(&table, palette, palette ? 3 * (size_t)colors : 0);
    if (palette) add_chunk(m, "PLTE", &table);
    for (unsigned y = 0; y < rows; y++) {
        made_add(&plain, "\0", 1); /* no filter */
        made_add(&plain, data + y * row_bytes, row_bytes);
    }
    uLongf n = compressBound((uLong)plain.n);
    unsigned char *to = malloc(n);
    if (!to || compress(to, &n, plain.bytes, (uLong)plain.n) != Z_OK) exit(1);
    made_add(&packed, to, n);
    add_chunk(m, "IDAT", &packed);
    made_add(&none, "", 0);
    add_chunk(m, "IEND", &none);
    free(to), free(header.bytes), free(plain.bytes), free(packed.bytes), free(none.bytes), free(table.bytes);
}

void made_write(struct made *m, const char *folder, const char *name)
{
    char path[1024];
    for (const char *slash = name; (slash = strchr(slash, '/')); slash++) {
        snprintf(path, sizeof path, "%s/%.*s", folder, (int)(slash - name), name);
        mkdir(path, 0777);
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    made_file(path, m->bytes, m->n);
    free(m->bytes);
    *m = (struct made){ 0 };
}
