/* loss.cu - the CUDA ladders of the losses of n elements: forward, backward, and both in one pass.
 *
 *   forward:       loss = f(y, t), for each element, or their mean or sum
 *   backward:      dy = dloss f'(y, t), over n if the loss is the mean
 *   with_gradient: both, dloss = 1; dy may be y
 *
 * One text for all losses: a loss is a struct with loss(y, t) and slope(y, t), its derivative by y. Eight
 * bytes are read for a few operations (some more in bce), so that memory sets the pace, and the sum, which
 * everybody must add to, is in the way.
 *
 * Predictions are what the arithmetic of the machine suggests for 10^7 elements on an H100 or H200;
 * they are no measurements.
 */
#include <cuda_runtime.h>

#include "../../reference/reference.h"
#include "../op.h"
#include "functions.h"
#include "ladders.h"
#include "rows.h"
#include "scratch.h"
#include "sums.h"

namespace
{

/* ---- the losses; reference/loss.c and loss_real.c say what they are ---- */

struct mse {
    __device__ float loss(float y, float t) const
    {
        return (y - t) * (y - t);
    }
    __device__ float derivative(float y, float t) const
    {
        return 2 * (y - t);
    }
};

struct mae {
    __device__ float loss(float y, float t) const
    {
        return fabsf(y - t);
    }
    __device__ float derivative(float y, float t) const
    {
        return (float)((y > t) - (y < t));
    }
};

struct huber {
    float delta;

