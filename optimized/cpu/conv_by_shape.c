/* conv_by_shape.c - the top rung of convolution, forward and dx: the way that is fastest at the shape.
 *
 * Changed: no way is best everywhere. Winograd's tiles of 4 x 4 multiply a fourth as often, but their
 * transforms cost as much for one plane as for 64, and only 3 x 3 windows with a stride of 1 have them;
 * direct tiles do every shape. What decides is how many planes share a transform, and whether the images
 * have tiles enough. Relieves: the choice. Which of two rungs wins near the border depends on the machine,
 * by little. */
#include "../rung.h"
#include "conv_rungs.h"

#if defined __x86_64__

enum { PLANES = 16, SIDE = 6 }; /* of both images, at least */

int conv_takes_winograd(const struct conv *v)
{
    return v->R == 3 && v->S == 3 && v->stride == 1 && v->dilation == 1 && v->groups == 1 && v->C >= PLANES &&
           v->K >= PLANES && v->P >= SIDE && v->Q >= SIDE;
}

void conv_forward_by_shape(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONV_GIVEN);
    if (!conv_takes_winograd(&v))
        conv_forward_direct_threads(CONV_GIVEN, x, w, b, y);
    else if (rung_isa() & NEED_AVX512)
        conv_forward_winograd4_avx512(CONV_GIVEN, x, w, b, y);
    else
        conv_forward_winograd4_avx2(CONV_GIVEN, x, w, b, y);
}

void conv_dx_by_shape(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    const struct conv v = conv_of(CONV_GIVEN);
    if (!conv_takes_winograd(&v))
        conv_dx_direct_threads(CONV_GIVEN, w, dy, dx);
    else if (rung_isa() & NEED_AVX512)
        conv_dx_winograd4_avx512(CONV_GIVEN, w, dy, dx);
    else
        conv_dx_winograd4_avx2(CONV_GIVEN, w, dy, dx);
}
#endif
