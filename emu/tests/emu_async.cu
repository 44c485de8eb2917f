/* emu_async.cu - asynchronous copies by all their interfaces, and barriers in shared memory. Each block adds
 * one to every element of x, by way of shared memory. */
#include <cooperative_groups.h>
#include <cooperative_groups/memcpy_async.h>
#include <cuda/barrier>
#include <cuda/pipeline>
#include <cuda_awbarrier_primitives.h>
#include <cuda_pipeline.h>
#include "emu_test.h"

namespace cg = cooperative_groups;

enum { THREADS = 64, TILES = 5, COUNT = THREADS * 4 * TILES };

/* Two stages: the next tile is on its way while this one is used. */
__global__ void primitives(const float *x, float *y)
{
    y += blockIdx.x * COUNT;
    __shared__ __align__(16) float tile[2][THREADS * 4];
    int t = threadIdx.x;
    __pipeline_memcpy_async(&tile[0][t * 4], &x[t * 4], 16);
    __pipeline_commit();
    for (int i = 0; i < TILES; i++) {
        if (i + 1 < TILES) {
            const float *next = &x[(i + 1) * THREADS * 4 + t * 4];
            __pipeline_memcpy_async(&tile[(i + 1) % 2][t * 4], next, 8);
            __pipeline_memcpy_async(&tile[(i + 1) % 2][t * 4 + 2], next + 2, 4);
            __pipeline_memcpy_async(&tile[(i + 1) % 2][t * 4 + 3], next + 3, 4);
        }
        __pipeline_commit();
        __pipeline_wait_prior(1);
        __syncthreads();
        for (int k = 0; k < 4; k++) y[i * THREADS * 4 + k * THREADS + t] = tile[i % 2][k * THREADS + t] + 1;
        __syncthreads();
    }
    __pipeline_wait_prior(0);
}

__global__ void groups(const float *x, float *y)
{
    y += blockIdx.x * COUNT;
    __shared__ __align__(16) float tile[2][THREADS * 4];
    cg::thread_block block = cg::this_thread_block();
    cg::memcpy_async(block, tile[0], x, sizeof tile[0]);
    for (int i = 0; i < TILES; i++) {
        if (i + 1 < TILES) {
            cg::memcpy_async(block, tile[(i + 1) % 2], x + (i + 1) * THREADS * 4,
                             cuda::aligned_size_t<16>(sizeof tile[0]));
            cg::wait_prior<1>(block);
        } else {
            cg::wait(block);
        }
        for (int k = block.thread_rank(); k < THREADS * 4; k += block.size())
            y[i * THREADS * 4 + k] = tile[i % 2][k] + 1;
        block.sync();
    }
}

__global__ void with_barrier(const float *x, float *y)
{
    y += blockIdx.x * COUNT;
    using barrier = cuda::barrier<cuda::thread_scope_block>;
    __shared__ barrier ready;
    __shared__ __align__(16) float tile[THREADS * 4];
    cg::thread_block block = cg::this_thread_block();
    if (threadIdx.x == 0) init(&ready, THREADS);
    block.sync();
    for (int i = 0; i < TILES; i++) {
        cuda::memcpy_async(block, tile, x + i * THREADS * 4, sizeof tile, ready);
        ready.arrive_and_wait();
        for (int k = 0; k < 4; k++)
            y[i * THREADS * 4 + k * THREADS + threadIdx.x] = tile[k * THREADS + threadIdx.x] + 1;
        block.sync();
    }
}

/* The first warp produces, the second consumes; two barriers for each stage say "full" and "empty". */
__global__ void specialists(const float *x, float *y)
{
    y += blockIdx.x * COUNT;
    __shared__ __mbarrier_t full[2], empty[2];
    __shared__ float tile[2][128];
    int lane = threadIdx.x % 32;
    if (threadIdx.x < 2) {
        __mbarrier_init(&full[threadIdx.x], 32);
        __mbarrier_init(&empty[threadIdx.x], 32);
    }
    __syncthreads();
    for (int i = 0; i < COUNT / 128; i++) {
        int stage = i % 2, turn = i / 2;
        if (threadIdx.x < 32) {
            if (turn > 0)
                while (!__mbarrier_test_wait_parity(&empty[stage], (turn - 1) % 2)) {
                }
            for (int k = lane; k < 128; k += 32) tile[stage][k] = x[i * 128 + k];
            (void)__mbarrier_arrive(&full[stage]);
        } else {
            while (!__mbarrier_try_wait_parity(&full[stage], turn % 2, 100)) {
            }
            for (int k = lane; k < 128; k += 32) y[i * 128 + (k ^ 1)] = tile[stage][k ^ 1] + 1;
            (void)__mbarrier_arrive(&empty[stage]);
        }
    }
}

