/* pool.cu - the CUDA ladders of max-pooling; see reference/pool.c for what they compute. The bits are the
 * reference's: the first of equal numbers, a NaN before any number, and sums in its order.
 *
 * The way back gathers: a thread adds what the windows around its element give it. It could scatter, a thread
 * per window that adds to the element it chose, with fewer reads; but where windows overlap that takes
 * atomics, whose order, and so the last bits, differ from run to run.
 *
 * Predictions are for images of many planes on an H100, whose memory gives 3.35 TB/s.
 */
#include <cuda_runtime.h>

#include "../../reference/windows.h"
#include "../op.h"
#include "elements.h"
#include "ladders.h"

namespace
{

struct windows {
    int H, W, R, S, pad, stride, P, Q;
    size_t planes;
};

windows windows_of(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode)
{
    return { H,
             W,
             R,
             S,
             pad,
             stride,
             windows_along(H, R, pad, stride, ceil_mode),
             windows_along(W, S, pad, stride, ceil_mode),
             (size_t)N * (size_t)C };
}

/* is b larger than a? A NaN is larger than any number. */
__device__ bool is_larger(float b, float a)
{
    return b > a || (b != b && a == a);
}

/* window (p, q) of a plane of x: its maximum into *y, and where that is into *index */
__device__ void largest_of(const windows &v, int p, int q, const float *x, float *y, int *index)
{
    const int top = p * v.stride - v.pad, left = q * v.stride - v.pad;
    const int bottom = min(top + v.R, v.H), right = min(left + v.S, v.W);
    int best = max(top, 0) * v.W + max(left, 0);
    float most = x[best];
    for (int h = max(top, 0); h < bottom; h++)
        for (int w = max(left, 0); w < right; w++) {
            const float here = x[h * v.W + w];
            if (!is_larger(here, most)) continue;
            most = here;
            best = h * v.W + w;
        }
    *y = most;
    *index = best;
}

/* what the windows of a plane give element (h, w), in their order; the first that holds line h is the first
 * whose last line is h or later */
__device__ float given_to(const windows &v, int h, int w, const int *index, const float *dy)
{
    const int first_p = max((h + v.pad - v.R) / v.stride + (h + v.pad >= v.R), 0);
    const int first_q = max((w + v.pad - v.S) / v.stride + (w + v.pad >= v.S), 0);
    const int last_p = min((h + v.pad) / v.stride, v.P - 1), last_q = min((w + v.pad) / v.stride, v.Q - 1);
    float sum = 0;
    for (int p = first_p; p <= last_p; p++)
        for (int q = first_q; q <= last_q; q++)
            if (index[p * v.Q + q] == h * v.W + w) sum += dy[p * v.Q + q];
    return sum;
}

/* ---- 00_naive: one thread per result ----
 *
 * It finds its plane, line and column by division, two divisions of some 20 to 70 instructions for a window
 * of four or nine numbers. Neighbouring lanes have neighbouring windows: at stride 2 a request of a warp is 8
 * sectors, all of which the next column's request uses, too. Prediction: 40 to 70 % of the bandwidth. */

__global__ void __launch_bounds__(ELEMENT_THREADS)
    naive_largest(windows v, const float *x, float *y, int *index)
{
    const size_t out = (size_t)v.P * v.Q, k = thread_of_grid();
    if (k >= v.planes * out) return;
    const size_t plane = k / out;
    const int at = (int)(k % out);
    largest_of(v, at / v.Q, at % v.Q, x + plane * v.H * v.W, y + k, index + k);
}

__global__ void __launch_bounds__(ELEMENT_THREADS)
    naive_given(windows v, const int *index, const float *dy, float *dx)
{
    const size_t in = (size_t)v.H * v.W, out = (size_t)v.P * v.Q, k = thread_of_grid();
    if (k >= v.planes * in) return;
    const size_t plane = k / in;
    const int at = (int)(k % in);
    dx[k] = given_to(v, at / v.W, at % v.W, index + plane * out, dy + plane * out);
}

struct by_result {
    static void forward(const windows &v, const float *x, float *y, int *index)
    {
        naive_largest<<<blocks_of_elements(v.planes * v.P * v.Q), ELEMENT_THREADS>>>(v, x, y, index);
    }
    static void backward(const windows &v, const int *index, const float *dy, float *dx)
    {
        naive_given<<<blocks_of_elements(v.planes * v.H * v.W), ELEMENT_THREADS>>>(v, index, dy, dx);
    }
};

/* ---- 01_patches: a block has a patch of 32 x 8 results of a plane ----
 *
 * Which patch that is takes two divisions, the same for all threads of the block, which the compiler moves to
 * the uniform units; line and column follow from a thread's place in the block. A patch's windows share lines
 * that lie in the first-level cache. Patches at the edges have threads without work: of 13 x 13 results, two
 * of three. Relieves the integer units. Prediction: 1.1 to 1.6 x where planes are some 32 wide or more, 0.6
 * to 1 x where they are 13. */

enum { PATCH_W = 32, PATCH_H = 8 };

struct patch_grid {
    int lines, columns;    /* results of a plane */
    unsigned down, across; /* patches of a plane */

