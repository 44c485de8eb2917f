/* scans.cu - running sums: by shuffles, and by a tree up and down with padding; sorting in shared memory; a
 * filter with its coefficients in constant memory; the transpose in strips. */
#include <cuda_runtime.h>

#include "styles.h"

/* ---- a scan of each warp by __shfl_up_sync, then of the warps' sums ---- */

__global__ void shuffleScan(const int *data, int *out, int width)
{
    extern __shared__ int sums[];
    int id = (int)(blockIdx.x * blockDim.x + threadIdx.x), lane_id = id % warpSize;
    int warp_id = (int)threadIdx.x / warpSize, warps = (int)blockDim.x / warpSize;
    int value = data[id];
#pragma unroll
    for (int i = 1; i <= width; i *= 2) {
        unsigned int mask = 0xffffffff;
        int n = __shfl_up_sync(mask, value, i, width);
        if (lane_id >= i) value += n;
    }
    if (lane_id == warpSize - 1) sums[warp_id] = value;
    __syncthreads();
    if (warp_id == 0 && lane_id < warps) {
        int warp_sum = sums[lane_id], mask = (1 << warps) - 1;
        for (int i = 1; i <= warps; i *= 2) {
            int n = __shfl_up_sync(mask, warp_sum, i, warps);
            if (lane_id >= i) warp_sum += n;
        }
        sums[lane_id] = warp_sum;
    }
    __syncthreads();
    int blockSum = warp_id > 0 ? sums[warp_id - 1] : 0;
    out[id] = value + blockSum;
}

/* ---- up the tree and down again; an index is shifted by one every 32 so that banks do not collide ---- */

#define PADDED(n) ((n) + ((n) >> 5))
__global__ void treeScan(const float *g_idata, float *g_odata, int n)
{
    extern __shared__ float temp[];
    int thid = threadIdx.x, offset = 1, ai = thid, bi = thid + (n / 2);
    temp[PADDED(ai)] = g_idata[ai];
    temp[PADDED(bi)] = g_idata[bi];
    for (int d = n >> 1; d > 0; d >>= 1) {
        __syncthreads();
        if (thid < d) {
            int a = offset * (2 * thid + 1) - 1, b = offset * (2 * thid + 2) - 1;
            temp[PADDED(b)] += temp[PADDED(a)];
        }
        offset *= 2;
    }
    if (thid == 0) temp[PADDED(n - 1)] = 0;
    for (int d = 1; d < n; d *= 2) {
        offset >>= 1;
        __syncthreads();
        if (thid < d) {
            int a = offset * (2 * thid + 1) - 1, b = offset * (2 * thid + 2) - 1;
            float t = temp[PADDED(a)];
            temp[PADDED(a)] = temp[PADDED(b)];
            temp[PADDED(b)] += t;
        }
    }
    __syncthreads();
    g_odata[ai] = temp[PADDED(ai)];
    g_odata[bi] = temp[PADDED(bi)];
}

/* ---- a bitonic sort of one block ---- */

__global__ void bitonicSort(unsigned *keys)
{
    __shared__ unsigned s_key[256];
    s_key[threadIdx.x] = keys[threadIdx.x];
    s_key[threadIdx.x + 128] = keys[threadIdx.x + 128];
    for (unsigned size = 2; size <= 256; size <<= 1) {
        bool up = (threadIdx.x & (size / 2)) == 0;
        for (unsigned stride = size / 2; stride > 0; stride >>= 1) {
            __syncthreads();
            unsigned pos = 2 * threadIdx.x - (threadIdx.x & (stride - 1));
            bool direction = size == 256 ? true : up;
            if ((s_key[pos] > s_key[pos + stride]) == direction) {
                unsigned t = s_key[pos];
                s_key[pos] = s_key[pos + stride];
                s_key[pos + stride] = t;
            }
        }
    }
    __syncthreads();
    keys[threadIdx.x] = s_key[threadIdx.x];
    keys[threadIdx.x + 128] = s_key[threadIdx.x + 128];
}

/* ---- a filter over rows: constant coefficients, a tile with its halo ---- */

#define KERNEL_RADIUS 4
__constant__ float c_Kernel[2 * KERNEL_RADIUS + 1];

__global__ void rowFilter(float *d_Dst, const float *d_Src, int n)
{
    __shared__ float s_Data[64 + 2 * KERNEL_RADIUS];
    const int x = blockIdx.x * 64 + threadIdx.x;
    s_Data[threadIdx.x + KERNEL_RADIUS] = x < n ? d_Src[x] : 0;
    if (threadIdx.x < KERNEL_RADIUS) {
        s_Data[threadIdx.x] = x - KERNEL_RADIUS >= 0 ? d_Src[x - KERNEL_RADIUS] : 0;
        s_Data[threadIdx.x + 64 + KERNEL_RADIUS] = x + 64 < n ? d_Src[x + 64] : 0;
    }
    __syncthreads();
    float sum = 0;
#pragma unroll
    for (int j = -KERNEL_RADIUS; j <= KERNEL_RADIUS; j++)
        sum += c_Kernel[KERNEL_RADIUS - j] * s_Data[threadIdx.x + KERNEL_RADIUS + j];
    if (x < n) d_Dst[x] = sum;
}

