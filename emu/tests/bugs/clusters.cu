/* clusters.cu - blocks of a cluster, and tiles of several warps, that use each other wrongly. */
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cuda_runtime.h>

#include "zoo.h"

namespace cg = cooperative_groups;

template <class... P>
static void launch_clusters(unsigned blocks, unsigned size, void (*kernel)(P...), const float *x, float *y)
{
    cudaLaunchAttribute attribute = {};
    attribute.id = cudaLaunchAttributeClusterDimension;
    attribute.val.clusterDim = { size, 1, 1 };
    cudaLaunchConfig_t config = {};
    config.gridDim = blocks;
    config.blockDim = 64;
    config.attrs = &attribute;
    config.numAttrs = 1;
    cudaLaunchKernelEx(&config, kernel, x, y);
}

/* Each block of a pair reads the other's shared memory, without waiting for it to be there. */
template <bool right> __global__ void __cluster_dims__(2) neighbour_not_there(const float *x, float *y)
{
    __shared__ float mine[64];
    cg::cluster_group cluster = cg::this_cluster();
    int i = blockIdx.x * 64 + threadIdx.x;
    mine[threadIdx.x] = x[i];
    if (right) cluster.sync();
    const float *others = cluster.map_shared_rank(mine, cluster.block_rank() ^ 1);
    y[i] = others[threadIdx.x]; /* BUG: neighbour_not_there */
    cluster.sync();
}
template <bool right> static void neighbour_not_there_run(const zoo_arrays &a)
{
    neighbour_not_there<right><<<4, 64>>>(a.x, a.y);
}

/* Both are there, but what the neighbour writes after the barrier is read before another. */
template <bool right> __global__ void neighbour_not_written(const float *x, float *y)
{
    __shared__ float mine[64];
    cg::cluster_group cluster = cg::this_cluster();
    int i = blockIdx.x * 64 + threadIdx.x;
    float *others = cluster.map_shared_rank(mine, cluster.block_rank() ^ 1);
    cluster.sync();
    others[threadIdx.x] = x[i]; /* BUG: neighbour_not_written */
    if (right)
        cluster.sync();
    else
        __syncthreads();
    y[i] = mine[threadIdx.x]; /* BUG: neighbour_not_written */
    cluster.sync();
}
template <bool right> static void neighbour_not_written_run(const zoo_arrays &a)
{
    launch_clusters(4, 2, neighbour_not_written<right>, a.x, a.y);
}

/* The barrier in two halves: what is written between them is for after the wait. */
template <bool right> __global__ void write_after_arrival(const float *x, float *y)
{
    __shared__ float mine[64];
    cg::cluster_group cluster = cg::this_cluster();
    int i = blockIdx.x * 64 + threadIdx.x;
    if (right) mine[threadIdx.x] = x[i];
    cluster.barrier_arrive();
    if (!right) mine[threadIdx.x] = x[i]; /* BUG: write_after_arrival */
    cluster.barrier_wait();
    y[i] =
        cluster.map_shared_rank(mine, cluster.block_rank() ^ 1)[threadIdx.x]; /* BUG: write_after_arrival */
    cluster.sync();
}
template <bool right> static void write_after_arrival_run(const zoo_arrays &a)
{
    launch_clusters(4, 2, write_after_arrival<right>, a.x, a.y);
}

/* A block may return while the other still reads its shared memory. */
template <bool right> __global__ void returns_too_early(const float *x, float *y)
{
    __shared__ float mine[64];
    cg::cluster_group cluster = cg::this_cluster();
    int i = blockIdx.x * 64 + threadIdx.x;
    mine[threadIdx.x] = x[i];
    cluster.sync();
    y[i] = cluster.map_shared_rank(mine, cluster.block_rank() ^ 1)[threadIdx.x]; /* BUG: returns_too_early */
    if (right) cluster.sync();
}
template <bool right> static void returns_too_early_run(const zoo_arrays &a)
{
    launch_clusters(4, 2, returns_too_early<right>, a.x, a.y);
}

/* The same where the first block does not use the others' memory: whether it is there yet is luck. */
template <bool right> __global__ void owner_does_not_wait(const float *x, float *y)
{
    __shared__ float mine[64];
    cg::cluster_group cluster = cg::this_cluster();
    int i = blockIdx.x * 64 + threadIdx.x;
    mine[threadIdx.x] = x[i];
    cluster.sync();
    y[i] = cluster.map_shared_rank(mine, 0)[threadIdx.x]; /* BUG: owner_does_not_wait */
    if (right) cluster.sync();
}
template <bool right> static void owner_does_not_wait_run(const zoo_arrays &a)
{
    launch_clusters(4, 2, owner_does_not_wait<right>, a.x, a.y);
}

/* One block of a cluster does not come to its barrier. */
template <bool right> __global__ void not_all_come(const float *x, float *y)
{
    int i = blockIdx.x * 64 + threadIdx.x;
    y[i] = x[i];
    if (right || blockIdx.x != 3) cg::this_cluster().sync(); /* BUG: not_all_come */
}
template <bool right> static void not_all_come_run(const zoo_arrays &a)
{
    launch_clusters(4, 2, not_all_come<right>, a.x, a.y);
}

