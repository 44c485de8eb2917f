/* dropout.c - the dropout ladders; see reference/dropout.c for what they compute. */
#include "../op.h"
#include "../../reference/philox.h"
#include "../../reference/reference.h"
#include "ladders.h"

#include <string.h>

/* y[k] = x[k] times scale where bit k of `keep` is set, else 0, whatever x[k] is; n is 32 at most */
static inline __attribute__((always_inline)) void keep_bits(int n, uint32_t keep, const float *x, float *y,
                                                            float scale)
{
    for (int k = 0; k < n; k++) {
        float scaled = x[k] * scale;
        uint32_t bits;
        memcpy(&bits, &scaled, sizeof bits);
        bits &= 0 - (keep >> k &
                     1); /* all of them, or none: a branch would be guessed wrongly at every other element */
        memcpy(&y[k], &bits, sizeof bits);
    }
}

/* ---- 01_blocks: a Philox block is four words ----
 *
 * Changed: a block of four random words serves four elements, where the reference asks for one word at a time
 * and throws three away; a word of the mask is put together in a register; and x is multiplied by 1 / (1 -
 * p). Relieves: the multiplications of Philox, nearly all of the work. */
static void blocks(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    const uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
    const uint64_t below = (uint64_t)(p * 0x1p32);
    const float scale = (float)(1 / (1 - p));
    for (int k = 0; k < n; k += 32) {
        int here = n - k < 32 ? n - k : 32;
        uint32_t keep = 0;
        for (int i = 0; i < here; i += 4) {
            const uint32_t counter[4] = { (uint32_t)(k + i) / 4, 0, 0, 0 };
            uint32_t word[4];
            philox4x32(counter, key, word);
            for (int j = 0; j < 4; j++) keep |= (uint32_t)(word[j] >= below) << (i + j);
        }
        if (here < 32) keep &= (1U << here) - 1;
        mask[k / 32] = keep;
        keep_bits(here, keep, x + k, y + k, scale);
    }
}

const struct rung dropout_forward_cpu[] = {
    { "00_naive", RUN(dropout_forward, dropout_forward_f32), NEED_NONE, "the reference, in float" },
    { "01_blocks", RUN(dropout_forward, blocks), NEED_NONE,
      "a block of four random words for four elements" },
    { 0 },
};

/* ---- 01_words: a word of the mask at a time ----
 *
 * Changed: a word of the mask is read once for 32 elements, its bits clear a product or leave it without a
 * branch, and dy is multiplied by 1 / (1 - p) in place of a division. Relieves: the guesses at branches,
 * three in ten of which are wrong. */
static void words(int n, const uint32_t *mask, const float *dy, float *dx, double p)
{
    const float scale = (float)(1 / (1 - p));
    int k = 0;
    for (; k + 32 <= n; k += 32) keep_bits(32, mask[k / 32], dy + k, dx + k, scale);
    if (k < n) keep_bits(n - k, mask[k / 32], dy + k, dx + k, scale);
}

const struct rung dropout_backward_cpu[] = {
    { "00_naive", RUN(dropout_backward, dropout_backward_f32), NEED_NONE, "the reference, in float" },
    { "01_words", RUN(dropout_backward, words), NEED_NONE,
      "a word of the mask for 32 elements, no division" },
    { 0 },
};
