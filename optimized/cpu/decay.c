/* decay.c - the CPU ladders of what keeps weights small.
 *
 * A weight is read, hardly computed with, and written: memory sets the pace as soon as the arrays leave the
 * caches, and what counts is how often they cross the bus. A decay of its own is a pass of its own, two
 * crossings; in the optimizer's pass it is one multiplication that nobody waits for.
 */
#include "../op.h"
#include "../../reference/reference.h"
#include "../team.h"
#include "decay_vector.h"
#include "ladders.h"
#include "ladder_tables.h"

#include <math.h>

/* ---- penalties: the reference alone; training adds decay to the step, and needs no penalty ---- */

const struct rung l2_penalty_forward_cpu[] = { NAIVE(l2_penalty_forward), { 0 } };
const struct rung l2_penalty_backward_cpu[] = { NAIVE(l2_penalty_backward), { 0 } };
const struct rung l1_penalty_forward_cpu[] = { NAIVE(l1_penalty_forward), { 0 } };
const struct rung l1_penalty_backward_cpu[] = { NAIVE(l1_penalty_backward), { 0 } };
const struct rung elastic_penalty_forward_cpu[] = { NAIVE(elastic_penalty_forward), { 0 } };
const struct rung elastic_penalty_backward_cpu[] = { NAIVE(elastic_penalty_backward), { 0 } };
const struct rung weight_decay_step_cpu[] = { NAIVE(weight_decay_step), { 0 } };

/* ---- sgd_decay_step, 00_naive: two passes ---- */

static void two_passes(int n, const float *dw, float *w, double lr, double wd)
{
    weight_decay_step_f32(n, w, lr, wd);
    sgd_step_f32(n, dw, w, (float)lr);
}

/* ---- 01_fused: one pass ----
 *
 * Changed: decay and step in one loop, w = (1 - lr wd) w - lr dw, and the arrays are said not to overlap, so
 * that the compiler makes vectors without asking first. Relieves: the memory bus, which w crosses twice
 * instead of four times. Prediction (lesson 5): 1.4 to 1.7 x where memory sets the pace. */
static void sgd_portable(int n, const float *restrict dw, float *restrict w, float lr, float keep)
{
    for (int k = 0; k < n; k++) w[k] = keep * w[k] - lr * dw[k];
}

static void fused(int n, const float *dw, float *w, double lr, double wd)
{
    sgd_portable(n, dw, w, (float)lr, (float)(1 - lr * wd));
}

/* ---- soft_threshold, 01_clamped: no branch ----
 *
 * Changed: w - min(t, max(-t, w)). What is within [-t, t] loses itself, and is exactly 0; what is beyond
 * loses t. Relieves: the guesses at two branches for each weight; and the compiler makes vectors. Prediction
 * (lesson 5): 3 to 8 x. */
static inline float clamped(float w, float t)
{
    float above = w < -t ? -t : w;
    return w - (above > t ? t : above);
}

static void threshold_portable(int n, float *w, float t)
{
    for (int k = 0; k < n; k++) w[k] = clamped(w[k], t);
}

static void soft_threshold_clamped(int n, float *w, double lr, double lambda)
{
    threshold_portable(n, w, (float)(lr * lambda));
}

/* ---- elastic_net, 01_fused: one pass, and a product instead of a division ---- */

static void elastic_net_fused(int n, float *w, double lr, double l1, double l2)
{
    const float t = (float)(lr * l1), shrink = (float)(1 / (1 + lr * l2));
    for (int k = 0; k < n; k++) w[k] = clamped(w[k], t) * shrink;
}

/* ---- max_norm, 01_lanes: eight sums side by side ----
 *
 * Changed: squares are added in float, in eight variables, and their sums in double. Relieves: the chain of
 * additions in one double, each of which waits for the last. Where a sum says that squares may have become
 * infinite or 0, the row is added up once more in double. Prediction (lesson 5): 2 to 6 x. */

enum { LANES = 8, LANES_PIECE = 256 };

static float squares_portable(int n, const float *w)
{
    float lane[LANES] = { 0 };
    int k = 0;
    for (; k + LANES <= n; k += LANES)
        for (int i = 0; i < LANES; i++) lane[i] += w[k + i] * w[k + i];
    for (int i = 0; k < n; i++, k++) lane[i] += w[k] * w[k];
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lane[i] += lane[i + half];
    return lane[0];
}

static void scale_portable(int n, float *w, float by)
{
    for (int k = 0; k < n; k++) w[k] *= by;
}

static const struct decay_vector portable = { sgd_portable, threshold_portable, squares_portable,
                                              scale_portable };

static double length_of(const struct decay_vector *v, int cols, const float *w)
{
    const int piece = v == &portable ? LANES_PIECE : NORM_PIECE;
    double sum = 0;
    for (int k = 0; k < cols; k += piece)
        sum += (double)v->squares(cols - k < piece ? cols - k : piece, w + k);
    if (sum > 0x1p-60 && sum < 0x1p120) return sqrt(sum);
    sum = 0;
    for (int k = 0; k < cols; k++) sum += (double)w[k] * (double)w[k];
    return sqrt(sum);
}

static void rows_within(const struct decay_vector *v, int rows, int cols, float *w, double c)
{
    for (int row = 0; row < rows; row++, w += cols) {
        double length = length_of(v, cols, w);
        if (length > c) v->scale(cols, w, (float)(c / length));
    }
}

