/* rung.c - what this machine can run; see rung.h. */
#include "rung.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static unsigned isa_of_cpu(void)
{
    unsigned isa = NEED_NONE;
#if defined __x86_64__
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) isa |= NEED_AVX2;
    if (isa && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        isa |= NEED_AVX512;
#if defined RUNGS_SOFT_AVX512 /* tests/soft_avx512.h then stands in for the instructions */
    if (isa) isa |= NEED_AVX512;
#endif
#endif
    return isa;
}

static unsigned isa_allowed(void)
{
    const char *limit = getenv("RUNGS_ISA");
    unsigned isa = isa_of_cpu();
    if (limit && !strcmp(limit, "portable")) isa = NEED_NONE;
    if (limit && !strcmp(limit, "avx2")) isa &= NEED_AVX2;
    return isa;
}

unsigned rung_isa(void)
{
    static _Atomic int known = -1; /* asked once: kernels that take 100 ns ask at every call */
    int isa = known;
    if (isa < 0) known = isa = (int)isa_allowed();
    return (unsigned)isa;
}

int rung_halves_avx512(void)
{
#if defined __x86_64__
    __builtin_cpu_init();
    return __builtin_cpu_is("amdfam19h") != 0; /* Zen 3, which has no AVX-512, and Zen 4 */
#else
    return 0;
#endif
}

const char *rung_lacks(unsigned needs)
{
    return rung_lacks_of(needs, rung_isa());
}

const char *rung_lacks_of(unsigned needs, unsigned have)
{
    static const struct {
        unsigned bit;
        const char *words;
    } part[] = { { NEED_AVX2, "AVX2 and FMA" },
                 { NEED_AVX512, "AVX-512" },
                 { NEED_SM90A, "compute capability 9.0 (H100, H200)" },
                 { NEED_SM80, "compute capability 8.0 (A100) or later" } };
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        if (needs & ~have & part[i].bit) return part[i].words;
    return NULL;
}

/* TF32 keeps 11 significant bits, half too, bf16 8. Both are rounded to nearest: 2^-11, 2^-8.
 * Tensor cores ignore the low bits of a TF32 operand, so that where a library does not round it
 * first it is truncated, which errs twice as much: 2^-10. What is coarse may flush subnormals to
 * zero; those of half begin at 2^-24. */
static const struct reduced {
    unsigned bit;
    struct precision precision;
    const char *words;
} reduced[] = { { IN_BF16, { 0x1p-8, 0x1p-126, 0 }, "operands of 8 bits" },
                { IN_TF32, { 0x1p-10, 0x1p-126, 0 }, "operands of 10 bits" },
                { IN_HALF, { 0x1p-11, 0x1p-24, 0 }, "operands of 11 bits" },
                { FAST_12, { 0x1p-12, 0x1p-126, 0 }, "about 12 bits" },
                { FAST_20, { 0x1p-20, 0x1p-126, 0 }, "about 20 bits" } };

static const struct reduced *reduced_of(unsigned needs)
{
    for (size_t i = 0; i < sizeof reduced / sizeof *reduced; i++)
        if (needs & reduced[i].bit) return &reduced[i];
    return NULL;
}

struct precision rung_precision(unsigned needs)
{
    const struct reduced *c = reduced_of(needs);
    int winograd = needs & WINOGRAD_2 ? 2 : needs & WINOGRAD_4 ? 4 : 0;
    return c ? c->precision : (struct precision){ 0x1p-24, 0x1p-149, winograd };
}

int rung_has_own_bound(unsigned needs)
{
    return rung_is_reduced(needs) || rung_precision(needs).winograd;
}

int rung_is_reduced(unsigned needs)
{
    return reduced_of(needs) != NULL;
}

const char *rung_precision_text(unsigned needs)
{
    const struct reduced *c = reduced_of(needs);
    return c ? c->words : NULL;
}

const struct rung *rung_in(const struct rung *ladder, const char *name)
{
    for (const struct rung *r = ladder; r->name; r++)
        if (!strcmp(r->name, name) || !strcmp(r->name + strlen("00_"), name)) return r;
    return NULL;
}

const struct rung *rung_last(const struct rung *ladder, unsigned have, const char *limit)
{
    const struct rung *best = ladder;
    for (const struct rung *r = ladder; r->name; r++)
        if (!rung_lacks_of(r->needs, have) && !rung_is_reduced(r->needs) &&
            (!limit || strncmp(r->name, limit, strlen("00_")) <= 0))
            best = r;
    return best;
}
