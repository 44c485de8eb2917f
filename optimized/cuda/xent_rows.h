/* xent_rows.h - the kernels of cross-entropy of N rows of C logits z; xent.cu launches them, and says which
 * is which rung.
 *
 *   loss of a row = sum of q (log sum exp(z - max) + max - z)      q: the target
 *   its gradient  = up (Q exp(z - max) / sum exp(z - max) - q)      Q: the sum of q
 *
 * A network that is sure and right has sums near 1, and 1 hides what is below 2^-24. So one class, the
 * label's or for soft labels the largest, is left out of the sum; log1p and that class's own gradient take
 * what is left, with all its digits.
 *
 * Three things vary, and are template arguments: who works on a row (a team, rows.h), what the target is, and
 * what is wanted of a row (struct job). An output may be written over z: a thread writes only what it alone
 * has read, but for the label's logit, which is read before anything is written.
 */
#ifndef RUNGS_CUDA_XENT_ROWS_H
#define RUNGS_CUDA_XENT_ROWS_H

#include "xent_sums.h"

/* ---- targets ---- */

/* A label for each row, q = (1 - e) onehot(label) + e / C, e = smoothing. A negative label is
 * none: the row has no loss. */
struct labels {
    const int *label;
    float smoothing;
    static constexpr bool HAS_MASS = false, HAS_TOPS = false; /* Q is 1 */

    struct row {
        int label;
        float hit, rest, doubt; /* 1 - e, e / C, e - e / C */

        __device__ bool counts() const
        {
            return label >= 0;
        }
        __device__ float q(int) const
        {
            return rest;
        }
        __device__ float weight(int) const
        {
            return rest == 0 ? 0 : 1;
        }
        __device__ float at(const float *z) const
        {
            return z[label];
        }
        /* 0 for the label, which is left out of the sum */
        __device__ float share(int c) const
        {
            return c == label ? 0 : 1;
        }
        template <class M, bool W> __device__ outcome ends(const tally<W, false> &s, float at_label) const
        {
            const float sum = s.sum + M::exp(at_label - s.max);
            return { at_label >= s.max ? M::log1p(s.sum) : M::log(sum), sum, 1, doubt - s.sum / sum, true };
        }
        __device__ bool is_own(int c, float) const
        {
            return c == label;
        }
        template <bool W>
        __device__ float loss(const tally<W, false> &s, const outcome &o, float at_label) const
        {
            return o.log_sum + hit * (s.max - at_label) + rest * s.moment;
        }

        /* of four classes; nothing must be kept for them */
        struct four {
            int c;
        };
        __device__ four load(const fours &in, int j) const
        {
            return { 4 * j - in.before };
        }
        __device__ float4 weight(const fours &in, four f) const
        {
            const float w = weight(0);
            return { in.has(f.c) ? w : 0, in.has(f.c + 1) ? w : 0, in.has(f.c + 2) ? w : 0,
                     in.has(f.c + 3) ? w : 0 };
        }
        __device__ float4 q(four f) const
        {
            (void)f;
            return { rest, rest, rest, rest };
        }
        __device__ float4 share(four f) const
        {
            return { share(f.c), share(f.c + 1), share(f.c + 2), share(f.c + 3) };
        }
        __device__ int first(four f) const
        {
            return f.c;
        }
    };

    __device__ row of(size_t n, int C) const
    {
        const float each = smoothing / (float)C;
        return { label[n], 1 - smoothing, each, smoothing - each };
    }
    bool same_fours_as(const float *) const
    {
        return true;
    }
};

/* q (N,C) is given */
struct soft_labels {
    const float *t;
    static constexpr bool HAS_MASS = true, HAS_TOPS = true;

    struct row {
        const float *t;

        __device__ bool counts() const
        {
            return true;
        }
        __device__ float q(int c) const
        {
            return t[c];
        }
        __device__ float weight(int c) const
        {
            return t[c];
        }
        __device__ float at(const float *) const
        {
            return 0;
        }
        __device__ float share(int) const
        {
            return 1;
        }
        /* of several that are equal, or nearly, each has at most half of the sum: then none has a gradient of
         * its own */
        template <class M, bool W> __device__ outcome ends(const tally<W, true> &s, float) const
        {
            const float rest = s.sum + (s.count - 1), sum = 1 + rest, mass = s.mass + s.weight;
            return { M::log1p(rest), sum, mass, s.mass - mass * rest / sum, rest < 1 };
        }
        __device__ bool is_own(int, float e) const
        {
            return e >= 1;
        }
        template <bool W> __device__ float loss(const tally<W, true> &s, const outcome &o, float) const
        {
            return o.mass * o.log_sum + s.moment;
        }

