/* 3.5 warp_row - a warp per row, and always the same sum
 *
 *   y[n][c] = exp(x[n][c] - m) / sum over k of exp(x[n][k] - m)        m is the maximum of row n; x, y (N,C)
 *
 * Each row has a warp, whose lanes stride along it, so that neighbours read neighbours. To find the maximum
 * the lanes exchange values: __shfl_xor_sync gives a lane the v of the lane whose number differs in one bit,
 * and after five steps each of them has the maximum of all 32.
 *
 * The sum is right, too, but different each time: atomicAdd adds the lanes in the order in which they arrive,
 * and adding floating-point numbers in a different order gives a different sum. Let the lanes add in a fixed
 * order, in the way in which they find the maximum.
 */
#include <cuda_runtime.h>
#include <math.h>

enum { WARPS = 4, LANES = 32 };
static const unsigned ALL = 0xffffffff; /* the lanes that take part */

__device__ float largest_of_warp(float v)
{
    for (int bit = LANES / 2; bit > 0; bit /= 2) v = fmaxf(v, __shfl_xor_sync(ALL, v, bit));
    return v;
}

/* SOLUTION */
__device__ float sum_of_warp(float v)
{
    for (int bit = LANES / 2; bit > 0; bit /= 2) v += __shfl_xor_sync(ALL, v, bit);
    return v;
}
/* STUB */
__device__ float sum_of_warp(float v)
{
    __shared__ float sum[WARPS];
    int warp = threadIdx.x / LANES;
    if (threadIdx.x % LANES == 0) sum[warp] = 0;
    __syncwarp();
    atomicAdd(&sum[warp], v);
    __syncwarp();
    return sum[warp];
}
/* END */

__global__ void rows(int N, int C, const float *x, float *y)
{
    int n = blockIdx.x * WARPS + threadIdx.x / LANES, lane = threadIdx.x % LANES;
    if (n >= N) return; /* the whole warp */
    x += (size_t)n * C, y += (size_t)n * C;
    float most = -INFINITY, sum = 0;
    for (int c = lane; c < C; c += LANES) most = fmaxf(most, x[c]);
    most = largest_of_warp(most);
    for (int c = lane; c < C; c += LANES) sum += expf(x[c] - most);
    sum = sum_of_warp(sum);
    for (int c = lane; c < C; c += LANES) y[c] = expf(x[c] - most) / sum;
}

extern "C" void softmax_forward(int N, int C, const float *x, float *y)
{
    rows<<<(N + WARPS - 1) / WARPS, WARPS * LANES>>>(N, C, x, y);
}
