/* rung.c - what this machine can run; see rung.h. */
#include "rung.h"

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

const char *rung_lacks(unsigned needs)
{
    unsigned missing = needs & ~rung_isa();
    return missing & NEED_AVX2 ? "AVX2 and FMA" : missing & NEED_AVX512 ? "AVX-512" : NULL;
}
