/* conv_taps_avx2.c - sums of shifted planes, eight columns per instruction. */
#include "conv_taps.h"

#if defined __x86_64__
#include "vec_avx2.h"

#include "conv_taps_tile.h"

KERNEL void taps_sum_avx2(const struct taps *g, const float *t, float *dx)
{
    taps_sum(g, t, dx);
}
#endif
