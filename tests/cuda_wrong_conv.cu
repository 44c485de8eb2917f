/* cuda_wrong_conv.cu - convolution, wrong in the ways that kernels for windows are; cuda_wrong.c says what a
 * check must answer to each. Some are right. */
#include <cuda_runtime.h>

#include "../optimized/cuda/conv.h"
#include "cuda_wrong.h"

enum { THREADS = 128, WIDE = 32 };

/* ---- forward, one thread per result, with one thing wrong ---- */

enum fault {
    NOTHING,
    NO_LEFT_EDGE,   /* a window that begins before a row reads the end of the row above */
    LEFT_IS_TOP,    /* the padding of one side for another's                            */
    ALL_PLANES_MET, /* groups begin at plane 0                                          */
    TOUCHING,       /* dilation forgotten                                               */
    BIAS_OF_PLACE,  /* b by the place in the plane, not by the plane                    */
    FLIPPED         /* the kernel turned, as mathematics convolves                      */
};

template <fault FAULT>
__global__ void each_result(conv v, const float *x, const float *w, const float *b, float *y)
{
    const int t = blockIdx.x * THREADS + threadIdx.x, k = t / v.y_plane % v.K, n = t / v.y_plane / v.K;
    if (n >= v.N) return;
    const int p = t % v.y_plane / v.Q, q = t % v.Q, apart = FAULT == TOUCHING ? 1 : v.dilation;
    const int first = FAULT == ALL_PLANES_MET ? 0 : k / v.k_per * v.c_per;
    const int left = FAULT == LEFT_IS_TOP ? v.top : v.left;
    float sum = b[FAULT == BIAS_OF_PLACE ? t % v.K : k];
    for (int c = 0; c < v.c_per; c++)
        for (int tap = 0; tap < v.w_plane; tap++) {
            const int h = p * v.stride + tap / v.S * apart - v.top;
            const int column = q * v.stride + tap % v.S * apart - left, at = h * v.W + column;
            const bool before = column < 0 && (FAULT != NO_LEFT_EDGE || at < 0);
            if (h < 0 || h >= v.H || before || column >= v.W) continue;
            sum += x[v.x_at(n, first + c) + at] *
                   w[v.w_at(k, c) + (FAULT == FLIPPED ? v.w_plane - 1 - tap : tap)];
        }
    y[t] = sum;
}

template <fault FAULT>
static void forward(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const conv v = conv_of(CONV_GIVEN);
    each_result<FAULT><<<((int)v.y_at(N, 0) - 1) / THREADS + 1, THREADS>>>(v, x, w, b, y);
}

/* ---- forward, a row of results per block: what its windows read of a plane is in shared memory ---- */

enum row_fault { RIGHT_ROW, READ_TOO_EARLY, OVERWRITTEN, NO_HALO };

template <row_fault FAULT>
__global__ void row_of_results(conv v, const float *x, const float *w, const float *b, float *y)
{
    __shared__ float row[512]; /* those of the test's shapes are shorter */
    const int k = blockIdx.x % v.K, p = blockIdx.x / v.K % v.P, n = blockIdx.x / v.K / v.P;
    const int reach = FAULT == NO_HALO ? v.Q * v.stride : (v.Q - 1) * v.stride + (v.S - 1) * v.dilation + 1;
    float sum[4] = {};
    for (int c = 0; c < v.c_per; c++)
        for (int r = 0; r < v.R; r++) {
            const int h = p * v.stride + r * v.dilation - v.top;
            const float *line = x + v.x_at(n, k / v.k_per * v.c_per + c) + h * v.W;
            for (int i = threadIdx.x; i < 512; i += WIDE) {
                const int column = i - v.left;
                row[i] = h >= 0 && h < v.H && column >= 0 && column < v.W && i < reach ? line[column] : 0;
            }
            if (FAULT != READ_TOO_EARLY) __syncthreads();
            for (int q = threadIdx.x, i = 0; q < v.Q; q += WIDE, i++)
                for (int s = 0; s < v.S; s++)
                    sum[i] += row[q * v.stride + s * v.dilation] * w[v.w_at(k, c) + r * v.S + s];
            if (FAULT != OVERWRITTEN) __syncthreads();
        }
    for (int q = threadIdx.x, i = 0; q < v.Q; q += WIDE, i++) y[v.y_at(n, k) + p * v.Q + q] = sum[i] + b[k];
}

template <row_fault FAULT>
static void rows(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const conv v = conv_of(CONV_GIVEN);
    row_of_results<FAULT><<<N * K * v.P, WIDE>>>(v, x, w, b, y);
}

