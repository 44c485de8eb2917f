/* lanes.cu - warp functions that count on lanes which take no part, and updates that get lost. */
#include <cuda_runtime.h>

#include "zoo.h"

/* The sum of n values by shuffles. A lane past the end must bring a zero, not go away. */
template <bool right> __global__ void shuffle_after_return(const float *x, float *y, int n)
{
    int i = threadIdx.x;
    if (!right && i >= n) return;
    float v = i < n ? x[i] : 0;
    for (int o = 16; o > 0; o /= 2) v += __shfl_down_sync(0xffffffffu, v, o); /* BUG: shuffle_after_return */
    if (i == 0) y[0] = v;
}
template <bool right> static void shuffle_after_return_run(const zoo_arrays &a)
{
    shuffle_after_return<right><<<1, 32>>>(a.x, a.y, 20);
}

/* 45 threads are a warp and 13 lanes of another. */
template <bool right> __global__ void shuffle_no_such_lane(const int *x, float *y)
{
    int sum = x[threadIdx.x];
    for (int o = 16; o > 0; o /= 2)
        sum += __shfl_xor_sync(0xffffffffu, sum, o); /* BUG: shuffle_no_such_lane */
    y[threadIdx.x] = (float)sum;
}
template <bool right> static void shuffle_no_such_lane_run(const zoo_arrays &a)
{
    shuffle_no_such_lane<right><<<1, right ? 64 : 45>>>(a.count, a.y);
}

/* Lanes 0 to 15 call, and read from lane 16, which the mask leaves out. */
template <bool right> __global__ void shuffle_outside_mask(const float *x, float *y)
{
    float v = x[threadIdx.x];
    if (threadIdx.x < 16) {
        int source = right ? 15 : 16;
        y[threadIdx.x] = __shfl_sync(0xffffu, v, source); /* BUG: shuffle_outside_mask */
    }
}
template <bool right> static void shuffle_outside_mask_run(const zoo_arrays &a)
{
    shuffle_outside_mask<right><<<1, 32>>>(a.x, a.y);
}

/* Half of the lanes skip the step that the other half reads from. */
template <bool right> __global__ void shuffle_in_half(const float *x, float *y)
{
    float v = x[threadIdx.x];
    if (right || threadIdx.x < 16) v += __shfl_down_sync(0xffffffffu, v, 16); /* BUG: shuffle_in_half */
    if (threadIdx.x < 16) y[threadIdx.x] = v;
}
template <bool right> static void shuffle_in_half_run(const zoo_arrays &a)
{
    shuffle_in_half<right><<<1, 32>>>(a.x, a.y);
}

/* A vote of lanes of which some have returned: legal, and rarely meant. */
template <bool right> __global__ void vote_after_return(const float *x, float *y)
{
    if (threadIdx.x >= 20) return;
    unsigned mask = right ? 0xfffffu : 0xffffffffu;
    y[threadIdx.x] = (float)__all_sync(mask, x[threadIdx.x] >= 0); /* BUG: vote_after_return */
}
template <bool right> static void vote_after_return_run(const zoo_arrays &a)
{
    vote_after_return<right><<<1, 32>>>(a.x, a.y);
}

/* ---- updates ---- */

template <bool right> __global__ void shared_counter(const float *x, float *y)
{
    __shared__ int positive;
    if (threadIdx.x == 0) positive = 0;
    __syncthreads();
    if (x[threadIdx.x] > 0.5f) {
        if (right)
            atomicAdd(&positive, 1);
        else
            positive++; /* BUG: shared_counter */
    }
    __syncthreads();
    if (threadIdx.x == 0) y[0] = (float)positive;
}
template <bool right> static void shared_counter_run(const zoo_arrays &a)
{
    shared_counter<right><<<1, 32>>>(a.x, a.y);
}

template <bool right> __global__ void shared_histogram(const float *x, float *y)
{
    __shared__ int bin[8];
    if (threadIdx.x < 8) bin[threadIdx.x] = 0;
    __syncthreads();
    int mine = (int)(x[threadIdx.x] * 8);
    if (right)
        atomicAdd(&bin[mine], 1);
    else
        bin[mine] += 1; /* BUG: shared_histogram */
    __syncthreads();
    if (threadIdx.x < 8) y[threadIdx.x] = (float)bin[threadIdx.x];
}
template <bool right> static void shared_histogram_run(const zoo_arrays &a)
{
    shared_histogram<right><<<1, 128>>>(a.x, a.y);
}

/* An atomic maximum of floats, as CUDA's programming guide makes atomics of one's own. The first look may be
 * plain: atomicCAS looks again. */
template <bool right> __device__ void raise_to(float *to, float value)
{
    int *bits = reinterpret_cast<int *>(to), old, assumed;
    if (right)
        old = atomicOr(bits, 0);
    else
        old = *bits; /* BUG: plain_first_look */
    do {
        assumed = old;
        old = atomicCAS(bits, assumed, __float_as_int(fmaxf(value, __int_as_float(assumed))));
    } while (assumed != old);
}
template <bool right> __global__ void plain_first_look(const float *x, float *y)
{
    raise_to<right>(y, x[threadIdx.x]);
}
template <bool right> static void plain_first_look_run(const zoo_arrays &a)
{
    cudaMemset(a.y, 0, sizeof(float));
    plain_first_look<right><<<1, 64>>>(a.x, a.y);
}

/* A plain look that no atomicCAS follows is none of that kind. */
template <bool right> __global__ void plain_look(const float *x, float *y, int *count)
{
    int before;
    if (right)
        before = atomicAdd(count, 0);
    else
        before = *count; /* BUG: plain_look */
    atomicAdd(count, x[threadIdx.x] < 2);
    y[threadIdx.x] = (float)(before >= 0);
}
template <bool right> static void plain_look_run(const zoo_arrays &a)
{
    plain_look<right><<<1, 64>>>(a.x, a.y, a.count);
}

static const zoo_bug bugs[] = {
    ZOO(shuffle_after_return, 1, "lane: ...takes the value of lane 20, which has returned", nullptr, nullptr,
        "lane: ...which has returned"),
    ZOO(shuffle_no_such_lane, 45, "lane: ...which does not exist", nullptr, nullptr,
        "lane: ...which does not exist"),
    ZOO(shuffle_outside_mask, 16, "lane: ...takes the value of lane 16, which is not in the mask", nullptr,
        nullptr, nullptr),
    ZOO(shuffle_in_half, 16, "lane: ...which has returned", nullptr, nullptr, nullptr),
    ZOO(vote_after_return, 20, "note: ...a vote with mask ffffffff names 12 lanes that take no part: lane 20",
        nullptr, nullptr, nullptr),
    ZOO(shared_counter, 1, nullptr, nullptr, nullptr, "several threads update one element...use atomicAdd"),
    ZOO(shared_histogram, 8, nullptr, nullptr, nullptr, "several threads update one element...use atomicAdd"),
    ZOO(plain_first_look, 1, nullptr, nullptr, nullptr, "note: ...before an atomicCAS, which looks again"),
    ZOO(plain_look, 64, nullptr, nullptr, nullptr, "race: ...or make both atomic"),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_lanes = { __FILE__, bugs };
