/* conv_known.c - convolution against answers that come from elsewhere: a gradient check proves the
 * derivative of the forward pass, never the forward pass. Kernels whose results are plain (a single 1, a
 * box), numbers that PyTorch computed, and the identity <conv(x), dy> = <x, dx(dy)> = <w, dw(dy)>. All in
 * whole numbers, of which no float rounds any; every rung must give each exactly. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/error.h"
#include "../optimized/op.h"

enum { SIZES = 14, MOST = 512 };

static int failed, passed;

static void expect(int ok, const char *what, const char *rung)
{
    ok ? passed++ : failed++;
    if (!ok) printf("NOT OK  %s: %s\n", what, rung);
}

/* the first n of a pattern of whole numbers from -(period / 2) on */
static void pattern(int n, int step, int period, float *x)
{
    for (int i = 0; i < n; i++) x[i] = (float)((i * step + 3) % period - period / 2);
}

static int elements(const struct op *op, int a, const int *size)
{
    int n = (int)op_elements(op, a, size);
    return n <= MOST ? n : -1;
}

/* Winograd's transforms divide by 3 and 15: of results below 100 that may cost a thousandth (of sums of
 * thousands, as in the adjoint test, a thousandth of their terms). All other rungs are exact. */
static float slack(const struct rung *r)
{
    return rung_precision(r->needs).winograd ? 1e-3f : 0;
}

static int same(const struct rung *r, int n, const float *got, const int *want)
{
    for (int i = 0; i < n; i++)
        if (!(fabsf(got[i] - (float)want[i]) <= slack(r))) return 0;
    return 1;
}

/* ---- PyTorch 2.15, float64, and its backward() ---- */

struct by_torch {
    int size[SIZES]; /* N C H W K R S, stride dilation groups, top left bottom right */
    int y[MOST / 2], dx[MOST / 2], dw[MOST / 2], db[8];
};

/* F.conv2d of F.pad */
static const struct by_torch straight[] = {
    { { 1, 2, 6, 7, 4, 3, 2, 2, 2, 2, 1, 0, 1, 2 },
      { -12, -12, -1, 4,  9,  25,  -3, 2,  -25, 11, 3,   -3, 13, -22, -2, 0,
        -5,  23,  18, -7, -1, -20, 27, -4, 8,   17, -29, 2,  -4, 26,  1,  4 },
      { 0, 0, 0, 0, 0, 0, 0, 3,  0, -5,  0, -17, 0, 7,  0, 0, 0, 0, 0, 0, 0, 5,   0, -13, 0, 8,  0, 2,
        0, 0, 0, 0, 0, 0, 0, -3, 0, 1,   0, 7,   0, 4,  0, 0, 0, 0, 0, 0, 0, 8,   0, -7,  0, 5,  0, 17,
        0, 0, 0, 0, 0, 0, 0, 12, 0, -17, 0, 7,   0, -5, 0, 0, 0, 0, 0, 0, 0, -16, 0, 7,   0, -5, 0, -17 },
      { 30, -3, -19, 19, 8, 14, -6, -3, 5, 13, 5, -25, -5, -11, 13, 9, 10, -29, -11, 28, 7, -18, -32, 10 },
      { -5, -11, -8, -5 } },
    { { 2, 3, 3, 4, 2, 2, 3, 1, 1, 1, 0, 1, 1, 1 },
      { 11,  26,  -26, -23, 6,  -17, 19,  -10, -12, 1,   1,   -12, 3,   -3, -28, 5,
        -21, -26, 26,  -23, -5, 17,  -19, 12,  10,  24,  -17, 6,   -17, 3,  28,  8,
        20,  1,   1,   -11, 7,  -1,  -26, 28,  16,  -24, 17,  -11, 11,  -3, -28, 12 },
      { 3,  -11, 31,  -15, -1, 21, -6, -12, 11,  -6, -6, 24, 7,   -9, -9, 21,  -5,  -24,
        12, 14,  -17, 12,  12, -1, -3, 7,   -14, 1,  -9, 15, -12, -2, 18, -12, -12, -5,
        3,  -11, 31,  -15, -1, 21, -6, -12, 11,  -6, -6, 24, 7,   -9, -9, 21,  -5,  -24,
        12, 14,  -17, 12,  12, -1, -3, 7,   -14, 1,  -9, 15, -12, -2, 18, -12, -12, -5 },
      { -101, 101, 37, 45, 3, -44, 70, -12, -67, 16, -23, 48, -1, -70, 60, -24, 50, -58,
        -101, 101, 37, 45, 3, -44, 70, -12, -67, 16, -23, 48, -1, -70, 60, -24, 50, -58 },
      { -24, -24 } },
};

