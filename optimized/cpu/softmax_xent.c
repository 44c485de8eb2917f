/* softmax_xent.c - the CPU ladders of softmax and cross-entropy together, the probabilities kept for the way
 * back.
 *
 * Beside softmax the loss costs one log per row, and the gradient is one multiplication per number; in rows
 * that are right also one addition.
 */
#include <stddef.h>

#include "../op.h"
#include "../../reference/reference.h"
#include "../team.h"
#include "chunks.h"
#include "exp_portable.h"
#include "ladders.h"
#include "softmax_vector.h"

/* ---- 01_polynomial, 01_apart: sixteen maxima or sums side by side, no call; the label's own gradient apart
 * from the others, whose loop then asks nothing ---- */

enum { LANES = 16 };
#include "lanes.h"

/* 1 is left out of the label's exp before the sum: where the label holds the maximum, the sum over the others
 * keeps its digits, and the loss is log(1 + sum) */
static double rows_forward(int N, int C, const float *z, const int *label, float *p)
{
    double total = 0;
    for (int n = 0; n < N; n++, z += C, p += C) {
        float high = largest(C, z), below = high - z[label[n]];
        for (int c = 0; c < C; c++) p[c] = exp_polynomial(z[c] - high);
        float of_label = p[label[n]];
        p[label[n]] -= 1;
        float others = sum(C, p), factor = 1 / (1 + others);
        p[label[n]] = of_label;
        for (int c = 0; c < C; c++) p[c] *= factor;
        total += (double)(log1p_portable(others) + below);
    }
    return total;
}

/* The sum of p but for the label's: in lanes, and in four where the row is too short for more */
static float sum_of_others(int C, const float *p, int label)
{
    float lane[4] = { 0 };
    int c = 0;
    if (C >= 2 * LANES) return sum(label, p) + sum(C - label - 1, p + label + 1);
    for (; c + 4 <= C; c += 4)
        for (int i = 0; i < 4; i++) lane[i] += c + i == label ? 0 : p[c + i];
    for (int i = 0; c < C; i++, c++) lane[i] += c == label ? 0 : p[c];
    return (lane[0] + lane[2]) + (lane[1] + lane[3]);
}

/* The label's is p - 1; where p is above 1/2, that is minus the sum of the others, which have more digits */
static void rows_backward(int N, int C, const float *p, const int *label, float up, float *dz)
{
    for (int n = 0; n < N; n++, p += C, dz += C) {
        float of_label = p[label[n]];
        of_label = of_label > 0.5f ? -up * sum_of_others(C, p, label[n]) : up * (of_label - 1);
        for (int c = 0; c < C; c++) dz[c] = up * p[c];
        dz[label[n]] = of_label;
    }
}

/* 02_avx2, 03_avx512: in vectors of eight and sixteen, see softmax_tile.h. 04_threads:
 * some rows for each thread. */

static const struct softmax_vector portable = { NULL, NULL, rows_forward, rows_backward };

static const struct softmax_vector *widest(void)
{
#if defined __x86_64__
    if (rung_isa() & NEED_AVX512) return &softmax_avx512;
    if (rung_isa() & NEED_AVX2) return &softmax_avx2;
#endif
    return &portable;
}

/* ---- the rungs ---- */

static void forward(const struct softmax_vector *v, int N, int C, const float *z, const int *label, float *p,
                    float *loss)
{
    *loss = (float)(v->xent_forward(N, C, z, label, p) / N);
}

static void backward(const struct softmax_vector *v, int N, int C, const float *p, const int *label,
                     const float *dloss, float *dz)
{
    v->xent_backward(N, C, p, label, *dloss / (float)N, dz);
}

struct job {
    const struct softmax_vector *vector;
    int N, C, many; /* rows in a chunk */
    const float *in;
    const int *label;
    float *out, up;
    double sum[MAX_CHUNKS];
};

static int rows_of(const struct job *j, int chunk)
{
    int left = j->N - chunk * j->many;
    return left < j->many ? left : j->many;
}

