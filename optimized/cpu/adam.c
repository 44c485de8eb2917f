/* adam.c - the CPU ladders of Adam and its relatives.
 *
 * Per weight Adam reads dw, w, m and v and writes w, m and v: 28 bytes, and a root and three divisions as
 * the formula is written. Where the arrays are in a cache, the divider sets the pace, beyond it memory.
 * AdamW has one multiplication more, and the same rungs.
 */
#include <math.h>

#include "../../reference/reference.h"
#include "../team.h"
#include "../workspace.h"
#include "chunks.h"
#include "ladders.h"
#include "optimizer_rungs.h"

/* ---- 01_passes: seven passes over memory, AdamW's eight ----
 *
 * Changed: a loop per line of the formula, with arrays of the corrected moments between them, as a
 * program of array operations computes it where nothing fuses them. The compiler makes vectors of every
 * loop, and of the root, which the reference's one loop takes by a call that may have to set errno.
 * Costs: 72 bytes per weight instead of 28. Prediction (lesson 4): 1 to 3 x the speed of 00_naive at
 * 10,000 weights, 0.4 to 0.9 x at 50 million. 0 where there is no memory for the two arrays. */
static int passes(int n, const float *restrict dw, float *restrict w, float *restrict m, float *restrict v,
                  const struct adam_constants *c)
{
    float *restrict step = workspace_floats(2 * (size_t)n);
    if (!step) return 0;
    float *restrict below = step + n;
    if (c->keep_w != 1)
        for (int k = 0; k < n; k++) w[k] *= c->keep_w;
    for (int k = 0; k < n; k++) m[k] = c->keep_m * m[k] + c->add_m * dw[k];
    for (int k = 0; k < n; k++) v[k] = c->keep_v * v[k] + c->add_v * dw[k] * dw[k];
    for (int k = 0; k < n; k++) step[k] = m[k] / c->c1;
    for (int k = 0; k < n; k++) below[k] = v[k] / c->c2;
    for (int k = 0; k < n; k++) below[k] = sqrtf(below[k]) + c->eps;
    for (int k = 0; k < n; k++) step[k] /= below[k];
    for (int k = 0; k < n; k++) w[k] -= c->lr * step[k];
    return 1;
}

static void adam_step_passes(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                             double beta2, double eps, uint64_t t)
{
    const struct adam_constants c = adam_constants(lr, beta1, beta2, eps, 0, t);
    if (!passes(n, dw, w, m, v, &c)) adam_step_f32(n, dw, w, m, v, lr, beta1, beta2, eps, t);
}

static void adamw_step_passes(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                              double beta2, double eps, double wd, uint64_t t)
{
    const struct adam_constants c = adam_constants(lr, beta1, beta2, eps, wd, t);
    if (!passes(n, dw, w, m, v, &c)) adamw_step_f32(n, dw, w, m, v, lr, beta1, beta2, eps, wd, t);
}

/* ---- 02_fused: one pass ----
 *
 * Changed: all lines of the formula while a weight's numbers are in registers; the arrays are said not to
 * overlap, and the root not to set errno, so that the compiler makes vectors of the one loop, too.
 * Relieves: the memory. What is left is the divider: three divisions and a root per vector. Prediction
 * (lesson 4): 1 to 1.5 x the speed of 01_passes at 10,000 weights, 2 to 3 x at 50 million. */
static void fused(int n, const float *restrict dw, float *restrict w, float *restrict m, float *restrict v,
                  struct adam_constants c)
{
    for (int k = 0; k < n; k++) {
        m[k] = c.keep_m * m[k] + c.add_m * dw[k];
        v[k] = c.keep_v * v[k] + c.add_v * dw[k] * dw[k];
        w[k] = c.keep_w * w[k] - c.lr * ((m[k] / c.c1) / (sqrtf(v[k] / c.c2) + c.eps));
    }
}

static void adam_step_fused(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                            double beta2, double eps, uint64_t t)
{
    fused(n, dw, w, m, v, adam_constants(lr, beta1, beta2, eps, 0, t));
}

static void adamw_step_fused(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                             double beta2, double eps, double wd, uint64_t t)
{
    fused(n, dw, w, m, v, adam_constants(lr, beta1, beta2, eps, wd, t));
}

/* ---- 03_folded: one division per weight ----
 *
 * Changed: both corrections go into two constants of the step (optimizer_rungs.h). Relieves: the divider,
 * which two of three divisions leave. Prediction (lesson 4): 1.5 to 2 x the speed of 02_fused at 10,000
 * weights, 1 to 1.2 x at 50 million. */
static void folded(int n, const float *restrict dw, float *restrict w, float *restrict m, float *restrict v,
                   struct adam_constants c)
{
    for (int k = 0; k < n; k++) {
        m[k] = c.keep_m * m[k] + c.add_m * dw[k];
        v[k] = c.keep_v * v[k] + c.add_v * dw[k] * dw[k];
        w[k] = c.keep_w * w[k] - c.rate * m[k] / (sqrtf(v[k]) + c.small);
    }
}

void adam_range_folded(int n, const float *dw, float *w, float *m, float *v, const struct adam_constants *c)
{
    folded(n, dw, w, m, v, *c);
}

static void adam_step_folded(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                             double beta2, double eps, uint64_t t)
{
    folded(n, dw, w, m, v, adam_constants(lr, beta1, beta2, eps, 0, t));
}

static void adamw_step_folded(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                              double beta2, double eps, double wd, uint64_t t)
{
    folded(n, dw, w, m, v, adam_constants(lr, beta1, beta2, eps, wd, t));
}

