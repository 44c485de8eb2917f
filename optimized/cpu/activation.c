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
#include "../team.h"
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
 *      01_fused: y and s in one loop. x is read once, and exp is computed once where the derivative is at x and
 *      needs it, too. Where it is at y, only the traffic of a pass is saved. Prediction (lesson 2): 1 to 2 x the
 *      speed of 00_naive. ---- */

#define FUSED(op)                                                                         \
    {                                                                                     \
        "01_fused", RUN(op, op##_portable), NEED_NONE, "one pass: one read of x, one exp" \
    }

/* ---- 02_avx2, 03_avx512: in vectors of eight and sixteen, with fused multiply-adds. ----
 *
 * What the compiler cannot choose by itself: instructions that not every x86-64 has. AVX-512 rounds and scales by
 * 2^n in one instruction each, and its masks do the tail. See vec_activation.h, activation_tile.h. */

/* ---- 04_table: no division, and shorter polynomials: their coefficients come from tables in registers, sixteen pieces
 *      each, from which every lane picks those of its own piece; 1 / d is an estimate with a step of Newton's iteration.
 *
 * A division takes as long as six multiply-adds, and a function in two methods computes both for every element.
 * Prediction (lesson 2): 1.35 to 1.65 x the speed of 03_avx512 where there was a division. See cells.h, vec_cells.h. ---- */

#if defined __x86_64__
#define TABLE(op) { "04_table", RUN(op, op##_table), NEED_AVX512, "tables in registers: no division" },
#define WIDEST_EXP(op) \
    (rung_isa() & NEED_AVX512 ? op##_table : rung_isa() & NEED_AVX2 ? op##_avx2 : op##_portable)
#define WIDEST_ARITHMETIC(op) \
    (rung_isa() & NEED_AVX512 ? op##_avx512 : rung_isa() & NEED_AVX2 ? op##_avx2 : op##_portable)
#else
#define TABLE(op)
#define WIDEST_EXP(op)        op##_portable
#define WIDEST_ARITHMETIC(op) op##_portable
#endif

/* ---- 05_threads: a piece of the array for each thread, if it is long enough to pay for waking them. ---- */

struct job {
    any_fn *run; /* of the widest vectors */
    int n;
    const float *in, *dy;
    float *out, *slope, parameter;
};

static void share(struct job *job, team_fn *piece)
{
    team_run(job->n / PIECE + (job->n % PIECE > 0), piece, job);
}

/* a piece is `length` elements from `at`; the arguments are those of the operation there */
#define PIECE_OF(op, ...)                                                   \
    static void op##_piece(int p, void *arg)                                \
    {                                                                       \
        const struct job *j = arg;                                          \
        int at = p * PIECE, length = j->n - at < PIECE ? j->n - at : PIECE; \
        ((op##_fn *)j->run)(length, __VA_ARGS__);                           \
    }
#define PARAMETER_
#define PARAMETER_WITH , j->parameter
#define SETS_
#define SETS_WITH , .parameter = parameter

#define FORWARD_THREADED(f, kind, with)                                                   \
    PIECE_OF(f##_forward, j->in + at, j->out + at PARAMETER_##with)                       \
    static void f##_forward_threads(int n, const float *x, float *y TAKES_##with)         \
    {                                                                                     \
        f##_forward_fn *run = WIDEST_##kind(f##_forward);                                 \
        struct job job = { .run = (any_fn *)run, .n = n, .in = x, .out = y SETS_##with }; \
        n > PIECE ? share(&job, f##_forward_piece) : run(n, x, y GIVES_##with);           \
    }
#define BACKWARD_THREADED(f, kind, with)                                                                \
    PIECE_OF(f##_backward, j->in + at, j->dy + at, j->out + at PARAMETER_##with)                        \
    static void f##_backward_threads(int n, const float *from, const float *dy, float *dx TAKES_##with) \
    {                                                                                                   \
        f##_backward_fn *run = WIDEST_##kind(f##_backward);                                             \
        struct job job = { .run = (any_fn *)run, .n = n, .in = from, .dy = dy, .out = dx SETS_##with }; \
        n > PIECE ? share(&job, f##_backward_piece) : run(n, from, dy, dx GIVES_##with);                \
    }
#define WITH_SLOPE_THREADED(f, kind, with)                                                            \
    PIECE_OF(f##_with_slope, j->in + at, j->out + at, j->slope + at PARAMETER_##with)                 \
    static void f##_with_slope_threads(int n, const float *x, float *y, float *s TAKES_##with)        \
    {                                                                                                 \
        f##_with_slope_fn *run = WIDEST_##kind(f##_with_slope);                                       \
        struct job job = { .run = (any_fn *)run, .n = n, .in = x, .out = y, .slope = s SETS_##with }; \
        n > PIECE ? share(&job, f##_with_slope_piece) : run(n, x, y, s GIVES_##with);                 \
    }

#define THREADS(op)                                                                            \
    {                                                                                          \
        "05_threads", RUN(op, op##_threads), NEED_NONE, "a piece of the array for each thread" \
    }

/* ---- 06_fast20, 07_fast12: 04_table to about 20 and 12 bits, on one thread. ----
 *
 * A network's weights move by more than the last digits of an activation. Fewer terms, no second parts, and at 12
 * bits no Newton step: what a division was made of is gone. Prediction (lesson 2): 1.1 to 1.3 x and 1.35 to 1.65 x
 * the speed of 04_table; 0.95 to 1.05 x where the data come from memory. A coarse rung is never the best of a
 * ladder: who wants it names it. See vec_fast.h. ---- */

#if defined __x86_64__
#define FAST_RUNGS(op)                                                                                  \
    ,                                                                                                   \
        { "06_fast20", RUN(op, op##_fast20), NEED_AVX512 | FAST_20,                                     \
          "one polynomial term fewer; ln 2 as a single constant" },                                     \
    {                                                                                                   \
        "07_fast12", RUN(op, op##_fast12), NEED_AVX512 | FAST_12, "two terms fewer, 1 / d as estimated" \
    }
#else
#define FAST_RUNGS(op)
#endif

/* ---- the ladders, by kind ---- */

#define LADDER_ARITHMETIC(op)         NAIVE(op), VECTOR_RUNGS(op, op) THREADS(op)
#define LADDER_EXP(op)                NAIVE(op), POLYNOMIAL(op, op##_portable), VECTOR_RUNGS(op, op) TABLE(op) THREADS(op)
#define FORWARD_LADDER_ARITHMETIC(op) LADDER_ARITHMETIC(op)
#define FORWARD_LADDER_EXP(op)        LADDER_EXP(op) FAST_RUNGS(op)
#define SLOPE_LADDER_ARITHMETIC(op)   TWO_PASSES(op), FUSED(op), VECTOR_RUNGS(op, op) THREADS(op)
#define SLOPE_LADDER_EXP(op)          TWO_PASSES(op), FUSED(op), VECTOR_RUNGS(op, op) TABLE(op) THREADS(op)

#define LADDER(op, rungs) const struct rung op##_cpu[] = { rungs(op), { 0 } };

#define FORWARD(f, kind, with) FORWARD_THREADED(f, kind, with) LADDER(f##_forward, FORWARD_LADDER_##kind)
/* a derivative at y needs no exp */
#define BACKWARD_x(f, kind, with) BACKWARD_THREADED(f, kind, with) LADDER(f##_backward, LADDER_##kind)
#define BACKWARD_y(f, kind, with) BACKWARD_x(f, ARITHMETIC, with)
#define WITH_SLOPE(f, at, kind, with) \
    NAIVE_WITH_SLOPE(f, at, with)     \
    WITH_SLOPE_THREADED(f, kind, with) LADDER(f##_with_slope, SLOPE_LADDER_##kind)
#define LADDERS(f, at, kind, with) \
    FORWARD(f, kind, with) BACKWARD_##at(f, kind, with) WITH_SLOPE(f, at, kind, with)

#define ACTIVATION(f, numbers, at, ...)      LADDERS(f, at, RUNGS_##f, )
#define ACTIVATION_WITH(f, numbers, at, ...) LADDERS(f, at, RUNGS_##f, WITH)
#include "../ops/activations.h"
