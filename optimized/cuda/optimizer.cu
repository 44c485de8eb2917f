/* optimizer.cu - the CUDA ladders of the optimizers' steps, of n weights each: SGD, momentum, Adam, AdamW,
 * Adam on many tensors, and AdamW with clipping.
 *
 * A step reads the gradient, and reads and writes the weights and what the optimizer keeps of each: 12 bytes
 * per weight for SGD, 20 with a momentum, 28 with two means. While an H100's memory brings 28 bytes, its
 * units do 240 operations, of which a weight of Adam takes some fifty, root and quotients included. So rungs
 * differ in how memory is asked, and are those of elements.h, which tells them. Its predictions hold, but
 * for 03_two_fours of Adam: its 72 registers leave room for three blocks of eight on a multiprocessor, which
 * have 98 KB on their way; the four of 02_float4 have 65 KB, and 16 are enough. Prediction: 0.95 to 1.02 x.
 */
#include <cuda_runtime.h>
#include <math.h>

#include "../../reference/tensors.h"
#include "../op.h"
#include "clip.h"
#include "elements.h"
#include "ladders.h"

namespace
{

/* ---- the rules: a weight w, its gradient, and what is kept of it ----
 *
 * In the order of the reference (reference/optimizer.c, adam.c), with fused multiply-adds where nvcc makes
 * them. */

struct sgd {
    static constexpr int KEPT = 0;
    float lr;

    __device__ void operator()(float dw, float &w, float *) const
    {
        w -= lr * dw;
    }
};

struct momentum {
    static constexpr int KEPT = 1; /* m */
    float lr, mu, add;             /* add: 1 - dampening */
    bool nesterov;

    __device__ void operator()(float dw, float &w, float *m) const
    {
        *m = mu * *m + add * dw;
        w -= lr * (nesterov ? dw + mu * *m : *m);
    }
};

/* of_m and of_v: 1 - beta^t, of which float would have few digits, computed in double by the host; keep_w:
 * 1 - lr wd, which is 1 of Adam */
struct adam {
    static constexpr int KEPT = 2; /* m, v */
    float lr, beta1, add1, beta2, add2, eps, of_m, of_v, keep_w;

