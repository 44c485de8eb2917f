/* wrong_conv.c - convolution as it is done wrongly: rungs that must be rejected, oracles whose gradient must
 * be. The rows without a word are right. */
#include <stdlib.h>

#include "../base/memory.h"
#include "../optimized/check.h"
#include "../optimized/cpu/conv_rungs.h"
#include "../reference/reference.h"
#include "wrong_rows.h"

static size_t kernels(int C, int K, int R, int S, int groups)
{
    return (size_t)K * (size_t)(C / groups) * (size_t)R * (size_t)S;
}

/* w with every kernel turned by half a circle, to be freed: what mathematics calls a convolution */
static float *turned(const float *w, size_t planes, int R, int S)
{
    float *t = memory_need(planes * (size_t)R * (size_t)S, sizeof *t);
    for (size_t k = 0; k < planes; k++)
        for (int i = 0; i < R * S; i++)
            t[k * (size_t)(R * S) + (size_t)i] = w[k * (size_t)(R * S) + (size_t)(R * S - 1 - i)];
    return t;
}

/* ---- forward ---- */

static void fwd_right(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    conv2d_forward_f32(CONV_GIVEN, x, w, b, y);
}

static void fwd_turned_kernel(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    float *t = turned(w, kernels(C, K, 1, 1, groups), R, S);
    conv2d_forward_f32(CONV_GIVEN, x, t, b, y);
    free(t);
}

static void fwd_without_bias(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    float *none = memory_need((size_t)K, sizeof *none);
    for (int k = 0; k < K; k++) none[k] = 0 * b[k];
    conv2d_forward_f32(CONV_GIVEN, x, w, none, y);
    free(none);
}

/* P and Q stay: the window begins elsewhere */
static void fwd_top_is_bottom(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    conv2d_forward_f32(N, C, H, W, K, R, S, stride, dilation, groups, bottom, left, top, right, x, w, b, y);
}

static void fwd_left_is_right(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    conv2d_forward_f32(N, C, H, W, K, R, S, stride, dilation, groups, top, right, bottom, left, x, w, b, y);
}

/* every group reads the planes of the first */
static void fwd_first_group(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONV_GIVEN);
    for (int n = 0; n < N; n++)
        for (int g = 0; g < groups; g++)
            conv2d_forward_f32(1, v.c_per, H, W, v.k_per, R, S, stride, dilation, 1, top, left, bottom, right,
                               x + conv_x(&v, n, 0), w + conv_w(&v, g * v.k_per, 0), b + g * v.k_per,
                               y + conv_y(&v, n, g * v.k_per));
}

/* the last column of each plane of results is that before it */
static void fwd_last_column(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONV_GIVEN);
    conv2d_forward_f32(CONV_GIVEN, x, w, b, y);
    for (size_t i = 0; i < conv_y(&v, N, 0) && v.Q > 1; i++)
        if ((int)(i % (size_t)v.Q) == v.Q - 1) y[i] = y[i - 1];
}

/* what lies beyond the left edge is the end of the row above */
static void fwd_wraps_around(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONV_GIVEN);
    conv2d_forward_f32(CONV_GIVEN, x, w, b, y);
    for (int n = 0; n < N && left > 0; n++)
        for (int k = 0; k < K; k++)
            for (int p = 0; p < v.P; p++) {
                int h = p * stride - top;
                if (h >= 1 && h < H)
                    y[conv_y(&v, n, k) + (size_t)p * (size_t)v.Q] +=
                        w[conv_w(&v, k, 0)] *
                        x[conv_x(&v, n, k / v.k_per * v.c_per) + (size_t)h * (size_t)W - 1];
            }
}

/* ---- backward ---- */

static void dx_right(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    conv2d_backward_dx_f32(CONV_GIVEN, w, dy, dx);
}

static void dx_turned_kernel(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    float *t = turned(w, kernels(C, K, 1, 1, groups), R, S);
    conv2d_backward_dx_f32(CONV_GIVEN, t, dy, dx);
    free(t);
}

/* numbers of x between windows that do not touch are left as they are */
static void dx_not_cleared(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    const struct conv v = conv_of(CONV_GIVEN);
    float *sum = memory_need(conv_x(&v, N, 0), sizeof *sum);
    conv2d_backward_dx_f32(CONV_GIVEN, w, dy, sum);
    for (size_t i = 0; i < conv_x(&v, N, 0); i++)
        if (sum[i] != 0) dx[i] = sum[i];
    free(sum);
}

/* columns that are `stride` apart are computed together: one of them lands in the place of another */
static void dx_columns_exchanged(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    const struct conv v = conv_of(CONV_GIVEN);
    conv2d_backward_dx_f32(CONV_GIVEN, w, dy, dx);
    for (size_t row = 0; row < conv_x(&v, N, 0) / (size_t)W && stride > 1 && W > 1; row++) {
        float *at = dx + row * (size_t)W, first = at[0];
        at[0] = at[1], at[1] = first;
    }
}

