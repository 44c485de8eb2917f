/* fuzz_picture.c - libFuzzer's target for the readers of PGM, PPM and, where there is libpng, PNG files. The
 * first byte of the input is left out. What is read has pixels, of one or three channels; what is refused
 * leaves a sentence and nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../train/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int holds)
{
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct picture p;
    char error[ERROR_TEXT] = "";
    unsigned sum = 0;
    if (!n) return 0;
    if (!picture_read("input", bytes + 1, n - 1, &p, error)) {
        must(*error && !strchr(error, '\n') && !p.pixel && !p.channels);
        return 0;
    }
    must((p.channels == 1 || p.channels == 3) && p.rows > 0 && p.cols > 0);
    for (int k = 0; k < p.channels * p.rows * p.cols; k++) sum += p.pixel[k];
    must(sum <= 255u * (unsigned)(p.channels * p.rows * p.cols));
    picture_free(&p);
    return 0;
}