        struct four {
            float4 t;
        };
        __device__ four load(const fours &in, int j) const
        {
            return { in.load(t, j, 0) };
        }
        __device__ float4 weight(const fours &, four f) const
        {
            return f.t;
        }
        __device__ float4 q(four f) const
        {
            return f.t;
        }
        __device__ float4 share(four) const
        {
            return { 1, 1, 1, 1 };
        }
        __device__ int first(four) const
        {
            return 0;
        }
    };

    __device__ row of(size_t n, int C) const
    {
        return { t + n * C };
    }
    bool same_fours_as(const float *z) const
    {
        return same_fours(t, z);
    }
};

/* ---- what is wanted of the rows ---- */

/* The gradient that reaches a row's loss */
struct upstream {
    const float *dloss; /* nullptr: 1                   */
    bool each;          /* dloss has N numbers, not one */
    divisor by;

    __device__ float at(size_t n) const
    {
        return (dloss ? dloss[each ? n : 0] : 1) / by.value();
    }
};

enum output { NO_OUTPUT, GRADIENT, PROBABILITY };

/* LOSS: loss (N) is written; OUT: what is written to out (N,C), if anything. M: whose
 * exp and log (functions.h) */
template <class TARGET_, bool LOSS_, output OUT_, class M_ = full> struct job {
    typedef TARGET_ TARGET;
    typedef M_ M;
    static constexpr bool LOSS = LOSS_, WEIGHTED = LOSS_ || TARGET_::HAS_MASS;
    static constexpr output OUT = OUT_;
    typedef tally<WEIGHTED, TARGET_::HAS_TOPS> sums;
    int N, C;
    const float *z;
    TARGET target;
    float *loss, *out;
    upstream up;

    bool in_fours() const
    {
        return target.same_fours_as(z) && (OUT == NO_OUTPUT || same_fours(z, out));
    }
};

/* A job's row as its team sees it */
template <class TEAM, class J> struct row_of {
    const J &j;
    size_t n;
    const float *z;
    float *out;
    typename J::TARGET::row target;
    float at_label;
    float up, scale; /* of what is written, once the sums are known */
    float own;       /* the gradient of the class that was left out */
    bool has_own;

    __device__ row_of(const J &j_, size_t n_)
        : j(j_), n(n_), z(j_.z + n_ * j_.C), out(J::OUT == NO_OUTPUT ? nullptr : j_.out + n_ * j_.C),
          target(j_.target.of(n_, j_.C)), at_label(0), up(0), scale(0), own(0), has_own(false)
    {
    }

    /* 0 if the row has no label: that is then its loss and its gradient */
    __device__ bool begins()
    {
        if (target.counts()) {
            at_label = target.at(z);
            return true;
        }
        if (J::LOSS && TEAM::rank() == 0) j.loss[n] = 0;
        if (J::OUT != NO_OUTPUT)
            for (int c = TEAM::rank(); c < j.C; c += TEAM::SIZE) out[c] = 0;
        return false;
    }

    /* the sums of all threads are here; what follows may write over z */
    __device__ void knows(const typename J::sums &s)
    {
        const outcome o = target.template ends<typename J::M>(s, at_label);
        const float sum = o.sum + (s.max - s.max); /* a NaN if the maximum is infinite */
        if (J::LOSS && TEAM::rank() == 0) j.loss[n] = target.loss(s, o, at_label) + (s.max - s.max);
        if (J::OUT == NO_OUTPUT) return;
        if (TEAM::SIZE > 1) __syncwarp(); /* all have read the label's logit */
        scale = (J::OUT == GRADIENT ? o.mass : 1) / sum;
        up = J::OUT == GRADIENT ? j.up.at(n) : 1;
        own = up * o.own + (s.max - s.max);
        has_own = J::OUT == GRADIENT && o.has_own;
    }

    /* what is written for e = exp(z - max) of class c */
    __device__ float output(float e, int c) const
    {
        if (J::OUT != GRADIENT) return e * scale;
        return has_own && target.is_own(c, e) ? own : up * (e * scale - target.q(c));
    }
    __device__ float4 output(float4 e, const typename J::TARGET::row::four &f) const
    {
        if (J::OUT != GRADIENT) return { e.x * scale, e.y * scale, e.z * scale, e.w * scale };
        const float4 q = target.q(f);
        const int c = target.first(f);
        return { has_own && target.is_own(c, e.x) ? own : up * (e.x * scale - q.x),
                 has_own && target.is_own(c + 1, e.y) ? own : up * (e.y * scale - q.y),
                 has_own && target.is_own(c + 2, e.z) ? own : up * (e.z * scale - q.z),
                 has_own && target.is_own(c + 3, e.w) ? own : up * (e.w * scale - q.w) };
    }
};

