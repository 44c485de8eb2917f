/* cuda_wrong_elements.cu - activations, wrong in the ways that kernels of elements are; cuda_wrong.c and
 * cuda_ends.c say what a check must answer to each. Some are right. */
#include <cuda_runtime.h>

#include "../optimized/op.h"
#include "cuda_wrong.h"

enum { THREADS = 128, BLOCKS = 8 };

enum fault {
    NOTHING,
    NO_TAIL,    /* whole fours only                                                */
    NO_HEAD,    /* float4 wherever the arrays begin                                */
    ONE_SWEEP,  /* no loop: what the threads do not reach is left                  */
    ONE_TOO_FAR /* a four that hangs over the end                                  */
};

__device__ static float relu(float x)
{
    return x <= 0 ? 0 : x;
}

/* as a kernel that knows its arrays to lie on 16 bytes; elsewhere, NO_HEAD apart, single floats */
template <fault FAULT> __global__ void in_fours(int n, const float *x, float *y)
{
    int t = blockIdx.x * THREADS + threadIdx.x, all = gridDim.x * THREADS;
    bool aligned = ((size_t)x | (size_t)y) % 16 == 0 || FAULT == NO_HEAD;
    int fours = !aligned ? 0 : FAULT == ONE_TOO_FAR ? (n + 3) / 4 : n / 4;
    for (int j = t; j < fours; j += FAULT == ONE_SWEEP ? n : all) {
        float4 v = ((const float4 *)x)[j];
        ((float4 *)y)[j] = { relu(v.x), relu(v.y), relu(v.z), relu(v.w) };
    }
    if (FAULT != NO_TAIL)
        for (int k = 4 * fours + t; k < n; k += all) y[k] = relu(x[k]);
}

template <fault FAULT> static void relu_in_fours(int n, const float *x, float *y)
{
    in_fours<FAULT><<<BLOCKS, THREADS>>>(n, x, y);
}

/* ---- right but where numbers end ---- */

__global__ void relu_by_max(int n, const float *x, float *y)
{
    for (int k = threadIdx.x; k < n; k += THREADS) y[k] = fmaxf(x[k], 0);
}

static void zero_for_nan(int n, const float *x, float *y)
{
    relu_by_max<<<1, THREADS>>>(n, x, y);
}

__global__ void softplus_by_log(int n, const float *x, float *y)
{
    for (int k = threadIdx.x; k < n; k += THREADS) y[k] = logf(1 + expf(x[k]));
}

static void log_of_sum(int n, const float *x, float *y)
{
    softplus_by_log<<<1, THREADS>>>(n, x, y);
}

__global__ void silu_by_product(int n, const float *x, float *y)
{
    for (int k = threadIdx.x; k < n; k += THREADS) y[k] = x[k] * (1 / (1 + expf(-x[k])));
}

static void infinity_times_zero(int n, const float *x, float *y)
{
    silu_by_product<<<1, THREADS>>>(n, x, y);
}

#define ROW(op, name, function)                                \
    {                                                          \
        name, RUN(op, function), NEED_NONE, "see cuda_wrong.c" \
    }
#define END                                  \
    {                                        \
        nullptr, nullptr, NEED_NONE, nullptr \
    }

extern "C" const struct rung wrong_relu[] = {
    ROW(relu_forward, "right_fours", relu_in_fours<NOTHING>),
    ROW(relu_forward, "fours_without_tail", relu_in_fours<NO_TAIL>),
    ROW(relu_forward, "misaligned_fours", relu_in_fours<NO_HEAD>),
    ROW(relu_forward, "one_sweep", relu_in_fours<ONE_SWEEP>),
    ROW(relu_forward, "one_four_too_far", relu_in_fours<ONE_TOO_FAR>),
    ROW(relu_forward, "zero_for_nan", zero_for_nan),
    END,
};

extern "C" const struct rung wrong_softplus[] = { ROW(softplus_forward, "log_of_sum", log_of_sum), END };

extern "C" const struct rung wrong_silu[] = { ROW(silu_forward, "infinity_times_zero", infinity_times_zero),
                                              END };
