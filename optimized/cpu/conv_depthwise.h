/* conv_depthwise.h - a plane under one kernel of 3 x 3: what the loops (conv_depthwise.c) and the rows of
 * vectors (conv_depthwise_tile.h) know of each other. */
#ifndef RUNGS_CONV_DEPTHWISE_H
#define RUNGS_CONV_DEPTHWISE_H

#include <stddef.h>

/* y[p][q] = bias + the sum over r and s < 3 of w[3 r + s] x[p + r - top][q + s - left], where x (H,W) is 0
 * beyond its edges; top and left may be negative */
struct depthwise {
    int H, W, P, Q, top, left;
};

typedef void depthwise_fn(const struct depthwise *g, const float w[9], float bias, const float *x, float *y);

depthwise_fn depthwise_avx2, depthwise_avx512;

/* dw (3,3) and db of that, over `images` images whose planes are so far apart */
typedef void depthwise_dw_fn(const struct depthwise *g, int images, const float *x, size_t x_apart,
                             const float *dy, size_t y_apart, float dw[9], float *db);

depthwise_dw_fn depthwise_dw_avx2, depthwise_dw_avx512;

#endif
