/* xent_sums.h - what cross-entropy sums over a row of logits, and what comes of it: the first part of the
 * kernels in xent_rows.h. */
#ifndef RUNGS_CUDA_XENT_SUMS_H
#define RUNGS_CUDA_XENT_SUMS_H

#include "functions.h"
#include "rows.h"
#include "sums.h"

/* ---- what is summed over a row ----
 *
 * With weights w: 1 for a smoothed label, 0 where there is none to smooth, q itself for soft labels. All are
 * added up in one pass: where a larger logit comes, the sum is scaled down, as Milakov and Gimelshein do
 * (rows.h), and the distances from the maximum grow by what it rose. So only numbers of one sign are added,
 * and nothing cancels. TOPS: the logits that are the maximum are counted and weighed apart, and not in sum
 * and mass. */

template <bool TOPS> struct tops {
};
template <> struct tops<true> {
    float count, weight; /* of logits that are the maximum; the sum of their w */
};

template <bool WEIGHTED, bool TOPS> struct tally : tops<TOPS> {
    float max, sum;     /* sum of exp(z - max)                     */
    float mass, moment; /* sum of w, of w (max - z); if WEIGHTED    */

    /* what is known before the first logit, or of logits whose maximum is known */
    static __device__ tally none(float max)
    {
        tally s;
        s.max = max;
        s.sum = s.mass = s.moment = 0;
        if constexpr (TOPS) s.count = s.weight = 0;
        return s;
    }

    /* a higher maximum comes; down: exp(max - higher) */
    __device__ void rise(float higher, float down)
    {
        if constexpr (TOPS) {
            sum += this->count;
            mass += this->weight;
            this->count = this->weight = 0;
        }
        sum *= down;
        if (WEIGHTED) moment += weighed(mass, higher - max);
        max = higher;
    }

    /* w (max - z), and 0 where w is 0, also for z = -infinity */
    static __device__ float weighed(float w, float distance)
    {
        return w == 0 ? 0 : w * distance;
    }

    /* a logit, d below the maximum, e = exp(-d); share: 0 if it is the class that is left out of the sum,
     * else 1 */
    __device__ void take(float d, float e, float w, float share)
    {
        if constexpr (TOPS) {
            const bool is_top = d == 0;
            this->count += is_top ? 1 : 0;
            this->weight += is_top ? w : 0;
            sum += is_top ? 0 : e;
            mass += is_top ? 0 : w;
        } else {
            sum = fmaf(share, e, sum);
            if (WEIGHTED) mass += w;
        }
        if (WEIGHTED) moment += weighed(w, d);
    }
    __device__ void take(float4 d, float4 e, float4 w, float4 share)
    {
        if constexpr (TOPS) {
            take(d.x, e.x, w.x, 1), take(d.y, e.y, w.y, 1), take(d.z, e.z, w.z, 1), take(d.w, e.w, w.w, 1);
        } else {
            sum += dot(share, e);
            if (WEIGHTED) {
                moment += (weighed(w.x, d.x) + weighed(w.y, d.y)) + (weighed(w.z, d.z) + weighed(w.w, d.w));
                mass += total(w);
            }
        }
    }

    /* another part of the row, under the same maximum */
    __device__ void take(const tally &part)
    {
        sum += part.sum;
        if (WEIGHTED) {
            moment += part.moment;
            mass += part.mass;
        }
        if constexpr (TOPS) {
            this->count += part.count;
            this->weight += part.weight;
        }
    }
};

/* a logit more, one exp: of the number, or of the scale */
template <class M, bool W, bool T> __device__ tally<W, T> with(tally<W, T> s, float z, float w, float share)
{
    const float up = z - s.max, e = M::exp(-fabsf(up)); /* up: infinite if z is, and e then 0 */
    if (up > 0) {
        s.rise(z, e);
        s.take(0, 1, w, share);
    } else {
        s.take(-up, e, w, share);
    }
    return s;
}

__device__ inline float4 from(float max, float4 z)
{
    return { max - z.x, max - z.y, max - z.z, max - z.w };
}

template <class M> __device__ float4 exp_of_minus(float4 d)
{
    return { M::exp(-d.x), M::exp(-d.y), M::exp(-d.z), M::exp(-d.w) };
}

/* four logits more, five exps */
template <class M, bool W, bool T>
__device__ tally<W, T> with(tally<W, T> s, float4 z, float4 w, float4 share)
{
    const float max = fmaxf(s.max, largest(z)), down = M::exp(s.max - max);
    if (max > s.max) s.rise(max, down);
    const float4 d = from(max, z);
    s.take(d, exp_of_minus<M>(d), w, share);
    return s;
}

/* two parts of a row */
template <class M> struct together {
    template <bool W, bool T> __device__ tally<W, T> operator()(tally<W, T> a, tally<W, T> b) const
    {
        tally<W, T> high = a.max >= b.max ? a : b, low = a.max >= b.max ? b : a;
        const float down = M::exp(low.max - high.max);
        if (high.max > low.max) low.rise(high.max, down);
        high.take(low);
        return high;
    }
};

/* two parts of a row whose maximum all threads know: nothing rises. A warp's five steps are then additions
 * alone, without the exp and the choices of together, for which three_passes spilled a register. */
struct under_one_max {
    template <bool W, bool T> __device__ tally<W, T> operator()(tally<W, T> a, const tally<W, T> &b) const
    {
        a.take(b);
        return a;
    }
};

template <bool W, bool T> __device__ tally<W, T> shuffled(tally<W, T> mine, int apart)
{
    mine.max = shuffled(mine.max, apart);
    mine.sum = shuffled(mine.sum, apart);
    if (W) {
        mine.mass = shuffled(mine.mass, apart);
        mine.moment = shuffled(mine.moment, apart);
    }
    if constexpr (T) {
        mine.count = shuffled(mine.count, apart);
        mine.weight = shuffled(mine.weight, apart);
    }
    return mine;
}

/* What follows from the sums of a row. One class, the one that was left out of the sum, has a gradient of its
 * own. */
struct outcome {
    float log_sum, sum; /* of all exp(z - max)                                 */
    float mass;         /* Q                                                   */
    float own;          /* that class's gradient, if up is 1                   */
    bool has_own;       /* else its gradient is as good as the others' formula */
};

#endif
