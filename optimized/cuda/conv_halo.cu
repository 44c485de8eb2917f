/* conv_halo.cu - rung 01 of convolution, forward and dx: what neighbours read is in shared memory.
 *
 * ---- 01_halo: a block has a patch of 32 x 8 results, of eight planes ----
 *
 * For one plane after the other, the block copies what its patch reads: the patch and, around it, the halo
 * that the windows of its rim reach, 34 x 10 numbers for a window of 3 x 3; and the numbers of eight kernels
 * on that plane. A thread keeps the sums of one place in eight planes of y in registers: a number of x, read
 * once from shared memory, serves eight multiply-adds, and two float4 of w serve all lanes of a warp.
 *
 * dx is the same with dy in the place of x and the kernel's numbers counted back; with a stride, only results
 * at multiples of it are met.
 *
 * Relieves the memory and the caches: 340 numbers instead of 2,304 for each plane and patch. Counted for 8
 * -> 64 planes of 8 x 32, with 3 x 3: 4,480 sectors are loaded where rung 00 loads 232,576. Where the patch
 * hangs over the edge of a small image its threads have no work: of 14 x 14 results, a patch of 32 x 8 has
 * 98, of 1 x 1 one. Windows whose halo exceeds what a block may have of shared memory go to rung 00.
 * Prediction: 3 to 8 x where planes are some 32 wide, 1 to 3 x where they are 14.
 */
#include <cuda_runtime.h>

#include "conv.h"
#include "conv_rungs.h"

namespace
{

enum { PATCH_W = 32, PATCH_H = 8, TOGETHER = 8, THREADS = PATCH_W * PATCH_H };
enum { MOST_FLOATS = 48 * 1024 / sizeof(float) };

/* what a patch reads of a plane, and how many patches and eights of planes there are */
struct halo {
    int lines, columns;
    int down, across, eights; /* patches of a plane, eights of planes of a group */

