/* loss.c - the CPU ladders of the losses of n elements: forward, derivative, and both in one pass.
 *
 * Two numbers are read for each element and one, or none, is written: memory sets the pace, unless exp and log come
 * from libm. A sum is a chain of additions, each waiting for the last, and in one float it stops growing before ten
 * million terms. So the elements are summed in pieces of LOSS_PIECE, in lanes side by side, and the pieces' sums in double.
 */
#include <math.h>

#include "../op.h"
#include "../../reference/reference.h"
#include "../team.h"
#include "chunks.h"
#include "exp_portable.h"
#include "ladders.h"
#include "loss_vector.h"

/* ---- 01_lanes, 01_hoisted: straight code, of which the compiler makes vectors by itself. ----
 *
 * The naive loss adds to one variable, and asks at each element what becomes of it; exp and log are calls. Here a
 * block's losses go to an array, by polynomials where there were calls (exp_poly.h), and are then summed in sixteen
 * lanes side by side. A derivative has no sum: what is left is to make the upstream factor once, before the loop. */

enum {
    LANES = 16,
    BLOCK = 1024 /* elements: with 16 lanes, 64 additions each */
};

#include "lanes.h"

static inline float mse_value(float y, float t, float p)
{
    (void)p;
    return (y - t) * (y - t);
}

static inline float mse_slope(float y, float t, float p)
{
    (void)p;
    return 2 * (y - t);
}

static inline float mae_value(float y, float t, float p)
{
    (void)p;
    return magnitude(y - t);
}

static inline float mae_slope(float y, float t, float p)
{
    float d = y - t;
    (void)p;
    return d > 0 ? 1 : d < 0 ? -1 : d;
}

static inline float huber_slope(float y, float t, float p)
{
    return within(p, y - t);
}

/* with a = min(|d|, p): a |d| - a^2 / 2 is d^2 / 2 inside, p (|d| - p / 2) outside */
static inline float huber_value(float y, float t, float p)
{
    float d = magnitude(y - t), a = d > p ? p : d;
    return a * (d - a / 2);
}

static inline float at_least(float low, float x)
{
    return x < low ? low : x;
}

/* y in [0, 1], or the end that it passed; rest is 1 - y. Two choices of which neither waits for the other: of
 * two in turn the compiler makes no vectors, or slow ones. */
static inline float nearest_probability(float y, float rest)
{
    return (y > 0 ? y : 0) + (rest < 0 ? rest : 0);
}

/* 0, but a NaN where y is outside [0, 1] by 2^-20 or more, or a NaN. variance is y (1 - y), which rounds to
 * -d (1 + d) or less just where y is outside by d = 2^-20 or more. */
static inline float none_outside(float variance)
{
    return variance > -0x1p-20f * (1 + 0x1p-20f) ? 0 : NAN;
}

/* what 1 - y loses in rounding moves its log by lost / (1 - y), about lost (1 + y); 1 - y is 2^-24 at least,
 * or 0, for which the log, -88, is put below -100 */
static inline float bce_value(float y, float t, float p)
{
    float none = none_outside(y * (1 - y)), in = nearest_probability(y, 1 - y);
    float rest = 1 - in, lost = (1 - rest) - in;
    float of_rest = log_plus_normal(rest, lost + lost * in) - (rest > 0 ? 0 : 100);
    (void)p;
    return none - (t * at_least(-100, log_plus(in, 0)) + (1 - t) * at_least(-100, of_rest));
}

/* y (1 - y) is 0 at the ends of [0, 1] and negative outside: both give 1e-12 */
static inline float bce_slope(float y, float t, float p)
{
    float rest = 1 - y, variance = y * rest;
    (void)p;
    return (none_outside(variance) + nearest_probability(y, rest) - t) / at_least(1e-12f, variance);
}

/* the part of z that t leaves, see reference/loss_real.c */
static inline float left_by(float z, float t)
{
    return z > 0 ? 1 - t : t;
}

static inline float bce_logits_value(float z, float t, float p)
{
    float size = magnitude(z);
    (void)p;
    return plus_log1p_exp(size * left_by(z, t), -size);
}

static inline float bce_logits_slope(float z, float t, float p)
{
    float away = sigmoid_below(magnitude(z)) - left_by(z, t);
    (void)p;
    return z > 0 ? -away : away;
}

