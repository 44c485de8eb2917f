/* pool_known.c - pooling against answers that come from elsewhere: a gradient check proves the derivative of
 * the forward pass, never the forward pass. Numbers that PyTorch computed, with padding, windows that overlap
 * and its ceil mode; and the identities <pool(x), dy> = <x, dx(dy)>. Every rung must give each. */
#include <math.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../base/memory.h"
#include "../optimized/op.h"

enum { SIZES = 9, MOST = 128, TIMES = 72 };

static int failed, passed;

static void expect(int ok, const char *what, const char *rung)
{
    ok ? passed++ : failed++;
    if (!ok) printf("NOT OK  %s: %s\n", what, rung);
}

/* the first n of a pattern of whole numbers from -(period / 2) on */
static void pattern(size_t n, int step, int period, float *x)
{
    for (size_t i = 0; i < n; i++) x[i] = (float)(((int)i * step + 3) % period - period / 2);
}

/* means are whole numbers, times TIMES, but for their rounding */
static int same(size_t n, const float *got, const int *want, int times)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)got[i] * times - want[i]) <= (times == 1 ? 0 : 1e-4))) return 0;
    return 1;
}

/* ---- PyTorch 2.15, float64: F.max_pool2d, F.avg_pool2d, F.adaptive_avg_pool2d, and their backward() ---- */

/* n c h w, r s, pad stride ceil */
static const struct {
    int size[SIZES], y[MOST], index[MOST], dx[MOST];
} largest[] = {
    { { 2, 1, 5, 7, 3, 2, 1, 2, 0 },
      { 3, 5, 4, 5, 3, 5, 3, 5, 2, 5, 2, 5, 1, 4, 5, 4, 5, 3, 5, 4, 5, 2, 5, 3 },
      { 7, 1, 4, 12, 7, 23, 18, 12, 21, 23, 32, 34, 0, 2, 10, 13, 21, 16, 10, 13, 21, 30, 32, 27 },
      { 0, 2, 0, 0,  -4, 0, 0, 1, 0,  0, 0,  0,  1, 0, 0,  0, 0, 0,  -1, 0, 0, -4, 0, -5,
        0, 0, 0, 0,  0,  0, 0, 0, 2,  0, -4, -1, 0, 2, 0,  0, 0, 0,  0,  0, 0, -5, 0, 0,
        1, 0, 0, -4, 0,  0, 0, 0, -2, 0, 0,  0,  0, 0, -4, 0, 0, -1, 0,  2, 0, 0 } },
    { { 1, 2, 6, 8, 3, 3, 1, 2, 1 },
      { 5, 5, 5, 4, 4,  1, 4, 5, 5, 5, 3, 5, 5, 5, -3, 3, 2, 5, 5, -3,
        5, 4, 4, 3, -1, 5, 5, 5, 5, 1, 5, 5, 4, 5, 3,  5, 5, 4, 3, 3 },
      { 1, 1,  12, 15, 15, 24, 26, 12, 23, 23, 40, 34, 45, 45, 47, 40, 43, 45, 45, 47,
        8, 11, 11, 14, 15, 8,  19, 19, 30, 31, 41, 41, 44, 30, 47, 41, 41, 44, 47, 47 },
      { 0,  1, 0,  0, 0, 0, 0, 0,  0,  0, 0,  0, -2, 0, 0,  1,  0, 0,  0, 0,  0,  0,  0, -5,
        -4, 0, -1, 0, 0, 0, 0, 0,  0,  0, -4, 0, 0,  0, 0,  0,  1, 0,  0, 2,  0,  -4, 0, -2,
        0,  0, 0,  0, 0, 0, 0, 0,  -2, 0, 0,  1, 0,  0, -4, -1, 0, 0,  0, -5, 0,  0,  0, 0,
        0,  0, 0,  0, 0, 0, 1, -4, 0,  0, 0,  0, 0,  0, 0,  0,  0, -4, 0, 0,  -2, 0,  0, -3 } },
    { { 1, 1, 5, 5, 2, 2, 1, 2, 1 },
      { -2, 5, 4, 2, 5, 1, 4, 2, 5 },
      { 0, 1, 4, 10, 12, 13, 15, 21, 23 },
      { -1, 2, 0, 0, -4, 0, 0, 0, 0, 0, -1, 0, 2, -4, 0, -1, 0, 0, 0, 0, 0, 2, 0, -4, 0 } },
    { { 1, 1, 2, 5, 4, 4, 0, 3, 1 }, { 5, 4 }, { 1, 4 }, { 0, -1, 0, 0, 2, 0, 0, 0, 0, 0 } },
};

