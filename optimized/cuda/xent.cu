/* xent.cu - the CUDA ladders of cross-entropy of N rows of C logits: with labels, with
 * soft labels, and with p kept.
 *
 *   xent_forward, _backward, _with_gradient        a label for each row, -1: none; smoothed or not
 *   xent_soft_forward, _backward, _with_gradient   the target is a row of numbers
 *   softmax_xent_forward                           p = softmax(z) is an output, and the loss is a mean
 *   softmax_xent_backward                          from that p
 *
 * The kernels are in xent_rows.h. Around them: the number of labels, which a mean's gradient needs first, and
 * the sum of the rows' losses, both by sums.h.
 *
 * Predictions are what the arithmetic of the machine suggests for an H100 or H200; they are no measurements.
 * What is counted is counted in the emulator, where every rung is checked in full.
 */
#include <cuda_runtime.h>

#include "../../reference/reference.h"
#include "../op.h"
#include "ladders.h"
#include "scratch.h"
#include "xent_rows.h"

namespace
{

/* ---- 00_naive: a thread has a row. ----
 * Neighbouring lanes read a row's length apart, 32 sectors of 32 bytes for 32 floats. N threads are few. A
 * thread's sum of C terms is kept in double, as the reference does it: in float it would round more often
 * than the bound allows. */

struct naive {
    template <class J> static void run(const J &j)
    {
        three_passes<one_thread, double><<<one_thread::blocks(j.N), one_thread::THREADS>>>(j);
    }
};

/* ---- 01_warp: a warp has a row, its lanes neighbouring logits. ----
 * 4 sectors a request, and 32 times as many threads keep loads on their way. Relieves memory. Prediction: 5
 * to 10 x where C is hundreds, less than 1 x where C is ten and 22 lanes have nothing to do. */

struct warp {
    template <class J> static void run(const J &j)
    {
        three_passes<one_warp, double><<<one_warp::blocks(j.N), one_warp::THREADS>>>(j);
    }
};

/* ---- 02_block: a row of more than 1024 logits has a block of 8 warps. ----
 * A thread has an eighth of the logits, so few that floats do for their sum. Relieves the wait for memory
 * where rows are long and few. Prediction: 2 to 8 x where N is below a thousand, else nothing. */

struct block {
    template <class J> static void run(const J &j)
    {
        if (j.C <= WARP_ROW)
            three_passes<one_warp, float><<<one_warp::blocks(j.N), one_warp::THREADS>>>(j);
        else
            three_passes<one_block, float><<<one_block::blocks(j.N), one_block::THREADS>>>(j);
    }
};

/* ---- 03_online: the maximum and the sums in one pass. ----
 * Forward, z is read once instead of twice; backward, twice instead of three times. One reduction
 * instead of two. Relieves memory where a row is longer than the caches keep, else the wait for them.
 * Prediction: up to 1.5 x. */

struct online {
    template <class J> static void run(const J &j)
    {
        if (j.C <= WARP_ROW)
            one_pass<one_warp><<<one_warp::blocks(j.N), one_warp::THREADS>>>(j);
        else
            one_pass<one_block><<<one_block::blocks(j.N), one_block::THREADS>>>(j);
    }
};

/* ---- 04_float4: four logits per load and store. ----
 * A quarter of the requests for the same sectors, four times the bytes on their way for each thread, five
 * exps for four logits instead of four. Relieves the load units. Prediction: 1.1 to 1.3 x; forward it is
 * at memory's bandwidth. */

struct float4s {
    template <class J> static void run(const J &j)
    {
        if (!j.in_fours())
            online::run(j);
        else if (j.C <= WARP_ROW)
            one_pass_in_fours<one_warp><<<one_warp::blocks(j.N), one_warp::THREADS>>>(j);
        else
            one_pass_in_fours<one_block><<<one_block::blocks(j.N), one_block::THREADS>>>(j);
    }
};

/* ---- kept: a row that fits stays in registers, and is read once. ----
 * A thread keeps up to 16 fours, 16384 logits per block, with soft labels 8 and 8192; longer rows go to
 * the rung before. One read, one write: memory sees the least that is possible. All loads of a row are
 * on their way at once, and a logit needs one exp. Prediction: 1.2 to 1.5 x where the rung before
 * reads twice from memory. */

struct register_resident_rows {
    /* false if a team of K fours a thread cannot keep such rows */
    template <class TEAM, int K, class J> static bool by(const J &j)
    {
        const bool aligned = j.C % 4 == 0 && same_fours(j.z, nullptr);
        if ((aligned ? j.C / 4 : most_fours(j.C)) > K * TEAM::SIZE) return false;
        register_resident<TEAM, K><<<TEAM::blocks(j.N), TEAM::THREADS>>>(j);
        return true;
    }
    template <class J> static bool fits(const J &j)
    {
        const int most = J::TARGET::HAS_MASS ? 8 : 16;
        return by<one_warp, 2>(j) || by<one_warp, 8>(j) || by<one_block, 4>(j) || by<one_block, most>(j);
    }
    template <class J> static void run(const J &j)
    {
        if (!j.in_fours() || !fits(j)) float4s::run(j);
    }
};

/* ---- before and after the rows ---- */

/* Device memory for a call; `count` is nullptr if there is none */
struct room {
    float *count, *part, *loss; /* 1, MOST_PARTS, N floats */
};

static room room_for(int N)
{
    float *all = (float *)scratch((1 + MOST_PARTS + (size_t)N) * sizeof *all);
    return all ? room{ all, all + 1, all + 1 + MOST_PARTS } : room{ nullptr, nullptr, nullptr };
}

/* by what the sum of N rows' losses is divided */
static divisor divisor_of(const labels &l, int N, int reduction, const room &r)
{
    if (reduction != REDUCE_MEAN) return { 1, nullptr };
    count_labels(N, l.label, r.part, r.count);
    return { 1, r.count };
}

static divisor divisor_of(const soft_labels &, int N, int reduction, const room &)
{
    return { reduction == REDUCE_MEAN ? (float)N : 1, nullptr };
}

template <class WAY, class M, class T>
static void forward_of(T target, int N, int C, const float *z, float *loss, int reduction)
{
    const room r = room_for(N);
    const bool none = reduction == REDUCE_NONE;
    if (!r.count) return;
    const divisor by = divisor_of(target, N, reduction, r);
    WAY::run(
        job<T, true, NO_OUTPUT, M>{ N, C, z, target, none ? loss : r.loss, nullptr, { nullptr, false, by } });
    if (!none) add_up(N, r.loss, r.part, loss, by);
}

template <class WAY, class M, class T>
static void backward_of(T target, int N, int C, const float *z, const float *dloss, float *dz, int reduction)
{
    const room r = room_for(N);
    if (!r.count) return;
    const upstream up = { dloss, dloss && reduction == REDUCE_NONE, divisor_of(target, N, reduction, r) };
    WAY::run(job<T, false, GRADIENT, M>{ N, C, z, target, nullptr, dz, up });
}

/* Rungs 00 to 04 of with_gradient: forward, then backward */
template <class WAY, class T>
static void in_turn(T target, int N, int C, const float *z, float *loss, float *dz, int reduction)
{
    forward_of<WAY, full>(target, N, C, z, loss, reduction);
    backward_of<WAY, full>(target, N, C, z, nullptr, dz, reduction);
}

/* ---- with_gradient's 05_fused: one kernel for the loss and the gradient, which need the same sums. ----
 * z is read twice, not three times, and every exp of a sum is taken once. Relieves memory, and launches where
 * rows are few. Prediction: 1.3 to 1.5 x. 06_resident: then z is read once. */

template <class WAY, class M, class T>
static void fused_of(T target, int N, int C, const float *z, float *loss, float *dz, int reduction)
{
    const room r = room_for(N);
    const bool none = reduction == REDUCE_NONE;
    if (!r.count) return;
    const divisor by = divisor_of(target, N, reduction, r);
    WAY::run(job<T, true, GRADIENT, M>{ N, C, z, target, none ? loss : r.loss, dz, { nullptr, false, by } });
    if (!none) add_up(N, r.loss, r.part, loss, by);
}

/* ---- fast: the GPU's own exp and log. ----
 * Two or three instructions instead of some ten, about 20 bits. Relieves arithmetic, which counts where a row
 * is read once and comes from a cache. Soft labels bring twice the bytes, and so have no such rung.
 * Prediction: 1.0 to 1.1 x. */

/* ---- rungs ---- */

#define FORWARD(name, WAY, M)                                                                                \
    static void forward_##name(int N, int C, const float *z, const int *label, float *loss, float smoothing, \
                               int reduction)                                                                \
    {                                                                                                        \
        forward_of<WAY, M>(labels{ label, smoothing }, N, C, z, loss, reduction);                            \
    }
