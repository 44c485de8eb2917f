/* cuda_wrong_losses.cu - losses, wrong in the ways that sums over blocks, labels and calls are; cuda_wrong.c
 * and cuda_special.c say what a check must answer to each. The first of each table is right. */
#include <cuda_runtime.h>
#include <float.h>

#include "../optimized/op.h"
#include "cuda_wrong.h"

/* ---- cross-entropy: the mean and its gradient, a block of two warps for each row ---- */

enum { THREADS = 64 };

enum fault {
    NOTHING,
    NOT_MASKED,     /* a label of -1 is taken for a class                              */
    COUNTS_ALL,     /* the mean is over all rows, not over those with a label          */
    NO_RESCALE,     /* a larger logit comes, and what has been summed is left as it is */
    NO_BARRIER,     /* the array of the maxima is used for the sums at once            */
    LABEL_TOO_LATE, /* the label's logit is read when dz is being written, over z      */
    LEFT_OVER,      /* adds to what the call before left in the rows' losses           */
    NO_MAXIMUM      /* exp(z), not exp(z - max): right as long as logits are small     */
};

template <fault FAULT> __device__ float over_block(float *shared, bool largest, float mine)
{
    shared[threadIdx.x] = mine;
    __syncthreads();
    float all = shared[0];
    for (int i = 1; i < THREADS; i++) all = largest ? fmaxf(all, shared[i]) : all + shared[i];
    if (FAULT != NO_BARRIER) __syncthreads();
    return all;
}

template <fault FAULT>
__global__ void xent_rows(int C, const float *z, const int *label, const float *count, float *loss, float *dz)
{
    __shared__ float shared[THREADS];
    const int n = blockIdx.x, l = label[n];
    z += (size_t)n * C, dz += (size_t)n * C;
    if (FAULT != NOT_MASKED && l < 0) {
        if (threadIdx.x == 0) loss[n] = 0;
        for (int c = threadIdx.x; c < C; c += THREADS) dz[c] = 0;
        return;
    }
    float max = FAULT == NO_MAXIMUM ? 0 : -FLT_MAX, sum = 0, at_label = FAULT == LABEL_TOO_LATE ? 0 : z[l];
    for (int c = threadIdx.x; c < C; c += THREADS) {
        float larger = FAULT == NO_MAXIMUM ? 0 : fmaxf(max, z[c]);
        if (FAULT != NO_RESCALE) sum *= expf(max - larger);
        sum += expf(z[c] - larger);
        max = larger;
    }
    float highest = over_block<FAULT>(shared, true, max);
    sum = over_block<FAULT>(shared, false, sum * expf(max - highest));
    for (int c = threadIdx.x; c < C; c += THREADS)
        dz[c] = (expf(z[c] - highest) / sum - (c == l ? 1 : 0)) / fmaxf(*count, 1);
    if (FAULT == LABEL_TOO_LATE) at_label = z[l];
    if (threadIdx.x == 0) loss[n] = (FAULT == LEFT_OVER ? loss[n] : 0) + logf(sum) + highest - at_label;
}

__global__ void count_rows(int N, const int *label, bool all, float *count)
{
    int rows = 0;
    for (int n = 0; n < N; n++) rows += all || label[n] >= 0;
    *count = (float)rows;
}

__global__ void mean_of_rows(int N, const float *each, const float *count, float *loss)
{
    double sum = 0;
    for (int n = 0; n < N; n++) sum += (double)each[n];
    *loss = (float)sum / fmaxf(*count, 1);
}

template <fault FAULT>
static void xent(int N, int C, const float *z, const int *label, float *loss, float *dz, float, int)
{
    static float *kept; /* the count, then the rows' losses; made for the largest of the few shapes */
    const size_t bytes = 1000 * sizeof *kept;
    if (!kept && (cudaMalloc(&kept, bytes) != cudaSuccess || cudaMemset(kept, 0, bytes) != cudaSuccess))
        return;
    count_rows<<<1, 1>>>(N, label, FAULT == COUNTS_ALL, kept);
    xent_rows<FAULT><<<(unsigned)N, THREADS>>>(C, z, label, kept, kept + 1, dz);
    mean_of_rows<<<1, 1>>>(N, kept + 1, kept, loss);
}

/* ---- mse: the mean, by one block ---- */

enum tree_fault { RIGHT_TREE, NO_BARRIERS, ODD_HALVES };

template <tree_fault FAULT> __global__ void mean_by_tree(int n, const float *y, const float *t, float *loss)
{
    enum { SIZE = FAULT == ODD_HALVES ? 96 : 128 }; /* half of 3 is 1: one of the last three sums is lost */
    __shared__ float tree[SIZE];
    float sum = 0;
    for (int k = threadIdx.x; k < n; k += SIZE) sum += (y[k] - t[k]) * (y[k] - t[k]);
    tree[threadIdx.x] = sum;
    if (FAULT != NO_BARRIERS) __syncthreads();
    for (unsigned half = SIZE / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) tree[threadIdx.x] += tree[threadIdx.x + half];
        if (FAULT != NO_BARRIERS) __syncthreads();
    }
    if (threadIdx.x == 0) *loss = tree[0] / (float)n;
}

template <tree_fault FAULT> static void mse(int n, const float *y, const float *t, float *loss, int)
{
    mean_by_tree<FAULT><<<1, FAULT == ODD_HALVES ? 96 : 128>>>(n, y, t, loss);
}

#define XENT(name, FAULT) ROW(xent_with_gradient, name, xent<FAULT>)
#define MSE(name, FAULT)  ROW(mse_forward, name, mse<FAULT>)

extern "C" const struct rung wrong_xent[] = {
    XENT("right_labels", NOTHING),
    XENT("label_not_masked", NOT_MASKED),
    XENT("counts_all_rows", COUNTS_ALL),
    XENT("sum_not_rescaled", NO_RESCALE),
    XENT("array_used_again", NO_BARRIER),
    XENT("label_read_too_late", LABEL_TOO_LATE),
    XENT("losses_left_over", LEFT_OVER),
    XENT("maximum_not_taken_off", NO_MAXIMUM),
    END,
};

extern "C" const struct rung wrong_mse[] = {
    MSE("right_tree", RIGHT_TREE),
    MSE("tree_without_barriers", NO_BARRIERS),
    MSE("tree_of_odd_halves", ODD_HALVES),
    END,
};
