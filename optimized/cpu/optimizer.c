/* optimizer.c - the optimizers' CPU ladders; those of Adam and its relatives are in adam.c.
 *
 * A step does a handful of operations for each weight, and reads or writes every array of it once: memory
 * sets the pace. Its floor is 12 bytes per weight for SGD (dw and w in, w out), 20 with a momentum (m in
 * and out).
 */
#include <math.h>

#include "../../reference/reference.h"
#include "../team.h"
#include "../workspace.h"
#include "chunks.h"
#include "ladders.h"
#include "optimizer_rungs.h"

/* ---- sgd_step, 01_passes: an array at a time ----
 *
 * Changed: one loop per operation of the formula, step = lr dw and w = w - step, with an array between
 * them, as array libraries work where nothing fuses their calls. Costs: 20 bytes per weight instead of
 * 12. Prediction (lesson 4): 0.5 to 0.8 x the speed of 00_naive where the arrays are in memory. */
static void sgd_step_passes(int n, const float *dw, float *w, float lr)
{
    float *restrict step = workspace_floats((size_t)n);
    if (!step) {
        sgd_step_f32(n, dw, w, lr);
        return;
    }
    for (int k = 0; k < n; k++) step[k] = lr * dw[k];
    for (int k = 0; k < n; k++) w[k] -= step[k];
}

/* ---- 02_fused: one pass again ----
 *
 * Changed: both operations while a weight is in a register, as in the reference; and dw and w are said
 * not to overlap, which the compiler otherwise asks at run time. Relieves: the memory. Prediction (lesson
 * 4): 1.2 to 2 x the speed of 01_passes, and that of 00_naive to a twentieth. */
static void sgd_step_fused(int n, const float *restrict dw, float *restrict w, float lr)
{
    for (int k = 0; k < n; k++) w[k] -= lr * dw[k];
}

/* ---- 03_avx2, 04_avx512, 05_stream: optimizer_tile.h, optimizer_avx2.c ----
 *
 * 03_avx2 and 04_avx512: 8 and 16 weights per instruction, instead of 4. Relieves: the instructions'
 * count, which binds where the arrays are in the first two caches. Prediction (lesson 4): 1 to 2 x the
 * speed of 02_fused at 10,000 weights, 1 to 1.1 x from a million on.
 *
 * 05_stream: stores past the caches, where the arrays exceed them. A store usually reads its line from
 * memory first; a step has read it anyway, as it updates in place, so that there is nothing to save.
 * Prediction (lesson 4): 0.7 to 1 x the speed of 03_avx2 at 50 million weights.
 *
 * ---- 06_threads ----
 *
 * Changed: chunks of the arrays, cut by n alone, for each thread; every element is computed alone, so the
 * bits do not depend on the threads. Below PIECE weights the caller works alone: waking a thread takes as
 * long as the step. Relieves: one core's limit of outstanding cache misses. Prediction (lesson 4): with
 * two threads 1.6 to 2 x the speed of 03_avx2 at a million weights, 1 to 1.5 x at 50 million. */
struct sgd_job {
    sgd_step_fn *step;
    int n, many; /* weights in a chunk */
    const float *dw;
    float *w, lr;
};

static void sgd_chunk(int chunk, void *arg)
{
    const struct sgd_job *j = arg;
    int from = chunk * j->many, left = j->n - from;
    j->step(left < j->many ? left : j->many, j->dw + from, j->w + from, j->lr);
}

sgd_step_fn *sgd_step_widest(void)
{
#if defined __x86_64__
    if (rung_isa() & NEED_AVX512) return sgd_step_avx512;
    if (rung_isa() & NEED_AVX2) return sgd_step_avx2;
#endif
    return sgd_step_fused;
}

static void sgd_step_threads(int n, const float *dw, float *w, float lr)
{
    struct sgd_job job = { sgd_step_widest(), n, items_in_a_chunk(n, 1, 16), dw, w, lr };
    team_run(chunks_of(n, job.many), sgd_chunk, &job);
}

/* ---- momentum_step: the same rungs ----
 *
 * 01_passes: m = mu m, m = m + (1 - dampening) dw, step = lr m (with nesterov, lr (dw + mu m)), w = w -
 * step: four loops, 40 bytes per weight instead of 20. Prediction (lesson 4): 0.4 to 0.7 x the speed of
 * 00_naive where the arrays are in memory. */
