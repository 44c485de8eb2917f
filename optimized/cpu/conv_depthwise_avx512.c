/* conv_depthwise_avx512.c - a plane under one kernel, sixteen columns per instruction. */
#include "conv_depthwise.h"

#if defined __x86_64__
#include "vec_avx512.h"

#include "conv_depthwise_tile.h"

KERNEL void depthwise_avx512(const struct depthwise *g, const float w[9], float bias, const float *x,
                             float *y)
{
    depthwise_plane(g, w, bias, x, y);
}
#endif
