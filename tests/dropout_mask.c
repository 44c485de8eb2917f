/* dropout_mask.c - which elements dropout keeps: a known answer, the very border of p, and the same bits from
 * every rung, for any number of threads. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/op.h"
#include "../optimized/team.h"
#include "../reference/dropout.h"

static int failed, passed;

static void expect(int ok, const char *what, const char *rung)
{
    if (!ok) printf("NOT OK: %s (%s)\n", what, rung);
    failed += !ok;
    passed += ok;
}

enum { N = 1 << 17, WORDS = N / 32 };

static float x[N], y[N];
static uint32_t mask[WORDS], wanted[WORDS];

static uint32_t bit(const uint32_t *bits, int k)
{
    return bits[k / 32] >> k % 32 & 1;
}

/* Philox4x32-10 of the counter 0 and the key 0 is 6627e8d5 e169c58d bc57ac4c 9b00dbd8, as its authors
 * publish; with p = 1/2 an element is kept if the highest bit of its half-word is set. */
static void known(const struct rung *r)
{
    ((dropout_forward_fn *)r->run)(8, x, y, mask, 0.5, 0);
    expect(mask[0] == 0xfd, "eight half-words e8d5 6627 c58d e169 ac4c bc57 dbd8 9b00 against 1/2", r->name);
}

/* p at the number of element k itself keeps it, one part in 2^32 more drops it, whichever half decides */
static void border(const struct rung *r)
{
    enum { FEW = 300 };
    const uint64_t seed = 5;
    for (int k = 0; k < FEW; k += 7) {
        double number = dropout_half(seed, 0, (uint64_t)k) * 65536. + dropout_half(seed, 1, (uint64_t)k);
        ((dropout_forward_fn *)r->run)(FEW, x, y, mask, number / 0x1p32, seed);
        int kept = bit(mask, k) && y[k] != 0;
        ((dropout_forward_fn *)r->run)(FEW, x, y, mask, (number + 1) / 0x1p32, seed);
        int dropped = !bit(mask, k) && y[k] == 0;
        expect(kept && dropped, "an element at the border of p", r->name);
    }
}

/* enough elements for ties: with p = 0.3, one in 65,536 has the upper half of p 2^32 */
static void same_bits(const struct rung *r)
{
    ((dropout_forward_fn *)r->run)(N - 5, x, y, mask, 0.3, 22);
    expect(!memcmp(mask, wanted, sizeof mask), "the bits of the reference", r->name);
    int wrong = 0;
    for (int k = 0; k < N - 5; k++) wrong += (y[k] != 0) != bit(wanted, k);
    expect(!wrong, "what is kept is what the bits say", r->name);
}

/* without a mask, the elements that have one */
static void recomputed(const struct rung *r)
{
    ((dropout_backward_recomputed_fn *)r->run)(N - 5, x, y, 0.3, 22);
    int wrong = 0;
    for (int k = 0; k < N - 5; k++) wrong += (y[k] != 0) != bit(wanted, k);
    expect(!wrong, "the way back keeps what the forward kept", r->name);
}

/* how many ties there are in the stream, and how many of each kind: else same_bits would show nothing */
static void ties(void)
{
    uint64_t threshold = dropout_threshold(0.3);
    int kept = 0, dropped = 0;
    for (int k = 0; k < N - 5; k++)
        if (dropout_half(22, 0, (uint64_t)k) == threshold >> 16) {
            if (dropout_keeps(22, (uint64_t)k, threshold))
                kept++;
            else
                dropped++;
        }
    printf("%d ties kept, %d dropped\n", kept, dropped);
    expect(kept && dropped, "ties of both kinds", "the stream");
}

int main(void)
{
    for (int k = 0; k < N; k++) x[k] = (float)(k % 100 + 1);
    dropout_forward_f32(N - 5, x, y, wanted, 0.3, 22);
    ties();
    for (int threads = 1; threads <= 3; threads++) {
        team_use(threads);
        for (const struct rung *r = op_find("dropout_forward")->cpu; r->name; r++)
            if (!rung_lacks(r->needs)) known(r), border(r), same_bits(r);
        for (const struct rung *r = op_find("dropout_backward_recomputed")->cpu; r->name; r++)
            if (!rung_lacks(r->needs)) recomputed(r);
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
