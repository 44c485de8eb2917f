/* softmax.cu - the CUDA ladders of softmax as an activation: N rows of C numbers.
 *
 *   forward:  y = exp(x - max x) / sum of exp(x - max x), by rows
 *   backward: dx = y (dy - sum of dy y), by rows
 *
 * Few operations for each number: what counts is how often, and how, memory is asked. A row must be read once
 * for its maximum and its sum before the first output can be written, and is needed again then. y may be x
 * and dx may be dy: the thread that writes a number has read it, and nobody else needs it any more.
 *
 * Accuracy: expf errs by 2 ulp on a GPU (CUDA Programming Guide, mathematical functions), so that the bound
 * of softmax holds there, too (ops/softmax.c). A NaN or +infinity makes a row of NaNs, -infinity a 0.
 */
#include <cuda_runtime.h>

#include "../op.h"
#include "ladders.h"
#include "rows.h"

/* ---- 00_naive, 01_warp, 02_block: three passes; only who works on a row differs. ----
 *
 * 00_naive: a thread has a row. Neighbouring lanes read a row's length apart: 32 sectors of 32 bytes for
 * 32 floats, seven eighths of which nobody asked for, unless a cache still has them when the next number
 * is read. N threads are few.
 *
 * 01_warp: a warp has a row, its lanes neighbouring numbers, and they add up by shuffles. A request
 * needs 4 sectors, and 32 times as many threads keep loads on their way. Relieves memory. Prediction: 5
 * to 10 x where C is hundreds.
 *
 * 02_block: a row of more than 1024 numbers has a block of 8 warps, which meet in shared memory. A lane has
 * an eighth of the numbers to read one after the other. Relieves the wait for memory where rows are long and
 * few; two barriers for each maximum and sum are the price. Prediction: 2 to 8 x where N is below a thousand,
 * nothing where it is many. */

template <class TEAM>
__global__ void __launch_bounds__(TEAM::THREADS) three_passes(int N, int C, const float *x, float *y)
{
    size_t n = TEAM::row();
    if (n >= (size_t)N) return;
    x += n * C, y += n * C;
    float max = LOWEST, sum = 0;
    for (int c = TEAM::rank(); c < C; c += TEAM::SIZE) max = fmaxf(max, x[c]);
    max = TEAM::all(max, greater());
    for (int c = TEAM::rank(); c < C; c += TEAM::SIZE) sum += expf(x[c] - max);
    float scale = 1 / TEAM::all(sum, plus());
    for (int c = TEAM::rank(); c < C; c += TEAM::SIZE) y[c] = expf(x[c] - max) * scale;
}

template <class TEAM>
__global__ void __launch_bounds__(TEAM::THREADS)
    two_passes_back(int N, int C, const float *y, const float *dy, float *dx)
{
    size_t n = TEAM::row();
    if (n >= (size_t)N) return;
    y += n * C, dy += n * C, dx += n * C;
    float sum = 0;
    for (int c = TEAM::rank(); c < C; c += TEAM::SIZE) sum += dy[c] * y[c];
    sum = TEAM::all(sum, plus());
    for (int c = TEAM::rank(); c < C; c += TEAM::SIZE) dx[c] = y[c] * (dy[c] - sum);
}

template <class TEAM> static void forward_by(int N, int C, const float *x, float *y)
{
    three_passes<TEAM><<<TEAM::blocks(N), TEAM::THREADS>>>(N, C, x, y);
}

template <class TEAM> static void backward_by(int N, int C, const float *y, const float *dy, float *dx)
{
    two_passes_back<TEAM><<<TEAM::blocks(N), TEAM::THREADS>>>(N, C, y, dy, dx);
}

static void forward_block(int N, int C, const float *x, float *y)
{
    (C <= WARP_ROW ? forward_by<one_warp> : forward_by<one_block>)(N, C, x, y);
}

static void backward_block(int N, int C, const float *y, const float *dy, float *dx)
{
    (C <= WARP_ROW ? backward_by<one_warp> : backward_by<one_block>)(N, C, y, dy, dx);
}

/* ---- 03_online: the maximum and the sum in one pass. ----
 * Two reads of a number instead of three, one exp for each, and one reduction instead of two. Relieves
 * memory where a row is longer than the caches keep, else the wait for them. Prediction: up to 1.3 x,
 * 1.0 where rows are short. */

template <class TEAM>
__global__ void __launch_bounds__(TEAM::THREADS) one_pass(int N, int C, const float *x, float *y)
{
    size_t n = TEAM::row();
    if (n >= (size_t)N) return;
    x += n * C, y += n * C;
    max_and_sum s = { LOWEST, 0 };
    for (int c = TEAM::rank(); c < C; c += TEAM::SIZE) s = with(s, x[c]);
    s = TEAM::all(s, join());
    float scale = 1 / exp_sum(s);
    for (int c = TEAM::rank(); c < C; c += TEAM::SIZE) y[c] = expf(x[c] - s.max) * scale;
}

