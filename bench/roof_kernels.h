/* roof_kernels.h - the loops that define the roofs: nothing but arithmetic in registers,
 * or nothing but memory. */
#ifndef RUNGS_ROOF_KERNELS_H
#define RUNGS_ROOF_KERNELS_H

#include <stddef.h>

enum { ROOF_BASE, ROOF_AVX2, ROOF_AVX512, ROOF_ISAS }; /* BASE: what the compiler assumes of any machine */

/* How memory is used; all bytes that the program reads or writes are counted. */
enum {
    ROOF_READ,   /* load                                         */
    ROOF_COPY,   /* d = a                                        */
    ROOF_TRIAD,  /* d = a + m b                                  */
    ROOF_UPDATE, /* d = m d, in place: no line is fetched only to be overwritten */
    ROOF_STREAM, /* d = a with stores that go around the caches  */
    ROOF_PATTERNS
};

struct roof_kernels {
    const char *name;
    int (*present)(void);
    double (*fma)(long repeats); /* returns the flops done                                                */
    /* passes over `bytes` (a multiple of ROOF_GRAIN) of memory on a cache line; returns the bytes moved   */
    double (*memory[ROOF_PATTERNS])(char *p, size_t bytes, long passes);
    /* y = 0 y + x for each of 1 to 4 arrays y of n floats: see bare.h */
    void (*step)(size_t n, const float *x, float *const *y, int arrays);
};

enum { ROOF_GRAIN = 3 * 4096 };

/* ROOF_ISAS of them; name is NULL for those that this program has no code for */
extern const struct roof_kernels roof_kernels[ROOF_ISAS];

#endif
