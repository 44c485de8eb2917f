/* emu_cores.cu - blocks of a launch on two cores give what one core gives, and kernels for which that cannot
 * be known stay on one. */
#include <cuda_runtime.h>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>
#include "emu/testing.h"
#include "emu_test.h"

const int BLOCKS = 64, THREADS = 64, N = BLOCKS * THREADS;

struct Arrays {
    int *y, *count, *pid;  /* N, 4, BLOCKS */
    int *pinned, *managed; /* BLOCKS */
};

__device__ int changed;
__managed__ int changed_managed;

__device__ void sign(const Arrays &a)
{
    if (threadIdx.x == 0) a.pid[blockIdx.x] = getpid();
}

/* ---- what may run on both ---- */

__global__ void reverses(Arrays a)
{
    __shared__ int s[THREADS];
    s[threadIdx.x] = blockIdx.x * THREADS + threadIdx.x;
    __syncthreads();
    a.y[blockIdx.x * THREADS + threadIdx.x] += s[THREADS - 1 - threadIdx.x] * 3;
    sign(a);
}

__global__ void counts_in_shared(Arrays a)
{
    __shared__ int s;
    if (threadIdx.x == 0) s = 0;
    __syncthreads();
    atomicAdd(&s, threadIdx.x);
    __syncthreads();
    a.y[blockIdx.x * THREADS + threadIdx.x] = s;
    sign(a);
}

__global__ void writes_host_memory(Arrays a)
{
    if (threadIdx.x == 0) a.pinned[blockIdx.x] += blockIdx.x, a.managed[blockIdx.x] += 2 * blockIdx.x;
    sign(a);
}

/* What it allocates, it frees. */
__global__ void allocates_and_frees(Arrays a)
{
    int *own = new int(threadIdx.x);
    a.y[blockIdx.x * THREADS + threadIdx.x] = *own;
    delete own;
    sign(a);
}

/* The emulator keeps the statement, which is no memory of the kernel's. */
__global__ void adds_by_ptx(Arrays a)
{
    int *y = a.y + blockIdx.x * THREADS + threadIdx.x;
    if (blockIdx.x % 2 == 0) asm("add.s32 %0, %0, 5;" : "+r"(*y));
    if (blockIdx.x % 2 == 1) asm("add.s32 %0, %0, 7;" : "+r"(*y));
    sign(a);
}

/* ---- what may not ---- */

__global__ void counts_by_ptx(Arrays a)
{
    asm volatile("red.global.add.s32 [%0], 1;" ::"l"(a.count) : "memory");
    sign(a);
}

__global__ void asks_time_by_ptx(Arrays a)
{
    unsigned ticks;
    asm volatile("mov.u32 %0, %%clock;" : "=r"(ticks));
    a.y[blockIdx.x * THREADS + threadIdx.x] = ticks > 0;
    sign(a);
}

__global__ void counts(Arrays a)
{
    a.y[blockIdx.x * THREADS + threadIdx.x] = atomicAdd(a.count, 1);
    sign(a);
}

__global__ void counts_once(Arrays a)
{
    if (threadIdx.x == 0 && (blockIdx.x == 5 || blockIdx.x == BLOCKS - 1))
        a.y[blockIdx.x] = atomicAdd(a.count, blockIdx.x == 5);
    sign(a);
}

__global__ void reads_behind_fence(Arrays a)
{
    if (threadIdx.x == 0 && blockIdx.x == 5) a.y[5] = 5;
    if (threadIdx.x == 0) __threadfence();
    if (threadIdx.x == 0 && blockIdx.x == BLOCKS - 1) a.y[BLOCKS] = a.y[5];
    sign(a);
}

__global__ void writes_one_word(Arrays a)
{
    a.y[0] = blockIdx.x;
    sign(a);
}

__global__ void writes_variable(Arrays a)
{
    a.y[blockIdx.x * THREADS + threadIdx.x] = changed;
    if (blockIdx.x == BLOCKS / 2) changed = 7;
    sign(a);
}

