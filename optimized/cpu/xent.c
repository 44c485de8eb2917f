/* xent.c - the CPU ladders of cross-entropy of N rows of C logits, for labels and for soft labels: forward,
 * derivative, and both in one call.
 *
 * A row's loss needs its maximum and the sum of exp, its gradient both of them before the first number can be
 * written. In double, and in their order, go only the rows' losses.
 */
#include "../op.h"
#include "../../reference/reference.h"
#include "../team.h"
#include "chunks.h"
#include "ladders.h"
#include "xent_vector.h"

/* ---- which rows ----
 *
 * 01_polynomial  exp without calls, sixteen sums side by side: maximum, sum, gradient,
 *                three times through the row
 * 02_online      maximum and sum in one pass: where a block raises the maximum, the sum so
 *                far is scaled down to it.
 *                A row that is longer than the cache is read once less.
 * 03_avx2        vectors of eight, fused multiply-adds
 * 04_avx512      vectors of 16 per instruction, masks for the tail
 * 05_fused       each exp is computed once: kept in dz on the way, and scaled there
 *                (where there is a gradient)
 * batched        rows of up to 16 logits leave most of a vector empty, and pay for sums
 *                across its lanes: WIDTH of them
 *                side by side instead, one row per lane
 * threads        some rows for each thread
 */

static const struct xent_vector *widest(void)
{
#if defined __x86_64__
    if (rung_isa() & NEED_AVX512) return &xent_avx512;
    if (rung_isa() & NEED_AVX2) return &xent_avx2;
#endif
    return &xent_portable;
}

static const struct xent_kernels *fused(void)
{
    return &widest()->fused;
}

static const struct xent_kernels *batched(int C)
{
    return C <= XENT_BATCHED ? &widest()->batched : fused();
}

/* ---- a whole loss, from rows ---- */

enum team { ALONE, THREADS };

struct shared {
    xent_rows_fn *run;
    const struct xent_job *job;
    int N, many; /* rows in a chunk */
    double sum[MAX_CHUNKS];
};

static void chunk(int c, void *arg)
{
    struct shared *s = arg;
    int first = c * s->many;
    s->sum[c] = s->run(s->job, first, s->N - first < s->many ? s->N - first : s->many);
}

/* The chunks' sums are added in their order, whoever made them: the same bits for any number of threads. */
static double all_rows(xent_rows_fn *run, enum team team, const struct xent_job *job, int N)
{
    struct shared s;
    double total = 0;
    int many = items_in_a_chunk(N, job->C, job->C <= XENT_BATCHED ? 16 : 1);
    int chunks = team == THREADS ? chunks_of(N, many) : 1;
    if (chunks == 1) return run(job, 0, N);
    s.run = run, s.job = job, s.N = N, s.many = many;
    team_run(chunks, chunk, &s);
    for (int c = 0; c < chunks; c++) total += s.sum[c];
    return total;
}

/* rows that have a label */
static int counted(int N, const int *label)
{
    int count = 0;
    if (!label) return N;
    for (int n = 0; n < N; n++) count += label[n] >= 0;
    return count;
}

static float share(int count, int reduction)
{
    return reduction == REDUCE_MEAN && count > 0 ? 1 / (float)count : 1;
}

static float reduced(double total, int count, int reduction)
{
    return (float)(reduction == REDUCE_MEAN && count > 0 ? total / count : total);
}

/* the job's z, its label or t, smoothing and C are set */
static void forward(const struct xent_kernels *k, enum team team, int N, struct xent_job job, float *loss,
                    int reduction)
{
    if (reduction == REDUCE_NONE) job.loss = loss;
    double total = all_rows(k->forward, team, &job, N);
    if (reduction != REDUCE_NONE) *loss = reduced(total, counted(N, job.label), reduction);
}

static void backward(const struct xent_kernels *k, enum team team, int N, struct xent_job job,
                     const float *dloss, float *dz, int reduction)
{
    job.dz = dz;
    if (reduction == REDUCE_NONE)
        job.dloss = dloss;
    else
        job.up = *dloss * share(counted(N, job.label), reduction);
    (void)all_rows(k->backward, team, &job, N);
}