    unsigned blocks(const conv &v) const
    {
        return (unsigned)(v.N * v.groups) * (unsigned)(eights * down * across);
    }
    size_t floats(const conv &v) const
    {
        return (size_t)TOGETHER * v.w_plane + (size_t)lines * columns;
    }
};

halo of_forward(const conv &v)
{
    return { (PATCH_H - 1) * v.stride + (v.R - 1) * v.dilation + 1,
             (PATCH_W - 1) * v.stride + (v.S - 1) * v.dilation + 1, parts(v.P, PATCH_H), parts(v.Q, PATCH_W),
             parts(v.k_per, TOGETHER) };
}

/* no more results than multiples of the stride lie in what the windows of the patch reach */
halo of_dx(const conv &v)
{
    return { (PATCH_H - 1 + (v.R - 1) * v.dilation) / v.stride + 1,
             (PATCH_W - 1 + (v.S - 1) * v.dilation) / v.stride + 1, parts(v.H, PATCH_H), parts(v.W, PATCH_W),
             parts(v.c_per, TOGETHER) };
}

/* where a block works: the image, the group, the first of its eight planes in the group, and its patch */
struct share {
    int n, group, first, h, w;
};

__device__ share share_of_block(const conv &v, const halo &patch)
{
    unsigned at = blockIdx.x;
    share own;
    own.w = (int)(at % patch.across) * PATCH_W;
    at /= patch.across;
    own.h = (int)(at % patch.down) * PATCH_H;
    at /= patch.down;
    own.first = (int)(at % patch.eights) * TOGETHER;
    at /= patch.eights;
    own.group = (int)(at % v.groups);
    own.n = (int)(at / v.groups);
    return own;
}

/* tile (lines,columns) <- the plane (H,W) from line h and column w on, 0 beyond its edges */
__device__ void fill_halo(float *tile, const halo &patch, const float *plane, int H, int W, int h, int w)
{
    for (int line = threadIdx.y; line < patch.lines; line += PATCH_H)
        for (int column = threadIdx.x; column < patch.columns; column += PATCH_W) {
            const int from_h = h + line, from_w = w + column;
            const bool inside = from_h >= 0 && from_h < H && from_w >= 0 && from_w < W;
            tile[line * patch.columns + column] = inside ? plane[(size_t)from_h * W + from_w] : 0;
        }
}

/* weights (R S,TOGETHER) <- eight kernels (R,S), `apart` numbers from one to the next; 0 for those from
 * `count` on */
__device__ void fill_weights(float *weights, const conv &v, const float *w, size_t apart, int count)
{
    const int t = (int)(threadIdx.y * PATCH_W + threadIdx.x);
    for (int e = t; e < TOGETHER * v.w_plane; e += THREADS) {
        const int k = e % TOGETHER, tap = e / TOGETHER;
        weights[e] = k < count ? w[k * apart + tap] : 0;
    }
}

/* sum[k] += x times number `tap` of eight kernels */
__device__ void multiply(float x, const float *weights, int tap, float (&sum)[TOGETHER])
{
    const float4 *four = reinterpret_cast<const float4 *>(weights) + 2 * tap;
    const float4 a = four[0], b = four[1];
    const float w[TOGETHER] = { a.x, a.y, a.z, a.w, b.x, b.y, b.z, b.w };
#pragma unroll
    for (int k = 0; k < TOGETHER; k++) sum[k] += x * w[k];
}

__global__ void __launch_bounds__(THREADS)
    halo_forward(conv v, halo patch, const float *x, const float *w, const float *b, float *y)
{
    extern __shared__ __align__(16) float shared_floats[];
    float *weights = shared_floats, *tile = shared_floats + TOGETHER * v.w_plane;
    const share own = share_of_block(v, patch);
    const int first = own.group * v.k_per + own.first, count = min(v.k_per - own.first, (int)TOGETHER);
    float sum[TOGETHER] = {};
    for (int c = 0; c < v.c_per; c++) {
        fill_halo(tile, patch, x + v.x_at(own.n, own.group * v.c_per + c), v.H, v.W, own.h * v.stride - v.top,
                  own.w * v.stride - v.left);
        fill_weights(weights, v, w + v.w_at(first, c), v.w_at(1, 0), count);
        __syncthreads();
        for (int r = 0; r < v.R; r++) {
            const float *line = tile + (threadIdx.y * v.stride + r * v.dilation) * patch.columns;
            for (int s = 0; s < v.S; s++)
                multiply(line[threadIdx.x * v.stride + s * v.dilation], weights, r * v.S + s, sum);
        }
        __syncthreads();
    }
    const int p = own.h + (int)threadIdx.y, q = own.w + (int)threadIdx.x;
    if (p >= v.P || q >= v.Q) return;
#pragma unroll
    for (int k = 0; k < TOGETHER; k++)
        if (k < count) y[v.y_at(own.n, first + k) + (size_t)p * v.Q + q] = sum[k] + b[first + k];
}

/* the first result whose window reaches number `at`, as if there were results below 0 */
__device__ int first_result(int at, int before, int window, int stride)
{
    const int from = at + before - window + 1;
    return from >= 0 ? (from + stride - 1) / stride : -(-from / stride); /* rounded up */
}

__global__ void __launch_bounds__(THREADS)
    halo_dx(conv v, halo patch, const float *w, const float *dy, float *dx)
{
    extern __shared__ __align__(16) float shared_floats[];
    float *weights = shared_floats, *tile = shared_floats + TOGETHER * v.w_plane;
    const share own = share_of_block(v, patch);
    const int first = own.group * v.c_per + own.first, count = min(v.c_per - own.first, (int)TOGETHER);
    const int p0 = first_result(own.h, v.top, (v.R - 1) * v.dilation + 1, v.stride);
    const int q0 = first_result(own.w, v.left, (v.S - 1) * v.dilation + 1, v.stride);
    /* where this thread's number lies in padded x, counted from the window of result (p0,q0) */
    const int below = own.h + (int)threadIdx.y + v.top - p0 * v.stride;
    const int behind = own.w + (int)threadIdx.x + v.left - q0 * v.stride;
    float sum[TOGETHER] = {};
    for (int k = own.group * v.k_per; k < (own.group + 1) * v.k_per; k++) {
        fill_halo(tile, patch, dy + v.y_at(own.n, k), v.P, v.Q, p0, q0);
        fill_weights(weights, v, w + v.w_at(k, own.first), v.w_plane, count);
        __syncthreads();
        for (int r = 0; r < v.R; r++) {
            const int from_h = below - r * v.dilation;
            if (from_h < 0 || from_h % v.stride) continue;
            const float *line = tile + from_h / v.stride * patch.columns;
            for (int s = 0; s < v.S; s++) {
                const int from_w = behind - s * v.dilation;
                if (from_w >= 0 && from_w % v.stride == 0)
                    multiply(line[from_w / v.stride], weights, r * v.S + s, sum);
            }
        }
        __syncthreads();
    }
    const int h = own.h + (int)threadIdx.y, column = own.w + (int)threadIdx.x;
    if (h >= v.H || column >= v.W) return;
#pragma unroll
    for (int c = 0; c < TOGETHER; c++)
        if (c < count) dx[v.x_at(own.n, first + c) + (size_t)h * v.W + column] = sum[c];
}

} // namespace

void conv_forward_halo(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const conv v = conv_of(CONV_GIVEN);
    const halo patch = of_forward(v);
    if (patch.floats(v) > MOST_FLOATS)
        conv_forward_naive(CONV_GIVEN, x, w, b, y);
    else
        halo_forward<<<patch.blocks(v), dim3(PATCH_W, PATCH_H), patch.floats(v) * sizeof(float)>>>(
            v, patch, x, w, b, y);
}

void conv_dx_halo(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    const conv v = conv_of(CONV_GIVEN);
    const halo patch = of_dx(v);
    if (patch.floats(v) > MOST_FLOATS)
        conv_dx_naive(CONV_GIVEN, w, dy, dx);
    else
        halo_dx<<<patch.blocks(v), dim3(PATCH_W, PATCH_H), patch.floats(v) * sizeof(float)>>>(v, patch, w, dy,
                                                                                              dx);
}
