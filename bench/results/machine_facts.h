/* machine_facts.h - the facts beside which a number means something. */
#ifndef RUNGS_MACHINE_FACTS_H
#define RUNGS_MACHINE_FACTS_H

#include <stddef.h>

enum { CACHE_LEVELS = 3 };

struct machine {
    char cpu[128]; /* "AMD EPYC"; "unknown CPU" if the system does not say                     */
    int cores;     /* logical cores that this process may use                                  */
    int physical_cores, fast_cores;
    double quota;               /* processors that the cgroup allows; 0: all                           */
    size_t cache[CACHE_LEVELS]; /* bytes of the first core's L1 data, L2 and L3 cache; 0: there is none */
    char isa[64];               /* "sse2 avx2 avx512", or "portable"                                   */
    char governor[32];          /* of the first core's clock, "unknown" if not readable                     */
    char huge_pages[32];        /* "always", "madvise", "never" or "unknown"                               */
    char system[128];           /* kernel name and release                                                  */
    char date[32];              /* 2026-01-31T12:00:00Z                                                     */
    const char *compiler, *flags,
        *commit; /* of this program; commit "unknown" outside git, "-dirty" if edited */
};

#endif