static void dw_right(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    conv2d_backward_dw_f32(CONV_GIVEN, x, dy, dw, db);
}

static void dw_without_last_image(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    conv2d_backward_dw_f32(CONV_GIVEN, x, dy, dw, db);
    if (N > 1)
        conv2d_backward_dw_f32(N - 1, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right, x,
                               dy, dw, db);
}

/* what is left of a row behind the last whole vector is not added */
static void dw_whole_vectors(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    const struct conv v = conv_of(CONV_GIVEN);
    const size_t n = conv_y(&v, N, 0), Q = (size_t)v.Q;
    float *whole = memory_need(n, sizeof *whole), *of_whole = memory_need((size_t)K, sizeof *of_whole);
    for (size_t i = 0; i < n; i++) whole[i] = i % Q < Q / 8 * 8 ? dy[i] : 0;
    conv2d_backward_dw_f32(CONV_GIVEN, x, dy, dw, db);
    conv2d_backward_dw_f32(CONV_GIVEN, x, whole, dw, of_whole);
    free(whole), free(of_whole);
}

static void dw_db_of_first_image(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    float *first = memory_need(kernels(C, K, R, S, groups), sizeof *first);
    conv2d_backward_dw_f32(CONV_GIVEN, x, dy, dw, db);
    conv2d_backward_dw_f32(1, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right, x, dy,
                           first, db);
    free(first);
}

static void dw_mean_over_images(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    conv2d_backward_dw_f32(CONV_GIVEN, x, dy, dw, db);
    for (size_t i = 0; i < kernels(C, K, R, S, groups); i++) dw[i] /= (float)N;
}

/* ---- Winograd's way, tiles of 2 x 2, in plain C: right, with a sign of B^T turned, with coarse inputs. His
 * rungs have a bound of their own, which must not let through what is wrong. ---- */

static float b_row2[4] = { 0, -1, 1, 0 }; /* of B^T */

/* t = B^T d, d `step` apart */
static void line_of_x(const float *d, int step, float t[4])
{
    t[0] = d[0] - d[2 * step];
    t[1] = d[step] + d[2 * step];
    t[2] = b_row2[1] * d[step] + b_row2[2] * d[2 * step];
    t[3] = d[3 * step] - d[step];
}

static void line_of_w(const float *g, int step, float u[4])
{
    u[0] = g[0], u[3] = g[2 * step];
    u[1] = (g[0] + g[step] + g[2 * step]) / 2;
    u[2] = (g[0] - g[step] + g[2 * step]) / 2;
}

/* p (4,4) += the products of a plane's tile whose window begins at (top,left) */
static void tile_of_plane(const float *x, int H, int W, int top, int left, const float *w, float p[16])
{
    float d[16], rows[16], v[16], half[12], u[16], t[4];
    for (int i = 0; i < 16; i++) {
        int h = top + i / 4, q = left + i % 4;
        d[i] = h < 0 || h >= H || q < 0 || q >= W ? 0 : x[h * W + q];
    }
    for (int j = 0; j < 4; j++) {
        line_of_x(d + j, 4, t);
        for (int i = 0; i < 4; i++) rows[4 * i + j] = t[i];
    }
    for (int i = 0; i < 4; i++) line_of_x(rows + 4 * i, 1, v + 4 * i);
    for (int r = 0; r < 3; r++) line_of_w(w + 3 * r, 1, half + 4 * r);
    for (int j = 0; j < 4; j++) {
        line_of_w(half + j, 4, t);
        for (int i = 0; i < 4; i++) u[4 * i + j] = t[i];
    }
    for (int i = 0; i < 16; i++) p[i] += u[i] * v[i];
}

static int is_winograd(CONV_SIZES)
{
    (void)N, (void)C, (void)H, (void)W, (void)K, (void)top, (void)left, (void)bottom, (void)right;
    return R == 3 && S == 3 && stride == 1 && dilation == 1 && groups == 1;
}

static void winograd_in_c(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONV_GIVEN);
    if (!is_winograd(CONV_GIVEN)) {
        conv2d_forward_f32(CONV_GIVEN, x, w, b, y);
        return;
    }
    for (int n = 0; n < N; n++)
        for (int k = 0; k < K; k++)
            for (int q = 0; q < v.P * v.Q; q++) {
                int row = q / v.Q / 2 * 2, column = q % v.Q / 2 * 2, i = q / v.Q - row, j = q % v.Q - column;
                float p[16] = { 0 }, half[4];
                for (int c = 0; c < C; c++)
                    tile_of_plane(x + conv_x(&v, n, c), H, W, row - top, column - left, w + conv_w(&v, k, c),
                                  p);
                for (int e = 0; e < 4; e++) /* A^T p, row i of it */
                    half[e] = i ? p[4 + e] - p[8 + e] + p[12 + e] : p[e] + p[4 + e] + p[8 + e];
                y[conv_y(&v, n, k) + (size_t)q] =
                    b[k] + (j ? half[1] - half[2] + half[3] : half[0] + half[1] + half[2]);
            }
}