static const struct {
    int size[SIZES], count_include_pad, y[MOST], dx[MOST]; /* times TIMES */
} means[] = {
    { { 2, 1, 5, 7, 3, 2, 1, 2, 0 },
      1,
      { 12, 0, 12, 24, 24, 12, -36, 48, -24, 60, -60, 84, -48, 12, 24, 36, 0, -36, 48, 0, 48, -60, 84, -36 },
      { -12, 24, 24,  -48, -48, -12, -12, 12,  -24, -24, -60, -60, 12,  12, 24,  -48, -48, -12,
        -12, 24, 24,  -24, -60, -60, 12,  12,  -24, -24, -48, -12, -12, 24, 24,  -48, -48, -12,
        24,  24, -48, -48, -12, -12, 12,  -24, -24, -60, -60, 12,  12,  24, -48, -48, -12, -12,
        24,  24, -24, -60, -60, 12,  12,  -24, -24, -48, -12, -12, 24,  24, -48, -48 } },
    { { 2, 1, 5, 7, 3, 2, 1, 2, 0 },
      0,
      { 36, 0, 18, 36, 48, 12, -36, 48, -72, 90, -90, 126, -144, 18, 36, 54, 0, -36, 48, 0, 144, -90, 126, -54 },
      { -36, 36, 36,  -72, -72, -18, -18, 12,  -12, -12,  -84,  -84, 6,   6,  48,  -48, -48, -12,
        -12, 24, 24,  -96, -66, -66, 24,  24,  -48, -48,  -144, -18, -18, 36, 36,  -72, -72, -36,
        36,  36, -72, -72, -18, -18, 12,  -12, -12, -84,  -84,  6,   6,   48, -48, -48, -12, -12,
        24,  24, -96, -66, -66, 24,  24,  -48, -48, -144, -18,  -18, 36,  36, -72, -72 } },
    { { 1, 2, 6, 8, 3, 3, 1, 2, 1 },
      1,
      { -24, -16, 40,  8,   84,  -96, -48, -8,  32, 48, 0,  8, 48,  0,  -144, 24, -48, 60, 36,  -54,
        80,  8,   -24, -56, -36, 16,  32,  -16, 24, 0,  24, 0, -48, -8, 72,   36, 36,  12, -12, 54 },
      { -8, 8,   16,  -16, -32, -40, -8,  16,  -40, -32, 8,   -8,  -16, -56, -40, -28, -32, -40, -8,  8,
        16, -16, -32, -44, -16, -56, -40, -32, 8,   -8,  -16, -76, 16,  -16, -32, -40, -8,  8,   16,  -32,
        4,  -4,  -8,  -64, -56, -52, 4,   -8,  -32, -40, -8,  8,   16,  -16, -32, -44, -16, -56, -40, -32,
        8,  -8,  -16, -76, 16,  -16, -32, -40, -8,  8,   16,  -32, 8,   -8,  -16, -56, -40, -32, 8,   -16,
        -8, 8,   16,  -16, -32, -40, -8,  16,  -56, -52, 4,   -4,  -8,  -64, -56, -50 } },
    { { 1, 2, 6, 8, 3, 3, 1, 2, 1 },
      0,
      { -54, -24, 60,  12,  252,  -144, -48, -8,  32, 96, 0,  8, 48,  0,  -288, 72,  -96, 120, 72,  -216,
        180, 12,  -36, -84, -108, 24,   32,  -16, 24, 0,  36, 0, -48, -8, 144,  108, 72,  24,  -24, 216 },
      { -18, 6,   24,  -24, -48, -60, -12, 60,  -66,  -50,  16,  -16, -32,  -76,  -44,  4,
        -48, -56, -8,  8,   16,  -16, -32, -56, -24,  -64,  -40, -32, 8,    -8,   -16,  -136,
        24,  -8,  -32, -40, -8,  8,   16,  -80, -12,  4,    16,  -88, -104, -112, -8,   40,
        -72, -84, -12, 12,  24,  -24, -48, -84, -48,  -92,  -44, -28, 16,   -16,  -32,  -164,
        24,  -8,  -32, -40, -8,  8,   16,  -80, 12,   -4,   -16, -56, -40,  -32,  8,    -40,
        -12, 4,   16,  -16, -32, -40, -8,  40,  -156, -164, -8,  8,   16,   -88,  -104, -128 } },
    { { 1, 1, 5, 5, 2, 2, 1, 2, 1 },
      1,
      { -36, 108, 18, 36, 36, -144, -18, -72, 144 },
      { -18, 36,  36,  -72, -72, -18, 36,  36,  -72, -72, -18, 36, 36,
        -72, -72, -18, 36,  36,  -72, -72, -18, 36,  36,  -72, -72 } },
    { { 1, 1, 5, 5, 2, 2, 1, 2, 1 },
      0,
      { -144, 216, 36, 72, 36, -144, -36, -72, 144 },
      { -72, 72,  72,  -144, -144, -36, 36,  36,  -72, -72, -36, 36, 36,
        -72, -72, -36, 36,   36,   -72, -72, -36, 36,  36,  -72, -72 } },
    { { 1, 1, 2, 5, 4, 4, 0, 3, 1 }, 1, { -9, -90 }, { -9, -9, -9, 27, 36, -9, -9, -9, 27, 36 } },
    { { 1, 1, 2, 5, 4, 4, 0, 3, 1 }, 0, { -9, -90 }, { -9, -9, -9, 27, 36, -9, -9, -9, 27, 36 } },
};