/* ---- dx: gathered, or scattered ---- */

enum dx_fault {
    RIGHT_DX,
    BETWEEN,    /* with a stride, the result to the left of one that is between two */
    LAST_WINDOW /* results beyond the last one are read: those of the next row      */
};

template <dx_fault FAULT> __global__ void each_x(conv v, const float *w, const float *dy, float *dx)
{
    const int t = blockIdx.x * THREADS + threadIdx.x, c = t / v.x_plane % v.C, n = t / v.x_plane / v.C;
    if (n >= v.N) return;
    float sum = 0;
    for (int k = c / v.c_per * v.k_per; k < (c / v.c_per + 1) * v.k_per; k++)
        for (int tap = 0; tap < v.w_plane; tap++) {
            const int h = t % v.x_plane / v.W + v.top - tap / v.S * v.dilation;
            const int column = t % v.W + v.left - tap % v.S * v.dilation, p = h / v.stride,
                      q = column / v.stride;
            if (h < 0 || h % v.stride || p >= v.P || column < 0) continue;
            if (FAULT != BETWEEN && column % v.stride) continue;
            if (q >= v.Q && (FAULT != LAST_WINDOW || p * v.Q + q >= v.y_plane)) continue;
            sum += dy[v.y_at(n, k) + p * v.Q + q] * w[v.w_at(k, c % v.c_per) + tap];
        }
    dx[t] = sum;
}

template <dx_fault FAULT> static void gathered(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    const conv v = conv_of(CONV_GIVEN);
    each_x<FAULT><<<((int)v.x_at(N, 0) - 1) / THREADS + 1, THREADS>>>(v, w, dy, dx);
}

__global__ void each_dy(conv v, const float *w, const float *dy, float *dx)
{
    const int t = blockIdx.x * THREADS + threadIdx.x, k = t / v.y_plane % v.K, n = t / v.y_plane / v.K;
    if (n >= v.N) return;
    for (int c = 0; c < v.c_per; c++)
        for (int tap = 0; tap < v.w_plane; tap++) {
            const int h = t % v.y_plane / v.Q * v.stride + tap / v.S * v.dilation - v.top;
            const int column = t % v.Q * v.stride + tap % v.S * v.dilation - v.left;
            if (h < 0 || h >= v.H || column < 0 || column >= v.W) continue;
            dx[v.x_at(n, k / v.k_per * v.c_per + c) + h * v.W + column] += dy[t] * w[v.w_at(k, c) + tap];
        }
}

static void scattered(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    const conv v = conv_of(CONV_GIVEN);
    cudaMemset(dx, 0, v.x_at(N, 0) * sizeof *dx);
    each_dy<<<((int)v.y_at(N, 0) - 1) / THREADS + 1, THREADS>>>(v, w, dy, dx);
}

/* ---- the ReLU beside it ---- */

template <bool BEFORE_BIAS> __global__ void relu(conv v, const float *b, float *y)
{
    const int t = blockIdx.x * THREADS + threadIdx.x;
    if (t >= (int)v.y_at(v.N, 0)) return;
    const float bias = BEFORE_BIAS ? b[t / v.y_plane % v.K] : 0;
    y[t] = y[t] - bias <= 0 ? bias : y[t];
}

template <bool BEFORE_BIAS>
static void relu_of_sums(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const conv v = conv_of(CONV_GIVEN);
    forward<NOTHING>(CONV_GIVEN, x, w, b, y);
    relu<BEFORE_BIAS><<<((int)v.y_at(N, 0) - 1) / THREADS + 1, THREADS>>>(v, b, y);
}

template <bool OF_FIRST_IMAGE> __global__ void mask(conv v, const float *a, float *dz)
{
    const int t = blockIdx.x * THREADS + threadIdx.x;
    if (t >= (int)v.x_at(v.N, 0)) return;
    if (!(a[OF_FIRST_IMAGE ? t % (int)v.x_at(1, 0) : t] > 0)) dz[t] = 0;
}

template <bool OF_FIRST_IMAGE>
static void masked(CONV_SIZES, const float *a, const float *w, const float *dy, float *dz)
{
    const conv v = conv_of(CONV_GIVEN);
    gathered<RIGHT_DX>(CONV_GIVEN, w, dy, dz);
    mask<OF_FIRST_IMAGE><<<((int)v.x_at(N, 0) - 1) / THREADS + 1, THREADS>>>(v, a, dz);
}