static void momentum_step_passes(int n, const float *dw, float *w, float *m, double lr, double mu,
                                 double dampening, uint64_t nesterov)
{
    const float rate = (float)lr, keep = (float)mu, add = (float)(1 - dampening);
    float *restrict step = workspace_floats((size_t)n);
    if (!step) {
        momentum_step_f32(n, dw, w, m, lr, mu, dampening, nesterov);
        return;
    }
    for (int k = 0; k < n; k++) m[k] *= keep;
    for (int k = 0; k < n; k++) m[k] += add * dw[k];
    for (int k = 0; k < n; k++) step[k] = rate * (nesterov ? dw[k] + keep * m[k] : m[k]);
    for (int k = 0; k < n; k++) w[k] -= step[k];
}

/* 02_fused: one pass. Prediction (lesson 4): 1.5 to 2.5 x the speed of 01_passes, and that of 00_naive to a
 * twentieth. */
static void momentum_step_fused(int n, const float *restrict dw, float *restrict w, float *restrict m,
                                double lr, double mu, double dampening, uint64_t nesterov)
{
    const float rate = (float)lr, keep = (float)mu, add = (float)(1 - dampening);
    for (int k = 0; k < n; k++) {
        m[k] = keep * m[k] + add * dw[k];
        w[k] -= rate * (nesterov ? dw[k] + keep * m[k] : m[k]);
    }
}

/* 03_avx2, 04_avx512, 05_stream, 06_threads: as for SGD, with the same predictions. */
struct momentum_job {
    momentum_step_fn *step;
    int n, many; /* weights in a chunk */
    const float *dw;
    float *w, *m;
    double lr, mu, dampening;
    uint64_t nesterov;
};

static void momentum_chunk(int chunk, void *arg)
{
    const struct momentum_job *j = arg;
    int from = chunk * j->many, left = j->n - from;
    j->step(left < j->many ? left : j->many, j->dw + from, j->w + from, j->m + from, j->lr, j->mu,
            j->dampening, j->nesterov);
}

static momentum_step_fn *widest_momentum(void)
{
#if defined __x86_64__
    if (rung_isa() & NEED_AVX512) return momentum_step_avx512;
    if (rung_isa() & NEED_AVX2) return momentum_step_avx2;
#endif
    return momentum_step_fused;
}

static void momentum_step_threads(int n, const float *dw, float *w, float *m, double lr, double mu,
                                  double dampening, uint64_t nesterov)
{
    struct momentum_job job = { widest_momentum(), n,       items_in_a_chunk(n, 1, 16), dw, w, m, lr, mu,
                                dampening,         nesterov };
    team_run(chunks_of(n, job.many), momentum_chunk, &job);
}

/* ---- rmsprop_step, 01_fused: one pass for each choice ----
 *
 * Changed: whether it is centered and whether there is a velocity is settled before the loop, so that the
 * compiler makes vectors of it; arrays are said not to overlap, the root not to set errno. Relieves: a call
 * and two branches per weight. Prediction (lesson 4): 1.5 to 6 x the speed of 00_naive at 10,000 weights. */
static inline __attribute__((always_inline)) void
rmsprop_loop(int n, const float *restrict dw, float *restrict w, float *restrict v, float *restrict m,
             float *restrict b, struct rmsprop_constants c, int centered, int moves)
{
    for (int k = 0; k < n; k++) {
        v[k] = c.keep * v[k] + c.add * dw[k] * dw[k];
        float spread = v[k];
        if (centered) {
            m[k] = c.keep * m[k] + c.add * dw[k];
            spread -= m[k] * m[k];
            spread = spread < 0 ? 0 : spread;
        }
        float step = dw[k] / (sqrtf(spread + c.inside) + c.outside);
        if (moves) step = b[k] = c.mu * b[k] + step;
        w[k] -= c.rate * step;
    }
}

static void rmsprop_step_fused(int n, const float *dw, float *w, float *v, float *m, float *b, double lr,
                               double alpha, double eps, uint64_t eps_inside, uint64_t centered, double mu)
{
    const struct rmsprop_constants c = rmsprop_constants(lr, alpha, eps, eps_inside, mu);
    if (centered && mu > 0)
        rmsprop_loop(n, dw, w, v, m, b, c, 1, 1);
    else if (centered)
        rmsprop_loop(n, dw, w, v, m, b, c, 1, 0);
    else if (mu > 0)
        rmsprop_loop(n, dw, w, v, m, b, c, 0, 1);
    else
        rmsprop_loop(n, dw, w, v, m, b, c, 0, 0);
}