__global__ void writes_managed_variable(Arrays a)
{
    a.y[blockIdx.x * THREADS + threadIdx.x] = changed_managed;
    if (blockIdx.x == BLOCKS / 2) changed_managed = 7;
    sign(a);
}

__global__ void asks_time(Arrays a)
{
    a.y[blockIdx.x * THREADS + threadIdx.x] = clock64() > 0;
    sign(a);
}

__global__ void prints(Arrays a)
{
    if (threadIdx.x == 0) printf("%d ", blockIdx.x);
    sign(a);
}

__global__ void waits(Arrays a)
{
    if (threadIdx.x == 0) {
        while (blockIdx.x > 0 && ((volatile int *)a.y)[blockIdx.x - 1] == 0) __nanosleep(10);
        __threadfence();
        a.y[blockIdx.x] = blockIdx.x + 1;
    }
    sign(a);
}

/* It gives nothing else a turn: in a copy that does not run the block before, this would never end. */
__global__ void spins(Arrays a)
{
    if (threadIdx.x == 0) {
        while (blockIdx.x > 0 && ((volatile int *)a.y)[blockIdx.x - 1] == 0) continue;
        a.y[blockIdx.x] = blockIdx.x + 1;
    }
    sign(a);
}

__global__ void waits_for_next(Arrays a)
{
    if (threadIdx.x == 0) {
        a.y[blockIdx.x] = 1;
        while (blockIdx.x + 1 < gridDim.x && ((volatile int *)a.y)[blockIdx.x + 1] == 0) __nanosleep(10);
    }
    sign(a);
}

__global__ void fails(Arrays a)
{
    if (blockIdx.x >= BLOCKS / 2) a.y[N + 4096] = 1;
    sign(a);
}

__global__ void diverges(Arrays a)
{
    sign(a);
    if (blockIdx.x == BLOCKS - 1 && threadIdx.x < 32) __syncthreads();
}

/* Leaves memory that the copies would not share: from now on all kernels stay on one core. */
__global__ void allocates(Arrays a)
{
    sign(a);
    if (blockIdx.x < BLOCKS / 2) return;
    int *volatile own = (int *)malloc(sizeof(int));
    *own = threadIdx.x;
    a.y[blockIdx.x * THREADS + threadIdx.x] = *own;
}

/* ---- run on so many cores ---- */

static bool with_host_memory = true; /* has the program pinned and managed memory? */

struct Outcome {
    std::vector<int> y, count;
    std::string failure;
    size_t processes;
};

template <void (*kernel)(Arrays)> static Outcome run(unsigned cores)
{
    Arrays a;
    std::vector<int> pid(BLOCKS);
    Outcome o = { std::vector<int>(N), std::vector<int>(4), "", 0 };
    changed = changed_managed = 1;
    emu::options.cores = cores;
    cudaMalloc(&a.y, N * sizeof(int));
    cudaMalloc(&a.count, 4 * sizeof(int));
    cudaMalloc(&a.pid, BLOCKS * sizeof(int));
    std::vector<int> instead(BLOCKS); /* of host memory */
    a.pinned = a.managed = instead.data();
    if (with_host_memory) {
        cudaMallocHost(&a.pinned, BLOCKS * sizeof(int));
        cudaMallocManaged(&a.managed, BLOCKS * sizeof(int));
        std::fill_n(a.pinned, BLOCKS, 1);
        std::fill_n(a.managed, BLOCKS, 1);
    }
    cudaMemset(a.y, 0, N * sizeof(int));
    cudaMemset(a.count, 0, 4 * sizeof(int));
    cudaMemset(a.pid, 0, BLOCKS * sizeof(int));
    try {
        kernel<<<BLOCKS, THREADS>>>(a);
        cudaDeviceSynchronize();
    } catch (const emu::Failure &failure) {
        o.failure = failure.what;
    }
    cudaMemcpy(o.y.data(), a.y, N * sizeof(int), cudaMemcpyDeviceToHost);
    cudaMemcpy(o.count.data(), a.count, 4 * sizeof(int), cudaMemcpyDeviceToHost);
    cudaMemcpy(pid.data(), a.pid, BLOCKS * sizeof(int), cudaMemcpyDeviceToHost);
    o.y.insert(o.y.end(), a.pinned, a.pinned + BLOCKS);
    o.y.insert(o.y.end(), a.managed, a.managed + BLOCKS);
    o.processes = std::set<int>(pid.begin(), pid.end()).size();
    cudaFree(a.y);
    cudaFree(a.count);
    cudaFree(a.pid);
    if (with_host_memory) {
        cudaFreeHost(a.pinned);
        cudaFree(a.managed);
    }
    return o;
}