    __device__ float loss(float y, float t) const
    {
        float d = y - t, a = fabsf(d);
        return a <= delta ? d * d / 2 : delta * (a - delta / 2);
    }
    __device__ float derivative(float y, float t) const
    {
        float d = y - t;
        return d > delta ? delta : d < -delta ? -delta : d;
    }
};

/* FUNCTIONS: whose exp, log and division (functions.h) */
template <class FUNCTIONS> struct bce_by {
    static __device__ float log_from(float log_y)
    {
        return log_y < -100 ? -100 : log_y;
    }
    /* y, or the end of [0, 1] that it passed by less than 2^-20; further out, and for a NaN, a NaN */
    static __device__ float probability(float y)
    {
        const float end = y > 1 ? 1 : y < 0 ? 0 : y;
        return fabsf(y - end) >= 0x1p-20f ? NAN : end;
    }
    __device__ float loss(float y, float t) const
    {
        y = probability(y);
        return -(t * log_from(FUNCTIONS::log(y)) + (1 - t) * log_from(FUNCTIONS::log1p(-y)));
    }
    __device__ float derivative(float y, float t) const
    {
        y = probability(y);
        float variance = y * (1 - y);
        return FUNCTIONS::divide(y - t, variance < 1e-12f ? 1e-12f : variance);
    }
};

template <class FUNCTIONS> struct bce_logits_by {
    /* the part of z that t leaves: nothing here is taken from 1, see reference/loss_real.c */
    static __device__ float left_by(float z, float t)
    {
        return z > 0 ? 1 - t : t;
    }
    __device__ float loss(float z, float t) const
    {
        return fabsf(z) * left_by(z, t) + FUNCTIONS::log1p(FUNCTIONS::exp(-fabsf(z)));
    }
    __device__ float derivative(float z, float t) const
    {
        const float e = FUNCTIONS::exp(-fabsf(z)), away = FUNCTIONS::divide(e, 1 + e) - left_by(z, t);
        return z > 0 ? -away : away;
    }
};

typedef bce_by<full> bce;
typedef bce_logits_by<full> bce_logits;

/* ---- what is made of the elements ---- */

template <class F, bool LOSS_, bool DERIVATIVE_> struct elements {
    static constexpr bool LOSS = LOSS_, DERIVATIVE = DERIVATIVE_;
    F f;
    unsigned n;
    const float *y, *t;
    float *loss; /* of each; nullptr: only their sum is wanted */
    float *dy;
    const float *dloss; /* nullptr: 1                   */
    bool each;          /* dloss has n numbers, not one */
    float share;        /* of an element in the loss    */

    __device__ float upstream(unsigned k) const
    {
        return dloss ? dloss[each ? k : 0] * share : share;
    }

    /* element k; returns its loss */
    __device__ float one(unsigned k) const
    {
        const float yk = y[k], tk = t[k], l = LOSS ? f.loss(yk, tk) : 0;
        if (LOSS && loss) loss[k] = l;
        if (DERIVATIVE) dy[k] = upstream(k) * f.derivative(yk, tk);
        return l;
    }

    /* the elements of four j; returns the sum of their losses */
    __device__ float four(const fours &all, int j) const
    {
        const int k = 4 * j - all.before;
        float sum = 0;
        if (!all.is_whole(j)) {
            for (int i = k; i < k + 4; i++)
                if (all.has(i)) sum += one((unsigned)i);
            return sum;
        }
        const float4 a = all.load(y, j, 0), b = all.load(t, j, 0);
        if (LOSS) {
            const float4 l = { f.loss(a.x, b.x), f.loss(a.y, b.y), f.loss(a.z, b.z), f.loss(a.w, b.w) };
            if (loss) all.store(loss, j, l);
            sum = total(l);
        }
        if (DERIVATIVE) {
            const float up = each ? 0 : upstream(0);
            const float4 u = each ? all.load(dloss, j, 0) : float4{ up, up, up, up };
            all.store(dy, j,
                      { u.x * f.derivative(a.x, b.x), u.y * f.derivative(a.y, b.y),
                        u.z * f.derivative(a.z, b.z), u.w * f.derivative(a.w, b.w) });
        }
        return sum;
    }

    /* all arrays may be read and written in fours alike */
    bool in_fours() const
    {
        return same_fours(y, t) && (!LOSS || !loss || same_fours(y, loss)) &&
               (!DERIVATIVE || same_fours(y, dy)) && (!DERIVATIVE || !each || same_fours(y, dloss));
    }
};

enum { THREADS = one_block::THREADS };

/* ---- 00_naive: a thread has an element; one block adds up, each thread every 256th. ----
 *
 * Where nothing is summed, that is how one writes such a kernel, and not far from the best. A sum by one
 * block leaves 131 of 132 multiprocessors without work, and needs double, as the reference does: n / 256
 * additions after one another would round more often than the bound of a loss allows. */

template <class E> __global__ void __launch_bounds__(THREADS) one_each(E e)
{
    unsigned k = blockIdx.x * THREADS + threadIdx.x;
    if (k < e.n) e.one(k);
}

template <class E> __global__ void __launch_bounds__(THREADS) sum_by_one_block(E e, float *sum, float by)
{
    __shared__ double part[THREADS];
    double mine = 0;
    for (unsigned k = threadIdx.x; k < e.n; k += THREADS) mine += (double)e.one(k);
    part[threadIdx.x] = mine;
    __syncthreads();
    if (threadIdx.x != 0) return;
    for (int i = 1; i < THREADS; i++) mine += part[i];
    *sum = (float)(mine / (double)by);
}

template <class E> static void all_each(const E &e)
{
    one_each<<<(e.n - 1) / THREADS + 1, THREADS>>>(e);
}

/* A way: sum = sum of the losses / by; nullptr: nothing is summed */
struct naive {
    template <class E> static void run(const E &e, float *sum, float by)
    {
        if (sum)
            sum_by_one_block<<<1, THREADS>>>(e, sum, by);
        else
            all_each(e);
    }
};

/* ---- 01_tree: up to 1024 blocks, each of which adds up by a tree in shared memory; a second
 * kernel adds their sums. ----
 *
 * The whole machine reads. Of 256 numbers, 128 threads add the upper half to the lower, then 64, and
 * so on: 8 additions after one another, not 255. A term goes through some 80 at n = 10^7, so that
 * floats do. The second launch costs some microseconds. Relieves the one multiprocessor. Prediction:
 * 50 x and more from n = 10^6. */

/* k of a thread: its own, then as many further on as the grid has threads */
#define FOR_SHARE(k, n) \
    for (unsigned k = blockIdx.x * THREADS + threadIdx.x; k < (n); k += gridDim.x * THREADS)

template <class E> __global__ void __launch_bounds__(THREADS) sum_by_trees(E e, float *part)
{
    __shared__ float tree[THREADS];
    float mine = 0;
    FOR_SHARE(k, e.n) mine += e.one(k);
    tree[threadIdx.x] = mine;
    __syncthreads();
    for (unsigned half = THREADS / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) tree[threadIdx.x] += tree[threadIdx.x + half];
        __syncthreads();
    }
    if (threadIdx.x == 0) part[blockIdx.x] = tree[0];
}

