/* emu_spins.cu - loops of plain reads, which wait for what another lane, thread, block or the host writes.
 * Right in every order, and silent in the race build. */
#include <cuda/atomic>
#include "emu_test.h"
#include "emu/testing.h"

/* ---- threads of one block ---- */

/* Each lane waits for the next: half of a warp waits for the other half, and a warp for the next warp. */
__global__ void chain_of_threads(volatile int *turn, int *order)
{
    int mine = (int)(blockDim.x - 1 - threadIdx.x);
    while (*turn != mine) {
    }
    __threadfence_block();
    order[mine] = (int)threadIdx.x;
    __threadfence_block();
    *turn = mine + 1;
}

static void test_threads()
{
    for (int threads : { 7, 32, 100 }) {
        std::vector<int> zeros((size_t)threads, -1), zero(1, 0);
        int *turn = to_device(zero), *order = to_device(zeros);
        chain_of_threads<<<1, threads>>>(turn, order);
        std::vector<int> result = to_host(order, (size_t)threads);
        for (int i = 0; i < threads; i++)
            EXPECT(result[(size_t)i] == threads - 1 - i, "of %d threads, place %d is %d", threads, i,
                   result[(size_t)i]);
        cudaFree(turn), cudaFree(order);
    }
}

/* One warp waits at a barrier while another waits for a third in a loop. */
__global__ void producer_and_consumer(const int *x, int *y, int rounds)
{
    __shared__ volatile int full;
    __shared__ volatile int value;
    if (threadIdx.x == 0) full = 0;
    __syncthreads();
    for (int round = 0; round < rounds; round++) {
        if (threadIdx.x == 64) {
            while (full) {
            }
            __threadfence_block();
            value = x[round];
            __threadfence_block();
            full = 1;
        }
        if (threadIdx.x == 3) {
            for (;;) {
                if (full) break;
            }
            __threadfence_block();
            y[round] = value;
            __threadfence_block();
            full = 0;
        }
        __syncthreads();
    }
}

static void test_producer()
{
    const int n = 20;
    std::vector<int> x(n), zeros(n, 0);
    for (int i = 0; i < n; i++) x[(size_t)i] = 3 * i + 1;
    int *in = to_device(x), *out = to_device(zeros);
    producer_and_consumer<<<2, 96>>>(in, out, 0);
    producer_and_consumer<<<1, 96>>>(in, out, n);
    std::vector<int> result = to_host(out, n);
    for (int i = 0; i < n; i++)
        EXPECT(result[(size_t)i] == x[(size_t)i], "round %d gives %d", i, result[(size_t)i]);
    cudaFree(in), cudaFree(out);
}

/* ---- blocks ---- */

__device__ int now(const volatile int *flag, int i)
{
    return flag[i];
}
__device__ __forceinline__ int look_at(const int *flag)
{
    return *(const volatile int *)flag;
}

/* The ways to write such a loop. Block i waits for block i + step. */
template <int WAY> __global__ void chain_of_blocks(volatile int *done, int *order, int step)
{
    int i = (int)blockIdx.x, last = (int)gridDim.x - 1, before = i + step, place = 0;
    if (threadIdx.x == 0 && before >= 0 && before <= last) {
        if (WAY == 0)
            while (done[before] == 0)
                ;
        else if (WAY == 1) {
            int seen;
            do {
                seen = done[before];
            } while (!seen);
        } else if (WAY == 2) {
            while (true) {
                int seen = done[before];
                if (seen) break;
            }
        } else if (WAY == 3) {
            while (!now(done, before)) continue;
        } else if (WAY == 4) {
            for (; look_at((const int *)&done[before]) == 0;) {
            }
        } else if (WAY == 5) {
            int tries = 0;
            while (tries >= 0)
                if (now(done, before))
                    tries = -1;
                else
                    tries = (tries + 1) % 1000;
        } else {
            int seen;
            do asm volatile("ld.volatile.global.s32 %0, [%1];" : "=r"(seen) : "l"(&done[before]) : "memory");
            while (seen == 0);
        }
        __threadfence();
        place = order[before] + 1;
    }
    if (threadIdx.x == 0) {
        order[i] = place;
        __threadfence();
        done[i] = 1;
    }
}

