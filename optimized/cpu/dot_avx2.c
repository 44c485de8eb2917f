/* dot_avx2.c - dot-product tiles of 3 examples x 4 outputs: 12 accumulators + 3 of x +
 * 1 of w = 16 registers. */
#include "small.h"

#if defined __x86_64__
#include "vec_avx2.h"

enum { RN = 3 };

#include "dot_tile.h"

dot_forward_fn *const dot_forward_avx2 = dot_forward;
#endif
