/* wrong_dropout.c - dropout of planes, rows and weights, and without a mask, as it is done wrongly: the
 * checks must reject each. wrong_ops.c has the wrong versions of plain dropout. The last rows are right. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../optimized/check.h"
#include "../reference/dropout.h"
#include "../reference/reference.h"
#include "wrong_rows.h"

/* ---- the way back without a mask ---- */

#define RECOMPUTED(name) static void name(int n, const float *dy, float *dx, double p, uint64_t seed)

RECOMPUTED(of_the_next_seed)
{
    dropout_backward_recomputed_f32(n, dy, dx, p, seed + 1);
}

RECOMPUTED(of_another_stream) /* as if each call had a stream, and the way back were a call */
{
    for (int k = 0; k < n; k++)
        dx[k] = philox_word(seed, 1, (uint64_t)k) >= dropout_threshold(p) ? dy[k] / (float)(1 - p) : 0;
}

RECOMPUTED(not_scaled)
{
    dropout_backward_recomputed_f32(n, dy, dx, p, seed);
    for (int k = 0; k < n; k++) dx[k] *= (float)(1 - p);
}

RECOMPUTED(scaled_by_p)
{
    dropout_backward_recomputed_f32(n, dy, dx, p, seed);
    for (int k = 0; k < n; k++) dx[k] *= (float)((1 - p) / p);
}

/* ---- bytes ---- */

static void bytes_of_two(int n, const float *x, float *y, unsigned char *mask, double p, uint64_t seed)
{
    dropout_bytes_forward_f32(n, x, y, mask, p, seed);
    for (int k = 0; k < n; k++) mask[k] = (unsigned char)(2 * mask[k]);
}

static void bytes_turned(int n, const unsigned char *mask, const float *dy, float *dx, double p)
{
    for (int k = 0; k < n; k++) dx[k] = mask[k] ? 0 : dy[k] / (float)(1 - p);
}

/* ---- planes ---- */

static void elements_of_planes(int N, int C, int HW, const float *x, float *y, uint32_t *mask, double p,
                               uint64_t seed)
{
    dropout_channels_forward_f32(N, C, HW, x, y, mask, p, seed);
    for (int k = 0; k < N * C * HW; k++)
        y[k] = dropout_keeps(seed, (uint64_t)k, dropout_threshold(p)) ? x[k] / (float)(1 - p) : 0;
}

/* the same planes of every image, and the mask says so */
static void one_mask_for_all_images(int N, int C, int HW, const float *x, float *y, uint32_t *mask, double p,
                                    uint64_t seed)
{
    for (int k = 0; k < N * C; k++) {
        uint32_t keep = dropout_keeps(seed, (uint64_t)(k % C), dropout_threshold(p));
        if (k % 32 == 0) mask[k / 32] = 0;
        mask[k / 32] |= keep << k % 32;
        for (int i = k * HW; i < (k + 1) * HW; i++) y[i] = keep ? x[i] / (float)(1 - p) : 0;
    }
}

static void planes_in_the_wrong_order(int N, int C, int HW, const uint32_t *mask, const float *dy, float *dx,
                                      double p)
{
    for (int k = 0; k < N * C * HW; k++) { /* as if images lay behind channels */
        int plane = k / HW % C * N + k / HW / C;
        dx[k] = mask[plane / 32] >> plane % 32 & 1 ? dy[k] / (float)(1 - p) : 0;
    }
}

/* ---- bias, ReLU and dropout ---- */

#define FUSED(name)                                                                                    \
    static void name(int N, int C, const float *x, const float *b, float *y, uint32_t *mask, double p, \
                     uint64_t seed)

/* y is right, but the way back would let gradients through where the ReLU stopped */
FUSED(bits_of_dropout_alone)
{
    uint32_t own[4096] = { 0 };
    bias_relu_dropout_forward_f32(N, C, x, b, y, mask, p, seed);
    for (int k = 0; k < N * C; k++)
        own[k / 32] |= dropout_keeps(seed, (uint64_t)k, dropout_threshold(p)) << k % 32;
    memcpy(mask, own, (size_t)(N * C + 31) / 32 * sizeof *mask);
}

FUSED(bias_after_dropout)
{
    bias_relu_dropout_forward_f32(N, C, x, b, y, mask, p, seed);
    for (int k = 0; k < N * C; k++)
        if (mask[k / 32] >> k % 32 & 1) y[k] = (y[k] * (float)(1 - p) - b[k % C]) / (float)(1 - p) + b[k % C];
}

FUSED(bias_by_row)
{
    float own[1] = { 0 };
    bias_relu_dropout_forward_f32(N, C, x, b, y, mask, p, seed);
    for (int k = 0; k < N * C; k++)
        if (mask[k / 32] >> k % 32 & 1) y[k] = (x[k] + (k / C < C ? b[k / C] : own[0])) / (float)(1 - p);
}

static void db_of_dy(int N, int C, const uint32_t *mask, const float *dy, float *dx, float *db, double p)
{
    bias_relu_dropout_backward_f32(N, C, mask, dy, dx, db, p);
    for (int c = 0; c < C; c++) {
        db[c] = 0;
        for (int n = 0; n < N; n++) db[c] += dy[n * C + c];
    }
}

static void db_of_the_last_row(int N, int C, const uint32_t *mask, const float *dy, float *dx, float *db,
                               double p)
{
    bias_relu_dropout_backward_f32(N, C, mask, dy, dx, db, p);
    memcpy(db, dx + (N - 1) * C, (size_t)C * sizeof *db);
}