#define SOFT_FORWARD(name, WAY)                                                                \
    static void soft_forward_##name(int N, int C, const float *z, const float *t, float *loss, \
                                    int reduction)                                             \
    {                                                                                          \
        forward_of<WAY, full>(soft_labels{ t }, N, C, z, loss, reduction);                     \
    }

#define BACKWARD(name, WAY, M)                                                                      \
    static void backward_##name(int N, int C, const float *z, const int *label, const float *dloss, \
                                float *dz, float smoothing, int reduction)                          \
    {                                                                                               \
        backward_of<WAY, M>(labels{ label, smoothing }, N, C, z, dloss, dz, reduction);             \
    }
#define SOFT_BACKWARD(name, WAY)                                                                       \
    static void soft_backward_##name(int N, int C, const float *z, const float *t, const float *dloss, \
                                     float *dz, int reduction)                                         \
    {                                                                                                  \
        backward_of<WAY, full>(soft_labels{ t }, N, C, z, dloss, dz, reduction);                       \
    }

#define WITH_GRADIENT(name, ...)                                                                             \
    static void with_gradient_##name(int N, int C, const float *z, const int *label, float *loss, float *dz, \
                                     float smoothing, int reduction)                                         \
    {                                                                                                        \
        __VA_ARGS__(labels{ label, smoothing }, N, C, z, loss, dz, reduction);                               \
    }
