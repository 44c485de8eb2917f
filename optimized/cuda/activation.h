/* activation.h - the passes of an activation over n elements, and the activations in single float functions.
 *
 * An activation f is a struct:
 *
 *     static constexpr bool AT_Y;       the derivative is taken at y, else at x
 *     float y(float x)                  f(x)
 *     float dx(float at, float dy)      dy f'(x)
 *     float4 y_of_four(float4), float4 dx_of_four(float4 at, float4 dy)
 *
 * by_ones<f> makes the last two of the first ones. A parameter is given to its constructor.
 */
#ifndef RUNGS_CUDA_ACTIVATION_H
#define RUNGS_CUDA_ACTIVATION_H

#include <math.h>

#include "elements.h"

/* ---- the passes ---- */

template <class F> struct forward_pass {
    F f;
    const float *x;
    float *y;

    struct fours {
        float4 x;
    };
    bool alike() const
    {
        return alike_16(x, y);
    }
    const float *first() const
    {
        return x;
    }
    __device__ void one(size_t k) const
    {
        y[k] = f.y(x[k]);
    }
    __device__ fours load(int head, size_t j) const
    {
        return { four_at(x, head, j) };
    }
    __device__ void store(int head, size_t j, const fours &v) const
    {
        put_four(y, head, j, f.y_of_four(v.x));
    }
};

template <class F> struct backward_pass {
    F f;
    const float *at, *dy;
    float *dx;

    struct fours {
        float4 at, dy;
    };
    bool alike() const
    {
        return alike_16(at, dy) && alike_16(at, dx);
    }
    const float *first() const
    {
        return at;
    }
    __device__ void one(size_t k) const
    {
        dx[k] = f.dx(at[k], dy[k]);
    }
    __device__ fours load(int head, size_t j) const
    {
        return { four_at(at, head, j), four_at(dy, head, j) };
    }
    __device__ void store(int head, size_t j, const fours &v) const
    {
        put_four(dx, head, j, f.dx_of_four(v.at, v.dy));
    }
};

/* y and s = f'(x); y may be x */
template <class F> struct with_derivative_pass {
    F f;
    const float *x;
    float *y, *s;

    struct fours {
        float4 x;
    };
    bool alike() const
    {
        return alike_16(x, y) && alike_16(x, s);
    }
    const float *first() const
    {
        return x;
    }
    __device__ void one(size_t k) const
    {
        float at = x[k], value = f.y(at);
        s[k] = f.dx(F::AT_Y ? value : at, 1);
        y[k] = value;
    }
    __device__ fours load(int head, size_t j) const
    {
        return { four_at(x, head, j) };
    }
    __device__ void store(int head, size_t j, const fours &v) const
    {
        float4 value = f.y_of_four(v.x), derivative = f.dx_of_four(F::AT_Y ? value : v.x, { 1, 1, 1, 1 });
        put_four(s, head, j, derivative);
        put_four(y, head, j, value);
    }
};

template <class F> struct by_ones {
    __device__ float4 y_of_four(float4 x) const
    {
        const F &f = static_cast<const F &>(*this);
        return { f.y(x.x), f.y(x.y), f.y(x.z), f.y(x.w) };
    }
    __device__ float4 dx_of_four(float4 at, float4 dy) const
    {
        const F &f = static_cast<const F &>(*this);
        return { f.dx(at.x, dy.x), f.dx(at.y, dy.y), f.dx(at.z, dy.z), f.dx(at.w, dy.w) };
    }
};

/* x z, but 0 where z has become 0: there z falls faster than any x grows, and inf * 0 would be a NaN */
__device__ inline float damped(float x, float z)
{
    return z == 0 ? 0 : x * z;
}

/* ---- exact: as the reference has them (reference/activation.c, activation_real.c), with
 * CUDA's functions in float ----
 *
 * Beside the last half of an ulp, expf and tanhf err by 2 ulp, expm1f and log1pf by 1, erfcf by 4 (CUDA
 * Programming Guide, mathematical functions): 5, 3 and 9 units of 2^-24 at most. The bounds of
 * ops/activation.c hold with these:
 *
 *     sigmoid       exp 5, less its share of 1 + e, the sum 1, the quotient 1              7 of 8
 *     tanh          tanh 5                                                                 5 of 8
 *     elu           expm1 3, the product 1                                                 4 of 8
 *     softplus      exp 5 and log1p 3 at x << 0; elsewhere e's share is smaller            8 of 8
 *     gelu          erfc 9, the product 1                                                 10
 *     of 12, the argument apart
 *     silu          sigmoid 7, the product 1                                               8 of 8
 *     gelu_tanh     the same, w apart                                                      8 of 8
 *
 * Derivatives at x: one more for dy, where softplus's has 8 of 8 and the others of 12. */

