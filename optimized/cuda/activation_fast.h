/* activation_fast.h - the activations with fewer digits: by a GPU's fast functions, and
 * in pairs of 16-bit numbers.
 *
 * Arrays are of float in all of them, so that memory is asked for the same. What is relieved is arithmetic.
 */
#ifndef RUNGS_CUDA_ACTIVATION_FAST_H
#define RUNGS_CUDA_ACTIVATION_FAST_H

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "activation.h"

/* ---- 04_fast: __expf, __logf, __fdividef, __tanhf ----
 *
 * Each is one or two instructions of the special function unit where expf has some eight and an exact
 * division as many more. The unit has 16 lanes of a multiprocessor's 128. CUDA Programming Guide, intrinsic
 * functions, in ulp (or absolute) beside the last half:
 *
 *     __expf(x)          2 + floor(|1.173 x|)        at most 5 + 2.35 |x| units of 2^-24
 *     __fdividef(x, y)   2, for 2^-126 <= y <= 2^126; beyond, to 2^128, it gives 0
 *     __logf(x)          2^-21.41 for 1/2 <= x <= 2
 *     __tanhf(x)         2^-11 of the result
 *
 * With 2^-20 for a unit (FAST_20) there are 16 of float's units in one: sigmoid may err by 16 (8 + |x|) of
 * them (bound_gate) and needs 5 + 2.35 |x| for exp, 1 for the sum and 5 for the quotient; with w for x,
 * gelu_tanh may by 16 (8 + 5 |w|). What subtracts may err by some 2^-20 of 1 (reduced_unit): exp(x) - 1 does
 * by 6 units of float, log(1 + e) by 2^-21. tanh has no function between: FAST_12.
 *
 * In PTX for sm_90 an element takes 9 instructions instead of 21 in sigmoid, 6 instead of 22 in tanh, 12
 * instead of 49 in softplus, 12 instead of 24 in silu, 25 instead of 61 in gelu, loads and stores included;
 * and each exact division is some ten in machine code. Prediction: 1.0 x where the rung before is at
 * memory's limit already, 1.1 to 1.5 x where expf, erfcf and divisions keep a multiprocessor busy: gelu,
 * softplus, derivatives at x. */

namespace fast
{

/* 1 / (1 + exp(-w)): an infinite exp makes 0 of it, which is right */
__device__ inline float sigmoid_of(float w)
{
    return __fdividef(1, 1 + __expf(-w));
}

__device__ inline exact::gate gate_of(float w)
{
    float e = __expf(-fabsf(w)), large = __fdividef(1, 1 + e), small = e * large;
    return { w > 0 ? large : small, w > 0 ? small : large };
}

struct elu : by_ones<elu> {
    static constexpr bool AT_Y = true;
    float alpha;
    __host__ __device__ explicit elu(float alpha_) : alpha(alpha_)
    {
    }
    __device__ float y(float x) const
    {
        return x <= 0 ? alpha * (__expf(x) - 1) : x;
    }
    __device__ float dx(float y, float dy) const
    {
        return exact::elu(alpha).dx(y, dy);
    }
};

struct sigmoid : by_ones<sigmoid> {
    static constexpr bool AT_Y = true;
    __device__ float y(float x) const
    {
        return sigmoid_of(x);
    }
    __device__ float dx(float y, float dy) const
    {
        return exact::sigmoid().dx(y, dy);
    }
};

struct tanh : by_ones<tanh> {
    static constexpr bool AT_Y = true;
    __device__ float y(float x) const
    {
        return __tanhf(x);
    }
    __device__ float dx(float y, float dy) const
    {
        return exact::tanh().dx(y, dy);
    }
};

struct softplus : by_ones<softplus> {
    static constexpr bool AT_Y = false;
    __device__ float y(float x) const
    {
        return fmaxf(x, 0) + __logf(1 + __expf(-fabsf(x)));
    }
    __device__ float dx(float x, float dy) const
    {
        return dy * sigmoid_of(x);
    }
};

struct silu : by_ones<silu> {
    static constexpr bool AT_Y = false;
    __device__ float y(float x) const
    {
        return damped(x, sigmoid_of(x));
    }
    __device__ float dx(float x, float dy) const
    {
        exact::gate g = gate_of(x);
        return dy * damped(1 + damped(x, g.rest), g.s);
    }
};

/* P(x), the normal distribution, and its density p(x), with one exp: P(-a) = p(a) (b1 t + ... + b5 t^5) with
 * t = 1 / (1 + 0.2316419 a), to 7.5e-8 (M. Abramowitz and I. A. Stegun, Handbook of
 * Mathematical Functions, 26.2.17) */
struct normal {
    float P, p;
};

__device__ inline normal normal_of(float x)
{
    float a = fabsf(x), t = __fdividef(1, fmaf(0.2316419f, a, 1));
    float b = fmaf(fmaf(fmaf(fmaf(1.330274429f, t, -1.821255978f), t, 1.781477937f), t, -0.356563782f), t,
                   0.319381530f);
    float p = 0.39894228040143268f * __expf(-0.5f * x * x), tail = p * b * t;
    return { x > 0 ? 1 - tail : tail, p };
}

struct gelu : by_ones<gelu> {
    static constexpr bool AT_Y = false;
    __device__ float y(float x) const
    {
        return damped(x, normal_of(x).P);
    }
    __device__ float dx(float x, float dy) const
    {
        normal n = normal_of(x);
        return dy * (n.P + damped(x, n.p));
    }
};

struct gelu_tanh : by_ones<gelu_tanh> {
    static constexpr bool AT_Y = false;
    __device__ float y(float x) const
    {
        return damped(x, sigmoid_of(exact::gelu_w(x)));
    }
    __device__ float dx(float x, float dy) const
    {
        exact::gate g = gate_of(exact::gelu_w(x));
        return dy * (g.s + damped(x * exact::gelu_w_derivative(x), g.s * g.rest));
    }
};

} // namespace fast

