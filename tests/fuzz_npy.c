/* fuzz_npy.c - libFuzzer's target for the readers of .npy files and ZIP archives: the input's first byte
 * chooses, the rest is the file. Members of an archive are read as arrays. What is read is as long as it
 * says; what is refused leaves a sentence and nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../train/npy.h"
#include "../train/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static volatile double seen; /* so that each number is read */

static void must(int holds)
{
    if (!holds) abort();
}

static void read_array(struct source *s)
{
    struct npy a;
    char error[ERROR_TEXT] = "", shape[NPY_SHAPE];
    if (!npy_read(s, &a, error)) {
        must(*error && !strchr(error, '\n') && !a.data && !a.elements);
        return;
    }
    size_t elements = 1;
    for (int d = 0; d < a.dims; d++) elements *= a.dim[d];
    must(a.data && elements == a.elements && strlen(npy_shape(&a, shape)) < NPY_SHAPE);
    for (size_t k = 0; k < a.elements; k++) seen = npy_number(&a, k);
    npy_free(&a);
}

static void read_members(const struct zip *z)
{
    char error[ERROR_TEXT];
    for (int k = 0; k < z->members; k++) {
        struct source s;
        size_t n;
        *error = '\0';
        unsigned char *member = zip_member(z, k, &n, error);
        must(member || (*error && !strchr(error, '\n')));
        if (!member) continue;
        must(n == z->member[k].bytes);
        source_memory(&s, z->member[k].name, member, n);
        read_array(&s);
        free(member);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct source s;
    struct zip z;
    char error[ERROR_TEXT] = "";
    if (!n) return 0;
    source_memory(&s, "input", bytes + 1, n - 1);
    if (!(bytes[0] & 1)) {
        read_array(&s);
    } else if (zip_read(&s, &z, error)) {
        read_members(&z);
        zip_free(&z);
    } else {
        must(*error && !strchr(error, '\n') && !z.file && !z.member);
    }
    return 0;
}