template <int WAY> static void test_blocks()
{
    const int n = 30;
    for (int step : { 1, -1 }) {
        std::vector<int> zeros(n, 0);
        int *done = to_device(zeros), *order = to_device(zeros);
        chain_of_blocks<WAY><<<n, 33>>>(done, order, step);
        std::vector<int> result = to_host(order, n);
        for (int i = 0; i < n; i++)
            EXPECT(result[(size_t)i] == (step > 0 ? n - 1 - i : i), "way %d, step %d: block %d is %d", WAY,
                   step, i, result[(size_t)i]);
        cudaFree(done), cudaFree(order);
    }
}

/* Blocks meet at a barrier of their own, all threads of each in the loop. */
__global__ void home_made_barrier(int *count, volatile int *phase, const int *x, int *y)
{
    int n = (int)(gridDim.x * blockDim.x), i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    y[i] = x[i];
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0 && atomicAdd(count, 1) == (int)gridDim.x - 1) {
        __threadfence();
        *phase = 1;
    }
    while (*phase == 0)
        ;
    __threadfence();
    y[i + n] = y[(i + (int)blockDim.x) % n];
}

static void test_barrier()
{
    const int blocks = 9, threads = 64, n = blocks * threads;
    std::vector<int> x(n), zeros(2 * n, 0), zero(1, 0);
    for (int i = 0; i < n; i++) x[(size_t)i] = i * i;
    int *in = to_device(x), *out = to_device(zeros), *count = to_device(zero), *phase = to_device(zero);
    home_made_barrier<<<blocks, threads>>>(count, phase, in, out);
    std::vector<int> result = to_host(out, 2 * n);
    for (int i = 0; i < n; i++) {
        int from = (i + threads) % n;
        EXPECT(result[(size_t)(n + i)] == from * from, "barrier: %d is %d", i, result[(size_t)(n + i)]);
    }
    for (int *p : { in, out, count, phase }) cudaFree(p);
}

/* A long loop that only looks like one: other threads run between, and it comes to its end. */
__global__ void long_loop(const volatile int *x, int *y, int rounds)
{
    int sum = 0;
    for (int i = 0; i < rounds; i++) sum += x[i % 32];
    y[threadIdx.x] = sum;
}

static void test_long()
{
    std::vector<int> x(32, 1), zeros(40, 0);
    int *in = to_device(x), *out = to_device(zeros);
    long_loop<<<1, 40>>>(in, out, 100000);
    std::vector<int> result = to_host(out, 40);
    for (int i = 0; i < 40; i++)
        EXPECT(result[(size_t)i] == 100000, "long loop %d: %d", i, result[(size_t)i]);
    cudaFree(in), cudaFree(out);
}

/* ---- the host ---- */

__global__ void wait_for_host(volatile int *latch, const int *values, int *result)
{
    while (latch[0] < 1)
        ;
    __threadfence_system();
    if (threadIdx.x == 0) *result = values[1];
}

static void test_host(const char *kind, int *latch)
{
    std::vector<int> zero(1, 0);
    int *result = to_device(zero);
    latch[0] = latch[1] = 0;
    cudaStream_t stream;
    CUDA(cudaStreamCreate(&stream));
    wait_for_host<<<1, 32, 0, stream>>>(latch, latch, result);
    latch[1] = 42;
    ((volatile int *)latch)[0] = 1;
    CUDA(cudaStreamSynchronize(stream));
    EXPECT(to_host(result, 1)[0] == 42, "%s: %d", kind, to_host(result, 1)[0]);
    CUDA(cudaStreamDestroy(stream));
    cudaFree(result);
}

/* ... and the host waits for the kernel. */
__global__ void tell_host(volatile int *mailbox)
{
    if (threadIdx.x != 0) return;
    mailbox[1] = 7;
    __threadfence_system();
    mailbox[0] = 1;
}

