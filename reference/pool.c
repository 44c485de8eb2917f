/* pool.c - pooling of N images of C planes of H x W: the largest number of each window of R x S, or their
 * mean.
 *
 * Windows are `stride` apart, and hang over the edges by `pad`, which is less than R and S: P x Q of them, P
 * = (H + 2 pad - R) / stride + 1, rounded down. With ceil_mode it is rounded up, but no window begins beyond
 * the image: PyTorch's rule (windows.h).
 *
 * Maximum: beyond the edges there is nothing, not 0: a window of negative numbers has a negative maximum. Of
 * equal numbers the first of the window, row by row, is the largest, as in PyTorch and TensorFlow, and a NaN
 * is larger than any number. `index` is where it lies in its plane, h W + w: all that the backward pass
 * needs.
 *
 * Mean: beyond the edges there are zeros if count_include_pad, and count; else a window's sum is divided by
 * how many of its numbers lie in the image. What ceil_mode adds beyond the padding never counts.
 *
 * Flattening, which follows the last pooling of many networks, has no function here: (N,C,H,W) and (N,C H W)
 * are the same numbers in the same order.
 */
#include "real.h"
#include "reference.h"
#include "windows.h"

static int is_larger(real a, real b)
{
    int a_is_number = re(a) == re(a), b_is_number = re(b) == re(b);
    return b_is_number && (!a_is_number || re(a) > re(b));
}

/* y (N,C,P,Q) = max of the windows of x (N,C,H,W), index (N,C,P,Q) where they were found */
void REF(maxpool_forward)(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
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
                        if (is_larger(x[h * W + w], x[best])) best = h * W + w;
                *y = x[best];
                *index = best;
            }
}

/* dx (N,C,H,W) = the sum of dy (N,C,P,Q) over the windows whose maximum it was, by index (N,C,P,Q) */
void REF(maxpool_backward)(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                           const int *index, const real *dy, real *dx)
{
    int P = windows_along(H, R, pad, stride, ceil_mode), Q = windows_along(W, S, pad, stride, ceil_mode);
    size_t in = (size_t)H * (size_t)W, out = (size_t)P * (size_t)Q, planes = (size_t)N * (size_t)C;
    for (size_t k = 0; k < planes * in; k++) dx[k] = 0;
    for (size_t plane = 0; plane < planes; plane++)
        for (size_t k = plane * out; k < (plane + 1) * out; k++) dx[plane * in + (size_t)index[k]] += dy[k];
}

/* what the sum of a window is divided by */
static int counted(struct window_span rows, struct window_span cols, uint64_t include_pad)
{
    return include_pad ? rows.padded * cols.padded : (rows.end - rows.first) * (cols.end - cols.first);
}

/* y (N,C,P,Q) = mean of the windows of x (N,C,H,W) */
void REF(avgpool_forward)(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                          const real *x, real *y, uint64_t count_include_pad)
{
    int P = windows_along(H, R, pad, stride, ceil_mode), Q = windows_along(W, S, pad, stride, ceil_mode);
    for (size_t plane = 0; plane < (size_t)N * (size_t)C; plane++, x += (size_t)H * (size_t)W)
        for (int p = 0; p < P; p++)
            for (int q = 0; q < Q; q++, y++) {
                struct window_span rows = window_holds(p, H, R, pad, stride),
                                   cols = window_holds(q, W, S, pad, stride);
                real sum = 0;
                for (int h = rows.first; h < rows.end; h++)
                    for (int w = cols.first; w < cols.end; w++) sum += x[h * W + w];
                *y = sum / counted(rows, cols, count_include_pad);
            }
}

/* dx (N,C,H,W) = the sum of dy (N,C,P,Q) over the windows that hold it, each divided by that window's
 * count */
void REF(avgpool_backward)(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                           const real *dy, real *dx, uint64_t count_include_pad)
{
    int P = windows_along(H, R, pad, stride, ceil_mode), Q = windows_along(W, S, pad, stride, ceil_mode);
    size_t in = (size_t)H * (size_t)W, planes = (size_t)N * (size_t)C;
    for (size_t k = 0; k < planes * in; k++) dx[k] = 0;
    for (size_t plane = 0; plane < planes; plane++, dx += in)
        for (int p = 0; p < P; p++)
            for (int q = 0; q < Q; q++, dy++) {
                struct window_span rows = window_holds(p, H, R, pad, stride),
                                   cols = window_holds(q, W, S, pad, stride);
                real share = *dy / counted(rows, cols, count_include_pad);
                for (int h = rows.first; h < rows.end; h++)
                    for (int w = cols.first; w < cols.end; w++) dx[h * W + w] += share;
            }
}

/* y (N,C) = the mean of each plane of x (N,C,HW) */
void REF(global_avgpool_forward)(int N, int C, int HW, const real *x, real *y)
{
    for (size_t plane = 0; plane < (size_t)N * (size_t)C; plane++, x += HW) {
        real sum = 0;
        for (int k = 0; k < HW; k++) sum += x[k];
        y[plane] = sum / HW;
    }
}

/* dx (N,C,HW) = dy (N,C) / HW, the same for all of a plane */
void REF(global_avgpool_backward)(int N, int C, int HW, const real *dy, real *dx)
{
    for (size_t plane = 0; plane < (size_t)N * (size_t)C; plane++, dx += HW)
        for (int k = 0; k < HW; k++) dx[k] = dy[plane] / HW;
}
