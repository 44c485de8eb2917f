/* softmax.c - the CPU ladders of softmax as an activation: N rows of C numbers, forward and derivative.
 *
 * A row is read for its maximum, read for exp and the sum, and scaled: three times through a
 * row that the cache holds.
 */
#include <math.h>

#include "../op.h"
#include "../../reference/reference.h"
#include "../team.h"
#include "exp_portable.h"
#include "ladders.h"
#include "ladder_tables.h"
#include "softmax_vector.h"

/* ---- 01_polynomial, 01_lanes: eight maxima or sums side by side. ----
 *
 * A sum in one variable is a chain of additions that C forbids the compiler to reorder; eight variables are
 * two vectors of SSE2. exp is a polynomial, see exp_portable.h. */

enum { LANES = 8 };

#include "lanes.h"

static float dot(int C, const float *y, const float *dy)
{
    float lane[LANES] = { 0 };
    int c = 0;
    for (; c + LANES <= C; c += LANES)
        for (int i = 0; i < LANES; i++) lane[i] += dy[c + i] * y[c + i];
    for (int i = 0; c < C; i++, c++) lane[i] += dy[c] * y[c];
    return sum_of_lanes(lane);
}

static void softmax_polynomial(int N, int C, const float *x, float *y)
{
    for (int n = 0; n < N; n++, x += C, y += C) {
        float m = largest(C, x);
        for (int c = 0; c < C; c++) y[c] = exp_polynomial(x[c] - m);
        float factor = 1 / sum(C, y);
        for (int c = 0; c < C; c++) y[c] *= factor;
    }
}

static void softmax_backward_lanes(int N, int C, const float *y, const float *dy, float *dx)
{
    for (int n = 0; n < N; n++, y += C, dy += C, dx += C) {
        float mean = dot(C, y, dy);
        for (int c = 0; c < C; c++) dx[c] = y[c] * (dy[c] - mean);
    }
}

/* ---- 02_avx2, 03_avx512: in vectors of eight and sixteen. See softmax_tile.h. ---- */

#if defined __x86_64__
static void softmax_forward_avx2(int N, int C, const float *x, float *y)
{
    softmax_avx2.forward(N, C, x, y);
}

static void softmax_forward_avx512(int N, int C, const float *x, float *y)
{
    softmax_avx512.forward(N, C, x, y);
}

static void softmax_backward_avx2(int N, int C, const float *y, const float *dy, float *dx)
{
    softmax_avx2.backward(N, C, y, dy, dx);
}

static void softmax_backward_avx512(int N, int C, const float *y, const float *dy, float *dx)
{
    softmax_avx512.backward(N, C, y, dy, dx);
}
#endif

static const struct softmax_vector *widest(void)
{
    static const struct softmax_vector portable = { softmax_polynomial, softmax_backward_lanes, NULL, NULL };
#if defined __x86_64__
    if (rung_isa() & NEED_AVX512) return &softmax_avx512;
    if (rung_isa() & NEED_AVX2) return &softmax_avx2;
#endif
    return &portable;
}

/* ---- 05_threads: some rows for each thread, a piece's worth of elements or more. ---- */

static int rows_in_a_piece(int C)
{
    return C < PIECE ? PIECE / C : 1;
}

struct job {
    const struct softmax_vector *vector;
    int N, C, rows; /* in a piece */
    const float *in, *dy;
    float *out;
};

static void share(struct job *job, team_fn *piece)
{
    job->vector = widest();
    job->rows = rows_in_a_piece(job->C);
    team_run(job->N / job->rows + (job->N % job->rows > 0), piece, job);
}

static int rows_of(const struct job *j, int piece)
{
    int left = j->N - piece * j->rows;
    return left < j->rows ? left : j->rows;
}

static void forward_piece(int piece, void *arg)
{
    const struct job *j = arg;
    size_t at = (size_t)piece * (size_t)j->rows * (size_t)j->C;
    j->vector->forward(rows_of(j, piece), j->C, j->in + at, j->out + at);
}

static void backward_piece(int piece, void *arg)
{
    const struct job *j = arg;
    size_t at = (size_t)piece * (size_t)j->rows * (size_t)j->C;
    j->vector->backward(rows_of(j, piece), j->C, j->in + at, j->dy + at, j->out + at);
}

static void softmax_forward_threads(int N, int C, const float *x, float *y)
{
    struct job job = { .N = N, .C = C, .in = x, .out = y };
    share(&job, forward_piece);
}

static void softmax_backward_threads(int N, int C, const float *y, const float *dy, float *dx)
{
    struct job job = { .N = N, .C = C, .in = y, .dy = dy, .out = dx };
    share(&job, backward_piece);
}

/* ---- the ladders ---- */

#define THREADS_BY_ROWS(op)                                                    \
    {                                                                          \
        "05_threads", RUN(op, op##_threads), NEED_NONE, "rows for each thread" \
    }

const struct rung softmax_forward_cpu[] = {
    NAIVE(softmax_forward),
    POLYNOMIAL(softmax_forward, softmax_polynomial),
    VECTOR_RUNGS(softmax_forward, softmax_forward) THREADS_BY_ROWS(softmax_forward),
    { 0 },
};

const struct rung softmax_backward_cpu[] = {
    NAIVE(softmax_backward),
    { "01_lanes", RUN(softmax_backward, softmax_backward_lanes), NEED_NONE, "eight sums side by side" },
    VECTOR_RUNGS(softmax_backward, softmax_backward) THREADS_BY_ROWS(softmax_backward),
    { 0 },
};