static void winograd_turned_sign(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    b_row2[1] = 1;
    winograd_in_c(CONV_GIVEN, x, w, b, y);
    b_row2[1] = -1;
}

/* inputs of 11 bits, a right way to compute else */
static void winograd_of_half_floats(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    size_t n = (size_t)N * (size_t)C * (size_t)H * (size_t)W;
    float *coarse = memory_need(n, sizeof *coarse);
    for (size_t i = 0; i < n; i++) {
        volatile float big = x[i] * 8193; /* Dekker's splitting: 2^13 + 1 leaves 11 bits */
        coarse[i] = is_winograd(CONV_GIVEN) ? big - (big - x[i]) : x[i];
    }
    winograd_in_c(CONV_GIVEN, coarse, w, b, y);
    free(coarse);
}

#define WINOGRAD_ROW(function, needs, word)                                             \
    {                                                                                   \
        "conv2d_forward", { #function, RUN(conv2d_forward, function), needs, "" }, word \
    }

/* ---- transposed ---- */

static void transposed_right(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    conv2d_transposed_forward_f32(CONV_GIVEN, x, w, b, y);
}

static void transposed_turned_kernel(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    float *t = turned(w, kernels(K, C, 1, 1, groups), R, S);
    conv2d_transposed_forward_f32(CONV_GIVEN, x, t, b, y);
    free(t);
}

static void transposed_without_bias(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    float *none = memory_need((size_t)K, sizeof *none);
    for (int k = 0; k < K; k++) none[k] = 0 * b[k];
    conv2d_transposed_forward_f32(CONV_GIVEN, x, w, none, y);
    free(none);
}

static void transposed_dx_turned(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    float *t = turned(w, kernels(K, C, 1, 1, groups), R, S);
    conv2d_transposed_backward_dx_f32(CONV_GIVEN, t, dy, dx);
    free(t);
}

static void transposed_db_of_first_image(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    float *first = memory_need(kernels(K, C, R, S, groups), sizeof *first);
    conv2d_transposed_backward_dw_f32(CONV_GIVEN, x, dy, dw, db);
    conv2d_transposed_backward_dw_f32(1, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right,
                                      x, dy, first, db);
    free(first);
}

/* ---- with the ReLU beside it ---- */

/* the bias after the ReLU instead of before */
static void relu_of_the_products_only(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONV_GIVEN);
    float *none = memory_need((size_t)K, sizeof *none);
    for (int k = 0; k < K; k++) none[k] = 0 * b[k];
    conv2d_relu_forward_f32(CONV_GIVEN, x, w, none, y);
    for (size_t i = 0; i < conv_y(&v, N, 0); i++) y[i] += b[i / v.y_plane % (size_t)K];
    free(none);
}

/* whole vectors get their ReLU, the rest of a row not */
static void relu_of_whole_vectors(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONV_GIVEN);
    conv2d_forward_f32(CONV_GIVEN, x, w, b, y);
    for (size_t row = 0; row < conv_y(&v, N, 0); row += (size_t)v.Q)
        for (int q = 0; q < v.Q / 8 * 8; q++)
            if (y[row + (size_t)q] <= 0) y[row + (size_t)q] = 0;
}

static void mask_forgotten(CONV_SIZES, const float *a, const float *w, const float *dy, float *dz)
{
    (void)a;
    conv2d_backward_dx_f32(CONV_GIVEN, w, dy, dz);
}

/* every image by the mask of the first */
static void mask_of_first_image(CONV_SIZES, const float *a, const float *w, const float *dy, float *dz)
{
    const struct conv v = conv_of(CONV_GIVEN);
    conv2d_backward_dx_f32(CONV_GIVEN, w, dy, dz);
    for (size_t i = 0; i < conv_x(&v, N, 0); i++)
        if (!(a[i % conv_x(&v, 1, 0)] > 0)) dz[i] = 0;
}