struct tree {
    template <class E> static void run(const E &e, float *sum, float by)
    {
        if (!sum) return all_each(e);
        const unsigned parts = parts_of(e.n);
        float *part = (float *)scratch(MOST_PARTS * sizeof *part);
        if (!part) return;
        sum_by_trees<<<parts, THREADS>>>(e, part);
        add_up((int)parts, part, nullptr, sum, divisor{ by, nullptr });
    }
};

/* ---- 02_shuffle: the lanes of a warp add up without shared memory. ----
 * Two barriers for a block instead of nine: they matter where a thread has few elements. Relieves the end of
 * each block. Prediction: 1.0 to 1.1 x. */

template <class E> __global__ void __launch_bounds__(THREADS) sum_by_shuffles(E e, float *part)
{
    float mine = 0;
    FOR_SHARE(k, e.n) mine += e.one(k);
    mine = one_block::all(mine, plus());
    if (threadIdx.x == 0) part[blockIdx.x] = mine;
}

struct shuffle {
    template <class E> static void run(const E &e, float *sum, float by)
    {
        if (!sum) return all_each(e);
        const unsigned parts = parts_of(e.n);
        float *part = (float *)scratch(MOST_PARTS * sizeof *part);
        if (!part) return;
        sum_by_shuffles<<<parts, THREADS>>>(e, part);
        add_up((int)parts, part, nullptr, sum, divisor{ by, nullptr });
    }
};

/* ---- 03_float4 (backward: 01_float4): four elements per load and store. ----
 * A quarter of the requests for the same bytes, four times the bytes on their way for each thread. Where
 * arrays begin at different places within 16 bytes, single floats again. Relieves the load units. Prediction:
 * 1.1 to 1.3 x; 90 % of the bandwidth of memory. */

template <class E> __global__ void __launch_bounds__(THREADS) by_fours(E e, float *part)
{
    const fours all(e.y, (int)e.n);
    float mine = 0;
    FOR_SHARE(j, (unsigned)all.count) mine += e.four(all, (int)j);
    if (!part) return;
    mine = one_block::all(mine, plus());
    if (threadIdx.x == 0) part[blockIdx.x] = mine;
}

struct float4s {
    template <class E> static void run(const E &e, float *sum, float by)
    {
        if (!e.in_fours()) return shuffle::run(e, sum, by);
        const unsigned parts = parts_of(e.n);
        float *part = sum ? (float *)scratch(MOST_PARTS * sizeof *part) : nullptr;
        if (sum && !part) return;
        by_fours<<<sum ? parts : (e.n - 1) / (4 * THREADS) + 1, THREADS>>>(e, part);
        if (sum) add_up((int)parts, part, nullptr, sum, divisor{ by, nullptr });
    }
};

/* ---- fast (bce and bce_logits only): the GPU's own exp, log and division. ----
 * While an H100's memory brings the 8 bytes of an element, its lanes can do some 70 instructions on it (132 x
 * 128 of them at 1.75 GHz, 3.35 TB/s). The exact functions of bce take more than that, so that it waits for
 * arithmetic; these relieve it. Near 1 their log is a polynomial (functions.h): a small loss keeps its
 * digits. Prediction: 1.3 to 1.6 x for bce, 1.0 to 1.3 x for bce_logits, 1.0 x for their backwards. */