/* ---- 05_half2, 06_bf16x2: arithmetic in pairs of half, or bfloat16 ----
 *
 * One instruction adds or multiplies two. But the special function unit knows no pairs: h2exp is conversions
 * to float, two of the unit's instructions, corrections, and conversions back (cuda_fp16.hpp). And the arrays
 * are of float: every number is converted, and the last product is one of floats, so that large numbers do
 * not overflow in half. In PTX for sm_90, four elements of GELU take 165 instructions in half and 125 in
 * bfloat16, 8 of them special and 34 to 40 conversions; 93 in float (04_fast), 8 of them special. Prediction:
 * a rung down, 0.7 to 1.0 x; that memory hides it is the best to be hoped for. The formats pay where arrays
 * have them, which halves the bytes: another operation. */

namespace pairs
{

__device__ inline float2 floats(__half2 v)
{
    return __half22float2(v);
}

__device__ inline float2 floats(__nv_bfloat162 v)
{
    return __bfloat1622float2(v);
}

template <class T2> struct make;
template <> struct make<__half2> {
    static __device__ __half2 of(float x, float y)
    {
        return __floats2half2_rn(x, y);
    }
};
template <> struct make<__nv_bfloat162> {
    static __device__ __nv_bfloat162 of(float x, float y)
    {
        return __floats2bfloat162_rn(x, y);
    }
};

template <class T2> __device__ T2 both(float x)
{
    return make<T2>::of(x, x);
}

/* y and y_of_four of what F::times tells of a pair: x times it is f(x) */
template <class F, class T2> struct by_twos {
    static __device__ float2 y_of_two(float x, float y)
    {
        float2 z = floats(F::times(make<T2>::of(x, y)));
        return { damped(x, z.x), damped(y, z.y) };
    }
    __device__ float y(float x) const
    {
        return F::y_of_two(x, x).x;
    }
    __device__ float4 y_of_four(float4 x) const
    {
        float2 low = F::y_of_two(x.x, x.y), high = F::y_of_two(x.z, x.w);
        return { low.x, low.y, high.x, high.y };
    }
};

/* 1 / (1 + e) or e / (1 + e), with e = exp(-|w|) <= 1: exp(11) is half's last, but exp(-17) not yet 0. The
 * numerator is the larger of e and the truth, 0 or 1, of w > 0. */
template <class T2> __device__ T2 sigmoid_of(T2 w)
{
    T2 e = h2exp(__hneg2(__habs2(w)));
    return __hmul2(__hmax2(e, __hgt2(w, both<T2>(0))), h2rcp(__hadd2(both<T2>(1), e)));
}

template <class T2> struct sigmoid : by_twos<sigmoid<T2>, T2> {
    static __device__ float2 y_of_two(float x, float y)
    {
        return floats(sigmoid_of(make<T2>::of(x, y)));
    }
};

/* bfloat16 only: half's errs by 2^-11 of 1, however small the result */
template <class T2> struct tanh : by_twos<tanh<T2>, T2> {
    static __device__ float2 y_of_two(float x, float y)
    {
        return floats(h2tanh_approx(make<T2>::of(x, y)));
    }
};

template <class T2> struct silu : by_twos<silu<T2>, T2> {
    static __device__ T2 times(T2 x)
    {
        return sigmoid_of(x);
    }
};

template <class T2> struct gelu_tanh : by_twos<gelu_tanh<T2>, T2> {
    static __device__ T2 times(T2 x)
    {
        T2 c = both<T2>(1.5957691216057308f), d = both<T2>(1.5957691216057308f * 0.044715f);
        return sigmoid_of(__hmul2(x, __hfma2(d, __hmul2(x, x), c)));
    }
};

/* As fast::normal_of; a tail is given for x < 0 */
template <class T2> struct gelu : by_twos<gelu<T2>, T2> {
    static __device__ T2 tail(T2 x)
    {
        T2 t = h2rcp(__hfma2(both<T2>(0.2316419f), __habs2(x), both<T2>(1)));
        T2 b = __hfma2(both<T2>(1.330274429f), t, both<T2>(-1.821255978f));
        b = __hfma2(b, t, both<T2>(1.781477937f));
        b = __hfma2(b, t, both<T2>(-0.356563782f));
        b = __hfma2(b, t, both<T2>(0.319381530f));
        T2 p = __hmul2(both<T2>(0.39894228040143268f), h2exp(__hmul2(both<T2>(-0.5f), __hmul2(x, x))));
        return __hmul2(p, __hmul2(b, t));
    }
    static __device__ float2 y_of_two(float x, float y)
    {
        float2 P = floats(tail(make<T2>::of(x, y)));
        return { damped(x, x > 0 ? 1 - P.x : P.x), damped(y, y > 0 ? 1 - P.y : P.y) };
    }
};

} // namespace pairs

#endif
