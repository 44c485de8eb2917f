/* errata.c - the sizes that the articles print for their convolutional networks: numbers behind the last
 * pooling, as the layer after it expects them, and as the layers before it give them. */
#include <stdio.h>
#include "../../optimized/op.h"
#include "../errata.h"

/* the side of a plane behind a convolution and a pooling of 2 x 2 */
static int behind(int side, int kernel, int pad)
{
    const int size[MAX_SIZES] = { 1, 1, side, side, 1, kernel, kernel, 1, 1, 1, pad, pad, pad, pad };
    int plane = op_extent(op_find("conv2d_forward"), 14, size);
    const int pooled[MAX_SIZES] = { 1, 1, plane, plane, 2, 2, 0, 2, 0 };
    return op_extent(op_find("maxpool_forward"), 9, pooled);
}

int main(void)
{
    int of_000 = behind(behind(32, 3, 1), 3, 1), of_001 = behind(behind(32, 5, 0), 5, 0),
        of_003 = behind(28, 5, 0);
    errata_head();
    errata_right("000 5.2", "Linear(64 * 8 * 8, 128)", 64 * 8 * 8, 64 * of_000 * of_000);
    errata_right("001 5.2", "Linear(16 * 5 * 5, 120)", 16 * 5 * 5, 16 * of_001 * of_001);
    errata_row("003 5.2", "Linear(32 * 7 * 7, 10)", 32 * 7 * 7, 32 * of_003 * of_003, 32 * 12 * 12,
               "one pooling of 24 x 24 gives 12 x 12");
    errata_row("003 5.2", "x.view(-1, 32 * 7 * 7), 100 images: rows", 100,
               100. * 32 * of_003 * of_003 / (32 * 7 * 7), 100. * 32 * 12 * 12 / (32 * 7 * 7),
               "460,800 numbers are no whole rows");
    errata_row("003 5.2", "the same, 49 images: rows", 49, 49. * 32 * of_003 * of_003 / (32 * 7 * 7),
               49. * 32 * 12 * 12 / (32 * 7 * 7), "rows that mix images, one label each");
    return errata_end();
}
