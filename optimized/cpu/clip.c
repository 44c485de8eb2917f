/* clip.c - the CPU ladders of clipping; see reference/clip.c for what they compute. */
#include "../op.h"
#include "../../reference/reference.h"
#include "../team.h"
#include "chunks.h"
#include "ladder_tables.h"
#include "ladders.h"
#include "optimizer_rungs.h"

#include <math.h>

enum { LANES = 8 };

/* ---- clip_norm, 01_lanes: eight sums side by side ----
 *
 * Changed: a sum in one variable waits for the addition before; eight do not, and the compiler keeps them in
 * vectors. They stay double, as the square of a float may be too large or too small for a float. A gradient
 * that is short enough is left as it is. Relieves: the latency of the addition; a read and a write of dw
 * where nothing is clipped. Prediction (lesson 4): 3 to 7 x the speed of 00_naive at a million elements. */
static double sum_of_squares(int n, const float *dw)
{
    double lane[LANES] = { 0 };
    int k = 0;
    for (; k + LANES <= n; k += LANES)
        for (int i = 0; i < LANES; i++) lane[i] += (double)dw[k + i] * (double)dw[k + i];
    for (int i = 0; k < n; i++, k++) lane[i] += (double)dw[k] * (double)dw[k];
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static void multiply(int n, float *dw, float scale)
{
    for (int k = 0; k < n; k++) dw[k] *= scale;
}

/* 1 or less, or NaN */
static float scale_of(double norm, double max_norm, double eps)
{
    double scale = max_norm / (norm + eps);
    return scale > 1 ? 1 : (float)scale;
}

static void norm_lanes(int n, float *dw, float *norm, double max_norm, double eps)
{
    double root = sqrt(sum_of_squares(n, dw));
    float scale = scale_of(root, max_norm, eps);
    *norm = (float)root;
    if (scale != 1) multiply(n, dw, scale);
}

/* ---- clip_norm, 02_threads: chunks for each thread ----
 *
 * Changed: two rounds of the same chunks, the sums and then the products. The sums are added in the chunks'
 * order, whoever made them: the result is the same for any number of threads. Relieves: what one core can
 * read and write. Prediction (lesson 4): with two threads 1.5 to 2.2 x its own speed with one. */
struct shared {
    int n, many; /* elements in a chunk */
    float *dw, scale;
    double sum[MAX_CHUNKS];
};

static int elements_of(const struct shared *s, int chunk)
{
    int from = chunk * s->many;
    return s->n - from < s->many ? s->n - from : s->many;
}

static void sum_chunk(int chunk, void *arg)
{
    struct shared *s = arg;
    s->sum[chunk] = sum_of_squares(elements_of(s, chunk), s->dw + chunk * s->many);
}

static void multiply_chunk(int chunk, void *arg)
{
    struct shared *s = arg;
    multiply(elements_of(s, chunk), s->dw + chunk * s->many, s->scale);
}

static void norm_threads(int n, float *dw, float *norm, double max_norm, double eps)
{
    struct shared s = { .n = n, .dw = dw, .many = items_in_a_chunk(n, 1, LANES) };
    int chunks = chunks_of(n, s.many);
    double total = 0;
    if (chunks == 1) {
        norm_lanes(n, dw, norm, max_norm, eps);
        return;
    }
    team_run(chunks, sum_chunk, &s);
    for (int c = 0; c < chunks; c++) total += s.sum[c];
    s.scale = scale_of(sqrt(total), max_norm, eps);
    *norm = (float)sqrt(total);
    if (s.scale != 1) team_run(chunks, multiply_chunk, &s);
}

const struct rung clip_norm_cpu[] = {
    NAIVE(clip_norm),
    { "01_lanes", RUN(clip_norm, norm_lanes), NEED_NONE,
      "eight sums side by side; nothing to clip, no pass" },
    { "02_threads", RUN(clip_norm, norm_threads), NEED_NONE, "chunks for each thread, their sums in order" },
    { 0 },
};

/* ---- adamw_clipped_step, 01_pieces: a piece of the gradient, clipped, in the level 1 cache ----
 *
 * Changed: eight sums side by side; then 4096 gradients at a time are multiplied into a buffer of 16 KB,
 * which the best step of AdamW reads from there. Relieves: the memory bus, which dw crosses twice instead of
 * four times; and all that AdamW's ladder relieves. Prediction (lesson 4): 5 to 12 x at 10,000 weights. */
enum { CLIPPED = 4096 }; /* gradients in the buffer */

static adamw_step_fn *best_adamw(void)
{
#if defined __x86_64__
    if (rung_isa() & NEED_AVX512) return adamw_step_avx512;
    if (rung_isa() & NEED_AVX2) return adamw_step_reciprocal;
#endif
    return adamw_step_f32;
}

static void adamw_pieces(int n, const float *dw, float *w, float *m, float *v, float *norm, double lr,
                         double beta1, double beta2, double eps, double wd, double max_norm, double clip_eps,
                         uint64_t t)
{
    float clipped[CLIPPED];
    const double root = sqrt(sum_of_squares(n, dw));
    const float scale = scale_of(root, max_norm, clip_eps);
    adamw_step_fn *step = best_adamw();
    *norm = (float)root;
    for (int k = 0, many; k < n; k += many) {
        many = n - k < CLIPPED ? n - k : CLIPPED;
        for (int i = 0; i < many; i++) clipped[i] = scale * dw[k + i];
        step(many, clipped, w + k, m + k, v + k, lr, beta1, beta2, eps, wd, t);
    }
}

const struct rung adamw_clipped_step_cpu[] = {
    NAIVE(adamw_clipped_step),
    { "01_pieces", RUN(adamw_clipped_step, adamw_pieces), NEED_NONE,
      "pieces of the gradient, clipped, in the level 1 cache" },
    { 0 },
};

/* ---- clip_value, 01_choices: no branch ----
 *
 * Changed: every element is written, whatever it was, as one of three values; so the compiler makes vectors
 * of minima and maxima. A comparison with NaN is false, and NaN stays. Relieves: the guesses at branches, and
 * one element per instruction. Prediction (lesson 4): 5 to 40 x the speed of 00_naive at a million. */
static void value_choices(int n, float *dw, double clip_value)
{
    const float high = (float)clip_value;
    for (int k = 0; k < n; k++) {
        float below = dw[k] > high ? high : dw[k];
        dw[k] = below < -high ? -high : below;
    }
}

const struct rung clip_value_cpu[] = {
    NAIVE(clip_value),
    { "01_choices", RUN(clip_value, value_choices), NEED_NONE, "no branch: the compiler makes vectors" },
    { 0 },
};
