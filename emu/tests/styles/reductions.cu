/* reductions.cu - sums in the styles of two decades: a tree in shared memory with its last warp unrolled,
 * shuffles, the last block that adds up, cooperative groups, and histograms of warps. */
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cuda/atomic>
#include <cuda_runtime.h>

#include "styles.h"

namespace cg = cooperative_groups;

/* ---- a tree in shared memory; two elements per thread on the way in; the last six steps by one warp ---- */

template <unsigned int blockSize> __device__ void lastWarp(volatile float *sdata, unsigned int tid)
{
    if (blockSize >= 64) {
        sdata[tid] += sdata[tid + 32];
        __syncwarp();
    }
#pragma unroll
    for (unsigned int s = 16; s > 0; s >>= 1) {
        float other = sdata[tid + s];
        __syncwarp();
        sdata[tid] += other;
        __syncwarp();
    }
}

template <unsigned int blockSize> __global__ void treeSum(float *g_idata, float *g_odata, unsigned int n)
{
    extern __shared__ float sdata[];
    unsigned int tid = threadIdx.x, i = blockIdx.x * (blockSize * 2) + tid,
                 gridSize = blockSize * 2 * gridDim.x;
    sdata[tid] = 0;
    while (i < n) {
        sdata[tid] += g_idata[i];
        if (i + blockSize < n) sdata[tid] += g_idata[i + blockSize];
        i += gridSize;
    }
    __syncthreads();
    if (blockSize >= 256) {
        if (tid < 128) sdata[tid] += sdata[tid + 128];
        __syncthreads();
    }
    if (blockSize >= 128) {
        if (tid < 64) sdata[tid] += sdata[tid + 64];
        __syncthreads();
    }
    if (tid < 32) lastWarp<blockSize>(sdata, tid);
    if (tid == 0) g_odata[blockIdx.x] = sdata[0];
}

/* ---- shuffles within warps, shared memory between them, one atomic per block ---- */

__inline__ __device__ float warpReduceSum(float val)
{
    for (int offset = warpSize / 2; offset > 0; offset /= 2) val += __shfl_down_sync(0xFFFFFFFF, val, offset);
    return val;
}

__inline__ __device__ float blockReduceSum(float val)
{
    static __shared__ float shared[32];
    int lane = threadIdx.x % warpSize, wid = threadIdx.x / warpSize;
    val = warpReduceSum(val);
    if (lane == 0) shared[wid] = val;
    __syncthreads();
    val = (threadIdx.x < blockDim.x / warpSize) ? shared[lane] : 0;
    if (wid == 0) val = warpReduceSum(val);
    return val;
}

__global__ void shuffleSum(const float *__restrict__ in, float *__restrict__ out, int N)
{
    float sum = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < N; i += blockDim.x * gridDim.x)
        sum += __ldg(&in[i]);
    sum = blockReduceSum(sum);
    if (threadIdx.x == 0) atomicAdd(out, sum);
}

/* ---- one kernel: the block that finishes last adds the others' sums, and leaves the
 * counter as it found it ---- */

__device__ unsigned int retirementCount = 0;

__global__ void singlePassSum(const float *in, float *partial, float *out, unsigned int n)
{
    __shared__ bool amLast;
    float sum = 0;
    for (unsigned int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x)
        sum += in[i];
    sum = blockReduceSum(sum);
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = sum;
        __threadfence();
        unsigned int ticket = atomicInc(&retirementCount, gridDim.x);
        amLast = (ticket == gridDim.x - 1);
    }
    __syncthreads();
    if (amLast) {
        float total = 0;
        for (unsigned int i = threadIdx.x; i < gridDim.x; i += blockDim.x) total += partial[i];
        total = blockReduceSum(total);
        if (threadIdx.x == 0) {
            *out = total;
            retirementCount = 0;
        }
    }
}

/* ---- cooperative groups ---- */

__global__ void groupSum(const float *in, float *out, int n)
{
    cg::thread_block block = cg::this_thread_block();
    cg::thread_block_tile<32> tile = cg::tiled_partition<32>(block);
    __shared__ float part[32];
    float sum = 0;
    for (int i = (int)block.thread_rank(); i < n; i += (int)block.size()) sum += in[i];
    sum = cg::reduce(tile, sum, cg::plus<float>());
    if (tile.thread_rank() == 0) part[tile.meta_group_rank()] = sum;
    cg::sync(block);
    if (tile.meta_group_rank() == 0) {
        sum = tile.thread_rank() < tile.meta_group_size() ? part[tile.thread_rank()] : 0.0f;
        for (int i = tile.size() / 2; i > 0; i /= 2) sum += tile.shfl_down(sum, i);
        if (tile.thread_rank() == 0) *out = sum;
    }
}

/* ---- blocks hand a sum from one to the next: release and acquire, no barrier and no fence by name ---- */