static void with_gradient(const struct xent_kernels *k, enum team team, int N, struct xent_job job,
                          float *loss, float *dz, int reduction)
{
    int count = counted(N, job.label);
    job.dz = dz;
    job.up = share(count, reduction);
    if (reduction == REDUCE_NONE) job.loss = loss;
    double total = all_rows(k->both, team, &job, N);
    if (reduction != REDUCE_NONE) *loss = reduced(total, count, reduction);
}

/* ---- the rungs: the same with each of the ways ---- */

static struct xent_job labels(int C, const float *z, const int *label, float smoothing)
{
    return (struct xent_job){ .C = C, .z = z, .label = label, .smoothing = smoothing };
}

static struct xent_job soft(int C, const float *z, const float *t)
{
    return (struct xent_job){ .C = C, .z = z, .t = t };
}

static void xent_forward_polynomial(int N, int C, const float *z, const int *label, float *loss,
                                    float smoothing, int reduction)
{
    forward(&xent_polynomial, ALONE, N, labels(C, z, label, smoothing), loss, reduction);
}

static void xent_soft_forward_polynomial(int N, int C, const float *z, const float *t, float *loss,
                                         int reduction)
{
    forward(&xent_polynomial, ALONE, N, soft(C, z, t), loss, reduction);
}

static void xent_backward_polynomial(int N, int C, const float *z, const int *label, const float *dloss,
                                     float *dz, float smoothing, int reduction)
{
    backward(&xent_polynomial, ALONE, N, labels(C, z, label, smoothing), dloss, dz, reduction);
}

static void xent_with_gradient_polynomial(int N, int C, const float *z, const int *label, float *loss,
                                          float *dz, float smoothing, int reduction)
{
    with_gradient(&xent_polynomial, ALONE, N, labels(C, z, label, smoothing), loss, dz, reduction);
}

static void xent_soft_backward_polynomial(int N, int C, const float *z, const float *t, const float *dloss,
                                          float *dz, int reduction)
{
    backward(&xent_polynomial, ALONE, N, soft(C, z, t), dloss, dz, reduction);
}

static void xent_soft_with_gradient_polynomial(int N, int C, const float *z, const float *t, float *loss,
                                               float *dz, int reduction)
{
    with_gradient(&xent_polynomial, ALONE, N, soft(C, z, t), loss, dz, reduction);
}

static void xent_forward_online(int N, int C, const float *z, const int *label, float *loss, float smoothing,
                                int reduction)
{
    forward(&xent_portable.online, ALONE, N, labels(C, z, label, smoothing), loss, reduction);
}

static void xent_soft_forward_online(int N, int C, const float *z, const float *t, float *loss, int reduction)
{
    forward(&xent_portable.online, ALONE, N, soft(C, z, t), loss, reduction);
}

static void xent_backward_online(int N, int C, const float *z, const int *label, const float *dloss,
                                 float *dz, float smoothing, int reduction)
{
    backward(&xent_portable.online, ALONE, N, labels(C, z, label, smoothing), dloss, dz, reduction);
}

static void xent_with_gradient_online(int N, int C, const float *z, const int *label, float *loss, float *dz,
                                      float smoothing, int reduction)
{
    with_gradient(&xent_portable.online, ALONE, N, labels(C, z, label, smoothing), loss, dz, reduction);
}

static void xent_soft_backward_online(int N, int C, const float *z, const float *t, const float *dloss,
                                      float *dz, int reduction)
{
    backward(&xent_portable.online, ALONE, N, soft(C, z, t), dloss, dz, reduction);
}

static void xent_soft_with_gradient_online(int N, int C, const float *z, const float *t, float *loss,
                                           float *dz, int reduction)
{
    with_gradient(&xent_portable.online, ALONE, N, soft(C, z, t), loss, dz, reduction);
}

#if defined __x86_64__
static void xent_forward_avx2(int N, int C, const float *z, const int *label, float *loss, float smoothing,
                              int reduction)
{
    forward(&xent_avx2.online, ALONE, N, labels(C, z, label, smoothing), loss, reduction);
}

static void xent_soft_forward_avx2(int N, int C, const float *z, const float *t, float *loss, int reduction)
{
    forward(&xent_avx2.online, ALONE, N, soft(C, z, t), loss, reduction);
}