static void check_largest(int t)
{
    const struct op *forward = op_find("maxpool_forward"), *back = op_find("maxpool_backward");
    int size[MAX_SIZES] = { 0 }, index[MOST];
    float x[MOST], y[MOST], dy[MOST], dx[MOST];
    memcpy(size, largest[t].size, sizeof largest[t].size);
    size_t nx = op_elements(forward, 0, size), ny = op_elements(forward, 1, size);
    pattern(nx, 7, 11, x), pattern(ny, 3, 9, dy);
    for (const struct rung *r = forward->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        op_call(forward, r->run, size, (void *const[]){ x, y, index });
        expect(same(ny, y, largest[t].y, 1), "the maxima as PyTorch has them", r->name);
        expect(!memcmp(index, largest[t].index, ny * sizeof *index), "the first of equal numbers", r->name);
    }
    for (const struct rung *r = back->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        op_call(back, r->run, size, (void *const[]){ index, dy, dx });
        expect(same(nx, dx, largest[t].dx, 1), "their dx as PyTorch has it", r->name);
    }
}

static void check_means(int t)
{
    const char *set = means[t].count_include_pad ? "count_include_pad=1" : "count_include_pad=0";
    char error[ERROR_TEXT];
    const struct op *forward = op_with(op_find("avgpool_forward"), set, error),
                    *back = op_with(op_find("avgpool_backward"), set, error);
    int size[MAX_SIZES] = { 0 };
    float x[MOST], y[MOST], dy[MOST], dx[MOST];
    memcpy(size, means[t].size, sizeof means[t].size);
    size_t nx = op_elements(forward, 0, size), ny = op_elements(forward, 1, size);
    pattern(nx, 7, 11, x), pattern(ny, 3, 9, dy);
    for (const struct rung *r = forward->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        op_call(forward, r->run, size, (void *const[]){ x, y });
        expect(same(ny, y, means[t].y, TIMES), "the means as PyTorch has them", r->name);
    }
    for (const struct rung *r = back->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        op_call(back, r->run, size, (void *const[]){ dy, dx });
        expect(same(nx, dx, means[t].dx, TIMES), "their dx as PyTorch has it", r->name);
    }
}