/* the losses of elements at..at+n-1: stored in their place, or in a block's array that is summed */
#define PORTABLE(f)                                                                                   \
    static void f##_values(int n, const float *y, const float *t, float *loss, float p)               \
    {                                                                                                 \
        for (int k = 0; k < n; k++) loss[k] = f##_value(y[k], t[k], p);                               \
    }                                                                                                 \
    static void f##_slopes(int n, const float *y, const float *t, float *dy, float up, float p)       \
    {                                                                                                 \
        for (int k = 0; k < n; k++) dy[k] = up * f##_slope(y[k], t[k], p);                            \
    }                                                                                                 \
    static void f##_slopes_each(int n, const float *y, const float *t, const float *dloss, float *dy, \
                                float p)                                                              \
    {                                                                                                 \
        for (int k = 0; k < n; k++) dy[k] = dloss[k] * f##_slope(y[k], t[k], p);                      \
    }                                                                                                 \
    static float f##_forward_portable(const struct loss_job *j, int at, int n)                        \
    {                                                                                                 \
        float block[BLOCK], part[LOSS_PIECE / BLOCK] = { 0 };                                         \
        for (int done = 0; done < n; done += BLOCK) {                                                 \
            int m = n - done < BLOCK ? n - done : BLOCK, k = at + done;                               \
            f##_values(m, j->y + k, j->t + k, j->loss ? j->loss + k : block, j->parameter);           \
            part[done / BLOCK] = j->loss ? 0 : sum(m, block);                                         \
        }                                                                                             \
        return sum(LOSS_PIECE / BLOCK, part);                                                         \
    }                                                                                                 \
    static float f##_backward_portable(const struct loss_job *j, int at, int n)                       \
    {                                                                                                 \
        if (j->dloss)                                                                                 \
            f##_slopes_each(n, j->y + at, j->t + at, j->dloss + at, j->dy + at, j->parameter);        \
        else                                                                                          \
            f##_slopes(n, j->y + at, j->t + at, j->dy + at, j->up, j->parameter);                     \
        return 0;                                                                                     \
    }                                                                                                 \
    static float f##_with_gradient_portable(const struct loss_job *j, int at, int n)                  \
    {                                                                                                 \
        float total = f##_forward_portable(j, at, n);                                                 \
        (void)f##_backward_portable(j, at, n);                                                        \
        return total;                                                                                 \
    }
#define LOSS(f, ...) PORTABLE(f)
#define LOSS_WITH    LOSS
#include "../ops/losses.h"
#undef LOSS

static const struct loss_vector portable = {
#define LOSS(f, ...) { f##_forward_portable, f##_backward_portable, f##_with_gradient_portable },
#include "../ops/losses.h"
#undef LOSS
#undef LOSS_WITH
};

/* ---- a whole loss, from pieces ---- */

static double pieces(loss_piece_fn *run, const struct loss_job *job, int from, int to)
{
    double total = 0;
    for (int at = from, m; at < to; at += m) {
        m = to - at < LOSS_PIECE ? to - at : LOSS_PIECE;
        total += (double)run(job, at, m);
    }
    return total;
}

/* 04_threads: chunks of pieces for each thread, if there are enough to pay for waking them. Their sums are added in the
 * chunks' order, whoever made them: the result is the same for any number of threads. */
struct shared {
    loss_piece_fn *run;
    const struct loss_job *job;
    int n, many; /* elements in a chunk */
    double sum[MAX_CHUNKS];
};

static void chunk(int c, void *arg)
{
    struct shared *s = arg;
    int from = c * s->many;
    s->sum[c] = pieces(s->run, s->job, from, s->n - from < s->many ? s->n : from + s->many);
}

static double pieces_by_threads(loss_piece_fn *run, const struct loss_job *job, int n)
{
    struct shared s;
    double total = 0;
    int many = items_in_a_chunk(n, 1, LOSS_PIECE), chunks = chunks_of(n, many);
    if (chunks == 1) return pieces(run, job, 0, n);
    s.run = run, s.job = job, s.n = n, s.many = many;
    team_run(chunks, chunk, &s);
    for (int c = 0; c < chunks; c++) total += s.sum[c];
    return total;
}

enum team { ALONE, THREADS };

static void whole(loss_piece_fn *run, enum team team, int n, const struct loss_job *job, float *loss,
                  int reduction)
{
    double total = team == THREADS ? pieces_by_threads(run, job, n) : pieces(run, job, 0, n);
    if (loss && reduction != REDUCE_NONE) *loss = (float)(reduction == REDUCE_MEAN ? total / n : total);
}

static float share(int n, int reduction)
{
    return reduction == REDUCE_MEAN ? 1 / (float)n : 1;
}

static void forward(loss_piece_fn *run, enum team team, int n, const float *y, const float *t, float *loss,
                    float parameter, int reduction)
{
    struct loss_job job = { y, t, reduction == REDUCE_NONE ? loss : NULL, NULL, NULL, 0, parameter };
    whole(run, team, n, &job, loss, reduction);
}

static void backward(loss_piece_fn *run, enum team team, int n, const float *y, const float *t,
                     const float *dloss, float *dy, float parameter, int reduction)
{
    struct loss_job job = { y, t, NULL, reduction == REDUCE_NONE ? dloss : NULL, dy, 0, parameter };
    if (reduction != REDUCE_NONE) job.up = *dloss * share(n, reduction);
    whole(run, team, n, &job, NULL, reduction);
}

