/* decay.cu - the CUDA ladders of what keeps weights small, of n weights each: decay with and without a step,
 * proximal steps, the gradients of penalties; see reference/decay.c.
 *
 * A weight is moved and hardly computed with: 8 bytes for a decay or a proximal step, a read and a write; 8
 * for a penalty's gradient; 12 for a step of SGD. So memory sets the pace, and the rungs are those of
 * elements.h, which tells them with their predictions. Two fours on their way at once gain nothing where a
 * thread keeps so few numbers, and are left out. /
 */
#include <cuda_runtime.h>

#include "../op.h"
#include "elements.h"
#include "in_place.h"
#include "ladders.h"

namespace
{

/* ---- decay alone: w = (1 - lr wd) w ---- */

struct shrunk {
    float keep;

    __device__ float operator()(float w) const
    {
        return keep * w;
    }
};

template <class HOW> void weight_decay_step(int n, float *w, double lr, double wd)
{
    HOW::run(n, in_place<shrunk>{ { (float)(1 - lr * wd) }, w });
}

/* ---- proximal steps ---- */

/* w, t nearer to 0, and exactly 0 if it is not farther away than that; then times `scale`. What is within
 * [-t, t] loses itself: no branch, on which lanes of a warp would part. */
struct threshold {
    float t, scale;

    __device__ float operator()(float w) const
    {
        const float above = w < -t ? -t : w;
        return scale * (w - (above > t ? t : above));
    }
};

template <class HOW> void soft_threshold(int n, float *w, double lr, double lambda)
{
    HOW::run(n, in_place<threshold>{ { (float)(lr * lambda), 1 }, w });
}

template <class HOW> void elastic_net(int n, float *w, double lr, double l1, double l2)
{
    HOW::run(n, in_place<threshold>{ { (float)(lr * l1), (float)(1 / (1 + lr * l2)) }, w });
}

/* ---- the gradients of penalties: dw = dloss (l1 sign(w) + l2 w) ----
 *
 * One kernel for L1, L2 and both: a multiplication by 0 costs nothing while memory sets the pace. The slope
 * of |w| at 0 is 0, and a NaN stays a NaN. Without L2 an infinite w has L1's slope, which 0 w would make a
 * NaN. */
struct penalty_slope {
    float l1, l2;
    const float *w, *dloss;
    float *dw;

    struct fours {
        float4 w;
        float dloss;
    };
    bool alike() const
    {
        return alike_16(w, dw);
    }
    const float *first() const
    {
        return w;
    }
    __device__ void one(size_t k) const
    {
        dw[k] = of(w[k], *dloss);
    }
    __device__ fours load(int head, size_t j) const
    {
        return { four_at(w, head, j), *dloss };
    }
    __device__ void store(int head, size_t j, const fours &v) const
    {
        put_four(dw, head, j,
                 { of(v.w.x, v.dloss), of(v.w.y, v.dloss), of(v.w.z, v.dloss), of(v.w.w, v.dloss) });
    }

    __device__ float of(float weight, float upstream) const
    {
        const float sign = weight > 0 ? 1 : weight < 0 ? -1 : weight;
        return upstream * (l2 == 0 ? l1 * sign : l1 * sign + l2 * weight);
    }
};

template <class HOW>
void l2_penalty_backward(int n, const float *w, const float *dloss, float *dw, double lambda)
{
    HOW::run(n, penalty_slope{ 0, (float)lambda, w, dloss, dw });
}

template <class HOW>
void l1_penalty_backward(int n, const float *w, const float *dloss, float *dw, double lambda)
{
    HOW::run(n, penalty_slope{ (float)lambda, 0, w, dloss, dw });
}

template <class HOW>
void elastic_penalty_backward(int n, const float *w, const float *dloss, float *dw, double l1, double l2)
{
    HOW::run(n, penalty_slope{ (float)l1, (float)l2, w, dloss, dw });
}

/* ---- a step of SGD with decay: w = (1 - lr wd) w - lr dw ---- */

struct sgd_with_decay {
    float keep, lr;
    const float *dw;
    float *w;

    struct fours {
        float4 dw, w;
    };
    bool alike() const
    {
        return alike_16(dw, w);
    }
    const float *first() const
    {
        return dw;
    }
    __device__ void one(size_t k) const
    {
        w[k] = keep * w[k] - lr * dw[k];
    }
    __device__ fours load(int head, size_t j) const
    {
        return { four_at(dw, head, j), four_at(w, head, j) };
    }
    __device__ void store(int head, size_t j, const fours &v) const
    {
        put_four(w, head, j,
                 { keep * v.w.x - lr * v.dw.x, keep * v.w.y - lr * v.dw.y, keep * v.w.z - lr * v.dw.z,
                   keep * v.w.w - lr * v.dw.w });
    }
};

/* ---- 00_naive: two launches, as where an optimizer knows nothing of decay ----
 *
 * Decay reads and writes w, 8 bytes per weight; the step reads dw and w and writes w, 12 more. Prediction
 * (lesson 5): 80 to 90 % of the bandwidth for these 20 bytes, so 48 to 54 % of it for the 12 that are
 * needed. */
void decay_then_step(int n, const float *dw, float *w, double lr, double wd)
{
    weight_decay_step<by_naive>(n, w, lr, wd);
    by_naive::run(n, sgd_with_decay{ 1, (float)lr, dw, w });
}

/* ---- 01_fused: decay inside of the step's pass ----
 *
 * w is in a register when it is decayed: one multiplication that nobody waits for. 12 bytes per weight
 * instead of 20, and one launch instead of two. Relieves the memory. Prediction (lesson 5): 1.5 to 1.8 x.
 * 02_float4 is elements.h's: 1.05 to 1.15 x. */
template <class HOW> void sgd_decay_step(int n, const float *dw, float *w, double lr, double wd)
{
    HOW::run(n, sgd_with_decay{ (float)(1 - lr * wd), (float)lr, dw, w });
}

} // namespace

extern "C" const struct rung sgd_decay_step_cuda[] = {
    { "00_naive", RUN(sgd_decay_step, decay_then_step), NEED_NONE, "two launches: decay, then the step" },
    { "01_fused", RUN(sgd_decay_step, sgd_decay_step<by_stride>), NEED_NONE, "one pass" },
    { "02_float4", RUN(sgd_decay_step, sgd_decay_step<by_float4>), NEED_NONE,
      "four weights per load and store" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};

#define DECAY_LADDER(op)                                                                            \
    extern "C" const struct rung op##_cuda[] = {                                                    \
        { "00_naive", RUN(op, op<by_naive>), NEED_NONE, "one thread per weight" },                  \
        { "01_stride", RUN(op, op<by_stride>), NEED_NONE, "as many threads as the machine holds" }, \
        { "02_float4", RUN(op, op<by_float4>), NEED_NONE, "four weights per load and store" },      \
        { nullptr, nullptr, NEED_NONE, nullptr },                                                   \
    }
DECAY_LADDER(weight_decay_step);
DECAY_LADDER(soft_threshold);
DECAY_LADDER(elastic_net);
DECAY_LADDER(l2_penalty_backward);
DECAY_LADDER(l1_penalty_backward);
DECAY_LADDER(elastic_penalty_backward);
