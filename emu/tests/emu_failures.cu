/* emu_failures.cu - wrong calls, caught in this process: each ends its kernel with a sentence that names the
 * line, and leaves the emulator fit for the next. The mistakes that programs make are in tests/bugs. */
#include <cooperative_groups.h>
#include <cuda_awbarrier_primitives.h>
#include <cuda_pipeline.h>
#include <emu/testing.h>
#include <mma.h>
#include "emu_test.h"

using namespace nvcuda;

/* A kernel, and the kind and words of its failure. */
#define WRONG(name, ...) __global__ void name(__VA_ARGS__)

WRONG(by_assert, int *to)
{
    to[threadIdx.x] = 1;
    assert(threadIdx.x != 3);
}

WRONG(by_trap, int *to)
{
    if (threadIdx.x == 5) __trap();
    to[threadIdx.x] = 1;
}

__device__ __noinline__ int deep(int n, int most)
{
    volatile int wide[1000];
    wide[n % 1000] = n;
    return n == most ? 0 : deep(n + 1, most) + wide[0];
}
WRONG(stack_overflow, int *to)
{
    to[threadIdx.x] = deep(0, 1000000);
}

WRONG(null_pointer, int *)
{
    *(int *)(size_t)(threadIdx.x / 64) = 1;
}

WRONG(no_address, int *)
{
    *(int *)((size_t)1 << 60 | (size_t)(threadIdx.x / 64)) = 1;
}

WRONG(width_of_three, int *to)
{
    to[threadIdx.x] = __shfl_sync(0xffffffff, 1, 0, 3);
}

WRONG(not_in_mask, int *to)
{
    to[threadIdx.x] = __any_sync(0x0000ffff, 1);
}

WRONG(two_masks, int *)
{
    __syncwarp(threadIdx.x == 0 ? 0x3 : 0xffffffff);
}

WRONG(two_functions, int *to)
{
    if (threadIdx.x < 16)
        to[threadIdx.x] = __shfl_sync(0xffffffff, 1, 0);
    else
        to[threadIdx.x] = __any_sync(0xffffffff, 1);
}

WRONG(warp_waits_for_block, int *)
{
    if (threadIdx.x == 7)
        __syncwarp();
    else
        __syncthreads();
}

WRONG(misaligned_atomic, int *to)
{
    atomicAdd((int *)((char *)to + 2), 1);
}

WRONG(five_bytes, int *to)
{
    __shared__ __align__(16) char tile[64];
    __pipeline_memcpy_async(tile, to, 5);
}

WRONG(misaligned_copy, int *to)
{
    __shared__ __align__(16) int tile[64];
    __pipeline_memcpy_async(&tile[1], to, 16);
}

WRONG(copy_to_global, int *to)
{
    __pipeline_memcpy_async(to, to + 16, 4);
}

WRONG(matrix_of_31_lanes, float *to)
{
    wmma::fragment<wmma::accumulator, 16, 16, 16, float> f;
    wmma::fill_fragment(f, 0.0f);
    if (threadIdx.x < 31) wmma::store_matrix_sync(to, f, 16, wmma::mem_row_major);
}

WRONG(matrices_of_lanes, float *to)
{
    wmma::fragment<wmma::accumulator, 16, 16, 16, float> f;
    wmma::load_matrix_sync(f, to + (threadIdx.x % 2) * 256, 16, wmma::mem_row_major);
}

WRONG(narrow_matrix, float *to)
{
    wmma::fragment<wmma::accumulator, 16, 16, 16, float> f;
    wmma::load_matrix_sync(f, to, 12, wmma::mem_row_major);
}

WRONG(grid_sync, int *)
{
    cooperative_groups::this_grid().sync();
}

WRONG(barrier_not_set_up, int *)
{
    __shared__ __mbarrier_t barrier;
    (void)__mbarrier_arrive(&barrier);
}

WRONG(too_many_arrivals, int *)
{
    __shared__ __mbarrier_t barrier;
    if (threadIdx.x == 0) __mbarrier_init(&barrier, 31);
    __syncthreads();
    if (threadIdx.x == 0) emu::phase_arrive(&barrier, 32, { __FILE__, __LINE__ });
}

WRONG(waits_for_nobody, int *)
{
    __shared__ __mbarrier_t barrier;
    if (threadIdx.x == 0) __mbarrier_init(&barrier, 33);
    __syncthreads();
    auto token = __mbarrier_arrive(&barrier);
    while (!__mbarrier_try_wait(&barrier, token, 100)) {
    }
}

WRONG(waits_for_children, int *)
{
    cudaDeviceSynchronize();
}

WRONG(too_much_static, int *to)
{
    __shared__ int tile[(48 << 8) + 1];
    tile[threadIdx.x] = 1;
    to[threadIdx.x] = tile[threadIdx.x];
}

