/* augment.h - augmentation: in training, each image is seen shifted, flipped, cropped, rotated or scaled by
 * chance (`augment`), in another way in every epoch.
 *
 * What happens to an image follows from the seed, the epoch and the image's number alone (Philox): it does
 * not matter which thread does it, or in which batch, and a resumed training draws the same. */
#ifndef RUNGS_AUGMENT_H
#define RUNGS_AUGMENT_H

#include <stdint.h>
#include "netfile.h"

/* how much of each there is at most; all 0: nothing is done */
struct augment {
    int shift;     /* pixels, up, down, left and right                                     */
    double flip;   /* the probability that left and right change places                    */
    double crop;   /* the share of each side that is cut off; what is left fills the image */
    double rotate; /* degrees, either way                                                 */
    double scale;  /* 0.1: between 0.9 and 1.1 times as large                             */
};

/* What is done to one image, in this order: a window is cut out and fills the image; scaled and rotated
 * about the centre, flipped, shifted. */
struct motion {
    double side, up, left; /* of the window, and what is cut off above it and left of it, all in sides */
    double scale, degrees; /* degrees: counter-clockwise                                               */
    int flip, down, right; /* right and down in pixels                                                 */
};

/* The pixel of the old image that is seen at (row, column) of the new one:
 *
 *   row'    = a[0][0] row + a[0][1] column + at[0]
 *   column' = a[1][0] row + a[1][1] column + at[1]
 */
struct warp {
    double a[2][2], at[2];
};

void augment_make(struct augment *a, const struct netfile *file);
int augment_is_on(const struct augment *a);

/* by chance */
struct motion augment_draw(const struct augment *a, uint64_t seed, int epoch, int image);

struct warp augment_warp(const struct motion *m, int rows, int cols);

/* y (rows, cols) is what is seen of one plane of the image, all of which move alike. Between pixels it is
 * bilinear, outside of the image 0. */
void augment_image(const struct warp *w, int rows, int cols, const unsigned char *pixel, float *y);
void augment_reals(const struct warp *w, int rows, int cols, const float *number, float *y);

#endif