__global__ void relaySum(const float *in, float *running, unsigned int *turn, int n)
{
    if (threadIdx.x) return;
    cuda::atomic_ref<unsigned int, cuda::thread_scope_device> next(*turn);
    float sum = 0;
    for (int i = blockIdx.x; i < n; i += gridDim.x) sum += in[i];
    unsigned int mine = 0;
    while (!next.compare_exchange_strong(mine, gridDim.x, cuda::memory_order_acquire)) mine = 0; /* a lock */
    *running += sum;
    next.store(0, cuda::memory_order_release);
}

__global__ void handOver(const float *in, float *out)
{
    __shared__ float box[32];
    __shared__ int full;
    if (threadIdx.x == 0) full = 0;
    __syncthreads();
    cuda::atomic_ref<int, cuda::thread_scope_block> flag(full);
    if (threadIdx.x < 32) {
        box[threadIdx.x] = 2 * in[threadIdx.x];
        __syncwarp();
        if (threadIdx.x == 0) flag.store(1, cuda::memory_order_release);
    } else {
        while (flag.load(cuda::memory_order_acquire) == 0) continue;
        out[threadIdx.x - 32] = box[63 - threadIdx.x];
    }
}

/* ---- a histogram for each warp, merged at the end ---- */

#define BINS 64
__global__ void histogram(const unsigned char *data, unsigned int *bins, int n)
{
    __shared__ unsigned int s_Hist[4][BINS];
    unsigned int *s_WarpHist = s_Hist[threadIdx.x >> 5];
    for (unsigned int i = threadIdx.x; i < 4 * BINS; i += blockDim.x) (&s_Hist[0][0])[i] = 0;
    __syncthreads();
    for (unsigned int pos = blockIdx.x * blockDim.x + threadIdx.x; pos < (unsigned)n / 4;
         pos += blockDim.x * gridDim.x) {
        uchar4 four = reinterpret_cast<const uchar4 *>(data)[pos];
        atomicAdd(s_WarpHist + (four.x >> 2), 1);
        atomicAdd(s_WarpHist + (four.y >> 2), 1);
        atomicAdd(s_WarpHist + (four.z >> 2), 1);
        atomicAdd(s_WarpHist + (four.w >> 2), 1);
    }
    __syncthreads();
    for (unsigned int bin = threadIdx.x; bin < BINS; bin += blockDim.x) {
        unsigned int sum = 0;
        for (int w = 0; w < 4; w++) sum += s_Hist[w][bin];
        atomicAdd(bins + bin, sum);
    }
}

/* ---- the same on the host ---- */

static void check_histogram()
{
    std::vector<unsigned char> data(4096);
    std::vector<unsigned> want(BINS), zero(BINS);
    for (size_t i = 0; i < data.size(); i++) want[(data[i] = (unsigned char)(i * i % 251)) >> 2]++;
    unsigned char *d_data = to_device(data);
    unsigned *d_bins = to_device(zero);
    histogram<<<4, 128>>>(d_data, d_bins, (int)data.size());
    EXPECT(to_host(d_bins, BINS) == want, "the histogram is wrong");
    cudaFree(d_data);
    cudaFree(d_bins);
}

void reductions()
{
    const int n = 5000, blocks = 6;
    std::vector<float> x = some_floats(n), zero(1);
    std::vector<double> sum(1);
    for (float value : x) sum[0] += value;
    float *d_x = to_device(x), *d_partial = to_device(std::vector<float>(blocks)), *d_out = to_device(zero);
    treeSum<256><<<blocks, 256, 256 * sizeof(float)>>>(d_x, d_partial, n);
    treeSum<64><<<1, 64, 64 * sizeof(float)>>>(d_partial, d_out, blocks);
    EXPECT_NEAR(d_out, sum);
    CUDA(cudaMemset(d_out, 0, sizeof(float)));
    shuffleSum<<<blocks, 128>>>(d_x, d_out, n);
    EXPECT_NEAR(d_out, sum);
    for (int twice = 0; twice < 2; twice++) {
        singlePassSum<<<blocks, 128>>>(d_x, d_partial, d_out, n);
        EXPECT_NEAR(d_out, sum);
    }
    groupSum<<<1, 256>>>(d_x, d_out, n);
    EXPECT_NEAR(d_out, sum);
    check_histogram();
    unsigned *d_turn = to_device(std::vector<unsigned>(1));
    CUDA(cudaMemset(d_out, 0, sizeof(float)));
    relaySum<<<5, 32>>>(d_x, d_out, d_turn, n);
    EXPECT_NEAR(d_out, sum);
    std::vector<double> turned(32);
    for (size_t i = 0; i < 32; i++) turned[i] = 2 * (double)x[31 - i];
    handOver<<<1, 64>>>(d_x, d_x + 64);
    EXPECT_NEAR(d_x + 64, turned);
    cudaFree(d_turn);
    cudaFree(d_x);
    cudaFree(d_partial);
    cudaFree(d_out);
}
