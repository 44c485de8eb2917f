/* dropout_layers.c - the dropout ladders of planes, of rows behind a bias and a ReLU, and of weights; see
 * reference/dropout.c for what they compute, and dropout.c for elements. */
#include "../op.h"
#include "../team.h"
#include "../../base/memory.h"
#include "../../reference/reference.h"
#include "dropout_rungs.h"
#include "ladder_tables.h"
#include "ladders.h"

#include <stdlib.h>
#include <string.h>

/* ---- planes, 01_planes: what is dropped is not read ----
 *
 * Changed: the mask is drawn first, by the best rung, then each plane is multiplied or set to 0 as a whole.
 * Relieves: the division and the question per element, and the reading of dropped planes. */

struct planes {
    size_t planes, width, each; /* planes per piece */
    const float *x;
    float *y, scale;
    const uint32_t *mask;
};

static void some_planes(int number, void *arg)
{
    const struct planes *s = arg;
    size_t from = (size_t)number * s->each, to = from + s->each < s->planes ? from + s->each : s->planes;
    for (size_t plane = from; plane < to; plane++) {
        const float *x = s->x + plane * s->width;
        float *y = s->y + plane * s->width;
        if (!(s->mask[plane / 32] >> plane % 32 & 1))
            memset(y, 0, s->width * sizeof *y);
        else
            for (size_t k = 0; k < s->width; k++) y[k] = x[k] * s->scale;
    }
}

static void all_planes(int N, int C, int HW, const float *x, float *y, const uint32_t *mask, double p,
                       int threads)
{
    struct planes s = { (size_t)N * (size_t)C, (size_t)HW, 0, x, y, (float)(1 / (1 - p)), mask };
    s.each = threads ? 1 + (PIECE - 1) / s.width : s.planes;
    if (threads)
        team_run((int)((s.planes + s.each - 1) / s.each), some_planes, &s);
    else
        some_planes(0, &s);
}

static void draw_planes(int N, int C, uint32_t *mask, double p, uint64_t seed)
{
    const struct drop d = drop_of(p, seed);
    drop_best(&d, 0, (size_t)N * (size_t)C, NULL, NULL, mask);
}

static void forward_planes(int N, int C, int HW, const float *x, float *y, uint32_t *mask, double p,
                           uint64_t seed)
{
    draw_planes(N, C, mask, p, seed);
    all_planes(N, C, HW, x, y, mask, p, 0);
}

static void backward_planes(int N, int C, int HW, const uint32_t *mask, const float *dy, float *dx, double p)
{
    all_planes(N, C, HW, dy, dx, mask, p, 0);
}

static void forward_threads(int N, int C, int HW, const float *x, float *y, uint32_t *mask, double p,
                            uint64_t seed)
{
    draw_planes(N, C, mask, p, seed);
    all_planes(N, C, HW, x, y, mask, p, 1);
}

static void backward_threads(int N, int C, int HW, const uint32_t *mask, const float *dy, float *dx, double p)
{
    all_planes(N, C, HW, dy, dx, mask, p, 1);
}

const struct rung dropout_channels_forward_cpu[] = {
    NAIVE(dropout_channels_forward),
    { "01_planes", RUN(dropout_channels_forward, forward_planes), NEED_NONE,
      "plane by plane: what is dropped is not read" },
    { "02_threads", RUN(dropout_channels_forward, forward_threads), NEED_NONE, "planes for each thread" },
    { 0 },
};

const struct rung dropout_channels_backward_cpu[] = {
    NAIVE(dropout_channels_backward),
    { "01_planes", RUN(dropout_channels_backward, backward_planes), NEED_NONE,
      "plane by plane: what is dropped is not read" },
    { "02_threads", RUN(dropout_channels_backward, backward_threads), NEED_NONE, "planes for each thread" },
    { 0 },
};

/* ---- bias, ReLU and dropout, 01_rows ----
 *
 * Changed: the mask is drawn by words of 32 bits; then a row at a time, without a branch or a division, and
 * the way back adds to db while a row is in registers. Relieves: wrong guesses; on the way back, a second
 * pass over dx, column by column.
 *
 * (fused_row and fused_row_back, in dropout_portable.c.)
 *
 * 02_avx2: 32 elements per word of the mask, eight per instruction, and the mask from the best rung.
 *
 * 03_threads: rows for each thread, 32 or a multiple, so that no two threads share a word of the mask. */

struct rows {
    struct drop drop;
    int N, C, each; /* rows per piece: a multiple of 32 */
    const float *x, *b;
    float *y;
    uint32_t *mask;
    drop_fn *draw;
    fused_row_fn *row;
};

static void some_rows(int number, void *arg)
{
    const struct rows *s = arg;
    const size_t C = (size_t)s->C;
    int from = number * s->each, to = s->N - from < s->each ? s->N : from + s->each;
    size_t begin = (size_t)from * C, end = (size_t)to * C;
    s->draw(&s->drop, begin, end - begin, NULL, NULL, s->mask + begin / 32);
    for (size_t k = begin; k < end; k += C) s->row(C, k, s->x + k, s->b, s->y + k, s->mask, s->drop.scale);
}