static void with_gradient(loss_piece_fn *run, enum team team, int n, const float *y, const float *t,
                          float *loss, float *dy, float parameter, int reduction)
{
    struct loss_job job = { y,        t,  reduction == REDUCE_NONE ? loss : NULL,
                            NULL,     dy, share(n, reduction),
                            parameter };
    whole(run, team, n, &job, loss, reduction);
}

/* ---- the rungs: the same with each table of pieces ----
 *
 * 02_avx2, 03_avx512: in vectors of eight and sixteen, with fused multiply-adds and masks for the tail; see loss_tile.h.
 * What the compiler cannot choose by itself: instructions that not every x86-64 has. */

static const struct loss_vector *widest(void)
{
#if defined __x86_64__
    if (rung_isa() & NEED_AVX512) return &loss_avx512;
    if (rung_isa() & NEED_AVX2) return &loss_avx2;
#endif
    return &portable;
}

#define RUNGS_OF(f, suffix, table, team)                                                                    \
    static void f##_forward_##suffix(int n, const float *y, const float *t, float *loss, int reduction)     \
    {                                                                                                       \
        forward((table)->f.forward, team, n, y, t, loss, 0, reduction);                                     \
    }                                                                                                       \
    static void f##_backward_##suffix(int n, const float *y, const float *t, const float *dloss, float *dy, \
                                      int reduction)                                                        \
    {                                                                                                       \
        backward((table)->f.backward, team, n, y, t, dloss, dy, 0, reduction);                              \
    }                                                                                                       \
    static void f##_with_gradient_##suffix(int n, const float *y, const float *t, float *loss, float *dy,   \
                                           int reduction)                                                   \
    {                                                                                                       \
        with_gradient((table)->f.both, team, n, y, t, loss, dy, 0, reduction);                              \
    }
#define RUNGS_OF_WITH(f, suffix, table, team)                                                               \
    static void f##_forward_##suffix(int n, const float *y, const float *t, float *loss, float parameter,   \
                                     int reduction)                                                         \
    {                                                                                                       \
        forward((table)->f.forward, team, n, y, t, loss, parameter, reduction);                             \
    }                                                                                                       \
    static void f##_backward_##suffix(int n, const float *y, const float *t, const float *dloss, float *dy, \
                                      float parameter, int reduction)                                       \
    {                                                                                                       \
        backward((table)->f.backward, team, n, y, t, dloss, dy, parameter, reduction);                      \
    }                                                                                                       \
    static void f##_with_gradient_##suffix(int n, const float *y, const float *t, float *loss, float *dy,   \
                                           float parameter, int reduction)                                  \
    {                                                                                                       \
        with_gradient((table)->f.both, team, n, y, t, loss, dy, parameter, reduction);                      \
    }

#if defined __x86_64__
#define VECTORS(each, f) each(f, avx2, &loss_avx2, ALONE) each(f, avx512, &loss_avx512, ALONE)
#define VECTOR_ROWS(op)                                                                                \
    { "02_avx2", RUN(op, op##_avx2), NEED_AVX2, "8 elements per instruction, 4 vector accumulators" }, \
        { "03_avx512", RUN(op, op##_avx512), NEED_AVX512, "16 per instruction, masks for the tail" },
#else
#define VECTORS(each, f)
#define VECTOR_ROWS(op)
#endif

#define ALL_RUNGS_OF(each, f) \
    each(f, lanes, &portable, ALONE) VECTORS(each, f) each(f, threads, widest(), THREADS)
#define LOSS(f, ...)      ALL_RUNGS_OF(RUNGS_OF, f)
#define LOSS_WITH(f, ...) ALL_RUNGS_OF(RUNGS_OF_WITH, f)
#include "../ops/losses.h"
#undef LOSS
#undef LOSS_WITH

/* ---- the ladders ---- */

#define LADDER(op, name, idea)                                            \
    const struct rung op##_cpu[] = {                                      \
        NAIVE(op),                                                        \
        { name, RUN(op, op##_lanes), NEED_NONE, idea },                   \
        VECTOR_ROWS(op){ "04_threads", RUN(op, op##_threads), NEED_NONE,  \
                         "chunks for each thread, their sums in order" }, \
        { 0 },                                                            \
    };
#define LOSS(f, ...)                                                                                      \
    LADDER(f##_forward, "01_lanes", "sixteen sums side by side; no call: the compiler makes vectors")     \
    LADDER(f##_backward, "01_hoisted", "the upstream factor leaves the loop: the compiler makes vectors") \
    LADDER(f##_with_gradient, "01_lanes", "sixteen sums side by side; no call: the compiler makes vectors")
#define LOSS_WITH LOSS
#include "../ops/losses.h"
