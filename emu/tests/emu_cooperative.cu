/* emu_cooperative.cu - blocks that wait for each other: barriers of the grid, and flags, counters and locks
 * that one block spins on until another writes. Right in every order, and silent in the race build. */
#include <cooperative_groups.h>
#include "emu_test.h"
#include "emu/testing.h"

namespace cg = cooperative_groups;

enum { BLOCKS = 12, THREADS = 96 };

/* ---- barriers of the grid ---- */

/* Each round every block reads what another wrote the round before; shared memory stays each block's own. */
template <int ROUNDS> __global__ void rounds(int *a, int *b, int *kept)
{
    extern __shared__ int dynamic[];
    __shared__ int mine[THREADS];
    cg::grid_group grid = cg::this_grid();
    int rank = (int)grid.thread_rank(), all = (int)grid.size(), t = threadIdx.x;
    mine[t] = rank;
    dynamic[t] = 2 * rank;
    a[rank] = rank;
    for (int round = 0; round < ROUNDS; round++) {
        grid.sync();
        b[rank] = a[(rank + THREADS + 1) % all] + 1;
        grid.sync();
        a[rank] = b[rank];
    }
    __syncthreads();
    kept[rank] = mine[THREADS - 1 - t] + dynamic[THREADS - 1 - t];
}

static void test_rounds()
{
    const int n = BLOCKS * THREADS, ROUNDS = 5;
    std::vector<int> zeros(n, 0);
    int *a = to_device(zeros), *b = to_device(zeros), *kept = to_device(zeros);
    void *arguments[] = { &a, &b, &kept };
    CUDA(cudaLaunchCooperativeKernel((void *)rounds<ROUNDS>, BLOCKS, THREADS, arguments,
                                     THREADS * sizeof(int), nullptr));
    std::vector<int> result = to_host(a, n), held = to_host(kept, n);
    for (int i = 0; i < n; i++) {
        int partner = i / THREADS * THREADS + THREADS - 1 - i % THREADS;
        EXPECT(result[i] == (i + ROUNDS * (THREADS + 1)) % n + ROUNDS, "rounds: %d is %d", i, result[i]);
        EXPECT(held[i] == 3 * partner, "kept: %d is %d", i, held[i]);
    }
    cudaFree(a), cudaFree(b), cudaFree(kept);
}

/* A sum in one kernel: partial sums, a barrier, one block adds them up. */
__global__ void sum_at_once(const int *x, int n, int *parts, int *sum)
{
    cg::grid_group grid = cg::this_grid();
    __shared__ int part;
    if (threadIdx.x == 0) part = 0;
    __syncthreads();
    for (unsigned i = (unsigned)grid.thread_rank(); i < (unsigned)n; i += (unsigned)grid.size())
        atomicAdd(&part, x[i]);
    __syncthreads();
    if (threadIdx.x == 0) parts[blockIdx.x] = part;
    cg::sync(grid);
    if (grid.thread_rank() == 0)
        for (unsigned b = 0; b < gridDim.x; b++) *sum += parts[b];
}

static void test_sum()
{
    const int n = 5000;
    std::vector<int> x(n), zeros(BLOCKS, 0);
    int wanted = 0;
    for (int i = 0; i < n; i++) wanted += x[i] = i % 13 - 5;
    int *device = to_device(x), *parts = to_device(zeros), *sum = to_device(zeros), count = n;
    void *arguments[] = { &device, &count, &parts, &sum };
    CUDA(cudaLaunchCooperativeKernel(sum_at_once, dim3(BLOCKS), dim3(THREADS), arguments));
    EXPECT(to_host(sum, 1)[0] == wanted, "sum %d, not %d", to_host(sum, 1)[0], wanted);
    cudaFree(device), cudaFree(parts), cudaFree(sum);
}

/* ---- blocks that spin ---- */

/* Block i waits for block i + step: a chain in one direction, whichever block starts first. */
__global__ void chain(int *turn, int *order, int step)
{
    __shared__ int seen[32];
    int first = step > 0 ? (int)gridDim.x - 1 : 0;
    int place = step > 0 ? first - (int)blockIdx.x : (int)blockIdx.x;
    seen[threadIdx.x] = (int)blockIdx.x;
    __syncthreads();
    if (threadIdx.x == 0) {
        while (atomicAdd(turn, 0) != place) __nanosleep(100);
        __threadfence();
        order[place] = seen[31];
        __threadfence();
        atomicAdd(turn, 1);
    }
}

