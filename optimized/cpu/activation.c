/* activation.c - the CPU ladders of the activations: n elements of any shape; forward, derivative, and both in one pass.
 *
 * A forward is bound by arithmetic as long as exp comes from libm, which takes one number at a time; with sixteen at
 * a time it nears the bandwidth of the memory, where a backward at y is from the start. A layer that keeps s = f'(x)
 * instead of x needs no second exp on the way back: dx = dy s.
 *
 * The rungs are the same for all, and so are made by macros: activation_rungs.h tells which activation has which.
 */
#include "activation_rungs.h"
#include "../../reference/reference.h"
#include "ladders.h"
#include "rows.h"

/* ---- 00_naive: the reference in float; with the slope, the forward's pass and the derivative's. ---- */

static void ones(int n, float *s)
{
    for (int k = 0; k < n; k++) s[k] = 1;
}

/* the derivative taken at x comes first, for y may be x */
#define PASSES_x(f, with)                      \
    ones(n, s);                                \
    f##_backward_f32(n, x, s, s GIVES_##with); \
    f##_forward_f32(n, x, y GIVES_##with);
#define PASSES_y(f, with)                  \
    ones(n, s);                            \
    f##_forward_f32(n, x, y GIVES_##with); \
    f##_backward_f32(n, y, s, s GIVES_##with);
#define NAIVE_WITH_SLOPE(f, at, with)                                                        \
    static void f##_with_slope_naive(int n, const float *x, float *y, float *s TAKES_##with) \
    {                                                                                        \
        PASSES_##at(f, with)                                                                 \
    }

#define TWO_PASSES(op)                                                     \
    {                                                                      \
        "00_naive", RUN(op, op##_naive), NEED_NONE, "two passes, in float" \
    }

/* ---- 01_polynomial: exp, tanh, log and erfc without calls or branches. See activation_portable.c.
 *      01_fused: y and s in one loop. x is read once, and exp is computed once where the derivative is at x and needs it too. Prediction:
 *      up to twice as fast as 01_polynomial's forward and backward; where the derivative is at y, only the traffic of a pass
 *      less, which counts when the forward nears the memory's bandwidth. ---- */

#define FUSED(op)                                                                         \
    {                                                                                     \
        "01_fused", RUN(op, op##_portable), NEED_NONE, "one pass: one read of x, one exp" \
    }

/* ---- 02_avx2, 03_avx512: in vectors of eight and sixteen, with fused multiply-adds. ----
 *
 * What the compiler cannot choose by itself: instructions that not every x86-64 has. AVX-512 rounds and scales by
 * 2^n in one instruction each, and its masks do the tail. See vec_activation.h, activation_tile.h. */

#if defined __x86_64__
#define WIDEST(op) \
    (rung_isa() & NEED_AVX512 ? op##_avx512 : rung_isa() & NEED_AVX2 ? op##_avx2 : op##_portable)
#else
#define WIDEST(op) op##_portable
#endif

/* ---- 05_threads: a piece of the array for each thread, if it is long enough to pay for waking them. ---- */

/* the arguments of a piece: `length` elements from `at` */
#define THREADED(op, takes, ...)                                                                      \
    static void op##_threads takes                                                                    \
    {                                                                                                 \
        op##_fn *run = WIDEST(op);                                                                    \
        int pieces = n / PIECE + (n % PIECE > 0);                                                     \
        _Pragma("omp parallel for schedule(static) if (pieces > 1)") for (int p = 0; p < pieces; p++) \
        {                                                                                             \
            int at = p * PIECE, length = n - at < PIECE ? n - at : PIECE;                             \
            run(length, __VA_ARGS__);                                                                 \
        }                                                                                             \
    }
#define ALL_THREADED(f, with)                                                                              \
    THREADED(f##_forward, (int n, const float *x, float *y TAKES_##with), x + at, y + at GIVES_##with)     \
    THREADED(f##_backward, (int n, const float *from, const float *dy, float *dx TAKES_##with), from + at, \
             dy + at, dx + at GIVES_##with)                                                                \
    THREADED(f##_with_slope, (int n, const float *x, float *y, float *s TAKES_##with), x + at, y + at,     \
             s + at GIVES_##with)

#define THREADS(op)                                                                            \
    {                                                                                          \
        "05_threads", RUN(op, op##_threads), NEED_NONE, "a piece of the array for each thread" \
    }

/* ---- the ladders: a forward's by its kind, a derivative's at x like it, at y of arithmetic alone ---- */

#define LADDER_ARITHMETIC(op) NAIVE(op), VECTOR_RUNGS(op, op) THREADS(op)
#define LADDER_EXP(op)        NAIVE(op), POLYNOMIAL(op, op##_portable), VECTOR_RUNGS(op, op) THREADS(op)
#define LADDER_FUSED(op)      TWO_PASSES(op), FUSED(op), VECTOR_RUNGS(op, op) THREADS(op)

#define LADDER(op, kind)    const struct rung op##_cpu[] = { LADDER_##kind(op), { 0 } };
#define BACKWARD_x(f, kind) LADDER(f##_backward, kind)
#define BACKWARD_y(f, kind) LADDER(f##_backward, ARITHMETIC)
#define LADDERS(f, at, kind)  \
    LADDER(f##_forward, kind) \
    BACKWARD_##at(f, kind) LADDER(f##_with_slope, FUSED)

#define ACTIVATION(f, numbers, at, ...) NAIVE_WITH_SLOPE(f, at, ) ALL_THREADED(f, ) LADDERS(f, at, RUNGS_##f)
#define ACTIVATION_WITH(f, numbers, at, ...) \
    NAIVE_WITH_SLOPE(f, at, WITH) ALL_THREADED(f, WITH) LADDERS(f, at, RUNGS_##f)
#include "../ops/activations.h"