/* 02_avx2, 03_avx512 (optimizer_tile.h): 8 and 16 weights per instruction instead of 4, and the quotient by
 * an estimate of the reciprocal and a step of Newton's method, which leaves the divider to the root.
 * Prediction (lesson 4): 1.2 to 2.5 x the speed of 01_fused at 10,000 weights.
 *
 * 04_threads: chunks of the arrays for each thread, as for SGD. Prediction (lesson 4): with two threads 1.6
 * to 2 x the speed of 02_avx2 at a million weights. */
struct rmsprop_job {
    rmsprop_step_fn *step;
    int n, many; /* weights in a chunk */
    const float *dw;
    float *w, *v, *m, *b; /* m, b: NULL where there is none */
    double lr, alpha, eps, mu;
    uint64_t eps_inside, centered;
};

static void rmsprop_chunk(int chunk, void *arg)
{
    const struct rmsprop_job *j = arg;
    int from = chunk * j->many, left = j->n - from;
    j->step(left < j->many ? left : j->many, j->dw + from, j->w + from, j->v + from,
            j->m ? j->m + from : NULL, j->b ? j->b + from : NULL, j->lr, j->alpha, j->eps, j->eps_inside,
            j->centered, j->mu);
}

static rmsprop_step_fn *widest_rmsprop(void)
{
#if defined __x86_64__
    if (rung_isa() & NEED_AVX512) return rmsprop_step_avx512;
    if (rung_isa() & NEED_AVX2) return rmsprop_step_avx2;
#endif
    return rmsprop_step_fused;
}

static void rmsprop_step_threads(int n, const float *dw, float *w, float *v, float *m, float *b, double lr,
                                 double alpha, double eps, uint64_t eps_inside, uint64_t centered, double mu)
{
    struct rmsprop_job job = {
        widest_rmsprop(), n,       items_in_a_chunk(n, 1, 16), dw, w, v, m, b, lr, alpha, eps, mu,
        eps_inside,       centered
    };
    team_run(chunks_of(n, job.many), rmsprop_chunk, &job);
}

/* ---- the ladders ---- */

#if defined __x86_64__
#define VECTOR_ROWS(op)                                                                               \
    { "03_avx2", RUN(op, op##_avx2), NEED_AVX2, "8 weights per instruction" },                        \
        { "04_avx512", RUN(op, op##_avx512), NEED_AVX512, "16 per instruction, masks for the tail" }, \
        { "05_stream", RUN(op, op##_stream), NEED_AVX2,                                               \
          "03_avx2 with stores past the caches, for long arrays" },
#else
#define VECTOR_ROWS(op)
#endif

#define LADDER(op)                                                                                       \
    const struct rung op##_cpu[] = {                                                                     \
        NAIVE(op),                                                                                       \
        { "01_passes", RUN(op, op##_passes), NEED_NONE, "a loop per operation, an array between them" }, \
        { "02_fused", RUN(op, op##_fused), NEED_NONE, "one pass; arrays that are said not to overlap" }, \
        VECTOR_ROWS(op){ "06_threads", RUN(op, op##_threads), NEED_NONE,                                 \
                         "chunks of the arrays for each thread" },                                       \
        { 0 },                                                                                           \
    };
LADDER(sgd_step)
LADDER(momentum_step)

const struct rung rmsprop_step_cpu[] = {
    NAIVE(rmsprop_step),
    { "01_fused", RUN(rmsprop_step, rmsprop_step_fused), NEED_NONE,
      "a loop for each choice; arrays that are said not to overlap" },
#if defined __x86_64__
    { "02_avx2", RUN(rmsprop_step, rmsprop_step_avx2), NEED_AVX2,
      "8 weights per instruction, the quotient by an estimate and Newton's method" },
    { "03_avx512", RUN(rmsprop_step, rmsprop_step_avx512), NEED_AVX512,
      "16 per instruction, masks for the tail" },
#endif
    { "04_threads", RUN(rmsprop_step, rmsprop_step_threads), NEED_NONE,
      "chunks of the arrays for each thread" },
    { 0 },
};

const struct rung adagrad_step_cpu[] = {
    NAIVE(adagrad_step),
    { 0 },
};

const struct rung adadelta_step_cpu[] = {
    NAIVE(adadelta_step),
    { 0 },
};

const struct rung lion_step_cpu[] = {
    NAIVE(lion_step),
    { 0 },
};
