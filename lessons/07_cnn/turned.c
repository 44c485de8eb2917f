/* turned.c - a kernel, and what becomes of an image that is black but for one point: a cross-correlation,
 * which is what networks compute, leaves the kernel turned by half a circle; a convolution, as mathematics
 * has it, leaves the kernel as it is. CSV on stdout.
 *
 *   x (7,7), w (3,3) -> y (7,7), each with a border of zeros
 */
#include <stdio.h>
#include "../../reference/reference.h"

enum { SIDE = 7, POINTS = SIDE * SIDE };

int main(void)
{
    const double w[9] = { 1, 1, 1, 0.75, 0, 0, 0.5, 0, 0 }, b = 0; /* a hook */
    double x[POINTS] = { 0 }, turned[9], padded[POINTS] = { 0 }, correlation[POINTS], convolution[POINTS];
    x[POINTS / 2] = 1;
    for (int k = 0; k < 9; k++) {
        turned[k] = w[8 - k];
        padded[(2 + k / 3) * SIDE + 2 + k % 3] = w[k];
    }
    conv2d_forward_f64(1, 1, SIDE, SIDE, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, x, w, &b, correlation);
    conv2d_forward_f64(1, 1, SIDE, SIDE, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, x, turned, &b, convolution);
    puts("row,column,kernel,point,correlation,convolution");
    for (int k = 0; k < POINTS; k++)
        printf("%d,%d,%.2f,%.2f,%.2f,%.2f\n", k / SIDE, k % SIDE, padded[k], x[k], correlation[k],
               convolution[k]);
    return 0;
}
