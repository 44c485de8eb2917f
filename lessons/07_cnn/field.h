/* field.h - a network of two convolutions and two poolings, and which pixels its results depend on.
 *
 *   x (36,36) -> four layers -> one number; its derivative by x, dx (36,36)
 */
#ifndef LESSON_07_FIELD_H
#define LESSON_07_FIELD_H

#include <string.h>
#include "../../reference/reference.h"

enum { SIDE = 36, POINTS = SIDE * SIDE, LAYERS = 4 };

static const struct {
    const char *name;
    int window, stride;
} layer[LAYERS] = { { "conv 3x3", 3, 1 }, { "pool 2x2", 2, 2 }, { "conv 3x3", 3, 1 }, { "pool 2x2", 2, 2 } };

static int side_of(int side, int l)
{
    return (side - layer[l].window) / layer[l].stride + 1;
}

/* dx (in,in) of layer l for dy (out,out). Pooling is taken as a mean: which pixel is largest depends on the
 * image, and the field is all those that may be. */
static void back(int in, int l, const double *dy, double *dx)
{
    static const double ones[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    conv2d_backward_dx_f64(1, 1, in, in, 1, layer[l].window, layer[l].window, layer[l].stride, 1, 1, 0, 0, 0,
                           0, ones, dy, dx);
}

/* In how many ways the middle number behind `layers` layers depends on each pixel: its derivative, if all
 * weights are 1. */
static void count_ways(int layers, double ways[POINTS])
{
    double above[POINTS] = { 0 };
    int side[LAYERS + 1] = { SIDE };
    for (int l = 0; l < layers; l++) side[l + 1] = side_of(side[l], l);
    above[side[layers] / 2 * side[layers] + side[layers] / 2] = 1;
    for (int l = layers - 1; l >= 0; l--) {
        back(side[l], l, above, ways);
        memcpy(above, ways, sizeof above);
    }
}

#endif
