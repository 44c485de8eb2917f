/* cuda_wrong.cu - CUDA rungs that are wrong in the ways real ones are, as a module of its own; cuda_wrong.c
 * says what a check must answer to each. Here all are of dense_forward: y (N,OUT) = x (N,IN) * w (OUT,IN)^T +
 * b; the other files of cuda_wrong.h have others. Some are right. */
#include <cuda_bf16.h>
#include <cuda_pipeline.h>
#include <cuda_runtime.h>

#include "../optimized/cuda/runtime.h"
#include "../optimized/cuda/backend/hopper.h"
#include "cuda_wrong.h"

#define RUNG_OF(name) \
    static void name(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)

enum { SIDE = 16 };

static dim3 threads(SIDE, SIDE);

static dim3 blocks(int N, int OUT)
{
    return dim3((unsigned)(OUT + SIDE - 1) / SIDE, (unsigned)(N + SIDE - 1) / SIDE);
}

/* ---- one thread an output, with one thing wrong ---- */

enum fault {
    NOTHING,
    NO_TAIL,     /* k in eights only                           */
    NO_BIAS,     /* y = x w^T                                  */
    SWAPPED,     /* w as if it were (IN,OUT)                   */
    ACCUMULATES, /* adds to what y held                        */
    ROUNDS,      /* operands as bf16, but the table says float */
    PAST_END,    /* writes one row more than y has             */
    READS_FOURS, /* loads ahead, also at the end of w          */
    EDITS_INPUT, /* changes w                                  */
    SKIPS_LAST   /* the last output is left                    */
};

template <fault FAULT>
__global__ void simple(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    int n = blockIdx.y * SIDE + threadIdx.y, o = blockIdx.x * SIDE + threadIdx.x;
    if (n >= N + (FAULT == PAST_END) || o >= OUT) return;
    if (FAULT == SKIPS_LAST && n == N - 1 && o == OUT - 1) return;
    float sum = FAULT == ACCUMULATES ? y[n * OUT + o] : 0;
    int K = FAULT == NO_TAIL ? IN / 8 * 8 : IN;
    for (int k = 0; k < K; k++) {
        float a = x[(n < N ? n : 0) * IN + k];
        float c = FAULT == SWAPPED ? w[k * OUT + o] : w[o * IN + k];
        if (FAULT == READS_FOURS) {
            float4 next = *reinterpret_cast<const float4 *>(w + o * IN + k + 4); /* ahead of its use */
            c += 0 * (next.x + next.y + next.z + next.w);
        }
        if (FAULT == ROUNDS)
            a = __bfloat162float(__float2bfloat16(a)), c = __bfloat162float(__float2bfloat16(c));
        sum += a * c;
    }
    y[n * OUT + o] = FAULT == NO_BIAS ? sum : sum + b[o];
    if (FAULT == EDITS_INPUT && n == 0 && o == 0) const_cast<float *>(w)[0] += 1;
}

#define SIMPLE(name, FAULT)                                                 \
    RUNG_OF(name)                                                           \
    {                                                                       \
        simple<FAULT><<<blocks(N, OUT), threads>>>(N, IN, OUT, x, w, b, y); \
    }
SIMPLE(right, NOTHING)
SIMPLE(no_tail, NO_TAIL)
SIMPLE(no_bias, NO_BIAS)
SIMPLE(swapped, SWAPPED)
SIMPLE(accumulates, ACCUMULATES)
SIMPLE(low_precision, ROUNDS)
SIMPLE(writes_past_the_end, PAST_END)
SIMPLE(reads_past_the_end, READS_FOURS)
SIMPLE(edits_its_input, EDITS_INPUT)
SIMPLE(leaves_one_out, SKIPS_LAST)

RUNG_OF(grid_rounded_down)
{
    dim3 grid((unsigned)OUT / SIDE ? (unsigned)OUT / SIDE : 1, (unsigned)N / SIDE ? (unsigned)N / SIDE : 1);
    simple<NOTHING><<<grid, threads>>>(N, IN, OUT, x, w, b, y);
}

RUNG_OF(too_many_threads)
{
    simple<NOTHING><<<blocks(N, OUT), dim3(64, 64)>>>(N, IN, OUT, x, w, b, y);
}

RUNG_OF(launches_nothing)
{
    (void)N, (void)IN, (void)OUT, (void)x, (void)w, (void)b, (void)y;
}

RUNG_OF(host_reads_the_device)
{
    if (x[0] > 2) return;
    simple<NOTHING><<<blocks(N, OUT), threads>>>(N, IN, OUT, x, w, b, y);
}

__global__ void write_one(float *y)
{
    *y = 0;
}

RUNG_OF(writes_one_more)
{
    simple<NOTHING><<<blocks(N, OUT), threads>>>(N, IN, OUT, x, w, b, y);
    write_one<<<1, 1>>>(y + N * OUT);
}