static void check_global(void)
{
    static const int y_of_planes[] = { 3, -2, 4, -1, -6, 0 }, shares[] = { -1, 2, -4, -1, 2, -4 };
    const struct op *forward = op_find("global_avgpool_forward"), *back = op_find("global_avgpool_backward");
    const int size[MAX_SIZES] = { 2, 3, 20 };
    float x[MOST], y[MOST], dy[MOST], dx[MOST];
    int want[MOST];
    pattern(120, 7, 11, x), pattern(6, 3, 9, dy);
    for (int k = 0; k < 120; k++) want[k] = shares[k / 20];
    for (const struct rung *r = forward->cpu; r->name; r++) {
        op_call(forward, r->run, size, (void *const[]){ x, y });
        expect(same(6, y, y_of_planes, 20), "each plane's mean as PyTorch has it", r->name);
    }
    for (const struct rung *r = back->cpu; r->name; r++) {
        op_call(back, r->run, size, (void *const[]){ dy, dx });
        expect(same(120, dx, want, 20), "its dx as PyTorch has it", r->name);
    }
}

/* ---- <pool(x), dy> = <x, dx(dy)>: both are the same sum of products, within the roundings of float ---- */

static int is_adjoint(const struct op *forward, any_fn *run, const struct op *back, any_fn *run_back,
                      const int *size)
{
    const int has_index = forward->narg == 3;
    size_t nx = op_elements(forward, 0, size), ny = op_elements(forward, 1, size);
    float *x = memory_need(2 * (nx + ny), sizeof *x), *dx = x + nx, *y = dx + nx, *dy = y + ny;
    int *index = memory_need(ny, sizeof *index);
    pattern(nx, 5, 13, x), pattern(ny, 7, 9, dy);
    op_call(forward, run, size, (void *const[]){ x, y, index });
    if (has_index)
        op_call(back, run_back, size, (void *const[]){ index, dy, dx });
    else
        op_call(back, run_back, size, (void *const[]){ dy, dx });
    double left = 0, right = 0, terms = 0;
    for (size_t k = 0; k < ny; k++)
        left += (double)y[k] * (double)dy[k], terms += fabs((double)y[k] * (double)dy[k]);
    for (size_t k = 0; k < nx; k++)
        right += (double)x[k] * (double)dx[k], terms += fabs((double)x[k] * (double)dx[k]);
    free(x), free(index);
    return fabs(left - right) <= 0x1p-24 * (forward->terms(size) + back->terms(size) + 2) * terms;
}

/* wrong: as if a window had all its numbers in the image */
static void undivided_at_edges(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                               const float *dy, float *dx, uint64_t count_include_pad)
{
    avgpool_backward_f32(N, C, H, W, R, S, pad, stride, ceil_mode, dy, dx, !count_include_pad);
}

static void check_adjoint(const char *forward_name, const char *back_name)
{
    const struct op *forward = op_find_with(forward_name), *back = op_find_with(back_name);
    int looked = 0;
    for (const int(*size)[MAX_SIZES] = forward->check_shapes; **size; size++) {
        looked++;
        for (const struct rung *f = forward->cpu; f->name; f++)
            for (const struct rung *b = back->cpu; b->name; b++)
                if (!rung_lacks(f->needs) && !rung_lacks(b->needs))
                    expect(is_adjoint(forward, f->run, back, b->run, *size), forward_name, f->name);
    }
    expect(looked >= 8, "shapes for the adjoint test", forward_name);
}

/* ---- what is refused ---- */

/* ---- numbers that few images have ---- */

/* n c h w, r s, pad stride ceil: windows that overlap and that do not, rows shorter than a vector and longer
 * than what is kept of a row at a time */
