/* cuda_wrong_rows.cu - softmax by blocks, wrong in the ways that reductions are; cuda_wrong.c says what a
 * check must answer to each. Some are right. */
#include <cuda_runtime.h>
#include <float.h>

#include "../optimized/op.h"
#include "cuda_wrong.h"

enum { THREADS = 128, WARPS = THREADS / 32 };

enum fault {
    NOTHING,
    NO_BARRIER,        /* the warps' results are read before they are there      */
    NO_SECOND_BARRIER, /* ... and overwritten while they are still read          */
    NO_LAST_WARP,      /* the sum of all warps but one                           */
    NO_MAXIMUM,        /* the maximum begins with what shared memory holds       */
    NO_TAIL,           /* numbers in fours only                                  */
    NO_OFFSET,         /* float4 wherever a row begins                           */
    FROM_ZERO,         /* the maximum is 0 or more                               */
    WITHOUT,           /* exp(x) as it is                                        */
    NAN_TO_ZERO        /* a NaN becomes 0                                        */
};

__device__ static float *parts() /* the same for all operations */
{
    __shared__ float part[WARPS];
    return part;
}

template <fault FAULT, class OP> __device__ float over_block(float mine, OP op)
{
    float *part = parts();
    for (int apart = 16; apart > 0; apart /= 2) mine = op(mine, __shfl_xor_sync(0xffffffffu, mine, apart));
    if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = mine;
    if (FAULT != NO_BARRIER) __syncthreads();
    mine = part[0];
    for (int w = 1; w < WARPS - (FAULT == NO_LAST_WARP); w++) mine = op(mine, part[w]);
    if (FAULT != NO_SECOND_BARRIER) __syncthreads();
    return mine;
}

template <fault FAULT> __global__ void by_blocks(int C, const float *x, float *y)
{
    __shared__ float never_written;
    x += (size_t)blockIdx.x * C, y += (size_t)blockIdx.x * C;
    int end = FAULT == NO_TAIL ? C / 4 * 4 : C;
    auto plus = [](float a, float b) { return a + b; };
    auto greater = [](float a, float b) { return b > a ? b : a; };
    float max = FAULT == NO_MAXIMUM ? never_written : -FLT_MAX, sum = 0;
    for (int c = threadIdx.x; c < end; c += THREADS) max = greater(max, x[c]);
    max = over_block<FAULT>(max, greater);
    if (FAULT == FROM_ZERO) max = fmaxf(max, 0);
    if (FAULT == WITHOUT) max = 0;
    for (int c = threadIdx.x; c < end; c += THREADS) sum += expf(x[c] - max);
    sum = over_block<FAULT>(sum, plus);
    if (FAULT == NO_OFFSET)
        for (int c = 4 * threadIdx.x; c + 4 <= C; c += 4 * THREADS) {
            float4 v = *(const float4 *)(x + c);
            *(float4 *)(y + c) = { expf(v.x - max) / sum, expf(v.y - max) / sum, expf(v.z - max) / sum,
                                   expf(v.w - max) / sum };
        }
    for (int c = threadIdx.x + (FAULT == NO_OFFSET ? C / 4 * 4 : 0); c < end; c += THREADS)
        y[c] = expf(x[c] - max) / sum;
    if (FAULT == NAN_TO_ZERO)
        for (int c = threadIdx.x; c < C; c += THREADS) y[c] = fmaxf(y[c], 0);
}

template <fault FAULT> static void softmax(int N, int C, const float *x, float *y)
{
    by_blocks<FAULT><<<(unsigned)N, THREADS>>>(C, x, y);
}

extern "C" const struct rung wrong_softmax[] = {
    ROW(softmax_forward, "right_rows", softmax<NOTHING>),
    ROW(softmax_forward, "sums_read_too_early", softmax<NO_BARRIER>),
    ROW(softmax_forward, "sums_overwritten", softmax<NO_SECOND_BARRIER>),
    ROW(softmax_forward, "no_last_warp", softmax<NO_LAST_WARP>),
    ROW(softmax_forward, "no_first_maximum", softmax<NO_MAXIMUM>),
    ROW(softmax_forward, "rows_without_tail", softmax<NO_TAIL>),
    ROW(softmax_forward, "misaligned_rows", softmax<NO_OFFSET>),
    ROW(softmax_forward, "maximum_of_zero", softmax<FROM_ZERO>),
    ROW(softmax_forward, "no_maximum", softmax<WITHOUT>),
    ROW(softmax_forward, "zero_for_nan", softmax<NAN_TO_ZERO>),
    END,
};
