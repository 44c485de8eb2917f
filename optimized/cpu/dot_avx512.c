/* dot_avx512.c - dot-product tiles of 4 examples x 4 outputs: 16 accumulators + 4 of x + 1
 * of w, of 32 registers. */
#include "small.h"

#if defined __x86_64__
#include "vec_avx512.h"

enum { RN = 4 };

#include "dot_tile.h"

dot_forward_fn *const dot_forward_avx512 = dot_forward;
#endif