    adam(double lr_, double beta1_, double beta2_, double eps_, double wd, uint64_t t)
        : lr((float)lr_), beta1((float)beta1_), add1((float)(1 - beta1_)), beta2((float)beta2_),
          add2((float)(1 - beta2_)), eps((float)eps_), of_m((float)(1 - pow(beta1_, (double)t))),
          of_v((float)(1 - pow(beta2_, (double)t))), keep_w((float)(1 - lr_ * wd))
    {
    }
    __device__ void operator()(float dw, float &w, float *kept) const
    {
        float m = beta1 * kept[0] + add1 * dw, v = beta2 * kept[1] + add2 * dw * dw;
        w = keep_w * w - lr * (m / of_m) / (sqrtf(v / of_v) + eps);
        kept[0] = m;
        kept[1] = v;
    }
};

/* ---- a step as a pass of elements.h ---- */

template <class RULE> struct step_pass {
    static constexpr int KEPT = RULE::KEPT;
    RULE rule;
    const float *dw;
    float *w, *kept[KEPT + 1]; /* one more than there are: C++ has no empty arrays */

    struct fours {
        float4 dw, w, kept[KEPT + 1];
    };
    bool alike() const
    {
        bool all = alike_16(dw, w);
        for (int i = 0; i < KEPT; i++) all = all && alike_16(dw, kept[i]);
        return all;
    }
    const float *first() const
    {
        return dw;
    }
    __device__ void one(size_t k) const
    {
        float weight = w[k], own[KEPT + 1];
#pragma unroll
        for (int i = 0; i < KEPT; i++) own[i] = kept[i][k];
        rule(dw[k], weight, own);
#pragma unroll
        for (int i = 0; i < KEPT; i++) kept[i][k] = own[i];
        w[k] = weight;
    }
    __device__ fours load(int head, size_t j) const
    {
        fours v;
        v.dw = four_at(dw, head, j);
        v.w = four_at(w, head, j);
#pragma unroll
        for (int i = 0; i < KEPT; i++) v.kept[i] = four_at(kept[i], head, j);
        return v;
    }
    __device__ void store(int head, size_t j, fours v) const
    {
        at_one(v, &float4::x);
        at_one(v, &float4::y);
        at_one(v, &float4::z);
        at_one(v, &float4::w);
#pragma unroll
        for (int i = 0; i < KEPT; i++) put_four(kept[i], head, j, v.kept[i]);
        put_four(w, head, j, v.w);
    }

    __device__ void at_one(fours &v, float float4::*which) const
    {
        float own[KEPT + 1];
#pragma unroll
        for (int i = 0; i < KEPT; i++) own[i] = v.kept[i].*which;
        rule(v.dw.*which, v.w.*which, own);
#pragma unroll
        for (int i = 0; i < KEPT; i++) v.kept[i].*which = own[i];
    }
};

/* ---- steps by a way of laying threads over the weights ---- */

template <class HOW> void sgd_step(int n, const float *dw, float *w, float lr)
{
    HOW::run(n, step_pass<sgd>{ { lr }, dw, w, {} });
}

template <class HOW>
void momentum_step(int n, const float *dw, float *w, float *m, double lr, double mu, double dampening,
                   uint64_t nesterov)
{
    const momentum rule = { (float)lr, (float)mu, (float)(1 - dampening), nesterov != 0 };
    HOW::run(n, step_pass<momentum>{ rule, dw, w, { m } });
}

template <class HOW>
void adam_step(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1, double beta2,
               double eps, uint64_t t)
{
    HOW::run(n, step_pass<adam>{ adam(lr, beta1, beta2, eps, 0, t), dw, w, { m, v } });
}

template <class HOW>
void adamw_step(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1, double beta2,
                double eps, double wd, uint64_t t)
{
    HOW::run(n, step_pass<adam>{ adam(lr, beta1, beta2, eps, wd, t), dw, w, { m, v } });
}

/* ---- many tensors: adam_step_many ----
 *
 * The parameters of a network are some large matrices and as many small biases. 00_naive launches a kernel
 * for each, 2 to 3 us whatever its size: 64 tensors take 150 us of launches, and a million weights 8 us of
 * memory. /
 */

void adam_by_launches(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                      double beta2, double eps, uint64_t t, uint64_t tensors)
{
    const struct tensors list = tensors_of(n, tensors);
    for (int k = 0; k < list.many; k++) {
        const int from = tensor_begin(&list, k), many = tensor_begin(&list, k + 1) - from;
        if (many > 0)
            adam_step<by_naive>(many, dw + from, w + from, m + from, v + from, lr, beta1, beta2, eps, t);
    }
}

/* ---- 01_table: one launch for up to 96 tensors ----
 *
 * A table of the tensors' addresses and lengths travels with the launch: a kernel may have 4 KB of
 * arguments, in the constant cache, so that nothing is copied in front. A tensor has as many blocks as it
 * has chunks of 2048 weights, and a block looks up which tensor and which chunk are its own, by halving: 7
 * steps, alike for all its threads. Nothing says that tensors lie behind each other: the table works for any
 * list. Relieves the wait between launches. Prediction (lesson 4): 10 to 30 x for 64 tensors of a million
 * weights in all. */
struct tensor_table {
    enum { MOST = 96, CHUNK = 8 * ELEMENT_THREADS };

    adam rule;
    int count,
        first[MOST + 1]; /* tensors; the first block of each, and behind the last the number of blocks */
    int n[MOST];
    const float *dw[MOST];
    float *w[MOST], *m[MOST], *v[MOST];

