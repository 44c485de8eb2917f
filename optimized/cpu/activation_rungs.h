/* activation_rungs.h - what the activations' ladders are put together from: the vector rungs, the threads, the rows.
 *
 * An activation's row stands on functions of one name: f_avx2, f_avx512 and f_threads, which the *_RUNS macros make
 * for each kind of signature from the tables of activation_vector.h and, for machines without vectors, `portable`.
 */
#ifndef RUNGS_ACTIVATION_RUNGS_H
#define RUNGS_ACTIVATION_RUNGS_H

#include "activation_vector.h"
#include "../op.h"
#include "../../reference/reference.h"
#include "ladders.h"

/* ---- 02_avx2, 03_avx512: in vectors of eight and sixteen, with fused multiply-adds. ----
 *
 * What the compiler cannot choose by itself: instructions that not every x86-64 has. AVX-512 rounds and scales by
 * 2^n in one instruction each, and its masks do the tail. See activation_tile.h. */

#if defined __x86_64__
#define VECTOR_RUNGS(op, f)                                                                   \
    { "02_avx2", RUN(op, f##_avx2), NEED_AVX2, "eight an instruction, fused multiply-adds" }, \
        { "03_avx512", RUN(op, f##_avx512), NEED_AVX512, "sixteen, masks for the tail" },
#define VECTOR_RUNS(f, takes, given) \
    static void f##_avx2 takes       \
    {                                \
        activation_avx2.f given;     \
    }                                \
    static void f##_avx512 takes     \
    {                                \
        activation_avx512.f given;   \
    }
#define WIDEST(f, portable) \
    (rung_isa() & NEED_AVX512 ? activation_avx512.f : rung_isa() & NEED_AVX2 ? activation_avx2.f : (portable))
#else
#define VECTOR_RUNGS(op, f)
#define VECTOR_RUNS(f, takes, given)
#define WIDEST(f, portable) (portable)
#endif

/* ---- 04_threads: a piece of the array for each thread, if it is long enough to pay for waking them. ---- */

enum {
    PIECE = 1 << 14
}; /* elements: some microseconds of work, as long as a sleeping thread takes to wake up */

/* `given` is the call for the whole array, `piece` that for `length` elements from `at` */
#define RUNS(type, f, portable, takes, given, piece)                                                  \
    VECTOR_RUNS(f, takes, given)                                                                      \
    static void f##_threads takes                                                                     \
    {                                                                                                 \
        type *run = WIDEST(f, portable);                                                              \
        int pieces = n / PIECE + (n % PIECE > 0);                                                     \
        _Pragma("omp parallel for schedule(static) if (pieces > 1)") for (int p = 0; p < pieces; p++) \
        {                                                                                             \
            int at = p * PIECE, length = n - at < PIECE ? n - at : PIECE;                             \
            run piece;                                                                                \
        }                                                                                             \
    }
#define FORWARD_RUNS(f, portable)                                                          \
    RUNS(activation_forward_fn, f, portable, (int n, const float *x, float *y), (n, x, y), \
         (length, x + at, y + at))
#define BACKWARD_RUNS(f, portable)                                                                 \
    RUNS(activation_backward_fn, f, portable, (int n, const float *x, const float *dy, float *dx), \
         (n, x, dy, dx), (length, x + at, dy + at, dx + at))
#define FORWARD_RUNS_WITH(f, portable)                                                                \
    RUNS(activation_forward_with_fn, f, portable, (int n, const float *x, float *y, float parameter), \
         (n, x, y, parameter), (length, x + at, y + at, parameter))
#define BACKWARD_RUNS_WITH(f, portable)                                                                   \
    RUNS(activation_backward_with_fn, f, portable,                                                        \
         (int n, const float *x, const float *dy, float *dx, float parameter), (n, x, dy, dx, parameter), \
         (length, x + at, dy + at, dx + at, parameter))

/* ---- the rows that all ladders share ---- */

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

/* a ladder whose naive rung is vectors already, and one with a rung for exp in between */
#define LADDER(op, f) \
    const struct rung op##_cpu[] = { NAIVE(op), VECTOR_RUNGS(op, f) THREADS(op, f##_threads), { 0 } }
#define LADDER_POLYNOMIAL(op, f)                                                                       \
    const struct rung op##_cpu[] = {                                                                   \
        NAIVE(op), POLYNOMIAL(op, f##_polynomial), VECTOR_RUNGS(op, f) THREADS(op, f##_threads), { 0 } \
    }

#endif