/* ---- weights ---- */

static void bias_scaled(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y,
                        uint32_t *mask, double p, uint64_t seed)
{
    dropconnect_forward_f32(N, IN, OUT, x, w, b, y, mask, p, seed);
    for (int k = 0; k < N * OUT; k++) y[k] += b[k % OUT] * (float)(1 / (1 - p) - 1);
}

static void mask_transposed(int N, int IN, int OUT, const float *w, const uint32_t *mask, const float *dy,
                            float *dx, double p)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < IN; i++) {
            float sum = 0;
            for (int o = 0; o < OUT; o++) {
                int k = i * OUT + o;
                if (mask[k / 32] >> k % 32 & 1) sum += dy[n * OUT + o] * w[o * IN + i] / (float)(1 - p);
            }
            dx[n * IN + i] = sum;
        }
}

static void dw_unmasked(int N, int IN, int OUT, const float *x, const uint32_t *mask, const float *dy,
                        float *dw, float *db, double p)
{
    (void)mask;
    dense_backward_dw_f32(N, IN, OUT, x, dy, dw, db);
    for (int k = 0; k < IN * OUT; k++) dw[k] /= (float)(1 - p);
}

static void db_scaled(int N, int IN, int OUT, const float *x, const uint32_t *mask, const float *dy,
                      float *dw, float *db, double p)
{
    dropconnect_backward_dw_f32(N, IN, OUT, x, mask, dy, dw, db, p);
    for (int o = 0; o < OUT; o++) db[o] /= (float)(1 - p);
}

static const struct wrong_row rows[] = {
    ROW(dropout_backward_recomputed, of_the_next_seed, "of dx are wrong"),
    ROW(dropout_backward_recomputed, of_another_stream, "of dx are wrong"),
    ROW(dropout_backward_recomputed, not_scaled, "of dx are wrong"),
    ROW(dropout_backward_recomputed, scaled_by_p, "of dx are wrong"),
    ROW(dropout_bytes_forward, bytes_of_two, "of mask are wrong"),
    ROW(dropout_bytes_backward, bytes_turned, "of dx are wrong"),
    ROW(dropout_channels_forward, elements_of_planes, "of y are wrong"),
    ROW(dropout_channels_forward, one_mask_for_all_images, "are wrong"),
    ROW(dropout_channels_backward, planes_in_the_wrong_order, "of dx are wrong"),
    ROW(bias_relu_dropout_forward, bits_of_dropout_alone, "of mask are wrong"),
    ROW(bias_relu_dropout_forward, bias_after_dropout, "of y are wrong"),
    ROW(bias_relu_dropout_forward, bias_by_row, "of y are wrong"),
    ROW(bias_relu_dropout_backward, db_of_dy, "of db are wrong"),
    ROW(bias_relu_dropout_backward, db_of_the_last_row, "of db are wrong"),
    ROW(dropconnect_forward, bias_scaled, "of y are wrong"),
    ROW(dropconnect_backward_dx, mask_transposed, "of dx are wrong"),
    ROW(dropconnect_backward_dw, dw_unmasked, "of dw are wrong"),
    ROW(dropconnect_backward_dw, db_scaled, "of db are wrong"),
    ROW(dropout_backward_recomputed, dropout_backward_recomputed_f32, NULL),
    ROW(dropout_channels_forward, dropout_channels_forward_f32, NULL),
    ROW(bias_relu_dropout_backward, bias_relu_dropout_backward_f32, NULL),
    ROW(dropconnect_backward_dw, dropconnect_backward_dw_f32, NULL),
};

/* ---- oracles that are wrong themselves ---- */

static void through_the_relu(const int *s, void *const *p, const struct scalar *v)
{
    uint32_t own[4096];
    for (int k = 0; k < s[0] * s[1];
         k++) { /* a mask of another draw: the ReLU's bits are not those of dropout */
        if (k % 32 == 0) own[k / 32] = 0;
        own[k / 32] |= dropout_keeps(1, (uint64_t)k, dropout_threshold(v[0].real)) << k % 32;
    }
    bias_relu_dropout_backward_f64(s[0], s[1], own, p[1], p[2], p[3], v[0].real);
}

static void weights_unscaled(const int *s, void *const *p, const struct scalar *v)
{
    dropconnect_backward_dx_f64(s[0], s[1], s[2], p[0], p[1], p[2], p[3], v[0].real);
    for (int k = 0; k < s[0] * s[1]; k++) ((double *)p[3])[k] *= 1 - v[0].real;
}

static void mask_of_another_seed(const int *s, void *const *p, const struct scalar *v)
{
    dropout_backward_recomputed_f64(s[0], p[0], p[1], v[0].real, v[1].count + 1);
}

static const struct wrong_oracle oracles[] = {
    { "bias_relu_dropout_backward", "gradients through a stopped ReLU", through_the_relu, 0 },
    { "dropconnect_backward_dx", "weights not scaled", weights_unscaled, 0 },
    { "dropout_backward_recomputed", "a mask of another seed", mask_of_another_seed, 0 },
};

int main(void)
{
    int failed = 0;
    failed += wrong_rows(rows, LENGTH(rows)) + wrong_oracles(oracles, LENGTH(oracles));
    printf("%d failed\n", failed);
    return failed ? 1 : 0;
}
