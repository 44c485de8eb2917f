/* idx.c - the reader of IDX files; see idx.h. */
#include "idx.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

static uint32_t big_endian(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int read_magic(struct source *s, int rank, char *error)
{
    unsigned char magic[4];
    size_t got = source_read(s, magic, sizeof magic);
    if (*s->reason) return error_set(error, "%s", s->reason);
    if (got < sizeof magic)
        return error_set(error, "%s is not an IDX file: it holds only %zu bytes", s->name, got);
    if (magic[0] || magic[1])
        return error_set(error, "%s is not an IDX file: it begins with %02x %02x, not 00 00", s->name,
                         magic[0], magic[1]);
    if (magic[2] != 8)
        return error_set(error, "%s holds elements of IDX type %02x; only 08, unsigned bytes, is read",
                         s->name, magic[2]);
    if (magic[3] != rank)
        return error_set(error, "%s has %d dimensions; a file of %s has %d", s->name, magic[3],
                         rank == IDX_IMAGES ? "images" : "labels", rank);
    return 1;
}

static double memory_of_this_machine(void)
{
    return (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
}

/* from the header's sizes; the product may be larger than any integer */
static int take_sizes(const char *name, struct idx *idx, unsigned char (*size)[4], char *error)
{
    double bytes = 1, memory = memory_of_this_machine();
    for (int d = 0; d < 3; d++) {
        uint32_t extent = d < idx->rank ? big_endian(size[d]) : 1;
        if (!extent) return error_set(error, "%s is empty: its dimension %d has size 0", name, d + 1);
        if (extent > INT_MAX)
            return error_set(error, "%s claims a dimension of %u; at most %d is read", name, (unsigned)extent,
                             INT_MAX);
        bytes *= extent;
        idx->size[d] = (int)extent;
    }
    if (bytes > memory)
        return error_set(error, "%s claims %.0f bytes of data; this machine has %.0f bytes of memory", name,
                         bytes, memory);
    idx->elements = (size_t)idx->size[0] * (size_t)idx->size[1] * (size_t)idx->size[2];
    return 1;
}

static int read_sizes(struct source *s, struct idx *idx, char *error)
{
    unsigned char size[3][4];
    size_t bytes = 4 * (size_t)idx->rank, got = source_read(s, size, bytes);
    if (*s->reason) return error_set(error, "%s", s->reason);
    if (got < bytes) return error_set(error, "%s ends inside its header", s->name);
    return take_sizes(s->name, idx, size, error);
}

int idx_read(struct source *s, int rank, struct idx *idx, char *error)
{
    *idx = (struct idx){ .rank = rank };
    if (read_magic(s, rank, error) && read_sizes(s, idx, error))
        idx->data = source_read_rest(s, idx->elements, error);
    if (idx->data) return 1;
    *idx = (struct idx){ 0 };
    return 0;
}

int idx_read_file(const char *path, int rank, struct idx *idx, char *error)
{
    struct source s;
    *idx = (struct idx){ 0 };
    if (!source_open(&s, path, error)) return 0;
    int ok = idx_read(&s, rank, idx, error);
    source_close(&s);
    return ok;
}

void idx_free(struct idx *idx)
{
    free(idx->data);
    *idx = (struct idx){ 0 };
}

static void put_big_endian(unsigned char *b, uint32_t x)
{
    for (int k = 0; k < 4; k++) b[k] = (unsigned char)(x >> (24 - 8 * k));
}

void idx_sha256(const struct idx *idx, char text[SHA256_TEXT])
{
    unsigned char header[4 * (1 + IDX_IMAGES)] = { 0, 0, 8, (unsigned char)idx->rank };
    struct sha256 sum = sha256_begin();
    for (int d = 0; d < idx->rank; d++) put_big_endian(header + 4 * (d + 1), (uint32_t)idx->size[d]);
    sha256_add(&sum, header, 4 * (1 + (size_t)idx->rank));
    sha256_add(&sum, idx->data, idx->elements);
    sha256_end(&sum, text);
}

int idx_labels_below(const struct idx *labels, int classes, const char *name, char *error)
{
    for (size_t k = 0; k < labels->elements; k++)
        if (labels->data[k] >= classes)
            return error_set(error, "%s: label %zu is %d, but there are only the classes 0 to %d", name, k,
                             labels->data[k], classes - 1);
    return 1;
}
