/* fuzz_checkpoint.c - libFuzzer's target for the checkpoint reader. A fuzzer does not guess checksums: when
 * the input's first byte is odd, the rest gets its right CRC-32 appended. What is accepted must be usable. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "../train/checkpoint.h"
#include "../train/layers.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int holds)
{
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct source s;
    static struct checkpoint c;
    char error[ERROR_TEXT] = "";
    if (!n) return 0;
    size_t body = n - 1;
    unsigned char *file = malloc(body + 4);
    must(file != NULL);
    memcpy(file, bytes + 1, body);
    if (bytes[0] & 1) {
        uint32_t crc = (uint32_t)crc32_z(0, file, body);
        for (int k = 0; k < 4; k++) file[body++] = (unsigned char)(crc >> 8 * k);
    }
    source_memory(&s, "input", file, body);
    if (checkpoint_read(&s, &c, error)) {
        struct layer layer[LAYERS_MOST];
        int layers = layers_of(&c.file, layer, error);
        must(layers && layers_params(layer, layers) == c.params && c.epoch >= 0 && c.states >= 0);
        must(strlen(c.rung) < CHECKPOINT_NAME && strlen(c.options) < CHECKPOINT_OPTIONS);
        must(body >= 56 + 4 * c.params * (1 + (size_t)c.states) + 4);
        for (size_t k = 0; k < c.params; k++) must(isfinite(c.param[k]));
    } else {
        must(*error && !strchr(error, '\n') && !c.param && !c.file.lines);
    }
    checkpoint_free(&c);
    free(file);
    return 0;
}
