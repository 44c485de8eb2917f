/* property.h - what is true of right functions; each is asked about the functions of one exercise; see
 * learn.h. */
#ifndef RUNGS_LEARN_PROPERTY_H
#define RUNGS_LEARN_PROPERTY_H

#include "learn.h"

property_fn delta_kernel;      /* conv2d_forward: a kernel with a single 1 moves the image     */
property_fn first_largest;     /* maxpool_forward: ties, NaN, numbers below 0 at a padded edge */
property_fn mean_stays;        /* inverted_forward: mean and variance of ones; what is dropped is 0 */
property_fn published_words;   /* philox_blocks: three known answers                            */
property_fn one_decay_for_sgd; /* weight_decay_step: the three decays go one way by SGD         */
property_fn norms_stay;        /* spared_step: biases and gains keep their norms                */

#endif