/* F.conv_transpose2d, of whose result the padding is cut off */
static const struct by_torch transposed[] = {
    { { 1, 2, 3, 4, 4, 3, 2, 2, 1, 2, 1, 0, 0, 1 },
      { -5, -1, 16,  6,   4,  2,  -8,  3,   -1, -4,  -14, 0,   6,   4,  13,  5,   1,  1,  -11, -3,  10,
        -3, -9, 1,   11,  5,  9,  -2,  -2,  0,  -14, -4,  7,   3,   -5, 2,   4,   6,  16, -1,  -5,  3,
        3,  -7, -11, 14,  -3, 2,  5,   5,   1,  4,   -6,  -8,  -2,  2,  -9,  11,  -1, -1, 7,   -13, -7,
        1,  -5, -11, -1,  -1, 3,  -2,  1,   -4, 9,   -16, -5,  5,   3,  -2,  0,   -6, 4,  1,   -3,  -3,
        2,  -8, 2,   0,   2,  8,  2,   17,  7,  17,  -5,  -16, 5,   17, 2,   2,   2,  10, 2,   -4,  2,
        17, -8, -16, 2,   17, 1,  -16, 2,   12, 2,   -2,  2,   6,   2,  -13, -3,  8,  4,  -4,  0,   17,
        10, 0,  2,   0,   -6, 0,  8,   -10, 15, 2,   15,  3,   -18, -7, 0,   0,   -8, 0,  6,   0,   -2,
        5,  15, 6,   -18, -4, 15, -3,  -10, 0,  4,   0,   -4,  0,   10, 10,  -15, -4, 6,  4,   -6,  -10 },
      { 23, -16, -10, -1, -4, -16, 17, 0, -16, 17, -4, 0, -20, 1, 4, 0, -3, 6, -3, -17, 6, -3, -3, 4 },
      { 57,  -17, -46, -33, -34, 66,  57,  -17, -46, -33, -34, 66,
        -22, -15, -20, 69,  58,  -30, -22, -15, -20, 69,  58,  -30 },
      { -42, -42, -42, -42 } },
    { { 2, 3, 3, 2, 2, 2, 3, 1, 2, 1, 0, 1, 1, 1 },
      { -7, -8, -4, -20, 20,  0,   -7,  13, 4,  -13, 5,  5,  16, -3, -11, 3,   9,  16,  -9,  -10, 10,  -1,
        18, -2, 1,  9,   2,   -15, -22, -4, 14, -5,  5,  -2, 2,  13, -1,  17,  -1, -20, -12, -8,  -12, -26,
        -1, 18, -1, 16,  -15, -5,  3,   -4, -3, -11, -3, 15, 21, 15, -14, -10, 11, -10, -3,  16 },
      { 5,  -1,  17, 2,  -8, -6, 6,   18, 6, -18, -10, 29,  7,  -5, -5, -17, 16, -13,
        -7, -13, 5,  -1, 22, -6, -30, 18, 6, 18,  -13, -10, 10, 7,  7,  -5,  1,  -7 },
      { 1,  -49, -23, -27, 24,  33, 7,  44,  -17, -9,  -48, -3,  13,  -3, -22, -13, 23, 3,
        19, 24,  17,  -1,  -10, -6, 47, -12, 1,   -10, -22, -27, -13, 15, 7,   29,  17, -9 },
      { -35, -29 } },
};

static void check_torch(const struct by_torch *known, const struct op *forward, const struct op *dx,
                        const struct op *dw)
{
    int size[MAX_SIZES] = { 0 };
    memcpy(size, known->size, sizeof known->size);
    float x[MOST], w[MOST], b[MOST], y[MOST], dy[MOST], to_x[MOST], to_w[MOST], to_b[MOST];
    int nx = elements(forward, 0, size), nw = elements(forward, 1, size), nb = elements(forward, 2, size),
        ny = elements(forward, 3, size);
    pattern(nx, 7, 11, x), pattern(nw, 5, 7, w), pattern(nb, 3, 5, b), pattern(ny, 3, 9, dy);
    for (const struct rung *r = forward->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        op_call(forward, r->run, size, (void *const[]){ x, w, b, y });
        expect(same(r, ny, y, known->y), "y as PyTorch has it", r->name);
    }
    for (const struct rung *r = dx->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        op_call(dx, r->run, size, (void *const[]){ w, dy, to_x });
        expect(same(r, nx, to_x, known->dx), "dx as PyTorch has it", r->name);
    }
    for (const struct rung *r = dw->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        op_call(dw, r->run, size, (void *const[]){ x, dy, to_w, to_b });
        expect(same(r, nw, to_w, known->dw) && same(r, nb, to_b, known->db), "dw and db as PyTorch has them",
               r->name);
    }
}

