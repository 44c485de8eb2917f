/* ladder_tables.h - the rows that ladders of elementwise operations and of rows share, and the
 * size of a thread's piece.
 *
 * `f` names the functions of an operation's rungs: f_avx2 and so on.
 */
#ifndef RUNGS_ROWS_H
#define RUNGS_ROWS_H

#include "../rung.h"

enum {
    PIECE = 1 << 14
}; /* elements: some microseconds of work, as long as a sleeping thread takes to wake up */

#define NAIVE(op)                                                           \
    {                                                                       \
        "00_naive", RUN(op, op##_f32), NEED_NONE, "the reference, in float" \
    }
#define POLYNOMIAL(op, f)                                                                        \
    {                                                                                            \
        "01_polynomial", RUN(op, f), NEED_NONE, "no call, no branch: the compiler makes vectors" \
    }

/* what the compiler cannot choose by itself: instructions that not every x86-64 has */
#if defined __x86_64__
#define VECTOR_RUNGS(op, f)                                                                         \
    { "02_avx2", RUN(op, f##_avx2), NEED_AVX2, "8 elements per instruction, fused multiply-adds" }, \
        { "03_avx512", RUN(op, f##_avx512), NEED_AVX512, "16 per instruction, masks for the tail" },
#else
#define VECTOR_RUNGS(op, f)
#endif

#endif
