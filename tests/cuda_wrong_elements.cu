/* cuda_wrong_elements.cu - activations, dropout, Adam (of one tensor, of many), clipping and max-pooling,
 * wrong in the ways that kernels with a thread for each result are; cuda_wrong.c and cuda_ends.c say what a
 * check must answer to each. Some are right. */
#include <cuda_runtime.h>
#include <math.h>

#include "../optimized/cuda/philox.h"
#include "../optimized/op.h"
#include "../reference/dropout.h"
#include "../reference/tensors.h"
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

/* ---- dropout: elements may be right where the mask is not ---- */

enum mask_fault {
    RIGHT_MASK,
    NO_LAST_BITS, /* elements behind the last draw, too     */
    OTHER_BLOCK,  /* four elements per block, not eight     */
    NO_TIES       /* the lower half of a number is not drawn */
};

template <mask_fault FAULT> __global__ void voting(int n, const float *x, float *y, uint32_t *mask, drop d)
{
    const size_t k = (size_t)blockIdx.x * THREADS + threadIdx.x;
    const bool here = k < (size_t)n;
    const size_t block = FAULT == OTHER_BLOCK ? k / 4 : k / 8;
    uint32_t keep = kept_of<1>(d, philox_block(d.seed, 0, block), k / 8, (int)(k % 8));
    if (FAULT != NO_LAST_BITS && !here) keep = 0;
    if (here) y[k] = keep ? x[k] * d.scale : 0;
    const uint32_t word = __ballot_sync(~0u, (int)keep);
    if (here && threadIdx.x % 32 == 0) mask[k / 32] = word;
}

template <mask_fault FAULT>
static void dropout(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    const uint64_t threshold = dropout_threshold(p);
    const uint32_t low = FAULT == NO_TIES ? 0 : (uint32_t)(threshold & 0xffff);
    const drop d = { seed, (uint32_t)(threshold >> 16), low, (float)(1 / (1 - p)) };
    voting<FAULT><<<(n - 1) / THREADS + 1, THREADS>>>(n, x, y, mask, d);
}

/* ---- Adam: in fours, with a fault in what is kept of a weight ---- */

enum kept_fault {
    RIGHT_STEP,
    V_NOT_WRITTEN,
    ASKS_ONE,      /* only dw is asked whether it is on 16 bytes */
    M_OF_THE_FIRST /* of four                                              */
};

struct adam_numbers {
    float lr, beta1, add1, beta2, add2, eps, of_m, of_v; /* add: 1 - beta, in double */
};

static adam_numbers numbers_of(double lr, double beta1, double beta2, double eps, uint64_t t)
{
    const double of_m = 1 - pow(beta1, (double)t), of_v = 1 - pow(beta2, (double)t);
    return { (float)lr,          (float)beta1, (float)(1 - beta1), (float)beta2,
             (float)(1 - beta2), (float)eps,   (float)of_m,        (float)of_v };
}

__device__ static void adam(const adam_numbers &a, float dw, float *w, float *m, float *v)
{
    *m = a.beta1 * *m + a.add1 * dw;
    *v = a.beta2 * *v + a.add2 * dw * dw;
    *w -= a.lr * (*m / a.of_m) / (sqrtf(*v / a.of_v) + a.eps);
}

template <kept_fault FAULT>
__global__ void adam_fours(int n, const float *dw, float *w, float *m, float *v, adam_numbers a)
{
    const int t = blockIdx.x * THREADS + threadIdx.x, all = gridDim.x * THREADS;
    const size_t places = (size_t)dw | (FAULT == ASKS_ONE ? 0 : (size_t)w | (size_t)m | (size_t)v);
    const int fours = places % 16 ? 0 : n / 4;
    for (int j = t; j < fours; j += all) {
        const float4 g = ((const float4 *)dw)[j];
        float4 weight = ((float4 *)w)[j], mean = ((float4 *)m)[j], square = ((float4 *)v)[j];
        if (FAULT == M_OF_THE_FIRST) mean = { mean.x, mean.x, mean.x, mean.x };
        adam(a, g.x, &weight.x, &mean.x, &square.x);
        adam(a, g.y, &weight.y, &mean.y, &square.y);
        adam(a, g.z, &weight.z, &mean.z, &square.z);
        adam(a, g.w, &weight.w, &mean.w, &square.w);
        ((float4 *)w)[j] = weight;
        ((float4 *)m)[j] = mean;
        if (FAULT != V_NOT_WRITTEN) ((float4 *)v)[j] = square;
    }
    for (int k = 4 * fours + t; k < n; k += all) adam(a, dw[k], &w[k], &m[k], &v[k]);
}