template <void (*kernel)(Arrays)> static void compare(const char *name, bool may)
{
    Outcome one = run<kernel>(1), two = run<kernel>(2), again = run<kernel>(2);
    for (const Outcome *o : { &two, &again }) {
        EXPECT(one.y == o->y && one.count == o->count, "%s: other results on two cores", name);
        EXPECT(one.failure == o->failure, "%s: on two cores '%s', on one '%s'", name, o->failure.c_str(),
               one.failure.c_str());
        /* the first block runs in the process itself, the others in two copies */
        EXPECT((o->processes == 3) == may, "%s ran in %zu processes", name, o->processes);
    }
    EXPECT(one.processes < 3, "%s on one core ran in %zu processes", name, one.processes);
}

static bool sleeps(long thread)
{
    std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
    std::string line;
    std::getline(stat, line);
    return line.find(") S ") != std::string::npos;
}

/* Beside a thread that sleeps until it is told, as OpenMP's do between two loops, and one that works. */
static void compare_with_threads()
{
    int wake[2];
    volatile bool work = true;
    if (pipe(wake)) exit(1);
    std::atomic<long> number(0);
    std::thread sleeper([&] {
        char byte;
        number = syscall(SYS_gettid);
        while (read(wake[0], &byte, 1) < 0) continue;
    });
    while (number == 0 || !sleeps(number)) usleep(1000);
    compare<reverses>("reverses beside a thread that may touch its memory", false);
    with_host_memory = false;
    compare<counts_in_shared>("counts_in_shared beside a thread that sleeps", true);
    std::thread worker([&] {
        while (work) continue;
    });
    compare<adds_by_ptx>("adds_by_ptx beside a thread that works", false);
    work = false;
    worker.join();
    if (write(wake[1], "", 1) != 1) exit(1);
    sleeper.join();
    with_host_memory = true;
}

int main()
{
    emu::options.throws = true;
    emu::options.patience = 0;
    printf("0\n"); /* the first printf of a process allocates */
    compare<reverses>("reverses", true);
    compare<counts_in_shared>("counts_in_shared", true);
    compare<writes_host_memory>("writes_host_memory", true);
    compare<allocates_and_frees>("allocates_and_frees", true);
    compare<writes_managed_variable>("writes_managed_variable", false);
    compare<adds_by_ptx>("adds_by_ptx", true);
    compare<counts_by_ptx>("counts_by_ptx", false);
    compare<asks_time_by_ptx>("asks_time_by_ptx", false);
    compare<counts>("counts", false);
    compare<counts_once>("counts_once", false);
    compare<reads_behind_fence>("reads_behind_fence", false);
    compare<writes_one_word>("writes_one_word", false);
    compare<writes_variable>("writes_variable", false);
    compare<asks_time>("asks_time", false);
    compare<prints>("prints", false);
    compare<waits>("waits", false);
    compare<spins>("spins", false);
    compare<waits_for_next>("waits_for_next", false);
    compare<fails>("fails", false);
    compare<diverges>("diverges", false);
    compare_with_threads();
    compare<reverses>("reverses", true);
    compare<allocates>("allocates", false);
    compare<reverses>("reverses after malloc", false);
    return finish();
}
