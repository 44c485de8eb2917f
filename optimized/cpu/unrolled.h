/* unrolled.h - a loop that is written out in full: UNROLLED(r, 6) x[r] = 0;
 *
 * An array of vectors lives in registers only if every index into it is a constant, that is, if
 * every loop over it is unrolled; gcc and clang each have a word of their own for that. n must be
 * a constant, at most 16. */
#ifndef RUNGS_UNROLLED_H
#define RUNGS_UNROLLED_H

#if defined __clang__
#define UNROLLED(i, n) _Pragma("clang loop unroll(full)") for (int i = 0; i < (n); i++)
#else
#define UNROLLED(i, n) _Pragma("GCC unroll 16") for (int i = 0; i < (n); i++)
#endif

#endif