/* ---- 00_naive, 01_warp, 02_block: a pass for the maximum, one for the sums, one to write ---- */

/* SUM: the type in which a thread adds up */
template <class TEAM, class SUM, class J> __global__ void __launch_bounds__(TEAM::THREADS) three_passes(J j)
{
    const size_t n = TEAM::row();
    if (n >= (size_t)j.N) return;
    row_of<TEAM, J> row(j, n);
    if (!row.begins()) return;
    float max = LOWEST;
    for (int c = TEAM::rank(); c < j.C; c += TEAM::SIZE) max = fmaxf(max, row.z[c]);
    max = TEAM::all(max, greater());
    typename J::sums s = J::sums::none(max);
    SUM sum = 0, mass = 0, moment = 0;
    for (int c = TEAM::rank(); c < j.C; c += TEAM::SIZE) {
        typename J::sums one = J::sums::none(max);
        const float d = max - row.z[c];
        one.take(d, J::M::exp(-d), J::WEIGHTED ? row.target.weight(c) : 0, row.target.share(c));
        sum += one.sum;
        mass += one.mass;
        moment += one.moment;
        if constexpr (J::TARGET::HAS_TOPS) s.count += one.count, s.weight += one.weight;
    }
    s.sum = (float)sum, s.mass = (float)mass, s.moment = (float)moment;
    s = TEAM::all(s, under_one_max());
    row.knows(s);
    if constexpr (J::OUT != NO_OUTPUT)
        for (int c = TEAM::rank(); c < j.C; c += TEAM::SIZE)
            row.out[c] = row.output(J::M::exp(row.z[c] - s.max), c);
}

/* ---- 03_online: one pass for maximum and sums ---- */

template <class TEAM, class J> __global__ void __launch_bounds__(TEAM::THREADS) one_pass(J j)
{
    const size_t n = TEAM::row();
    if (n >= (size_t)j.N) return;
    row_of<TEAM, J> row(j, n);
    if (!row.begins()) return;
    typename J::sums s = J::sums::none(LOWEST);
    for (int c = TEAM::rank(); c < j.C; c += TEAM::SIZE)
        s = with<typename J::M>(s, row.z[c], J::WEIGHTED ? row.target.weight(c) : 0, row.target.share(c));
    s = TEAM::all(s, together<typename J::M>());
    row.knows(s);
    if constexpr (J::OUT != NO_OUTPUT)
        for (int c = TEAM::rank(); c < j.C; c += TEAM::SIZE)
            row.out[c] = row.output(J::M::exp(row.z[c] - s.max), c);
}

/* ---- 04_float4: four logits per load and store ---- */

template <class TEAM, class J> __global__ void __launch_bounds__(TEAM::THREADS) one_pass_in_fours(J j)
{
    const size_t n = TEAM::row();
    if (n >= (size_t)j.N) return;
    row_of<TEAM, J> row(j, n);
    if (!row.begins()) return;
    const fours in(row.z, j.C);
    typename J::sums s = J::sums::none(LOWEST);
    for (int k = TEAM::rank(); k < in.count; k += TEAM::SIZE) {
        const float4 z = in.load(row.z, k, -INFINITY);
        const auto f = row.target.load(in, k);
        s = with<typename J::M>(s, z, row.target.weight(in, f), row.target.share(f));
    }
    s = TEAM::all(s, together<typename J::M>());
    row.knows(s);
    if constexpr (J::OUT != NO_OUTPUT)
        for (int k = TEAM::rank(); k < in.count; k += TEAM::SIZE) {
            const float4 e = exp_of_minus<typename J::M>(from(s.max, in.load(row.z, k, -INFINITY)));
            in.store(row.out, k, row.output(e, row.target.load(in, k)));
        }
}