static void max_norm_lanes(int rows, int cols, float *w, double c)
{
    rows_within(&portable, rows, cols, w, c);
}

/* ---- 02_avx2, 03_avx512: in vectors of eight and sixteen. See decay_tile.h. ---- */

#if defined __x86_64__
static void sgd_decay_avx2(int n, const float *dw, float *w, double lr, double wd)
{
    decay_avx2.sgd(n, dw, w, (float)lr, (float)(1 - lr * wd));
}

static void sgd_decay_avx512(int n, const float *dw, float *w, double lr, double wd)
{
    decay_avx512.sgd(n, dw, w, (float)lr, (float)(1 - lr * wd));
}

static void soft_threshold_avx2(int n, float *w, double lr, double lambda)
{
    decay_avx2.threshold(n, w, (float)(lr * lambda));
}

static void soft_threshold_avx512(int n, float *w, double lr, double lambda)
{
    decay_avx512.threshold(n, w, (float)(lr * lambda));
}

static void max_norm_avx2(int rows, int cols, float *w, double c)
{
    rows_within(&decay_avx2, rows, cols, w, c);
}

static void max_norm_avx512(int rows, int cols, float *w, double c)
{
    rows_within(&decay_avx512, rows, cols, w, c);
}
#endif

static const struct decay_vector *widest(void)
{
#if defined __x86_64__
    if (rung_isa() & NEED_AVX512) return &decay_avx512;
    if (rung_isa() & NEED_AVX2) return &decay_avx2;
#endif
    return &portable;
}

/* ---- 04_threads: a piece of the array, or some rows, for each thread, if there are enough to pay for waking
 * them ---- */

struct job {
    const struct decay_vector *vector;
    int n, cols, piece; /* items; elements of each; items in a piece */
    const float *dw;
    float *w, lr, keep_or_t;
    double c;
};

static void share(struct job *job, int items_in_a_piece, team_fn *work)
{
    job->vector = widest();
    job->piece = items_in_a_piece;
    team_run(job->n / job->piece + (job->n % job->piece > 0), work, job);
}

static int items_of(const struct job *j, int at)
{
    return j->n - at < j->piece ? j->n - at : j->piece;
}

static void sgd_piece(int piece, void *arg)
{
    const struct job *j = arg;
    int at = piece * j->piece;
    j->vector->sgd(items_of(j, at), j->dw + at, j->w + at, j->lr, j->keep_or_t);
}

static void threshold_piece(int piece, void *arg)
{
    const struct job *j = arg;
    int at = piece * j->piece;
    j->vector->threshold(items_of(j, at), j->w + at, j->keep_or_t);
}

static void norm_piece(int piece, void *arg)
{
    const struct job *j = arg;
    int at = piece * j->piece;
    rows_within(j->vector, items_of(j, at), j->cols, j->w + (size_t)at * (size_t)j->cols, j->c);
}

static void sgd_decay_threads(int n, const float *dw, float *w, double lr, double wd)
{
    struct job job = { .n = n, .dw = dw, .w = w, .lr = (float)lr, .keep_or_t = (float)(1 - lr * wd) };
    share(&job, PIECE, sgd_piece);
}

static void soft_threshold_threads(int n, float *w, double lr, double lambda)
{
    struct job job = { .n = n, .w = w, .keep_or_t = (float)(lr * lambda) };
    share(&job, PIECE, threshold_piece);
}

static void max_norm_threads(int rows, int cols, float *w, double c)
{
    struct job job = { .n = rows, .cols = cols, .w = w, .c = c };
    share(&job, cols < PIECE ? PIECE / cols : 1, norm_piece);
}

/* ---- the ladders ---- */

#define THREADS(op, run)                                                                          \
    {                                                                                             \
        "04_threads", RUN(op, run), NEED_NONE, "a piece for each thread, with the widest vectors" \
    }

const struct rung sgd_decay_step_cpu[] = {
    { "00_naive", RUN(sgd_decay_step, two_passes), NEED_NONE, "two passes: decay, then the step" },
    { "01_fused", RUN(sgd_decay_step, fused), NEED_NONE, "one pass" },
    VECTOR_RUNGS(sgd_decay_step, sgd_decay) THREADS(sgd_decay_step, sgd_decay_threads),
    { 0 },
};

const struct rung soft_threshold_cpu[] = {
    NAIVE(soft_threshold),
    { "01_clamped", RUN(soft_threshold, soft_threshold_clamped), NEED_NONE,
      "w - min(t, max(-t, w)): no branch, the compiler makes vectors" },
    VECTOR_RUNGS(soft_threshold, soft_threshold) THREADS(soft_threshold, soft_threshold_threads),
    { 0 },
};

const struct rung elastic_net_cpu[] = {
    NAIVE(elastic_net),
    { "01_fused", RUN(elastic_net, elastic_net_fused), NEED_NONE, "one pass, no branch, no division" },
    { 0 },
};

const struct rung max_norm_cpu[] = {
    NAIVE(max_norm),
    { "01_lanes", RUN(max_norm, max_norm_lanes), NEED_NONE, "eight sums side by side, in float" },
    VECTOR_RUNGS(max_norm, max_norm) THREADS(max_norm, max_norm_threads),
    { 0 },
};
