/* pool_backward.c - the ladders of the ways back through pooling, and of global pooling, a plane's mean; see
 * reference/pool.c for what they compute. */
#include <stddef.h>
#include <string.h>

#include "../op.h"
#include "../../reference/reference.h"
#include "../../reference/windows.h"
#include "../team.h"
#include "ladder_tables.h"
#include "ladders.h"
#include "pool_vector.h"

/* ---- planes, by one thread or some ---- */

struct back {
    int H, W, R, S, pad, stride, P, Q, count_include_pad;
    const int *index; /* of a maximum */
    const float *dy;
    float *dx;
};

static struct back back_of(int H, int W, int R, int S, int pad, int stride, int ceil_mode)
{
    struct back b = { .H = H, .W = W, .R = R, .S = S, .pad = pad, .stride = stride };
    b.P = windows_along(H, R, pad, stride, ceil_mode);
    b.Q = windows_along(W, S, pad, stride, ceil_mode);
    return b;
}

struct shared_planes {
    const struct back *b;
    void (*planes)(const struct back *b, size_t from, size_t end);
    size_t all, at_once;
};

static void some_planes(int piece, void *arg)
{
    const struct shared_planes *j = arg;
    size_t from = (size_t)piece * j->at_once, end = from + j->at_once;
    j->planes(j->b, from, end < j->all ? end : j->all);
}

enum { MAX_PIECES = 1 << 20 };

static void share_planes(const struct back *b, size_t planes,
                         void (*work)(const struct back *b, size_t from, size_t end))
{
    const size_t in = (size_t)b->H * (size_t)b->W;
    struct shared_planes j = { b, work, planes, (PIECE + in - 1) / in };
    if (planes / j.at_once >= MAX_PIECES) j.at_once = planes / MAX_PIECES + 1;
    team_run((int)((planes - 1) / j.at_once + 1), some_planes, &j);
}

/* ---- 01_planes: dx is cleared a plane at a time, while it is about to be added to ----
 *
 * Changed: the reference clears all of dx before it begins; here a plane is still in the cache when its
 * gradients are added. Relieves: the memory bus, which dx crosses once instead of twice. Prediction (lesson
 * 7): 1.1 to 1.6 x where dx is larger than the caches. */

static void maxpool_back_planes(const struct back *b, size_t from, size_t end)
{
    const size_t in = (size_t)b->H * (size_t)b->W, out = (size_t)b->P * (size_t)b->Q;
    for (size_t plane = from; plane < end; plane++) {
        const int *index = b->index + plane * out;
        const float *dy = b->dy + plane * out;
        float *dx = b->dx + plane * in;
        memset(dx, 0, in * sizeof *dx);
        for (size_t k = 0; k < out; k++) dx[index[k]] += dy[k];
    }
}

static void maxpool_planes(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                           const int *index, const float *dy, float *dx)
{
    struct back b = back_of(H, W, R, S, pad, stride, ceil_mode);
    b.index = index, b.dy = dy, b.dx = dx;
    maxpool_back_planes(&b, 0, (size_t)N * (size_t)C);
}

/* ---- 02_threads: some planes per thread ----
 *
 * Changed: threads share the planes. Relieves: the one core. Prediction (lesson 7): 1.6 to 2 x on two
 * cores. */

static void maxpool_threads(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                            const int *index, const float *dy, float *dx)
{
    struct back b = back_of(H, W, R, S, pad, stride, ceil_mode);
    b.index = index, b.dy = dy, b.dx = dx;
    share_planes(&b, (size_t)N * (size_t)C, maxpool_back_planes);
}

/* ---- 03_avx2: windows of 2 x 2, two apart, whole rows of dx at a time ----
 *
 * Changed: each number of dx lies in one window, and either is its maximum or gets 0. So nothing is cleared
 * first and nothing is added to: eight windows compare where their maximum was with each of their four
 * places, and four vectors are stored. Other windows take 02. Relieves: stores of single numbers, and one
 * write of dx. Prediction (lesson 7): 1.3 to 2.5 x. */

#if defined __x86_64__
static int are_pairs(const struct back *b)
{
    return b->R == 2 && b->S == 2 && b->stride == 2 && !b->pad && 2 * b->P <= b->H && 2 * b->Q <= b->W;
}

