/* 7.9 capstone - a convolutional network, trained with your kernels
 *
 *   x (N,C,H,W)   w (K,C/groups,R,S)   b (K)   y and dy (N,K,P,Q)          as in 7.1 and 7.2, and in float
 *
 * Two convolutions, two poolings and two dense layers tell clothes apart: Fashion-MNIST, 60,000 images of 28
 * x 28 in ten classes. The convolutions, their gradients included, are yours; all else is ours. First comes a
 * short training on synthetic images: the loss of each step is compared with ours, and a training that is
 * stopped and resumed must end in the same bits. Then a step is timed, in turns with rungs of ours in place
 * of your functions: the gate is 0.8 of the speed of a step with 01_rows. Then eight epochs on all images:
 * the gate is 90 % of the test images.
 *
 * That is 380 billion multiply-adds in your functions: think about which loop is the innermost. With
 * --no-race only the short training is run.
 *
 * Put your functions here. The ones below compute nothing, and the network learns next to nothing.
 */
#include <stddef.h>

#define SIZES                                                                                       \
    int N, int C, int H, int W, int K, int R, int S, int stride, int dilation, int groups, int top, \
        int left, int bottom, int right

static int outputs(int extent, int before, int behind, int window, int stride, int dilation)
{
    return (extent + before + behind - dilation * (window - 1) - 1) / stride + 1;
}

void conv2d_forward(SIZES, const float *x, const float *w, const float *b, float *y)
{
    size_t planes = (size_t)N * (size_t)K;
    int P = outputs(H, top, bottom, R, stride, dilation), Q = outputs(W, left, right, S, stride, dilation);
    (void)C, (void)groups, (void)x, (void)w;
    for (size_t k = 0; k < planes; k++)
        for (int i = 0; i < P * Q; i++) *y++ = b[k % (size_t)K];
}

void conv2d_backward_dx(SIZES, const float *w, const float *dy, float *dx)
{
    (void)K, (void)R, (void)S, (void)stride, (void)dilation, (void)groups, (void)top, (void)left,
        (void)bottom, (void)right, (void)w, (void)dy;
    for (size_t i = 0; i < (size_t)N * (size_t)C * (size_t)H * (size_t)W; i++) dx[i] = 0;
}

void conv2d_backward_dw(SIZES, const float *x, const float *dy, float *dw, float *db)
{
    (void)N, (void)H, (void)W, (void)stride, (void)dilation, (void)top, (void)left, (void)bottom, (void)right,
        (void)x, (void)dy;
    for (size_t i = 0; i < (size_t)K * (size_t)(C / groups) * (size_t)R * (size_t)S; i++) dw[i] = 0;
    for (int k = 0; k < K; k++) db[k] = 0;
}
