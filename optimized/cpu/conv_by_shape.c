/* conv_by_shape.c - the top rung of convolution, forward and dx: the way that is fastest at the shape.
 *
 * Changed: no way is best everywhere. Winograd's tiles of 4 x 4 multiply a fourth as often, but their
 * transforms cost as much for one plane as for 64, and only 3 x 3 windows with a stride of 1 have them. A
 * window of 1 x 1 is a matrix product as it lies. Products of taps leave no lane idle and have few loads, but
 * store what each tap sends back. With one kernel per plane loads cannot be shared among planes, but among
 * rows. Direct tiles do every shape. What decides is how many planes share a
 * transform, or a load, and whether the images have tiles enough. Relieves: the choice. Which of two rungs
 * wins near the border depends on the machine, by little. */
#include "../rung.h"
#include "conv_rungs.h"

#if defined __x86_64__

enum { PLANES = 16, SIDE = 6 }; /* of both images, at least */

static int has_winograd(const struct conv *v)
{
    return v->R == 3 && v->S == 3 && v->stride == 1 && v->dilation == 1 && v->groups == 1 && v->C >= PLANES &&
           v->K >= PLANES && v->P >= SIDE && v->Q >= SIDE;
}

/* a product of matrices as they lie */
static int is_product(const struct conv *v)
{
    return v->w_plane == 1 && v->stride == 1 && v->x_plane == v->y_plane && v->c_per > 1 && v->k_per > 1;
}

enum conv_way conv_forward_way(const struct conv *v)
{
    if (conv_is_depthwise(v)) return CONV_DEPTHWISE;
    return is_product(v) ? CONV_PRODUCT : has_winograd(v) ? CONV_WINOGRAD : CONV_DIRECT;
}

static double whole_vectors(double n, int width)
{
    return width * (double)(long)((n + width - 1) / width);
}

/* Do products of taps take less than direct tiles? In lanes for a tap of one plane of dx: direct tiles fill
 * the rows of dx, and wait for loads where planes are few; a tap is stored, loaded and added once. */
static int has_taps(const struct conv *v)
{
    enum { STORING = 10 };
    const int width = rung_isa() & NEED_AVX512 ? 16 : 8;
    const double loads = v->c_per < 2 ? 3 : v->c_per < 4 ? 1.7 : 1.25;
    return v->stride == 1 && whole_vectors((double)v->y_plane, width) * (1.25 * v->k_per + STORING) <
                                 loads * v->H * whole_vectors(v->W, width) * v->k_per;
}

/* With a stride only tiles of planes are direct, whose lanes few planes do not fill. */
static int leaves_lanes_idle(const struct conv *v)
{
    enum { FEW = 8 };
    return v->stride > 1 && v->c_per <= FEW && v->k_per > FEW;
}

enum conv_way conv_dx_way(const struct conv *v)
{
    if (conv_is_depthwise(v)) return CONV_DEPTHWISE;
    if (is_product(v) || leaves_lanes_idle(v)) return CONV_PRODUCT;
    return has_winograd(v) ? CONV_WINOGRAD : has_taps(v) ? CONV_TAPS : CONV_DIRECT;
}

void conv_forward_by_shape(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONV_GIVEN);
    const enum conv_way way = conv_forward_way(&v);
    if (way == CONV_PRODUCT)
        conv_forward_threads(CONV_GIVEN, x, w, b, y);
    else if (way == CONV_DEPTHWISE)
        conv_forward_depthwise(CONV_GIVEN, x, w, b, y);
    else if (way == CONV_DIRECT)
        conv_forward_direct_threads(CONV_GIVEN, x, w, b, y);
    else if (rung_isa() & NEED_AVX512)
        conv_forward_winograd4_avx512(CONV_GIVEN, x, w, b, y);
    else
        conv_forward_winograd4_avx2(CONV_GIVEN, x, w, b, y);
}

void conv_dx_by_shape(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    const struct conv v = conv_of(CONV_GIVEN);
    const enum conv_way way = conv_dx_way(&v);
    if (way == CONV_PRODUCT)
        conv_dx_threads(CONV_GIVEN, w, dy, dx);
    else if (way == CONV_DEPTHWISE)
        conv_dx_depthwise(CONV_GIVEN, w, dy, dx);
    else if (way == CONV_TAPS)
        conv_dx_taps(CONV_GIVEN, w, dy, dx);
    else if (way == CONV_DIRECT)
        conv_dx_direct_threads(CONV_GIVEN, w, dy, dx);
    else if (rung_isa() & NEED_AVX512)
        conv_dx_winograd4_avx512(CONV_GIVEN, w, dy, dx);
    else
        conv_dx_winograd4_avx2(CONV_GIVEN, w, dy, dx);
}
#endif