/* ---- kernels whose results are plain ---- */

/* y of one image and one plane, by hand */
static void check_plain(const char *what, const char *shape, const float *w, const int *want)
{
    const struct op *op = op_find("conv2d_forward");
    int size[MAX_SIZES];
    char error[ERROR_TEXT] = "";
    float x[MOST], y[MOST], none[1] = { 0 };
    if (!op_parse_shape(op, shape, size, error)) {
        expect(0, what, error);
        return;
    }
    int nx = elements(op, 0, size), ny = elements(op, 3, size);
    for (int i = 0; i < nx; i++) x[i] = (float)(i + 1);
    for (const struct rung *r = op->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        op_call(op, r->run, size, (void *const[]){ x, (void *)(size_t)w, none, y });
        expect(same(r, ny, y, want), what, r->name);
    }
}

static void check_plain_kernels(void)
{
    /* x is 1 2 3 / 4 5 6 / 7 8 9 */
    static const float center[9] = { 0, 0, 0, 0, 1, 0, 0, 0, 0 }, corner[9] = { 1 },
                       last[9] = { 0, 0, 0, 0, 0, 0, 0, 0, 1 }, box[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 },
                       pair[2] = { 1, 10 };
    check_plain("a 1 in the middle: x", "N1 C1 H3 W3 K1 R3 S3 pad1", center,
                (const int[]){ 1, 2, 3, 4, 5, 6, 7, 8, 9 });
    check_plain("a 1 at the top left: x moved down and right", "N1 C1 H3 W3 K1 R3 S3 pad1", corner,
                (const int[]){ 0, 0, 0, 0, 1, 2, 0, 4, 5 });
    check_plain("a 1 at the bottom right: x moved up and left", "N1 C1 H3 W3 K1 R3 S3 pad1", last,
                (const int[]){ 5, 6, 0, 8, 9, 0, 0, 0, 0 });
    check_plain("a box: the sum of the neighbours", "N1 C1 H3 W3 K1 R3 S3 pad1", box,
                (const int[]){ 12, 21, 16, 27, 45, 33, 24, 39, 28 });
    check_plain("a box, every second", "N1 C1 H3 W3 K1 R3 S3 pad1 stride2", box,
                (const int[]){ 12, 16, 24, 28 });
    check_plain("a box, padded at the right alone", "N1 C1 H3 W3 K1 R3 S3 right1", box,
                (const int[]){ 45, 33 });
    check_plain("a box, padded at the top alone", "N1 C1 H3 W3 K1 R3 S3 top1", box, (const int[]){ 21, 45 });
    check_plain("two numbers, not turned", "N1 C1 H3 W3 K1 R1 S2", pair,
                (const int[]){ 21, 32, 54, 65, 87, 98 });
    check_plain("two numbers, two apart", "N1 C1 H3 W3 K1 R1 S2 dilation2", pair,
                (const int[]){ 31, 64, 97 });
}

/* ---- <conv(x), dy> = <x, dx(dy)> = <w, dw(dy)>, without a bias: all three are the same sum of products x w
 * dy ---- */

static double dot(int n, const float *a, const float *b, double *magnitude)
{
    double sum = 0;
    *magnitude = 0;
    for (int i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i], *magnitude += fabs((double)a[i] * (double)b[i]);
    return sum;
}

static int is_adjoint(const int *size, const struct rung *run, any_fn *run_dx, any_fn *run_dw)
{
    const struct op *forward = op_find("conv2d_forward"), *dx = op_find("conv2d_backward_dx"),
                    *dw = op_find("conv2d_backward_dw");
    float x[MOST], w[MOST], b[MOST] = { 0 }, y[MOST], dy[MOST], to_x[MOST], to_w[MOST], to_b[MOST];
    int nx = elements(forward, 0, size), nw = elements(forward, 1, size), ny = elements(forward, 3, size);
    pattern(nx, 5, 13, x), pattern(nw, 3, 7, w), pattern(ny, 7, 9, dy);
    op_call(forward, run->run, size, (void *const[]){ x, w, b, y });
    op_call(dx, run_dx, size, (void *const[]){ w, dy, to_x });
    op_call(dw, run_dw, size, (void *const[]){ x, dy, to_w, to_b });
    double of_y, unused, sum = dot(ny, y, dy, &of_y);
    double off_x = fabs(dot(nx, x, to_x, &unused) - sum), off_w = fabs(dot(nw, w, to_w, &unused) - sum);
    return off_x <= (double)slack(run) * of_y && off_w <= (double)slack(run) * of_y;
}

