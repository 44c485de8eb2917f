/* scale.h - what a network sees of a pixel: (pixel - mean) / deviation, and where the two come from. */
#ifndef RUNGS_SCALE_H
#define RUNGS_SCALE_H

#include "data.h"
#include "netfile.h"

struct scale_kind {
    int is_measured;                                     /* 1: on the training images, as data.h says     */
    int is_by_column;                                    /* 1: that, each number of an example by itself  */
    int channels;                                        /* that images must have; 0: any number          */
    float mean[DATA_CHANNELS], deviation[DATA_CHANNELS]; /* of each channel, in pixels of 0 to 255        */
};

/* 0 to 1; -1 to 1; the mean and deviation of ImageNet's photographs, as torchvision's documentation prints
 * them; pixels as they are */
extern const struct scale_kind scale_measured, scale_columns, scale_unit, scale_centred, scale_imagenet,
    scale_raw;

/* Sets mean and deviation of data that were read and divided, as the file says. 0 and a sentence if the
 * images are not of that kind. */
int scale_data(struct dataset *data, const struct netfile *file, char *error);

#endif