/* ---- dw: an image per slice, and db ---- */

enum dw_fault {
    RIGHT_DW,
    SLICES_AT_ONCE, /* one launch: images add to the same number */
    IMAGE_LOST,     /* the last one                              */
    DB_OF_ONE_IMAGE
};

template <dw_fault FAULT>
__global__ void each_weight(conv v, int first, const float *x, const float *dy, float *dw, float *db)
{
    const int t = blockIdx.x * THREADS + threadIdx.x, n = first + blockIdx.y, k = t / v.w_plane / v.c_per;
    if (k >= v.K) return;
    const int c = t / v.w_plane % v.c_per, tap = t % v.w_plane;
    const float *plane = x + v.x_at(n, k / v.k_per * v.c_per + c), *back = dy + v.y_at(n, k);
    float sum = 0, whole = 0;
    for (int at = 0; at < v.y_plane; at++) {
        const int h = at / v.Q * v.stride + tap / v.S * v.dilation - v.top;
        const int column = at % v.Q * v.stride + tap % v.S * v.dilation - v.left;
        whole += back[at];
        if (h >= 0 && h < v.H && column >= 0 && column < v.W) sum += back[at] * plane[h * v.W + column];
    }
    dw[t] = n ? dw[t] + sum : sum;
    if (c == 0 && tap == 0) db[k] = n && FAULT != DB_OF_ONE_IMAGE ? db[k] + whole : whole;
}

template <dw_fault FAULT>
static void weights(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    const conv v = conv_of(CONV_GIVEN);
    const int blocks = ((int)v.w_at(K, 0) - 1) / THREADS + 1,
              images = FAULT == IMAGE_LOST && N > 1 ? N - 1 : N;
    if (FAULT == SLICES_AT_ONCE)
        each_weight<FAULT><<<dim3((unsigned)blocks, (unsigned)N), THREADS>>>(v, 0, x, dy, dw, db);
    else
        for (int n = 0; n < images; n++) each_weight<FAULT><<<blocks, THREADS>>>(v, n, x, dy, dw, db);
}

extern "C" const struct rung wrong_conv[] = {
    ROW(conv2d_forward, "right_results", forward<NOTHING>),
    ROW(conv2d_forward, "no_left_edge", forward<NO_LEFT_EDGE>),
    ROW(conv2d_forward, "left_is_top", forward<LEFT_IS_TOP>),
    ROW(conv2d_forward, "all_planes_met", forward<ALL_PLANES_MET>),
    ROW(conv2d_forward, "touching", forward<TOUCHING>),
    ROW(conv2d_forward, "bias_of_place", forward<BIAS_OF_PLACE>),
    ROW(conv2d_forward, "flipped", forward<FLIPPED>),
    ROW(conv2d_forward, "right_row", rows<RIGHT_ROW>),
    ROW(conv2d_forward, "row_read_too_early", rows<READ_TOO_EARLY>),
    ROW(conv2d_forward, "row_overwritten", rows<OVERWRITTEN>),
    ROW(conv2d_forward, "no_halo", rows<NO_HALO>),
    END,
};

extern "C" const struct rung wrong_conv_dx[] = {
    ROW(conv2d_backward_dx, "right_dx", gathered<RIGHT_DX>),
    ROW(conv2d_backward_dx, "between", gathered<BETWEEN>),
    ROW(conv2d_backward_dx, "last_window", gathered<LAST_WINDOW>),
    ROW(conv2d_backward_dx, "scattered_dx", scattered),
    END,
};

extern "C" const struct rung wrong_conv_relu[] = {
    ROW(conv2d_relu_forward, "right_relu", relu_of_sums<false>),
    ROW(conv2d_relu_forward, "relu_before_bias", relu_of_sums<true>),
    END,
};

extern "C" const struct rung wrong_conv_relu_dx[] = {
    ROW(conv2d_relu_backward_dx, "right_mask_of_x", masked<false>),
    ROW(conv2d_relu_backward_dx, "mask_of_first_image", masked<true>),
    END,
};

extern "C" const struct rung wrong_conv_dw[] = {
    ROW(conv2d_backward_dw, "right_dw", weights<RIGHT_DW>),
    ROW(conv2d_backward_dw, "slices_at_once", weights<SLICES_AT_ONCE>),
    ROW(conv2d_backward_dw, "image_lost", weights<IMAGE_LOST>),
    ROW(conv2d_backward_dw, "db_of_one_image", weights<DB_OF_ONE_IMAGE>),
    END,
};
