/* emu_clusters.cu - clusters of blocks, distributed shared memory, launches with attributes; tiles of
 * several warps. */
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>
#include <emu/testing.h>
#include "emu_test.h"

namespace cg = cooperative_groups;

/* ---- tiles ---- */

template <unsigned Size> __global__ void tiles(int *sum, int *wrong)
{
    __shared__ cg::block_tile_memory<256> scratch;
    cg::thread_block all = cg::this_thread_block(scratch);
    auto tile = cg::tiled_partition<Size>(all);
    int i = (int)threadIdx.x, rank = (int)tile.thread_rank();
    sum[i] = cg::reduce(tile, i, cg::plus<int>());
    bool ok = rank == i % (int)Size && tile.size() == Size && tile.meta_group_rank() == (unsigned)i / Size &&
              tile.meta_group_size() == 256 / Size;
    ok &= cg::reduce(tile, i, cg::greater<int>()) == i / (int)Size * (int)Size + (int)Size - 1;
    ok &= cg::reduce(tile, rank, cg::bit_or<int>()) == (int)Size - 1;
    ok &= cg::exclusive_scan(tile, 1) == rank && cg::inclusive_scan(tile, 2) == 2 * (rank + 1);
    ok &= tile.shfl(i, 3) == i - rank + 3;
    ok &= tile.any(rank == 5) && !tile.all(rank != 5) && tile.all(rank >= 0) && !tile.any(rank < 0);
    auto small = cg::tiled_partition<8>(tile);
    ok &= small.meta_group_rank() == (unsigned)rank / 8 && small.meta_group_size() == Size / 8;
    cg::thread_group any = tile;
    any.sync();
    ok &= any.size() == Size && any.thread_rank() == (unsigned)rank;
    ok &= cg::invoke_one_broadcast(tile, [&] { return 7 + i; }) == 7 + i - rank;
    if (!ok) atomicAdd(wrong, 1);
}

/* Labels 0, 1, 2 in turn, of the lanes below 20. */
__global__ void partitions(int *wrong)
{
    if (threadIdx.x >= 20) return;
    cg::coalesced_group active = cg::coalesced_threads();
    unsigned label = active.thread_rank() % 3;
    cg::coalesced_group mine = cg::labeled_partition(active, label);
    bool ok = active.size() == 20 && mine.size() == (label < 2 ? 7 : 6) && mine.meta_group_size() == 3 &&
              mine.meta_group_rank() == label && mine.thread_rank() == threadIdx.x / 3;
    ok &= cg::reduce(mine, (int)threadIdx.x, cg::less<int>()) == (int)label;
    cg::coalesced_group half = cg::binary_partition(active, threadIdx.x < 5);
    ok &= half.size() == (threadIdx.x < 5 ? 5 : 15) && half.meta_group_size() == 2;
    cg::coalesced_group part = cg::tiled_partition(active, 8);
    ok &= part.size() == (threadIdx.x < 16 ? 8 : 4) && part.thread_rank() == threadIdx.x % 8;
    if (!ok) atomicAdd(wrong, 1);
}

static void check_tiles()
{
    int *sum = to_device(std::vector<int>(256, 0)), *wrong = to_device(std::vector<int>(1, 0));
    tiles<64><<<1, 256>>>(sum, wrong);
    EXPECT(to_host(sum, 256)[64] == 64 * 95 + 32, "a reduction of two warps"); /* 64 + ... + 127 */
    tiles<256><<<2, 256>>>(sum, wrong);
    EXPECT(to_host(sum, 256)[255] == 255 * 128, "a reduction of a whole block");
    tiles<32><<<1, 256>>>(sum, wrong);
    partitions<<<1, 32>>>(wrong);
    EXPECT(to_host(wrong, 1)[0] == 0, "%d threads are wrong", to_host(wrong, 1)[0]);
    CUDA(cudaFree(sum));
    CUDA(cudaFree(wrong));
}

/* ---- clusters ---- */

constexpr unsigned PAIR = 2;

/* Eight bins, of which each block of a pair has four; and a number of the neighbour's. */
template <class T> __global__ void __cluster_dims__(PAIR, 1, 1) histogram(T *out, int n)
{
    __shared__ T bins[4];
    extern __shared__ T number[];
    cg::cluster_group cluster = cg::this_cluster();
    if (threadIdx.x < 4) bins[threadIdx.x] = 0, number[threadIdx.x] = 100 * (T)blockIdx.x;
    cluster.sync();
    for (int i = (int)threadIdx.x; i < n; i += (int)blockDim.x)
        atomicAdd(cluster.map_shared_rank(bins, i % 8 / 4) + i % 4, 1);
    auto token = cluster.barrier_arrive();
    const T *other = cluster.map_shared_rank(number, cluster.block_rank() ^ 1);
    T theirs = other[threadIdx.x % 4];
    cluster.barrier_wait(std::move(token));
    if (threadIdx.x < 4) out[blockIdx.x * 4 + threadIdx.x] = bins[threadIdx.x] + theirs;
    if (cluster.query_shared_rank(other) != (cluster.block_rank() ^ 1)) out[0] = -1;
    cluster.sync();
}

