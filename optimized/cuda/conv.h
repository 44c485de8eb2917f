/* conv.h - what the kernels of convolution share: its sizes, and which numbers meet. Letters, windows and
 * groups are those of reference/conv.c.
 *
 *   x (N,C,H,W)   w (K,C/groups,R,S)   b (K)   y, dy (N,K,P,Q)
 */
#ifndef RUNGS_CUDA_CONV_H
#define RUNGS_CUDA_CONV_H

#include <cuda_runtime.h>
#include <stddef.h>
#include <stdint.h>

#include "../op.h"

/* the sizes that a call begins with, as parameters and as arguments */
#define CONV_SIZES                                                                                  \
    int N, int C, int H, int W, int K, int R, int S, int stride, int dilation, int groups, int top, \
        int left, int bottom, int right
#define CONV_GIVEN N, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right

struct conv {
    int N, C, H, W, K, R, S, stride, dilation, groups, top, left, P, Q;
    int c_per, k_per;              /* planes of x, and of y, of a group              */
    int x_plane, w_plane, y_plane; /* H W, R S, P Q: no plane has more than int holds */

    /* numbers in front of plane c of image n of x, plane k of y, kernel k on plane c of its group */
    __host__ __device__ size_t x_at(int n, int c) const
    {
        return ((size_t)n * C + c) * x_plane;
    }
    __host__ __device__ size_t y_at(int n, int k) const
    {
        return ((size_t)n * K + k) * y_plane;
    }
    __host__ __device__ size_t w_at(int k, int c) const
    {
        return ((size_t)k * c_per + c) * w_plane;
    }
};

inline conv conv_of(CONV_SIZES)
{
    const int P = (H + top + bottom - dilation * (R - 1) - 1) / stride + 1;
    const int Q = (W + left + right - dilation * (S - 1) - 1) / stride + 1;
    return { N,   C,    H, W, K,          R,          S,     stride, dilation, groups,
             top, left, P, Q, C / groups, K / groups, H * W, R * S,  P * Q };
}

inline int parts(int size, int of)
{
    return (size - 1) / of + 1;
}

/* 1 if kernels count all numbers of a group's kernels, and all places of all images, in int, tiles that hang
 * over their end included; else rung 00 does the work */
inline bool counts_in_int(const conv &v)
{
    const int64_t most = INT32_MAX - 4096, plane = v.x_plane > v.y_plane ? v.x_plane : v.y_plane;
    return (int64_t)v.c_per * v.w_plane <= most / v.k_per && v.N * plane <= most;
}

/* The result along one dimension that reads number `at` by number `tap` of the kernel; -1: there is none */
__device__ inline int result_that_reads(int at, int before, int tap, int stride, int dilation, int results)
{
    const int from = at + before - tap * dilation;
    if (from < 0 || from % stride) return -1;
    return from / stride < results ? from / stride : -1;
}

#endif
