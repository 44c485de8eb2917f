/* fuzz_idx.c - libFuzzer's target for the IDX reader: the input's first byte chooses images or labels,
 * the rest is the file. Whatever the bytes, the reader must either hand out as much data as it says, or
 * a sentence and nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../train/idx.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int holds)
{
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct source s;
    struct idx idx;
    char error[ERROR_TEXT] = "";
    if (!n) return 0;
    int rank = bytes[0] & 1 ? IDX_LABELS : IDX_IMAGES;
    source_memory(&s, "input", bytes + 1, n - 1);
    if (!idx_read(&s, rank, &idx, error)) {
        must(*error && !strchr(error, '\n') && !idx.data && !idx.elements);
        return 0;
    }
    must(idx.rank == rank && idx.data && idx.elements == n - 1 - 4 - 4 * (size_t)rank);
    must((size_t)idx.size[0] * (size_t)idx.size[1] * (size_t)idx.size[2] == idx.elements);
    unsigned char *copy = malloc(idx.elements); /* every byte of it can be read, and is the file's */
    must(copy != NULL);
    memcpy(copy, idx.data, idx.elements);
    must(!memcmp(copy, bytes + n - idx.elements, idx.elements));
    int all_below = 1;
    for (size_t k = 0; k < idx.elements; k++) all_below &= copy[k] < 10;
    must(idx_labels_below(&idx, 10, "input", error) == all_below);
    free(copy);
    idx_free(&idx);
    return 0;
}