/* ---- a transpose whose blocks are 32 x 8 threads for 32 x 32 elements ---- */

const int TILE_DIM = 32, BLOCK_ROWS = 8;
__global__ void transposeStrips(float *odata, const float *idata)
{
    __shared__ float tile[TILE_DIM][TILE_DIM + 1];
    int x = blockIdx.x * TILE_DIM + threadIdx.x, y = blockIdx.y * TILE_DIM + threadIdx.y,
        width = gridDim.x * TILE_DIM;
    for (int j = 0; j < TILE_DIM; j += BLOCK_ROWS)
        tile[threadIdx.y + j][threadIdx.x] = idata[(y + j) * width + x];
    __syncthreads();
    x = blockIdx.y * TILE_DIM + threadIdx.x;
    y = blockIdx.x * TILE_DIM + threadIdx.y;
    for (int j = 0; j < TILE_DIM; j += BLOCK_ROWS)
        odata[(y + j) * width + x] = tile[threadIdx.x][threadIdx.y + j];
}

/* ---- the same on the host ---- */

static void check_scans()
{
    std::vector<int> ints(256), int_sums(256);
    for (int i = 0, sum = 0; i < 256; i++) int_sums[(size_t)i] = sum += ints[(size_t)i] = i * 37 % 101;
    int *d_ints = to_device(ints), *d_sums = to_device(std::vector<int>(256));
    shuffleScan<<<1, 256, 8 * sizeof(int)>>>(d_ints, d_sums, 32);
    EXPECT(to_host(d_sums, 256) == int_sums, "the scan by shuffles is wrong");
    std::vector<float> x = some_floats(256);
    std::vector<double> sums(256);
    for (size_t i = 1; i < 256; i++) sums[i] = sums[i - 1] + (double)x[i - 1];
    float *d_x = to_device(x), *d_scan = to_device(x);
    treeScan<<<1, 128, PADDED(256) * sizeof(float)>>>(d_x, d_scan, 256);
    EXPECT_NEAR(d_scan, sums);
    for (void *p : { (void *)d_ints, (void *)d_sums, (void *)d_x, (void *)d_scan }) cudaFree(p);
}

static void check_sort()
{
    std::vector<unsigned> keys(256);
    for (unsigned i = 0; i < 256; i++) keys[i] = i * 2654435761u >> 7;
    unsigned *d_keys = to_device(keys);
    bitonicSort<<<1, 128>>>(d_keys);
    std::sort(keys.begin(), keys.end());
    EXPECT(to_host(d_keys, 256) == keys, "the keys are not sorted");
    cudaFree(d_keys);
}

static void check_filter()
{
    const int n = 150;
    std::vector<float> x = some_floats(n), c = some_floats(2 * KERNEL_RADIUS + 1, 7);
    std::vector<double> want(n);
    for (int i = 0; i < n; i++)
        for (int j = -KERNEL_RADIUS; j <= KERNEL_RADIUS; j++)
            if (i + j >= 0 && i + j < n)
                want[(size_t)i] += (double)c[(size_t)(KERNEL_RADIUS - j)] * (double)x[(size_t)(i + j)];
    float *d_x = to_device(x), *d_filtered = to_device(x);
    CUDA(cudaMemcpyToSymbol(c_Kernel, c.data(), c.size() * sizeof(float)));
    rowFilter<<<(n + 63) / 64, 64>>>(d_filtered, d_x, n);
    EXPECT_NEAR(d_filtered, want);
    cudaFree(d_x);
    cudaFree(d_filtered);
}

static void check_transpose()
{
    std::vector<float> x = some_floats(64 * 64);
    std::vector<double> want(64 * 64);
    for (size_t i = 0; i < 64; i++)
        for (size_t j = 0; j < 64; j++) want[j * 64 + i] = x[i * 64 + j];
    float *d_x = to_device(x), *d_turned = to_device(x);
    dim3 dimGrid(2, 2), dimBlock(TILE_DIM, BLOCK_ROWS);
    transposeStrips<<<dimGrid, dimBlock>>>(d_turned, d_x);
    EXPECT_NEAR(d_turned, want);
    cudaFree(d_x);
    cudaFree(d_turned);
}

void scans()
{
    check_scans();
    check_sort();
    check_filter();
    check_transpose();
}
