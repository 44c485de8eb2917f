/* loss.c - the CPU ladders of the losses of n elements: forward, derivative, and both in one pass.
 *
 * Two numbers are read for each element and one, or none, is written: memory sets the pace, unless exp and
 * log come from libm. A sum is a chain of additions, each waiting for the last, and in one float it stops
 * growing before ten million terms. So the elements are summed in pieces of LOSS_PIECE, in lanes side by
 * side, and the pieces' sums in double.
 */
#include "../op.h"
#include "../../reference/reference.h"
#include "../team.h"
#include "chunks.h"
#include "ladders.h"
#include "loss_vector.h"

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

/* 04_threads: chunks of pieces for each thread, if there are enough to pay for waking them. Their sums are
 * added in the chunks' order, whoever made them: the result is the same for any number of threads. */
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
 * 02_avx2, 03_avx512: in vectors of eight and sixteen, with fused multiply-adds and masks for the tail; see
 * loss_tile.h. What the compiler cannot choose by itself: instructions that not every x86-64 has. */

static const struct loss_vector *widest(void)
{
#if defined __x86_64__
    if (rung_isa() & NEED_AVX512) return &loss_avx512;
    if (rung_isa() & NEED_AVX2) return &loss_avx2;
#endif
    return &loss_portable;
}

/* clang-format off */
static void mse_forward_lanes(int n, const float *y, const float *t, float *loss, int reduction) { forward(loss_portable.mse.forward, ALONE, n, y, t, loss, 0, reduction); }
static void mse_backward_lanes(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(loss_portable.mse.backward, ALONE, n, y, t, dloss, dy, 0, reduction); }
static void mse_with_gradient_lanes(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(loss_portable.mse.both, ALONE, n, y, t, loss, dy, 0, reduction); }

static void mae_forward_lanes(int n, const float *y, const float *t, float *loss, int reduction) { forward(loss_portable.mae.forward, ALONE, n, y, t, loss, 0, reduction); }
static void mae_backward_lanes(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(loss_portable.mae.backward, ALONE, n, y, t, dloss, dy, 0, reduction); }
static void mae_with_gradient_lanes(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(loss_portable.mae.both, ALONE, n, y, t, loss, dy, 0, reduction); }

static void huber_forward_lanes(int n, const float *y, const float *t, float *loss, float delta, int reduction) { forward(loss_portable.huber.forward, ALONE, n, y, t, loss, delta, reduction); }
static void huber_backward_lanes(int n, const float *y, const float *t, const float *dloss, float *dy, float delta, int reduction) { backward(loss_portable.huber.backward, ALONE, n, y, t, dloss, dy, delta, reduction); }
static void huber_with_gradient_lanes(int n, const float *y, const float *t, float *loss, float *dy, float delta, int reduction) { with_gradient(loss_portable.huber.both, ALONE, n, y, t, loss, dy, delta, reduction); }

static void bce_forward_lanes(int n, const float *y, const float *t, float *loss, int reduction) { forward(loss_portable.bce.forward, ALONE, n, y, t, loss, 0, reduction); }
static void bce_backward_lanes(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(loss_portable.bce.backward, ALONE, n, y, t, dloss, dy, 0, reduction); }
static void bce_with_gradient_lanes(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(loss_portable.bce.both, ALONE, n, y, t, loss, dy, 0, reduction); }

static void bce_logits_forward_lanes(int n, const float *y, const float *t, float *loss, int reduction) { forward(loss_portable.bce_logits.forward, ALONE, n, y, t, loss, 0, reduction); }
static void bce_logits_backward_lanes(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(loss_portable.bce_logits.backward, ALONE, n, y, t, dloss, dy, 0, reduction); }
static void bce_logits_with_gradient_lanes(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(loss_portable.bce_logits.both, ALONE, n, y, t, loss, dy, 0, reduction); }

