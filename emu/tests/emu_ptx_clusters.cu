/* emu_ptx_clusters.cu - inline PTX of clusters: mapa, getctarank, loads, stores and atomics in another
 * block's shared memory, the cluster's barrier and special registers; and what is refused, with its words. */
#include <emu/testing.h>
#include "emu_test.h"

typedef unsigned long long u64;

enum { THREADS = 64, SIZE = 4, BLOCKS = 8 };

#define SHARED(pointer) ((unsigned)__cvta_generic_to_shared(pointer))

__device__ void cluster_sync()
{
    asm volatile("barrier.cluster.arrive.release.aligned; barrier.cluster.wait.acquire.aligned;" ::
                     : "memory");
}
__device__ unsigned rank_in_cluster()
{
    unsigned rank;
    asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
    return rank;
}
__device__ unsigned mapped(const void *own, unsigned rank)
{
    unsigned there;
    asm volatile("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(there) : "r"(SHARED(own)), "r"(rank));
    return there;
}

/* ---- addresses ---- */

/* Each block writes to the next, reads from the one before, static and dynamic arrays alike. */
__global__ void __cluster_dims__(SIZE) ring(const int *x, int *y)
{
    extern __shared__ int dynamic[];
    __shared__ int fixed[THREADS];
    const unsigned rank = rank_in_cluster(), next = (rank + 1) % SIZE, before = (rank + SIZE - 1) % SIZE;
    const int t = (int)threadIdx.x, i = (int)blockIdx.x * THREADS + t;
    int read;
    u64 there;
    fixed[t] = x[i];
    cluster_sync();
    asm volatile("st.shared::cluster.u32 [%0], %1;" ::"r"(mapped(&dynamic[t], next)), "r"(10 * x[i])
                 : "memory");
    asm volatile("mapa.u64 %0, %1, %2;" : "=l"(there) : "l"(&fixed[t]), "r"(before));
    asm volatile("ld.u32 %0, [%1];" : "=r"(read) : "l"(there));
    const int generic = *(const int *)there;
    cluster_sync();
    y[i] = dynamic[t] + read + generic;
    asm volatile("ld.shared::cluster.u32 %0, [%1+4];" : "=r"(read) : "r"(mapped(fixed, rank)));
    y[i] += read - fixed[1]; /* its own: 0 */
    cluster_sync();
}

static void check_ring()
{
    std::vector<int> x;
    for (int i = 0; i < BLOCKS * THREADS; i++) x.push_back(i * 7 % 101);
    int *in = to_device(x), *out = to_device(std::vector<int>(x.size(), 0));
    ring<<<BLOCKS, THREADS, THREADS * sizeof(int)>>>(in, out);
    const auto y = to_host(out, x.size());
    for (int i = 0; i < BLOCKS * THREADS; i++) {
        int block = i / THREADS, before = block / SIZE * SIZE + (block % SIZE + SIZE - 1) % SIZE;
        int from = x[(size_t)(before * THREADS + i % THREADS)];
        EXPECT(y[(size_t)i] == 12 * from, "element %d is %d, not %d", i, y[(size_t)i], 12 * from);
    }
    CUDA(cudaFree(in));
    CUDA(cudaFree(out));
}

/* What an address says of its block; conversions there and back. */
__global__ void __cluster_dims__(SIZE) addresses(int *wrong)
{
    __shared__ int a[4];
    const unsigned mine = rank_in_cluster();
    bool ok = true;
    cluster_sync();
    for (unsigned rank = 0; rank < SIZE; rank++) {
        unsigned window = mapped(a + 1, rank), of_window, of_generic, back32, in_shared, in_own;
        u64 generic, converted, wide;
        asm volatile("mapa.u64 %0, %1, %2;" : "=l"(generic) : "l"(a + 1), "r"(rank));
        asm volatile("mapa.shared::cluster.u64 %0, %1, %2;"
                     : "=l"(wide)
                     : "l"((u64)SHARED(a + 1)), "r"(rank));
        asm volatile("getctarank.shared::cluster.u32 %0, %1;" : "=r"(of_window) : "r"(window));
        asm volatile("getctarank.u64 %0, %1;" : "=r"(of_generic) : "l"(generic));
        asm volatile("{ .reg .u64 c; cvta.to.shared::cluster.u64 c, %1; cvt.u32.u64 %0, c; }"
                     : "=r"(back32)
                     : "l"(generic));
        asm volatile("cvta.shared::cluster.u64 %0, %1;" : "=l"(converted) : "l"((u64)window));
        asm volatile("{ .reg .pred p; isspacep.shared::cluster p, %1; selp.u32 %0, 1, 0, p; }"
                     : "=r"(in_shared)
                     : "l"(generic));
        asm volatile("{ .reg .pred p; isspacep.shared::cta p, %1; selp.u32 %0, 1, 0, p; }"
                     : "=r"(in_own)
                     : "l"(generic));
        ok &= of_window == rank && of_generic == rank && converted == generic && wide == window;
        ok &= back32 == window && in_shared == 1 && in_own == (rank == mine);
        ok &= (SHARED((int *)generic) == window) && (rank != mine || window == SHARED(a + 1));
    }
    if (!ok) atomicAdd(wrong, 1);
    cluster_sync();
}

/* ---- atomics ---- */

__global__ void __cluster_dims__(SIZE) count_in_first(unsigned *sums)
{
    __shared__ unsigned sum, largest;
    const unsigned rank = rank_in_cluster();
    if (threadIdx.x == 0) sum = largest = 0;
    cluster_sync();
    unsigned old;
    asm volatile("atom.shared::cluster.add.u32 %0, [%1], %2;"
                 : "=r"(old)
                 : "r"(mapped(&sum, 0)), "r"(threadIdx.x)
                 : "memory");
    asm volatile("red.relaxed.cluster.shared::cluster.max.u32 [%0], %1;" ::"r"(mapped(&largest, 0)),
                 "r"(rank * THREADS + threadIdx.x)
                 : "memory");
    cluster_sync();
    if (rank == 0 && threadIdx.x == 0) {
        unsigned id;
        asm volatile("mov.u32 %0, %%clusterid.x;" : "=r"(id));
        sums[2 * id] = sum, sums[2 * id + 1] = largest;
    }
}

static void check_atomics()
{
    unsigned *sums = to_device(std::vector<unsigned>(2 * BLOCKS / SIZE, 0));
    int *wrong = to_device(std::vector<int>(1, 0));
    count_in_first<<<BLOCKS, THREADS>>>(sums);
    addresses<<<BLOCKS, THREADS>>>(wrong);
    const auto got = to_host(sums, 2 * BLOCKS / SIZE);
    for (size_t c = 0; c < BLOCKS / SIZE; c++)
        EXPECT(got[2 * c] == SIZE * THREADS * (THREADS - 1) / 2 && got[2 * c + 1] == SIZE * THREADS - 1,
               "cluster %zu: sum %u, largest %u", c, got[2 * c], got[2 * c + 1]);
    EXPECT(to_host(wrong, 1)[0] == 0, "%d threads find wrong addresses", to_host(wrong, 1)[0]);
    CUDA(cudaFree(sums));
    CUDA(cudaFree(wrong));
}

/* ---- a flag in another block's shared memory ---- */

/* The first block hands a number round; each waits for it with a loop of acquiring loads. */
__global__ void __cluster_dims__(SIZE) hand_round(int *y)
{
    __shared__ int flag, value;
    const unsigned rank = rank_in_cluster(), next = (rank + 1) % SIZE;
    if (threadIdx.x == 0) flag = 0, value = 0;
    cluster_sync();
    if (threadIdx.x == 0) {
        if (rank != 0)
            asm volatile(
                "{ .reg .pred p; .reg .b32 f; again: ld.acquire.cluster.shared::cluster.b32 f, [%0]; "
                "setp.eq.s32 p, f, 0; @p bra again; }" ::"r"(SHARED(&flag))
                : "memory");
        asm volatile("st.shared::cluster.s32 [%0], %1;" ::"r"(mapped(&value, next)), "r"(value + 1)
                     : "memory");
        asm volatile("st.release.cluster.shared::cluster.b32 [%0], 1;" ::"r"(mapped(&flag, next)) : "memory");
    }
    cluster_sync();
    if (threadIdx.x == 0) y[blockIdx.x] = value;
}

/* ---- registers ---- */

__global__ void registers(int *y)
{
    int r[13], explicitly;
    asm volatile("mov.u32 %0, %%clusterid.x; mov.u32 %1, %%clusterid.y; mov.u32 %2, %%clusterid.z;"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]));
    asm volatile("mov.u32 %0, %%nclusterid.x; mov.u32 %1, %%nclusterid.y; mov.u32 %2, %%nclusterid.z;"
                 : "=r"(r[3]), "=r"(r[4]), "=r"(r[5]));
    asm volatile(
        "mov.u32 %0, %%cluster_ctaid.x; mov.u32 %1, %%cluster_ctaid.y; mov.u32 %2, %%cluster_ctaid.z;"
        : "=r"(r[6]), "=r"(r[7]), "=r"(r[8]));
    asm volatile(
        "mov.u32 %0, %%cluster_nctaid.x; mov.u32 %1, %%cluster_nctaid.y; mov.u32 %2, %%cluster_nctaid.z;"
        : "=r"(r[9]), "=r"(r[10]), "=r"(r[11]));
    asm volatile("mov.u32 %0, %%cluster_nctarank;" : "=r"(r[12]));
    asm volatile("{ .reg .pred p; mov.pred p, %%is_explicit_cluster; selp.s32 %0, 1, 0, p; }"
                 : "=r"(explicitly));
    int block = (int)(blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z));
    for (int i = 0; i < 13; i++) y[15 * block + i] = r[i];
    y[15 * block + 13] = (int)rank_in_cluster();
    y[15 * block + 14] = explicitly;
}

