/* cuda_wrong.h - the wrong CUDA rungs of cuda_wrong_rows.cu, cuda_wrong_elements.cu, cuda_wrong_losses.cu,
 * cuda_wrong_conv.cu and cuda_wrong_conv_fast.cu, which the module of cuda_wrong.cu lists. */
#ifndef CUDA_WRONG_H
#define CUDA_WRONG_H

#include "../optimized/rung.h"

/* a row of such a ladder, and what stands behind its last one */
#define ROW_IN(op, name, function, needs)                  \
    {                                                      \
        name, RUN(op, function), needs, "see cuda_wrong.c" \
    }
#define ROW(op, name, function) ROW_IN(op, name, function, NEED_NONE)
#define END                                  \
    {                                        \
        nullptr, nullptr, NEED_NONE, nullptr \
    }

extern "C" const struct rung wrong_softmax[], wrong_xent[], wrong_mse[];
extern "C" const struct rung wrong_relu[], wrong_softplus[], wrong_silu[];
extern "C" const struct rung wrong_dropout[], wrong_adam[], wrong_adam_many[], wrong_clip[], wrong_maxpool[],
    wrong_maxpool_back[];
extern "C" const struct rung wrong_conv[], wrong_conv_fast[], wrong_conv_dx[], wrong_conv_dw[];
extern "C" const struct rung wrong_conv_relu[], wrong_conv_relu_dx[];

#endif