    __device__ int tensor_of(int block) const
    {
        int low = 0, high = count;
        while (high - low > 1) {
            const int middle = (low + high) / 2;
            (first[middle] <= block ? low : high) = middle;
        }
        return low;
    }
};
static_assert(sizeof(tensor_table) <= 4096, "more than the arguments of a kernel hold");

/* the chunk's weights, from `from` on, as a pass; how many they are in *many */
__device__ step_pass<adam> chunk_of(const tensor_table &t, int *many)
{
    const int k = t.tensor_of((int)blockIdx.x);
    const size_t from = (size_t)((int)blockIdx.x - t.first[k]) * tensor_table::CHUNK;
    const size_t left = (size_t)t.n[k] - from;
    *many = left < tensor_table::CHUNK ? (int)left : (int)tensor_table::CHUNK;
    return { t.rule, t.dw[k] + from, t.w[k] + from, { t.m[k] + from, t.v[k] + from } };
}

__global__ void __launch_bounds__(ELEMENT_THREADS) chunk_by_floats(const __grid_constant__ tensor_table t)
{
    int many;
    const step_pass<adam> pass = chunk_of(t, &many);
    for (int k = threadIdx.x; k < many; k += ELEMENT_THREADS) pass.one((size_t)k);
}

/* ---- 02_float4: four weights per load and store, in each chunk from its first multiple of 16 bytes on ----
 *
 * Biases of odd lengths put the tensors behind them anywhere; chunks are whole fours, so that all of a tensor
 * begin at the same place within 16 bytes. Relieves the load units. Prediction (lesson 4): 1.0 to 1.15 x. */
__global__ void __launch_bounds__(ELEMENT_THREADS) chunk_by_fours(const __grid_constant__ tensor_table t)
{
    int many;
    const step_pass<adam> pass = chunk_of(t, &many);
    const uintptr_t at = (uintptr_t)pass.dw;
    const bool alike =
        ((at ^ (uintptr_t)pass.w) | (at ^ (uintptr_t)pass.kept[0]) | (at ^ (uintptr_t)pass.kept[1])) % 16 ==
        0;
    const int k = threadIdx.x, before = (int)((16 - at % 16) % 16 / sizeof(float));
    const int head = before < many ? before : many, fours = alike ? (many - head) / 4 : 0;
    for (int j = k; j < fours; j += ELEMENT_THREADS) pass.store(head, (size_t)j, pass.load(head, (size_t)j));
    for (int i = k; i < many - 4 * fours; i += ELEMENT_THREADS)
        pass.one((size_t)(i < head ? i : 4 * fours + i));
}

/* one launch for each 96 tensors that are not empty */
template <bool FOURS>
void adam_by_table(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                   double beta2, double eps, uint64_t t, uint64_t tensors)
{
    const struct tensors list = tensors_of(n, tensors);
    tensor_table table = { adam(lr, beta1, beta2, eps, 0, t), 0, { 0 }, {}, {}, {}, {}, {} };
    for (int k = 0; k < list.many; k++) {
        const int from = tensor_begin(&list, k), many = tensor_begin(&list, k + 1) - from, c = table.count;
        if (many > 0) {
            table.n[c] = many;
            table.dw[c] = dw + from;
            table.w[c] = w + from;
            table.m[c] = m + from;
            table.v[c] = v + from;
            table.first[c + 1] = table.first[c] + (many - 1) / tensor_table::CHUNK + 1;
            table.count++;
        }
        if (table.count < (k + 1 < list.many ? (int)tensor_table::MOST : 1)) continue;
        const unsigned blocks = (unsigned)table.first[table.count];
        if (FOURS)
            chunk_by_fours<<<blocks, ELEMENT_THREADS>>>(table);
        else
            chunk_by_floats<<<blocks, ELEMENT_THREADS>>>(table);
        table.count = 0;
    }
}

/* ---- 03_flat: no tensors ----
 *
 * Adam moves every weight alone, so what lies behind each other is one tensor. It costs that parameters are
 * allocated so, once, as train/ does. Relieves the look-up, and the blocks that a bias leaves half empty.
 * Prediction (lesson 4): 1.0 to 1.1 x. */
void adam_flat(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1, double beta2,
               double eps, uint64_t t, uint64_t)
{
    adam_step<by_float4>(n, dw, w, m, v, lr, beta1, beta2, eps, t);
}

/* ---- AdamW with clipping: adamw_clipped_step ----
 *
 * clip_norm and then AdamW read dw, write and read it once more: 12 bytes beside the 28 of the step. Here the
 * step multiplies the gradient by the factor while it reads it, 4 beside 28, and dw stays what it was. The
 * factor is a number in the device's memory, which the launch before has made (clip.h): the host never waits
 * for it. Rungs 00 to 02 are those of clip_norm for the norm and of elements.h for the step; in 00_naive one
 * block adds up, which is all that counts. Prediction (lesson 4): 50 to 250 x from 00_naive to 01_parts, and
 * 1.0 to 1.2 x to 02_float4. */
struct clipped_adam {
    static constexpr int KEPT = adam::KEPT;
    adam rule;
    const float *scale;