__global__ void own_pipeline(const float *x, float *y)
{
    y += blockIdx.x * COUNT;
    __shared__ __align__(16) float tile[2][THREADS * 4];
    auto pipe = cuda::make_pipeline();
    int t = threadIdx.x;
    for (int i = 0; i <= TILES; i++) {
        if (i < TILES) {
            pipe.producer_acquire();
            cuda::memcpy_async(&tile[i % 2][t * 4], &x[i * THREADS * 4 + t * 4], sizeof(float4), pipe);
            pipe.producer_commit();
        }
        if (i == 0) continue;
        pipe.consumer_wait();
        for (int k = 0; k < 4; k++) /* a thread's own piece: no barrier is needed */
            y[(i - 1) * THREADS * 4 + t * 4 + k] = tile[(i - 1) % 2][t * 4 + k] + 1;
        pipe.consumer_release();
    }
}

__global__ void shared_pipeline(const float *x, float *y)
{
    y += blockIdx.x * COUNT;
    __shared__ __align__(16) float tile[2][THREADS * 4];
    __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, 2> state;
    cg::thread_block block = cg::this_thread_block();
    auto pipe = cuda::make_pipeline(block, &state);
    for (int i = 0; i <= TILES; i++) {
        if (i < TILES) {
            pipe.producer_acquire();
            cuda::memcpy_async(block, tile[i % 2], x + i * THREADS * 4, sizeof tile[0], pipe);
            pipe.producer_commit();
        }
        if (i == 0) continue;
        pipe.consumer_wait();
        for (int k = 0; k < 4; k++)
            y[(i - 1) * THREADS * 4 + k * THREADS + threadIdx.x] =
                tile[(i - 1) % 2][k * THREADS + threadIdx.x] + 1;
        pipe.consumer_release();
    }
}

/* Zeros fill what is not copied; a memcpy_async of odd size is right, if not asynchronous. */
__global__ void odd_sizes(const float *x, float *y)
{
    __shared__ __align__(16) float tile[THREADS * 4];
    __shared__ char bytes[THREADS];
    int t = threadIdx.x;
    __pipeline_memcpy_async(&tile[t * 4], &x[t * 4], 16, 4 * (t % 4));
    __pipeline_commit();
    cg::memcpy_async(cg::this_thread_block(), bytes, (const char *)x, THREADS - 3);
    cg::wait(cg::this_thread_block());
    for (int k = 0; k < 4; k++) y[t * 4 + k] = tile[t * 4 + k];
    if (t < THREADS - 3 && bytes[t] != ((const char *)x)[t]) y[t * 4] = -1;
}

typedef void Kernel(const float *, float *);

static void expect_sums(const char *name, Kernel *kernel)
{
    std::vector<float> x;
    for (int i = 0; i < COUNT; i++) x.push_back((float)i);
    float *dx = to_device(x), *dy = to_device(std::vector<float>(2 * COUNT, 0));
    kernel<<<2, THREADS>>>(dx, dy);
    std::vector<float> y = to_host(dy, 2 * COUNT);
    int wrong = 0;
    for (int i = 0; i < 2 * COUNT; i++) wrong += y[i] != (float)(i % COUNT) + 1;
    EXPECT(wrong == 0, "%s: %d wrong", name, wrong);
    CUDA(cudaFree(dx));
    CUDA(cudaFree(dy));
}

static void check_odd_sizes()
{
    std::vector<float> x;
    for (int i = 0; i < THREADS * 4; i++) x.push_back((float)i);
    float *dx = to_device(x), *dy = to_device(x);
    odd_sizes<<<1, THREADS>>>(dx, dy);
    std::vector<float> y = to_host(dy, x.size());
    for (int i = 0; i < THREADS * 4; i++)
        EXPECT(y[i] == (i % 4 < 4 - i / 4 % 4 ? (float)i : 0), "element %d is %g", i, y[i]);
    CUDA(cudaFree(dx));
    CUDA(cudaFree(dy));
}

int main()
{
    expect_sums("primitives", primitives);
    expect_sums("groups", groups);
    expect_sums("with_barrier", with_barrier);
    expect_sums("specialists", specialists);
    expect_sums("own_pipeline", own_pipeline);
    expect_sums("shared_pipeline", shared_pipeline);
    check_odd_sizes();
    return finish();
}