static void test_chain()
{
    const int n = 40;
    for (int step : { 1, -1 }) {
        std::vector<int> zeros(n, 0);
        int *turn = to_device(zeros), *order = to_device(zeros);
        chain<<<n, 32>>>(turn, order, step);
        std::vector<int> result = to_host(order, n);
        for (int i = 0; i < n; i++)
            EXPECT(result[i] == (step > 0 ? n - 1 - i : i), "chain %d: place %d is block %d", step, i,
                   result[i]);
        cudaFree(turn), cudaFree(order);
    }
}

/* A scan in one pass: a block takes the next tile, and waits for the sum of all before. */
__global__ void scan_with_lookback(const int *x, int *y, int n, int *next_tile, int *ready, int *sums)
{
    __shared__ int tile, before, values[64];
    int t = threadIdx.x;
    if (t == 0) tile = atomicAdd(next_tile, 1);
    __syncthreads();
    int i = tile * 64 + t;
    values[t] = i < n ? x[i] : 0;
    __syncthreads();
    for (int distance = 1; distance < 64; distance *= 2) {
        int add = t >= distance ? values[t - distance] : 0;
        __syncthreads();
        values[t] += add;
        __syncthreads();
    }
    if (t == 0) {
        before = 0;
        if (tile > 0) {
            while (atomicAdd(&ready[tile - 1], 0) == 0) continue;
            __threadfence();
            before = sums[tile - 1];
        }
        sums[tile] = before + values[63];
        __threadfence();
        atomicExch(&ready[tile], 1);
    }
    __syncthreads();
    if (i < n) y[i] = before + values[t];
}

static void test_scan()
{
    const int tiles = 150, n = tiles * 64 - 17; /* more blocks than are resident at one time */
    std::vector<int> x(n), zeros(tiles, 0);
    for (int i = 0; i < n; i++) x[i] = i % 7 - 2;
    int *device = to_device(x), *y = to_device(x), *next = to_device(zeros), *ready = to_device(zeros),
        *sums = to_device(zeros);
    scan_with_lookback<<<tiles, 64>>>(device, y, n, next, ready, sums);
    std::vector<int> result = to_host(y, n);
    int sum = 0;
    for (int i = 0; i < n; i++)
        EXPECT(result[i] == (sum += x[i]), "scan: %d is %d, not %d", i, result[i], sum);
    for (int *p : { device, y, next, ready, sums }) cudaFree(p);
}

/* All blocks under one lock, which its holder keeps while others come. */
__global__ void count_under_lock(int *lock, int *count)
{
    if (threadIdx.x != 0) return;
    for (int i = 0; i < 3; i++) {
        while (atomicCAS(lock, 0, 1) != 0) continue;
        __threadfence();
        int old = *count;
        __nanosleep(20);
        *count = old + 1;
        __threadfence();
        atomicExch(lock, 0);
    }
}

static void test_lock()
{
    std::vector<int> zeros(1, 0);
    int *lock = to_device(zeros), *count = to_device(zeros);
    count_under_lock<<<20, 32>>>(lock, count);
    EXPECT(to_host(count, 1)[0] == 60, "under the lock: %d", to_host(count, 1)[0]);
    cudaFree(lock), cudaFree(count);
}

/* ---- what is refused ---- */

static void test_limits()
{
    int most;
    CUDA(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&most, sum_at_once, THREADS, 0));
    cudaDeviceProp p;
    CUDA(cudaGetDeviceProperties(&p, 0));
    EXPECT(p.cooperativeLaunch, "no cooperative launch");
    unsigned blocks = (unsigned)(most * p.multiProcessorCount);
    std::vector<int> x(100, 1), zeros(blocks, 0);
    int *device = to_device(x), *parts = to_device(zeros), *sum = to_device(zeros), count = 100;
    void *arguments[] = { &device, &count, &parts, &sum };
    CUDA(cudaLaunchCooperativeKernel((void *)sum_at_once, blocks, THREADS, arguments));
    EXPECT(to_host(sum, 1)[0] == 100, "the largest grid: %d", to_host(sum, 1)[0]);
    emu::options.throws = true; /* the finding is not printed */
    cudaError_t error = cudaLaunchCooperativeKernel((void *)sum_at_once, blocks + 1, THREADS, arguments);
    EXPECT(error == cudaErrorCooperativeLaunchTooLarge, "a block more: %s", cudaGetErrorName(error));
    EXPECT(cudaGetLastError() == error, "the error is not kept");
    emu::options.throws = false;
    emu::forget_findings();
    cudaFree(device), cudaFree(parts), cudaFree(sum);
}

int main()
{
    test_rounds();
    test_sum();
    test_chain();
    test_scan();
    test_lock();
    test_limits();
    return finish();
}
