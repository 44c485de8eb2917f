/* shared.cu - races in shared memory: barriers that are missing or do not suffice. */
#include <cuda_runtime.h>

#include "zoo.h"

/* A tile is read the moment it is written: other threads' elements may not be there yet. */
template <bool right> __global__ void transpose_no_barrier(const float *x, float *y)
{
    __shared__ float tile[32][33];
    tile[threadIdx.y][threadIdx.x] = x[threadIdx.y * 32 + threadIdx.x]; /* BUG: transpose_no_barrier */
    if (right) __syncthreads();
    y[threadIdx.y * 32 + threadIdx.x] = tile[threadIdx.x][threadIdx.y]; /* BUG: transpose_no_barrier */
}
template <bool right> static void transpose_no_barrier_run(const zoo_arrays &a)
{
    transpose_no_barrier<right><<<1, dim3(32, 32)>>>(a.x, a.y);
}

/* The next tile overwrites this one while slower threads still read it. */
template <bool right> __global__ void product_one_barrier(const float *x, float *y, int n)
{
    __shared__ float a[16][16], b[16][16];
    int tx = threadIdx.x, ty = threadIdx.y, row = blockIdx.y * 16 + ty, column = blockIdx.x * 16 + tx;
    float sum = 0;
    for (int k0 = 0; k0 < n; k0 += 16) {
        a[ty][tx] = x[row * n + k0 + tx]; /* BUG: product_one_barrier */
        b[ty][tx] = x[(k0 + ty) * n + column];
        __syncthreads();
        for (int k = 0; k < 16; k++) sum += a[ty][k] * b[k][tx]; /* BUG: product_one_barrier */
        if (right) __syncthreads();
    }
    y[row * n + column] = sum;
}
template <bool right> static void product_one_barrier_run(const zoo_arrays &a)
{
    product_one_barrier<right><<<dim3(4, 4), dim3(16, 16)>>>(a.x, a.y, 64);
}

/* The lanes of a warp do not run in step: a step of the tree needs __syncwarp. */
template <bool right> __global__ void warp_tree(const float *x, float *y)
{
    __shared__ float part[64];
    int t = threadIdx.x;
    part[t] = x[t];
    part[t + 32] = x[t + 32];
    __syncthreads();
    for (int apart = 32; apart > 0; apart /= 2) {
        if (t < apart) part[t] += part[t + apart]; /* BUG: warp_tree */
        if (right) __syncwarp();
    }
    if (t == 0) y[0] = part[0];
}
template <bool right> static void warp_tree_run(const zoo_arrays &a)
{
    warp_tree<right><<<1, 32>>>(a.x, a.y);
}

/* `volatile` makes the compiler store at once; it does not make other lanes wait. */
template <bool right> __global__ void volatile_tree(const float *x, float *y)
{
    __shared__ float part[64];
    volatile float *seen = part;
    int t = threadIdx.x;
    seen[t] = x[t];
    seen[t + 32] = x[t + 32];
    __syncthreads();
    for (int apart = 32; apart > 0; apart /= 2) {
        if (t < apart) seen[t] = seen[t] + seen[t + apart]; /* BUG: volatile_tree */
        if (right) __syncwarp();
    }
    if (t == 0) y[0] = seen[0];
}
template <bool right> static void volatile_tree_run(const zoo_arrays &a)
{
    volatile_tree<right><<<1, 32>>>(a.x, a.y);
}

/* A shuffle brings the lanes together, but orders no memory. */
template <bool right> __global__ void shuffle_for_barrier(const float *x, float *y)
{
    __shared__ float part[32];
    int t = threadIdx.x;
    part[t] = x[t]; /* BUG: shuffle_for_barrier */
    float sum = __shfl_xor_sync(0xffffffffu, x[t], 1);
    if (right) __syncwarp();
    y[t] = sum + part[t ^ 2]; /* BUG: shuffle_for_barrier */
}
template <bool right> static void shuffle_for_barrier_run(const zoo_arrays &a)
{
    shuffle_for_barrier<right><<<1, 32>>>(a.x, a.y);
}

/* A warp barrier that leaves out the lanes that it should wait for. */
template <bool right> __global__ void half_warp_barrier(const float *x, float *y)
{
    __shared__ float part[32];
    int t = threadIdx.x;
    part[t] = x[t]; /* BUG: half_warp_barrier */
    __syncwarp(right ? 0xffffffffu : t < 16 ? 0xffffu : 0xffff0000u);
    y[t] = part[31 - t]; /* BUG: half_warp_barrier */
}
template <bool right> static void half_warp_barrier_run(const zoo_arrays &a)
{
    half_warp_barrier<right><<<1, 32>>>(a.x, a.y);
}