static void xent_backward_avx2(int N, int C, const float *z, const int *label, const float *dloss, float *dz,
                               float smoothing, int reduction)
{
    backward(&xent_avx2.online, ALONE, N, labels(C, z, label, smoothing), dloss, dz, reduction);
}

static void xent_with_gradient_avx2(int N, int C, const float *z, const int *label, float *loss, float *dz,
                                    float smoothing, int reduction)
{
    with_gradient(&xent_avx2.online, ALONE, N, labels(C, z, label, smoothing), loss, dz, reduction);
}

static void xent_soft_backward_avx2(int N, int C, const float *z, const float *t, const float *dloss,
                                    float *dz, int reduction)
{
    backward(&xent_avx2.online, ALONE, N, soft(C, z, t), dloss, dz, reduction);
}

static void xent_soft_with_gradient_avx2(int N, int C, const float *z, const float *t, float *loss, float *dz,
                                         int reduction)
{
    with_gradient(&xent_avx2.online, ALONE, N, soft(C, z, t), loss, dz, reduction);
}

static void xent_forward_avx512(int N, int C, const float *z, const int *label, float *loss, float smoothing,
                                int reduction)
{
    forward(&xent_avx512.online, ALONE, N, labels(C, z, label, smoothing), loss, reduction);
}

static void xent_soft_forward_avx512(int N, int C, const float *z, const float *t, float *loss, int reduction)
{
    forward(&xent_avx512.online, ALONE, N, soft(C, z, t), loss, reduction);
}

static void xent_backward_avx512(int N, int C, const float *z, const int *label, const float *dloss,
                                 float *dz, float smoothing, int reduction)
{
    backward(&xent_avx512.online, ALONE, N, labels(C, z, label, smoothing), dloss, dz, reduction);
}

static void xent_with_gradient_avx512(int N, int C, const float *z, const int *label, float *loss, float *dz,
                                      float smoothing, int reduction)
{
    with_gradient(&xent_avx512.online, ALONE, N, labels(C, z, label, smoothing), loss, dz, reduction);
}

static void xent_soft_backward_avx512(int N, int C, const float *z, const float *t, const float *dloss,
                                      float *dz, int reduction)
{
    backward(&xent_avx512.online, ALONE, N, soft(C, z, t), dloss, dz, reduction);
}

static void xent_soft_with_gradient_avx512(int N, int C, const float *z, const float *t, float *loss,
                                           float *dz, int reduction)
{
    with_gradient(&xent_avx512.online, ALONE, N, soft(C, z, t), loss, dz, reduction);
}

#endif

static void xent_backward_fused(int N, int C, const float *z, const int *label, const float *dloss, float *dz,
                                float smoothing, int reduction)
{
    backward(fused(), ALONE, N, labels(C, z, label, smoothing), dloss, dz, reduction);
}

static void xent_with_gradient_fused(int N, int C, const float *z, const int *label, float *loss, float *dz,
                                     float smoothing, int reduction)
{
    with_gradient(fused(), ALONE, N, labels(C, z, label, smoothing), loss, dz, reduction);
}

static void xent_soft_backward_fused(int N, int C, const float *z, const float *t, const float *dloss,
                                     float *dz, int reduction)
{
    backward(fused(), ALONE, N, soft(C, z, t), dloss, dz, reduction);
}

static void xent_soft_with_gradient_fused(int N, int C, const float *z, const float *t, float *loss,
                                          float *dz, int reduction)
{
    with_gradient(fused(), ALONE, N, soft(C, z, t), loss, dz, reduction);
}

static void xent_forward_batched(int N, int C, const float *z, const int *label, float *loss, float smoothing,
                                 int reduction)
{
    forward(batched(C), ALONE, N, labels(C, z, label, smoothing), loss, reduction);
}

static void xent_soft_forward_batched(int N, int C, const float *z, const float *t, float *loss,
                                      int reduction)
{
    forward(batched(C), ALONE, N, soft(C, z, t), loss, reduction);
}

static void xent_backward_batched(int N, int C, const float *z, const int *label, const float *dloss,
                                  float *dz, float smoothing, int reduction)
{
    backward(batched(C), ALONE, N, labels(C, z, label, smoothing), dloss, dz, reduction);
}