/* Threads arrive twice without a wait between. */
template <bool right> __global__ void arrives_twice(const float *x, float *y)
{
    int i = blockIdx.x * 64 + threadIdx.x;
    cg::cluster_group cluster = cg::this_cluster();
    cluster.barrier_arrive();
    y[i] = x[i];
    if (right)
        cluster.barrier_wait();
    else
        cluster.barrier_arrive(); /* BUG: arrives_twice */
}
template <bool right> static void arrives_twice_run(const zoo_arrays &a)
{
    launch_clusters(4, 2, arrives_twice<right>, a.x, a.y);
}

template <bool right> __global__ void rank_past_the_cluster(const float *x, float *y)
{
    __shared__ float mine[64];
    cg::cluster_group cluster = cg::this_cluster();
    mine[threadIdx.x] = x[threadIdx.x];
    cluster.sync();
    unsigned rank = right ? (cluster.block_rank() + 1) % cluster.num_blocks() : blockIdx.x + 1;
    y[blockIdx.x * 64 + threadIdx.x] =
        cluster.map_shared_rank(mine, rank)[threadIdx.x]; /* BUG: rank_past_the_cluster */
    cluster.sync();
}
template <bool right> static void rank_past_the_cluster_run(const zoo_arrays &a)
{
    launch_clusters(4, 2, rank_past_the_cluster<right>, a.x, a.y);
}

template <bool right> __global__ void uneven_clusters(const float *x, float *y)
{
    y[blockIdx.x * 64 + threadIdx.x] = x[threadIdx.x];
}
template <bool right> static void uneven_clusters_run(const zoo_arrays &a)
{
    launch_clusters(right ? 4 : 5, 2, uneven_clusters<right>, a.x, a.y); /* BUG: uneven_clusters */
}

/* Half of a tile of two warps does not come to its reduction. */
template <bool right> __global__ void half_a_tile(const float *x, float *y)
{
    auto tile = cg::tiled_partition<64>(cg::this_thread_block());
    float sum = 0;
    if (right || threadIdx.x < 32)
        sum = cg::reduce(tile, x[threadIdx.x], cg::plus<float>()); /* BUG: half_a_tile */
    y[threadIdx.x] = sum;
}
template <bool right> static void half_a_tile_run(const zoo_arrays &a)
{
    half_a_tile<right><<<1, 64>>>(a.x, a.y);
}

/* One half of a tile adds, the other waits. */
template <bool right> __global__ void tile_in_two_functions(const float *x, float *y)
{
    auto tile = cg::tiled_partition<64>(cg::this_thread_block());
    float sum = 0;
    if (right || threadIdx.x < 32)
        sum = cg::reduce(tile, x[threadIdx.x], cg::plus<float>()); /* BUG: tile_in_two_functions */
    else
        tile.sync();
    y[threadIdx.x] = sum;
}
template <bool right> static void tile_in_two_functions_run(const zoo_arrays &a)
{
    tile_in_two_functions<right><<<1, 64>>>(a.x, a.y);
}

/* The last tile of a block whose size is no multiple of the tile's. */
template <bool right> __global__ void tile_past_the_block(const float *x, float *y)
{
    auto tile = cg::tiled_partition<64>(cg::this_thread_block());
    y[threadIdx.x] = cg::reduce(tile, x[threadIdx.x], cg::plus<float>()); /* BUG: tile_past_the_block */
}
template <bool right> static void tile_past_the_block_run(const zoo_arrays &a)
{
    tile_past_the_block<right><<<1, right ? 128 : 96>>>(a.x, a.y);
}

/* Every other word of the neighbour's array is never written: as an integer it does not show. */
template <bool right> __global__ void neighbour_half_written(const float *x, float *y)
{
    __shared__ int mine[64];
    cg::cluster_group cluster = cg::this_cluster();
    int t = threadIdx.x, i = blockIdx.x * 64 + t;
    int *others = cluster.map_shared_rank(mine, cluster.block_rank() ^ 1);
    cluster.sync();
    if (right || t % 2 == 0) others[t] = (int)(x[i] * 1000);
    cluster.sync();
    y[i] = (float)(mine[t] > 500 ? 1 : 0); /* BUG: neighbour_half_written */
}
template <bool right> static void neighbour_half_written_run(const zoo_arrays &a)
{
    launch_clusters(4, 2, neighbour_half_written<right>, a.x, a.y);
}