template <kept_fault FAULT>
static void adam_in_fours(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                          double beta2, double eps, uint64_t t)
{
    adam_fours<FAULT><<<BLOCKS, THREADS>>>(n, dw, w, m, v, numbers_of(lr, beta1, beta2, eps, t));
}

/* ---- Adam on many tensors: a block for each, which finds its own in a table ---- */

enum list_fault {
    RIGHT_LIST,
    BIASES_LEFT_OUT, /* every other tensor                                                 */
    FIRST_CHUNK,     /* no loop: what a block's threads do not reach is left               */
    BOUNDARY_TWICE   /* a tensor ends one too late: two blocks step the first of the next  */
};

struct tensor_list {
    enum { MOST = 64 };
    int count, begin[MOST + 1];
};

template <list_fault FAULT>
__global__ void adam_of_list(tensor_list list, const float *dw, float *w, float *m, float *v, adam_numbers a)
{
    const int own = blockIdx.x, last = own == list.count - 1;
    const int end = list.begin[own + 1] + (FAULT == BOUNDARY_TWICE && !last);
    if (FAULT == BIASES_LEFT_OUT && own % 2) return;
    for (int k = list.begin[own] + threadIdx.x; k < end; k += FAULT == FIRST_CHUNK ? end : THREADS)
        adam(a, dw[k], &w[k], &m[k], &v[k]);
}

template <list_fault FAULT>
static void adam_by_list(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                         double beta2, double eps, uint64_t t, uint64_t tensors)
{
    const struct tensors all = tensors_of(n, tensors);
    tensor_list list = { all.many < tensor_list::MOST ? all.many : (int)tensor_list::MOST, {} };
    for (int k = 0; k <= list.count; k++) list.begin[k] = tensor_begin(&all, k);
    adam_of_list<FAULT><<<list.count, THREADS>>>(list, dw, w, m, v, numbers_of(lr, beta1, beta2, eps, t));
}

/* ---- clipping by norm: a sum of all blocks before the first element is changed ---- */

enum clip_fault {
    RIGHT_CLIP,
    A_PART_LOST, /* the last block's sum                                          */
    LENGTHENS,   /* the factor may be more than 1                                 */
    TOO_EARLY    /* one launch: blocks read sums that others have not written yet */
};

__device__ static void clip_share(clip_fault fault, int n, float *dw, const double *part, float *norm,
                                  double max_norm, double eps)
{
    const int parts = (int)gridDim.x - (fault == A_PART_LOST && gridDim.x > 1);
    double sum = 0;
    for (int i = 0; i < parts; i++) sum += part[i];
    double scale = max_norm / (sqrt(sum) + eps);
    if (scale > 1 && fault != LENGTHENS) scale = 1;
    if (blockIdx.x == 0 && threadIdx.x == 0) *norm = (float)sqrt(sum);
    for (int k = blockIdx.x * THREADS + threadIdx.x; k < n; k += gridDim.x * THREADS) dw[k] *= (float)scale;
}

template <clip_fault FAULT>
__global__ void square_share(int n, float *dw, double *part, float *norm, double max_norm, double eps)
{
    __shared__ double own[THREADS];
    double sum = 0;
    for (int k = blockIdx.x * THREADS + threadIdx.x; k < n; k += gridDim.x * THREADS)
        sum += (double)dw[k] * (double)dw[k];
    own[threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int i = 1; i < THREADS; i++) sum += own[i];
        part[blockIdx.x] = sum;
    }
    __syncthreads();
    if (FAULT == TOO_EARLY) clip_share(FAULT, n, dw, part, norm, max_norm, eps);
}

template <clip_fault FAULT>
__global__ void multiply_share(int n, float *dw, const double *part, float *norm, double max_norm, double eps)
{
    clip_share(FAULT, n, dw, part, norm, max_norm, eps);
}

template <clip_fault FAULT> static void clip(int n, float *dw, float *norm, double max_norm, double eps)
{
    double *part;
    if (cudaMalloc(&part, BLOCKS * sizeof *part) != cudaSuccess) return;
    square_share<FAULT><<<BLOCKS, THREADS>>>(n, dw, part, norm, max_norm, eps);
    if (FAULT != TOO_EARLY) multiply_share<FAULT><<<BLOCKS, THREADS>>>(n, dw, part, norm, max_norm, eps);
    cudaFree(part);
}

/* ---- max-pooling ---- */

enum window_fault { RIGHT_WINDOWS, LAST_OF_EQUALS, LAST_COLUMN_CUT };

