/* softmax_xent.c - the CPU ladders of softmax and cross-entropy together, the probabilities kept for the way back.
 *
 * Beside softmax the loss costs one log a row, and the gradient is one multiplication a number.
 */
#include <stddef.h>

#include "../op.h"
#include "../../reference/reference.h"
#include "chunks.h"
#include "exp_portable.h"
#include "ladders.h"
#include "softmax_vector.h"

/* ---- 01_polynomial, 01_apart: sixteen maxima or sums side by side, no call; the label's own gradient apart from the
 * others, whose loop then asks nothing ---- */

enum { LANES = 16 };
#include "lanes.h"

static double rows_forward(int N, int C, const float *z, const int *label, float *p)
{
    double total = 0;
    for (int n = 0; n < N; n++, z += C, p += C) {
        float high = largest(C, z);
        for (int c = 0; c < C; c++) p[c] = exp_polynomial(z[c] - high);
        float all = sum(C, p), factor = 1 / all;
        for (int c = 0; c < C; c++) p[c] *= factor;
        total += (double)(log_portable(all) + (high - z[label[n]]));
    }
    return total;
}

/* p - 1 before it is multiplied: where p is nearly 1, it is exact */
static void rows_backward(int N, int C, const float *p, const int *label, float up, float *dz)
{
    for (int n = 0; n < N; n++, p += C, dz += C) {
        float of_label = up * (p[label[n]] - 1);
        for (int c = 0; c < C; c++) dz[c] = up * p[c];
        dz[label[n]] = of_label;
    }
}

/* 02_avx2, 03_avx512: in vectors of eight and sixteen, see softmax_tile.h. 04_threads: some rows for each thread. */

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

/* the chunks' sums are added in their order, whoever made them */
static void softmax_xent_forward_threads(int N, int C, const float *z, const int *label, float *p,
                                         float *loss)
{
    const struct softmax_vector *v = widest();
    double part[MAX_CHUNKS], total = 0;
    int many = items_in_a_chunk(N, C, 1), chunks = chunks_of(N, many);
    if (chunks == 1) {
        forward(v, N, C, z, label, p, loss);
        return;
    }
#pragma omp parallel for schedule(static)
    for (int k = 0; k < chunks; k++) {
        int n = k * many, count = N - n < many ? N - n : many;
        size_t at = (size_t)n * (size_t)C;
        part[k] = v->xent_forward(count, C, z + at, label + n, p + at);
    }
    for (int k = 0; k < chunks; k++) total += part[k];
    *loss = (float)(total / N);
}

static void softmax_xent_backward_threads(int N, int C, const float *p, const int *label, const float *dloss,
                                          float *dz)
{
    const struct softmax_vector *v = widest();
    const float up = *dloss / (float)N;
    int many = items_in_a_chunk(N, C, 1), chunks = chunks_of(N, many);
    if (chunks == 1) {
        v->xent_backward(N, C, p, label, up, dz);
        return;
    }
#pragma omp parallel for schedule(static)
    for (int k = 0; k < chunks; k++) {
        int n = k * many, count = N - n < many ? N - n : many;
        size_t at = (size_t)n * (size_t)C;
        v->xent_backward(count, C, p + at, label + n, up, dz + at);
    }
}

#define RUNGS(suffix, table)                                                                            \
    static void softmax_xent_forward_##suffix(int N, int C, const float *z, const int *label, float *p, \
                                              float *loss)                                              \
    {                                                                                                   \
        forward(table, N, C, z, label, p, loss);                                                        \
    }                                                                                                   \
    static void softmax_xent_backward_##suffix(int N, int C, const float *p, const int *label,          \
                                               const float *dloss, float *dz)                           \
    {                                                                                                   \
        backward(table, N, C, p, label, dloss, dz);                                                     \
    }
RUNGS(portable, &portable)
#if defined __x86_64__
RUNGS(avx2, &softmax_avx2)
RUNGS(avx512, &softmax_avx512)
#endif

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