static const struct wrong_row rows[] = {
    ROW(conv2d_relu_forward, relu_of_the_products_only, "are wrong"),
    ROW(conv2d_relu_forward, relu_of_whole_vectors, "are wrong"),
    ROW(conv2d_relu_forward, fwd_right, "are wrong"),
    ROW(conv2d_relu_backward_dx, mask_forgotten, "are wrong"),
    ROW(conv2d_relu_backward_dx, mask_of_first_image, "are wrong"),
    ROW(conv2d_transposed_forward, transposed_right, NULL),
    ROW(conv2d_transposed_forward, transposed_turned_kernel, "are wrong"),
    ROW(conv2d_transposed_forward, transposed_without_bias, "are wrong"),
    ROW(conv2d_transposed_backward_dx, transposed_dx_turned, "are wrong"),
    ROW(conv2d_transposed_backward_dw, transposed_db_of_first_image, "are wrong"),
    ROW(conv2d_forward, fwd_right, NULL),
    ROW(conv2d_forward, fwd_turned_kernel, "are wrong"),
    ROW(conv2d_forward, fwd_without_bias, "are wrong"),
    ROW(conv2d_forward, fwd_top_is_bottom, "are wrong"),
    ROW(conv2d_forward, fwd_left_is_right, "are wrong"),
    ROW(conv2d_forward, fwd_first_group, "are wrong"),
    ROW(conv2d_forward, fwd_last_column, "are wrong"),
    ROW(conv2d_forward, fwd_wraps_around, "are wrong"),
    WINOGRAD_ROW(winograd_in_c, WINOGRAD_2, NULL),
    WINOGRAD_ROW(winograd_turned_sign, WINOGRAD_2, "are wrong"),
    WINOGRAD_ROW(winograd_turned_sign, WINOGRAD_4, "are wrong"),
    WINOGRAD_ROW(winograd_of_half_floats, WINOGRAD_2, "are wrong"),
    WINOGRAD_ROW(winograd_of_half_floats, WINOGRAD_4, "are wrong"),
    WINOGRAD_ROW(fwd_wraps_around, WINOGRAD_4, "are wrong"),
    ROW(conv2d_backward_dx, dx_right, NULL),
    ROW(conv2d_backward_dx, dx_turned_kernel, "are wrong"),
    ROW(conv2d_backward_dx, dx_not_cleared, "nan"),
    ROW(conv2d_backward_dx, dx_columns_exchanged, "are wrong"),
    ROW(conv2d_backward_dw, dw_right, NULL),
    ROW(conv2d_backward_dw, dw_whole_vectors, "are wrong"),
    ROW(conv2d_backward_dw, dw_without_last_image, "are wrong"),
    ROW(conv2d_backward_dw, dw_db_of_first_image, "are wrong"),
    ROW(conv2d_backward_dw, dw_mean_over_images, "are wrong"),
};

/* ---- oracles: gradients of another forward ---- */

#define SIZES_OF(s) s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11], s[12], s[13]

static void oracle_dx(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    conv2d_backward_dx_f64(SIZES_OF(s), p[0], p[1], p[2]);
}

/* the transposed kernel without the turn: a usual mistake where dx is computed as a convolution of dy */
static void oracle_dx_turned(const int *s, void *const *p, const struct scalar *v)
{
    const double *w = p[0];
    size_t planes = kernels(s[1], s[4], 1, 1, s[9]), window = (size_t)s[5] * (size_t)s[6];
    double *t = memory_need(planes * window, sizeof *t);
    (void)v;
    for (size_t k = 0; k < planes; k++)
        for (size_t i = 0; i < window; i++) t[k * window + i] = w[k * window + window - 1 - i];
    conv2d_backward_dx_f64(SIZES_OF(s), t, p[1], p[2]);
    free(t);
}

static void oracle_dw(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    conv2d_backward_dw_f64(SIZES_OF(s), p[0], p[1], p[2], p[3]);
}

static void oracle_dw_half(const int *s, void *const *p, const struct scalar *v)
{
    double *dw = p[2];
    oracle_dw(s, p, v);
    for (size_t i = 0; i < kernels(s[1], s[4], s[5], s[6], s[9]); i++) dw[i] /= 2;
}

static void oracle_db_of_one_image(const int *s, void *const *p, const struct scalar *v)
{
    double *db = p[3];
    oracle_dw(s, p, v);
    for (int k = 0; k < s[4]; k++) db[k] /= s[0] + 1;
}

static const struct wrong_oracle oracles[] = {
    { "conv2d_backward_dx", "the reference once more", oracle_dx, 1 },
    { "conv2d_backward_dx", "a turned kernel", oracle_dx_turned, 0 },
    { "conv2d_backward_dw", "the reference once more", oracle_dw, 1 },
    { "conv2d_backward_dw", "half of dw", oracle_dw_half, 0 },
    { "conv2d_backward_dw", "db over N + 1", oracle_db_of_one_image, 0 },
};

int main(void)
{
    int failed = wrong_rows(rows, LENGTH(rows)) + wrong_oracles(oracles, LENGTH(oracles));
    printf("%d failed\n", failed);
    return failed ? 1 : 0;
}
