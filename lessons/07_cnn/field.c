/* field.c - how much of the image one number sees, layer by layer, for the network conv 3x3, pool 2, conv
 * 3x3, pool 2: by the rule, and by counting which pixels a derivative reaches.
 *
 *   x (36,36) -> four layers -> one number; its derivative by x, dx (36,36)
 */
#include <stdio.h>
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

/* the pixels in a row that the middle number behind `layers` layers depends on */
static int counted(int layers)
{
    double above[POINTS] = { 0 }, below[POINTS];
    int side[LAYERS + 1] = { SIDE }, seen = 0;
    for (int l = 0; l < layers; l++) side[l + 1] = side_of(side[l], l);
    above[side[layers] / 2 * side[layers] + side[layers] / 2] = 1;
    for (int l = layers - 1; l >= 0; l--) {
        back(side[l], l, above, below);
        memcpy(above, below, sizeof above);
    }
    for (int w = 0; w < SIDE; w++) {
        int here = 0;
        for (int h = 0; h < SIDE; h++) here |= above[h * SIDE + w] != 0;
        seen += here;
    }
    return seen;
}

int main(void)
{
    int field = 1, apart = 1;
    puts("behind         apart  field, by the rule  counted");
    for (int l = 0; l < LAYERS; l++) {
        field += (layer[l].window - 1) * apart, apart *= layer[l].stride;
        printf("%-12s %7d %19d %8d\n", layer[l].name, apart, field, counted(l + 1));
    }
    return 0;
}
