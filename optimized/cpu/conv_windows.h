/* conv_windows.h - the matrix of convolution as a product, without the matrix.
 *
 * A tap is number (c,r,s) of a kernel, a place is a result (p,q). The tap meets, at the place, the number
 * at[c plane + r tap_row + s tap_column + p row + q column]. That is an operand (taps,places) of a product
 * whose panels are filled from the image (gemm.h).
 */
#ifndef RUNGS_CONV_WINDOWS_H
#define RUNGS_CONV_WINDOWS_H

#include "gemm.h"

struct windows {
    const float *at;  /* what the first tap meets at the first place */
    int down, across; /* taps of a plane */
    int width;        /* places of a row */
    ptrdiff_t plane, tap_row, tap_column, row, column;
};

/* B of the product, (taps,places) for forward and dx, (places,taps) for dw: the windows. They must live as
 * long as the product runs. */
void windows_multiply_taps(struct gemm *g, const struct windows *w);
void windows_multiply_places(struct gemm *g, const struct windows *w);

/* a part of planes, with zeros around it */
struct image_part {
    int top, left; /* it begins so far above and left of them; negative: within */
    int rows, columns;
};

/* Floats for a copy of that part of planes (H,W); 0: it does as it lies */
size_t image_part_floats(const struct image_part *e, int planes, int H, int W);

/* Windows onto that part of x (planes,H,W), copied into `copy` if need be: where it begins, and what lies how
 * far apart. Taps and places are the caller's. */
struct windows windows_on(const struct image_part *e, int planes, int H, int W, const float *x, float *copy);

#endif