static cudaLaunchConfig_t in_clusters(dim3 grid, unsigned threads, dim3 cluster,
                                      cudaLaunchAttribute *attribute)
{
    cudaLaunchConfig_t config = {};
    *attribute = {};
    attribute->id = cudaLaunchAttributeClusterDimension;
    attribute->val.clusterDim = { cluster.x, cluster.y, cluster.z };
    config.gridDim = grid;
    config.blockDim = threads;
    config.attrs = attribute;
    config.numAttrs = 1;
    return config;
}

static void check_registers()
{
    int *y = to_device(std::vector<int>(15 * 48, -1));
    cudaLaunchAttribute attribute;
    cudaLaunchConfig_t config = in_clusters(dim3(4, 2, 6), 1, dim3(2, 1, 3), &attribute);
    CUDA(cudaLaunchKernelEx(&config, registers, y));
    const auto got = to_host(y, 15 * 48);
    const int block = 3 + 4 * (1 + 2 * 4); /* (3,1,4): block (1,0,1) of cluster (1,1,1) */
    const int wanted[15] = { 1, 1, 1, 2, 2, 2, 1, 0, 1, 2, 1, 3, 6, 3, 1 };
    for (int i = 0; i < 15; i++)
        EXPECT(got[(size_t)(15 * block + i)] == wanted[i], "register %d: %d, not %d", i,
               got[(size_t)(15 * block + i)], wanted[i]);
    registers<<<2, 1>>>(y); /* without clusters each block is one */
    const auto alone = to_host(y, 30);
    const int of_second[15] = { 1, 0, 0, 2, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0 };
    for (int i = 0; i < 15; i++)
        EXPECT(alone[(size_t)(15 + i)] == of_second[i], "without clusters, register %d: %d", i,
               alone[(size_t)(15 + i)]);
    int *round = to_device(std::vector<int>(BLOCKS, 0));
    hand_round<<<BLOCKS, 32>>>(round);
    const auto handed = to_host(round, BLOCKS);
    for (int b = 0; b < BLOCKS; b++)
        EXPECT(handed[(size_t)b] == (b % SIZE ? b % SIZE : SIZE), "block %d was handed %d", b,
               handed[(size_t)b]);
    CUDA(cudaFree(y));
    CUDA(cudaFree(round));
}

