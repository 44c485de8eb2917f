/* fuzz_checkpoint.c - libFuzzer's target for the checkpoint reader. A fuzzer does not guess checksums: when the
 * input's first byte is odd, the rest gets its right CRC-32 appended. What is accepted must be usable. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "../reference/reference.h"
#include "../train/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int holds)
{
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct source s;
    struct checkpoint c;
    char why[ERROR_TEXT] = "";
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
    if (checkpoint_read(&s, &c, why)) {
        size_t params = mlp_params_f32(c.layers, c.size);
        must(c.layers >= 1 && c.layers <= NETWORK_LAYERS && c.batch >= 1 && c.epoch >= 0 && c.lr > 0);
        must(strlen(c.set) < CHECKPOINT_NAME && strlen(c.rung) < CHECKPOINT_NAME);
        must(body == 152 + 4 * params + 4);
        for (size_t k = 0; k < params; k++) must(isfinite(c.param[k]));
    } else {
        must(*why && !strchr(why, '\n') && !c.param && !c.layers);
    }
    checkpoint_free(&c);
    free(file);
    return 0;
}
