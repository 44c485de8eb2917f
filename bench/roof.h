/* roof.h - what this machine can do at best, measured, and what an operation could reach under that.
 *
 * Two kinds of roof: flops per second with all operands in registers, and bytes per second from each level of
 * memory. Each is the best of several short samples, because a roof is a limit and
 * noise only ever takes away.
 */
#ifndef RUNGS_ROOF_H
#define RUNGS_ROOF_H

#include "../optimized/op.h"
#include "machine.h"
#include "roof_kernels.h"

enum { LEVEL_L1, LEVEL_L2, LEVEL_L3, LEVEL_DRAM, LEVELS };

extern const char *const roof_level_name[LEVELS];          /* "l1" ... "dram"                        */
extern const char *const roof_pattern_name[ROOF_PATTERNS]; /* "read" ...                             */

struct roofs {
    int threads;
    size_t cache[CACHE_LEVELS];          /* as in struct machine                                   */
    double fma[ROOF_ISAS];               /* flop/s of all threads together; 0: this machine has it not */
    double bytes[LEVELS][ROOF_PATTERNS]; /* byte/s of all threads together; 0: not measured        */
};

/* Measures (for about a second), or measures again and keeps the higher values; ends early, with less than
 * there is to know, when interrupt_asked(). 0 if memory is short. */
int roof_measure(struct roofs *r, const struct machine *m, int threads);

/* The last ISA that the machine has; under RUNGS_ISA only what our own rungs may use, if `ours`. */
int roof_best_isa(const struct roofs *r, int ours);

struct bound {
    double seconds; /* no correct version can be faster       */
    char name[24];  /* of the roof that says so: "fma_avx2", "read_l2" */
};

/* The least time of an operation done with so many flops: them at the FMA peak of `isa`, or its bytes
 * through the levels of memory. If the operands are larger than the caches up to level k, what does not fit
 * must come from the level behind. With a cold cache all inputs come from DRAM. */
struct bound roof_bound(const struct roofs *r, const struct op *op, const int *size, double flops, int isa,
                        int cold);

/* A measured median may exceed its roof by this much before it counts as impossible: both are medians or
 * maxima of samples of milliseconds, whose clocks differ by about 2 % on a shared machine. */
#define ROOF_MARGIN 1.02

#endif
