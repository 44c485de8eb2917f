/* fuzz_wrong.c - an IDX reader that believes what the header says; the fuzzer must
 * break it within a second. */
#include <stdlib.h>

#include "../train/idx.h"

int idx_read(struct source *s, int rank, struct idx *idx, char *error)
{
    unsigned char header[16];
    size_t bytes = 4 + 4 * (size_t)rank;
    *idx = (struct idx){ .rank = rank, .size = { 1, 1, 1 }, .elements = 1 };
    if (source_read(s, header, bytes) < bytes || header[2] != 8 || header[3] != rank) {
        *idx = (struct idx){ 0 };
        return error_set(error, "no IDX file");
    }
    for (int d = 0; d < rank; d++) {
        const unsigned char *b = header + 4 + 4 * d;
        idx->size[d] = b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
        idx->elements *= (size_t)idx->size[d];
    }
    idx->data = malloc(idx->elements);
    if (idx->data) source_read(s, idx->data, idx->elements);
    return 1;
}

void idx_free(struct idx *idx)
{
    free(idx->data);
}

int idx_labels_below(const struct idx *labels, int classes, const char *name, char *error)
{
    (void)name;
    for (size_t k = 0; k < labels->elements; k++)
        if (labels->data[k] >= classes) return error_set(error, "label %zu", k);
    return 1;
}
