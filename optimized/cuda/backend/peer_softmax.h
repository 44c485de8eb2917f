/* peer_softmax.h - cuDNN's softmax behind two functions, opened at run time. Where there is no cuDNN, and in
 * the emulator, peer_softmax_open says so and the others must not be called.
 *
 * RUNGS_CUDNN_LIBRARY names another file than libcudnn.so.9 or libcudnn.so.8.
 */
#ifndef RUNGS_CUDA_PEER_SOFTMAX_H
#define RUNGS_CUDA_PEER_SOFTMAX_H

#if !defined __CUDAEMU__
#include "peer_cudnn.h"
#else
inline bool peer_softmax_open()
{
    return false;
}
/* y (N,C) = softmax(x) by rows */
inline void peer_softmax(int, int, const float *, float *)
{
}
/* dx (N,C) = y (dy - sum of dy y) by rows */
inline void peer_softmax_back(int, int, const float *, const float *, float *)
{
}
inline void peer_softmax_close()
{
}
#endif

#endif