static void forward_online(int N, int C, const float *x, float *y)
{
    if (C <= WARP_ROW)
        one_pass<one_warp><<<one_warp::blocks(N), one_warp::THREADS>>>(N, C, x, y);
    else
        one_pass<one_block><<<one_block::blocks(N), one_block::THREADS>>>(N, C, x, y);
}

/* ---- 04_float4 (backward: 03_float4): four numbers per load and store. ----
 * A quarter of the requests for the same sectors, and four times the bytes on their way for each
 * thread. The maximum changes once for four numbers: five exps for them. Relieves the load units.
 * Prediction: 1.1 to 1.3 x. */

template <class TEAM>
__global__ void __launch_bounds__(TEAM::THREADS) one_pass_in_fours(int N, int C, const float *x, float *y)
{
    size_t n = TEAM::row();
    if (n >= (size_t)N) return;
    x += n * C, y += n * C;
    const fours row(x, C);
    max_and_sum s = { LOWEST, 0 };
    for (int j = TEAM::rank(); j < row.count; j += TEAM::SIZE) s = with(s, row.load(x, j, -INFINITY));
    s = TEAM::all(s, join());
    float scale = 1 / exp_sum(s);
    for (int j = TEAM::rank(); j < row.count; j += TEAM::SIZE) {
        float4 e = exp_of_difference(row.load(x, j, -INFINITY), s.max);
        row.store(y, j, { e.x * scale, e.y * scale, e.z * scale, e.w * scale });
    }
}

__device__ inline float4 derivative(float4 y, float4 dy, float sum)
{
    return { y.x * (dy.x - sum), y.y * (dy.y - sum), y.z * (dy.z - sum), y.w * (dy.w - sum) };
}

template <class TEAM>
__global__ void __launch_bounds__(TEAM::THREADS)
    two_passes_back_in_fours(int N, int C, const float *y, const float *dy, float *dx)
{
    size_t n = TEAM::row();
    if (n >= (size_t)N) return;
    y += n * C, dy += n * C, dx += n * C;
    const fours row(y, C);
    float sum = 0;
    for (int j = TEAM::rank(); j < row.count; j += TEAM::SIZE)
        sum += dot(row.load(dy, j, 0), row.load(y, j, 0));
    sum = TEAM::all(sum, plus());
    for (int j = TEAM::rank(); j < row.count; j += TEAM::SIZE)
        row.store(dx, j, derivative(row.load(y, j, 0), row.load(dy, j, 0), sum));
}

static void forward_float4(int N, int C, const float *x, float *y)
{
    if (!same_fours(x, y))
        forward_online(N, C, x, y);
    else if (C <= WARP_ROW)
        one_pass_in_fours<one_warp><<<one_warp::blocks(N), one_warp::THREADS>>>(N, C, x, y);
    else
        one_pass_in_fours<one_block><<<one_block::blocks(N), one_block::THREADS>>>(N, C, x, y);
}

static void backward_float4(int N, int C, const float *y, const float *dy, float *dx)
{
    if (!same_fours(y, dy) || !same_fours(y, dx))
        backward_block(N, C, y, dy, dx);
    else if (C <= WARP_ROW)
        two_passes_back_in_fours<one_warp><<<one_warp::blocks(N), one_warp::THREADS>>>(N, C, y, dy, dx);
    else
        two_passes_back_in_fours<one_block><<<one_block::blocks(N), one_block::THREADS>>>(N, C, y, dy, dx);
}

/* ---- 05_resident (backward: 04_resident): a row that fits stays in registers, and is read once. ----
 * A thread keeps up to 16 fours, so that a block has rows of up to 16378 numbers (backward, with two rows to
 * keep: 8186); longer ones go to the rung before. All loads of a row are on their way at once, and a number
 * needs one exp. Memory sees the least that is possible: one read, one write. Prediction: 1.2 to 1.5 x where
 * the rung before reads twice from memory; 90 % of its bandwidth for many rows. */

template <class TEAM, int K>
__global__ void __launch_bounds__(TEAM::THREADS) register_resident(int N, int C, const float *x, float *y)
{
    size_t n = TEAM::row();
    if (n >= (size_t)N) return;
    x += n * C, y += n * C;
    const fours row(x, C);
    float4 e[K];
    float max = LOWEST, sum = 0;
#pragma unroll
    for (int k = 0; k < K; k++) e[k] = row.load(x, TEAM::rank() + k * TEAM::SIZE, -INFINITY);
#pragma unroll
    for (int k = 0; k < K; k++) max = fmaxf(max, largest(e[k]));
    max = TEAM::all(max, greater());
#pragma unroll
    for (int k = 0; k < K; k++) {
        e[k] = exp_of_difference(e[k], max);
        sum += total(e[k]);
    }
    float scale = 1 / TEAM::all(sum, plus());
#pragma unroll
    for (int k = 0; k < K; k++)
        row.store(y, TEAM::rank() + k * TEAM::SIZE,
                  { e[k].x * scale, e[k].y * scale, e[k].z * scale, e[k].w * scale });
}

