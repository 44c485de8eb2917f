/* soft_intrinsics.c - is soft_avx512.h right? Every intrinsic in it against the real instruction, bit for bit
 * (an estimate within 2^-14), on random and on special numbers. Exit 77 where there is no AVX-512:
 * emulate_avx512.sh then runs it. */
#include "soft_cases.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../optimized/guard.h"
#include "../optimized/rung.h"
#include "../reference/philox.h"

enum { ROUNDS = 400 };

/* 1 if the words are equal, or both a NaN: which of two NaNs an addition returns is left open in C */
static int same(uint32_t x, uint32_t y)
{
    return x == y || ((x & 0x7fffffff) > 0x7f800000 && (y & 0x7fffffff) > 0x7f800000);
}

/* 1 if both are within 2^-14 of the same number: what is an estimate may differ */
static int near(uint32_t x, uint32_t y)
{
    float a, b;
    memcpy(&a, &x, sizeof a);
    memcpy(&b, &y, sizeof b);
    return same(x, y) || fabsf(a - b) <= 0x1p-13f * fabsf(b) + 0x1p-149f;
}

/* one number in four is special, so that every pair of special numbers meets */
static void fill(uint64_t round, float *x, int n)
{
    static const float special[] = { 0,
                                     -0.0f,
                                     1,
                                     -1,
                                     NAN,
                                     INFINITY,
                                     -INFINITY,
                                     0x1p-149f,
                                     -0x1p-149f,
                                     0x1p-126f,
                                     0x1.fffffep127f,
                                     -0x1.fffffep127f };
    enum { SPECIALS = sizeof special / sizeof *special };
    philox_uniform(round, 1, (size_t)n, -2, 2, x);
    for (int k = 0; k < n; k++) {
        uint32_t w = philox_word(round, 2, (uint64_t)k);
        if (w % 4 == 0) x[k] = special[w / 4 % SPECIALS];
    }
}

static int compare(int n, const struct soft_result *real, const struct soft_result *soft, uint16_t mask)
{
    for (int i = 0; i < n; i++) {
        int estimate = !strncmp(real[i].what, "_mm512_rcp14", strlen("_mm512_rcp14"));
        for (int k = 0; k < SOFT_WORDS; k++)
            if (!(estimate && k < 16 ? near : same)(real[i].word[k], soft[i].word[k])) {
                printf("FAIL  %s: word %d is %08x in real and %08x in soft (mask %04x)\n", real[i].what, k,
                       real[i].word[k], soft[i].word[k], mask);
                return 0;
            }
    }
    return 1;
}

static int one_round(uint64_t round)
{
    static struct soft_result real[SOFT_RESULTS_MAX], soft[SOFT_RESULTS_MAX];
    float x[3 * 16];
    struct guard edge;
    int readable = (int)(round % 17), ok; /* the guard page begins behind that many floats */
    uint16_t mask = (uint16_t)(philox_word(round, 3, 0) & ((1u << readable) - 1));
    if (round % 2) mask = (uint16_t)((1u << readable) - 1);
    if (!guard_make(&edge, "the masked load's memory", (size_t)readable * sizeof(float), GUARD_AT_END)) {
        fprintf(stderr, "out of memory: no room for a page\n");
        return 0;
    }
    fill(round, x, 3 * 16);
    memcpy(edge.data, x + 8, (size_t)readable * sizeof(float));
    int n = results_real(x, x + 16, x + 32, (const float *)(const void *)edge.data, mask, real);
    ok = results_soft(x, x + 16, x + 32, (const float *)(const void *)edge.data, mask, soft) == n &&
         compare(n, real, soft, mask);
    if (ok && round == 0) printf("%d calls of intrinsics, each on %d vectors\n", n, ROUNDS);
    guard_free(&edge);
    return ok;
}

static void on_fault(const char *sentence)
{
    printf("FAIL  an intrinsic %s\n", sentence);
    fflush(stdout);
}

int main(void)
{
    const char *lacks = rung_lacks(NEED_AVX2 | NEED_AVX512);
    if (lacks) {
        printf("SKIP  this machine has no %s\n", lacks);
        return 77;
    }
    guard_watch(on_fault);
    for (uint64_t round = 0; round < ROUNDS; round++)
        if (!one_round(round)) return 1;
    puts("PASS  the soft intrinsics give the bits of the real ones, and as good an estimate");
    return 0;
}