#define SOFT_WITH_GRADIENT(name, ...)                                                                \
    static void soft_with_gradient_##name(int N, int C, const float *z, const float *t, float *loss, \
                                          float *dz, int reduction)                                  \
    {                                                                                                \
        __VA_ARGS__(soft_labels{ t }, N, C, z, loss, dz, reduction);                                 \
    }

#define THREE(name, WAY)              \
    FORWARD(name, WAY, full)          \
    BACKWARD(name, WAY, full)         \
    WITH_GRADIENT(name, in_turn<WAY>) \
    SOFT_FORWARD(name, WAY)           \
    SOFT_BACKWARD(name, WAY)          \
    SOFT_WITH_GRADIENT(name, in_turn<WAY>)

THREE(naive, naive)
THREE(warp, warp)
THREE(block, block)
THREE(online, online)
THREE(float4, float4s)
BACKWARD(register_resident, register_resident_rows, full)
SOFT_BACKWARD(register_resident, register_resident_rows)
WITH_GRADIENT(fused, fused_of<float4s, full>)
SOFT_WITH_GRADIENT(fused, fused_of<float4s, full>)
WITH_GRADIENT(register_resident, fused_of<register_resident_rows, full>)
SOFT_WITH_GRADIENT(register_resident, fused_of<register_resident_rows, full>)
FORWARD(fast, float4s, fast)
BACKWARD(fast, register_resident_rows, fast)
WITH_GRADIENT(fast, fused_of<register_resident_rows, fast>)

/* ---- p kept ---- */

template <class WAY, class M>
static void with_p(int N, int C, const float *z, const int *label, float *p, float *loss)
{
    const room r = room_for(N);
    if (!r.count) return;
    WAY::run(job<labels, true, PROBABILITY, M>{ N, C, z, { label, 0 }, r.loss, p, {} });
    add_up(N, r.loss, r.part, loss, divisor{ (float)N, nullptr });
}

static upstream mean_of(int N, const float *dloss)
{
    return { dloss, false, { (float)N, nullptr } };
}

template <class TEAM, class SUM>
static void from_p_by(int N, int C, const float *p, const int *label, const float *dloss, float *dz)
{
    from_p<TEAM, SUM><<<TEAM::blocks(N), TEAM::THREADS>>>(N, C, p, label, mean_of(N, dloss), dz);
}

static void from_p_block(int N, int C, const float *p, const int *label, const float *dloss, float *dz)
{
    (C <= WARP_ROW ? from_p_by<one_warp, float> : from_p_by<one_block, float>)(N, C, p, label, dloss, dz);
}

template <class TEAM>
static void from_p_in_fours_by(int N, int C, const float *p, const int *label, const float *dloss, float *dz)
{
    from_p_in_fours<TEAM><<<TEAM::blocks(N), TEAM::THREADS>>>(N, C, p, label, mean_of(N, dloss), dz);
}

static void from_p_float4(int N, int C, const float *p, const int *label, const float *dloss, float *dz)
{
    (!same_fours(p, dz) ? from_p_block
     : C <= WARP_ROW    ? from_p_in_fours_by<one_warp>
                        : from_p_in_fours_by<one_block>)(N, C, p, label, dloss, dz);
}

} // namespace

/* ---- the ladders ---- */