template <class TEAM, int K>
__global__ void __launch_bounds__(TEAM::THREADS)
    register_resident_back(int N, int C, const float *y, const float *dy, float *dx)
{
    size_t n = TEAM::row();
    if (n >= (size_t)N) return;
    y += n * C, dy += n * C, dx += n * C;
    const fours row(y, C);
    float4 p[K], d[K];
    float sum = 0;
#pragma unroll
    for (int k = 0; k < K; k++) {
        p[k] = row.load(y, TEAM::rank() + k * TEAM::SIZE, 0);
        d[k] = row.load(dy, TEAM::rank() + k * TEAM::SIZE, 0);
    }
#pragma unroll
    for (int k = 0; k < K; k++) sum += dot(d[k], p[k]);
    sum = TEAM::all(sum, plus());
#pragma unroll
    for (int k = 0; k < K; k++) row.store(dx, TEAM::rank() + k * TEAM::SIZE, derivative(p[k], d[k], sum));
}

/* false if a team of K fours a thread cannot keep such rows */
template <class TEAM, int K> static bool forward_register_resident_by(int N, int C, const float *x, float *y)
{
    if (most_fours(C) > K * TEAM::SIZE) return false;
    register_resident<TEAM, K><<<TEAM::blocks(N), TEAM::THREADS>>>(N, C, x, y);
    return true;
}

template <class TEAM, int K>
static bool backward_register_resident_by(int N, int C, const float *y, const float *dy, float *dx)
{
    if (most_fours(C) > K * TEAM::SIZE) return false;
    register_resident_back<TEAM, K><<<TEAM::blocks(N), TEAM::THREADS>>>(N, C, y, dy, dx);
    return true;
}

static void forward_register_resident(int N, int C, const float *x, float *y)
{
    bool done = same_fours(x, y) && (forward_register_resident_by<one_warp, 1>(N, C, x, y) ||
                                     forward_register_resident_by<one_warp, 2>(N, C, x, y) ||
                                     forward_register_resident_by<one_warp, 4>(N, C, x, y) ||
                                     forward_register_resident_by<one_warp, 8>(N, C, x, y) ||
                                     forward_register_resident_by<one_block, 2>(N, C, x, y) ||
                                     forward_register_resident_by<one_block, 4>(N, C, x, y) ||
                                     forward_register_resident_by<one_block, 8>(N, C, x, y) ||
                                     forward_register_resident_by<one_block, 16>(N, C, x, y));
    if (!done) forward_float4(N, C, x, y);
}

static void backward_register_resident(int N, int C, const float *y, const float *dy, float *dx)
{
    bool done = same_fours(y, dy) && same_fours(y, dx) &&
                (backward_register_resident_by<one_warp, 1>(N, C, y, dy, dx) ||
                 backward_register_resident_by<one_warp, 2>(N, C, y, dy, dx) ||
                 backward_register_resident_by<one_warp, 4>(N, C, y, dy, dx) ||
                 backward_register_resident_by<one_warp, 8>(N, C, y, dy, dx) ||
                 backward_register_resident_by<one_block, 2>(N, C, y, dy, dx) ||
                 backward_register_resident_by<one_block, 4>(N, C, y, dy, dx) ||
                 backward_register_resident_by<one_block, 8>(N, C, y, dy, dx));
    if (!done) backward_float4(N, C, y, dy, dx);
}

/* ---- the ladders ---- */

extern "C" const struct rung softmax_forward_cuda[] = {
    { "00_naive", RUN(softmax_forward, forward_by<one_thread>), NEED_NONE,
      "one thread per row, three passes" },
    { "01_warp", RUN(softmax_forward, forward_by<one_warp>), NEED_NONE,
      "one warp per row: neighbouring addresses" },
    { "02_block", RUN(softmax_forward, forward_block), NEED_NONE, "one block per row where it is long" },
    { "03_online", RUN(softmax_forward, forward_online), NEED_NONE, "maximum and sum in one pass" },
    { "04_float4", RUN(softmax_forward, forward_float4), NEED_NONE, "four numbers per load and store" },
    { "05_resident", RUN(softmax_forward, forward_register_resident), NEED_NONE,
      "a row stays in registers: read once" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};

extern "C" const struct rung softmax_backward_cuda[] = {
    { "00_naive", RUN(softmax_backward, backward_by<one_thread>), NEED_NONE,
      "one thread per row, two passes" },
    { "01_warp", RUN(softmax_backward, backward_by<one_warp>), NEED_NONE,
      "one warp per row: neighbouring addresses" },
    { "02_block", RUN(softmax_backward, backward_block), NEED_NONE, "one block per row where it is long" },
    { "03_float4", RUN(softmax_backward, backward_float4), NEED_NONE, "four numbers per load and store" },
    { "04_resident", RUN(softmax_backward, backward_register_resident), NEED_NONE,
      "a row stays in registers: read once" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};
