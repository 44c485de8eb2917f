/* property.h - what is true of right functions; each is asked about the functions of one exercise; see
 * learn.h. */
#ifndef RUNGS_LEARN_PROPERTY_H
#define RUNGS_LEARN_PROPERTY_H

#include "learn.h"

property_fn delta_kernel;  /* conv2d_forward: a kernel with a single 1 moves the image     */
property_fn first_largest; /* maxpool_forward: ties, NaN, numbers below 0 at a padded edge */

#endif
