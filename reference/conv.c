/* conv.c - two-dimensional convolution, forward and backward.
 *
 *   x (N,C,H,W)  N images of C planes       w (K,C/groups,R,S)  a kernel of R x S per pair of planes
 *   y, dy (N,K,P,Q)                         b (K)
 *
 * The kernel slides over the image, `stride` at a time, and its numbers lie `dilation` apart. It begins
 * `top` rows above the image and `left` columns before it, and ends `bottom` and `right` beyond: there x is
 * 0.
 *
 *   P = (H + top + bottom - dilation (R - 1) - 1) / stride + 1          Q likewise
 *
 * Channels fall into `groups` that know nothing of each other: plane k of y sees the C / groups planes of x
 * in its group. The kernel is not flipped. Mathematics calls that cross-correlation, and convolution is the
 * same with a flipped kernel; what learns its kernel does not care.
 *
 * With L the loss and dy = dL/dy given from above, each product of the forward pass sends back
 *   dx += dy w          dw += dy x          and each result       db += dy
 */
#include "real.h"
#include "reference.h"

static int results(int extent, int before, int behind, int window, int stride, int dilation)
{
    return (extent + before + behind - dilation * (window - 1) - 1) / stride + 1;
}

/* element (i,j,k,l) of an array (.,J,K,L) */
static size_t at(int i, int j, int k, int l, int J, int K, int L)
{
    return (((size_t)i * (size_t)J + (size_t)j) * (size_t)K + (size_t)k) * (size_t)L + (size_t)l;
}

/* The sum of products of forward, + b (K) unless that is NULL */
static void correlate(int N, int C, int H, int W, int K, int R, int S, int stride, int dilation, int groups,
                      int top, int left, int bottom, int right, const real *x, const real *w, const real *b,
                      real *y)
{
    int P = results(H, top, bottom, R, stride, dilation), Q = results(W, left, right, S, stride, dilation);
    int per = C / groups; /* planes that a kernel sees */
    for (int n = 0; n < N; n++)
        for (int k = 0; k < K; k++)
            for (int p = 0; p < P; p++)
                for (int q = 0; q < Q; q++) {
                    int first = k / (K / groups) * per;
                    real sum = b ? b[k] : 0;
                    for (int c = 0; c < per; c++)
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++) {
                                int h = p * stride + r * dilation - top, v = q * stride + s * dilation - left;
                                if (h < 0 || h >= H || v < 0 || v >= W) continue;
                                sum += x[at(n, first + c, h, v, C, H, W)] * w[at(k, c, r, s, per, R, S)];
                            }
                    y[at(n, k, p, q, K, P, Q)] = sum;
                }
}

/* y (N,K,P,Q): y[n][k][p][q] = b[k] + sum_crs x[n][c][p stride + r dilation - top][...] w[k][c][r][s] */
void REF(conv2d_forward)(int N, int C, int H, int W, int K, int R, int S, int stride, int dilation,
                         int groups, int top, int left, int bottom, int right, const real *x, const real *w,
                         const real *b, real *y)
{
    correlate(N, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right, x, w, b, y);
}

/* dx (N,C,H,W): each result sends dy w back to each number of x that it read */
void REF(conv2d_backward_dx)(int N, int C, int H, int W, int K, int R, int S, int stride, int dilation,
                             int groups, int top, int left, int bottom, int right, const real *w,
                             const real *dy, real *dx)
{
    int P = results(H, top, bottom, R, stride, dilation), Q = results(W, left, right, S, stride, dilation);
    int per = C / groups;
    for (size_t i = 0; i < at(N, 0, 0, 0, C, H, W); i++) dx[i] = 0;
    for (int n = 0; n < N; n++)
        for (int k = 0; k < K; k++)
            for (int p = 0; p < P; p++)
                for (int q = 0; q < Q; q++) {
                    int first = k / (K / groups) * per;
                    real back = dy[at(n, k, p, q, K, P, Q)];
                    for (int c = 0; c < per; c++)
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++) {
                                int h = p * stride + r * dilation - top, v = q * stride + s * dilation - left;
                                if (h < 0 || h >= H || v < 0 || v >= W) continue;
                                dx[at(n, first + c, h, v, C, H, W)] += back * w[at(k, c, r, s, per, R, S)];
                            }
                }
}

/* dw without db */
static void kernel_gradient(int N, int C, int H, int W, int K, int R, int S, int stride, int dilation,
                            int groups, int top, int left, int bottom, int right, const real *x,
                            const real *dy, real *dw)
{
    int P = results(H, top, bottom, R, stride, dilation), Q = results(W, left, right, S, stride, dilation);
    int per = C / groups;
    for (int k = 0; k < K; k++) {
        int first = k / (K / groups) * per;
        for (int c = 0; c < per; c++)
            for (int r = 0; r < R; r++)
                for (int s = 0; s < S; s++) {
                    real sum = 0;
                    for (int n = 0; n < N; n++)
                        for (int p = 0; p < P; p++)
                            for (int q = 0; q < Q; q++) {
                                int h = p * stride + r * dilation - top, v = q * stride + s * dilation - left;
                                if (h < 0 || h >= H || v < 0 || v >= W) continue;
                                sum += dy[at(n, k, p, q, K, P, Q)] * x[at(n, first + c, h, v, C, H, W)];
                            }
                    dw[at(k, c, r, s, per, R, S)] = sum;
                }
    }
}

