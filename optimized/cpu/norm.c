/* norm.c - the ladders of batch normalization; see reference/norm.c for what they compute, norm_vector.h for
 * the two ways through a batch. */
#include <math.h>
#include <stddef.h>

#include "../op.h"
#include "../../reference/reference.h"
#include "../team.h"
#include "ladder_tables.h"
#include "ladders.h"
#include "norm_vector.h"

static size_t plane_of(int C, int HW, int n, int c)
{
    return ((size_t)n * (size_t)C + (size_t)c) * (size_t)HW;
}

/* ---- 01_channels: a channel at a time, eight sums side by side ----
 *
 * Changed: where the reference reads the whole batch for the means and variances, then once more for y, a
 * channel is done with all three while the cache has it; and its sums are eight, of every eighth number,
 * which the compiler makes a vector of. Where HW is 1, eight channels are side by side instead. Relieves: the
 * memory bus, and the additions that wait for each other. */

enum { LANES = 8 };

static float sum_of(const float lane[LANES])
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/* lane[i] += the sum of x[i], x[i + LANES], ... or of their squared distances from a mean */
static void add_to_lanes(int n, const float *restrict x, float *restrict lane)
{
    int k = 0;
    for (; k + LANES <= n; k += LANES)
        for (int i = 0; i < LANES; i++) lane[i] += x[k + i];
    for (int i = 0; k < n; i++, k++) lane[i] += x[k];
}

static void add_squares(int n, const float *restrict x, float mean, float *restrict lane)
{
    int k = 0;
    for (; k + LANES <= n; k += LANES)
        for (int i = 0; i < LANES; i++) lane[i] += (x[k + i] - mean) * (x[k + i] - mean);
    for (int i = 0; k < n; i++, k++) lane[i] += (x[k] - mean) * (x[k] - mean);
}

static void channel_statistics(const struct norm_forward *b, int c)
{
    const float M = (float)b->N * (float)b->HW;
    float sum[LANES] = { 0 }, squares[LANES] = { 0 };
    for (int n = 0; n < b->N; n++) add_to_lanes(b->HW, b->x + plane_of(b->C, b->HW, n, c), sum);
    float mean = b->new_mean[c] = sum_of(sum) / M;
    for (int n = 0; n < b->N; n++) add_squares(b->HW, b->x + plane_of(b->C, b->HW, n, c), mean, squares);
    b->new_var[c] = sum_of(squares) / M;
}

/* HW = 1: `lanes` channels from c on */
static void column_statistics(const struct norm_forward *b, int c, int lanes)
{
    const float N = (float)b->N;
    float sum[LANES] = { 0 }, squares[LANES] = { 0 }, mean[LANES];
    for (int n = 0; n < b->N; n++)
        for (int i = 0; i < lanes; i++) sum[i] += b->x[plane_of(b->C, 1, n, c + i)];
    for (int i = 0; i < lanes; i++) mean[i] = sum[i] / N;
    for (int n = 0; n < b->N; n++)
        for (int i = 0; i < lanes; i++) {
            float d = b->x[plane_of(b->C, 1, n, c + i)] - mean[i];
            squares[i] += d * d;
        }
    for (int i = 0; i < lanes; i++) b->new_mean[c + i] = mean[i], b->new_var[c + i] = squares[i] / N;
}

/* y of channels c..c+lanes-1 */
static void apply(const struct norm_forward *b, int c, int lanes)
{
    float scale[LANES];
    for (int i = 0; i < lanes; i++) scale[i] = b->gamma[c + i] / sqrtf(b->var[c + i] + b->eps);
    for (int n = 0; n < b->N; n++)
        for (int i = 0; i < lanes; i++) {
            const size_t at = plane_of(b->C, b->HW, n, c + i);
            const float mean = b->mean[c + i], beta = b->beta[c + i];
            for (int k = 0; k < b->HW; k++)
                b->y[at + (size_t)k] = (b->x[at + (size_t)k] - mean) * scale[i] + beta;
        }
}

static void forward_channels(int N, int C, int HW, const float *x, const float *gamma, const float *beta,
                             float *y, float *mean, float *var, double eps)
{
    const struct norm_forward b = { N, C, HW, x, gamma, beta, mean, var, y, mean, var, (float)eps };
    const int together = HW == 1 ? LANES : 1;
    for (int c = 0; c < C; c += together) {
        int lanes = C - c < together ? C - c : together;
        if (HW == 1)
            column_statistics(&b, c, lanes);
        else
            channel_statistics(&b, c);
        apply(&b, c, lanes);
    }
}

/* ---- 02_avx2 and 03_avx512: vectors, along planes or across channels ----
 *
 * Changed: four sums of 8 or 16 numbers each, fused multiply-adds, and masks for what is left of a plane.
 * Relieves: the instructions, of which the compiler's vectors of 4 take twice and four times as many. */

#if defined __x86_64__
static void forward_avx2(int N, int C, int HW, const float *x, const float *gamma, const float *beta,
                         float *y, float *mean, float *var, double eps)
{
    const struct norm_forward b = { N, C, HW, x, gamma, beta, mean, var, y, mean, var, (float)eps };
    norm_forward_avx2(&b, 0, C);
}

static void forward_avx512(int N, int C, int HW, const float *x, const float *gamma, const float *beta,
                           float *y, float *mean, float *var, double eps)
{
    const struct norm_forward b = { N, C, HW, x, gamma, beta, mean, var, y, mean, var, (float)eps };
    norm_forward_avx512(&b, 0, C);
}

static void eval_avx2(int N, int C, int HW, const float *x, const float *gamma, const float *beta,
                      const float *mean, const float *var, float *y, double eps)
{
    const struct norm_forward b = { N, C, HW, x, gamma, beta, mean, var, y, NULL, NULL, (float)eps };
    norm_forward_avx2(&b, 0, C);
}

