/* conv_winograd_avx512.c - Winograd's transforms, sixteen channels per instruction. */
#include "conv_winograd.h"

#if defined __x86_64__
#include "vec_avx512.h"

#include "conv_winograd_tile.h"

KERNEL void winograd_kernels_avx512(const struct winograd_kernels *g, int first, int columns, int c, float *u)
{
    if (g->m == 2)
        kernels_of(2, g, first, columns, c, u);
    else
        kernels_of(4, g, first, columns, c, u);
}
KERNEL void winograd_input_avx512(const struct winograd *g, int first, int tiles, float *v, float *strip)
{
    if (g->m == 2)
        input_of(2, g, first, tiles, v, strip);
    else
        input_of(4, g, first, tiles, v, strip);
}
KERNEL void winograd_output_avx512(const struct winograd *g, int first, int tiles, const float *p,
                                   float *strip)
{
    if (g->m == 2)
        output_of(2, g, first, tiles, p, strip);
    else
        output_of(4, g, first, tiles, p, strip);
}
#endif
