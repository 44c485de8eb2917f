/* peer_kernels.c - kernels by instruction set and maker; see peer_kernels.h. */
#include "peer_kernels.h"

#include <stddef.h>
#include <string.h>
#if defined __x86_64__
#include <cpuid.h>
#endif

#include "../optimized/rung.h"

enum maker { ANY, AMD, OTHER };
enum needs { AVX2, AVX512, BF16, AMX };

static const struct row {
    const char *peer, *kernels;
    enum maker maker;
    enum needs needs;
} table[] = {
    /* OpenBLAS: the products of floats are the same in its three kinds for AVX-512 */
    { "openblas", "SapphireRapids", OTHER, AMX },
    { "openblas", "Cooperlake", ANY, BF16 },
    { "openblas", "SkylakeX", ANY, AVX512 },
    { "openblas", "Zen", AMD, AVX2 },
    { "openblas", "Haswell", ANY, AVX2 },
    /* BLIS leaves AVX-512 alone on Intel's models that have one such unit: haswell is right there */
    { "blis", "zen5", AMD, AVX512 },
    { "blis", "zen4", AMD, AVX512 },
    { "blis", "skx", ANY, AVX512 },
    { "blis", "haswell", OTHER, AVX512 },
    { "blis", "zen3", AMD, AVX2 },
    { "blis", "zen2", AMD, AVX2 },
    { "blis", "zen", AMD, AVX2 },
    { "blis", "haswell", ANY, AVX2 },
};

struct x86 x86_of_this_machine(void)
{
    struct x86 cpu = { 0 };
#if defined __x86_64__
    const unsigned hygon = 0x6f677948; /* "Hygo" */
    unsigned a, b, c, d, isa = rung_isa();
    if (!__get_cpuid(0, &a, &b, &c, &d)) return cpu;
    cpu.amd = b == signature_AMD_ebx || b == hygon;
    cpu.avx2 = (isa & NEED_AVX2) != 0;
    cpu.avx512 = (isa & NEED_AVX512) != 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) cpu.amx = cpu.avx512 && d >> 22 & 1;
    if (__get_cpuid_count(7, 1, &a, &b, &c, &d)) cpu.avx512_bf16 = cpu.avx512 && a >> 5 & 1;
#endif
    return cpu;
}

/* narrower kernels are for CPUs that have no wider instructions */
static int fits(const struct row *r, const struct x86 *cpu)
{
    if (r->maker != ANY && (r->maker == AMD) != cpu->amd) return 0;
    switch (r->needs) {
    case AVX2: return cpu->avx2 && !cpu->avx512;
    case AVX512: return cpu->avx512;
    case BF16: return cpu->avx512_bf16;
    default: return cpu->amx && cpu->avx512_bf16;
    }
}

void peer_kernels(const char *library, const struct x86 *cpu, const char *name[PEER_KERNELS + 1])
{
    int n = 0;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (n < PEER_KERNELS && !strcmp(table[i].peer, library) && fits(&table[i], cpu))
            name[n++] = table[i].kernels;
    name[n] = NULL;
}
