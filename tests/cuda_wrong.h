/* cuda_wrong.h - the wrong CUDA rungs of cuda_wrong_rows.cu and cuda_wrong_losses.cu, which cuda_wrong.cu's module lists. */
#ifndef CUDA_WRONG_H
#define CUDA_WRONG_H

#include "../optimized/rung.h"

extern "C" const struct rung wrong_softmax[], wrong_xent[], wrong_mse[];

#endif
