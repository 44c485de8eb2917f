/* emu_groups.cu - cooperative groups: ranks, sizes, shuffles, reductions and scans of blocks, tiles and the
 * lanes that happen to be together. */
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>
#include "emu_test.h"

namespace cg = cooperative_groups;

__device__ void check(int *wrong, bool right)
{
    if (!right) wrong[cg::this_grid().thread_rank()]++;
}

__global__ void blocks_and_grid(int *wrong)
{
    cg::thread_block block = cg::this_thread_block();
    cg::grid_group grid = cg::this_grid();
    unsigned rank = threadIdx.x + 8 * (threadIdx.y + 4 * threadIdx.z);
    check(wrong, block.thread_rank() == rank && block.size() == 64 && block.num_threads() == 64);
    check(wrong, block.group_index().x == blockIdx.x && block.thread_index().z == threadIdx.z);
    check(wrong, block.dim_threads().y == 4);
    check(wrong, grid.num_blocks() == 3 && grid.block_rank() == blockIdx.x && grid.size() == 192);
    check(wrong, grid.thread_rank() == blockIdx.x * 64 + rank && !grid.is_valid());
    __shared__ unsigned seen[64];
    seen[rank] = rank;
    cg::sync(block);
    check(wrong, seen[63 - rank] == 63 - rank);
}

template <unsigned Size> __device__ void check_tile(int *wrong)
{
    cg::thread_block block = cg::this_thread_block();
    cg::thread_block_tile<Size> tile = cg::tiled_partition<Size>(block);
    unsigned rank = block.thread_rank() % Size, group = block.thread_rank() / Size;
    check(wrong, tile.thread_rank() == rank && tile.size() == Size);
    check(wrong, tile.meta_group_rank() == group && tile.meta_group_size() == 64 / Size);
    int mine = (int)block.thread_rank();
    check(wrong, tile.shfl(mine, 0) == (int)(group * Size));
    check(wrong, tile.shfl_down(mine, 1) == (int)(rank + 1 < Size ? mine + 1 : mine));
    check(wrong, tile.shfl_up(mine, 1) == (int)(rank > 0 ? mine - 1 : mine));
    check(wrong, tile.shfl_xor(mine, Size / 2) == (int)(group * Size + (rank ^ Size / 2)));
    check(wrong, tile.any(rank == Size - 1) && tile.all(rank < Size));
    check(wrong, tile.ballot(1) == (Size == 32 ? 0xffffffffu : (1u << Size % 32) - 1));
    check(wrong, cg::reduce(tile, (int)rank, cg::plus<int>()) == (int)(Size * (Size - 1) / 2));
    check(wrong, cg::reduce(tile, mine, cg::less<int>()) == (int)(group * Size));
    check(wrong, cg::reduce(tile, (float)mine, cg::greater<float>()) == (float)(group * Size + Size - 1));
    check(wrong, cg::inclusive_scan(tile, 1) == (int)rank + 1);
    check(wrong, cg::exclusive_scan(tile, 2, cg::plus<int>()) == 2 * (int)rank);
    tile.sync();
}

__global__ void tiles(int *wrong)
{
    check_tile<32>(wrong);
    check_tile<16>(wrong);
    check_tile<4>(wrong);
    check_tile<2>(wrong);
    check_tile<1>(wrong);
}

/* A thread of a group of any kind, known at run time. */
__device__ unsigned members_seen(const cg::thread_group &group, unsigned *seen)
{
    atomicAdd(seen, 1);
    group.sync();
    unsigned count = *(volatile unsigned *)seen;
    group.sync();
    return count;
}

__global__ void kinds_at_run_time(int *wrong)
{
    __shared__ unsigned seen[9];
    unsigned t = threadIdx.x;
    if (t < 9) seen[t] = 0;
    __syncthreads();
    cg::thread_group eighth = cg::tiled_partition(cg::this_thread_block(), 8);
    check(wrong, eighth.size() == 8 && eighth.thread_rank() == t % 8);
    check(wrong, members_seen(eighth, &seen[t / 8]) == 8);
    cg::thread_group all = cg::this_thread_block();
    check(wrong, all.size() == 64 && all.thread_rank() == t && members_seen(all, &seen[8]) == 64);
}

/* One atomic a group instead of one a thread. */
__global__ void coalesced(int *wrong)
{
    __shared__ int counter;
    unsigned t = threadIdx.x;
    if (t == 0) counter = 0;
    __syncthreads();
    if (t % 4 == 1) {
        cg::coalesced_group group = cg::coalesced_threads();
        check(wrong, group.size() == 8 && group.thread_rank() == t % 32 / 4);
        int first = 0;
        if (group.thread_rank() == 0) first = atomicAdd(&counter, (int)group.size());
        first = group.shfl(first, 0);
        check(wrong, first % 8 == 0 && group.ballot(1) == 0xff);
        check(wrong, group.shfl_down((int)t, 1) == (int)(t % 32 < 29 ? t + 4 : t));
        check(wrong, cg::reduce(group, 1, cg::plus<int>()) == 8);
    }
    __syncthreads();
    check(wrong, counter == 16);
    cg::thread_block_tile<32> warp = cg::tiled_partition<32>(cg::this_thread_block());
    cg::coalesced_group thirds = cg::labeled_partition(warp, (int)(t % 32 % 3));
    check(wrong, thirds.size() == (t % 32 % 3 < 2 ? 11u : 10u) && thirds.thread_rank() == t % 32 / 3);
    check(wrong, cg::binary_partition(warp, t % 32 < 5).size() == (t % 32 < 5 ? 5u : 27u));
}

static void expect_right(const char *name, void (*kernel)(int *), dim3 blocks, dim3 threads)
{
    int count = (int)(blocks.x * threads.x * threads.y * threads.z);
    int *wrong = to_device(std::vector<int>(count, 0));
    kernel<<<blocks, threads>>>(wrong);
    std::vector<int> seen = to_host(wrong, count);
    for (int i = 0; i < count; i++) EXPECT(seen[i] == 0, "%s: thread %d: %d wrong", name, i, seen[i]);
    CUDA(cudaFree(wrong));
}

int main()
{
    expect_right("blocks_and_grid", blocks_and_grid, 3, dim3(8, 4, 2));
    expect_right("tiles", tiles, 1, 64);
    expect_right("kinds_at_run_time", kinds_at_run_time, 1, 64);
    expect_right("coalesced", coalesced, 1, 64);
    return finish();
}