/* wrong: a dx through the turned kernel */
static void dx_turned(int N, int C, int H, int W, int K, int R, int S, int stride, int dilation, int groups,
                      int top, int left, int bottom, int right, const float *w, const float *dy, float *dx)
{
    float turned[MOST];
    int planes = K * (C / groups);
    for (int k = 0; k < planes; k++)
        for (int i = 0; i < R * S; i++) turned[k * R * S + i] = w[k * R * S + R * S - 1 - i];
    conv2d_backward_dx_f32(N, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right, turned,
                           dy, dx);
}

static void check_adjoint(void)
{
    const struct op *forward = op_find("conv2d_forward"), *dx = op_find("conv2d_backward_dx"),
                    *dw = op_find("conv2d_backward_dw");
    int looked = 0;
    for (const int(*size)[MAX_SIZES] = forward->check_shapes; **size; size++) {
        if (elements(forward, 0, *size) < 0 || elements(forward, 1, *size) < 0 ||
            elements(forward, 3, *size) < 0)
            continue;
        looked++;
        for (const struct rung *f = forward->cpu; f->name; f++) {
            const struct rung *back = rung_in(dx->cpu, f->name), *to_w = rung_in(dw->cpu, f->name);
            if (!back) back = dx->cpu;
            if (!to_w) to_w = dw->cpu;
            if (rung_lacks(f->needs) || rung_lacks(back->needs) || rung_lacks(to_w->needs)) continue;
            expect(is_adjoint(*size, f, back->run, to_w->run), "forward, dx and dw are adjoint", f->name);
        }
    }
    expect(looked >= 8, "shapes small enough for the adjoint test", "few");
    expect(!is_adjoint(straight[0].size, forward->cpu, RUN(conv2d_backward_dx, dx_turned), dw->cpu->run),
           "a turned kernel is not adjoint", "dx_turned");
}

/* ---- too large ---- */

static void check_refused(const char *shape, const char *word)
{
    char error[ERROR_TEXT] = "";
    int size[MAX_SIZES];
    int ok = !op_parse_shape(op_find("conv2d_forward"), shape, size, error) && strstr(error, word);
    expect(ok, shape, error);
}

static void check_refusals(void)
{
    check_refused("N1 C1 H65536 W65536 K1 R1 S1", "H W must be at most 2147483647");
    check_refused("N1 C1 H32768 W32768 K1 R3 S3 pad32768", "H W must be at most 2147483647");
    check_refused("N1 C4 H9 W9 K6 R3 S3 groups3", "groups is 3, but must divide C = 4 and K = 6");
    check_refused("N1 C1 H4 W9 K1 R5 S5", "(H + top + bottom - dilation (R - 1) - 1) / stride + 1) is 0");
    check_refused("N1 C1 H9 W9 K1 R3 S3 pad1 top2", "gives top twice");
    check_refused("N1 C1 H9 W9 K1 R3 S3 stride0", "stride is 0, but must be from 1");
    const struct op *op = op_find("conv2d_forward");
    int size[MAX_SIZES], ok = op_parse_shape(op, "N67108864 C67108864 H1 W1 K1 R1 S1", size, NULL);
    expect(ok && op_elements_or_none(op, 0, size) == 0, "2^52 elements are none", "of x");
}

int main(void)
{
    for (size_t t = 0; t < sizeof straight / sizeof *straight; t++)
        check_torch(&straight[t], op_find("conv2d_forward"), op_find("conv2d_backward_dx"),
                    op_find("conv2d_backward_dw"));
    for (size_t t = 0; t < sizeof transposed / sizeof *transposed; t++)
        check_torch(&transposed[t], op_find("conv2d_transposed_forward"),
                    op_find("conv2d_transposed_backward_dx"), op_find("conv2d_transposed_backward_dw"));
    check_plain_kernels();
    check_adjoint();
    check_refusals();
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