    patch_grid(int lines_, int columns_)
        : lines(lines_), columns(columns_), down((unsigned)((lines_ - 1) / PATCH_H + 1)),
          across((unsigned)((columns_ - 1) / PATCH_W + 1))
    {
    }
    unsigned blocks(size_t planes) const
    {
        return (unsigned)planes * down * across;
    }
    /* this thread's result; false if there is none */
    __device__ bool place(size_t *plane, int *line, int *column) const
    {
        *plane = blockIdx.x / (down * across);
        *line = (int)(blockIdx.x / across % down) * PATCH_H + (int)threadIdx.y;
        *column = (int)(blockIdx.x % across) * PATCH_W + (int)threadIdx.x;
        return *line < lines && *column < columns;
    }
};

__global__ void __launch_bounds__(PATCH_W *PATCH_H)
    patches_largest(windows v, patch_grid grid, const float *x, float *y, int *index)
{
    size_t plane;
    int p, q;
    if (!grid.place(&plane, &p, &q)) return;
    const size_t k = (plane * v.P + p) * v.Q + q;
    largest_of(v, p, q, x + plane * v.H * v.W, y + k, index + k);
}

__global__ void __launch_bounds__(PATCH_W *PATCH_H)
    patches_given(windows v, patch_grid grid, const int *index, const float *dy, float *dx)
{
    size_t plane;
    int h, w;
    if (!grid.place(&plane, &h, &w)) return;
    const size_t out = plane * v.P * v.Q;
    dx[(plane * v.H + h) * v.W + w] = given_to(v, h, w, index + out, dy + out);
}

struct by_patch {
    static void forward(const windows &v, const float *x, float *y, int *index)
    {
        const patch_grid grid(v.P, v.Q);
        patches_largest<<<grid.blocks(v.planes), dim3(PATCH_W, PATCH_H)>>>(v, grid, x, y, index);
    }
    static void backward(const windows &v, const int *index, const float *dy, float *dx)
    {
        const patch_grid grid(v.H, v.W);
        patches_given<<<grid.blocks(v.planes), dim3(PATCH_W, PATCH_H)>>>(v, grid, index, dy, dx);
    }
};

template <class HOW>
void forward(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode, const float *x,
             float *y, int *index)
{
    HOW::forward(windows_of(N, C, H, W, R, S, pad, stride, ceil_mode), x, y, index);
}

template <class HOW>
void backward(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode, const int *index,
              const float *dy, float *dx)
{
    HOW::backward(windows_of(N, C, H, W, R, S, pad, stride, ceil_mode), index, dy, dx);
}

} // namespace

extern "C" const struct rung maxpool_forward_cuda[] = {
    { "00_naive", RUN(maxpool_forward, forward<by_result>), NEED_NONE, "one thread per window" },
    { "01_patches", RUN(maxpool_forward, forward<by_patch>), NEED_NONE,
      "a patch per block: places without divisions" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};

extern "C" const struct rung maxpool_backward_cuda[] = {
    { "00_naive", RUN(maxpool_backward, backward<by_result>), NEED_NONE,
      "one thread per element, which gathers" },
    { "01_patches", RUN(maxpool_backward, backward<by_patch>), NEED_NONE,
      "a patch per block: places without divisions" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};
