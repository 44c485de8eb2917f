/* memory.c - what a convolution costs by each way to compute it: operations, the bytes of its arrays, and
 * the bytes that im2col writes and reads beside them, for the layers of the articles' networks and of
 * ResNet.
 *
 * im2col copies the R S numbers of each window, so that a product of matrices does the rest: the copy is
 * nearly R S times as large as x. Its intensity is operations per byte that crosses memory, the copy's bytes
 * once out and once back in.
 */
#include <stdio.h>
#include "../../optimized/op.h"

int main(void)
{
    static const char *const layers[] = { "N64 C1 H28 W28 K32 R3 S3",       "N64 C3 H32 W32 K32 R3 S3 pad1",
                                          "N64 C32 H16 W16 K64 R3 S3 pad1", "N64 C3 H32 W32 K6 R5 S5",
                                          "N64 C6 H14 W14 K16 R5 S5",       "N8 C64 H56 W56 K64 R3 S3 pad1",
                                          "N8 C256 H56 W56 K64 R1 S1" };
    const struct op *op = op_find("conv2d_forward");
    puts("                                       MFLOP  arrays MB  im2col MB  flop/byte  with im2col");
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        int size[MAX_SIZES];
        if (!op_parse_shape(op, layers[i], size, NULL)) return 1;
        double flops = op->flops(size), arrays = op_bytes(op, size);
        double windows = (double)op_elements(op, 3, size) / size[4];
        double copy = windows * size[1] * size[5] * size[6] * sizeof(float);
        printf("%-36s %7.1f %10.2f %10.2f %10.1f %12.1f\n", layers[i], flops / 1e6, arrays / 1e6, copy / 1e6,
               flops / arrays, flops / (arrays + 2 * copy));
    }
    return 0;
}
