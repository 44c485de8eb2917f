/* fuzz_safetensors.c - libFuzzer's target for the reader of safetensors files. The input is the header and
 * the data; how long the header is says where its last closing brace is, so that a fuzzer need not guess the
 * number. What is read is as long as it says, and lies in the data; what is refused leaves a sentence and
 * nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../export/foreign.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static volatile double seen; /* so that each number is read */

static void must(int holds)
{
    if (!holds) abort();
}

static void look_at(const struct foreign *f, size_t most)
{
    size_t all = 0;
    for (int k = 0; k < f->tensors; k++) {
        const struct npy *a = &f->tensor[k].array;
        size_t elements = 1;
        for (int d = 0; d < a->dims; d++) elements *= a->dim[d];
        must(elements == a->elements && foreign_find(f, f->tensor[k].name) == k);
        for (size_t i = 0; i < elements; i++) seen = npy_number(a, i);
        all += elements;
    }
    must(all <= most);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct source s;
    struct foreign f = { 0 };
    char error[ERROR_TEXT] = "";
    size_t header = n;
    if (!n) return 0;
    bytes++, n--;
    while (header && (header > n || bytes[header - 1] != '}')) header--;
    unsigned char *file = malloc(8 + n);
    must(file != NULL);
    for (int b = 0; b < 8; b++) file[b] = (unsigned char)((uint64_t)header >> 8 * b);
    memcpy(file + 8, bytes, n);
    source_memory(&s, "input", file, 8 + n);
    if (safetensors_read(&s, &f, error))
        look_at(&f, n - header);
    else
        must(*error && !strchr(error, '\n') && !f.tensor && !f.tensors);
    foreign_free(&f);
    free(file);
    return 0;
}
