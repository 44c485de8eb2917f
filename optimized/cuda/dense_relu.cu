/* dense_relu.cu - the CUDA ladders of a dense layer with the ReLU beside it, as they stand in a network.
 *
 *   forward:     y (N,OUT) = max(0, x (N,IN) * w (OUT,IN)^T + b (OUT))
 *   backward dx: dz (N,IN) = dy (N,OUT) * w (OUT,IN), but 0 where a (N,IN) <= 0
 *
 * Rungs 00 to 11 are those of dense, followed by a kernel that passes over the output. In the last
 * three the ReLU is part of the epilogue (product.h): one read and one write of the output less, and
 * one launch. Prediction: nothing where IN (of the forward; OUT of the backward) is thousands, 1.2 x
 * and more where it is tens.
 */
#include <cuda_runtime.h>

#include "dense_rungs.h"
#include "ladders.h"

enum { THREADS = 256 };

__global__ void __launch_bounds__(THREADS) relu_pass(size_t n, float *y)
{
    size_t k = (size_t)blockIdx.x * THREADS + threadIdx.x;
    if (k < n) y[k] = y[k] <= 0 ? 0 : y[k]; /* a NaN stays one */
}

__global__ void __launch_bounds__(THREADS) mask_pass(size_t n, const float *a, float *dz)
{
    size_t k = (size_t)blockIdx.x * THREADS + threadIdx.x;
    if (k < n && !(a[k] > 0)) dz[k] = 0;
}

static unsigned blocks_of(size_t n)
{
    return (unsigned)((n - 1) / THREADS + 1);
}

#define IN_TWO_PASSES(name)                                                                                  \
    static void relu_forward_then_##name(int N, int IN, int OUT, const float *x, const float *w,             \
                                         const float *b, float *y)                                           \
    {                                                                                                        \
        size_t n = (size_t)N * OUT;                                                                          \
        forward_##name(N, IN, OUT, x, w, b, y);                                                              \
        relu_pass<<<blocks_of(n), THREADS>>>(n, y);                                                          \
    }                                                                                                        \
    static void relu_dx_then_##name(int N, int IN, int OUT, const float *a, const float *w, const float *dy, \
                                    float *dz)                                                               \
    {                                                                                                        \
        size_t n = (size_t)N * IN;                                                                           \
        dx_##name(N, IN, OUT, w, dy, dz);                                                                    \
        mask_pass<<<blocks_of(n), THREADS>>>(n, a, dz);                                                      \
    }
IN_TWO_PASSES(naive)
IN_TWO_PASSES(coalesced)
IN_TWO_PASSES(tile)
IN_TWO_PASSES(tile1d)
IN_TWO_PASSES(tile2d)
IN_TWO_PASSES(vectors)
IN_TWO_PASSES(warptile)
IN_TWO_PASSES(async)
IN_TWO_PASSES(tf32)
IN_TWO_PASSES(bf16)
IN_TWO_PASSES(wgmma)
IN_TWO_PASSES(wide)

/* ---- the ladders ---- */

#define LADDER(op, f)                                                                                        \
    extern "C" const struct rung op##_cuda[] = {                                                             \
        { "00_naive", RUN(op, f##_then_naive), NEED_NONE, "dense 00, then a pass for the ReLU" },            \
        { "01_coalesced", RUN(op, f##_then_coalesced), NEED_NONE, "dense 01, then a pass for the ReLU" },    \
        { "02_tile", RUN(op, f##_then_tile), NEED_NONE, "dense 02, then a pass for the ReLU" },              \
        { "03_tile1d", RUN(op, f##_then_tile1d), NEED_NONE, "dense 03, then a pass for the ReLU" },          \
        { "04_tile2d", RUN(op, f##_then_tile2d), NEED_NONE, "dense 04, then a pass for the ReLU" },          \
        { "05_float4", RUN(op, f##_then_vectors), NEED_NONE, "dense 05, then a pass for the ReLU" },         \
        { "06_warptile", RUN(op, f##_then_warptile), NEED_NONE, "dense 06, then a pass for the ReLU" },      \
        { "07_async", RUN(op, f##_then_async), NEED_SM80, "dense 07, then a pass for the ReLU" },            \
        { "08_tf32", RUN(op, f##_then_tf32), NEED_SM80 | IN_TF32, "dense 08, then a pass for the ReLU" },    \
        { "09_bf16", RUN(op, f##_then_bf16), NEED_SM80 | IN_BF16, "dense 09, then a pass for the ReLU" },    \
        { "10_wgmma", RUN(op, f##_then_wgmma), NEED_SM90A | IN_BF16, "dense 10, then a pass for the ReLU" }, \
        { "11_wide", RUN(op, f##_then_wide), NEED_SM90A | IN_BF16, "dense 11, then a pass for the ReLU" },   \
        { "12_epilogue", RUN(op, f##_async), NEED_SM80,                                                      \
          "dense 07 with the ReLU before an output is stored" },                                             \
        { "13_tf32", RUN(op, f##_tf32), NEED_SM80 | IN_TF32,                                                 \
          "dense 08 with the ReLU before an output is stored" },                                             \
        { "14_wide", RUN(op, f##_wide), NEED_SM90A | IN_BF16,                                                \
          "dense 11 with the ReLU before an output is stored" },                                             \
        { nullptr, nullptr, NEED_NONE, nullptr },                                                            \
    }

LADDER(dense_relu_forward, relu_forward);
LADDER(dense_relu_backward_dx, relu_dx);
