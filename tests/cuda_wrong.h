/* cuda_wrong.h - the wrong CUDA rungs of cuda_wrong_rows.cu, cuda_wrong_elements.cu, cuda_wrong_losses.cu and
 * cuda_wrong_conv.cu, which the module of cuda_wrong.cu lists. */
#ifndef CUDA_WRONG_H
#define CUDA_WRONG_H

#include "../optimized/rung.h"

extern "C" const struct rung wrong_softmax[], wrong_xent[], wrong_mse[];
extern "C" const struct rung wrong_relu[], wrong_softplus[], wrong_silu[];
extern "C" const struct rung wrong_dropout[], wrong_adam[], wrong_adam_many[], wrong_clip[], wrong_maxpool[],
    wrong_maxpool_back[];
extern "C" const struct rung wrong_conv[], wrong_conv_dx[], wrong_conv_dw[];
extern "C" const struct rung wrong_conv_relu[], wrong_conv_relu_dx[];

#endif