    __device__ void operator()(float dw, float &w, float *kept) const
    {
        rule(*scale * dw, w, kept);
    }
};

template <norm_way WAY>
void adamw_clipped_step(int n, const float *dw, float *w, float *m, float *v, float *norm, double lr,
                        double beta1, double beta2, double eps, double wd, double max_norm, double clip_eps,
                        uint64_t t)
{
    const float *scale = clip_factor(WAY, n, dw, norm, max_norm, clip_eps);
    const step_pass<clipped_adam> pass = { { adam(lr, beta1, beta2, eps, wd, t), scale }, dw, w, { m, v } };
    if (!scale) return;
    if constexpr (WAY == BY_ONE_BLOCK)
        by_naive::run(n, pass);
    else if constexpr (WAY == BY_PARTS)
        by_stride::run(n, pass);
    else
        by_float4::run(n, pass);
}

} // namespace

#define STEP_LADDER(op)                                                                                   \
    extern "C" const struct rung op##_cuda[] = {                                                          \
        { "00_naive", RUN(op, op<by_naive>), NEED_NONE, "one thread per weight" },                        \
        { "01_stride", RUN(op, op<by_stride>), NEED_NONE, "as many threads as the machine holds" },       \
        { "02_float4", RUN(op, op<by_float4>), NEED_NONE, "four weights per load and store" },            \
        { "03_two_fours", RUN(op, op<by_two_fours>), NEED_NONE, "two fours of each array on their way" }, \
        { nullptr, nullptr, NEED_NONE, nullptr },                                                         \
    }
STEP_LADDER(sgd_step);
STEP_LADDER(momentum_step);
STEP_LADDER(adam_step);
STEP_LADDER(adamw_step);

extern "C" const struct rung adam_step_many_cuda[] = {
    { "00_naive", RUN(adam_step_many, adam_by_launches), NEED_NONE, "a launch per tensor" },
    { "01_table", RUN(adam_step_many, adam_by_table<false>), NEED_NONE,
      "one launch: a block looks up its tensor and chunk" },
    { "02_float4", RUN(adam_step_many, adam_by_table<true>), NEED_NONE, "four weights per load and store" },
    { "03_flat", RUN(adam_step_many, adam_flat), NEED_NONE, "one tensor of all that lies behind each other" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};

extern "C" const struct rung adamw_clipped_step_cuda[] = {
    { "00_naive", RUN(adamw_clipped_step, adamw_clipped_step<BY_ONE_BLOCK>), NEED_NONE,
      "one block adds up; the step clips what it reads" },
    { "01_parts", RUN(adamw_clipped_step, adamw_clipped_step<BY_PARTS>), NEED_NONE, "many blocks add up" },
    { "02_float4", RUN(adamw_clipped_step, adamw_clipped_step<BY_PARTS_IN_FOURS>), NEED_NONE,
      "four weights per load and store" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};
