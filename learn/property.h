/* property.h - what is true of right functions; each is asked about the functions of one exercise; see
 * learn.h. */
#ifndef RUNGS_LEARN_PROPERTY_H
#define RUNGS_LEARN_PROPERTY_H

#include "learn.h"

property_fn delta_kernel;   /* conv2d_forward: a kernel with a single 1 moves the image     */
property_fn first_largest;  /* maxpool_forward: ties, NaN, numbers below 0 at a padded edge */
property_fn slopes_of_tanh; /* tanh_backward, tanh_backward_x: what they make of x = 9, and from 9 to 40 */
property_fn convolution_adjoint;  /* conv2d_backward_dx, _dw: <conv(x, w), y> = <x, dx> = <w, dw>   */
property_fn mean_stays;           /* inverted_forward: mean and variance of ones; what is dropped is 0 */
property_fn published_words;      /* philox_blocks: three known answers                            */
property_fn one_decay_for_sgd;    /* weight_decay_step: the three decays go one way by SGD         */
property_fn norms_stay;           /* spared_step: biases and gains keep their norms                */
property_fn far_rows;             /* logsumexp: logits of 10,000 and -10,000, rows of -infinity */
property_fn far_logits;           /* bce_logits_forward and backward: at logits from -100 to 100   */
property_fn values_near_1;        /* newton_schulz: known singular values; -x, 1000 x, x transposed */
property_fn two_momenta_one_path; /* mean_momentum_step: the heavy ball's weights, 100 steps long */
property_fn average_of_z;         /* free_pair_step, free_pair_average: the path of three buffers */
property_fn exp_in_ulp;           /* sigmoid_forward: within units in the last place, at all exponents */
property_fn judges_fairly;        /* fair_race: two races of the suite's own optimizers, and made-up ones */

#endif
