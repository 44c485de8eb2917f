/* idx.c - the reader of IDX files; see idx.h. */
#include "idx.h"

#include <stdint.h>
#include <stdlib.h>

static uint32_t big_endian(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int read_magic(struct source *s, int rank, char *why)
{
    unsigned char magic[4];
    size_t got = source_read(s, magic, sizeof magic);
    if (*s->why) return error_set(why, "%s", s->why);
    if (got < sizeof magic) return error_set(why, "%s is no IDX file: it holds only %zu bytes", s->name, got);
    if (magic[0] || magic[1])
        return error_set(why, "%s is no IDX file: it begins with %02x %02x, not 00 00", s->name, magic[0],
                         magic[1]);
    if (magic[2] != 8)
        return error_set(why, "%s holds elements of IDX type %02x; only 08, unsigned bytes, is read", s->name,
                         magic[2]);
    if (magic[3] != rank)
        return error_set(why, "%s has %d dimensions; a file of %s has %d", s->name, magic[3],
                         rank == IDX_IMAGES ? "images" : "labels", rank);
    return 1;
}

static int read_sizes(struct source *s, struct idx *idx, char *why)
{
    unsigned char size[3][4];
    size_t bytes = 4 * (size_t)idx->rank, got = source_read(s, size, bytes);
    if (*s->why) return error_set(why, "%s", s->why);
    if (got < bytes) return error_set(why, "%s ends inside its header", s->name);
    idx->elements = 1;
    for (int d = 0; d < 3; d++) {
        uint32_t extent = d < idx->rank ? big_endian(size[d]) : 1;
        if (!extent) return error_set(why, "%s is empty: its dimension %d has size 0", s->name, d + 1);
        if (extent > IDX_LARGEST / idx->elements)
            return error_set(why, "%s claims more than %d elements, which no set of images has", s->name,
                             IDX_LARGEST);
        idx->elements *= extent;
        idx->size[d] = (int)extent;
    }
    return 1;
}

int idx_read(struct source *s, int rank, struct idx *idx, char *why)
{
    *idx = (struct idx){ .rank = rank };
    if (read_magic(s, rank, why) && read_sizes(s, idx, why))
        idx->data = source_read_rest(s, idx->elements, why);
    if (idx->data) return 1;
    *idx = (struct idx){ 0 };
    return 0;
}

int idx_read_file(const char *path, int rank, struct idx *idx, char *why)
{
    struct source s;
    *idx = (struct idx){ 0 };
    if (!source_open(&s, path, why)) return 0;
    int ok = idx_read(&s, rank, idx, why);
    source_close(&s);
    return ok;
}

void idx_free(struct idx *idx)
{
    free(idx->data);
    *idx = (struct idx){ 0 };
}

int idx_labels_below(const struct idx *labels, int classes, const char *name, char *why)
{
    for (size_t k = 0; k < labels->elements; k++)
        if (labels->data[k] >= classes)
            return error_set(why, "%s: label %zu is %d, but there are only the classes 0 to %d", name, k,
                             labels->data[k], classes - 1);
    return 1;
}
