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
 *   product_float4.cu   05, 06   four floats an instruction; what a warp owns
 *   product_async.cu    07       copies in the background
 *   product_wmma.cu     08, 09   tensor cores: TF32, bf16
 *   product_wgmma.cu    10, 11   TMA, barriers, warp specialisation (H100, H200)
 *
 * Here are the sums for db and the tables. The bias is added in every rung when an output is stored.
 *
 * Predictions in those files are what the arithmetic of the machine suggests, for a large product on an H100 or H200;
 * they are no measurements. What is counted is counted in the emulator, where every rung is checked in full.
 */
#include <cuda_runtime.h>

#include "dense_rungs.h"
#include "ladders.h"
#include "product.h"

/* ---- db: one thread a column, for the rungs that have no shared memory yet ---- */

__global__ void __launch_bounds__(128) column_sums_naive(int N, int OUT, const float *dy, float *db)
{
    int o = (int)(blockIdx.x * 128 + threadIdx.x);
    if (o >= OUT) return;
    float sum = 0;
    for (int n = 0; n < N; n++) sum += dy[(size_t)n * OUT + o];
    db[o] = sum;
}

void bias_gradient_naive(int N, int OUT, const float *dy, float *db)
{
    column_sums_naive<<<(unsigned)tiles(OUT, 128), 128>>>(N, OUT, dy, db);
}

/* ---- db: a block has 32 columns, each of its 32 warps every 32nd row; then the warps' sums are added ----
 * 32 times as many threads keep 32 times as many loads on their way. The order of the sum is fixed: no atomics. */

enum { SIDE = 32 };

__global__ void __launch_bounds__(SIDE *SIDE) column_sums(int N, int OUT, const float *dy, float *db)
{
    __shared__ float part[SIDE][SIDE + 1];
    int lane = threadIdx.x % SIDE, warp = threadIdx.x / SIDE;
    int o = (int)(blockIdx.x * SIDE) + lane;
    float sum = 0;
    if (o < OUT)
        for (int n = warp; n < N; n += SIDE) sum += dy[(size_t)n * OUT + o];
    part[warp][lane] = sum;
    __syncthreads();
    sum = part[lane][warp]; /* turned: this warp's lanes now hold the parts of one column */
    for (int apart = SIDE / 2; apart > 0; apart /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, apart);
    int column = (int)(blockIdx.x * SIDE) + warp;
    if (lane == 0 && column < OUT) db[column] = sum;
}

void bias_gradient(int N, int OUT, const float *dy, float *db)
{
    column_sums<<<(unsigned)tiles(OUT, SIDE), SIDE * SIDE>>>(N, OUT, dy, db);
}

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