/* ---- 04_avx2, 05_reciprocal, 06_avx512, 07_stream: optimizer_tile.h, optimizer_avx2.c ----
 *
 * 04_avx2: 8 weights per instruction instead of 4, and fused multiply-adds. The divider does 8 floats in
 * less than twice the time of 4. Prediction (lesson 4): 1.2 to 1.8 x the speed of 03_folded at 10,000
 * weights.
 *
 * 05_reciprocal: the quotient by an estimate of 1 / d and one step of Newton's method: four instructions
 * that two units share, instead of one that keeps the divider busy; it is left to the root. Prediction
 * (lesson 4): 1.1 to 1.5 x the speed of 04_avx2 at 10,000 weights, 1 to 1.1 x at 50 million.
 *
 * 06_avx512: 16 per instruction. Prediction (lesson 4): 1 to 1.6 x the speed of 05_reciprocal at 10,000
 * weights, 1 to 1.1 x at 50 million.
 *
 * 07_stream: 05_reciprocal with stores past the caches where the arrays exceed them. A store usually
 * reads its line from memory first; a step has read it anyway, as it updates in place, so that there is
 * nothing to save. Prediction (lesson 4): 0.7 to 1 x the speed of 05_reciprocal at 50 million weights.
 *
 * ---- 08_threads ----
 *
 * Changed: chunks of the arrays, cut by n alone, for each thread; every element is computed alone, so the
 * bits do not depend on the threads. Below PIECE weights the caller works alone: waking a thread takes as
 * long as the step. Relieves: the core, and its limit of outstanding cache misses. Prediction (lesson 4):
 * with two threads 1.7 to 2 x the speed of 05_reciprocal at a million weights, 1 to 1.5 x at
 * 50 million. */
struct adam_job {
    adam_step_fn *adam; /* this, or adamw */
    adamw_step_fn *adamw;
    int n, many; /* weights in a chunk */
    const float *dw;
    float *w, *m, *v;
    double lr, beta1, beta2, eps, wd;
    uint64_t t;
};

static void adam_chunk(int chunk, void *arg)
{
    const struct adam_job *j = arg;
    int from = chunk * j->many, left = j->n - from, many = left < j->many ? left : j->many;
    float *w = j->w + from, *m = j->m + from, *v = j->v + from;
    if (j->adam)
        j->adam(many, j->dw + from, w, m, v, j->lr, j->beta1, j->beta2, j->eps, j->t);
    else
        j->adamw(many, j->dw + from, w, m, v, j->lr, j->beta1, j->beta2, j->eps, j->wd, j->t);
}

#if defined __x86_64__
#define WIDEST(op) \
    (rung_isa() & NEED_AVX512 ? op##_avx512 : rung_isa() & NEED_AVX2 ? op##_reciprocal : op##_folded)
#else
#define WIDEST(op) op##_folded
#endif

adam_step_fn *adam_step_widest(void)
{
    return WIDEST(adam_step);
}

void adam_step_threads(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                       double beta2, double eps, uint64_t t)
{
    struct adam_job job = {
        adam_step_widest(), NULL, n, items_in_a_chunk(n, 1, 16), dw, w, m, v, lr, beta1, beta2, eps, 0, t
    };
    team_run(chunks_of(n, job.many), adam_chunk, &job);
}

static void adamw_step_threads(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                               double beta2, double eps, double wd, uint64_t t)
{
    struct adam_job job = {
        NULL, WIDEST(adamw_step), n, items_in_a_chunk(n, 1, 16), dw, w, m, v, lr, beta1, beta2, eps, wd, t
    };
    team_run(chunks_of(n, job.many), adam_chunk, &job);
}

/* ---- the ladders ---- */

#if defined __x86_64__
#define VECTOR_ROWS(op)                                                                               \
    { "04_avx2", RUN(op, op##_avx2), NEED_AVX2, "8 weights per instruction, fused multiply-adds" },   \
        { "05_reciprocal", RUN(op, op##_reciprocal), NEED_AVX2,                                       \
          "the quotient by an estimate and one step of Newton's method" },                            \
        { "06_avx512", RUN(op, op##_avx512), NEED_AVX512, "16 per instruction, masks for the tail" }, \
        { "07_stream", RUN(op, op##_stream), NEED_AVX2,                                               \
          "05_reciprocal with stores past the caches, for long arrays" },
#else
#define VECTOR_ROWS(op)
#endif

#define LADDER(op)                                                                                       \
    const struct rung op##_cpu[] = {                                                                     \
        NAIVE(op),                                                                                       \
        { "01_passes", RUN(op, op##_passes), NEED_NONE, "a loop per line of the formula" },              \
        { "02_fused", RUN(op, op##_fused), NEED_NONE, "one pass, of which the compiler makes vectors" }, \
        { "03_folded", RUN(op, op##_folded), NEED_NONE,                                                  \
          "the corrections in two constants: one division per weight" },                                 \
        VECTOR_ROWS(op){ "08_threads", RUN(op, op##_threads), NEED_NONE,                                 \
                         "chunks of the arrays for each thread" },                                       \
        { 0 },                                                                                           \
    };
LADDER(adam_step)
LADDER(adamw_step)

const struct rung amsgrad_step_cpu[] = {
    NAIVE(amsgrad_step),
    { 0 },
};

const struct rung nadam_step_cpu[] = {
    NAIVE(nadam_step),
    { 0 },
};

const struct rung schedule_free_step_cpu[] = {
    NAIVE(schedule_free_step),
    { 0 },
};
