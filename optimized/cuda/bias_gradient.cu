/* bias_gradient.cu - db (OUT) = column sums of dy (N,OUT), in two ways, for the rungs of product_*.cu. */
#include <cuda_runtime.h>

#include "product.h"

/* ---- db: one thread per column, for the rungs that have no shared memory yet ---- */

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
 * 32 times as many threads keep 32 times as many loads on their way. The order of the
 * sum is fixed: no atomics. */

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
