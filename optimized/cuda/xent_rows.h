/* xent_rows.h - the kernels of cross-entropy of N rows of C logits z; xent.cu launches them, and says which is which rung.
 *
 *   loss of a row = sum of q (log sum exp(z - max) + max - z)      q: the target
 *   its gradient  = up (Q exp(z - max) / sum exp(z - max) - q)      Q: the sum of q
 *
 * Three things vary, and are template arguments: who works on a row (a team, rows.h), what the target is, and what is
 * wanted of a row (struct job). An output may be written over z: a thread writes only what it alone has read, but for
 * the label's logit, which is read before anything is written.
 */
#ifndef RUNGS_CUDA_XENT_ROWS_H
#define RUNGS_CUDA_XENT_ROWS_H

#include "functions.h"
#include "rows.h"
#include "sums.h"

/* ---- what is summed over a row ----
 *
 * With weights w: 1 for a smoothed label, 0 where there is none to smooth, q itself for soft labels. All are added up in
 * one pass: where a larger logit comes, the sum is scaled down, as Milakov and Gimelshein do (rows.h), and the distances
 * from the maximum grow by what it rose. So only numbers of one sign are added, and nothing cancels. */

template <bool WEIGHTED> struct tally {
    float max, sum;     /* sum of exp(z - max)                     */
    float mass, moment; /* sum of w, of w (max - z); if WEIGHTED    */
};

#define NO_TALLY        \
    {                   \
        LOWEST, 0, 0, 0 \
    }

/* w (max - z), and 0 where w is 0, also for z = -infinity */
__device__ inline float weighed(float w, float distance)
{
    return w == 0 ? 0 : w * distance;
}

/* a logit more */
template <class M, bool WEIGHTED> __device__ tally<WEIGHTED> with(tally<WEIGHTED> s, float z, float w)
{
    const float rise = z - s.max, e = M::exp(-fabsf(rise));
    s.sum = rise > 0 ? fmaf(s.sum, e, 1) : s.sum + e;
    if (WEIGHTED) {
        s.moment += rise > 0 ? weighed(s.mass, rise) : weighed(w, -rise);
        s.mass += w;
    }
    s.max = fmaxf(s.max, z);
    return s;
}

__device__ inline float4 from(float max, float4 z)
{
    return { max - z.x, max - z.y, max - z.z, max - z.w };
}

__device__ inline float4 weighed(float4 w, float4 d)
{
    return { weighed(w.x, d.x), weighed(w.y, d.y), weighed(w.z, d.z), weighed(w.w, d.w) };
}

template <class M> __device__ float4 exp_of_minus(float4 d)
{
    return { M::exp(-d.x), M::exp(-d.y), M::exp(-d.z), M::exp(-d.w) };
}

/* four logits more, five exps */
template <class M, bool WEIGHTED> __device__ tally<WEIGHTED> with(tally<WEIGHTED> s, float4 z, float4 w)
{
    const float max = fmaxf(s.max, largest(z));
    const float4 d = from(max, z);
    s.sum = fmaf(s.sum, M::exp(s.max - max), total(exp_of_minus<M>(d)));
    if (WEIGHTED) {
        s.moment += weighed(s.mass, max - s.max) + total(weighed(w, d));
        s.mass += total(w);
    }
    s.max = max;
    return s;
}

/* two parts of a row */
template <class M> struct together {
    template <bool WEIGHTED> __device__ tally<WEIGHTED> operator()(tally<WEIGHTED> a, tally<WEIGHTED> b) const
    {
        tally<WEIGHTED> high = a.max >= b.max ? a : b, low = a.max >= b.max ? b : a;
        high.sum = fmaf(low.sum, M::exp(low.max - high.max), high.sum);
        if (WEIGHTED) {
            high.moment = (high.moment + low.moment) + weighed(low.mass, high.max - low.max);
            high.mass += low.mass;
        }
        return high;
    }
};

template <bool WEIGHTED> __device__ tally<WEIGHTED> shuffled(tally<WEIGHTED> mine, int apart)
{
    mine.max = shuffled(mine.max, apart);
    mine.sum = shuffled(mine.sum, apart);
    if (WEIGHTED) {
        mine.mass = shuffled(mine.mass, apart);
        mine.moment = shuffled(mine.moment, apart);
    }
    return mine;
}

/* ---- targets ---- */

/* A label for each row, q = (1 - e) onehot(label) + e / C, e = smoothing. A negative label is none: the row has no loss. */
struct labels {
    const int *label;
    float smoothing;
    static constexpr bool HAS_MASS = false; /* Q is 1 */

    struct row {
        int label;
        float hit, rest; /* 1 - e, e / C */

        __device__ bool counts() const
        {
            return label >= 0;
        }
        __device__ float q(int c) const
        {
            return (c == label ? hit : 0) + rest;
        }
        __device__ float weight(int) const
        {
            return rest == 0 ? 0 : 1;
        }
        __device__ float at(const float *z) const
        {
            return z[label];
        }
        template <bool W> __device__ float loss(const tally<W> &s, float log_sum, float at_label) const
        {
            return log_sum + hit * (s.max - at_label) + rest * s.moment;
        }
        template <bool W> __device__ float mass(const tally<W> &) const
        {
            return 1;
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
            return { q(f.c), q(f.c + 1), q(f.c + 2), q(f.c + 3) };
        }
    };

    __device__ row of(size_t n, int C) const
    {
        return { label[n], 1 - smoothing, smoothing / (float)C };
    }
    bool same_fours_as(const float *) const
    {
        return true;
    }
};