/* Two buffers, but the next write goes into the one that is being read. */
template <bool right> __global__ void double_buffer(const float *x, float *y)
{
    __shared__ float buffer[2][128];
    int t = threadIdx.x, now = 0;
    float sum = 0;
    buffer[0][t] = x[t];
    for (int step = 1; step <= 8; step++) {
        __syncthreads();
        int next = right ? 1 - now : now;
        if (step < 8) buffer[next][t] = x[step * 128 + t]; /* BUG: double_buffer */
        sum += buffer[now][127 - t];                       /* BUG: double_buffer */
        now = next;
    }
    y[t] = sum;
}
template <bool right> static void double_buffer_run(const zoo_arrays &a)
{
    double_buffer<right><<<1, 128>>>(a.x, a.y);
}

/* The slot of the maximum is used again for the sum before everyone has read the maximum. */
template <bool right> __global__ void slot_used_twice(const float *x, float *y)
{
    __shared__ float slot[64];
    int t = threadIdx.x;
    float value = x[t];
    for (int round = 0; round < 2; round++) {
        slot[t] = value; /* BUG: slot_used_twice */
        __syncthreads();
        for (int apart = 32; apart > 0; apart /= 2) {
            if (t < apart) slot[t] = round ? slot[t] + slot[t + apart] : fmaxf(slot[t], slot[t + apart]);
            __syncthreads();
        }
        float all = slot[0]; /* BUG: slot_used_twice */
        value = round ? value / all : expf(value - all);
        if (right) __syncthreads();
    }
    y[t] = value;
}
template <bool right> static void slot_used_twice_run(const zoo_arrays &a)
{
    slot_used_twice<right><<<1, 64>>>(a.x, a.y);
}

/* Everybody raises the flag: always the same value, and so only a note. */
template <bool right> __global__ void same_value(const float *x, float *y)
{
    __shared__ int positive;
    if (threadIdx.x == 0) positive = 0;
    __syncthreads();
    if (right) {
        int any = __syncthreads_or(x[threadIdx.x] > 0);
        if (threadIdx.x == 0) positive = any;
    } else if (x[threadIdx.x] > 0) {
        positive = 1; /* BUG: same_value */
    }
    __syncthreads();
    y[threadIdx.x] = (float)positive;
}
template <bool right> static void same_value_run(const zoo_arrays &a)
{
    same_value<right><<<1, 64>>>(a.x, a.y);
}

/* Not the same value: whoever comes last wins. */
template <bool right> __global__ void all_write_one(const float *x, float *y)
{
    __shared__ float first;
    if (!right || threadIdx.x == 0) first = x[threadIdx.x]; /* BUG: all_write_one */
    __syncthreads();
    y[threadIdx.x] = first;
}
template <bool right> static void all_write_one_run(const zoo_arrays &a)
{
    all_write_one<right><<<1, 64>>>(a.x, a.y);
}

static const zoo_bug bugs[] = {
    ZOO(transpose_no_barrier, 1024, "496 of 1024 outputs are NaN", nullptr, nullptr,
        "wrote it...read it...a __syncthreads() is missing between line...of shared tile"),
    ZOO(product_one_barrier, 4096, nullptr, "differ", nullptr,
        "__syncthreads() is missing between line...before the loop comes back to line"),
    ZOO(warp_tree, 1, nullptr, "differ", nullptr, "__syncwarp() is missing"),
    ZOO(volatile_tree, 1, nullptr, "differ", nullptr, "__syncwarp() is missing"),
    ZOO(shuffle_for_barrier, 32, nullptr, nullptr, nullptr, "a __syncwarp() is missing between line"),
    ZOO(half_warp_barrier, 32, nullptr, "differ", nullptr, "a __syncwarp() is missing between line"),
    ZOO(double_buffer, 128, nullptr, "differ", nullptr, "a __syncthreads() is missing...of shared buffer"),
    ZOO(slot_used_twice, 64, nullptr, "differ", nullptr, "__syncthreads() is missing"),
    ZOO(same_value, 64, nullptr, nullptr, nullptr, "note...write the same value...CUEMU_RACE=strict"),
    ZOO(all_write_one, 64, nullptr, "differ", nullptr, "several threads write one element"),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_shared = { __FILE__, bugs };