RUNG_OF(writes_before_the_start)
{
    simple<NOTHING><<<blocks(N, OUT), threads>>>(N, IN, OUT, x, w, b, y);
    write_one<<<1, 1>>>(y - 1);
}

__global__ void nudge(float *y)
{
    y[0] = __int_as_float(__float_as_int(y[0]) ^ 1);
}

RUNG_OF(other_bits_each_time)
{
    static int calls;
    simple<NOTHING><<<blocks(N, OUT), threads>>>(N, IN, OUT, x, w, b, y);
    if (calls++ % 3 == 2) nudge<<<1, 1>>>(y);
}

/* ---- tiles in shared memory, with a barrier or a wait missing ---- */

enum tile_fault { NO_FAULT, NO_FIRST_BARRIER, NO_SECOND_BARRIER, BARRIER_IN_A_BRANCH, NO_ASYNC_WAIT };

template <tile_fault FAULT>
__global__ void tiled(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    __shared__ float a[SIDE][SIDE + 1], c[SIDE][SIDE + 1];
    int row = threadIdx.y, column = threadIdx.x, n = blockIdx.y * SIDE + row, o = blockIdx.x * SIDE + row;
    float sum = 0;
    for (int k0 = 0; k0 < IN; k0 += SIDE) {
        int k = k0 + column;
        bool has_a = n < N && k < IN, has_c = o < OUT && k < IN;
        if (FAULT == NO_ASYNC_WAIT) {
            __pipeline_memcpy_async(&a[row][column], has_a ? &x[n * IN + k] : x, 4, has_a ? 0 : 4);
            __pipeline_commit();
        } else {
            a[row][column] = has_a ? x[n * IN + k] : 0;
        }
        c[row][column] = has_c ? w[o * IN + k] : 0;
        if (FAULT == BARRIER_IN_A_BRANCH ? n < N : FAULT != NO_FIRST_BARRIER) __syncthreads();
        for (int i = 0; i < SIDE; i++) sum += a[row][i] * c[column][i];
        if (FAULT != NO_SECOND_BARRIER) __syncthreads();
    }
    int out = blockIdx.x * SIDE + column;
    if (n < N && out < OUT) y[n * OUT + out] = sum + b[out];
}

#define TILED(name, FAULT)                                                 \
    RUNG_OF(name)                                                          \
    {                                                                      \
        tiled<FAULT><<<blocks(N, OUT), threads>>>(N, IN, OUT, x, w, b, y); \
    }
TILED(right_tiles, NO_FAULT)
TILED(tile_without_barrier, NO_FIRST_BARRIER)
TILED(tile_overwritten, NO_SECOND_BARRIER)
TILED(barrier_in_a_branch, BARRIER_IN_A_BRANCH)
TILED(cp_async_not_waited_for, NO_ASYNC_WAIT)

/* ---- TMA and wgmma on one 64 x 128 tile with two stages: N <= 64, OUT <= 128, and IN of any size ---- */

using hopper::bf16;

enum hopper_fault {
    HOPPER_RIGHT,
    NO_TMA_WAIT,   /* multiplies before the tile is there          */
    NO_WGMMA_WAIT, /* stores sums before the products are finished */
    FREED_EARLY,   /* gives a stage back while it is still read    */
    WRONG_PARITY   /* waits for the phase before the right one     */
};

__global__ void to_bf16(int lines, int K, int pitch, const float *from, bf16 *to)
{
    for (int e = threadIdx.x; e < lines * pitch; e += 128)
        to[e] = __float2bfloat16(e % pitch < K ? from[e / pitch * K + e % pitch] : 0.0f);
}

struct two_stages {
    bf16 a[2][64 * 64], b[2][128 * 64];
    uint64_t full[2], free[2];
};

template <hopper_fault FAULT>
__global__ void __launch_bounds__(256)
    on_one_tile(int N, int IN, int OUT, const __grid_constant__ hopper::tensor_map x,
                const __grid_constant__ hopper::tensor_map w, const float *b, float *y)
{
    extern __shared__ unsigned char dynamic[];
    two_stages &s = *(two_stages *)(((uintptr_t)dynamic + 1023) & ~(uintptr_t)1023);
    if (threadIdx.x == 0) {
        for (int i = 0; i < 2; i++) hopper::barrier_init(&s.full[i], 1), hopper::barrier_init(&s.free[i], 4);
        hopper::barriers_visible();
    }
    __syncthreads();
    int steps = (IN + 63) / 64;
    if (threadIdx.x == 128)
        for (int t = 0; t < steps; t++) {
            hopper::barrier_wait(&s.free[t % 2], !(t / 2 % 2));
            hopper::barrier_expect(&s.full[t % 2], (64 + 128) * 64 * 2);
            hopper::tma_load(s.a[t % 2], &x, t * 64, 0, &s.full[t % 2]);
            hopper::tma_load(s.b[t % 2], &w, t * 64, 0, &s.full[t % 2]);
        }
    if (threadIdx.x >= 128) return;
    float sum[64] = {};
    for (int t = 0; t < steps; t++) {
        int i = t % 2;
        if (FAULT != NO_TMA_WAIT) hopper::barrier_wait(&s.full[i], (t / 2 + (FAULT == WRONG_PARITY)) % 2);
        hopper::wgmma_begin();
        for (int k = 0; k < 64; k += 16) hopper::wgmma(sum, s.a[i] + k, s.b[i] + k);
        hopper::wgmma_commit();
        if (FAULT == FREED_EARLY && threadIdx.x % 32 == 0) hopper::barrier_arrive(&s.free[i]);
        if (FAULT != NO_WGMMA_WAIT) hopper::wgmma_wait<0>(sum);
        if (FAULT != FREED_EARLY && threadIdx.x % 32 == 0) hopper::barrier_arrive(&s.free[i]);
    }
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    for (int i = 0; i < 64; i++) {
        int n = 16 * warp + lane / 4 + 8 * (i / 2 % 2), o = 8 * (i / 4) + 2 * (lane % 4) + i % 2;
        if (n < N && o < OUT) y[n * OUT + o] = sum[i] + b[o];
    }
}

