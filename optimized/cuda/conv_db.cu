/* conv_db.cu - db (K) = the sums of the planes of dy (N,K,P,Q) over all images, for the rungs from 01 on. */
#include <cuda_runtime.h>

#include "conv.h"
#include "conv_rungs.h"

namespace
{

enum { THREADS = 256, WARPS = THREADS / 32 };

/* A block has one k; neighbouring lanes read neighbouring numbers of a plane, and warps' sums pass through
 * shared memory. The order is fixed: no atomics. */
__global__ void __launch_bounds__(THREADS) plane_sums(conv v, const float *dy, float *db)
{
    __shared__ float part[WARPS];
    const int k = (int)blockIdx.x, lane = (int)threadIdx.x % 32, warp = (int)threadIdx.x / 32;
    float sum = 0;
    for (int n = 0; n < v.N; n++) {
        const float *plane = dy + v.y_at(n, k);
        for (int i = (int)threadIdx.x; i < v.y_plane; i += THREADS) sum += plane[i];
    }
    for (int apart = 16; apart > 0; apart /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, apart);
    if (lane == 0) part[warp] = sum;
    __syncthreads();
    if (threadIdx.x) return;
    for (int i = 1; i < WARPS; i++) sum += part[i];
    db[k] = sum;
}

} // namespace

void conv_db(const conv &v, const float *dy, float *db)
{
    plane_sums<<<(unsigned)v.K, THREADS>>>(v, dy, db);
}