namespace exact
{

struct relu : by_ones<relu> {
    static constexpr bool AT_Y = true;
    __device__ float y(float x) const
    {
        return x <= 0 ? 0 : x; /* a NaN stays one */
    }
    __device__ float dx(float y, float dy) const
    {
        return y > 0 ? dy : 0;
    }
};

struct leaky_relu : by_ones<leaky_relu> {
    static constexpr bool AT_Y = true;
    float slope;
    __host__ __device__ explicit leaky_relu(float slope_) : slope(slope_)
    {
    }
    __device__ float y(float x) const
    {
        return x > 0 ? x : slope * x;
    }
    __device__ float dx(float y, float dy) const
    {
        return y > 0 ? dy : slope * dy;
    }
};

struct elu : by_ones<elu> {
    static constexpr bool AT_Y = true;
    float alpha;
    __host__ __device__ explicit elu(float alpha_) : alpha(alpha_)
    {
    }
    __device__ float y(float x) const
    {
        return x <= 0 ? alpha * expm1f(x) : x;
    }
    __device__ float dx(float y, float dy) const
    {
        return y > 0 ? dy : dy * (y + alpha);
    }
};

/* s = 1 / (1 + exp(-w)) and rest = 1 - s, without a subtraction; exp sees no number above 0 */
struct gate {
    float s, rest;
};

__device__ inline gate gate_of(float w)
{
    float e = expf(-fabsf(w)), large = 1 / (1 + e), small = e / (1 + e);
    return { w > 0 ? large : small, w > 0 ? small : large };
}

struct sigmoid : by_ones<sigmoid> {
    static constexpr bool AT_Y = true;
    __device__ float y(float x) const
    {
        return gate_of(x).s;
    }
    __device__ float dx(float y, float dy) const
    {
        return dy * y * (1 - y);
    }
};

struct tanh : by_ones<tanh> {
    static constexpr bool AT_Y = true;
    __device__ float y(float x) const
    {
        return tanhf(x);
    }
    __device__ float dx(float y, float dy) const
    {
        return dy * (1 - y) * (1 + y);
    }
};

struct softplus : by_ones<softplus> {
    static constexpr bool AT_Y = false;
    __device__ float y(float x) const
    {
        float rest = log1pf(expf(-fabsf(x)));
        return x > 0 ? x + rest : rest;
    }
    __device__ float dx(float x, float dy) const
    {
        return dy * gate_of(x).s;
    }
};

struct silu : by_ones<silu> {
    static constexpr bool AT_Y = false;
    __device__ float y(float x) const
    {
        return damped(x, gate_of(x).s);
    }
    __device__ float dx(float x, float dy) const
    {
        gate g = gate_of(x);
        return dy * damped(1 + damped(x, g.rest), g.s);
    }
};

struct gelu : by_ones<gelu> {
    static constexpr bool AT_Y = false;
    __device__ static float P(float x)
    {
        return erfcf(x * -0.70710678118654752f) / 2;
    }
    __device__ float y(float x) const
    {
        return damped(x, P(x));
    }
    __device__ float dx(float x, float dy) const
    {
        float p = expf(-x * x / 2) * 0.39894228040143268f;
        return dy * (P(x) + damped(x, p));
    }
};

/* w and dw/dx of the tanh form */
__device__ inline float gelu_w(float x)
{
    return 1.5957691216057308f * x * (1 + 0.044715f * x * x);
}

__device__ inline float gelu_w_derivative(float x)
{
    return 1.5957691216057308f * (1 + 0.134145f * x * x);
}

struct gelu_tanh : by_ones<gelu_tanh> {
    static constexpr bool AT_Y = false;
    __device__ float y(float x) const
    {
        return damped(x, gate_of(gelu_w(x)).s);
    }
    __device__ float dx(float x, float dy) const
    {
        gate g = gate_of(gelu_w(x));
        return dy * (g.s + damped(x * gelu_w_derivative(x), g.s * g.rest));
    }
};

} // namespace exact

#endif