static void maxpool_back_pairs(const struct back *b, size_t from, size_t end)
{
    const size_t in = (size_t)b->H * (size_t)b->W, out = (size_t)b->P * (size_t)b->Q;
    maxpool_back_pairs_avx2(b->H, b->W, b->P, b->Q, end - from, b->index + from * out, b->dy + from * out,
                            b->dx + from * in);
}

static void maxpool_avx2(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                         const int *index, const float *dy, float *dx)
{
    struct back b = back_of(H, W, R, S, pad, stride, ceil_mode);
    b.index = index, b.dy = dy, b.dx = dx;
    share_planes(&b, (size_t)N * (size_t)C, are_pairs(&b) ? maxpool_back_pairs : maxpool_back_planes);
}
#endif

const struct rung maxpool_backward_cpu[] = {
    NAIVE(maxpool_backward),
    { "01_planes", RUN(maxpool_backward, maxpool_planes), NEED_NONE,
      "a plane is cleared when its gradients are added" },
    { "02_threads", RUN(maxpool_backward, maxpool_threads), NEED_NONE, "some planes per thread" },
#if defined __x86_64__
    { "03_avx2", RUN(maxpool_backward, maxpool_avx2), NEED_AVX2,
      "windows of 2 x 2: eight at a time, and nothing is cleared" },
#endif
    { 0 },
};

/* ---- the mean: a row of results at a time ----
 *
 * 01_planes. Changed: a plane of dx is cleared when its gradients are added; the shares of a row of windows
 * are divided once, and added along dx's rows. Relieves: the divisions' count, and the memory bus. 02_threads
 * as above. Prediction (lesson 7): 2 to 4 x, then 1.6 to 2 x. */

enum { COLUMNS = 256 };

static int at_most(int x, int high)
{
    return x > high ? high : x;
}

/* adds the shares of n windows of row p from column `from` on to the plane dx */
static void add_shares(const struct back *b, int p, int from, int n, const float *dy, float *restrict dx)
{
    const struct window_span rows = window_holds(p, b->H, b->R, b->pad, b->stride);
    const int counted = b->count_include_pad ? rows.padded : rows.end - rows.first;
    const int left = from * b->stride - b->pad, W = b->W, stride = b->stride;
    float share[COLUMNS];
    for (int k = 0; k < n; k++) {
        const struct window_span cols = window_holds(from + k, W, b->S, b->pad, stride);
        share[k] =
            dy[from + k] / (float)(counted * (b->count_include_pad ? cols.padded : cols.end - cols.first));
    }
    for (int h = rows.first; h < rows.end; h++)
        for (int s = 0; s < b->S; s++) {
            const int w = left + s, first = w < 0 ? (-w + stride - 1) / stride : 0;
            const int end = w < W ? at_most((W - 1 - w) / stride + 1, n) : 0;
            float *row = dx + ((ptrdiff_t)h * W + w);
            for (int k = first; k < end; k++) row[k * stride] += share[k];
        }
}

static void avgpool_back_planes(const struct back *b, size_t from, size_t end)
{
    const size_t in = (size_t)b->H * (size_t)b->W, out = (size_t)b->P * (size_t)b->Q;
    for (size_t plane = from; plane < end; plane++) {
        float *dx = b->dx + plane * in;
        memset(dx, 0, in * sizeof *dx);
        for (int p = 0; p < b->P; p++)
            for (int q = 0; q < b->Q; q += COLUMNS)
                add_shares(b, p, q, at_most(b->Q - q, COLUMNS),
                           b->dy + plane * out + (size_t)p * (size_t)b->Q, dx);
    }
}

static void avgpool_planes(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                           const float *dy, float *dx, uint64_t count_include_pad)
{
    struct back b = back_of(H, W, R, S, pad, stride, ceil_mode);
    b.dy = dy, b.dx = dx, b.count_include_pad = count_include_pad != 0;
    avgpool_back_planes(&b, 0, (size_t)N * (size_t)C);
}