#if defined __x86_64__
static void mse_forward_avx2(int n, const float *y, const float *t, float *loss, int reduction) { forward(loss_avx2.mse.forward, ALONE, n, y, t, loss, 0, reduction); }
static void mse_backward_avx2(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(loss_avx2.mse.backward, ALONE, n, y, t, dloss, dy, 0, reduction); }
static void mse_with_gradient_avx2(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(loss_avx2.mse.both, ALONE, n, y, t, loss, dy, 0, reduction); }

static void mae_forward_avx2(int n, const float *y, const float *t, float *loss, int reduction) { forward(loss_avx2.mae.forward, ALONE, n, y, t, loss, 0, reduction); }
static void mae_backward_avx2(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(loss_avx2.mae.backward, ALONE, n, y, t, dloss, dy, 0, reduction); }
static void mae_with_gradient_avx2(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(loss_avx2.mae.both, ALONE, n, y, t, loss, dy, 0, reduction); }

static void huber_forward_avx2(int n, const float *y, const float *t, float *loss, float delta, int reduction) { forward(loss_avx2.huber.forward, ALONE, n, y, t, loss, delta, reduction); }
static void huber_backward_avx2(int n, const float *y, const float *t, const float *dloss, float *dy, float delta, int reduction) { backward(loss_avx2.huber.backward, ALONE, n, y, t, dloss, dy, delta, reduction); }
static void huber_with_gradient_avx2(int n, const float *y, const float *t, float *loss, float *dy, float delta, int reduction) { with_gradient(loss_avx2.huber.both, ALONE, n, y, t, loss, dy, delta, reduction); }

static void bce_forward_avx2(int n, const float *y, const float *t, float *loss, int reduction) { forward(loss_avx2.bce.forward, ALONE, n, y, t, loss, 0, reduction); }
static void bce_backward_avx2(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(loss_avx2.bce.backward, ALONE, n, y, t, dloss, dy, 0, reduction); }
static void bce_with_gradient_avx2(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(loss_avx2.bce.both, ALONE, n, y, t, loss, dy, 0, reduction); }

static void bce_logits_forward_avx2(int n, const float *y, const float *t, float *loss, int reduction) { forward(loss_avx2.bce_logits.forward, ALONE, n, y, t, loss, 0, reduction); }
static void bce_logits_backward_avx2(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(loss_avx2.bce_logits.backward, ALONE, n, y, t, dloss, dy, 0, reduction); }
static void bce_logits_with_gradient_avx2(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(loss_avx2.bce_logits.both, ALONE, n, y, t, loss, dy, 0, reduction); }

static void mse_forward_avx512(int n, const float *y, const float *t, float *loss, int reduction) { forward(loss_avx512.mse.forward, ALONE, n, y, t, loss, 0, reduction); }
static void mse_backward_avx512(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(loss_avx512.mse.backward, ALONE, n, y, t, dloss, dy, 0, reduction); }
static void mse_with_gradient_avx512(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(loss_avx512.mse.both, ALONE, n, y, t, loss, dy, 0, reduction); }

static void mae_forward_avx512(int n, const float *y, const float *t, float *loss, int reduction) { forward(loss_avx512.mae.forward, ALONE, n, y, t, loss, 0, reduction); }
static void mae_backward_avx512(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(loss_avx512.mae.backward, ALONE, n, y, t, dloss, dy, 0, reduction); }
static void mae_with_gradient_avx512(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(loss_avx512.mae.both, ALONE, n, y, t, loss, dy, 0, reduction); }

static void huber_forward_avx512(int n, const float *y, const float *t, float *loss, float delta, int reduction) { forward(loss_avx512.huber.forward, ALONE, n, y, t, loss, delta, reduction); }
static void huber_backward_avx512(int n, const float *y, const float *t, const float *dloss, float *dy, float delta, int reduction) { backward(loss_avx512.huber.backward, ALONE, n, y, t, dloss, dy, delta, reduction); }
static void huber_with_gradient_avx512(int n, const float *y, const float *t, float *loss, float *dy, float delta, int reduction) { with_gradient(loss_avx512.huber.both, ALONE, n, y, t, loss, dy, delta, reduction); }

