/* cuda_wrong.h - the wrong CUDA rungs of cuda_wrong_rows.cu, cuda_wrong_elements.cu and cuda_wrong_losses.cu,
 * which the module of cuda_wrong.cu lists. */
#ifndef CUDA_WRONG_H
#define CUDA_WRONG_H

#include "../optimized/rung.h"

extern "C" const struct rung wrong_softmax[], wrong_xent[], wrong_mse[];
extern "C" const struct rung wrong_relu[], wrong_softplus[], wrong_silu[];
extern "C" const struct rung wrong_dropout[], wrong_adam[], wrong_clip[], wrong_maxpool[],
    wrong_maxpool_back[];

#endif