static void avgpool_threads(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                            const float *dy, float *dx, uint64_t count_include_pad)
{
    struct back b = back_of(H, W, R, S, pad, stride, ceil_mode);
    b.dy = dy, b.dx = dx, b.count_include_pad = count_include_pad != 0;
    share_planes(&b, (size_t)N * (size_t)C, avgpool_back_planes);
}

/* ---- 03_separable: a row's shares are summed column by column once, then added to the rows of dx ----
 *
 * Changed: the rows of dx that a row of windows reaches all get the same numbers: of each column, the sum of
 * the shares of the windows over it. They are summed once, not once per row of a window, and from shares
 * that lie side by side between zeros, so that the compiler makes vectors of them where windows are one or
 * two columns apart. What is reached first is stored, the rest added to: no plane is cleared. Relieves:
 * additions, loads and stores of dx, one number at a time. Prediction (lesson 7): 2 to 6 x 02_threads. */

enum { MOST_TERMS = 16 }; /* of the windows over a column */

/* The windows first..first+n-1 of a row: how many numbers across each of them counts, and which there are, of
 * those from `have` to have_end - 1. */
struct widths {
    int first, n, have, have_end;
    float wide[COLUMNS + MOST_TERMS];
};

static void widths_of(const struct back *b, int first, int n, struct widths *s)
{
    s->first = first, s->n = n;
    s->have = first < 0 ? -first : 0, s->have_end = at_most(b->Q - first, n);
    for (int k = s->have; k < s->have_end; k++) {
        const struct window_span cols = window_holds(first + k, b->W, b->S, b->pad, b->stride);
        s->wide[k] = (float)(b->count_include_pad ? cols.padded : cols.end - cols.first);
    }
}

/* shares (n) = of the windows of a row, each `counted` numbers high; 0 of those that are not there */
static void row_shares(const struct widths *s, float counted, const float *dy, float *restrict shares)
{
    memset(shares, 0, (size_t)s->n * sizeof *shares);
    for (int k = s->have; k < s->have_end; k++) shares[k] = dy[s->first + k] / (counted * s->wide[k]);
}

/* Column stride m + e - pad is in the windows m, m - 1, ...: as many as numbers e, e + stride, ... are less
 * than S. sums (stride n) of the columns from stride m - pad on. */
static inline __attribute__((always_inline)) void
column_sums(int S, int stride, int before, int n, const float *restrict shares, float *restrict sums)
{
    float phase[2][COLUMNS];
    for (int e = 0; e < stride; e++)
        for (int k = 0; k < n; k++) {
            float sum = 0;
            for (int i = 0; i < (S - e + stride - 1) / stride; i++) sum += shares[k + before - i];
            phase[e][k] = sum;
        }
    for (int k = 0; k < n; k++)
        for (int e = 0; e < stride; e++) sums[k * stride + e] = phase[e][k];
}

/* to (n) = or += from */
static void put(int first, int n, const float *restrict from, float *restrict to)
{
    if (first)
        memcpy(to, from, (size_t)n * sizeof *to);
    else
        for (int k = 0; k < n; k++) to[k] += from[k];
}

/* the columns from stride m - pad on, stride n of them, of a plane */
static inline __attribute__((always_inline)) void separable_strip(const struct back *b, int S, int stride,
                                                                  int m, int n, const float *dy, float *dx)
{
    struct widths windows;
    float shares[COLUMNS + MOST_TERMS], sums[2 * COLUMNS];
    const int before = (S + stride - 1) / stride - 1, left = m * stride - b->pad, skip = left < 0 ? -left : 0;
    const int w = left + skip, columns = at_most(left + n * stride, b->W) - w;
    widths_of(b, m - before, n + before, &windows);
    int next = 0; /* of dx: nothing has reached it */
    for (int p = 0; p < b->P; p++) {
        const struct window_span rows = window_holds(p, b->H, b->R, b->pad, b->stride);
        row_shares(&windows, (float)(b->count_include_pad ? rows.padded : rows.end - rows.first),
                   dy + (size_t)p * (size_t)b->Q, shares);
        column_sums(S, stride, before, n, shares, sums);
        for (; next < rows.first; next++)
            memset(dx + (size_t)next * (size_t)b->W + w, 0, (size_t)columns * sizeof *dx);
        for (int h = rows.first; h < rows.end; h++)
            put(h >= next, columns, sums + skip, dx + (size_t)h * (size_t)b->W + w);
        if (next < rows.end) next = rows.end;
    }
    for (; next < b->H; next++) memset(dx + (size_t)next * (size_t)b->W + w, 0, (size_t)columns * sizeof *dx);
}