typedef bce_by<fast> bce_fast;
typedef bce_logits_by<fast> bce_logits_fast;

/* ---- rungs ---- */

static float share_of(int n, int reduction)
{
    return reduction == REDUCE_MEAN ? 1 / (float)n : 1;
}

static float divisor_of(int n, int reduction)
{
    return reduction == REDUCE_MEAN ? (float)n : 1;
}

template <class WAY, class F>
static void forward_of(F f, int n, const float *y, const float *t, float *loss, int reduction)
{
    const bool none = reduction == REDUCE_NONE;
    const elements<F, true, false> e = { f,       (unsigned)n, y,     t, none ? loss : nullptr,
                                         nullptr, nullptr,     false, 1 };
    WAY::run(e, none ? nullptr : loss, divisor_of(n, reduction));
}

template <class WAY, class F>
static void backward_of(F f, int n, const float *y, const float *t, const float *dloss, float *dy,
                        int reduction)
{
    const elements<F, false, true> e = {
        f, (unsigned)n, y, t, nullptr, dy, dloss, dloss && reduction == REDUCE_NONE, share_of(n, reduction)
    };
    WAY::run(e, nullptr, 1);
}

/* Rungs 00 to 03 of with_gradient: forward, then backward. Both read y and t. */
template <class WAY, class F>
static void two_reads_of(F f, int n, const float *y, const float *t, float *loss, float *dy, int reduction)
{
    forward_of<WAY>(f, n, y, t, loss, reduction);
    backward_of<WAY>(f, n, y, t, nullptr, dy, reduction);
}

/* ---- 04_fused: loss and gradient of an element as long as it is there. ----
 * Twelve bytes for an element, where forward and backward together move 20, and one launch less. Relieves
 * memory. Prediction: 1.6 x at n = 10^7, more where launches matter. */

template <class F>
static void fused_of(F f, int n, const float *y, const float *t, float *loss, float *dy, int reduction)
{
    const bool none = reduction == REDUCE_NONE;
    const elements<F, true, true> e = {
        f, (unsigned)n, y, t, none ? loss : nullptr, dy, nullptr, false, share_of(n, reduction)
    };
    float4s::run(e, none ? nullptr : loss, divisor_of(n, reduction));
}

#define FORWARD(name, WAY)                                                                                 \
    template <class F>                                                                                     \
    static void forward_##name(int n, const float *y, const float *t, float *loss, int reduction)          \
    {                                                                                                      \
        forward_of<WAY>(F{}, n, y, t, loss, reduction);                                                    \
    }                                                                                                      \
    template <class F>                                                                                     \
    static void forward_##name##_with(int n, const float *y, const float *t, float *loss, float parameter, \
                                      int reduction)                                                       \
    {                                                                                                      \
        forward_of<WAY>(F{ parameter }, n, y, t, loss, reduction);                                         \
    }
FORWARD(naive, naive)
FORWARD(tree, tree)
FORWARD(shuffle, shuffle)
FORWARD(float4, float4s)

#define BACKWARD(name, WAY)                                                                                  \
    template <class F>                                                                                       \
    static void backward_##name(int n, const float *y, const float *t, const float *dloss, float *dy,        \
                                int reduction)                                                               \
    {                                                                                                        \
        backward_of<WAY>(F{}, n, y, t, dloss, dy, reduction);                                                \
    }                                                                                                        \
    template <class F>                                                                                       \
    static void backward_##name##_with(int n, const float *y, const float *t, const float *dloss, float *dy, \
                                       float parameter, int reduction)                                       \
    {                                                                                                        \
        backward_of<WAY>(F{ parameter }, n, y, t, dloss, dy, reduction);                                     \
    }
BACKWARD(naive, naive)
BACKWARD(float4, float4s)