static void xent_with_gradient_batched(int N, int C, const float *z, const int *label, float *loss, float *dz,
                                       float smoothing, int reduction)
{
    with_gradient(batched(C), ALONE, N, labels(C, z, label, smoothing), loss, dz, reduction);
}

static void xent_soft_backward_batched(int N, int C, const float *z, const float *t, const float *dloss,
                                       float *dz, int reduction)
{
    backward(batched(C), ALONE, N, soft(C, z, t), dloss, dz, reduction);
}

static void xent_soft_with_gradient_batched(int N, int C, const float *z, const float *t, float *loss,
                                            float *dz, int reduction)
{
    with_gradient(batched(C), ALONE, N, soft(C, z, t), loss, dz, reduction);
}

static void xent_forward_threads(int N, int C, const float *z, const int *label, float *loss, float smoothing,
                                 int reduction)
{
    forward(batched(C), THREADS, N, labels(C, z, label, smoothing), loss, reduction);
}

static void xent_soft_forward_threads(int N, int C, const float *z, const float *t, float *loss,
                                      int reduction)
{
    forward(batched(C), THREADS, N, soft(C, z, t), loss, reduction);
}

static void xent_backward_threads(int N, int C, const float *z, const int *label, const float *dloss,
                                  float *dz, float smoothing, int reduction)
{
    backward(batched(C), THREADS, N, labels(C, z, label, smoothing), dloss, dz, reduction);
}

static void xent_with_gradient_threads(int N, int C, const float *z, const int *label, float *loss, float *dz,
                                       float smoothing, int reduction)
{
    with_gradient(batched(C), THREADS, N, labels(C, z, label, smoothing), loss, dz, reduction);
}

static void xent_soft_backward_threads(int N, int C, const float *z, const float *t, const float *dloss,
                                       float *dz, int reduction)
{
    backward(batched(C), THREADS, N, soft(C, z, t), dloss, dz, reduction);
}

static void xent_soft_with_gradient_threads(int N, int C, const float *z, const float *t, float *loss,
                                            float *dz, int reduction)
{
    with_gradient(batched(C), THREADS, N, soft(C, z, t), loss, dz, reduction);
}

/* ---- the ladders ---- */

#define FIRST(op)                                               \
    NAIVE(op),                                                  \
        { "01_polynomial", RUN(op, op##_polynomial), NEED_NONE, \
          "exp without calls, sixteen sums side by side" },     \
        { "02_online", RUN(op, op##_online), NEED_NONE, "maximum and sum in one pass, block by block" },
#if defined __x86_64__
#define WIDE(op)                                                                                     \
    { "03_avx2", RUN(op, op##_avx2), NEED_AVX2, "8 elements per instruction, fused multiply-adds" }, \
        { "04_avx512", RUN(op, op##_avx512), NEED_AVX512, "16 per instruction, masks for the tail" },
#else
#define WIDE(op)
#endif
#define LADDER(op)                                                                                      \
    const struct rung op##_cpu[] = {                                                                    \
        FIRST(op)                                                                                       \
            WIDE(op){ "05_batched", RUN(op, op##_batched), NEED_NONE, "short rows: one row per lane" }, \
        { "06_threads", RUN(op, op##_threads), NEED_NONE, "rows for each thread" },                     \
        { 0 },                                                                                          \
    }

#define LADDER_GRADIENT(op)                                                                                  \
    const struct rung op##_cpu[] = {                                                                         \
        FIRST(op)                                                                                            \
            WIDE(op){ "05_fused", RUN(op, op##_fused), NEED_NONE, "each exp once: kept in dz, and scaled" }, \
        { "06_batched", RUN(op, op##_batched), NEED_NONE, "short rows: one row per lane" },                  \
        { "07_threads", RUN(op, op##_threads), NEED_NONE, "rows for each thread" },                          \
        { 0 },                                                                                               \
    }
LADDER(xent_forward);
LADDER(xent_soft_forward);
LADDER_GRADIENT(xent_backward);
LADDER_GRADIENT(xent_with_gradient);
LADDER_GRADIENT(xent_soft_backward);
LADDER_GRADIENT(xent_soft_with_gradient);
