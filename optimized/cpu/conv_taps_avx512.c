/* conv_taps_avx512.c - sums of shifted planes, sixteen columns per instruction. */
#include "conv_taps.h"

#if defined __x86_64__
#include "vec_avx512.h"

#include "conv_taps_tile.h"

KERNEL void taps_sum_avx512(const struct taps *g, const float *t, float *dx)
{
    taps_sum(g, t, dx);
}
#endif