#define WITH_GRADIENT(name, function)                                                                      \
    template <class F>                                                                                     \
    static void with_gradient_##name(int n, const float *y, const float *t, float *loss, float *dy,        \
                                     int reduction)                                                        \
    {                                                                                                      \
        function(F{}, n, y, t, loss, dy, reduction);                                                       \
    }                                                                                                      \
    template <class F>                                                                                     \
    static void with_gradient_##name##_with(int n, const float *y, const float *t, float *loss, float *dy, \
                                            float parameter, int reduction)                                \
    {                                                                                                      \
        function(F{ parameter }, n, y, t, loss, dy, reduction);                                            \
    }
WITH_GRADIENT(naive, two_reads_of<naive>)
WITH_GRADIENT(tree, two_reads_of<tree>)
WITH_GRADIENT(shuffle, two_reads_of<shuffle>)
WITH_GRADIENT(float4, two_reads_of<float4s>)
WITH_GRADIENT(fused, fused_of)

} // namespace

/* ---- the ladders ---- */

#define LADDERS(f, suffix, fast_forward, fast_backward, fast_with_gradient)                                \
    extern "C" const struct rung f##_forward_cuda[] = {                                                    \
        { "00_naive", RUN(f##_forward, forward_naive##suffix<f>), NEED_NONE,                               \
          "one thread per element; one block adds up" },                                                   \
        { "01_tree", RUN(f##_forward, forward_tree##suffix<f>), NEED_NONE,                                 \
          "many blocks add up, each by a tree" },                                                          \
        { "02_shuffle", RUN(f##_forward, forward_shuffle##suffix<f>), NEED_NONE,                           \
          "warps add up without shared memory" },                                                          \
        { "03_float4", RUN(f##_forward, forward_float4##suffix<f>), NEED_NONE, "four elements per load" }, \
        fast_forward{ nullptr, nullptr, NEED_NONE, nullptr },                                              \
    };                                                                                                     \
    extern "C" const struct rung f##_backward_cuda[] = {                                                   \
        { "00_naive", RUN(f##_backward, backward_naive##suffix<f>), NEED_NONE, "one thread per element" }, \
        { "01_float4", RUN(f##_backward, backward_float4##suffix<f>), NEED_NONE,                           \
          "four elements per load and store" },                                                            \
        fast_backward{ nullptr, nullptr, NEED_NONE, nullptr },                                             \
    };                                                                                                     \
    extern "C" const struct rung f##_with_gradient_cuda[] = {                                              \
        { "00_naive", RUN(f##_with_gradient, with_gradient_naive##suffix<f>), NEED_NONE,                   \
          "forward 00, backward 00" },                                                                     \
        { "01_tree", RUN(f##_with_gradient, with_gradient_tree##suffix<f>), NEED_NONE,                     \
          "forward 01, backward 00" },                                                                     \
        { "02_shuffle", RUN(f##_with_gradient, with_gradient_shuffle##suffix<f>), NEED_NONE,               \
          "forward 02, backward 00" },                                                                     \
        { "03_float4", RUN(f##_with_gradient, with_gradient_float4##suffix<f>), NEED_NONE,                 \
          "forward 03, backward 01" },                                                                     \
        { "04_fused", RUN(f##_with_gradient, with_gradient_fused##suffix<f>), NEED_NONE,                   \
          "loss and gradient of an element at once" },                                                     \
        fast_with_gradient{ nullptr, nullptr, NEED_NONE, nullptr },                                        \
    }

#define LADDERS_FAST(f)                                                                                     \
    LADDERS(f, , FAST_ROW("04_fast", f##_forward, forward_float4<f##_fast>, "the GPU's own exp and log"),   \
            FAST_ROW("02_fast", f##_backward, backward_float4<f##_fast>, "the GPU's own exp and division"), \
            FAST_ROW("05_fast", f##_with_gradient, with_gradient_fused<f##_fast>,                           \
                     "the GPU's own exp, log and division"))
#define FAST_ROW(name, op, function, idea) { name, RUN(op, function), FAST_20, idea },

LADDERS(mse, , , , );
LADDERS(mae, , , , );
LADDERS(huber, _with, , , );
LADDERS_FAST(bce);
LADDERS_FAST(bce_logits);