static void forward_chunk(int k, void *arg)
{
    struct job *j = arg;
    int n = k * j->many;
    size_t at = (size_t)n * (size_t)j->C;
    j->sum[k] = j->vector->xent_forward(rows_of(j, k), j->C, j->in + at, j->label + n, j->out + at);
}

static void backward_chunk(int k, void *arg)
{
    const struct job *j = arg;
    int n = k * j->many;
    size_t at = (size_t)n * (size_t)j->C;
    j->vector->xent_backward(rows_of(j, k), j->C, j->in + at, j->label + n, j->up, j->out + at);
}

/* the chunks' sums are added in their order, whoever made them */
static void softmax_xent_forward_threads(int N, int C, const float *z, const int *label, float *p,
                                         float *loss)
{
    struct job j;
    double total = 0;
    int many = items_in_a_chunk(N, C, 1), chunks = chunks_of(N, many);
    if (chunks == 1) {
        forward(widest(), N, C, z, label, p, loss);
        return;
    }
    j.vector = widest(), j.N = N, j.C = C, j.many = many, j.in = z, j.label = label, j.out = p;
    team_run(chunks, forward_chunk, &j);
    for (int k = 0; k < chunks; k++) total += j.sum[k];
    *loss = (float)(total / N);
}

static void softmax_xent_backward_threads(int N, int C, const float *p, const int *label, const float *dloss,
                                          float *dz)
{
    struct job j;
    const float up = *dloss / (float)N;
    int many = items_in_a_chunk(N, C, 1), chunks = chunks_of(N, many);
    if (chunks == 1) {
        widest()->xent_backward(N, C, p, label, up, dz);
        return;
    }
    j.vector = widest(), j.N = N, j.C = C, j.many = many, j.in = p, j.label = label, j.out = dz, j.up = up;
    team_run(chunks, backward_chunk, &j);
}

/* clang-format off */
static void softmax_xent_forward_portable(int N, int C, const float *z, const int *label, float *p, float *loss) { forward(&portable, N, C, z, label, p, loss); }
static void softmax_xent_backward_portable(int N, int C, const float *p, const int *label, const float *dloss, float *dz) { backward(&portable, N, C, p, label, dloss, dz); }

#if defined __x86_64__
static void softmax_xent_forward_avx2(int N, int C, const float *z, const int *label, float *p, float *loss) { forward(&softmax_avx2, N, C, z, label, p, loss); }
static void softmax_xent_backward_avx2(int N, int C, const float *p, const int *label, const float *dloss, float *dz) { backward(&softmax_avx2, N, C, p, label, dloss, dz); }

static void softmax_xent_forward_avx512(int N, int C, const float *z, const int *label, float *p, float *loss) { forward(&softmax_avx512, N, C, z, label, p, loss); }
static void softmax_xent_backward_avx512(int N, int C, const float *p, const int *label, const float *dloss, float *dz) { backward(&softmax_avx512, N, C, p, label, dloss, dz); }
#endif
/* clang-format on */

/* ---- the ladders ---- */

#define THREADS(op)                                                            \
    {                                                                          \
        "04_threads", RUN(op, op##_threads), NEED_NONE, "rows for each thread" \
    }

const struct rung softmax_xent_forward_cpu[] = {
    NAIVE(softmax_xent_forward),
    POLYNOMIAL(softmax_xent_forward, softmax_xent_forward_portable),
    VECTOR_RUNGS(softmax_xent_forward, softmax_xent_forward) THREADS(softmax_xent_forward),
    { 0 },
};

const struct rung softmax_xent_backward_cpu[] = {
    NAIVE(softmax_xent_backward),
    { "01_apart", RUN(softmax_xent_backward, softmax_xent_backward_portable), NEED_NONE,
      "the label apart from the others, whose loop asks nothing" },
    VECTOR_RUNGS(softmax_xent_backward, softmax_xent_backward) THREADS(softmax_xent_backward),
    { 0 },
};
