/* activation.c - the activations' CPU ladders: n elements of any shape, forward and derivative.
 *
 * A forward is bound by arithmetic as long as exp comes from libm, which takes one number at a time; with sixteen at
 * a time it nears the bandwidth of the memory, where every backward is from the start.
 */
#include "activation_vector.h"

#include <stdint.h>
#include <string.h>

#include "../op.h"
#include "../../reference/reference.h"
#include "exp_poly.h"
#include "ladders.h"

/* ---- 01_polynomial: exp and tanh without calls or branches. ----
 *
 * libm's exp is a call for every number. A polynomial and some arithmetic on the exponent's bits are straight code,
 * which the compiler turns into vectors by itself: four numbers an instruction with the SSE2 that every x86-64 has. */

static inline float power_of_two(int32_t n)
{
    int32_t bits = (int32_t)((uint32_t)(n + 127) << 23);
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline float exp_polynomial(float x)
{
    const float whole = 0x1.8p23f; /* adding it leaves no digits behind the point */
    x = x > EXP_HIGHEST ? EXP_HIGHEST : x;
    x = x < EXP_LOWEST ? EXP_LOWEST : x;
    float shifted = x * LOG2_E + whole, n = shifted - whole;
    int32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    int32_t exponent = (int32_t)((uint32_t)bits << 9) >> 9, half = exponent >> 1; /* n, from the low bits */
    float r = x - n * LN2_HIGH - n * LN2_LOW;
    float q = EXP_Q0 + r * (EXP_Q1 + r * (EXP_Q2 + r * (EXP_Q3 + r * EXP_Q4)));
    return (r * r * q + r + 1) * power_of_two(half) * power_of_two(exponent - half);
}

static inline float magnitude(float x)
{
    return x < 0 ? -x : x;
}

static void sigmoid_polynomial(int n, const float *x, float *y)
{
    for (int k = 0; k < n; k++) {
        float e = exp_polynomial(-magnitude(x[k]));
        float sum = 1 + e, gained = sum - 1 - e; /* by rounding; it goes back into the quotient */
        float quotient = (x[k] > 0 ? 1 : e) / sum;
        y[k] = quotient + quotient * gained;
    }
}

static void tanh_polynomial(int n, const float *x, float *y)
{
    for (int k = 0; k < n; k++) {
        float a = magnitude(x[k]), s = x[k] * x[k];
        float e = exp_polynomial(2 * (a > TANH_ONE ? TANH_ONE : a)), large = 1 - 2 / (e + 1);
        float p = TANH_P0 + s * (TANH_P1 + s * (TANH_P2 + s * (TANH_P3 + s * TANH_P4)));
        float small = x[k] + x[k] * s * p;
        y[k] = a < TANH_SPLIT ? small : x[k] < 0 ? -large : large;
    }
}

/* ---- 02_avx2, 03_avx512: the same in vectors of eight and sixteen, with fused multiply-adds. ----
 *
 * What the compiler cannot choose by itself: instructions that not every x86-64 has. AVX-512 rounds and scales by
 * 2^n in one instruction each, and its masks do the tail. See activation_tile.h. */

#if defined __x86_64__
#define VECTOR_RUNGS(op, f)                                                                   \
    { "02_avx2", RUN(op, f##_avx2), NEED_AVX2, "eight an instruction, fused multiply-adds" }, \
        { "03_avx512", RUN(op, f##_avx512), NEED_AVX512, "sixteen, masks for the tail" },

#define FORWARD(f)                                          \
    static void f##_avx2(int n, const float *x, float *y)   \
    {                                                       \
        activation_avx2.f(n, x, y);                         \
    }                                                       \
    static void f##_avx512(int n, const float *x, float *y) \
    {                                                       \
        activation_avx512.f(n, x, y);                       \
    }
#define BACKWARD(f)                                                           \
    static void f##_avx2(int n, const float *y, const float *dy, float *dx)   \
    {                                                                         \
        activation_avx2.f(n, y, dy, dx);                                      \
    }                                                                         \
    static void f##_avx512(int n, const float *y, const float *dy, float *dx) \
    {                                                                         \
        activation_avx512.f(n, y, dy, dx);                                    \
    }
FORWARD(relu)
FORWARD(sigmoid)
FORWARD(tanh)
BACKWARD(relu_backward)
BACKWARD(sigmoid_backward)
BACKWARD(tanh_backward)
#else
#define VECTOR_RUNGS(op, f)
#endif

/* ---- 04_threads: a piece of the array for each thread, if it is long enough to pay for waking them. ---- */

typedef void forward_fn(int n, const float *x, float *y);
typedef void backward_fn(int n, const float *y, const float *dy, float *dx);

enum {
    PIECE = 1 << 14
}; /* elements: some microseconds of work, as long as a sleeping thread takes to wake up */

static const struct activation_vector *widest(void)
{
    static const struct activation_vector portable = { relu_forward_f32,   relu_backward_f32,
                                                       sigmoid_polynomial, sigmoid_backward_f32,
                                                       tanh_polynomial,    tanh_backward_f32 };
#if defined __x86_64__
    if (rung_isa() & NEED_AVX512) return &activation_avx512;
    if (rung_isa() & NEED_AVX2) return &activation_avx2;
#endif
    return &portable;
}

static void forward_in_pieces(forward_fn *f, int n, const float *x, float *y)
{
    int pieces = n / PIECE + (n % PIECE > 0);
#pragma omp parallel for schedule(static) if (pieces > 1)
    for (int p = 0; p < pieces; p++) {
        int at = p * PIECE, length = n - at < PIECE ? n - at : PIECE;
        f(length, x + at, y + at);
    }
}

static void backward_in_pieces(backward_fn *f, int n, const float *y, const float *dy, float *dx)
{
    int pieces = n / PIECE + (n % PIECE > 0);
#pragma omp parallel for schedule(static) if (pieces > 1)
    for (int p = 0; p < pieces; p++) {
        int at = p * PIECE, length = n - at < PIECE ? n - at : PIECE;
        f(length, y + at, dy + at, dx + at);
    }
}

#define FORWARD_THREADS(f)                                   \
    static void f##_threads(int n, const float *x, float *y) \
    {                                                        \
        forward_in_pieces(widest()->f, n, x, y);             \
    }
#define BACKWARD_THREADS(f)                                                    \
    static void f##_threads(int n, const float *y, const float *dy, float *dx) \
    {                                                                          \
        backward_in_pieces(widest()->f, n, y, dy, dx);                         \
    }
FORWARD_THREADS(relu)
FORWARD_THREADS(sigmoid)
FORWARD_THREADS(tanh)
BACKWARD_THREADS(relu_backward)
BACKWARD_THREADS(sigmoid_backward)
BACKWARD_THREADS(tanh_backward)

/* ---- the ladders ---- */

#define NAIVE(op)                                                           \
    {                                                                       \
        "00_naive", RUN(op, op##_f32), NEED_NONE, "the reference, in float" \
    }
#define POLYNOMIAL(op, f)                                                                        \
    {                                                                                            \
        "01_polynomial", RUN(op, f), NEED_NONE, "no call, no branch: the compiler makes vectors" \
    }
#define THREADS(op, f)                                                              \
    {                                                                               \
        "04_threads", RUN(op, f), NEED_NONE, "a piece of the array for each thread" \
    }

const struct rung relu_forward_cpu[] = {
    NAIVE(relu_forward),
    VECTOR_RUNGS(relu_forward, relu) THREADS(relu_forward, relu_threads),
    { 0 },
};

const struct rung relu_backward_cpu[] = {
    NAIVE(relu_backward),
    VECTOR_RUNGS(relu_backward, relu_backward) THREADS(relu_backward, relu_backward_threads),
    { 0 },
};

const struct rung sigmoid_forward_cpu[] = {
    NAIVE(sigmoid_forward),
    POLYNOMIAL(sigmoid_forward, sigmoid_polynomial),
    VECTOR_RUNGS(sigmoid_forward, sigmoid) THREADS(sigmoid_forward, sigmoid_threads),
    { 0 },
};

const struct rung sigmoid_backward_cpu[] = {
    NAIVE(sigmoid_backward),
    VECTOR_RUNGS(sigmoid_backward, sigmoid_backward) THREADS(sigmoid_backward, sigmoid_backward_threads),
    { 0 },
};

const struct rung tanh_forward_cpu[] = {
    NAIVE(tanh_forward),
    POLYNOMIAL(tanh_forward, tanh_polynomial),
    VECTOR_RUNGS(tanh_forward, tanh) THREADS(tanh_forward, tanh_threads),
    { 0 },
};

const struct rung tanh_backward_cpu[] = {
    NAIVE(tanh_backward),
    VECTOR_RUNGS(tanh_backward, tanh_backward) THREADS(tanh_backward, tanh_backward_threads),
    { 0 },
};