WRONG(right, int *to)
{
    __shared__ int tile[64];
    tile[threadIdx.x] = (int)threadIdx.x;
    __syncthreads();
    to[threadIdx.x] = tile[blockDim.x - 1 - threadIdx.x];
}

/* ---- the judge ---- */

static void check_right_one()
{
    int *to = to_device(std::vector<int>(64, -1));
    right<<<1, 64>>>(to);
    std::vector<int> seen = to_host(to, 64);
    for (int i = 0; i < 64; i++) EXPECT(seen[i] == 63 - i, "after a failure a right kernel is wrong");
    CUDA(cudaFree(to));
}

template <class T>
static void expect_failure(const char *name, void (*kernel)(T *), dim3 blocks, const char *kind,
                           const char *words)
{
    std::vector<T> zeros(1024, T(0));
    T *to = to_device(zeros);
    bool thrown = false;
    try {
        kernel<<<blocks, 32>>>(to);
    } catch (const emu::Failure &failure) {
        thrown = true;
        bool fits = failure.kind == kind && failure.what.find(words) != std::string::npos;
        EXPECT(fits, "%s: said '%s: %s', not '%s: ...%s'", name, failure.kind.c_str(), failure.what.c_str(),
               kind, words);
        EXPECT(failure.what.find(name) != std::string::npos, "%s is not named: %s", name,
               failure.what.c_str());
        EXPECT(failure.what.find("emu_failures.cu:") != std::string::npos, "no line: %s",
               failure.what.c_str());
    }
    EXPECT(thrown, "%s does not fail", name);
    CUDA(cudaFree(to));
    check_right_one();
}
#define EXPECT_FAILURE(kernel, kind, words) expect_failure(#kernel, kernel, 1, kind, words)

template <class F> static void expect_host_failure(const char *words, F wrong)
{
    bool thrown = false;
    try {
        wrong();
    } catch (const emu::Failure &failure) {
        thrown = true;
        EXPECT(failure.kind == "host" && failure.what.find(words) != std::string::npos, "host: %s",
               failure.what.c_str());
    }
    EXPECT(thrown, "the host's mistake is not noticed: %s", words);
}

int main()
{
    emu::options.throws = true;
    emu::options.streams = emu::Streams::early; /* a failure ends the statement that launches */
    for (int again = 0; again < 2; again++) {
        EXPECT_FAILURE(by_assert, "assert",
                       "thread (3,0,0), emu_failures.cu:18: assertion 'threadIdx.x != 3' failed");
        EXPECT_FAILURE(by_trap, "trap", "block (0,0,0), thread (5,0,0)");
        EXPECT_FAILURE(width_of_three, "warp", "width 3");
        EXPECT_FAILURE(not_in_mask, "warp",
                       "lane 16 calls a vote with mask 0000ffff, which does not name it");
        EXPECT_FAILURE(two_masks, "warp", "00000003");
        EXPECT_FAILURE(two_functions, "warp", "a shuffle");
        EXPECT_FAILURE(warp_waits_for_block, "deadlock", "in __syncwarp");
        EXPECT_FAILURE(misaligned_atomic, "alignment", "atomicAdd");
        EXPECT_FAILURE(five_bytes, "async", "5 bytes; it copies 4, 8 or 16");
        EXPECT_FAILURE(misaligned_copy, "alignment", "byte 4 of shared tile");
        EXPECT_FAILURE(copy_to_global, "async", "not shared memory");
        EXPECT_FAILURE(matrix_of_31_lanes, "wmma", "mask 7fffffff");
        EXPECT_FAILURE(matrices_of_lanes, "wmma", "name different matrices");
        EXPECT_FAILURE(narrow_matrix, "wmma", "leading dimension 12");
        expect_failure("grid_sync", grid_sync, 2, "grid", "cudaLaunchCooperativeKernel sees to it");
        EXPECT_FAILURE(barrier_not_set_up, "barrier", "has not been initialised");
        EXPECT_FAILURE(too_many_arrivals, "barrier", "32 arrivals");
        EXPECT_FAILURE(waits_for_nobody, "progress", "spinning at emu_failures.cu:");
        EXPECT_FAILURE(too_much_static, "launch", "49156 bytes of __shared__ variables; 49152 are possible");
        EXPECT_FAILURE(waits_for_children, "launch", "a parent cannot wait for its children");
#ifndef __SANITIZE_ADDRESS__ /* which has its own words, and its own end */
        EXPECT_FAILURE(stack_overflow, "stack", "needs more stack");
        EXPECT_FAILURE(null_pointer, "bounds", "illegal address (a null pointer)");
#ifdef __x86_64__
        EXPECT_FAILURE(no_address, "bounds", "with more bits than addresses have");
#endif
#endif
        expect_host_failure("__syncthreads", [] { __syncthreads(); });
        expect_host_failure("__activemask", [] { (void)__activemask(); });
    }
    return finish();
}