static struct rows rows_of(int N, int C, const float *x, const float *b, float *y, uint32_t *mask, double p,
                           uint64_t seed)
{
    int each = 32 * (1 + (PIECE - 1) / 32 / C);
    return (struct rows){ drop_of(p, seed), N, C, each, x, b, y, mask, drop_bits, fused_row };
}

#define ROWS(name, call)                                                                               \
    static void name(int N, int C, const float *x, const float *b, float *y, uint32_t *mask, double p, \
                     uint64_t seed)                                                                    \
    {                                                                                                  \
        struct rows s = rows_of(N, C, x, b, y, mask, p, seed);                                         \
        call;                                                                                          \
    }
#define ROWS_BACK(name, function)                                                                         \
    static void name(int N, int C, const uint32_t *mask, const float *dy, float *dx, float *db, double p) \
    {                                                                                                     \
        memset(db, 0, (size_t)C * sizeof *db);                                                            \
        for (size_t k = 0; k < (size_t)N * (size_t)C; k += (size_t)C)                                     \
            function((size_t)C, k, mask, dy + k, dx + k, db, (float)(1 / (1 - p)));                       \
    }

/* one piece after the other, by the caller alone */
static void in_turn(struct rows *s)
{
    for (int piece = 0; piece * s->each < s->N; piece++) some_rows(piece, s);
}

static void on_threads(struct rows *s)
{
    s->draw = drop_best;
#if defined __x86_64__
    if (rung_isa() & NEED_AVX2) s->row = fused_row_avx2;
#endif
    team_run((s->N + s->each - 1) / s->each, some_rows, s);
}

ROWS(fused_rows, in_turn(&s))
ROWS(fused_threads, on_threads(&s))
ROWS_BACK(fused_back_rows, fused_row_back)
#if defined __x86_64__
ROWS(fused_avx2, s.draw = drop_folded; s.row = fused_row_avx2; in_turn(&s))
ROWS_BACK(fused_back_avx2, fused_row_back_avx2)
#endif

const struct rung bias_relu_dropout_forward_cpu[] = {
    NAIVE(bias_relu_dropout_forward),
    { "01_rows", RUN(bias_relu_dropout_forward, fused_rows), NEED_NONE, "the mask by words, then rows" },
#if defined __x86_64__
    { "02_avx2", RUN(bias_relu_dropout_forward, fused_avx2), NEED_AVX2, "32 elements per word of the mask" },
#endif
    { "03_threads", RUN(bias_relu_dropout_forward, fused_threads), NEED_NONE, "rows for each thread" },
    { 0 },
};

const struct rung bias_relu_dropout_backward_cpu[] = {
    NAIVE(bias_relu_dropout_backward),
    { "01_rows", RUN(bias_relu_dropout_backward, fused_back_rows), NEED_NONE, "db while a row is at hand" },
#if defined __x86_64__
    { "02_avx2", RUN(bias_relu_dropout_backward, fused_back_avx2), NEED_AVX2,
      "32 elements per word of the mask" },
#endif
    { 0 },
};

/* the last one, which runs everywhere */
static any_fn *last_of(const struct rung *ladder)
{
    while (ladder[1].name) ladder++;
    return ladder->run;
}

/* ---- DropConnect, 01_copied: no product of its own ----
 *
 * Changed: the weights that are left are written down, scaled, once; the product is the best of lesson 1's.
 * On the way back dw is computed whole, and then masked. Relieves: all that the dense ladders relieve; it
 * costs memory of the size of w. */

static void copied_forward(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y,
                           uint32_t *mask, double p, uint64_t seed)
{
    size_t n = (size_t)IN * (size_t)OUT;
    float *v = memory_need(n, sizeof *v);
    const struct drop d = drop_of(p, seed);
    drop_best(&d, 0, n, w, v, mask);
    ((dense_forward_fn *)last_of(dense_forward_cpu))(N, IN, OUT, x, v, b, y);
    free(v);
}

static void copied_dx(int N, int IN, int OUT, const float *w, const uint32_t *mask, const float *dy,
                      float *dx, double p)
{
    size_t n = (size_t)IN * (size_t)OUT;
    float *v = memory_need(n, sizeof *v);
    keep_best(n, mask, w, v, (float)(1 / (1 - p)));
    ((dense_backward_dx_fn *)last_of(dense_backward_dx_cpu))(N, IN, OUT, v, dy, dx);
    free(v);
}

static void copied_dw(int N, int IN, int OUT, const float *x, const uint32_t *mask, const float *dy,
                      float *dw, float *db, double p)
{
    ((dense_backward_dw_fn *)last_of(dense_backward_dw_cpu))(N, IN, OUT, x, dy, dw, db);
    keep_best((size_t)IN * (size_t)OUT, mask, dw, dw, (float)(1 / (1 - p)));
}

#define DROPCONNECT_LADDER(op, f)                                                                  \
    const struct rung op##_cpu[] = {                                                               \
        NAIVE(op),                                                                                 \
        { "01_copied", RUN(op, f), NEED_NONE, "a masked copy, and the best product of lesson 1" }, \
        { 0 },                                                                                     \
    }
DROPCONNECT_LADDER(dropconnect_forward, copied_forward);
DROPCONNECT_LADDER(dropconnect_backward_dx, copied_dx);
DROPCONNECT_LADDER(dropconnect_backward_dw, copied_dw);
