/* dense.cu - the CUDA ladders of a dense layer.
 *
 *   forward:     y (N,OUT)  = x (N,IN) * w (OUT,IN)^T + b (OUT)
 *   backward dx: dx (N,IN)  = dy (N,OUT) * w (OUT,IN)
 *   backward dw: dw (OUT,IN) = dy (N,OUT)^T * x (N,IN),  db (OUT) = column sums of dy
 *
 * Three products with other layouts (product.h), and so one text for each rung:
 *
 *   product_threads.cu  00, 01   one output is one thread or one warp
 *   product_tiles.cu    02 - 04  tiles in shared memory, then in registers
 *   product_float4.cu   05, 06   four floats per instruction; what a warp owns
 *   product_async.cu    07       copies in the background
 *   product_wmma.cu     08, 09   tensor cores: TF32, bf16
 *   product_wgmma.cu    10, 11   TMA, barriers, warp specialisation (H100, H200)
 *   bias_gradient.cu             the sums for db
 *
 * Here are the tables. The bias is added in every rung when an output is stored.
 *
 * Predictions in those files are what the arithmetic of the machine suggests, for a large product
 * on an H100 or H200; they are no measurements. What is counted is counted in the emulator, where
 * every rung is checked in full.
 */
#include <cuda_runtime.h>

#include "dense_rungs.h"
#include "ladders.h"
#include "product.h"

/* ---- the ladders ---- */

#define LADDER(op, f)                                                                                        \
    extern "C" const struct rung op##_cuda[] = {                                                             \
        { "00_naive", RUN(op, f##_naive), NEED_NONE, "one thread per output, neighbours a row apart" },      \
        { "01_coalesced", RUN(op, f##_coalesced), NEED_NONE, "neighbouring lanes, neighbouring addresses" }, \
        { "02_tile", RUN(op, f##_tile), NEED_NONE, "32 x 32 tiles in shared memory" },                       \
        { "03_tile1d", RUN(op, f##_tile1d), NEED_NONE, "8 outputs per thread share a load" },                \
        { "04_tile2d", RUN(op, f##_tile2d), NEED_NONE, "8 x 8 outputs per thread" },                         \
        { "05_float4", RUN(op, f##_vectors), NEED_NONE, "four floats per load and store" },                  \
        { "06_warptile", RUN(op, f##_warptile), NEED_NONE,                                                   \
          "32 x 64 outputs per warp: fewer shared floats" },                                                 \
        { "07_async", RUN(op, f##_async), NEED_SM80, "the next tile is copied meanwhile" },                  \
        { "08_tf32", RUN(op, f##_tf32), NEED_SM80 | IN_TF32, "tensor cores, operands in TF32" },             \
        { "09_bf16", RUN(op, f##_bf16), NEED_SM80 | IN_BF16, "tensor cores, operands in bf16" },             \
        { "10_wgmma", RUN(op, f##_wgmma), NEED_SM90A | IN_BF16,                                              \
          "TMA, barriers and products in the background" },                                                  \
        { "11_wide", RUN(op, f##_wide), NEED_SM90A | IN_BF16, "128 x 256 outputs per block" },               \
        { nullptr, nullptr, NEED_NONE, nullptr },                                                            \
    }

LADDER(dense_forward, forward);
LADDER(dense_backward_dx, dx);
LADDER(dense_backward_dw, dw);