#define FIVE_ROWS(op, f)                                                                         \
    { "00_naive", RUN(op, f##_naive), NEED_NONE, "one thread per row, three passes" },           \
        { "01_warp", RUN(op, f##_warp), NEED_NONE, "one warp per row: neighbouring addresses" }, \
        { "02_block", RUN(op, f##_block), NEED_NONE, "one block per row where it is long" },     \
        { "03_online", RUN(op, f##_online), NEED_NONE, "maximum and sums in one pass" },         \
    {                                                                                            \
        "04_float4", RUN(op, f##_float4), NEED_NONE, "four logits per load and store"            \
    }
#define LADDERS(op, f, fast_forward, fast_backward, fast_with_gradient)                                      \
    extern "C" const struct rung op##_forward_cuda[] = {                                                     \
        FIVE_ROWS(op##_forward, f##forward),                                                                 \
        fast_forward{ nullptr, nullptr, NEED_NONE, nullptr },                                                \
    };                                                                                                       \
    extern "C" const struct rung op##_backward_cuda[] = {                                                    \
        FIVE_ROWS(op##_backward, f##backward),                                                               \
        { "05_resident", RUN(op##_backward, f##backward_register_resident), NEED_NONE,                       \
          "a row stays in registers: read once" },                                                           \
        fast_backward{ nullptr, nullptr, NEED_NONE, nullptr },                                               \
    };                                                                                                       \
    extern "C" const struct rung op##_with_gradient_cuda[] = {                                               \
        { "00_naive", RUN(op##_with_gradient, f##with_gradient_naive), NEED_NONE,                            \
          "forward 00, backward 00" },                                                                       \
        { "01_warp", RUN(op##_with_gradient, f##with_gradient_warp), NEED_NONE, "forward 01, backward 01" }, \
        { "02_block", RUN(op##_with_gradient, f##with_gradient_block), NEED_NONE,                            \
          "forward 02, backward 02" },                                                                       \
        { "03_online", RUN(op##_with_gradient, f##with_gradient_online), NEED_NONE,                          \
          "forward 03, backward 03" },                                                                       \
        { "04_float4", RUN(op##_with_gradient, f##with_gradient_float4), NEED_NONE,                          \
          "forward 04, backward 04" },                                                                       \
        { "05_fused", RUN(op##_with_gradient, f##with_gradient_fused), NEED_NONE,                            \
          "one kernel for the loss and the gradient" },                                                      \
        { "06_resident", RUN(op##_with_gradient, f##with_gradient_register_resident), NEED_NONE,             \
          "a row stays in registers: read once" },                                                           \
        fast_with_gradient{ nullptr, nullptr, NEED_NONE, nullptr },                                          \
    }
#define FAST_ROW(name, op, function, idea) { name, RUN(op, function), FAST_20, idea },

LADDERS(xent, , FAST_ROW("05_fast", xent_forward, forward_fast, "the GPU's own exp and log"),
        FAST_ROW("06_fast", xent_backward, backward_fast, "the GPU's own exp"),
        FAST_ROW("07_fast", xent_with_gradient, with_gradient_fast, "the GPU's own exp and log"));
LADDERS(xent_soft, soft_, , , );

#define P_ROW(name, WAY, M, needs, idea)                               \
    {                                                                  \
        name, RUN(softmax_xent_forward, (with_p<WAY, M>)), needs, idea \
    }

extern "C" const struct rung softmax_xent_forward_cuda[] = {
    P_ROW("00_naive", naive, full, NEED_NONE, "one thread per row, three passes"),
    P_ROW("01_warp", warp, full, NEED_NONE, "one warp per row: neighbouring addresses"),
    P_ROW("02_block", block, full, NEED_NONE, "one block per row where it is long"),
    P_ROW("03_online", online, full, NEED_NONE, "maximum and sum in one pass"),
    P_ROW("04_float4", float4s, full, NEED_NONE, "four logits per load and store"),
    P_ROW("05_resident", register_resident_rows, full, NEED_NONE, "a row stays in registers: read once"),
    P_ROW("06_fast", register_resident_rows, fast, FAST_20, "the GPU's own exp and log"),
    { nullptr, nullptr, NEED_NONE, nullptr },
};

extern "C" const struct rung softmax_xent_backward_cuda[] = {
    { "00_naive", RUN(softmax_xent_backward, (from_p_by<one_thread, double>)), NEED_NONE,
      "one thread per row" },
    { "01_warp", RUN(softmax_xent_backward, (from_p_by<one_warp, float>)), NEED_NONE,
      "one warp per row: neighbouring addresses" },
    { "02_block", RUN(softmax_xent_backward, from_p_block), NEED_NONE, "one block per row where it is long" },
    { "03_float4", RUN(softmax_xent_backward, from_p_float4), NEED_NONE, "four numbers per load and store" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};