static void separable_back_planes(const struct back *b, size_t from, size_t end)
{
    const size_t in = (size_t)b->H * (size_t)b->W, out = (size_t)b->P * (size_t)b->Q;
    if (b->stride > 2 || b->S > MOST_TERMS) {
        avgpool_back_planes(b, from, end);
        return;
    }
    const int first = b->pad / b->stride, last = (b->W - 1 + b->pad) / b->stride;
    for (size_t plane = from; plane < end; plane++)
        for (int m = first; m <= last; m += COLUMNS) {
            const int n = at_most(last + 1 - m, COLUMNS);
            const float *dy = b->dy + plane * out;
            float *dx = b->dx + plane * in;
            if (b->S == 2 && b->stride == 2)
                separable_strip(b, 2, 2, m, n, dy, dx);
            else if (b->S == 3 && b->stride == 1)
                separable_strip(b, 3, 1, m, n, dy, dx);
            else if (b->S == 3 && b->stride == 2)
                separable_strip(b, 3, 2, m, n, dy, dx);
            else if (b->stride == 1)
                separable_strip(b, b->S, 1, m, n, dy, dx);
            else
                separable_strip(b, b->S, 2, m, n, dy, dx);
        }
}

static void avgpool_separable(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                              const float *dy, float *dx, uint64_t count_include_pad)
{
    struct back b = back_of(H, W, R, S, pad, stride, ceil_mode);
    b.dy = dy, b.dx = dx, b.count_include_pad = count_include_pad != 0;
    share_planes(&b, (size_t)N * (size_t)C, separable_back_planes);
}

const struct rung avgpool_backward_cpu[] = {
    NAIVE(avgpool_backward),
    { "01_planes", RUN(avgpool_backward, avgpool_planes), NEED_NONE,
      "a plane is cleared when its gradients are added, a row of windows at a time" },
    { "02_threads", RUN(avgpool_backward, avgpool_threads), NEED_NONE, "some planes per thread" },
    { "03_separable", RUN(avgpool_backward, avgpool_separable), NEED_NONE,
      "the shares over each column are summed once, then added to dx's rows" },
    { 0 },
};

/* ---- global pooling ----
 *
 * 01_lanes. Changed: eight sums side by side, which the compiler makes vectors of. Relieves: the additions
 * that wait for each other. Prediction (lesson 7): 3 to 8 x. */

enum { LANES = 8 };

static void global_lanes(int N, int C, int HW, const float *x, float *y)
{
    for (size_t plane = 0; plane < (size_t)N * (size_t)C; plane++, x += HW) {
        float lane[LANES] = { 0 };
        int k = 0;
        for (; k + LANES <= HW; k += LANES)
            for (int i = 0; i < LANES; i++) lane[i] += x[k + i];
        for (int i = 0; k < HW; i++, k++) lane[i] += x[k];
        y[plane] =
            (((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]))) /
            (float)HW;
    }
}

/* 01_once. Changed: a plane's share is divided once, not once per number. Relieves: the divider.
 * Prediction (lesson 7): 1.5 to 4 x. */
static void global_back_once(int N, int C, int HW, const float *dy, float *dx)
{
    for (size_t plane = 0; plane < (size_t)N * (size_t)C; plane++, dx += HW) {
        const float share = dy[plane] / (float)HW;
        for (int k = 0; k < HW; k++) dx[k] = share;
    }
}

const struct rung global_avgpool_forward_cpu[] = {
    NAIVE(global_avgpool_forward),
    { "01_lanes", RUN(global_avgpool_forward, global_lanes), NEED_NONE, "eight sums side by side" },
    { 0 },
};

const struct rung global_avgpool_backward_cpu[] = {
    NAIVE(global_avgpool_backward),
    { "01_once", RUN(global_avgpool_backward, global_back_once), NEED_NONE, "one division per plane" },
    { 0 },
};