template <window_fault FAULT>
__global__ void pool_each(int planes, int H, int W, int R, int S, int pad, int stride, const float *x,
                          float *y, int *index)
{
    const int P = (H + 2 * pad - R) / stride + 1, Q = (W + 2 * pad - S) / stride + 1;
    const int k = blockIdx.x * THREADS + threadIdx.x;
    if (k >= planes * P * Q) return;
    const int top = k / Q % P * stride - pad, left = k % Q * stride - pad;
    const float *plane = x + (size_t)(k / (P * Q)) * H * W;
    int best = max(top, 0) * W + max(left, 0);
    for (int h = max(top, 0); h < min(top + R, H); h++)
        for (int w = max(left, 0); w < min(left + S, W - (FAULT == LAST_COLUMN_CUT)); w++) {
            const float here = plane[h * W + w], most = plane[best];
            if (here > most || (FAULT == LAST_OF_EQUALS && here == most)) best = h * W + w;
        }
    y[k] = plane[best];
    index[k] = best;
}

template <window_fault FAULT>
static void pool(int N, int C, int H, int W, int R, int S, int pad, int stride, int, const float *x, float *y,
                 int *index)
{
    const int P = (H + 2 * pad - R) / stride + 1, Q = (W + 2 * pad - S) / stride + 1;
    const int blocks = (N * C * P * Q - 1) / THREADS + 1;
    pool_each<FAULT><<<blocks, THREADS>>>(N * C, H, W, R, S, pad, stride, x, y, index);
}

/* a thread per window, which adds to the element it chose: several choose the same */
__global__ void scatter(int n, int in, int out, const int *index, const float *dy, float *dx)
{
    const int k = blockIdx.x * THREADS + threadIdx.x;
    if (k < n) dx[k / out * in + index[k]] += dy[k];
}

static void scattered(int N, int C, int H, int W, int R, int S, int pad, int stride, int, const int *index,
                      const float *dy, float *dx)
{
    const int P = (H + 2 * pad - R) / stride + 1, Q = (W + 2 * pad - S) / stride + 1, n = N * C * P * Q;
    cudaMemset(dx, 0, (size_t)N * C * H * W * sizeof *dx);
    scatter<<<(n - 1) / THREADS + 1, THREADS>>>(n, H * W, P * Q, index, dy, dx);
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

extern "C" const struct rung wrong_dropout[] = {
    ROW(dropout_forward, "right_mask", dropout<RIGHT_MASK>),
    ROW(dropout_forward, "no_last_bits", dropout<NO_LAST_BITS>),
    ROW(dropout_forward, "other_block", dropout<OTHER_BLOCK>),
    ROW(dropout_forward, "no_ties", dropout<NO_TIES>),
    END,
};

extern "C" const struct rung wrong_adam[] = {
    ROW(adam_step, "right_step", adam_in_fours<RIGHT_STEP>),
    ROW(adam_step, "v_not_written", adam_in_fours<V_NOT_WRITTEN>),
    ROW(adam_step, "asks_one", adam_in_fours<ASKS_ONE>),
    ROW(adam_step, "m_of_the_first", adam_in_fours<M_OF_THE_FIRST>),
    END,
};

extern "C" const struct rung wrong_adam_many[] = {
    ROW(adam_step_many, "right_list", adam_by_list<RIGHT_LIST>),
    ROW(adam_step_many, "biases_left_out", adam_by_list<BIASES_LEFT_OUT>),
    ROW(adam_step_many, "first_chunk", adam_by_list<FIRST_CHUNK>),
    ROW(adam_step_many, "boundary_twice", adam_by_list<BOUNDARY_TWICE>),
    END,
};

extern "C" const struct rung wrong_clip[] = {
    ROW(clip_norm, "right_clip", clip<RIGHT_CLIP>),
    ROW(clip_norm, "a_part_lost", clip<A_PART_LOST>),
    ROW(clip_norm, "lengthens", clip<LENGTHENS>),
    ROW(clip_norm, "too_early", clip<TOO_EARLY>),
    END,
};

extern "C" const struct rung wrong_maxpool[] = {
    ROW(maxpool_forward, "right_windows", pool<RIGHT_WINDOWS>),
    ROW(maxpool_forward, "last_of_equals", pool<LAST_OF_EQUALS>),
    ROW(maxpool_forward, "last_column_cut", pool<LAST_COLUMN_CUT>),
    END,
};

extern "C" const struct rung wrong_maxpool_back[] = { ROW(maxpool_backward, "scattered", scattered), END };