template <hopper_fault FAULT>
static void hopper_rung(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    static bf16 *in[2]; /* made for the largest of the few shapes */
    const int most = 128 * 512, pitch = (IN + 7) / 8 * 8, bytes = (int)sizeof(two_stages) + 1024;
    hopper::tensor_map maps[2];
    for (int i = 0; i < 2; i++)
        if (!in[i] && cudaMalloc(&in[i], most * sizeof(bf16)) != cudaSuccess) return;
    if (!hopper::make_tensor_map(&maps[0], in[0], N, IN, (size_t)pitch, 64) ||
        !hopper::make_tensor_map(&maps[1], in[1], OUT, IN, (size_t)pitch, 128))
        return;
    to_bf16<<<1, 128>>>(N, IN, pitch, x, in[0]);
    to_bf16<<<1, 128>>>(OUT, IN, pitch, w, in[1]);
    cudaFuncSetAttribute(on_one_tile<FAULT>, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
    on_one_tile<FAULT><<<1, 256, bytes>>>(N, IN, OUT, maps[0], maps[1], b, y);
}

#define DENSE(name)         ROW(dense_forward, #name, name)
#define HOPPER(name, FAULT) ROW_IN(dense_forward, name, hopper_rung<FAULT>, NEED_SM90A | IN_BF16)

static const struct rung wrong_rungs[] = {
    DENSE(right),
    DENSE(no_tail),
    DENSE(no_bias),
    DENSE(swapped),
    DENSE(accumulates),
    DENSE(low_precision),
    DENSE(writes_past_the_end),
    DENSE(writes_one_more),
    DENSE(writes_before_the_start),
    DENSE(reads_past_the_end),
    DENSE(edits_its_input),
    DENSE(leaves_one_out),
    DENSE(grid_rounded_down),
    DENSE(too_many_threads),
    DENSE(launches_nothing),
    DENSE(host_reads_the_device),
    DENSE(other_bits_each_time),
    DENSE(right_tiles),
    DENSE(tile_without_barrier),
    DENSE(tile_overwritten),
    DENSE(barrier_in_a_branch),
    DENSE(cp_async_not_waited_for),
    HOPPER("right_hopper", HOPPER_RIGHT),
    HOPPER("tma_not_waited_for", NO_TMA_WAIT),
    HOPPER("wgmma_not_waited_for", NO_WGMMA_WAIT),
    HOPPER("stage_freed_early", FREED_EARLY),
    HOPPER("wrong_parity", WRONG_PARITY),
    END,
};

static const struct device_rungs ladders[] = {
    { "dense_forward", wrong_rungs },
    { "softmax_forward", wrong_softmax },
    { "xent_with_gradient", wrong_xent },
    { "mse_forward", wrong_mse },
    { "relu_forward", wrong_relu },
    { "softplus_forward", wrong_softplus },
    { "silu_forward", wrong_silu },
    { "dropout_forward", wrong_dropout },
    { "adam_step", wrong_adam },
    { "adam_step_many", wrong_adam_many },
    { "clip_norm", wrong_clip },
    { "maxpool_forward", wrong_maxpool },
    { "maxpool_backward", wrong_maxpool_back },
    { "conv2d_forward", wrong_conv },
    { "conv2d_forward", wrong_conv_fast },
    { "conv2d_backward_dx", wrong_conv_dx },
    { "conv2d_backward_dw", wrong_conv_dw },
    { "conv2d_relu_forward", wrong_conv_relu },
    { "conv2d_relu_backward_dx", wrong_conv_relu_dx },
    { nullptr, nullptr },
};

extern "C" {
extern const struct device_module rungs_cuda_module;
const struct device_module rungs_cuda_module = runtime_module(ladders, nullptr, nullptr);
}
