/* async.cu - cp.async: copies that nobody waited for, that others cannot see yet, that come too early. */
#include <cuda_runtime.h>
#include <cuda_pipeline.h>

#include "zoo.h"

/* The copies are on their way; the tile is not there yet. */
template <bool right> __global__ void copy_not_waited_for(const float *x, float *y)
{
    __shared__ alignas(16) float tile[64];
    int t = threadIdx.x;
    if (t < 16) {
        __pipeline_memcpy_async(&tile[4 * t], &x[4 * t], 16); /* BUG: copy_not_waited_for */
        __pipeline_commit();
    }
    if (right) __pipeline_wait_prior(0);
    __syncthreads();
    y[t] = tile[t]; /* BUG: copy_not_waited_for */
    __pipeline_wait_prior(0);
}
template <bool right> static void copy_not_waited_for_run(const zoo_arrays &a)
{
    copy_not_waited_for<right><<<1, 64>>>(a.x, a.y);
}

/* One wait too few: the newest group may still be on its way. */
template <bool right> __global__ void wrong_group(const float *x, float *y)
{
    __shared__ alignas(16) float tile[2][128];
    int t = threadIdx.x;
    for (int stage = 0; stage < 2; stage++) {
        __pipeline_memcpy_async(&tile[stage][4 * t], &x[128 * stage + 4 * t], 16); /* BUG: wrong_group */
        __pipeline_commit();
    }
    __pipeline_wait_prior(right ? 0 : 1);
    __syncthreads();
    for (int i = t; i < 128; i += 32) y[i] = tile[0][i] + tile[1][i]; /* BUG: wrong_group */
    __pipeline_wait_prior(0);
}
template <bool right> static void wrong_group_run(const zoo_arrays &a)
{
    wrong_group<right><<<1, 32>>>(a.x, a.y);
}

/* What is not committed belongs to no group, and waiting for groups does not wait for it. */
template <bool right> __global__ void commit_forgotten(const float *x, float *y)
{
    __shared__ alignas(16) float tile[64];
    int t = threadIdx.x;
    if (t < 16) __pipeline_memcpy_async(&tile[4 * t], &x[4 * t], 16); /* BUG: commit_forgotten */
    if (right) __pipeline_commit();
    __pipeline_wait_prior(0);
    __syncthreads();
    y[t] = tile[t]; /* BUG: commit_forgotten */
    __pipeline_commit();
    __pipeline_wait_prior(0);
}
template <bool right> static void commit_forgotten_run(const zoo_arrays &a)
{
    commit_forgotten<right><<<1, 64>>>(a.x, a.y);
}

/* A wait is for the thread's own copies; for those of the others it takes a barrier too. */
template <bool right> __global__ void wait_without_barrier(const float *x, float *y)
{
    __shared__ alignas(16) float tile[256];
    int t = threadIdx.x;
    __pipeline_memcpy_async(&tile[4 * t], &x[4 * t], 16); /* BUG: wait_without_barrier */
    __pipeline_commit();
    __pipeline_wait_prior(0);
    if (right) __syncthreads();
    y[t] = tile[255 - t]; /* BUG: wait_without_barrier */
}
template <bool right> static void wait_without_barrier_run(const zoo_arrays &a)
{
    wait_without_barrier<right><<<1, 64>>>(a.x, a.y);
}

/* The next tile is copied into the stage that others still read: the barrier at the end
 * of the loop is missing. */
template <bool right> __global__ void overwritten_while_read(const float *x, float *y)
{
    __shared__ alignas(16) float tile[2][256];
    int t = threadIdx.x, stage = 0;
    float sum = 0;
    __pipeline_memcpy_async(&tile[0][4 * t], &x[4 * t], 16); /* the first tile */
    __pipeline_commit();
    for (int step = 1; step <= 4; step++, stage = 1 - stage) {
        const float *next = &x[256 * step + 4 * t];
        if (step < 4)
            __pipeline_memcpy_async(&tile[1 - stage][4 * t], next, 16); /* BUG: overwritten_while_read */
        __pipeline_commit();
        __pipeline_wait_prior(1);
        __syncthreads();
        sum += tile[stage][255 - t]; /* BUG: overwritten_while_read */
        if (right) __syncthreads();
    }
    y[t] = sum;
}
template <bool right> static void overwritten_while_read_run(const zoo_arrays &a)
{
    overwritten_while_read<right><<<1, 64>>>(a.x, a.y);
}

/* 16 bytes at once need addresses that are multiples of 16. */
template <bool right> __global__ void copy_misaligned(const float *x, float *y)
{
    __shared__ alignas(16) float tile[256];
    int t = threadIdx.x;
    __pipeline_memcpy_async(&tile[4 * t], right ? &x[4 * t] : &x[4 * t + 1], 16); /* BUG: copy_misaligned */
    __pipeline_commit();
    __pipeline_wait_prior(0);
    __syncthreads();
    y[t] = tile[t];
}
template <bool right> static void copy_misaligned_run(const zoo_arrays &a)
{
    copy_misaligned<right><<<1, 64>>>(a.x, a.y);
}

static const zoo_bug bugs[] = {
    ZOO(copy_not_waited_for, 64, "NaN", "differ", nullptr,
        "copied to it (cp.async)...wait for the copy...is missing between line"),
    ZOO(wrong_group, 128, "NaN", "differ", nullptr,
        "copied to it (cp.async)...wait for the copy...is missing between line"),
    ZOO(commit_forgotten, 64, "NaN", "differ", nullptr, "copied to it (cp.async)"),
    ZOO(wait_without_barrier, 64, "NaN", nullptr, nullptr, "__syncthreads() is missing"),
    ZOO(overwritten_while_read, 64, nullptr, "differ", nullptr,
        "the copy starts while the old tile is still in use"),
    ZOO(copy_misaligned, 64, "not a multiple of 16 bytes", nullptr, nullptr, nullptr),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_async = { __FILE__, bugs };
