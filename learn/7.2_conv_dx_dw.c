/* 7.2 conv_dx_dw - what a convolution sends back: to its images, and to its kernels
 *
 *   dy (N,K,P,Q)   ->   dx (N,C,H,W)        dw (K,C/groups,R,S)        db (K)
 *
 * 7.1 read each number of x up to R S times per kernel, and each weight P Q times per image. Every one of
 * these products y += x w sends back
 *
 *   dx[n][first + c][h][v] += dy[n][k][p][q] w[k][c][r][s]
 *   dw[k][c][r][s]         += dy[n][k][p][q] x[n][first + c][h][v]        db[k] += dy[n][k][p][q]
 *
 * with h and v as in 7.1, and nothing where they are outside the image. No kernel has to be flipped: that is
 * only how these sums look if you ask which dy reach a given x. What do dx, dw and db hold before?
 */
#include <stddef.h>
#ifndef real
#define real float
#endif

static int results(int extent, int before, int behind, int window, int stride, int dilation)
{
    return (extent + before + behind - dilation * (window - 1) - 1) / stride + 1;
}

static size_t at(int i, int j, int k, int l, int J, int K, int L)
{
    return (((size_t)i * (size_t)J + (size_t)j) * (size_t)K + (size_t)k) * (size_t)L + (size_t)l;
}

void conv2d_backward_dx(int N, int C, int H, int W, int K, int R, int S, int stride, int dilation, int groups,
                        int top, int left, int bottom, int right, const real *w, const real *dy, real *dx)
{
    int P = results(H, top, bottom, R, stride, dilation), Q = results(W, left, right, S, stride, dilation);
    (void)K, (void)groups, (void)w, (void)dy, (void)P, (void)Q; /* nothing is sent back */
    for (size_t i = 0; i < at(N, 0, 0, 0, C, H, W); i++) dx[i] = 0;
}

void conv2d_backward_dw(int N, int C, int H, int W, int K, int R, int S, int stride, int dilation, int groups,
                        int top, int left, int bottom, int right, const real *x, const real *dy, real *dw,
                        real *db)
{
    int P = results(H, top, bottom, R, stride, dilation), Q = results(W, left, right, S, stride, dilation);
    (void)N, (void)x, (void)dy, (void)P, (void)Q;
    for (size_t i = 0; i < at(K, 0, 0, 0, C / groups, R, S); i++) dw[i] = 0;
    for (int k = 0; k < K; k++) db[k] = 0;
}