/* The same from afar: what is read there, its own block has not written. */
template <bool right> __global__ void reads_half_written(const float *x, float *y)
{
    __shared__ int mine[64];
    cg::cluster_group cluster = cg::this_cluster();
    int t = threadIdx.x, i = blockIdx.x * 64 + t;
    if (right || cluster.block_rank() == 0 || t < 60) mine[t] = (int)(x[i] * 1000);
    cluster.sync();
    y[i] = 0;
    if (cluster.block_rank() == 0)
        y[i] = (float)(cluster.map_shared_rank(mine, 1)[t] > 500); /* BUG: reads_half_written */
    cluster.sync();
}
template <bool right> static void reads_half_written_run(const zoo_arrays &a)
{
    launch_clusters(4, 2, reads_half_written<right>, a.x, a.y);
}

/* ---- in inline PTX ---- */

#define MAPPED(to, pointer, rank)                       \
    asm volatile("mapa.shared::cluster.u32 %0, %1, %2;" \
                 : "=r"(to)                             \
                 : "r"((unsigned)__cvta_generic_to_shared(pointer)), "r"(rank))
#define ARRIVE  asm volatile("barrier.cluster.arrive.release;" ::: "memory")
#define RELAXED asm volatile("barrier.cluster.arrive.relaxed;" ::: "memory")
#define WAIT    asm volatile("barrier.cluster.wait.acquire;" ::: "memory")

/* A relaxed arrival says that a thread is there, not that what it wrote is. */
template <bool right> __global__ void relaxed_arrival(const float *x, float *y)
{
    __shared__ float mine[64];
    unsigned there, rank = cg::cluster_group::block_rank();
    int t = threadIdx.x, i = blockIdx.x * 64 + t;
    mine[t] = x[i]; /* BUG: relaxed_arrival */
    if (right) asm volatile("fence.acq_rel.cluster;" ::: "memory");
    RELAXED;
    WAIT;
    MAPPED(there, &mine[t], rank ^ 1);
    float read;
    asm volatile("ld.shared::cluster.f32 %0, [%1];" : "=f"(read) : "r"(there)); /* BUG: relaxed_arrival */
    y[i] = read;
    ARRIVE;
    WAIT;
}
template <bool right> static void relaxed_arrival_run(const zoo_arrays &a)
{
    launch_clusters(4, 2, relaxed_arrival<right>, a.x, a.y);
}

template <bool right> __global__ void mapa_past_the_cluster(const float *x, float *y)
{
    __shared__ float mine[64];
    unsigned there;
    int t = threadIdx.x, i = blockIdx.x * 64 + t;
    mine[t] = x[i];
    ARRIVE;
    WAIT;
    MAPPED(there, &mine[t], right ? blockIdx.x % 2 : 2); /* BUG: mapa_past_the_cluster */
    asm volatile("ld.shared::cluster.f32 %0, [%1];" : "=f"(y[i]) : "r"(there));
    ARRIVE;
    WAIT;
}
template <bool right> static void mapa_past_the_cluster_run(const zoo_arrays &a)
{
    launch_clusters(4, 2, mapa_past_the_cluster<right>, a.x, a.y);
}

static const zoo_bug bugs[] = {
    ZOO(neighbour_not_there, 256, "block (1,0,0), which has not begun to run: cluster.sync()", nullptr,
        nullptr, "has not begun to run"),
    ZOO(neighbour_not_written, 256, nullptr, nullptr, nullptr,
        "nothing orders the two...cluster.sync() is missing"),
    ZOO(write_after_arrival, 256, nullptr, nullptr, nullptr,
        "nothing orders the two...cluster.sync() is missing"),
    ZOO(returns_too_early, 256, "which has returned: cluster.sync() at the end", nullptr, nullptr,
        "which has returned"),
    ZOO(owner_does_not_wait, 256, nullptr, nullptr, nullptr, "nothing keeps that block from returning first"),
    ZOO(not_all_come, 256, "cluster.sync()...block (3,0,0) has returned", nullptr, nullptr, nullptr),
    ZOO(arrives_twice, 256, "arrives again without a wait", nullptr, nullptr, nullptr),
    ZOO(rank_past_the_cluster, 256, "rank 2; the cluster has 2 blocks", nullptr, nullptr, nullptr),
    ZOO(uneven_clusters, 256, "(5,1,1) blocks is not a multiple of its cluster", nullptr, nullptr, nullptr),
    ZOO(neighbour_half_written, 256, nullptr, nullptr, nullptr, "unwritten: "),
    ZOO(reads_half_written, 256, nullptr, nullptr, nullptr, "of another block, which nobody has written"),
    ZOO(relaxed_arrival, 256, nullptr, nullptr, nullptr, "nothing orders the two"),
    ZOO(mapa_past_the_cluster, 256, "mapa of rank 2; the cluster has 2 blocks", nullptr, nullptr,
        "mapa of rank 2"),
    ZOO(half_a_tile, 64, "deadlock...in a tile's sync", nullptr, nullptr, nullptr),
    ZOO(tile_in_two_functions, 64, "tile divergence...in another function of the same tile", nullptr, nullptr,
        nullptr),
    ZOO(tile_past_the_block, 96, "a tile of 64 threads from thread 64 on; the block has 96", nullptr, nullptr,
        nullptr),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_clusters = { __FILE__, bugs };