static const int awkward[][SIZES] = {
    { 2, 2, 9, 37, 3, 3, 1, 1, 0 },  { 2, 2, 12, 33, 3, 3, 1, 2, 0 }, { 1, 3, 7, 16, 2, 2, 0, 2, 0 },
    { 1, 3, 9, 8, 3, 3, 1, 1, 0 },   { 2, 2, 5, 7, 3, 2, 1, 2, 1 },   { 1, 2, 11, 531, 5, 4, 2, 1, 0 },
    { 1, 2, 19, 40, 8, 8, 7, 1, 0 }, { 1, 2, 21, 40, 9, 8, 4, 2, 1 }, { 1, 1, 9, 999, 3, 8, 2, 2, 1 },
};

/* Of NaN the first is the largest, and -infinity is found where a window has nothing else: the reference's
 * bits and places. Every third plane is -infinity throughout. */
static void check_awkward(const struct op *forward, const int *shape)
{
    static const float numbers[] = { -INFINITY, -INFINITY, -INFINITY, NAN, -0.0f, 0, 1, INFINITY };
    int size[MAX_SIZES] = { 0 };
    memcpy(size, shape, SIZES * sizeof *shape);
    const size_t nx = op_elements(forward, 0, size), ny = op_elements(forward, 1, size),
                 plane = (size_t)size[2] * (size_t)size[3];
    float *x = memory_need(nx, sizeof *x), *y = memory_need(2 * ny, sizeof *y);
    int *index = memory_need(2 * ny, sizeof *index);
    uint32_t state = 1;
    for (size_t i = 0; i < nx; i++) {
        state = state * 1664525 + 1013904223;
        x[i] = i / plane % 3 == 2 ? -INFINITY : numbers[state >> 29];
    }
    op_call(forward, forward->cpu->run, size, (void *const[]){ x, y + ny, index + ny });
    for (const struct rung *r = forward->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        memset(y, 0x77, ny * sizeof *y), memset(index, 0x77, ny * sizeof *index);
        op_call(forward, r->run, size, (void *const[]){ x, y, index });
        expect(!memcmp(y, y + ny, ny * sizeof *y) && !memcmp(index, index + ny, ny * sizeof *index),
               "NaN and infinities as the reference has them", r->name);
    }
    free(x), free(y), free(index);
}

static void check_refused(const char *shape, const char *word)
{
    char error[ERROR_TEXT] = "";
    int size[MAX_SIZES];
    int ok = !op_parse_shape(op_find("avgpool_forward"), shape, size, error) && strstr(error, word);
    expect(ok, shape, error);
}

int main(void)
{
    for (size_t t = 0; t < sizeof largest / sizeof *largest; t++) check_largest((int)t);
    for (size_t t = 0; t < sizeof means / sizeof *means; t++) check_means((int)t);
    for (size_t t = 0; t < sizeof awkward / sizeof *awkward; t++)
        check_awkward(op_find("maxpool_forward"), awkward[t]);
    check_global();
    check_adjoint("maxpool_forward", "maxpool_backward");
    check_adjoint("avgpool_forward", "avgpool_backward");
    check_adjoint("avgpool_forward count_include_pad=0", "avgpool_backward count_include_pad=0");
    check_adjoint("global_avgpool_forward", "global_avgpool_backward");
    const struct op *forward = op_find("avgpool_forward"), *back = op_find("avgpool_backward");
    expect(!is_adjoint(forward, forward->cpu->run, back, RUN(avgpool_backward, undivided_at_edges),
                       means[2].size),
           "another count is not adjoint", "undivided_at_edges");
    check_refused("n1 c1 h4 w4 r2 s2 pad0 stride2 ceil2", "ceil is 2, but must be 0 or 1");
    check_refused("n1 c1 h4 w4 r2 s3 pad2 stride1", "pad is 2, but must be less than r = 2");
    check_refused("n1 c1 h2 w4 r3 s3 pad0 stride1", "is 0");
    check_refused("n1 c1 h65536 w65536 r2 s2 pad0 stride2", "plane");
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