/* ---- kept: a row stays in registers, K fours a thread ---- */

template <class TEAM, int K, class J> __global__ void __launch_bounds__(TEAM::THREADS) register_resident(J j)
{
    const size_t n = TEAM::row();
    if (n >= (size_t)j.N) return;
    row_of<TEAM, J> row(j, n);
    if (!row.begins()) return;
    const fours in(row.z, j.C);
    float4 e[K]; /* z, then exp(z - max) */
    typename J::TARGET::row::four f[K];
    typename J::sums s = J::sums::none(LOWEST);
#pragma unroll
    for (int k = 0; k < K; k++) {
        e[k] = in.load(row.z, TEAM::rank() + k * TEAM::SIZE, -INFINITY);
        f[k] = row.target.load(in, TEAM::rank() + k * TEAM::SIZE);
    }
#pragma unroll
    for (int k = 0; k < K; k++) s.max = fmaxf(s.max, largest(e[k]));
    s.max = TEAM::all(s.max, greater());
#pragma unroll
    for (int k = 0; k < K; k++) {
        const float4 d = from(s.max, e[k]);
        e[k] = exp_of_minus<typename J::M>(d);
        s.take(d, e[k], J::WEIGHTED ? row.target.weight(in, f[k]) : float4{ 0, 0, 0, 0 },
               row.target.share(f[k]));
    }
    s = TEAM::all(s, under_one_max());
    row.knows(s);
#pragma unroll
    for (int k = 0; k < K; k++) in.store(row.out, TEAM::rank() + k * TEAM::SIZE, row.output(e[k], f[k]));
}

/* ---- p is given: dz = up (p - onehot(label)); at the label minus the sum of the others, which keep the
 * digits that p lost where it is nearly 1. The sum is known to all before the first number is written, which
 * may be over p. ---- */

/* SUM: the type in which a thread adds up */
template <class TEAM, class SUM>
__global__ void __launch_bounds__(TEAM::THREADS)
    from_p(int N, int C, const float *p, const int *label, upstream up, float *dz)
{
    const size_t n = TEAM::row();
    if (n >= (size_t)N) return;
    const float u = up.at(n);
    const int hit = label[n];
    p += n * C, dz += n * C;
    SUM sum = 0;
    for (int c = TEAM::rank(); c < C; c += TEAM::SIZE) sum += c == hit ? 0 : p[c];
    const float others = TEAM::all((float)sum, plus());
    for (int c = TEAM::rank(); c < C; c += TEAM::SIZE) dz[c] = u * (c == hit ? -others : p[c]);
}

template <class TEAM>
__global__ void __launch_bounds__(TEAM::THREADS)
    from_p_in_fours(int N, int C, const float *p, const int *label, upstream up, float *dz)
{
    const size_t n = TEAM::row();
    if (n >= (size_t)N) return;
    const float u = up.at(n);
    p += n * C, dz += n * C;
    const fours in(p, C);
    const int hit = label[n] + in.before; /* as a four counts */
    float others = 0;
    for (int k = TEAM::rank(); k < in.count; k += TEAM::SIZE) {
        const float4 v = in.load(p, k, 0);
        others += 4 * k == hit ? 0 : v.x;
        others += 4 * k + 1 == hit ? 0 : v.y;
        others += 4 * k + 2 == hit ? 0 : v.z;
        others += 4 * k + 3 == hit ? 0 : v.w;
    }
    others = TEAM::all(others, plus());
    for (int k = TEAM::rank(); k < in.count; k += TEAM::SIZE) {
        const float4 v = in.load(p, k, 0);
        in.store(dz, k,
                 { u * (4 * k == hit ? -others : v.x), u * (4 * k + 1 == hit ? -others : v.y),
                   u * (4 * k + 2 == hit ? -others : v.z), u * (4 * k + 3 == hit ? -others : v.w) });
    }
}

#endif