/* Where a block is in clusters of 2 x 2 in a grid of 4 x 2. */
__global__ void places(int *out)
{
    cg::cluster_group cluster = cg::this_cluster();
    dim3 at = cluster.block_index(), extent = cluster.dim_blocks();
    unsigned expected = blockIdx.x % 2 + 2 * (blockIdx.y % 2);
    bool ok = cluster.block_rank() == expected && at.x == blockIdx.x % 2 && at.y == blockIdx.y % 2 &&
              extent.x == 2 && extent.y == 2 && extent.z == 1 && cluster.num_blocks() == 4 &&
              cluster.thread_rank() == expected * 32 + threadIdx.x && cluster.num_threads() == 128;
    out[(blockIdx.y * 4 + blockIdx.x) * 32 + threadIdx.x] = ok;
}

__global__ void alone(int *out)
{
    __shared__ int mine;
    cg::cluster_group cluster = cg::this_cluster();
    if (threadIdx.x == 0) mine = (int)cluster.num_blocks();
    cluster.sync();
    out[threadIdx.x] = *cluster.map_shared_rank(&mine, 0);
}

static cudaLaunchConfig_t in_clusters(dim3 grid, unsigned threads, cudaLaunchAttribute *attribute,
                                      dim3 cluster)
{
    cudaLaunchConfig_t config = {};
    config.gridDim = grid, config.blockDim = threads, config.attrs = attribute, config.numAttrs = 1;
    attribute->id = cudaLaunchAttributeClusterDimension;
    attribute->val.clusterDim = { cluster.x, cluster.y, cluster.z };
    return config;
}

static void check_histogram()
{
    int *out = to_device(std::vector<int>(256, 0));
    cudaLaunchAttribute attribute;
    cudaLaunchConfig_t config = in_clusters(6, 32, &attribute, 2);
    config.dynamicSmemBytes = 16;
    for (int way = 0; way < 3; way++) {
        if (way == 0) histogram<<<6, 32, 16>>>(out, 80);
        if (way == 1) histogram<int><<<6, 32, 16>>>(out, 80);
        if (way == 2) CUDA(cudaLaunchKernelEx(&config, histogram<int>, out, 80));
        std::vector<int> seen = to_host(out, 24);
        for (int i = 0; i < 24; i++)
            EXPECT(seen[i] == 20 + 100 * (i / 4 ^ 1), "way %d: bin %d of block %d is %d", way, i % 4, i / 4,
                   seen[i]);
    }
    int clusters = 0, most = 0;
    CUDA(cudaOccupancyMaxActiveClusters(&clusters, histogram<int>, &config));
    CUDA(cudaOccupancyMaxPotentialClusterSize(&most, places, &config));
    EXPECT(clusters > 0 && most == 8, "%d clusters of at most %d blocks", clusters, most);
    cudaFuncAttributes known;
    CUDA(cudaFuncGetAttributes(&known, histogram<int>));
    EXPECT(known.requiredClusterWidth == 2 && known.clusterDimMustBeSet, "what __cluster_dims__ says");
    CUDA(cudaFree(out));
}

static void check_places()
{
    int *out = to_device(std::vector<int>(512, 0));
    cudaLaunchAttribute attribute;
    cudaLaunchConfig_t config = in_clusters({ 4, 2, 1 }, 32, &attribute, { 2, 2, 1 });
    CUDA(cudaLaunchKernelEx(&config, places, out));
    for (int right : to_host(out, 256)) EXPECT(right, "a block's place in its cluster");
    void *arguments[] = { &out };
    CUDA(cudaMemset(out, 0, 256 * sizeof(int)));
    CUDA(cudaLaunchKernelExC(&config, (void *)places, arguments));
    for (int right : to_host(out, 256)) EXPECT(right, "a launch by address");
    alone<<<2, 8>>>(out);
    EXPECT(to_host(out, 8)[7] == 1, "without clusters a block is one");
    attribute.val.clusterDim = { 4, 4, 1 };
    EXPECT(cudaLaunchKernelEx(&config, places, out) == cudaErrorInvalidClusterSize, "a cluster of 16 blocks");
    emu::forget_findings();
    cudaGetLastError();
    config.gridDim = { 4, 4, 1 };
    CUDA(cudaFuncSetAttribute(places, cudaFuncAttributeNonPortableClusterSizeAllowed, 1));
    CUDA(cudaLaunchKernelEx(&config, places, out));
    CUDA(cudaDeviceSynchronize());
    CUDA(cudaFree(out));
}

int main()
{
    check_tiles();
    check_histogram();
    check_places();
    return finish();
}