static void eval_avx512(int N, int C, int HW, const float *x, const float *gamma, const float *beta,
                        const float *mean, const float *var, float *y, double eps)
{
    const struct norm_forward b = { N, C, HW, x, gamma, beta, mean, var, y, NULL, NULL, (float)eps };
    norm_forward_avx512(&b, 0, C);
}

static void backward_avx2(int N, int C, int HW, const float *x, const float *gamma, const float *mean,
                          const float *var, const float *dy, float *dx, float *dgamma, float *dbeta,
                          double eps)
{
    const struct norm_backward b = { N, C, HW, x, gamma, mean, var, dy, dx, dgamma, dbeta, (float)eps };
    norm_backward_avx2(&b, 0, C);
}

static void backward_avx512(int N, int C, int HW, const float *x, const float *gamma, const float *mean,
                            const float *var, const float *dy, float *dx, float *dgamma, float *dbeta,
                            double eps)
{
    const struct norm_backward b = { N, C, HW, x, gamma, mean, var, dy, dx, dgamma, dbeta, (float)eps };
    norm_backward_avx512(&b, 0, C);
}

/* ---- 04_threads: some channels per thread ----
 *
 * Changed: a channel needs no other one, so threads share them. A piece is as many as make 16,384
 * numbers, or a cache line of columns: the same cuts, and the same sums, for any number of threads.
 * Relieves: the one core. */

enum { COLUMNS = 16 }; /* in a cache line */

struct job {
    const struct norm_forward *forward;
    const struct norm_backward *backward;
    int C, channels; /* in a piece */
};

static int channels_in_a_piece(int N, int HW)
{
    int one = N > PIECE / HW ? PIECE : N * HW, many = (PIECE + one - 1) / one;
    return HW > 1 ? many : (many + COLUMNS - 1) / COLUMNS * COLUMNS;
}

static void piece(int number, void *arg)
{
    const struct job *j = arg;
    int from = number * j->channels, end = j->C - from < j->channels ? j->C : from + j->channels;
    int wide = !rung_lacks(NEED_AVX512);
    if (j->forward && wide) norm_forward_avx512(j->forward, from, end);
    if (j->forward && !wide) norm_forward_avx2(j->forward, from, end);
    if (j->backward && wide) norm_backward_avx512(j->backward, from, end);
    if (j->backward && !wide) norm_backward_avx2(j->backward, from, end);
}

static void share(struct job *job, int N, int HW)
{
    job->channels = channels_in_a_piece(N, HW);
    team_run((job->C - 1) / job->channels + 1, piece, job);
}

static void forward_threads(int N, int C, int HW, const float *x, const float *gamma, const float *beta,
                            float *y, float *mean, float *var, double eps)
{
    const struct norm_forward b = { N, C, HW, x, gamma, beta, mean, var, y, mean, var, (float)eps };
    struct job job = { .forward = &b, .C = C };
    share(&job, N, HW);
}

static void eval_threads(int N, int C, int HW, const float *x, const float *gamma, const float *beta,
                         const float *mean, const float *var, float *y, double eps)
{
    const struct norm_forward b = { N, C, HW, x, gamma, beta, mean, var, y, NULL, NULL, (float)eps };
    struct job job = { .forward = &b, .C = C };
    share(&job, N, HW);
}

static void backward_threads(int N, int C, int HW, const float *x, const float *gamma, const float *mean,
                             const float *var, const float *dy, float *dx, float *dgamma, float *dbeta,
                             double eps)
{
    const struct norm_backward b = { N, C, HW, x, gamma, mean, var, dy, dx, dgamma, dbeta, (float)eps };
    struct job job = { .backward = &b, .C = C };
    share(&job, N, HW);
}
#endif

/* ---- the tables ---- */

const struct rung batch_norm_forward_cpu[] = {
    NAIVE(batch_norm_forward),
    { "01_channels", RUN(batch_norm_forward, forward_channels), NEED_NONE,
      "a channel at a time, eight sums side by side" },
#if defined __x86_64__
    { "02_avx2", RUN(batch_norm_forward, forward_avx2), NEED_AVX2,
      "8 numbers per instruction, along planes or across channels" },
    { "03_avx512", RUN(batch_norm_forward, forward_avx512), NEED_AVX512, "16 per instruction" },
    { "04_threads", RUN(batch_norm_forward, forward_threads), NEED_AVX2, "some channels per thread" },
#endif
    { 0 },
};

const struct rung batch_norm_eval_cpu[] = {
    NAIVE(batch_norm_eval),
#if defined __x86_64__
    { "01_avx2", RUN(batch_norm_eval, eval_avx2), NEED_AVX2,
      "8 numbers per instruction, along planes or across channels" },
    { "02_avx512", RUN(batch_norm_eval, eval_avx512), NEED_AVX512, "16 per instruction" },
    { "03_threads", RUN(batch_norm_eval, eval_threads), NEED_AVX2, "some channels per thread" },
#endif
    { 0 },
};

const struct rung batch_norm_backward_cpu[] = {
    NAIVE(batch_norm_backward),
#if defined __x86_64__
    { "01_avx2", RUN(batch_norm_backward, backward_avx2), NEED_AVX2,
      "8 numbers per instruction, along planes or across channels" },
    { "02_avx512", RUN(batch_norm_backward, backward_avx512), NEED_AVX512, "16 per instruction" },
    { "03_threads", RUN(batch_norm_backward, backward_threads), NEED_AVX2, "some channels per thread" },
#endif
    { 0 },
};

const struct rung batch_norm_update_cpu[] = {
    NAIVE(batch_norm_update),
    { 0 },
};
