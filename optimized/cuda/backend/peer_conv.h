/* peer_conv.h - cuDNN's convolution behind one function, opened at run time. Where there is no cuDNN, and in
 * the emulator, peer_conv_open says so and peer_conv must not be called.
 *
 * RUNGS_CUDNN_LIBRARY names another file than libcudnn.so.9 or libcudnn.so.8.
 */
#ifndef RUNGS_CUDA_PEER_CONV_H
#define RUNGS_CUDA_PEER_CONV_H

#include <stddef.h>

enum peer_conv_direction { PEER_FORWARD, PEER_BACKWARD_DATA, PEER_BACKWARD_FILTER };

/* how the library may multiply */
enum peer_conv_kind {
    PEER_CONV_F32,     /* products of floats, each of those that the formula says   */
    PEER_CONV_TF32,    /* the same on tensor cores, if it likes                     */
    PEER_CONV_WINOGRAD /* floats, fewer products                                    */
};

/* y (N,K,P,Q) of x (N,C,H,W) and w (K,C/groups,R,S). Of the three and their gradients a direction reads two,
 * a and b, and writes c:
 *
 *   forward           a = x, b = w, c = y; then the bias (K) is added
 *   backward data     a = w, b = dy, c = dx
 *   backward filter   a = x, b = dy, c = dw; and the bias gets the sums of dy */
struct peer_convolution {
    enum peer_conv_direction direction;
    enum peer_conv_kind kind;
    int N, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right, P, Q;
};

struct peer_conv_arrays {
    const float *a, *b, *bias;
    float *c, *bias_sums;
    void *(*room)(size_t bytes); /* device memory to work in, until the next call; nullptr if there is none */
};

#if !defined __CUDAEMU__
#include "peer_cudnn_conv.h"
#else
inline bool peer_conv_open()
{
    return false;
}
inline void peer_conv(const peer_convolution &, const peer_conv_arrays &)
{
}
inline void peer_conv_close()
{
}
#endif

#endif