/* q (N,C) is given */
struct soft_labels {
    const float *t;
    static constexpr bool HAS_MASS = true;

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
        template <bool W> __device__ float loss(const tally<W> &s, float log_sum, float) const
        {
            return s.mass * log_sum + s.moment;
        }
        template <bool W> __device__ float mass(const tally<W> &s) const
        {
            return s.mass;
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

/* LOSS: loss (N) is written; OUT: what is written to out (N,C), if anything. M: whose exp and log (functions.h) */
template <class TARGET_, bool LOSS_, output OUT_, class M_ = full> struct job {
    typedef TARGET_ TARGET;
    typedef M_ M;
    static constexpr bool LOSS = LOSS_, WEIGHTED = LOSS_ || TARGET_::HAS_MASS;
    static constexpr output OUT = OUT_;
    typedef tally<WEIGHTED> sums;
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

    __device__ row_of(const J &j_, size_t n_)
        : j(j_), n(n_), z(j_.z + n_ * j_.C), out(J::OUT == NO_OUTPUT ? nullptr : j_.out + n_ * j_.C),
          target(j_.target.of(n_, j_.C)), at_label(0), up(0), scale(0)
    {
    }

    /* 0 if the row has no label: that is then its loss and its gradient */
    __device__ bool begins()
    {
        if (target.counts()) {
            if (J::LOSS) at_label = target.at(z);
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
        const float sum = s.sum + (s.max - s.max); /* a NaN if the maximum is infinite */
        if (J::LOSS && TEAM::rank() == 0) j.loss[n] = target.loss(s, J::M::log(sum), at_label);
        if (J::OUT == NO_OUTPUT) return;
        if (TEAM::SIZE > 1) __syncwarp(); /* all have read the label's logit */
        scale = (J::OUT == GRADIENT ? target.mass(s) : 1) / sum;
        up = J::OUT == GRADIENT ? j.up.at(n) : 1;
    }

    /* what is written for e = exp(z - max) of class c */
    __device__ float output(float e, int c) const
    {
        return J::OUT == GRADIENT ? up * (e * scale - target.q(c)) : e * scale;
    }
    __device__ float4 output(float4 e, const typename J::TARGET::row::four &f) const
    {
        const float4 p = { e.x * scale, e.y * scale, e.z * scale, e.w * scale };
        if (J::OUT != GRADIENT) return p;
        const float4 q = target.q(f);
        return { up * (p.x - q.x), up * (p.y - q.y), up * (p.z - q.z), up * (p.w - q.w) };
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
    SUM sum = 0, mass = 0, moment = 0;
    for (int c = TEAM::rank(); c < j.C; c += TEAM::SIZE) {
        const float d = max - row.z[c], w = J::WEIGHTED ? row.target.weight(c) : 0;
        sum += J::M::exp(-d);
        mass += w;
        moment += weighed(w, d);
    }
    typename J::sums s = { max, (float)sum, (float)mass, (float)moment };
    s = TEAM::all(s, together<typename J::M>());
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
    typename J::sums s = NO_TALLY;
    for (int c = TEAM::rank(); c < j.C; c += TEAM::SIZE)
        s = with<typename J::M>(s, row.z[c], J::WEIGHTED ? row.target.weight(c) : 0);
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
    typename J::sums s = NO_TALLY;
    for (int k = TEAM::rank(); k < in.count; k += TEAM::SIZE) {
        const float4 z = in.load(row.z, k, -INFINITY);
        s = with<typename J::M>(s, z, row.target.weight(in, row.target.load(in, k)));
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

template <class TEAM, int K, class J> __global__ void __launch_bounds__(TEAM::THREADS) kept(J j)
{
    const size_t n = TEAM::row();
    if (n >= (size_t)j.N) return;
    row_of<TEAM, J> row(j, n);
    if (!row.begins()) return;
    const fours in(row.z, j.C);
    float4 e[K]; /* z, then exp(z - max) */
    typename J::TARGET::row::four f[K];
    typename J::sums s = NO_TALLY;
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
        s.sum += total(e[k]);
        if (J::WEIGHTED) {
            const float4 w = row.target.weight(in, f[k]);
            s.mass += total(w);
            s.moment += total(weighed(w, d));
        }
    }
    s = TEAM::all(s, together<typename J::M>());
    row.knows(s);
#pragma unroll
    for (int k = 0; k < K; k++) in.store(row.out, TEAM::rank() + k * TEAM::SIZE, row.output(e[k], f[k]));
}

/* ---- p is given: dz = up (p - onehot(label)) ---- */

template <class TEAM>
__global__ void __launch_bounds__(TEAM::THREADS)
    from_p(int N, int C, const float *p, const int *label, upstream up, float *dz)
{
    const size_t n = TEAM::row();
    if (n >= (size_t)N) return;
    const float u = up.at(n);
    const int hit = label[n];
    p += n * C, dz += n * C;
    for (int c = TEAM::rank(); c < C; c += TEAM::SIZE) dz[c] = u * (p[c] - (c == hit ? 1 : 0));
}

template <class TEAM>
__global__ void __launch_bounds__(TEAM::THREADS)
    from_p_in_fours(int N, int C, const float *p, const int *label, upstream up, float *dz)
{
    const size_t n = TEAM::row();
    if (n >= (size_t)N) return;
    const float u = up.at(n);
    const int hit = label[n];
    p += n * C, dz += n * C;
    const fours in(p, C);
    for (int k = TEAM::rank(); k < in.count; k += TEAM::SIZE) {
        const int c = 4 * k - in.before;
        const float4 v = in.load(p, k, 0);
        in.store(dz, k,
                 { u * (v.x - (c == hit ? 1 : 0)), u * (v.y - (c + 1 == hit ? 1 : 0)),
                   u * (v.z - (c + 2 == hit ? 1 : 0)), u * (v.w - (c + 3 == hit ? 1 : 0)) });
    }
}

#endif
