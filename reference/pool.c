/* pool.c - max-pooling of N images of C planes of H x W: the largest number of each window of R x S.
 *
 * Windows are `stride` apart, and hang over the edges by `pad`, which is less than R and S: P x Q of them, P
 * = (H + 2 pad - R) / stride + 1. Beyond the edges there is nothing, not 0: a window of negative numbers has
 * a negative maximum. Of equal numbers the first of the window, row by row, is the largest, as in PyTorch
 * and TensorFlow, and a NaN is larger than any number. `index` is where it lies in its plane, h W + w: all
 * that the backward pass needs.
 */
#include "real.h"
#include "reference.h"

static int is_larger(real a, real b)
{
    int a_is_number = re(a) == re(a), b_is_number = re(b) == re(b);
    return b_is_number && (!a_is_number || re(a) > re(b));
}

/* y (N,C,P,Q) = max of the windows of x (N,C,H,W), index (N,C,P,Q) where they were found */
void REF(maxpool_forward)(int N, int C, int H, int W, int R, int S, int pad, int stride, const real *x,
                          real *y, int *index)
{
    int P = (H + 2 * pad - R) / stride + 1, Q = (W + 2 * pad - S) / stride + 1;
    for (size_t plane = 0; plane < (size_t)N * (size_t)C; plane++, x += (size_t)H * (size_t)W)
        for (int p = 0; p < P; p++)
            for (int q = 0; q < Q; q++, y++, index++) {
                int top = p * stride - pad, left = q * stride - pad, best = -1;
                for (int h = top < 0 ? 0 : top; h < top + R && h < H; h++)
                    for (int w = left < 0 ? 0 : left; w < left + S && w < W; w++)
                        if (best < 0 || is_larger(x[h * W + w], x[best])) best = h * W + w;
                *y = x[best];
                *index = best;
            }
}

/* dx (N,C,H,W) = the sum of dy (N,C,P,Q) over the windows whose maximum it was, by index (N,C,P,Q) */
void REF(maxpool_backward)(int N, int C, int H, int W, int R, int S, int pad, int stride, const int *index,
                           const real *dy, real *dx)
{
    int P = (H + 2 * pad - R) / stride + 1, Q = (W + 2 * pad - S) / stride + 1;
    size_t in = (size_t)H * (size_t)W, out = (size_t)P * (size_t)Q, planes = (size_t)N * (size_t)C;
    for (size_t k = 0; k < planes * in; k++) dx[k] = 0;
    for (size_t plane = 0; plane < planes; plane++)
        for (size_t k = plane * out; k < (plane + 1) * out; k++) dx[plane * in + (size_t)index[k]] += dy[k];
}