static void test_mailbox()
{
    volatile int *mailbox;
    CUDA(cudaMallocManaged((void **)&mailbox, 2 * sizeof(int)));
    mailbox[0] = mailbox[1] = 0;
    tell_host<<<1, 32>>>(mailbox);
    while (mailbox[0] == 0)
        ;
    EXPECT(mailbox[1] == 7, "the mailbox has %d", mailbox[1]);
    CUDA(cudaDeviceSynchronize());
    cudaFree((void *)mailbox);
}

/* The kernel that waits is a node of a graph. */
static void test_graph()
{
    int *latch;
    CUDA(cudaMallocManaged(&latch, 2 * sizeof(int)));
    latch[0] = latch[1] = 0;
    int *result = to_device(std::vector<int>(1, 0));
    cudaStream_t stream;
    cudaGraph_t graph;
    cudaGraphExec_t exec;
    CUDA(cudaStreamCreate(&stream));
    CUDA(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
    wait_for_host<<<1, 32, 0, stream>>>(latch, latch, result);
    CUDA(cudaStreamEndCapture(stream, &graph));
    CUDA(cudaGraphInstantiate(&exec, graph, 0));
    CUDA(cudaGraphLaunch(exec, stream));
    latch[1] = 43;
    latch[0] = 1;
    CUDA(cudaStreamSynchronize(stream));
    EXPECT(to_host(result, 1)[0] == 43, "in a graph: %d", to_host(result, 1)[0]);
    CUDA(cudaGraphExecDestroy(exec));
    CUDA(cudaGraphDestroy(graph));
    CUDA(cudaStreamDestroy(stream));
    cudaFree(latch), cudaFree(result);
}

/* Host and kernel count in one array at one time, as a device with concurrentManagedAccess lets them. */
__global__ void count(int *sums)
{
    atomicAdd_system(&sums[threadIdx.x % 4], 1);
}

static void test_together()
{
    int *sums, can;
    CUDA(cudaDeviceGetAttribute(&can, cudaDevAttrConcurrentManagedAccess, 0));
    EXPECT(can == 1, "concurrentManagedAccess is %d", can);
    CUDA(cudaMallocManaged(&sums, 4 * sizeof(int)));
    for (int i = 0; i < 4; i++) sums[i] = 0;
    cudaStream_t stream;
    CUDA(cudaStreamCreate(&stream));
    CUDA(cudaStreamAttachMemAsync(stream, sums));
    CUDA(cudaMemAdvise(sums, 4 * sizeof(int), cudaMemAdviseSetPreferredLocation, 0));
    CUDA(cudaMemPrefetchAsync(sums, 4 * sizeof(int), 0, stream));
    for (int round = 0; round < 3; round++) {
        count<<<2, 64, 0, stream>>>(sums);
        if (round == 0) __sync_fetch_and_add(&sums[0], 10);
        if (round == 1) __atomic_exchange_n(&sums[1], 1000, __ATOMIC_SEQ_CST);
        if (round == 2) cuda::atomic_ref<int>(sums[2]).fetch_add(10);
        CUDA(cudaStreamSynchronize(stream));
    }
    bool ok = sums[0] == 106 && sums[1] >= 1000 && sums[2] == 106 && sums[3] == 96;
    EXPECT(ok, "sums %d %d %d %d", sums[0], sums[1], sums[2], sums[3]);
    CUDA(cudaStreamDestroy(stream));
    cudaFree(sums);
}

int main()
{
    test_threads();
    test_producer();
    test_blocks<0>();
    test_blocks<1>();
    test_blocks<2>();
    test_blocks<3>();
    test_blocks<4>();
    test_blocks<5>();
    test_blocks<6>();
    test_barrier();
    test_long();
    int *managed, *pinned;
    CUDA(cudaMallocManaged(&managed, 2 * sizeof(int)));
    CUDA(cudaMallocHost(&pinned, 2 * sizeof(int)));
    test_host("managed", managed);
    test_host("pinned", pinned);
    cudaFree(managed), cudaFreeHost(pinned);
    test_mailbox();
    test_graph();
    test_together();
    return finish();
}