static void bce_forward_avx512(int n, const float *y, const float *t, float *loss, int reduction) { forward(loss_avx512.bce.forward, ALONE, n, y, t, loss, 0, reduction); }
static void bce_backward_avx512(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(loss_avx512.bce.backward, ALONE, n, y, t, dloss, dy, 0, reduction); }
static void bce_with_gradient_avx512(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(loss_avx512.bce.both, ALONE, n, y, t, loss, dy, 0, reduction); }

static void bce_logits_forward_avx512(int n, const float *y, const float *t, float *loss, int reduction) { forward(loss_avx512.bce_logits.forward, ALONE, n, y, t, loss, 0, reduction); }
static void bce_logits_backward_avx512(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(loss_avx512.bce_logits.backward, ALONE, n, y, t, dloss, dy, 0, reduction); }
static void bce_logits_with_gradient_avx512(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(loss_avx512.bce_logits.both, ALONE, n, y, t, loss, dy, 0, reduction); }
#endif

static void mse_forward_threads(int n, const float *y, const float *t, float *loss, int reduction) { forward(widest()->mse.forward, THREADS, n, y, t, loss, 0, reduction); }
static void mse_backward_threads(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(widest()->mse.backward, THREADS, n, y, t, dloss, dy, 0, reduction); }
static void mse_with_gradient_threads(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(widest()->mse.both, THREADS, n, y, t, loss, dy, 0, reduction); }

static void mae_forward_threads(int n, const float *y, const float *t, float *loss, int reduction) { forward(widest()->mae.forward, THREADS, n, y, t, loss, 0, reduction); }
static void mae_backward_threads(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(widest()->mae.backward, THREADS, n, y, t, dloss, dy, 0, reduction); }
static void mae_with_gradient_threads(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(widest()->mae.both, THREADS, n, y, t, loss, dy, 0, reduction); }

static void huber_forward_threads(int n, const float *y, const float *t, float *loss, float delta, int reduction) { forward(widest()->huber.forward, THREADS, n, y, t, loss, delta, reduction); }
static void huber_backward_threads(int n, const float *y, const float *t, const float *dloss, float *dy, float delta, int reduction) { backward(widest()->huber.backward, THREADS, n, y, t, dloss, dy, delta, reduction); }
static void huber_with_gradient_threads(int n, const float *y, const float *t, float *loss, float *dy, float delta, int reduction) { with_gradient(widest()->huber.both, THREADS, n, y, t, loss, dy, delta, reduction); }

static void bce_forward_threads(int n, const float *y, const float *t, float *loss, int reduction) { forward(widest()->bce.forward, THREADS, n, y, t, loss, 0, reduction); }
static void bce_backward_threads(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(widest()->bce.backward, THREADS, n, y, t, dloss, dy, 0, reduction); }
static void bce_with_gradient_threads(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(widest()->bce.both, THREADS, n, y, t, loss, dy, 0, reduction); }

static void bce_logits_forward_threads(int n, const float *y, const float *t, float *loss, int reduction) { forward(widest()->bce_logits.forward, THREADS, n, y, t, loss, 0, reduction); }
static void bce_logits_backward_threads(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction) { backward(widest()->bce_logits.backward, THREADS, n, y, t, dloss, dy, 0, reduction); }
static void bce_logits_with_gradient_threads(int n, const float *y, const float *t, float *loss, float *dy, int reduction) { with_gradient(widest()->bce_logits.both, THREADS, n, y, t, loss, dy, 0, reduction); }
/* clang-format on */

/* ---- the ladders ---- */

#if defined __x86_64__
#define VECTOR_ROWS(op)                                                                                \
    { "02_avx2", RUN(op, op##_avx2), NEED_AVX2, "8 elements per instruction, 4 vector accumulators" }, \
        { "03_avx512", RUN(op, op##_avx512), NEED_AVX512, "16 per instruction, masks for the tail" },
#else
#define VECTOR_ROWS(op)
#endif

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