/* ---- what is refused ---- */

#define REFUSED(name, ...)              \
    __global__ void name(unsigned *to)  \
    {                                   \
        extern __shared__ unsigned d[]; \
        unsigned r = 0;                 \
        const unsigned own = SHARED(d); \
        cluster_sync();                 \
        __VA_ARGS__;                    \
        cluster_sync();                 \
        to[threadIdx.x] = r + own;      \
    }

REFUSED(no_such_rank, asm volatile("mapa.shared::cluster.u32 %0, %1, 2;" : "=r"(r) : "r"(own)))
REFUSED(not_shared, asm volatile("{ .reg .u64 p; mapa.u64 p, %0, 1; }" ::"l"(to)))
REFUSED(past_array,
        asm volatile("st.shared::cluster.u32 [%0], 1;" ::"r"(mapped(d, 1 ^ rank_in_cluster()) + 4096)))
REFUSED(wild, asm volatile("ld.shared::cluster.u32 %0, [%1];" : "=r"(r) : "r"(0x77001000)))
REFUSED(of_the_block_only, asm volatile("ld.shared.u32 %0, [%1];"
                                        : "=r"(r)
                                        : "r"(mapped(d, 1 ^ rank_in_cluster()))))
REFUSED(arrives_twice, asm volatile("barrier.cluster.arrive; barrier.cluster.arrive;"))
REFUSED(no_such_form, asm volatile("mapa.u32 %0, %1, 0;" : "=r"(r) : "r"(own)))

