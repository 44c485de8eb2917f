/* 7.4 ties - pooling by maximum, where two numbers are equal
 *
 *   x (N,C,H,W)   ->   y (N,C,P,Q) = the largest number of each window of R x S
 *                      index (N,C,P,Q) = where it is in its plane, h W + w
 *   dy (N,C,P,Q), index   ->   dx (N,C,H,W)
 *
 * A padded convolution reads zeros beyond the edge. A maximum does not: that of a window of negative numbers
 * is negative. After a ReLU a quarter of the windows are full of zeros, all equal: which of them gets the
 * gradient? The first, row by row, as in PyTorch and TensorFlow. A NaN counts as larger than any number, and
 * of several NaNs the first is taken. Windows overlap where stride < R or S, and one number may be the
 * largest of several windows.
 *
 * windows_along gives the number of windows, window_holds the pixels of the image that one window holds:
 * first to end - 1.
 */
#include <stddef.h>
#ifndef real
#define real float
#endif

static inline int windows_along(int extent, int window, int pad, int stride, int ceil_mode)
{
    int room = extent + 2 * pad - window + (ceil_mode ? stride - 1 : 0), n = room / stride + 1;
    if (room < 0) return 0;
    return ceil_mode && (n - 1) * stride - pad >= extent ? n - 1 : n;
}

struct window_span {
    int first, end;
};

static inline struct window_span window_holds(int k, int extent, int window, int pad, int stride)
{
    int begin = k * stride - pad, end = begin + window;
    struct window_span s = { begin < 0 ? 0 : begin, end < extent ? end : extent };
    return s;
}

void maxpool_forward(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                     const real *x, real *y, int *index)
{
    int P = windows_along(H, R, pad, stride, ceil_mode), Q = windows_along(W, S, pad, stride, ceil_mode);
    for (size_t plane = 0; plane < (size_t)N * (size_t)C; plane++, x += (size_t)H * (size_t)W)
        for (int p = 0; p < P; p++)
            for (int q = 0; q < Q; q++, y++, index++) {
                struct window_span rows = window_holds(p, H, R, pad, stride),
                                   cols = window_holds(q, W, S, pad, stride);
                int best = rows.first * W + cols.first;
                for (int h = rows.first; h < rows.end; h++)
                    for (int w = cols.first; w < cols.end; w++)
                        if (x[h * W + w] >= x[best]) best = h * W + w; /* which of equal numbers? */
                *y = x[best];
                *index = best;
            }
}

void maxpool_backward(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                      const int *index, const real *dy, real *dx)
{
    int P = windows_along(H, R, pad, stride, ceil_mode), Q = windows_along(W, S, pad, stride, ceil_mode);
    size_t in = (size_t)H * (size_t)W, out = (size_t)P * (size_t)Q, planes = (size_t)N * (size_t)C;
    for (size_t k = 0; k < planes * in; k++) dx[k] = 0;
    for (size_t plane = 0; plane < planes; plane++)
        for (size_t k = plane * out; k < (plane + 1) * out; k++)
            dx[plane * in + (size_t)index[k]] = dy[k]; /* and where windows overlap? */
}
