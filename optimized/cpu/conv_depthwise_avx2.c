/* conv_depthwise_avx2.c - a plane under one kernel, eight columns per instruction. */
#include "conv_depthwise.h"

#if defined __x86_64__
#include "vec_avx2.h"

#include "conv_depthwise_tile.h"

KERNEL void depthwise_avx2(const struct depthwise *g, const float w[9], float bias, const float *x, float *y)
{
    depthwise_plane(g, w, bias, x, y);
}
KERNEL void depthwise_dw_avx2(const struct depthwise *g, int images, const float *x, size_t x_apart,
                              const float *dy, size_t y_apart, float dw[9], float *db)
{
    depthwise_sums(g, images, x, x_apart, dy, y_apart, dw, db);
}
#endif