__global__ void gone(unsigned *to)
{
    extern __shared__ unsigned d[];
    d[threadIdx.x] = 1;
    const unsigned there = mapped(d, 1);
    cluster_sync();
    if (rank_in_cluster() == 1) return; /* the last to come goes on first */
    unsigned r;
    asm volatile("ld.shared::cluster.u32 %0, [%1];" : "=r"(r) : "r"(there));
    to[threadIdx.x] = r;
}

static const struct {
    void (*kernel)(unsigned *);
    const char *kind, *words;
} refused_ones[] = {
    { no_such_rank, "cluster", "mapa of rank 2; the cluster has 2 blocks" },
    { not_shared, "cluster", "mapa of an address that is not in shared memory" },
    { past_array, "bounds", "byte 4096 of 64 bytes of another block's dynamic shared memory" },
    { wild, "ptx", "0x77001000 is no address of the cluster's shared memory: no block of it has rank 13" },
    { of_the_block_only, "ptx", "in the shared memory of another block" },
    { arrives_twice, "cluster", "arrives again without a wait" },
    { no_such_form, "ptx", "this form of the instruction is not interpreted: 'mapa.u32'" },
    { gone, "bounds", "shared memory of block (1,0,0), which has returned" },
};

static void check_refused()
{
    unsigned *to = to_device(std::vector<unsigned>(32));
    emu::options.throws = true;
    emu::options.streams = emu::Streams::early; /* a failure ends the statement that launches */
    emu::options.order = emu::Order::forward;   /* which of two blocks returns first */
    cudaLaunchAttribute attribute = {};
    cudaLaunchConfig_t config = in_clusters(dim3(2), 16, dim3(2), &attribute);
    config.dynamicSmemBytes = 64;
    for (const auto &r : refused_ones) {
        std::string said, kind;
        try {
            CUDA(cudaLaunchKernelEx(&config, r.kernel, to));
        } catch (const emu::Failure &failure) {
            said = failure.what, kind = failure.kind;
        }
        EXPECT(kind == r.kind && said.find(r.words) != std::string::npos &&
                   said.find("emu_ptx_clusters.cu:") != std::string::npos,
               "'%s' must be %s; it is %s: %s", r.words, r.kind, kind.c_str(), said.c_str());
    }
    CUDA(cudaFree(to));
}

int main()
{
    check_ring();
    check_atomics();
    check_registers();
    check_refused();
    return finish();
}