/* sums (K) of the planes of y (N,K,plane) over all images */
static void plane_sums(int N, int K, int plane, const real *y, real *sums)
{
    for (int k = 0; k < K; k++) {
        sums[k] = 0;
        for (int n = 0; n < N; n++)
            for (int i = 0; i < plane; i++) sums[k] += y[at(n, k, 0, i, K, 1, plane)];
    }
}

/* dw (K,C/groups,R,S): a number of w meets every result of its plane, in every image; db (K) = the sums of
 * dy */
void REF(conv2d_backward_dw)(int N, int C, int H, int W, int K, int R, int S, int stride, int dilation,
                             int groups, int top, int left, int bottom, int right, const real *x,
                             const real *dy, real *dw, real *db)
{
    int P = results(H, top, bottom, R, stride, dilation), Q = results(W, left, right, S, stride, dilation);
    kernel_gradient(N, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right, x, dy, dw);
    plane_sums(N, K, P * Q, dy, db);
}

/* ---- with a ReLU beside it ---- */

/* y (N,K,P,Q) = max(0, x correlated with w, + b): the layer and its ReLU in one operation */
void REF(conv2d_relu_forward)(int N, int C, int H, int W, int K, int R, int S, int stride, int dilation,
                              int groups, int top, int left, int bottom, int right, const real *x,
                              const real *w, const real *b, real *y)
{
    int P = results(H, top, bottom, R, stride, dilation), Q = results(W, left, right, S, stride, dilation);
    correlate(N, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right, x, w, b, y);
    for (size_t i = 0; i < at(N, 0, 0, 0, K, P, Q); i++)
        if (re(y[i]) <= 0) y[i] = 0;
}

/* dz (N,C,H,W) = dx, but 0 where a (N,C,H,W) <= 0: the gradient goes back through the layer and through the
 * ReLU that made its input, a = max(0, z). What lies between the two may move numbers or drop them, as
 * pooling by maximum does: a number that comes out positive was positive before. */
void REF(conv2d_relu_backward_dx)(int N, int C, int H, int W, int K, int R, int S, int stride, int dilation,
                                  int groups, int top, int left, int bottom, int right, const real *a,
                                  const real *w, const real *dy, real *dz)
{
    REF(conv2d_backward_dx)
    (N, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right, w, dy, dz);
    for (size_t i = 0; i < at(N, 0, 0, 0, C, H, W); i++)
        if (!(re(a[i]) > 0)) dz[i] = 0;
}

/* ---- transposed: what dx does, as a layer's forward pass ----
 * x (N,C,H,W)   w (C,kernels/groups,R,S)   y (N,kernels,P,Q): P = (H - 1) stride + dilation (R - 1) + 1 - top
 * - bottom, so that a convolution of y by the same w has results of H x W. */

static int widened(int results, int before, int behind, int window, int stride, int dilation)
{
    return (results - 1) * stride + dilation * (window - 1) + 1 - before - behind;
}

/* y: each number of x spreads w over the window that it would be the result of; + b */
void REF(conv2d_transposed_forward)(int N, int C, int H, int W, int kernels, int R, int S, int stride,
                                    int dilation, int groups, int top, int left, int bottom, int right,
                                    const real *x, const real *w, const real *b, real *y)
{
    int P = widened(H, top, bottom, R, stride, dilation), Q = widened(W, left, right, S, stride, dilation);
    REF(conv2d_backward_dx)
    (N, kernels, P, Q, C, R, S, stride, dilation, groups, top, left, bottom, right, w, x, y);
    for (int n = 0; n < N; n++)
        for (int k = 0; k < kernels; k++)
            for (int i = 0; i < P * Q; i++) y[at(n, k, 0, i, kernels, 1, P * Q)] += b[k];
}

/* dx (N,C,H,W) = dy correlated with w */
void REF(conv2d_transposed_backward_dx)(int N, int C, int H, int W, int kernels, int R, int S, int stride,
                                        int dilation, int groups, int top, int left, int bottom, int right,
                                        const real *w, const real *dy, real *dx)
{
    int P = widened(H, top, bottom, R, stride, dilation), Q = widened(W, left, right, S, stride, dilation);
    correlate(N, kernels, P, Q, C, R, S, stride, dilation, groups, top, left, bottom, right, dy, w, NULL, dx);
}

/* dw: that of a convolution of dy whose results' gradient is x; db = the sums of dy */
void REF(conv2d_transposed_backward_dw)(int N, int C, int H, int W, int kernels, int R, int S, int stride,
                                        int dilation, int groups, int top, int left, int bottom, int right,
                                        const real *x, const real *dy, real *dw, real *db)
{
    int P = widened(H, top, bottom, R, stride, dilation), Q = widened(W, left, right, S, stride, dilation);
    kernel_gradient(N, kernels, P, Q, C, R, S, stride, dilation, groups, top, left, bottom, right, dy, x, dw);
    plane_sums(N, kernels, P * Q, dy, db);
}
